"""The sentences that records are written in, told in the page's language: the forms of `words/sentences.vi.toml`.

Verdicts, gaps and what was set aside are told in English sentences of known forms, and sealed files keep them. A sentence is
recognised whole or not at all; what stands in its slots may be anybody's text, and is handed on as it is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from string import Formatter

from markupsafe import Markup

from archive.web.formatting import archived, short_day
from archive.web.i18n import MessageCatalogue

__all__ = ["KINDS", "LONGEST", "Part", "Sentences", "Source", "Telling", "forms_of", "kind_of"]

LONGEST = 4000
"""Characters of a sentence; a longer one is not looked at."""

_FOLDER = Path(__file__).with_name("words")
_DEEPEST = 5  # sentences within a sentence
_TRIED = 3  # forms that fit a sentence and leave something untold, before the best of them is taken
_REMEMBERED = 2048  # sentences
_OPTION = re.compile(r"\[([^\]]*)\]")

KINDS = {
    "n": r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?(?:e[+-][0-9]{2,3})?",
    "size": r"-?[0-9]{1,9}(?:\.[0-9])? [kMGT]?B",
    "day": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "moment": r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}[0-9:.Z+-]{0,24})?",
    "clock": r"[0-9]{2}:[0-9]{2}",
    "date": r"[0-9]{2}/[0-9]{2}",
    "name": r"\S{1,300}",
    "place": r"[^\W\d_][^():;,\n]{0,60}",
    "outcome": r"[a-z][a-z0-9_]{0,40}",
    "words": r"(?s:.+)",
    "said": r"(?s:.+)",
}
"""What may stand in a slot, by the slot's name without its digit; `words/sentences.vi.toml` says what each is for."""


class Source(StrEnum):
    """Whose words a part of a sentence is."""

    OURS = "ours"  # the table's, with numbers and days
    QUOTED = "quoted"  # a name, a portal's text
    RECORDED = "recorded"  # English that no form fits


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a sentence. Only `ours` holds nothing that a stranger may have written."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class _Form:
    """An English form, and what is told instead: our words, each with the slot that follows them."""

    begins: str
    ends: str
    pattern: re.Pattern[str]
    weight: int  # letters that are the form's own
    told: tuple[tuple[str, str | None], ...]


class Sentences:
    """The recorded sentences in one language; in English there is nothing to tell instead."""

    def __init__(self, words: MessageCatalogue) -> None:
        self._words = words
        forms = (_form(english, told) for english, told in forms_of(words.language).items())
        self._forms = tuple(sorted(forms, key=lambda form: -form.weight))
        self._remembered = lru_cache(_REMEMBERED)(self._recognised)

    def told(self, sentence: str) -> tuple[Part, ...] | None:
        """The sentence in the page's language; None where no form fits it whole."""
        return self._remembered(sentence) if len(sentence) <= LONGEST else None

    def _recognised(self, sentence: str, depth: int = 0) -> tuple[Part, ...] | None:
        """By the form that says most of those that leave nothing untold, else by the one that says most."""
        fitting: list[tuple[Part, ...]] = []
        for form in self._forms if depth < _DEEPEST else ():
            if not (sentence.startswith(form.begins) and sentence.endswith(form.ends)):
                continue
            found = form.pattern.fullmatch(sentence)
            if found is not None:
                parts = tuple(self._parts(form, found.groupdict(), depth))
                if not any(part.source is Source.RECORDED for part in parts):
                    return parts
                fitting.append(parts)
                if len(fitting) == _TRIED:
                    break
        return fitting[0] if fitting else None

    def _parts(self, form: _Form, slots: Mapping[str, str], depth: int) -> Iterator[Part]:
        for literal, slot in form.told:
            if literal:
                yield Part(literal, Source.OURS)
            if slot is not None:
                yield from self._slot(kind_of(slot), slots[slot], depth)

    def _slot(self, kind: str, text: str, depth: int) -> tuple[Part, ...]:
        if kind == "said":
            return self._recognised(text, depth + 1) or (Part(text, Source.RECORDED),)
        if kind in ("name", "place", "words"):
            return (Part(text, Source.QUOTED),)
        if kind == "outcome":
            text = self._words.of("outcome", text)
        elif kind in ("day", "moment"):
            text = _day(text, self._words.language)
        elif kind in ("n", "size"):
            text = text.replace(".", ",")
        return (Part(text, Source.OURS),)


def forms_of(language: str) -> dict[str, str]:
    """English forms and what is told instead, every option written out; none where a language has no file of its own."""
    path = _FOLDER / f"sentences.{language}.toml"
    if not path.exists():
        return {}
    groups = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        one: other
        for forms in groups.values()
        for english, told in forms.items()
        for one, other in zip(_written_out(english), _written_out(told), strict=True)
    }


def kind_of(slot: str) -> str:
    """What kind of thing stands in a slot: `n2` is a number as `n` is. Raises KeyError for no kind."""
    kind = slot.rstrip("0123456789")
    if kind not in KINDS:
        raise KeyError(f"{slot} is no kind of slot")
    return kind


def _written_out(text: str) -> tuple[str, ...]:
    """The text with and without what stands in brackets."""
    return (_OPTION.sub(r"\1", text), _OPTION.sub("", text)) if _OPTION.search(text) else (text,)


def _form(english: str, told: str) -> _Form:
    pieces = list(_pieces(english))
    pattern = "".join(
        re.escape(literal) + (f"(?P<{slot}>{KINDS[kind_of(slot)]})" if slot else "") for literal, slot in pieces
    )
    return _Form(
        begins=pieces[0][0],
        ends="" if pieces[-1][1] else pieces[-1][0],
        pattern=re.compile(pattern),
        weight=sum(len(literal) for literal, _ in pieces),
        told=tuple(_pieces(told)),
    )


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    for literal, slot, _, _ in Formatter().parse(text):
        yield literal, slot


def _day(text: str, language: str) -> str:
    """`05/03/2025`, with the time of day where there is one; what is no day stays as it stands."""
    try:
        told = short_day(date.fromisoformat(text[:10]), language)
    except ValueError:
        return text
    return f"{told} {text[11:16]}" if len(text) > 10 else told


_ENGLISH = Markup('<span lang="en">{}</span>')


class Telling:
    """The sentences of one language's pages."""

    def __init__(self, sentences: Sentences, language: str) -> None:
        self._sentences, self._language = sentences, language

    def ours(self, sentence: str) -> Markup:
        """A sentence of this program that no record holds."""
        return self._told(sentence, self._sentences.told(sentence))

    def recorded(self, sentences: Sequence[str]) -> Markup:
        """What a record says: a sentence or several. In Vietnamese they unfold to the record's own words."""
        found = [(sentence, self._sentences.told(sentence)) for sentence in sentences]
        whole = archived("; ".join(sentences))
        if self._language == "en" or not sentences:
            return whole
        if all(parts is None for _, parts in found):
            return _ENGLISH.format(whole)
        told = Markup("; ").join(self._told(sentence, parts) for sentence, parts in found)
        return Markup('<details class="told"><summary>{}</summary><p lang="en">{}</p></details>').format(told, whole)

    def _told(self, sentence: str, parts: tuple[Part, ...] | None) -> Markup:
        if parts is None:
            return archived(sentence) if self._language == "en" else _ENGLISH.format(archived(sentence))
        return Markup("").join(map(_marked, parts))


def _marked(part: Part) -> Markup:
    if part.source is Source.OURS:
        return Markup("{}").format(part.text)
    return _ENGLISH.format(archived(part.text)) if part.source is Source.RECORDED else archived(part.text)

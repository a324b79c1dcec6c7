"""Make near-duplicates of a text in the ways in which a portal prints another's text.

All words that are added are composed here; nothing is taken from another article.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from math import inf

from bench.dedup.sources import Source, words
from replicas.prose.composer import read_stock
from vietnam.letters import nfc

Transformation = Callable[[random.Random, Source, Sequence[Source]], str | None]
"""Another text from one source and its neighbours; None where the source has not what the class needs."""

_STOCK = read_stock("reprints")
_PERSONS: list[str] = read_stock("recurring_forms")["persons"]


def _text(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line)


def _signed(rng: random.Random) -> str:
    return str(rng.choice(_STOCK["signed"])).format(name=rng.choice(_PERSONS), paper=rng.choice(_STOCK["papers"]))


def _framed(rng: random.Random, lines: Sequence[str]) -> list[str]:
    """Return the lines with a portal's own before and after them, at most half as many words as they have."""
    before = rng.sample(_STOCK["before"], rng.randint(0, 2))
    after = rng.sample(_STOCK["after"], rng.randint(1, 4))
    while words(before + after) > words(lines) / 2:
        (before or after).pop()
    return [*before, *lines, *after]


def cut_to(rng: random.Random, lines: Sequence[str], share: float, *, tail: bool) -> list[str]:
    """At least `share` of the words: from the beginning on, or whole lines left out anywhere but in front."""
    least, kept = share * words(lines), list(lines)
    while True:
        place = len(kept) - 1 if tail else rng.randrange(1, max(2, len(kept)))
        left = [*kept[:place], *kept[place + 1 :]]
        if len(kept) < 2 or words(left) < least:
            break
        kept = left
    if tail and len(kept) > 1:  # the last line that stays is cut at a sentence, or it would be far more than the share
        sentences = re.split(r"(?<=[.!?])\s+", kept[-1])
        while len(sentences) > 1 and words([*kept[:-1], *sentences[:-1]]) >= least:
            sentences.pop()
        kept[-1] = " ".join(sentences)
    return kept


def _shortened(least: float, most: float, *, tail: bool = True, below: float = inf) -> Transformation:
    """Return what cuts a text to a share of its words; none is made where `below` or more of them would stay."""

    def shortened(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
        kept = cut_to(rng, source.lines, rng.uniform(least, most), tail=tail)
        return _text(kept) if words(kept) < below * words(source.lines) else None

    return shortened


def _reordered(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    body = rng.sample(source.body, len(source.body))
    return _text([source.title, source.lead, *body, source.signoff])


def _resigned(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    return _text([source.title, source.lead, *source.body, _signed(rng)])


def _boilerplate(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    return _text(_framed(rng, source.lines))


def _retitled(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    lead = " ".join(source.lead.split()[: len(source.lead.split()) // 2])
    copied = [rng.choice(_STOCK["titles"]), lead, *source.body, source.signoff]
    return _text(copied) if words(source.body) > 2 * words([source.title, source.lead]) else None


def _house_style(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    text = source.text
    for short, long in _STOCK["house_style"]:
        one, other = (rf"(?<![\w-]){each}(?![\w-])" for each in (short, long))
        text = re.sub(one, long, text) if re.search(one, text) else re.sub(other, short, text)
    text = re.sub(r"\b(\d{1,2})-(\d{1,2})\b(?!-\d)", r"\1/\2", text)
    text = re.sub(r"(?<![\w.,/-])(\d)\.(\d{3})(?![\w.,/-])", r"\1\2", text)
    text = re.sub("[“”]", '"', text).replace(" – ", " - ")
    return text


def _edited(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Three words in a hundred go or become another, one sentence is added: an editor's hand."""
    every = [line.split() for line in source.lines]
    stock = [word for line in every for word in line if word.isalpha() and word.islower()]
    if len(stock) < 40:
        return None
    for line in every:
        for place in range(len(line) - 1, -1, -1):
            if line[place] in stock and rng.random() < 0.03:
                line[place : place + 1] = [] if rng.random() < 0.5 else [rng.choice(stock)]
    return _text([*(" ".join(line) for line in every), rng.choice(_STOCK["after"])])


_FIGURE = re.compile(
    r"(?<![\w.,/-])(?<!ngày )(?<!tháng )(?<!năm )(?<!tuần )(?<!quý )(?<!số )(?<!kỳ )(?<!–)\d+(?:[.,]\d+)*(?![\w/–-]|\.\w|,\d)"
)


def _corrected(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """One figure is another, wherever the text names it; the source has figures enough to be told by the others."""
    figures = sorted(
        {found[0] for found in _FIGURE.finditer(source.text) if len(found[0]) > 1}
        - {str(year) for year in range(1900, 2100)}
    )
    if len(figures) < 3:
        return None
    old = rng.choice(figures)
    new = str((int(old[-1]) + rng.randint(1, 9)) % 10)
    return re.sub(rf"(?<![\w.,/–-]){re.escape(old)}(?![\w/–-]|\.\w|,\d)", old[:-1] + new, source.text)


def _letters(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Other letters for the same words: the title in capitals, tone marks on the other vowel, combining marks."""
    text = re.sub("o([àáạảã])", lambda found: _moved(found[1]), nfc(source.text))
    text = re.sub("u([ỳýỵỷỹ])", lambda found: _moved(found[1], "u", "y"), text)
    title, _, rest = text.partition("\n")
    return unicodedata.normalize("NFD", f"{title.upper()}\n{rest}")


def _moved(toned: str, first: str = "o", second: str = "a") -> str:
    return nfc(first + unicodedata.normalize("NFD", toned)[-1]) + second


def _everything(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Cut to two thirds, re-ordered, with another sign-off and the portal's own lines around it."""
    if len(source.body) < 4:
        return None
    kept = cut_to(rng, [source.title, source.lead, *source.body], 0.66, tail=False)
    return _text(_framed(rng, [kept[0], *rng.sample(kept[1:], len(kept) - 1), _signed(rng)]))


COPIES: dict[str, Transformation] = {
    "cut at the end": _shortened(0.6, 0.9),
    "cut to half": _shortened(0.5, 0.5, below=0.65),
    "paragraphs left out": _shortened(0.5, 0.8, tail=False),
    "re-ordered": _reordered,
    "re-signed": _resigned,
    "boilerplate around": _boilerplate,
    "another title, half the lead": _retitled,
    "house style": _house_style,
    "edited": _edited,
    "one figure corrected": _corrected,
    "other letters": _letters,
    "all of it at once": _everything,
}
"""The classes of near-duplicates by name."""

COPIED_NOTICES = {f"short: {kind}": COPIES[kind] for kind in ("re-signed", "boilerplate around", "other letters")}
"""The same for texts of a title and a paragraph."""

"""`python -m archive diff`: two versions of an article side by side, word by word, with the classes of what changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from rich.console import Console
from rich.text import Text as Line

from archive.changes import Comparison
from archive.errors import ArchiveError
from archive.events import VERSIONS
from archive.queries import Found
from archive.report import marked, printable
from archive.revised import Earlier, Text, compared
from archive.store import Archive
from archive.worddiff import diff_paragraphs
from vietnam.letters import nfc

__all__ = ["Difference", "NothingToCompare", "difference", "difference_of_nights", "print_difference"]


class NothingToCompare(ArchiveError):
    """No version, or only one, fits what was asked."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions, what they say, and how they compare."""

    old: Found
    new: Found
    old_text: Text
    new_text: Text
    comparison: Comparison


def difference(archive: Archive, one: str, other: str | None = None, *, until: date | None = None) -> Difference:
    """Compare two versions, in the order given; `until` a night: as if nothing had come later.

    An id `portal/key` alone stands for its last two versions, `portal/key@…` alone for that one and the one before it;
    with a second id `portal/key` stands for its last version. Raises NothingToCompare, and Unreadable for a damaged text.
    """
    if other is None:
        old, new = _last_two(archive, one, until)
    else:
        old, new = _versions(archive, one, until)[-1], _versions(archive, other, until)[-1]
    return _between(archive, old, new)


def difference_of_nights(archive: Archive, article: str, first: date, second: date) -> Difference:
    """Compare what an article said as of two nights. Raises NothingToCompare when it said the same."""
    old, new = (_versions(archive, article, night)[-1] for night in (first, second))
    if old == new:
        raise NothingToCompare(f"nothing to compare for {article}: it is {old.id} on {first} and on {second}")
    return _between(archive, old, new)


def _between(archive: Archive, old: Found, new: Found) -> Difference:
    with archive.index.reading() as questions:
        earlier = Earlier(archive.captures, questions)
        before, after = earlier.text(old), earlier.text(new)
    return Difference(old, new, before, after, compared(before, after))


def _versions(archive: Archive, article: str, until: date | None = None) -> list[Found]:
    """Every event with this id that made a version, the oldest first."""
    with archive.index.reading() as questions:
        found = [item for item in questions.find(article=nfc(article), until=until) if item.event in VERSIONS]
    if not found and until:
        raise NothingToCompare(f"no version of {article!r} was known on {until}")
    if not found:
        raise NothingToCompare(f"no version is called {article!r}; `python -m archive list` shows what is there")
    return found


def _last_two(archive: Archive, article: str, until: date | None) -> tuple[Found, Found]:
    new = _versions(archive, article, until)[-1]
    history = _versions(archive, f"{new.portal}/{new.key}", until)
    number = history.index(new)
    if number == 0:
        which = "it has one version only" if len(history) == 1 else f"{new.id} is its first version"
        raise NothingToCompare(f"nothing to compare for {article}: {which}, archived {new.night}")
    return history[number - 1], new


def print_difference(found: Difference, console: Console, *, as_json: bool) -> None:
    """Similarity and classes first, then the text; unchanged paragraphs are left out but for one around each change."""
    lines = diff_paragraphs(_paragraphs(found.old_text), _paragraphs(found.new_text))
    if as_json:
        plain = {
            "old": _plain(found.old),
            "new": _plain(found.new),
            "similarity": found.comparison.similarity,
            "changes": [change.value for change in found.comparison.classes],
            "lines": [[{"mark": span.mark.value, "text": span.text} for span in spans] for spans in lines],
        }
        console.file.write(json.dumps(plain, ensure_ascii=False, sort_keys=True) + "\n")
        return
    for sign, item in (("-", found.old), ("+", found.new)):
        _say(console, f"{sign} {item.night}  {item.event.value}  {printable(item.id)}")
    classes = ", ".join(change.value.replace("_", " ") for change in found.comparison.classes) or "nothing"
    _say(console, f"similarity {_rounded_down(found.comparison.similarity)}; changed: {classes}", style="bold")
    for spans in lines:
        _say(console, "")
        _say(console, marked(console, spans))


def _say(console: Console, text: str | Line, style: str | None = None) -> None:
    """One line, which only a terminal's width may break."""
    console.print(text, markup=False, highlight=False, emoji=False, style=style, soft_wrap=not console.is_terminal)


def _rounded_down(similarity: float) -> str:
    """So that 99.96 % is not shown as all."""
    return f"{round(similarity * 10_000) // 10 / 10:.1f} %"


def _paragraphs(text: Text) -> list[str]:
    """The text as the file has it: the published line stands below the title."""
    title, *rest = [line for line in text.content.split("\n") if line.strip()] or [""]
    return [title, *([text.published_raw] if text.published_raw else []), *rest]


def _plain(item: Found) -> dict[str, str | None]:
    return {
        "id": item.id,
        "night": item.night,
        "event": item.event.value,
        "url": item.url,
        "title": item.title,
        "published": item.published,
        "sha256": item.sha256,
    }

"""Compare two versions of one article: the two last ones, two that are named, or those of two nights."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from archive.diff.classify import TextComparison
from archive.errors import ArchiveError
from archive.index.rows import EventRow
from archive.ingest.revisions import Text, VersionHistory, compared
from archive.model.enums import VERSIONS
from archive.store import Archive
from vietnam.letters import nfc


class NothingToCompare(ArchiveError):
    """No version, or only one, fits the request."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions, their texts, and the comparison."""

    old: EventRow
    new: EventRow
    old_text: Text
    new_text: Text
    comparison: TextComparison

    @property
    def percent(self) -> float:
        """The similarity, 0 to 100, rounded down, so that 99.96 is not shown as all."""
        return round(self.comparison.similarity * 10_000) // 10 / 10


def difference(archive: Archive, one: str, other: str | None = None, *, until: date | None = None) -> Difference:
    """Compare two versions, in the order given; with `until`, a night, as if nothing had come later.

    An id `portal/key` alone stands for its last two versions, `portal/key@…` alone for that one and the one before it;
    with a second id `portal/key` stands for its last version. Raises NothingToCompare, and Unreadable for a damaged
    text.
    """
    if other is None:
        old, new = _last_two(archive, one, until)
    else:
        old, new = _versions(archive, one, until)[-1], _versions(archive, other, until)[-1]
    return _between(archive, old, new)


def difference_of_nights(archive: Archive, article: str, first: date, second: date) -> Difference:
    """Compare an article's versions as of two nights. Raises NothingToCompare when they are the same."""
    old, new = (_versions(archive, article, night)[-1] for night in (first, second))
    if old == new:
        raise NothingToCompare(f"nothing to compare for {article}: it is {old.id} on {first} and on {second}")
    return _between(archive, old, new)


def _between(archive: Archive, old: EventRow, new: EventRow) -> Difference:
    with archive.index.reading() as queries:
        earlier = VersionHistory(archive.captures, queries)
        before, after = earlier.text(old), earlier.text(new)
    return Difference(old, new, before, after, compared(before, after))


def _versions(archive: Archive, article: str, until: date | None = None) -> list[EventRow]:
    """Return every event with this id that made a version, the oldest first."""
    late = archive.runs_sealed_after(until) if until else []
    with archive.index.reading() as queries:
        known = queries.events.find(article=nfc(article), until=until, without=late)
        found = [item for item in known if item.event in VERSIONS]
    if not found and until:
        raise NothingToCompare(f"no version of {article!r} was known on {until}")
    if not found:
        raise NothingToCompare(f"no version is called {article!r}; `python -m archive list` shows what is there")
    return found


def _last_two(archive: Archive, article: str, until: date | None) -> tuple[EventRow, EventRow]:
    new = _versions(archive, article, until)[-1]
    history = _versions(archive, f"{new.portal}/{new.key}", until)
    number = history.index(new)
    if number == 0:
        which = "it has one version only" if len(history) == 1 else f"{new.id} is its first version"
        raise NothingToCompare(f"nothing to compare for {article}: {which}, archived {new.night}")
    return history[number - 1], new


def paragraphs_of(text: Text) -> list[str]:
    """Return the text's paragraphs as its file has them: the published line stands below the title."""
    title, *rest = [line for line in text.content.split("\n") if line.strip()] or [""]
    return [title, *([text.published_raw] if text.published_raw else []), *rest]

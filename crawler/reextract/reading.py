"""Read one archived capture again, in the process of the command or in one of its workers.

A worker has connections, files and an extraction process of its own, all of which end with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from multiprocessing.util import Finalize
from pathlib import Path

from archive.index.reader import ArchiveReader, Unreadable
from archive.index.rows import EventRow
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.model.records import CapturePlace
from archive.storage.jsonl import ArticleLine
from archive.store import Archive
from pipelines.article import Article, Layout
from pipelines.check import check
from pipelines.reread import Field, FieldChange, Reader, compare, listed_day, reread
from pipelines.sandbox.extraction_worker import ExtractFailed, ExtractionWorker, ExtractTimeout


@dataclass(frozen=True, slots=True)
class NewReading:
    """One article that today's rules read otherwise. `reasons` are those for which it would be quarantined."""

    found: EventRow
    line: ArticleLine
    place: CapturePlace
    article: Article
    before: tuple[str, ...]
    changes: tuple[FieldChange, ...]
    reasons: tuple[Reason, ...]

    @property
    def worth_storing(self) -> bool:
        """Return whether it becomes a version: it passes the checks, and more than the name of the layout changes."""
        return not self.reasons and any(change.field is not Field.LAYOUT for change in self.changes)

    @property
    def after(self) -> tuple[str, ...]:
        """The title and paragraphs of the new reading."""
        return (self.article.title, *(block.text for block in self.article.blocks))


@dataclass(frozen=True, slots=True)
class Rereading:
    """Read captures again by these rules: today's layouts, the most bytes of a decoded body, and the kind of the archive."""

    layouts: tuple[Layout, ...]
    limit_bytes: int
    kind: ArchiveKind

    def read(self, captures: ArchiveReader, read: Reader, found: EventRow) -> NewReading | str | None:
        """Return what is read otherwise, None for the same as before, or why the capture cannot be read."""
        try:
            line, place, before = captures.line(found), captures.place(found), captures.content(found)
            capture = captures.served(place, found.portal, self.kind)
            article = reread(capture, line.url, self.layouts, line.fetched_at, self.limit_bytes, read, listed_day(line))
        except (Unreadable, ExtractTimeout, ExtractFailed) as error:
            return str(error)
        changes = compare(line, before, article)
        if not changes:
            return None
        return NewReading(found, line, place, article, before, changes, check(article, line.fetched_at))

    def read_in_worker(self, root: Path, found: EventRow) -> NewReading | str | None:
        """Read a capture of the archive at `root` with what this process keeps open for the next one."""
        captures, extraction = _opened(root)
        return self.read(captures, extraction.read, found)


@cache
def _opened(root: Path) -> tuple[ArchiveReader, ExtractionWorker]:
    extraction = ExtractionWorker()
    Finalize(None, extraction.close, exitpriority=1)  # a worker runs no atexit
    return Archive.open(root, read_only=True).captures, extraction

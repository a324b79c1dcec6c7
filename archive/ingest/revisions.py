"""Compare a new version with the one before it, while it is committed, and write the change on its line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from archive.diff.classify import Change, TextComparison, changes
from archive.index.reader import ArchiveReader, Unreadable
from archive.index.rows import EventRow
from archive.index.transaction import Queries
from archive.storage.jsonl import ArticleLine
from archive.storage.texts import text_content
from vietnam.letters import fold_spaces, nfc


@dataclass(frozen=True, slots=True)
class Text:
    """Hold a version's text without its published line, that line as shown, and its moment (ISO 8601)."""

    content: str
    published_raw: str | None
    published: str | None


@dataclass(frozen=True, slots=True)
class VersionHistory:
    """Read the versions before this one, as one transaction sees them.

    `folder` is the run that is being written and `own` gives its lines by `seq`: those of the open batch are in no file yet.
    """

    captures: ArchiveReader
    queries: Queries
    folder: Path | None = None
    own: Callable[[int], ArticleLine] | None = None

    def text(self, found: EventRow) -> Text:
        """Return a version's text; a duplicate's is that of the version it repeats. Raises Unreadable."""
        line, holder = self._line(found), found
        if found.file is None:
            same = self.queries.events.with_content(found.content_sha256)
            stored = [other for other in same if other.file and other.id == found.duplicate_of]
            if not stored:
                raise Unreadable(f"{found.id}: the text that it repeats ({found.duplicate_of}) is not in the index")
            holder = stored[0]
        raw = line.published_raw if holder is found else self._line(holder).published_raw
        return Text(text_content(self.captures.text(holder), raw), line.published_raw, line.published)

    def _line(self, found: EventRow) -> ArticleLine:
        run = self.folder and (self.folder.parent.name, self.folder.name)
        if self.own and (found.night, found.run) == run:
            return self.own(found.seq)
        return self.captures.line(found)


def compared(old: Text, new: Text) -> TextComparison:
    """Return the texts' comparison, with PUBLISHED where the published line or its moment differs."""
    found = changes(old.content, new.content)
    if old.published == new.published and _shown(old) == _shown(new):
        return found
    return replace(found, classes=tuple(sorted((*found.classes, Change.PUBLISHED))))


def described(line: ArticleLine, text: str, latest: EventRow | None, earlier: VersionHistory) -> ArticleLine:
    """Return the line of a new version with `changes` and `similarity`; unchanged when the older text cannot be read.

    `latest` is the article's last version. A damaged file does not stop a run: `verify` names it.
    """
    try:
        old = earlier.text(latest) if latest is not None and latest.id == line.revision_of else None
    except Unreadable:
        old = None
    if old is None:
        return line
    found = compared(old, Text(text_content(text, line.published_raw), line.published_raw, line.published))
    return replace(line, changes=tuple(change.value for change in found.classes), similarity=found.similarity)


def _shown(text: Text) -> str:
    return fold_spaces(nfc(text.published_raw or ""))

"""Commit one batch of a portal's run: write texts, judge documents, make lines.

Texts are written under temporary names before the index is locked. Within its transaction each document is judged in
turn, and its text takes its final name or is deleted.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from archive.index.queries.readings import ReadVersion
from archive.index.queries.removals import held, removal_line, same_address
from archive.index.queries.similar import Fingerprint, StoredText
from archive.index.reader import ArchiveReader, run_folder
from archive.index.rows import EventRow
from archive.index.transaction import Transaction
from archive.ingest.near_duplicates import content_of, fingerprint, holds_text, linked, links, read_content
from archive.ingest.revisions import VersionHistory, described
from archive.messages.reason import Reason
from archive.model.enums import LATE, Event, Outcome, Via
from archive.model.judgement import Judge
from archive.model.records import Document, PageRecord, Reading
from archive.storage.fsync import TEMPORARY, make_folder, sync_folder, write_flushed
from archive.storage.jsonl import ArticleLine, article_line
from archive.storage.paths import Paths
from archive.storage.texts import content_sha256, file_name, text_bytes, version_id


@dataclass(slots=True)
class QueuedLine:
    """Hold one queued line: its page, and the document read from it. `reasons` send the document into quarantine.

    `new_key` is the key that the page's address has, where it is another than the article's. `again` is the reading of an
    article whose page need not be read.
    """

    page: PageRecord | None
    document: Document | None = None
    reasons: tuple[Reason, ...] = ()
    temporary: Path | None = None
    data: bytes = b""
    fingerprint: Fingerprint | None = None
    last_body: str | None = None
    gone_after: int | None = None
    new_key: str | None = None
    content: str = ""
    changed: bool = False
    again: Reading | None = None


@dataclass(frozen=True, slots=True)
class BatchCommit:
    """Commit the queued lines of one run."""

    paths: Paths
    portal: str
    night: date
    run: str
    via: Via
    folder: Path
    judge: Judge
    captures: ArchiveReader
    pending: Sequence[QueuedLine]

    def note_last_bodies(self, transaction: Transaction) -> None:
        """Note the body each attachment was last answered with. Must run before tonight's responses become rows."""
        for pending in self.pending:
            if pending.document is not None and pending.document.attachment_of is not None:
                pending.last_body = transaction.responses.last_body(self.portal, pending.document.key)

    def write_texts(self) -> None:
        """Write each document's text under a temporary name, flushed to disk, and compute its fingerprint."""
        for number, pending in enumerate(self.pending):
            if pending.document is None or _is_textless(pending.document):
                continue
            pending.data = text_bytes(pending.document.text)
            if not pending.reasons and pending.document.attachment_of is None:
                pending.fingerprint = fingerprint(pending.data, pending.document.published_raw)
            folder = self.paths.quarantine(self.night, self.portal) if pending.reasons else self.folder
            make_folder(folder)
            pending.temporary = folder / f"{TEMPORARY}{os.getpid()}-{number}"
            write_flushed(pending.temporary, pending.data)

    def judged(self, transaction: Transaction, earlier: Sequence[ArticleLine]) -> list[ArticleLine]:
        """Judge each queued document in turn, name its text and add its row; a document that changes nothing leaves no line."""
        lines: list[ArticleLine] = []
        seq = max((line.seq for line in earlier), default=-1) + 1
        for pending in self.pending:
            for removal in self._removals(transaction, pending, seq):
                transaction.add_events(self.night, self.run, [removal])
                lines.append(removal)
                seq += 1
            if pending.document is None:
                continue
            line = self._judge_one(transaction, pending.document, pending, seq)
            if line is not None and line.revision_of:
                own = {known.seq: known for known in (*earlier, *lines)}
                line = described(
                    line, pending.document.text, VersionHistory(self.captures, transaction, self.folder, own)
                )
            if line is not None and line.event is not Event.REDATED:
                line = self._with_near(transaction, line, pending)
            if pending.temporary is None:
                pass
            elif line is None or line.file is None:
                pending.temporary.unlink()
            else:
                final = self.paths.root / line.file if pending.reasons else self.folder / line.file
                pending.temporary.rename(final)
                sync_folder(final.parent)
            if line is not None:
                pending.changed = line.event in (Event.REVISION, Event.REDATED)
                transaction.add_events(self.night, self.run, [line])
                if pending.fingerprint is not None and holds_text(line):
                    transaction.similar.add(self.night, self.run, seq, pending.fingerprint)
                lines.append(line)
                seq += 1
        return lines

    def note_readings(self, transaction: Transaction) -> None:
        """Note what each article was read from; a doubtful one is read again at every look."""
        read: dict[str, ReadVersion | None] = {}
        for pending in self.pending:
            document = pending.document
            if document is None or document.attachment_of is not None:
                continue
            version = None
            if document.reading is not None and not pending.reasons:
                version = ReadVersion(document.reading, pending.content, document.published, pending.changed)
            read[document.key] = version
        transaction.readings.replace(self.portal, read)
        looked = {pending.page.key: pending.again for pending in self.pending if pending.page and pending.again}
        transaction.readings.renew(self.portal, {key: reading for key, reading in looked.items() if key is not None})

    def _with_near(self, transaction: Transaction, line: ArticleLine, pending: QueuedLine) -> ArticleLine:
        """Return the line with the near-duplicates of earlier nights; those of tonight are found when the night is sealed."""
        new = pending.fingerprint
        if new is None or not holds_text(line):
            return line
        found = transaction.similar.candidates(new.signature, self.night)
        return linked(line, links(line, new, content_of(pending.data, new), found, self._read)) if found else line

    def _read(self, text: StoredText) -> str | None:
        return read_content(run_folder(self.paths, date.fromisoformat(text.night), text.run), text)

    def _removals(self, transaction: Transaction, pending: QueuedLine, seq: int) -> list[ArticleLine]:
        """Return the lines of a removal, a return or a new address that the response shows.

        A doubtful article does not return.
        """
        page, removals = pending.page, transaction.removals
        version = transaction.events.latest(self.portal, page.key) if page is not None and page.key else None
        if page is None or version is None or pending.reasons or page.attachment_of:
            return []
        removal = removals.latest(self.portal, version.key)
        last = removal.event if removal is not None else None
        lines: list[ArticleLine] = []
        if pending.document is not None:
            if last in (Event.GONE, Event.MOVED):
                lines.append(removal_line(Event.RETURNED, seq, version, page, self.via))
            return lines + self._moves(transaction, version, page, pending.new_key, page.url, seq + len(lines))
        if page.outcome is Outcome.MOVED and last is not Event.MOVED:
            lines.append(removal_line(Event.MOVED, seq, version, page, self.via))
        elif pending.gone_after is not None:
            if not held(
                removals.vanished_nights(self.portal, [version.key]).get(version.key, ()),
                self.night,
                pending.gone_after,
            ):
                return []
            copy = removals.living_copy(version)
            if copy is not None:
                return self._moves(transaction, version, page, *copy, seq)
            if last is not Event.GONE:
                lines.append(removal_line(Event.GONE, seq, version, page, self.via))
        return lines

    def _moves(
        self, transaction: Transaction, version: EventRow, page: PageRecord, new_key: str | None, url: str, seq: int
    ) -> list[ArticleLine]:
        """Return the lines of a new address: one of the article, one of the key that the address has where it is another."""
        lines = []
        known = transaction.events.known_address(self.portal, version.key)
        if known is not None and not same_address(known, url):
            lines.append(removal_line(Event.MOVED_ADDRESS, seq, version, page, self.via, url=url))
        if new_key is not None and new_key != version.key:
            if transaction.removals.own_keys(self.portal, [new_key]).get(new_key) != version.key:
                number = seq + len(lines)
                lines.append(removal_line(Event.MOVED_ADDRESS, number, version, page, self.via, url=url, key=new_key))
        return lines

    def _judge_one(
        self, transaction: Transaction, document: Document, pending: QueuedLine, seq: int
    ) -> ArticleLine | None:
        digest, content = sha256(pending.data).hexdigest(), content_sha256(document.content)
        body = pending.page.body_sha256 if pending.page else None
        if _is_textless(document):
            digest = content = body or digest
        version = version_id(self.portal, document.key, digest)
        pending.content = content
        if pending.reasons:
            folder = self.paths.quarantine(self.night, self.portal).relative_to(self.paths.root)
            line = article_line(document, Event.QUARANTINED, seq, version, content)
            name = (folder / file_name(seq, digest)).as_posix()
            return replace(line, file=name, sha256=digest, bytes=len(pending.data), reasons=pending.reasons)
        latest = transaction.events.latest_version(self.portal, document.key)
        attached = document.attachment_of is not None
        if attached and latest and body == pending.last_body:
            return None
        same = transaction.events.stored_text(content, self.night, self.portal, of_attachments=attached)
        judgement = self.judge(document, content, latest, same)
        if judgement.event is None:
            return None
        line = article_line(document, judgement.event, seq, version, content)
        line = replace(line, revision_of=judgement.revision_of, duplicate_of=judgement.duplicate_of)
        if latest is None and not attached and self._is_late(transaction, document):
            line = replace(line, flags=(*line.flags, LATE))
        if judgement.event is Event.DUPLICATE or (attached and (judgement.duplicate_of or _is_textless(document))):
            return line
        return replace(line, file=file_name(seq, digest), sha256=digest, bytes=len(pending.data))

    def _is_late(self, transaction: Transaction, document: Document) -> bool:
        if document.published is None:
            return False
        published = date.fromisoformat(document.published[:10])
        return transaction.lookbacks.is_late(self.portal, document.section, document.key, published)


def _is_textless(document: Document) -> bool:
    """Return whether this is an attachment without a text; an article's text has its title at least."""
    return document.attachment_of is not None and not document.text

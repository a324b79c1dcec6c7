"""Commit one batch of a portal's run: write texts, judge documents, make lines.

Texts are written under temporary names before the index is locked. Within its transaction each document is judged in
turn, and its text takes its final name or is deleted. The index is asked about many documents at once: about a group of
them of which none is judged by what another one adds (archive/ingest/queue.py).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from archive.index.column_types import storable
from archive.index.queries.events import LatestEvents
from archive.index.queries.readings import ReadVersion
from archive.index.queries.removals import held, removal_line, same_address
from archive.index.queries.similar import Fingerprint, StoredText
from archive.index.reader import ArchiveReader
from archive.index.transaction import Transaction
from archive.ingest.late_articles import LateArticles
from archive.ingest.near_duplicates import content_of, holds_text, linked, links, read_content
from archive.ingest.queue import QueuedLine, independent_groups, is_textless
from archive.ingest.revisions import VersionHistory, described
from archive.model.enums import LATE, Event, Outcome, Via
from archive.model.judgement import Judge, Version
from archive.model.records import Document, PageRecord
from archive.storage.fsync import TEMPORARY, make_folder, sync_folder, write_all_flushed
from archive.storage.jsonl import ArticleLine, article_line
from archive.storage.paths import Paths, run_folder
from archive.storage.texts import file_name, version_id


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """Hold what the index knows before a group of lines: their articles' events, texts with their contents, late articles."""

    events: Mapping[str, LatestEvents]
    texts: Mapping[tuple[str, bool], Version]
    late: Collection[str] = ()

    def of(self, key: str) -> LatestEvents:
        """Return the last events of an article or attachment."""
        return self.events.get(storable(key), LatestEvents())


@dataclass(frozen=True, slots=True)
class BatchCommit:
    """Commit the queued lines of one run. `earlier` gives its committed lines by `seq`, `first` is the next one's number."""

    paths: Paths
    portal: str
    night: date
    run: str
    via: Via
    folder: Path
    judge: Judge
    captures: ArchiveReader
    late: LateArticles
    pending: Sequence[QueuedLine]
    earlier: Callable[[int], ArticleLine]
    first: int
    _own: dict[int, ArticleLine] = field(default_factory=dict, init=False)

    def note_last_bodies(self, transaction: Transaction) -> None:
        """Note the body each attachment was last answered with. Must run before tonight's responses become rows."""
        files = [(line, line.document.key) for line in self.pending if line.document and line.document.attachment_of]
        bodies = transaction.responses.last_bodies(self.portal, {key for _, key in files})
        for line, key in files:
            line.last_body = bodies.get(storable(key))

    def write_texts(self) -> None:
        """Write each document's text under a temporary name, flushed to disk."""
        for number, pending in enumerate(self.pending):
            if pending.document is not None and not is_textless(pending.document):
                folder = self.paths.quarantine(self.night, self.portal) if pending.reasons else self.folder
                pending.temporary = folder / f"{TEMPORARY}{os.getpid()}-{number}"
        for folder in self._folders:
            make_folder(folder)
        write_all_flushed({line.temporary: line.data for line in self.pending if line.temporary is not None})

    @property
    def _folders(self) -> set[Path]:
        return {line.temporary.parent for line in self.pending if line.temporary is not None} | {self.folder}

    def judged(self, transaction: Transaction) -> list[ArticleLine]:
        """Judge each queued document in turn, name its text and add its row; a document that changes nothing leaves no line.

        The names of the texts reach the disk before this returns. Raises ArchiveUnusable when the index holds signatures of
        another method.
        """
        self._note_gone(transaction)
        transaction.similar.check_method()
        for group in independent_groups(self.pending):
            self._judge_group(transaction, group)
        for folder in self._folders:
            sync_folder(folder)
        return list(self._own.values())

    def _note_gone(self, transaction: Transaction) -> None:
        missing = [
            (line, line.page.key, line.gone_after)
            for line in self.pending
            if line.gone_after is not None and line.page is not None and line.page.key is not None
        ]
        nights = transaction.removals.vanished_nights(self.portal, {key for _, key, _ in missing})
        for line, key, gone_after in missing:
            line.is_gone = held(nights.get(storable(key), ()), self.night, gone_after)

    def _judge_group(self, transaction: Transaction, group: Sequence[QueuedLine]) -> None:
        facts = self._facts(transaction, group)
        lines: list[ArticleLine] = []
        texts: dict[int, tuple[QueuedLine, Fingerprint]] = {}
        first = self.first + len(self._own)
        for pending in group:
            lines += self._removals(transaction, facts, pending, first + len(lines))
            if pending.document is None:
                continue
            line = self._judge_one(facts, pending.document, pending, first + len(lines))
            if line is not None and line.revision_of:
                known = VersionHistory(self.captures, transaction, self.folder, self._line)
                line = described(line, pending.document.text, facts.of(line.key).version, known)
            self._name_text(pending, line)
            if line is not None:
                pending.changed = line.event in (Event.REVISION, Event.REDATED)
                lines.append(line)
                if pending.fingerprint is not None and holds_text(line):
                    texts[line.seq] = pending, pending.fingerprint
        lines = self._with_near(transaction, lines, texts)
        transaction.add_events(self.night, self.run, lines)
        transaction.similar.add(self.night, self.run, {seq: text for seq, (_, text) in texts.items()})
        self._own.update((line.seq, line) for line in lines)

    def _line(self, seq: int) -> ArticleLine:
        return self._own[seq] if seq in self._own else self.earlier(seq)

    def note_readings(self, transaction: Transaction) -> None:
        """Note what each article was read from; a doubtful one is read again at every recheck."""
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

    def _facts(self, transaction: Transaction, group: Sequence[QueuedLine]) -> GroupFacts:
        judged = [(line.document, line.content) for line in group if line.document is not None and not line.reasons]
        events = transaction.events.latest_events(self.portal, {key for line in group for key in line.keys})
        texts = transaction.events.stored_texts({content for _, content in judged}, self.night, self.portal)
        facts = GroupFacts(events, texts)
        first = [
            document for document, _ in judged if document.attachment_of is None and not facts.of(document.key).stored
        ]
        return replace(facts, late=self.late.among(transaction, first))

    def _name_text(self, pending: QueuedLine, line: ArticleLine | None) -> None:
        if pending.temporary is None:
            return
        if line is None or line.file is None:
            pending.temporary.unlink()
        else:
            pending.temporary.rename(self.paths.root / line.file if pending.reasons else self.folder / line.file)

    def _with_near(
        self,
        transaction: Transaction,
        lines: Sequence[ArticleLine],
        texts: Mapping[int, tuple[QueuedLine, Fingerprint]],
    ) -> list[ArticleLine]:
        """Return the lines with the near-duplicates of earlier nights; those of tonight are found when the night is sealed."""
        asked = [line.seq for line in lines if line.seq in texts and line.event is not Event.REDATED]
        likely = transaction.similar.candidates([texts[seq][1].signature for seq in asked], self.night)
        found = {seq: candidates for seq, candidates in zip(asked, likely, strict=True) if candidates}

        def with_near(line: ArticleLine) -> ArticleLine:
            if line.seq not in found:
                return line
            pending, new = texts[line.seq]
            return linked(line, links(line, new, content_of(pending.data, new), found[line.seq], self._read))

        return [with_near(line) for line in lines]

    def _read(self, text: StoredText) -> str | None:
        return read_content(run_folder(self.paths, date.fromisoformat(text.night), text.run), text)

    def _removals(
        self, transaction: Transaction, facts: GroupFacts, pending: QueuedLine, seq: int
    ) -> list[ArticleLine]:
        """Return the lines of a removal, a return or a new address that the response shows.

        A doubtful article does not return.
        """
        page = pending.page
        known = facts.of(page.key) if page is not None and page.key is not None else LatestEvents()
        version, last = known.version, known.removal
        if page is None or version is None or pending.reasons or page.attachment_of:
            return []
        lines: list[ArticleLine] = []
        if pending.document is not None:
            if last in (Event.GONE, Event.MOVED):
                lines.append(removal_line(Event.RETURNED, seq, version, page, self.via))
            return lines + self._moves(transaction, known, page, pending.new_key, page.url, seq + len(lines))
        if page.outcome is Outcome.MOVED and last is not Event.MOVED:
            lines.append(removal_line(Event.MOVED, seq, version, page, self.via))
        elif pending.is_gone:
            copy = transaction.removals.living_copy(version)
            if copy is not None:
                return self._moves(transaction, known, page, *copy, seq)
            if last is not Event.GONE:
                lines.append(removal_line(Event.GONE, seq, version, page, self.via))
        return lines

    def _moves(
        self, transaction: Transaction, known: LatestEvents, page: PageRecord, new_key: str | None, url: str, seq: int
    ) -> list[ArticleLine]:
        """Return the lines of a new address: one of the article, one of the key that the address has where it is another."""
        lines: list[ArticleLine] = []
        version = known.version
        if version is None:
            return lines
        if known.address is not None and not same_address(known.address, url):
            lines.append(removal_line(Event.MOVED_ADDRESS, seq, version, page, self.via, url=url))
        if new_key is not None and new_key != version.key:
            if transaction.removals.own_keys(self.portal, [new_key]).get(new_key) != version.key:
                number = seq + len(lines)
                lines.append(removal_line(Event.MOVED_ADDRESS, number, version, page, self.via, url=url, key=new_key))
        return lines

    def _judge_one(self, facts: GroupFacts, document: Document, pending: QueuedLine, seq: int) -> ArticleLine | None:
        digest, content = pending.digest, pending.content
        version = version_id(self.portal, document.key, digest)
        if pending.reasons:
            folder = self.paths.quarantine(self.night, self.portal).relative_to(self.paths.root)
            line = article_line(document, Event.QUARANTINED, seq, version, content)
            name = (folder / file_name(seq, digest)).as_posix()
            return replace(line, file=name, sha256=digest, bytes=len(pending.data), reasons=pending.reasons)
        latest = facts.of(document.key).stored
        attached = document.attachment_of is not None
        body = pending.page.body_sha256 if pending.page else None
        if attached and latest and body == pending.last_body:
            return None
        judgement = self.judge(document, content, latest, facts.texts.get((content, attached)))
        if judgement.event is None:
            return None
        line = article_line(document, judgement.event, seq, version, content)
        line = replace(line, revision_of=judgement.revision_of, duplicate_of=judgement.duplicate_of)
        if document.key in facts.late:
            line = replace(line, flags=(*line.flags, LATE))
        if judgement.event is Event.DUPLICATE or (attached and (judgement.duplicate_of or is_textless(document))):
            return line
        return replace(line, file=file_name(seq, digest), sha256=digest, bytes=len(pending.data))

"""Read the capture of every kept text again, and compare what today's rules read of it with the text and its line.

An edited text whose line, index and seals were all made to fit still does not follow from the page as it was served. A run's
record names the rules that read it: under the same ones a difference is a finding, under others a note.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from archive.audit.findings import Audit, Code
from archive.audit.sampling import Subset
from archive.audit.seals import relative
from archive.errors import ArchiveError, DamagedFile
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event
from archive.model.records import CapturePlace
from archive.processes.workers import Workers
from archive.storage.jsonl import ArticleLine, decode_article
from archive.storage.paths import Identity, Paths, run_folder, run_order
from archive.storage.run_record import read_lines, read_run
from archive.storage.tombstones import Tombstones
from archive.storage.warc import read_member

if TYPE_CHECKING:
    from archive.index.reader import ArchiveReader

SLOWER = 10
"""Times as long as reading a file that reading a capture takes, at least."""
_AT_ONCE = 4  # captures for one worker at a time
_TEXT = "text"

EarlierRecords = Callable[[str, str], Iterable[bytes]]
"""Return the WARC records that hold the body of an address with this SHA-256 (hex)."""


@dataclass(frozen=True, slots=True)
class CaptureText:
    """A capture as today's rules read it: the SHA-256 of its text file (hex), what read it, and fields of its line as JSON."""

    sha256: str
    extractor: str
    fields: Mapping[str, object]


class CaptureReader(Protocol):
    """Read captures by today's rules, of which the archive knows nothing. It is pickled for each worker."""

    def rules(self, portal: str) -> str | None:
        """Return the version of the rules for a portal's pages; None for a portal that is not declared."""

    def read(self, line: ArticleLine, via: ArchiveKind, record: bytes, earlier: EarlierRecords) -> CaptureText:
        """Read the WARC record that a line was read from, or of a revisit the body in an earlier one.

        Nothing of it can be trusted. Raises ArchiveError when it cannot be read.
        """


@dataclass(frozen=True, slots=True)
class _TextTask:
    """A text to read again: its line, its path from the root, and whether its run names today's rules."""

    night: date
    run: str
    raw: bytes
    path: str
    same_rules: bool


@dataclass(frozen=True, slots=True)
class _TextResult:
    """Fields that today's rules read otherwise, or why nothing could be read; `same_reader`: by the line's library."""

    fields: tuple[str, ...] = ()
    why: Reason | None = None
    same_reader: bool = True


@dataclass(slots=True)
class _RunCount:
    """Texts of one run that were read again, and those of them that other rules read otherwise."""

    rules: str
    texts: int = 0
    otherwise: int = 0
    first: str = ""


@dataclass(slots=True)
class CaptureAudit:
    """One reading of an archive's captures. `subset` selects texts by their paths."""

    identity: Identity
    paths: Paths
    withheld: Tombstones
    reader: CaptureReader
    subset: Subset
    audit: Audit
    _runs: dict[tuple[date, str], _RunCount] = field(default_factory=dict)
    _undeclared: Counter[str] = field(default_factory=Counter)

    def read(self, pool: Workers, progress: Callable[[int], None]) -> None:
        """Read the texts of all closed runs, and report those that do not follow from their captures.

        `progress` is called with the number of texts that were read.
        """
        work = partial(_read_again, self.reader, self.paths.root, self.identity.kind)
        same = 0
        for number, (task, result) in enumerate(pool.map(work, self._texts(), _AT_ONCE), start=1):
            same += self._take(task, result)
            progress(number)
        for (night, run), count in self._runs.items():
            if count.otherwise:
                self.audit.notes.append(
                    Reason.of(
                        "read_otherwise",
                        n=count.otherwise,
                        texts=count.texts,
                        run=relative(self.paths, self.paths.night(night) / run),
                        rules=count.rules or Reason.of("rules_unrecorded"),
                        first=count.first,
                    )
                )
        for portal, n in sorted(self._undeclared.items()):
            self.audit.notes.append(Reason.of("reread_undeclared", portal=portal, n=n))
        texts = sum(count.texts for count in self._runs.values())
        self.audit.notes.append(Reason.of("reread_texts", n=texts, same=same))

    def _take(self, task: _TextTask, result: _TextResult) -> bool:
        """Record one result; return whether the text follows from its capture."""
        count = self._runs[task.night, task.run]
        count.texts += 1
        if not result.fields and result.why is None:
            return True
        if task.same_rules and result.same_reader:
            named = ", ".join(result.fields)
            why = Reason.of("not_of_capture", fields=named) if result.why is None else result.why
            self.audit.found(Code.READING, task.path, why)
        else:
            count.otherwise += 1
            count.first = count.first or task.path
        return False

    def _texts(self) -> Iterator[_TextTask]:
        for night in self.paths.nights():
            for folder in self.paths.closed_runs(night):
                yield from self._texts_of(night, folder)

    def _texts_of(self, night: date, folder: Path) -> Iterator[_TextTask]:
        today = self.reader.rules(run_order(folder.name)[0])
        try:
            recorded = read_run(folder).rules
            lines = read_lines(folder / "articles.jsonl")
        except (DamagedFile, OSError):
            recorded, lines = "", []  # reading the files themselves names it
        self._runs[night, folder.name] = _RunCount(recorded)
        for raw in lines:
            try:
                line = decode_article(raw)
            except ValueError:
                continue
            path = self._path(folder, line)
            if path is None or path not in self.subset or self._is_withheld(night, folder.name, line, path):
                continue
            if today is None:
                self._undeclared[line.portal] += 1
            else:
                yield _TextTask(night, folder.name, raw, path, recorded == today)

    def _path(self, folder: Path, line: ArticleLine) -> str | None:
        if line.file is None:
            return None
        return line.file if line.event is Event.QUARANTINED else f"{relative(self.paths, folder)}/{line.file}"

    def _is_withheld(self, night: date, run: str, line: ArticleLine, path: str) -> bool:
        place = _place(night, run, line)
        if path in self.withheld.texts or place is None:
            return True  # a line without a capture is a finding of its own
        file = relative(self.paths, run_folder(self.paths, place.night, place.run) / place.file)
        return (file, place.offset) in self.withheld.records


def _place(night: date, run: str, line: ArticleLine) -> CapturePlace | None:
    if line.read_from is not None or line.warc is None:
        return line.read_from
    ref = line.warc
    return CapturePlace(night, run, ref.file, ref.offset, ref.length, ref.sha256)


def _read_again(reader: CaptureReader, root: Path, kind: ArchiveKind, task: _TextTask) -> _TextResult:
    line = decode_article(task.raw)
    place = _place(task.night, task.run, line)
    assert place is not None  # noqa: S101  such lines are no tasks
    record = read_member(run_folder(Paths(root), place.night, place.run) / place.file, place.ref)
    if record is None:
        return _TextResult(why=Reason.of("record_damaged", offset=place.offset, bytes=place.length))
    try:
        found = reader.read(line, kind, record, partial(_earlier_records, root, line.portal))
    except ArchiveError as error:
        return _TextResult(why=Reason.of("not_read_again", error=Reason.of_error(error)))
    archived = json.loads(task.raw)
    fields = [name for name, value in found.fields.items() if name in archived and archived[name] != value]
    if found.sha256 != line.sha256:
        fields.insert(0, _TEXT)
    return _TextResult(tuple(fields), same_reader=found.extractor == line.extractor)


def _earlier_records(root: Path, portal: str, url: str, body_sha256: str) -> Iterator[bytes]:
    captures = _captures(root)
    yield from captures.records_with_body(portal, url, body_sha256) if captures is not None else ()


@cache
def _captures(root: Path) -> ArchiveReader | None:
    """Return what finds earlier captures, once a process; None where the index does not open, which is a finding already."""
    from archive.store import Archive  # the database's library, which a check of the files alone does not need

    try:
        return Archive.open(root, read_only=True).captures
    except ArchiveError:
        return None

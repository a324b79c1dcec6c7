"""Audit one run: its sealed files, its lines, its texts and captures, each file read once.

A task (`archive.audit.lines`) holds all that this needs, so that several processes can read different runs.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from archive.audit.files import WarcDigest, colliding_names, read_once, read_warc, walk
from archive.audit.findings import Audit, Code
from archive.audit.lines import RunTask, check_read_from, check_text
from archive.errors import DamagedFile
from archive.messages.reason import Reason
from archive.model.enums import Event, Via
from archive.model.records import CaptureRef
from archive.storage import merkle
from archive.storage.jsonl import ArticleLine, decode_article, decode_page
from archive.storage.manifest import FileEntry
from archive.storage.paths import Paths, run_order
from archive.storage.run_record import RUN_FILE, read_lines, read_run, same_record
from archive.storage.texts import NAME
from archive.storage.warc import members
from vietnam.date_forms import TZ

_LONGEST = timedelta(days=7)  # a backfill ends by then; a night long before


@dataclass(frozen=True, slots=True)
class RunResult:
    """Result of a run: the findings, the leaf hashes of its lines, and the quarantined texts that they name."""

    audit: Audit
    leaves: bytes
    quarantined: tuple[str, ...]


def check_run(task: RunTask) -> RunResult:
    """Audit one run."""
    return _RunAudit(task).read()


class _RunAudit:
    """Audit of one run. Findings about sealed files come first, then those about the lines."""

    def __init__(self, task: RunTask) -> None:
        self._task, self._paths = task, Paths(task.root)
        self._base = task.folder.relative_to(task.root).as_posix()
        self._sealed, self._lines = Audit(), Audit()
        self._articles: list[ArticleLine] = []
        self._bodies: dict[CaptureRef, str | None] = {}
        self._refs: dict[str, set[CaptureRef]] = {}
        self._names: dict[str, os.DirEntry[str]] = {}
        self._listed: dict[str, FileEntry] = {}
        self._texts: dict[str, ArticleLine] = {}
        self._strays: dict[str, list[tuple[int, date]]] = {}
        self._digests: dict[str, tuple[str, int]] = {}

    def read(self) -> RunResult:
        if self._task.closed:
            start = len(str(self._task.folder)) + 1
            self._names = {entry.path[start:]: entry for entry in walk(self._task.folder)}
            self._check_names()
        else:
            inside = os.scandir(self._task.folder)
            self._names = {entry.name: entry for entry in inside if entry.is_file(follow_symlinks=False)}
        leaves = self._read_articles()
        if not self._task.sealed_only:
            self._lines.runs += 1
            self._read_pages()
        whole = self._task.subset.parts == 1
        for name in sorted(self._names):
            if self._names[name].is_file(follow_symlinks=False) and (whole or self._path(name) in self._task.subset):
                self._read_file(name)
        if not self._task.sealed_only:
            self._check_lines()
        self._sealed.join(self._lines)
        quarantined = (line.file for line in self._articles if line.file and line.event is Event.QUARANTINED)
        return RunResult(self._sealed, leaves, tuple(quarantined))

    def _path(self, name: str) -> str:
        return f"{self._base}/{name}"

    def _check_names(self) -> None:
        entries, withheld = self._task.entries, self._task.withheld.texts
        self._listed = entries.of(self._names) if entries is not None else {}
        collisions = colliding_names(self._names)
        for name, entry in self._names.items():
            if entry.is_file(follow_symlinks=False):
                self._sealed.files += 1
            elif entry.is_symlink():
                self._sealed.found(
                    Code.SYMLINK, self._path(name), Reason.of("points_to", target=str(Path(entry.path).readlink()))
                )
                continue
            else:
                self._sealed.found(Code.EXTRA, self._path(name), Reason.of("no_file"))
            if entries is not None and name not in self._listed:
                self._sealed.found(Code.EXTRA, self._path(name), Reason.of("unlisted"))
            if name in collisions:
                self._sealed.found(Code.TWIN, self._path(name), Reason.of("name_twice"))
            if withheld and self._path(name) in withheld:
                stone = withheld[self._path(name)].name
                self._sealed.found(Code.WITHHELD_BACK, self._path(name), Reason.of("removed_by", tombstone=stone))
        missing = entries is not None and len(self._listed) < len(entries)
        for name in entries.names() if entries is not None and missing else ():
            if name not in self._names and self._path(name) not in self._task.withheld.texts:
                self._sealed.found(Code.MISSING, self._path(name), Reason.of("listed_missing"))

    def _read_articles(self) -> bytes:
        path = self._path("articles.jsonl")
        hashes = []
        seen: set[int] = set()
        counted: Counter[str] = Counter()
        wrong: ValueError | None = None
        for number, raw in enumerate(self._raw_lines("articles.jsonl")):
            hashes.append(merkle.leaf_hash(raw))
            if self._task.sealed_only:
                continue
            try:
                line = decode_article(raw)
            except ValueError as error:
                wrong = wrong or error
                self._lines.found(Code.LINE, path, Reason.of("line_wrong", line=number, error=Reason.of_error(error)))
                continue
            counted[line.event.value] += 1
            if line.seq in seen:
                self._lines.found(Code.LINE_TWICE, path, Reason.of("line_twice", line=number, number=line.seq))
                continue
            seen.add(line.seq)
            self._articles.append(line)
            if not line.file or line.event is Event.QUARANTINED:
                continue
            first = self._texts.setdefault(line.file, line)
            if first is not line:
                self._lines.found(Code.LINE, path, Reason.of("line_text_twice", line=line.seq, other=first.seq))
        if self._task.closed and not self._task.sealed_only:
            self._check_record(counted, wrong)
        return b"".join(hashes)

    def _raw_lines(self, name: str) -> Iterable[bytes]:
        entry = self._names.get(name)
        if entry is None or not entry.is_file(follow_symlinks=False):
            return ()
        try:
            digest, size, data = read_once(entry.path)
            if data is None:
                return read_lines(Path(entry.path))
        except (DamagedFile, OSError):
            return ()  # reading the file itself names it
        self._digests[name] = digest, size
        return data[: data.rfind(b"\n") + 1].split(b"\n")[:-1]

    def _check_record(self, counted: Counter[str], wrong: ValueError | None) -> None:
        name = self._path(RUN_FILE)
        if name not in self._task.subset:
            return
        try:
            record = read_run(self._task.folder)
            if wrong is not None:
                raise wrong
        except FileNotFoundError:
            self._lines.found(Code.RUN_RECORD, name, Reason.of("is_missing"))
        except (ValueError, OSError) as error:
            self._lines.found(Code.RUN_RECORD, name, Reason.of_error(error))
        else:
            folder, night = self._task.folder.name, self._task.night
            if (record.portal, record.night, record.run) != (run_order(folder)[0], night, folder):
                other = Reason.of("record_of_other", run=record.run, portal=record.portal, night=record.night)
                self._lines.found(Code.RUN_RECORD, name, other)
            events = dict(sorted(counted.items()))
            if not same_record(record, replace(record, events=events)):
                difference = Reason.of("counts_differ", counted=str(record.events), lines=str(events))
                self._lines.found(Code.RUN_RECORD, name, difference)

    def _read_pages(self) -> None:
        for number, raw in enumerate(self._raw_lines("pages.jsonl")):
            try:
                page = decode_page(raw)
            except ValueError as error:
                wrong = Reason.of("line_wrong", line=number, error=Reason.of_error(error))
                self._lines.found(Code.LINE, self._path("pages.jsonl"), wrong)
                continue
            if page.warc is not None:
                self._check_day("pages.jsonl", number, page.fetched_at)
                self._bodies[page.warc] = page.body_sha256
                self._refs.setdefault(page.warc.file, set()).add(page.warc)
        for line in self._articles:
            if line.warc is not None:
                self._refs.setdefault(line.warc.file, set()).add(line.warc)

    def _read_file(self, name: str) -> None:
        entry, sealed, withheld = self._names[name], self._listed.get(name), self._task.withheld
        data: bytes | None = None
        try:
            if name.endswith(".warc.gz") and not self._task.sealed_only:
                warc = read_warc(Path(entry.path), self._refs.get(name, ()))
                digest, size = warc.sha256, warc.size
                self._check_warc(name, warc)
            elif name in self._digests:
                digest, size = self._digests[name]
            else:
                digest, size, data = read_once(entry.path)
        except OSError as error:
            detail = Reason.of("it_cannot_be_read", error=str(error.strerror))
            self._sealed.found(Code.MISMATCH, self._path(name), detail)
            return
        self._sealed.bytes += size if self._task.closed else 0
        as_sealed = sealed is not None and digest == sealed.sha256 and size == sealed.size
        if sealed is not None and (not as_sealed or (withheld.files and self._path(name) in withheld.files)):
            self._compare(self._path(name), sealed, digest, size)
        line = self._texts.get(name)
        if line is not None and (path := self._path(name)) not in withheld.texts:
            check_text(self._paths, self._lines, path, line, digest, size, data)

    def _compare(self, path: str, entry: FileEntry, digest: str, size: int) -> None:
        """Compare a file with its entry, or where captures in it were withheld with the result of that."""
        changes = self._task.withheld.files.get(path, [])
        if path in self._task.withheld.texts:
            return
        expected = entry.sha256
        for change in changes:
            if change.before != expected:
                self._sealed.found(Code.MISMATCH, path, Reason.of("withheld_changed"))
                return
            expected = change.after
        if size == entry.size and digest == expected:
            return
        if digest == entry.sha256 or digest in {change.before for change in changes}:
            self._sealed.found(Code.WITHHELD_BACK, path, Reason.of("withheld_stand"))
        else:
            self._sealed.found(Code.MISMATCH, path, Reason.of("not_as_sealed"))

    def _check_day(self, name: str, number: int, fetched_at: datetime) -> None:
        """Check that a live response came in the days of its run; a rehearsal has its own clock."""
        day = fetched_at.astimezone(TZ).date()
        if self._task.via is Via.LIVE and not self._task.night <= day <= self._task.night + _LONGEST:
            self._strays.setdefault(name, []).append((number, day))

    def _check_lines(self) -> None:
        name = self._path("articles.jsonl")
        for line in self._articles:
            if line.warc is not None:
                self._check_day("articles.jsonl", line.seq, line.fetched_at)
        for file, strays in sorted(self._strays.items()):
            (number, day), n = strays[0], len(strays)
            self._lines.found(Code.LINE, self._path(file), Reason.of("line_other_days", line=number, day=day, n=n))
        if self._task.closed:
            for text in sorted(self._names):
                if NAME.fullmatch(text) and text not in self._texts:
                    self._lines.found(Code.TEXT_EXTRA, self._path(text), Reason.of("unnamed"))
        for line in self._articles:
            self._check_place(name, line)
            stone = self._task.withheld.lines.get((self._task.night, self._task.folder.name, line.seq))
            if stone is not None and f"{line.portal}/{line.key}" not in stone.articles:
                self._lines.found(Code.TOMBSTONE, stone.name, Reason.of("hides_unnamed", article=line.id))
            textless = line.attachment_of and not line.file and not line.duplicate_of
            if textless and line.warc and self._bodies.get(line.warc) != line.content_sha256:
                self._lines.found(Code.CONTENT_MISMATCH, name, Reason.of("line_body", line=line.seq))
            if line.portal != run_order(self._task.folder.name)[0]:
                self._lines.found(Code.LINE, name, Reason.of("line_of_portal", line=line.seq, portal=line.portal))
            if line.via != self._task.via.value:
                self._lines.found(Code.WRONG_KIND, name, Reason.of("line_via", line=line.seq, via=line.via))
        for file, refs in sorted(self._refs.items()):
            here = self._names.get(file)
            if here is None or not here.is_file(follow_symlinks=False):
                for ref in sorted(refs, key=lambda ref: ref.offset):
                    self._report_capture(file, ref)
        for line in self._articles:
            check_read_from(self._task, self._lines, line)

    def _check_place(self, name: str, line: ArticleLine) -> None:
        """Check that a line's text is there; a quarantined one stands elsewhere and is read here."""
        if line.file is None:
            return
        quarantined = line.event is Event.QUARANTINED
        path = self._paths.root / line.file if quarantined else self._task.folder / line.file
        if not path.resolve().is_relative_to(self._paths.root.resolve()):
            self._lines.found(Code.LINE, name, Reason.of("line_outside", line=line.seq))
            return
        place = path.relative_to(self._paths.root).as_posix()
        if place in self._task.withheld.texts:
            stone = self._task.withheld.texts[place]
            if f"{line.portal}/{line.key}" not in stone.articles:
                self._lines.found(Code.TOMBSTONE, stone.name, Reason.of("removed_unnamed", article=line.id))
            if quarantined and path.exists():
                self._lines.found(Code.WITHHELD_BACK, place, Reason.of("removed_by", tombstone=stone.name))
        elif not path.is_file() and not path.is_symlink():
            detail = Reason.of("line_names_missing", line=line.seq, run=self._task.folder.name)
            self._lines.found(Code.TEXT_MISSING, place, detail)
        elif (quarantined or line.file not in self._names) and place in self._task.subset:
            try:
                check_text(self._paths, self._lines, place, line, *read_once(str(path)))
            except OSError as error:
                self._lines.found(Code.TEXT_MISMATCH, place, Reason.of("it_cannot_be_read", error=str(error.strerror)))

    def _check_warc(self, name: str, warc: WarcDigest) -> None:
        for ref in sorted(self._refs.get(name, ()), key=lambda ref: ref.offset):
            withheld = self._task.withheld.records.get((self._path(name), ref.offset))
            if warc.found[ref] == ref.sha256 and withheld is None:
                self._lines.captures += 1
            elif withheld is None or warc.found[ref] not in (ref.sha256, withheld.filler):
                self._report_capture(name, ref)
            elif warc.found[ref] == ref.sha256 and self._task.entries is None:
                self._lines.found(Code.WITHHELD_BACK, self._path(name), Reason.of("record_withheld", offset=ref.offset))
        # No seal vouches for the records of an unsealed run that no line names: their own checksums do.
        if self._task.closed and (not warc.ended or self._task.entries is None):
            path = self._task.folder / name
            _, end = members(path)
            if end != warc.size:
                self._lines.found(Code.CAPTURE_TAIL, self._path(name), Reason.of("no_whole_record", offset=end))

    def _report_capture(self, file: str, ref: CaptureRef) -> None:
        self._lines.captures += 1
        detail = Reason.of("record_damaged", offset=ref.offset, bytes=ref.length)
        self._lines.found(Code.CAPTURE, self._path(file), detail)

"""Read the line, the content and the response behind an event, wherever in the archive they are.

A response whose body was served before is stored as a `revisit` record without the body, which is then read from a capture of
the same address with the same SHA-256. Damage raises Unreadable with file and offset.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

from archive.errors import ArchiveError
from archive.index.index import Index
from archive.index.rows import EventRow
from archive.index.sealed_digests import SealedDigests
from archive.messages.reason import Reason
from archive.model.enums import WITHHELD, Event, Via
from archive.model.records import Capture, CapturePlace
from archive.storage.jsonl import ArticleLine, decode_article, decode_page
from archive.storage.paths import Paths, run_folder
from archive.storage.run_record import read_lines
from archive.storage.stored_file import read_twice
from archive.storage.texts import NAME, text_content
from archive.storage.warc import WarcRecord, read_member, read_record

_CACHED_RUNS = 8  # runs whose lines are kept in memory


class Unreadable(ArchiveError):
    """A line, text or capture that is missing, cut or changed; the message names its file."""


class ArchiveReader:
    """Read stored files at the places that the index gives."""

    def __init__(self, paths: Paths, index: Index) -> None:
        self._paths, self._index = paths, index
        self._sealed = SealedDigests(paths)
        self._lines: dict[tuple[Path, int, int], dict[int, ArticleLine]] = {}

    def latest(self, portal: str, key: str) -> EventRow | None:
        """Return the event of an article's last version."""
        with self._index.reading() as queries:
            return queries.events.latest(portal, key)

    def line(self, found: EventRow) -> ArticleLine:
        """Return the whole line of an event. Raises Unreadable."""
        folder = run_folder(self._paths, date.fromisoformat(found.night), found.run)
        line = self._lines_of(folder).get(found.seq)
        if line is None:
            raise Unreadable(
                _damaged(Reason.of("line_unreadable", file=self._name(folder / "articles.jsonl"), line=found.seq))
            )
        return line

    def content(self, found: EventRow) -> tuple[str, ...]:
        """Return the paragraphs of a version's text without its published line, the title first. Raises Unreadable.

        A duplicate has those of the text stored first: the same words, perhaps in other paragraphs.
        """
        holder = self._holder(found)
        if holder is None or (holder.file is None and WITHHELD not in holder.flags):
            raise Unreadable(Reason.of("repeated_text_missing", article=found.id, version=str(found.duplicate_of)))
        content = text_content(self.text(holder), self.line(holder).published_raw)
        return tuple(content.strip("\n").split("\n"))

    def text(self, found: EventRow) -> str:
        """Return the text that an event stored. Raises Unreadable when it is not the one of its row and its seal."""
        if WITHHELD in found.flags:
            raise Unreadable(Reason.of("text_withheld", article=found.id))
        path = self._place_of_text(found)
        try:
            data = read_twice(path)
        except OSError as error:
            raise Unreadable(
                _damaged(Reason.of("cannot_read", file=self._name(path), error=str(error.strerror)))
            ) from None
        digest, night = sha256(data).hexdigest(), date.fromisoformat(found.night)
        if found.event is Event.QUARANTINED:  # no manifest lists it; its line is sealed
            whole = digest == self.line(found).sha256
        else:
            whole = self._sealed.agree(night, found.run, path.name, digest)
        if digest != found.sha256 or not whole:
            raise Unreadable(_damaged(Reason.of("not_its_text", file=self._name(path))))
        return data.decode("utf-8", "replace")

    def sealed(self, found: EventRow) -> bool:
        """Return whether a readable seal covers the run of an event; else a text was compared with its line alone."""
        return self._sealed.covers(date.fromisoformat(found.night), found.run)

    def _place_of_text(self, found: EventRow) -> Path:
        if found.event is not Event.QUARANTINED:
            return run_folder(self._paths, date.fromisoformat(found.night), found.run) / str(found.file)
        path = self._paths.root / str(found.file)
        if not path.resolve().is_relative_to((self._paths.root / "quarantine").resolve()) or not NAME.fullmatch(
            path.name
        ):
            raise Unreadable(Reason.of("quarantine_no_text", article=found.id))
        return path

    def _holder(self, found: EventRow) -> EventRow | None:
        if found.file is not None or found.duplicate_of is None:
            return found
        with self._index.reading() as queries:
            versions = queries.events.find(article=found.duplicate_of)
        return next((version for version in versions if version.file or WITHHELD in version.flags), None)

    def place(self, found: EventRow) -> CapturePlace:
        """Return the place of the response that a version was read from. Raises Unreadable when its line names none."""
        line = self.line(found)
        if line.read_from is not None:
            return line.read_from
        if line.warc is None:
            raise Unreadable(Reason.of("line_no_capture", article=found.id, night=found.night))
        ref = line.warc
        night = date.fromisoformat(found.night)
        return CapturePlace(night, found.run, ref.file, ref.offset, ref.length, ref.sha256)

    def served(self, place: CapturePlace, portal: str, via: Via) -> Capture:
        """Return the response at a place with its body as served, a revisit's included. Raises Unreadable."""
        record = self._record(place, via)
        if record.revisit_of is None:
            return record.capture
        return replace(record.capture, body=self._body(record, place, portal, via))

    def recorded(self, place: CapturePlace, portal: str, via: Via) -> tuple[bytes, bytes | None]:
        """Return the WARC record at a place as stored, and the body as served where it is a revisit. Raises Unreadable."""
        record = self._record(place, via)
        path = run_folder(self._paths, place.night, place.run) / place.file
        member = read_member(path, place.ref)
        if member is None:
            raise self._damaged_record(path, place)
        return member, None if record.revisit_of is None else self._body(record, place, portal, via)

    def _record(self, place: CapturePlace, via: Via) -> WarcRecord:
        path = run_folder(self._paths, place.night, place.run) / place.file
        record = read_record(path, place.ref, via)
        if record is None:
            raise self._damaged_record(path, place)
        return record

    def _damaged_record(self, path: Path, place: CapturePlace) -> Unreadable:
        name = self._name(path)
        return Unreadable(_damaged(Reason.of("record_damaged_at", file=name, offset=place.offset, bytes=place.length)))

    def _body(self, record: WarcRecord, place: CapturePlace, portal: str, via: Via) -> bytes:
        """Return the body that a revisit leaves out, from any whole capture of the address whose body has that SHA-256."""
        served, url = record.revisit_of, record.capture.url
        assert served is not None  # noqa: S101  asked only for revisits
        damaged: Unreadable | None = None
        for row in self._rows_with_body(portal, url, served.body_sha256):
            try:
                earlier = self._page_place(*row)
                body = self._record(earlier, via).capture.body if earlier else b""
            except Unreadable as error:
                damaged = damaged or error
                continue
            if sha256(body).hexdigest() == served.body_sha256:
                return body
        if damaged is not None:
            raise damaged
        path = run_folder(self._paths, place.night, place.run) / place.file
        fetched = served.fetched_at.isoformat()
        raise Unreadable(Reason.of("capture_elsewhere", file=self._name(path), offset=place.offset, fetched=fetched))

    def records_with_body(self, portal: str, url: str, body_sha256: str) -> Iterator[bytes]:
        """Yield the whole WARC records of an address whose responses had this body, as their lines say, oldest first."""
        for row in self._rows_with_body(portal, url, body_sha256):
            with suppress(Unreadable):
                if (place := self._page_place(*row)) is not None:
                    path = run_folder(self._paths, place.night, place.run) / place.file
                    if (member := read_member(path, place.ref)) is not None:
                        yield member

    def _rows_with_body(self, portal: str, url: str, body_sha256: str) -> list[tuple[date, str, int]]:
        with self._index.reading() as queries:
            rows = queries.responses.with_body(portal, url, body_sha256)
        return [(date.fromisoformat(night), run, number) for night, run, number in rows]

    def _page_place(self, night: date, run: str, number: int) -> CapturePlace | None:
        path = run_folder(self._paths, night, run) / "pages.jsonl"
        try:
            ref = decode_page(read_lines(path)[number]).warc
        except (IndexError, ValueError):
            raise Unreadable(_damaged(Reason.of("line_unreadable", file=self._name(path), line=number))) from None
        return CapturePlace(night, run, ref.file, ref.offset, ref.length, ref.sha256) if ref else None

    def _lines_of(self, folder: Path) -> dict[int, ArticleLine]:
        path = folder / "articles.jsonl"
        try:
            stat = path.stat()
        except OSError:
            return {}
        # An open run grows, and withholding writes a closed one anew.
        version = path, stat.st_size, stat.st_mtime_ns
        if (known := self._lines.get(version)) is not None:
            return known
        lines = {}
        for raw in read_lines(path):
            try:
                line = decode_article(raw)
            except ValueError:
                continue  # `line` raises Unreadable for it
            lines[line.seq] = line
        if len(self._lines) >= _CACHED_RUNS:
            self._lines.pop(next(iter(self._lines)))
        self._lines[version] = lines
        return lines

    def _name(self, path: Path) -> str:
        return path.relative_to(self._paths.root).as_posix()


def _damaged(damage: Reason) -> Reason:
    return Reason.of("restore_copy", damage=damage)

"""Targets that read what stands on disk in an archive, which somebody else may have written: read, written, read again."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from warcio.exceptions import ArchiveLoadFailed

from archive.errors import UsageError
from archive.messages.catalogue import catalogue
from archive.messages.reason import Reason, parts
from archive.model.enums import Via
from archive.sealing.head import Head, read_head, read_heads, read_statement
from archive.sealing.signatures import read_signature
from archive.storage.jsonl import (
    canonical,
    decode_article,
    decode_page,
    decode_request,
    encode_article,
    encode_page,
    encode_request,
)
from archive.storage.manifest import read_seal
from archive.storage.run_record import run_bytes, run_from, same_record
from archive.storage.tombstones import read_tombstone
from archive.storage.warc import members, parse_member
from fuzz.targets import require, require_words

_LINES: dict[str, tuple[Callable[[bytes], object], Callable[..., bytes]]] = {
    "article": (decode_article, encode_article),
    "page": (decode_page, encode_page),
    "request": (
        lambda line: decode_request(line.decode("utf-8", "surrogatepass")),
        lambda request: encode_request(request).encode(),
    ),
}


def read_line(data: bytes) -> None:
    """Read a line of `articles.jsonl`, of `pages.jsonl`, and a recorded request; what is read is written and read alike."""
    for read, write in _LINES.values():
        try:
            found = read(data)
        except ValueError as error:
            require_words(error)
            continue
        _require_zones(found)
        written = write(found)
        require(read(written.removesuffix(b"\n")) == found, "a line is read as it was written")
        require(write(read(written.removesuffix(b"\n"))) == written, "a line has one form")


def _require_zones(record: object) -> None:
    """Raise BrokenPromise for a moment without a time zone in a record: it cannot be compared with any other."""
    if isinstance(record, datetime):
        require(record.tzinfo is not None, "a moment has a time zone")
        record.astimezone(UTC)
    elif isinstance(record, (tuple, list)):
        for each in record:
            _require_zones(each)
    elif is_dataclass(record):
        for part in fields(record):
            _require_zones(getattr(record, part.name))


def canonical_forms(data: bytes) -> list[bytes]:
    """Return the bytes, and where they are JSON its one form as well: most changed bytes are refused for their form alone."""
    try:
        value = json.loads(data)
        return [data, canonical(value) + b"\n"]
    except (ValueError, RecursionError):
        return [data]


def read_manifest(data: bytes) -> None:
    """Read a manifest and a signature; one that is read has these bytes, and a head whose statement is read as itself."""
    for form in canonical_forms(data):
        try:
            signature = read_signature(form)
            require(signature is None or signature.to_bytes() == form, "a signature file has one form")
        except ValueError as error:
            require_words(error)
        try:
            seal = read_seal(form)
        except ValueError as error:
            require_words(error)
            continue
        require(seal.to_bytes() == form, "a manifest has one form")
        require(seal.digest == sha256(form).hexdigest(), "a manifest's digest is that of its bytes")
        header = seal.header(seal.digest)
        require(seal.format == 1 or sha256(header).hexdigest() == seal.head, "a head is the SHA-256 of the header")


def read_run_record(data: bytes) -> None:
    """Read a run record; what is read is written and read alike."""
    try:
        run = run_from(data)
    except ValueError as error:
        require_words(error)
        return
    _require_zones(run)
    written = run_bytes(run)
    require(same_record(run_from(written), run), "a run record is read as it was written")
    require(run_bytes(run_from(written)) == written, "a run record has one form")
    for reason in run.reasons:
        _render(reason)


def _render(reason: Reason) -> None:
    for language in ("en", "vi"):
        list(parts(reason, catalogue(language)))


def read_withholding(data: bytes) -> None:
    """Read a tombstone; one that is read has these bytes, and names nothing outside of the archive."""
    for form in canonical_forms(data):
        try:
            tombstone = read_tombstone(form)
        except ValueError as error:
            require_words(error)
            continue
        require(tombstone.to_bytes() == form, "a tombstone has one form")
        places = [entry.path for entry in tombstone.texts] + [record.path for record in tombstone.records]
        places += [line.run for line in tombstone.lines]
        for place in places:
            require(
                not place.startswith("/") and ".." not in Path(place).parts, "a tombstone names places in the archive"
            )


def read_published_head(data: bytes) -> None:
    """Read a head as it was printed, as JSON or as a feed, and a statement; each is read again from its own form."""
    for form in canonical_forms(data):
        try:
            stated = read_statement(form)
            require(stated.statement == form, "a statement has one form")
        except ValueError as error:
            require_words(error)
    text = data.decode("utf-8", "replace")
    try:
        _require_printable(read_head(text))
    except UsageError as error:
        require_words(error)
    try:
        heads = read_heads(text)
    except UsageError as error:
        require_words(error)
        return
    for head in heads:
        _require_printable(head)


def _require_printable(head: Head) -> None:
    require(read_head("\n".join(head.lines())) == head, "a head is read as it was printed")
    require(read_head(json.dumps(head.plain())) == head, "a head is read from its JSON")


def read_captures(data: bytes) -> None:
    """Find the members of a WARC file and read the record of each."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        path = Path(folder) / "pages-00001.warc.gz"
        path.write_bytes(data)
        found, end = members(path)
    require(end <= len(data) and sum(length for _, length in found) == end, "members stand one after another")
    for offset, length in found[:8]:
        _read_member(data[offset : offset + length])
    _read_member(data)


def _read_member(member: bytes) -> None:
    try:
        record = parse_member(member, Via.LIVE)
    except (ArchiveLoadFailed, ValueError, TypeError, AttributeError):  # those that its callers name
        return
    if record is not None and record.revisit_of is not None:
        base64.b32encode(bytes.fromhex(record.revisit_of.body_sha256))

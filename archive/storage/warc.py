"""Write and read captures in WARC 1.1 (ISO 28500:2017), one gzip member per record.

`pages-00001.warc.gz` opens with a warcinfo record; each response follows its request record. The body is stored raw, before
decompression; header names are as Scrapy hands them over (Twisted changes their case). A body equal to that of an earlier
capture of the same address, and a 304, become `revisit` records. Requests are stored without cookies and credentials. A page
that a browser rendered is a `conversion` record, which refers to the response that it was made of. A restart after a crash
opens the next file: sequential readers cannot reach bytes behind a torn member.
"""

from __future__ import annotations

import base64
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from archive.model.enums import Via
from archive.model.records import Capture, CaptureRef
from archive.storage.stored_file import open_stored

PROFILE_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_CHUNK = 65536
_SERVED = ("response", "revisit", "conversion")
_SECRET = {"cookie", "authorization", "proxy-authorization"}


@dataclass(frozen=True, slots=True)
class EarlierCapture:
    """An earlier capture of the same address: its body's SHA-256 in hex and its moment."""

    body_sha256: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class WarcRecord:
    """One response of a file. A revisit has no body and names the earlier capture that has it."""

    capture: Capture
    revisit_of: EarlierCapture | None = None


def payload_digest(body: bytes) -> str:
    """Return a WARC payload digest label, `sha256:` and base32."""
    return _label(sha256(body).digest())


def _label(digest: bytes) -> str:
    return "sha256:" + base64.b32encode(digest).decode("ascii")


def _warc_date(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class WarcFile:
    """One WARC file that this process appends to; it never reopens an older one."""

    def __init__(self, path: Path, info: dict[str, str], now: datetime) -> None:
        self.path = path
        self._stream: IO[bytes] = path.open("xb")
        self._offset = 0
        self._buffer = BytesIO()
        from warcio.warcwriter import WARCWriter  # which an audit of the files does not need

        self._writer = WARCWriter(self._buffer, gzip=True, warc_version="1.1")
        fields = "".join(f"{name}: {value}\r\n" for name, value in info.items()).encode()
        record = self._writer.create_warc_record(
            "",
            "warcinfo",
            payload=BytesIO(fields),
            length=len(fields),
            warc_headers_dict={
                "WARC-Record-ID": _record_id("warcinfo", path.name, now),
                "WARC-Date": _warc_date(now),
                "WARC-Filename": path.name,
            },
        )
        self._append(record)

    def append(self, capture: Capture, earlier: EarlierCapture | None = None) -> CaptureRef:
        """Append a request and its response (or revisit) record; return the place of the response's member."""
        self._append(self._request(capture))
        return self._append(self._response(capture, earlier))

    def append_conversion(self, capture: Capture, of: datetime) -> CaptureRef:
        """Append the rendered form of the response of the moment `of` at the same address (ISO 28500:2017, 6.8)."""
        record = self._writer.create_warc_record(
            capture.url,
            "conversion",
            payload=BytesIO(capture.body),
            length=len(capture.body),
            warc_content_type=next((value for name, value in capture.headers if name == "Content-Type"), ""),
            warc_headers_dict={
                "WARC-Record-ID": _record_id("conversion", capture.url, capture.fetched_at),
                "WARC-Refers-To": _record_id("response", capture.url, of),
                "WARC-Date": _warc_date(capture.fetched_at),
                "WARC-Payload-Digest": payload_digest(capture.body),
            },
        )
        return self._append(record)

    def sync(self) -> None:
        """Flush what was appended to the disk."""
        self._stream.flush()
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Flush and close the file."""
        if not self._stream.closed:
            self.sync()
            self._stream.close()

    def abandon(self) -> None:
        """Close the file after a failure; what could not be written is lost, as it was never acknowledged."""
        with suppress(OSError):
            self._stream.close()

    def _append(self, record: object) -> CaptureRef:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.write_record(record)
        member = self._buffer.getvalue()
        self._stream.write(member)
        ref = CaptureRef(self.path.name, self._offset, len(member), sha256(member).hexdigest())
        self._offset += len(member)
        return ref

    def _request(self, capture: Capture) -> object:
        from warcio.statusandheaders import StatusAndHeaders

        parts = urlsplit(capture.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = [("Host", parts.netloc)]
        headers += [(name, value) for name, value in capture.request_headers if name.lower() not in _SECRET | {"host"}]
        return self._writer.create_warc_record(
            capture.url,
            "request",
            payload=BytesIO(capture.request_body),
            length=len(capture.request_body),
            http_headers=StatusAndHeaders(f"{capture.method} {target} HTTP/1.1", headers, is_http_request=True),
            warc_headers_dict={
                "WARC-Record-ID": _record_id("request", capture.url, capture.fetched_at),
                "WARC-Concurrent-To": _record_id("response", capture.url, capture.fetched_at),
                "WARC-Date": _warc_date(capture.fetched_at),
                "WARC-Payload-Digest": payload_digest(capture.request_body),
            },
        )

    def _response(self, capture: Capture, earlier: EarlierCapture | None) -> object:
        digest = sha256(capture.body)
        from warcio.statusandheaders import StatusAndHeaders

        status_line = f"{capture.status} {_reason(capture.status)}".strip()
        http = StatusAndHeaders(status_line, list(capture.headers), protocol="HTTP/1.1")
        named = {
            "WARC-Record-ID": _record_id("response", capture.url, capture.fetched_at),
            "WARC-Date": _warc_date(capture.fetched_at),
        }
        if _is_cut(capture):
            named["WARC-Truncated"] = "disconnect"
        unchanged = earlier is not None and capture.body and digest.hexdigest() == earlier.body_sha256
        if earlier is not None and (unchanged or capture.status == HTTPStatus.NOT_MODIFIED):
            label = _label(bytes.fromhex(earlier.body_sha256))
            record = self._writer.create_revisit_record(
                capture.url, label, capture.url, _warc_date(earlier.fetched_at), http, named
            )
            if not unchanged:
                record.rec_headers.replace_header("WARC-Profile", PROFILE_NOT_MODIFIED)
            return cast(object, record)
        return self._writer.create_warc_record(
            capture.url,
            "response",
            payload=BytesIO(capture.body),
            length=len(capture.body),
            http_headers=http,
            warc_headers_dict={**named, "WARC-Payload-Digest": _label(digest.digest())},
        )


def _is_cut(capture: Capture) -> bool:
    """Return True if the connection ended before the announced length (ISO 28500:2017, 5.13)."""
    announced = [value.strip() for name, value in capture.headers if name.lower() == "content-length"]
    has_body = capture.method != "HEAD" and capture.status >= 200 and capture.status not in (204, 304)
    return has_body and len(announced) == 1 and announced[0].isdecimal() and int(announced[0]) > len(capture.body)


# Derived and not random: the same captures give the same bytes.
def _record_id(kind: str, url: str, moment: datetime) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{kind} {moment.isoformat()} {url}')}>"


def read_member(path: Path, ref: CaptureRef) -> bytes | None:
    """Return the compressed bytes at a reference, None when they are not the ones that were written."""
    try:
        with open_stored(path) as stream:
            stream.seek(ref.offset)
            member = stream.read(ref.length)
    except OSError:
        return None
    return member if sha256(member).hexdigest() == ref.sha256 else None


def read_record(path: Path, ref: CaptureRef, via: Via) -> WarcRecord | None:
    """Return the response or revisit at a reference, None when its bytes are damaged."""
    member = read_member(path, ref)
    return None if member is None else parse_member(member, via)


def parse_member(member: bytes, via: Via) -> WarcRecord | None:
    """Return the response or revisit in a gzip member; None when it has no record, or one of another kind."""
    from warcio.archiveiterator import ArchiveIterator

    for record in ArchiveIterator(BytesIO(member)):
        if record.rec_type not in _SERVED:
            return None
        http, named = record.http_headers, record.rec_headers
        made = record.rec_type == "conversion"  # no response of a server: it has a type and no other header
        capture = Capture(
            url=named.get_header("WARC-Target-URI"),
            status=HTTPStatus.OK if made else int(http.get_statuscode()),
            headers=(
                (("Content-Type", named.get_header("Content-Type")),)
                if made
                else tuple((name, value) for name, value in http.headers)
            ),
            body=record.raw_stream.read(),
            fetched_at=datetime.fromisoformat(named.get_header("WARC-Date")),
            via=via,
        )
        if record.rec_type != "revisit":
            return WarcRecord(capture)
        digest = base64.b32decode(named.get_header("WARC-Payload-Digest").removeprefix("sha256:"))
        return WarcRecord(
            capture, EarlierCapture(digest.hex(), datetime.fromisoformat(named.get_header("WARC-Refers-To-Date")))
        )
    return None


def is_member(data: bytes) -> bool:
    """Return whether these bytes are one whole gzip member and nothing else."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS + 16)
    for start in range(0, len(data), _CHUNK):
        piece = data[start : start + _CHUNK]  # what a step leaves over is copied, and must not be the whole rest
        while piece and not inflate.eof:
            try:
                inflate.decompress(piece, _CHUNK)
            except zlib.error:
                return False
            piece = inflate.unconsumed_tail
        if inflate.eof:
            return start + _CHUNK >= len(data) and not inflate.unused_data
    return False


def members(path: Path) -> tuple[list[tuple[int, int]], int]:
    """Return offset and length of each whole gzip member from the start, and the offset where whole members end."""
    found: list[tuple[int, int]] = []
    start = position = 0
    inflate = zlib.decompressobj(zlib.MAX_WBITS + 16)
    with open_stored(path) as stream:
        while chunk := stream.read(_CHUNK):
            while chunk:
                try:
                    inflate.decompress(chunk)
                except zlib.error:
                    return found, start
                position += len(chunk) - len(inflate.unused_data)
                chunk = inflate.unused_data
                if inflate.eof:
                    found.append((start, position - start))
                    start = position
                    inflate = zlib.decompressobj(zlib.MAX_WBITS + 16)
    return found, start

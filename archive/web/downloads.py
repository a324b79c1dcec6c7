"""What can be taken away: texts, proofs, captures. Always a file to be saved, never something the browser would run.

A capture is what a portal served: its headers are shown escaped, its body is handed over as plain text whatever it was.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from archive.answers import Found
from archive.captures import Unreadable
from archive.events import WITHHELD
from archive.proving import prove
from archive.records import Capture, CapturePlace
from archive.removal import REMOVALS
from archive.vocabulary import Event
from archive.web.article import event_named, stored_text
from archive.web.desk import Asked, Desk, Removed, Unfit, Unknown
from archive.web.security import DOWNLOAD_POLICY

__all__ = ["body", "capture", "proof", "text", "unpacked"]

LARGEST = 64_000_000
"""Bytes of a body that is handed over, unpacked ones included."""

_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Served:
    """A response with the place where it stands; `encoding` is how its body was packed, empty where it was not."""

    found: Found
    place: CapturePlace
    capture: Capture
    encoding: str


def text(desk: Desk, asked: Asked) -> Response:
    """The clean text of an event, byte for byte as it is kept."""
    found = event_named(desk, asked)
    said = stored_text(desk, desk.archive.captures, found)
    if not said:
        raise Unknown("that event stores no text")
    return _file(said.encode("utf-8"), _PLAIN, f"{_stem(found)}.txt")


def proof(desk: Desk, asked: Asked) -> Response:
    """The proof that `python -m archive check-proof` and docs/check_proof.py accept."""
    found = event_named(desk, asked)
    if WITHHELD in found.flags:
        raise Removed(f"{found.id} is withheld: it is proved no more; a proof made before still holds")
    if found.event in REMOVALS:
        raise Unfit("an event without a text is proved by its night's seal; there is nothing to hand over")
    with desk.heavy():
        data = prove(desk.archive, found, until_now=False).to_bytes()
    return _file(data, "application/json", f"{_stem(found)}.proof.json")


def capture(desk: Desk, asked: Asked) -> HTMLResponse:
    """The response that an event was read from: status, headers, size, and where it stands in which WARC file."""
    served = _served(desk, event_named(desk, asked))
    return desk.show(asked, "capture.html", served=served, capture=served.capture, item=served.found)


def body(desk: Desk, asked: Asked) -> Response:
    """The body of that response: as it was served, or with `?unpacked=1` without its content encoding."""
    with desk.heavy():
        served = _served(desk, event_named(desk, asked))
        data, name = served.capture.body, f"{_stem(served.found)}.capture.txt"
        if asked.query.get("unpacked") == "1":
            data, name = unpacked(data, served.encoding), f"{_stem(served.found)}.unpacked.txt"
    if len(data) > LARGEST:
        raise Unfit("that body is too large for the page; `warcio extract` takes it out of its file")
    return _file(data, _PLAIN, name)


def _served(desk: Desk, found: Found) -> Served:
    captures = desk.archive.captures
    if WITHHELD in found.flags:
        raise Removed(f"{found.id} is withheld: its page says why and for whom")
    if found.event is Event.MOVED and found.file is None:
        raise Unknown("that event was read from no response")
    place = captures.place(found)
    if place.length > LARGEST:
        raise Unfit("that capture is too large for the page; `warcio extract` takes it out of its file")
    response = captures.served(place, found.portal, desk.archive.identity.kind)
    packed = [value.strip().lower() for name, value in response.headers if name.lower() == "content-encoding"]
    return Served(found, place, response, packed[0] if len(packed) == 1 else "")


def unpacked(data: bytes, encoding: str, most: int = LARGEST) -> bytes:
    """A body without its gzip or deflate encoding. Raises Unfit for another one, or for one that grows beyond `most`."""
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise Unfit("only gzip and deflate are unpacked here")
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # some servers send deflate without its header
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(data, most)
        except zlib.error:
            continue
        if stream.unconsumed_tail:
            raise Unfit("that body grows too large when it is unpacked")
        return plain
    raise Unreadable("the body cannot be unpacked: take it as it was served")


def _stem(found: Found) -> str:
    """A file name of our own: nothing of it comes from a page."""
    return f"{found.night}-{found.run}-{found.seq:03d}"


def _file(data: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": DOWNLOAD_POLICY}
    return Response(data, headers=headers, media_type=kind)

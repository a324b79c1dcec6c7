"""Hand out texts, proofs and captures, always as a file to be saved, never as something the browser would run.

A capture is a portal's response: its headers are shown escaped, its body is handed out as plain text whatever it was.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from archive.export.proofs import prove
from archive.index.reader import Unreadable
from archive.index.rows import EventRow
from archive.messages.reason import Reason
from archive.model.enums import REMOVALS, WITHHELD, Event
from archive.model.records import Capture, CapturePlace
from archive.web.context import PageContext, PageNotFound, PageRequest, TextWithheld, check_request
from archive.web.middleware import DOWNLOAD_POLICY
from archive.web.views.article import event_named, stored_text

LARGEST = 64_000_000
"""Bytes of a body that is handed over, unpacked ones included."""

_PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class CaptureDownload:
    """A response with its place; `encoding` is how its body was packed, empty where it was not."""

    found: EventRow
    place: CapturePlace
    capture: Capture
    encoding: str


def text(context: PageContext, request: PageRequest) -> Response:
    """Hand out the clean text of an event, byte for byte as stored."""
    found = event_named(context, request)
    content = stored_text(context, context.archive.captures, found)
    if not content:
        raise PageNotFound(Reason.of("no_stored_text"))
    return _file(content.encode("utf-8"), _PLAIN, f"{_stem(found)}.txt")


def proof(context: PageContext, request: PageRequest) -> Response:
    """Hand out the proof that `python -m archive check-proof` and docs/check_proof.py accept.

    It has every later seal, so that a head published since proves it too; with `?until=night` only the next one, with
    `?capture=1` the WARC record as well.
    """
    found = event_named(context, request)
    if WITHHELD in found.flags:
        raise TextWithheld(Reason.of("withheld_proof", article=found.id))
    check_request(found.event not in REMOVALS, Reason.of("proved_by_seal"))
    with context.heavy():
        data = prove(
            context.archive,
            found,
            until_now=request.query.get("until") != "night",
            with_capture=request.query.get("capture") == "1",
        ).to_bytes()
    return _file(data, "application/json", f"{_stem(found)}.proof.json")


def capture(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show the response that an event was read from: status, headers, size, and its place in which WARC file."""
    served = _served(context, event_named(context, request))
    return context.show(request, "capture.html", served=served, capture=served.capture, item=served.found)


def body(context: PageContext, request: PageRequest) -> Response:
    """Hand out the body of that response: as served, or with `?unpacked=1` without its content encoding."""
    with context.heavy():
        served = _served(context, event_named(context, request))
        data, name = served.capture.body, f"{_stem(served.found)}.capture.txt"
        if request.query.get("unpacked") == "1":
            data, name = unpacked(data, served.encoding), f"{_stem(served.found)}.unpacked.txt"
    check_request(len(data) <= LARGEST, Reason.of("body_too_large"))
    return _file(data, _PLAIN, name)


def _served(context: PageContext, found: EventRow) -> CaptureDownload:
    captures = context.archive.captures
    if WITHHELD in found.flags:
        raise TextWithheld(Reason.of("withheld_page", article=found.id))
    if found.event is Event.MOVED and found.file is None:
        raise PageNotFound(Reason.of("no_response"))
    place = captures.place(found)
    check_request(place.length <= LARGEST, Reason.of("capture_too_large"))
    response = captures.served(place, found.portal, context.archive.identity.kind)
    packed = [value.strip().lower() for name, value in response.headers if name.lower() == "content-encoding"]
    return CaptureDownload(found, place, response, packed[0] if len(packed) == 1 else "")


def unpacked(data: bytes, encoding: str, most: int = LARGEST) -> bytes:
    """Undo gzip or deflate. Raises BadRequest for another encoding, or for a body that grows beyond `most`."""
    check_request(encoding in ("gzip", "x-gzip", "deflate"), Reason.of("unpacks_two"))
    for window in (zlib.MAX_WBITS | 32, -zlib.MAX_WBITS):  # some servers send deflate without its header
        stream = zlib.decompressobj(window)
        try:
            plain = stream.decompress(data, most)
        except zlib.error:
            continue
        check_request(not stream.unconsumed_tail, Reason.of("unpacks_too_large"))
        return plain
    raise Unreadable(Reason.of("cannot_unpack"))


def _stem(found: EventRow) -> str:
    """Return a file name of our own: no part of it comes from a page."""
    return f"{found.night}-{found.run}-{found.seq:03d}"


def _file(data: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": DOWNLOAD_POLICY}
    return Response(data, headers=headers, media_type=kind)

"""Decode a response body: decompressed, bounded, and marked where it is cut.

The crawl and a second reading of a capture share this module, so that both read the same bytes.
"""

from __future__ import annotations

import codecs
import re
import zlib
from dataclasses import dataclass

BodyFlag = str
DATALOSS = "dataloss"  # Scrapy's own flag: fewer bytes than Content-Length, or a chunked body without its end
CUT = "truncated"
TOO_LARGE = "too_large"
NOT_COMPRESSED = "not_compressed"
UNKNOWN_ENCODING = "unknown_encoding"

_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
_STEP = 64 * 1024
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # ESC stands in the texts of some encodings
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """Decoded bytes with their flags: `truncated`, `too_large`, `not_compressed`, `unknown_encoding`."""

    data: bytes
    flags: tuple[BodyFlag, ...] = ()


def decode_body(raw: bytes, encoding: str, limit: int) -> Body:
    """Undo `Content-Encoding` (gzip and deflate, several after another), up to `limit` bytes.

    A gzip stream without its trailer is `truncated`: RFC 1952 ends every member with CRC and length. A body that is
    declared gzip but is not is taken as it stands, and so is text under an unknown encoding. Past the limit the data is dropped and the flag is set.
    """
    data = raw
    flags: list[BodyFlag] = []
    for name in reversed([part.strip().lower() for part in encoding.split(",") if part.strip()]):
        if name == "identity":
            continue
        if name not in _WINDOWS:
            if reads_as_text(data, markup=True):  # `utf-8`, `none`: a charset or a word where an encoding belongs
                flags.append(NOT_COMPRESSED)
                continue
            return Body(data, (*flags, UNKNOWN_ENCODING))
        step = _inflate(data, name, limit)
        data = step.data
        flags.extend(step.flags)
        if TOO_LARGE in step.flags:
            break
    return Body(data, tuple(dict.fromkeys(flags)))


def reads_as_text(body: bytes, *, markup: bool = False) -> bool:
    """Return whether the first kilobyte reads as text: one sign of control in fifty at most.

    NULs count as such signs only where the rest does not begin with a tag: some programs fill their pages up with them.
    With `markup` it must be sound UTF-8 or begin with a tag as well: short packed bytes may lack control signs.
    """
    sample = body[:1024]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    bare = sample.replace(b"\0", b"")
    tagged = bare.lstrip().startswith(b"<")
    if len(_CONTROLS.findall(bare if tagged else sample)) * 50 > len(bare):
        return False
    if not markup or tagged:
        return True
    try:
        # A character may be cut at the sample's end.
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _inflate(raw: bytes, name: str, limit: int) -> Body:
    if not raw:
        return Body(b"")
    for window in (
        _WINDOWS[name],
        *((-15,) if name == "deflate" else ()),
    ):  # some servers send deflate without its header
        try:
            return _members(raw, window, limit)
        except zlib.error:
            continue
    return Body(raw, (NOT_COMPRESSED,))


def _members(raw: bytes, window: int, limit: int) -> Body:
    """Decompress every member of a stream; a damaged one counts as cut. Raises zlib.error when it is no such stream."""
    out = bytearray()
    while raw:
        inflater = zlib.decompressobj(window)
        rest = raw
        try:
            while not inflater.eof:
                some = inflater.decompress(rest, min(_STEP, limit + 1 - len(out)))
                out += some
                if len(out) > limit:
                    return Body(b"", (TOO_LARGE,))
                rest = inflater.unconsumed_tail
                if not some and not rest:
                    break
        except zlib.error:
            if not out and not raw.startswith(b"\x1f\x8b"):
                raise
            return Body(bytes(out), (CUT,))
        if not inflater.eof:
            return Body(bytes(out), (CUT,))
        raw = inflater.unused_data.lstrip(b"\0")  # zero padding behind the last member is allowed by gzip
        if raw and window == 31 and not raw.startswith(b"\x1f\x8b"):
            break
    return Body(bytes(out))


def declared_charset(content_type: str) -> str | None:
    """Return the encoding that a Content-Type header declares."""
    found = _CHARSET.search(content_type)
    return found[1] if found else None

"""Make the record that replaces a withheld one in a WARC file, of exactly as many bytes.

It is a whole gzip member with a `metadata` record that names the tombstone, stretched to the length by a comment in the gzip
header (RFC 1952, 2.3.1). So programs that read the file from its start read on behind it, and every other record keeps its
offset. The same place always gives the same bytes.
"""

from __future__ import annotations

import struct
import zlib
from uuid import NAMESPACE_URL, uuid5

_COMMENT = 0x10
_HEAD = b"\x1f\x8b\x08%c\0\0\0\0\0\xff"


def filler(length: int, tombstone: str, offset: int) -> bytes:
    """Return the member of `length` bytes at an offset; `tombstone` is its path from the archive's root.

    Where the shortest record does not fit (no response is that short), it is an empty member; below that, zeros.
    """
    for content in (_record(tombstone, offset), b""):
        member = _member(content, 0)
        left = length - len(member)
        if left >= 0:
            return _member(content, left)
    return bytes(length)


def _record(tombstone: str, offset: int) -> bytes:
    note = f"withheld: {tombstone}\n".encode()
    return (
        b"WARC/1.1\r\nWARC-Type: metadata\r\n"
        + f"WARC-Record-ID: <urn:uuid:{uuid5(NAMESPACE_URL, f'{tombstone} {offset}')}>\r\n".encode()
        + b"WARC-Date: 1970-01-01T00:00:00Z\r\nContent-Type: text/plain\r\n"
        + f"Content-Length: {len(note)}\r\n\r\n".encode()
        + note
        + b"\r\n\r\n"
    )


def _member(content: bytes, comment: int) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(content) + deflate.flush()
    named = b" " * (comment - 1) + b"\0" if comment else b""
    check = struct.pack("<II", zlib.crc32(content), len(content))
    return _HEAD % (_COMMENT if comment else 0) + named + body + check

"""Bodies behind their content encoding: whole, cut, bombs, and encodings that are not what they say."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.html.decoding import Body, decode_body, reads_as_text

LIMIT = 1024 * 1024
TEXT = ("<p>Ủy ban nhân dân huyện Ba Sông họp phiên thường kỳ.</p>" * 200).encode()


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), "X-GZIP"),
        (zlib.compress(TEXT), "deflate"),
        (zlib.compress(TEXT, wbits=-15), "deflate"),
        (gzip.compress(zlib.compress(TEXT)), "deflate, gzip"),
        (gzip.compress(TEXT[:1000]) + gzip.compress(TEXT[1000:]), "gzip"),
        (gzip.compress(TEXT) + b"\0" * 512, "gzip"),
    ],
    ids=[
        "none",
        "identity",
        "gzip",
        "x-gzip",
        "deflate",
        "deflate without header",
        "two encodings",
        "two members",
        "padded with zeros",
    ],
)
def test_a_whole_body_is_decoded_without_a_flag(raw: bytes, encoding: str) -> None:
    body = decode_body(raw, encoding, LIMIT)
    assert body.data == TEXT
    assert body.flags == ()


@given(st.integers(min_value=20, max_value=len(gzip.compress(TEXT)) - 1))
def test_a_gzip_body_cut_anywhere_is_truncated(length: int) -> None:
    body = decode_body(gzip.compress(TEXT)[:length], "gzip", LIMIT)
    assert body.flags == ("truncated",)
    assert TEXT.startswith(body.data)


def test_a_gzip_body_with_a_wrong_checksum_is_truncated() -> None:
    raw = bytearray(gzip.compress(TEXT))
    raw[-6] ^= 1
    assert decode_body(bytes(raw), "gzip", LIMIT).flags == ("truncated",)


def test_plain_text_declared_as_gzip_is_taken_as_it_stands() -> None:
    body = decode_body(TEXT, "gzip", LIMIT)
    assert (body.data, body.flags) == (TEXT, ("not_compressed",))


@pytest.mark.parametrize("size", [LIMIT + 1, 64 * LIMIT], ids=["one byte over", "a bomb"])
def test_a_body_over_the_limit_is_dropped(size: int) -> None:
    body = decode_body(gzip.compress(b"\0" * size), "gzip", LIMIT)
    assert (body.data, body.flags) == (b"", ("too_large",))


def test_a_body_of_exactly_the_limit_is_whole() -> None:
    body = decode_body(gzip.compress(b"a" * LIMIT), "gzip", LIMIT)
    assert (len(body.data), body.flags) == (LIMIT, ())


def test_an_encoding_that_was_not_asked_for_is_named() -> None:
    assert decode_body(b"\x1b\x00", "br", LIMIT).flags == ("unknown_encoding",)


@pytest.mark.parametrize("encoding", ["utf-8", "none", "text/html", "UTF8, gzip"])
def test_text_under_a_word_that_is_no_encoding_is_taken_as_it_stands(encoding: str) -> None:
    raw = gzip.compress(TEXT) if "gzip" in encoding else TEXT
    assert decode_body(raw, encoding, LIMIT) == Body(TEXT, ("not_compressed",))


def test_packed_bytes_are_no_text() -> None:
    packed = zlib.compress(TEXT, 9)[2:]
    for length in (12, 40, len(packed)):
        assert decode_body(packed[:length], "br", LIMIT).flags == ("unknown_encoding",)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"<html><title>a\0</title>" + b"x" * 300, True),
        (b"\0<!DOCTYPE html><html>" + b"<p>tin</p>" * 20, True),
        (b"\0" * 900 + b"<!DOCTYPE html><html>" + b"<p>tin</p>" * 20, True),
        (b"<html><head>" + b"\0" * 40 + b"<title>a</title>" + b"x" * 1100, True),
        ("<html>".encode("utf-16"), True),
        (b"MZ" + b"\0" * 60 + b"<html>", False),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", False),
        (bytes(range(256)) * 4, False),
        (b"", True),
    ],
)
def test_a_few_zero_bytes_make_no_binary(body: bytes, text: bool) -> None:
    assert reads_as_text(body) is text


@given(st.binary(max_size=200))
def test_no_bytes_raise(raw: bytes) -> None:
    decode_body(raw, "gzip, deflate", 1000)

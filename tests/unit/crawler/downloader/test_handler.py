"""Responses whose head is malformed: read where the fault means nothing, failed where it hides the end of the body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web._newclient import Request
from twisted.web.http_headers import Headers
from twisted.web.iweb import IResponse

from crawler.downloader.handler import BoundedProtocol

# Twisted leaves its own untyped.
_protocol, _transport, _request = (
    cast("Callable[..., Any]", each) for each in (BoundedProtocol, StringTransport, Request)
)


def answer(*lines: bytes) -> IResponse | Failure:
    protocol = _protocol(lambda _: None)
    protocol.most = 1000
    protocol.makeConnection(_transport())
    found: list[IResponse | Failure] = []
    protocol.request(_request(b"GET", b"/", Headers({b"host": [b"camau.gov.vn"]}), None)).addBoth(found.append)
    protocol.dataReceived(b"\r\n".join([b"HTTP/1.1 200 OK", *lines, b"", b"hello"]))
    return found[0]


@pytest.mark.parametrize(
    "line",
    [
        b"no colon",
        b" folded before the first line",
        b"Name With Blanks: 1",
        b"X-T\xe1\xbb\x89nh: 1",
        b": no name",
        b"Content-Type : text/html",
    ],
    ids=["no colon", "folded", "blanks", "letters", "no name", "blank before the colon"],
)
def test_a_line_that_is_no_header_is_skipped(line: bytes) -> None:
    response = answer(line, b"Server: IIS", b"Content-Length: 5")

    assert not isinstance(response, Failure)
    assert (response.code, response.length) == (200, 5)
    assert response.headers.getRawHeaders(b"server") == [b"IIS"]


def test_blanks_before_a_colon_are_no_part_of_the_name() -> None:
    response = answer(b"Content-Length : 5")

    assert not isinstance(response, Failure)
    assert response.length == 5


@pytest.mark.parametrize("line", [b"Content-Length: 5;", b"Content-Length: 9"])
def test_a_length_in_doubt_fails_the_response(line: bytes) -> None:
    assert isinstance(answer(b"Content-Length: 5", line), Failure)


def test_a_head_without_end_fails() -> None:
    assert isinstance(answer(b"X-A: " + b"a" * 2000), Failure)

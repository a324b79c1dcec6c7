"""Describe what one request is for, and build it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from archive.model.records import ListRequest, LookBackMark

__all__ = ["Callback", "Expect", "RequestInfo", "request_of"]


Callback = Callable[[Response], AsyncIterator[object]]


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """What was asked for: an article (with its key), a page of a section's list (with its number, from 1) or a file (with
    its key and the id of the article's version that names it); `lookback` marks what a look-back asks, `request` is how
    it is asked where the address alone does not say it, `address` the article's own where an interface holds its text."""

    expect: Expect
    url: str
    section: str
    key: str | None = None
    number: int | None = None
    attachment_of: str | None = None
    lookback: LookBackMark | None = None
    request: ListRequest | None = None
    address: str | None = None


def request_of(
    ask: RequestInfo,
    here: Callable[[str], str],
    callback: Callback,
    errback: Callable[[Failure], None],
    priority: int,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """The request for an answer. `here` gives an address as this crawl asks it, which a header may carry as well."""
    asked = ask.request
    own = (
        {name: here(value) if value.startswith("https://") else value for name, value in asked.headers} if asked else {}
    )
    return Request(
        ask.url,
        callback,
        method=asked.method if asked else "GET",
        headers=own | dict(headers or {}),
        body=asked.body if asked else "",
        errback=errback,
        priority=priority,
        meta={"ask": ask},
    )


class Expect(StrEnum):
    """What the request was for."""

    ARTICLE = "article"
    LISTING = "listing"
    ATTACHMENT = "attachment"
    RESOURCE = "resource"
    FRONT_PAGE = "front_page"

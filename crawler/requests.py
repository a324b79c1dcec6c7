"""Describe what a request is for, build it, and hold what came of it until its line is written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from archive.index.queries.attachments import PendingAttachment
from archive.model.enums import Outcome, WalkEnd
from archive.model.records import CaptureRef, ListEntry, ListRequest, LookbackMark, PageRecord

Callback = Callable[[Response], AsyncIterator[Any] | None]

EXCHANGE = "exchange"
"""The key of an exchange in a request's meta."""


class Expect(StrEnum):
    """Name what a request asks for."""

    ARTICLE = "article"
    LISTING = "listing"
    ATTACHMENT = "attachment"
    RESOURCE = "resource"
    FRONT_PAGE = "front_page"
    ROBOTS = "robots"


class ReadAs(StrEnum):
    """Name what is read from a response that is no article, besides its outcome."""

    NOTHING = "nothing"
    LIST = "list"
    FEED = "feed"
    SITEMAP = "sitemap"
    DAY = "day"  # a portal's archive of a day


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """Say what a request asks for: an article, a page of a section's list, a file, a script's data, robots.txt.

    `url` is the address as it is asked, in a rehearsal with the replica's suffix. `key` is the article's or the file's,
    `number` the page of the list from 1, `attachment_of` the id of the article's version that names the file. `lookback`
    marks a request of a look-back. `request` is how it is asked where the address alone does not say it; `address` is
    then the article's own address. `read_as` is what a resource is read as; a list is read as its section says.
    """

    expect: Expect
    url: str
    section: str
    key: str | None = None
    number: int | None = None
    attachment_of: str | None = None
    lookback: LookbackMark | None = None
    request: ListRequest | None = None
    address: str | None = None
    read_as: ReadAs = ReadAs.NOTHING


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """Name the capture of a response, with what its line repeats; without `status` and `ref` no response came.

    `url` is the address that answered. `asked_at`, `size` and `unanswered` are those of `PageRecord`.
    """

    url: str
    fetched_at: datetime
    status: int | None = None
    ref: CaptureRef | None = None
    etag: str | None = None
    last_modified: str | None = None
    asked_at: datetime | None = None
    size: int | None = None
    unanswered: int | None = None


class PageFields(TypedDict, total=False):
    """Name the fields of a line that the exchange does not know, or that a caller overrides."""

    key: str | None
    page_number: int | None
    lookback: LookbackMark | None
    listed: tuple[ListEntry, ...]
    walk_end: WalkEnd | None
    next_look: date | None
    crawl_delay: float | None
    total: int | None


@dataclass(eq=False, slots=True)
class Exchange:
    """Hold one request with its retries and redirects, and what came of it; it stands in the request's meta.

    `stored` is the last response that was captured, `took` how long its request ran. `unanswered` counts how often the
    request was sent in vain since the last response. `not_rendered` says why an empty shell was not read with a browser.
    """

    info: RequestInfo
    attachment: PendingAttachment | None = None
    stored: StoredResponse | None = None
    unanswered: int = 0
    took: timedelta | None = None
    not_rendered: str | None = None

    def fail(self, url: str, now: datetime) -> None:
        """Note that the request to `url` brought no response: the line says so instead of naming a capture."""
        sent = self.unanswered or None
        self.stored = StoredResponse(url, now, asked_at=now if sent else None, unanswered=sent)

    def page(self, outcome: Outcome, detail: str | None = None, **fields: Unpack[PageFields]) -> PageRecord:
        """Return the line of the last response, or after `fail` of the request that brought none."""
        info, stored = self.info, self.stored
        if stored is None:
            raise ValueError(f"{info.url}: neither a response nor a failure was recorded")
        page = PageRecord(
            url=info.address or stored.url,
            outcome=outcome,
            fetched_at=stored.fetched_at,
            status=stored.status,
            key=info.key,
            section=info.section or None,
            etag=stored.etag,
            last_modified=stored.last_modified,
            warc=stored.ref,
            page_number=info.number,
            detail=detail,
            attachment_of=info.attachment_of,
            lookback=info.lookback,
            asked_at=stored.asked_at,
            size=stored.size,
            unanswered=stored.unanswered,
            request=info.request.for_later() if info.request else None,
        )
        return replace(page, **fields)

    def part(self, url: str, key: str) -> Exchange:
        """Return the exchange of an article whose text a list's response holds.

        The response has its line already: what is counted there (size, tries, times) is not counted again.
        """
        stored = self.stored
        if stored is not None:
            stored = StoredResponse(stored.url, stored.fetched_at, stored.status, stored.ref)
        info = RequestInfo(Expect.ARTICLE, url, self.info.section, key=key, lookback=self.info.lookback, address=url)
        return Exchange(info, stored=stored)


def exchange_of(request: Request | Response) -> Exchange:
    """Return the exchange that a request, or a response's request, belongs to.

    One that no spider of ours described (a probe's) begins here.
    """
    exchange: Exchange | None = request.meta.get(EXCHANGE)
    if exchange is None:
        exchange = request.meta[EXCHANGE] = Exchange(RequestInfo(Expect.RESOURCE, request.url, ""))
    return exchange


@dataclass(frozen=True, slots=True)
class RequestBuilder:
    """Build a crawl's requests. `here` gives an address as this crawl asks it; `errback` takes every failure."""

    here: Callable[[str], str]
    errback: Callable[[Failure], None]

    def info(self, expect: Expect, way: str | ListRequest, section: str) -> RequestInfo:
        """Describe the request that goes this way: to an address, or with a form or an interface's question."""
        if isinstance(way, ListRequest):
            return RequestInfo(expect, self.here(way.url), section, request=way)
        return RequestInfo(expect, self.here(way), section)

    def build(
        self,
        info: RequestInfo,
        callback: Callback,
        priority: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """Return the request. A header that is an address of the portal is asked `here` as well."""
        asked = info.request
        own = dict(asked.headers) if asked else {}
        own = {name: self.here(value) if value.startswith("https://") else value for name, value in own.items()}
        return Request(
            info.url,
            callback,
            method=asked.method if asked else "GET",
            headers=own | dict(headers or {}),
            body=asked.body if asked else "",
            errback=self.errback,
            priority=priority,
            meta={EXCHANGE: Exchange(info)},
        )

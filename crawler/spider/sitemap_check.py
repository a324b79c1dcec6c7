"""Look for articles that would count as removed tonight in the portal's sitemap, which names what no list page shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

from scrapy.http import Request, Response

from archive.errors import ArchiveError
from archive.model.enums import Outcome
from archive.model.records import ListEntry
from crawler.requests import Expect, ReadAs, RequestBuilder, exchange_of
from crawler.sandbox.response_reader import answer_of
from crawler.spider.articles import Articles
from crawler.spider.listings import DeclaredPortal
from crawler.spider.recorder import RunRecorder
from pipelines.html.addresses import join_address

_PLACE = "/sitemap.xml"
_MOST_FILES = 20  # of a night


class SitemapCheck:
    """Ask for the sitemap in a night in which an article would become `gone`, and for the article where it names a new address.

    Must run when the lists are committed and before the rechecks are sent.
    """

    def __init__(
        self, portal: type[DeclaredPortal], builder: RequestBuilder, recorder: RunRecorder, articles: Articles
    ) -> None:
        self._portal, self._builder, self._recorder, self._articles = portal, builder, recorder, articles
        self._sought: dict[str, str] | None = None
        self._asked: set[str] = set()

    def requests(self) -> list[Request]:
        """Return the request for the sitemap where it is wanted; none once it was sent."""
        if self._sought is not None:
            return []
        self._sought = {one.key: one.section or "" for one in self._articles.due_to_be_gone()}
        return self._request(self._portal.home + _PLACE) if self._sought else []

    def _request(self, url: str) -> list[Request]:
        if url in self._asked or len(self._asked) == _MOST_FILES:
            return []
        self._asked.add(url)
        info = replace(self._builder.info(Expect.RESOURCE, url, ""), read_as=ReadAs.SITEMAP)
        return [self._builder.build(info, self.on_response)]

    async def on_response(self, response: Response) -> AsyncIterator[Request]:
        """Record the sitemap, and ask for its further files and for the sought articles that it names elsewhere."""
        recorder, sought = self._recorder, self._sought or {}
        answer = answer_of(response)
        listing = answer.listing
        try:
            recorder.write(exchange_of(response).page(Outcome.RESOURCE, answer.unread or None))
            if listing is None:
                return
            recorder.modified.note(_PLACE, listing.entries)
            found = [ListEntry(one.key, one.url, one.title, one.day) for one in listing.entries if one.key in sought]
            for entry in self._articles.moved(found):
                for request in self._articles.request(sought[entry.key], entry.key, entry.url):
                    yield request
        except ArchiveError as error:
            recorder.fail(error)
            return
        for url in listing.more:
            for request in self._request(join_address(response.url, url)):
                yield request

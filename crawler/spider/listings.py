"""Read what a section's list brought: list pages, feeds, sitemaps and the responses of interfaces."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Protocol

from scrapy.http import Response

from archive.model.enums import Outcome
from archive.model.records import ListRequest
from crawler.listings.furniture import Furniture
from crawler.listings.listing import Entry, Following, Listing, Section, SectionKind
from crawler.listings.witness import Witness
from crawler.requests import Exchange, RequestInfo
from crawler.sandbox.response_question import ResponseAnswer
from crawler.sandbox.response_reader import answer_of, with_reason
from crawler.spider.recorder import RunRecorder

_log = logging.getLogger(__name__)

_MOST_DOORS = 8  # of a section and night


class DeclaredPortal(Protocol):
    """The part of a portal's declaration that its crawl asks: where its lists and articles are, and how to read them."""

    name: str
    home: str
    sections: tuple[Section, ...]
    first_walk_days: int
    texts_in_lists: ClassVar[bool]
    day_from_list: ClassVar[bool]

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """Return the way to a section's first list page."""

    @classmethod
    def article_source(cls, key: str, url: str) -> Following:
        """Return the way to an article's text."""

    @classmethod
    def entry_key(cls, url: str) -> str | None:
        """Return the key of an address that an article can be read from."""

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Return what a list page shows."""

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Return what a list page shows that a form or interface brought."""

    @classmethod
    def witnesses(cls, day: date) -> tuple[Witness, ...]:
        """Return the pages that say independently of the lists what was published."""

    @classmethod
    def read_day(cls, url: str, html: str) -> tuple[Entry, ...]:
        """Return the articles that an archive of a day names."""


@dataclass(frozen=True, slots=True)
class ListReading:
    """Hold what a list page says: `listing` is None with the outcome when it could not be read."""

    listing: Listing | None
    outcome: Outcome
    detail: str | None = None


class ListingReader:
    """Read the responses to requests for a section's list. The crawl's clock says what is today.

    `own_entries` gives entries under the keys of their articles. `linked_feeds` are the feeds that the first
    page of each section's list links, by section.
    """

    def __init__(
        self,
        portal: type[DeclaredPortal],
        recorder: RunRecorder,
        own_entries: Callable[[Sequence[Entry]], tuple[Entry, ...]],
        furniture: Furniture,
    ) -> None:
        self._portal, self._recorder, self._own_entries = portal, recorder, own_entries
        self.linked_feeds: dict[str, tuple[str, ...]] = {}
        self._days: dict[str, date] = {}
        self._doors: Counter[str] = Counter()
        self._furniture = furniture

    def section(self, name: str) -> Section:
        """Return the section of this name."""
        return next(section for section in self._portal.sections if section.name == name)

    def read(self, exchange: Exchange, response: Response) -> ListReading:
        """Return what a list page says."""
        section = self.section(exchange.info.section)
        answer = answer_of(response)
        outcome, detail = with_reason(exchange, (answer.outcome, answer.detail))
        if outcome is Outcome.LISTING:
            page = self._with_own_keys(self._read(section, exchange.info, response, answer))
            if page.listing is not None:
                self._recorder.modified.note(section.name, page.listing.entries)
            if page.listing is not None and self._portal.day_from_list:
                self._days |= {entry.key: entry.day for entry in page.listing.entries if entry.day is not None}
            return page
        if outcome is Outcome.EMPTY and exchange.info.number != 1:  # how timelines end: a page with nothing in it
            return ListReading(Listing(()), Outcome.LISTING, detail)
        return ListReading(None, outcome, detail)

    def _with_own_keys(self, page: ListReading) -> ListReading:
        """Return the page with each article under its own key, whatever key its address has."""
        if page.listing is None:
            return page
        entries = self._own_entries(page.listing.entries)
        return replace(page, listing=replace(page.listing, entries=entries))

    def _read(self, section: Section, info: RequestInfo, response: Response, answer: ResponseAnswer) -> ListReading:
        listing = answer.listing
        if answer.failure:
            _log.error("the list %s could not be read\n%s", ascii(response.url), answer.failure)
        if listing is None:
            return ListReading(None, Outcome.ERROR, answer.unread)
        number, pages = info.number or 1, section.kind is SectionKind.PAGES
        if pages and number == 1 and info.lookback is None:
            self.linked_feeds[section.name] = answer.feeds
        if pages and info.request is None and info.lookback is None:
            listing = self._furniture.without(section.name, number, listing)
        if not pages:
            return ListReading(listing, Outcome.LISTING, answer.detail)
        self._doors[section.name] += listing.door
        if self._doors[section.name] > _MOST_DOORS:
            return ListReading(None, Outcome.ERROR, "one page after the other only says where the list is")
        if listing.door and (listing.next is None or info.request is not None):
            return ListReading(None, Outcome.ERROR, "the page does not say how its list is asked for")
        return ListReading(listing, Outcome.LISTING, answer.detail)

    def listed_day(self, key: str | None) -> date | None:
        """Return the day that a list showed beside an article, where the portal's pages show none."""
        if key is None or not self._portal.day_from_list:
            return None
        return self._days.get(key) or self._recorder.writer.lookups.listed_day(key)

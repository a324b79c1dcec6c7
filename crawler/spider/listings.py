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
from crawler.listings.feeds import read_feed, read_sitemap
from crawler.listings.furniture import Furniture
from crawler.listings.listing import Entry, Following, Listing, ListingError, Section, SectionKind
from crawler.listings.witness import Witness, linked_feeds
from crawler.requests import Exchange, RequestInfo
from crawler.responses.facts import facts_of, listing_text
from crawler.responses.outcome import OutcomeDetail, classify
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
    ) -> None:
        self._portal, self._recorder, self._own_entries = portal, recorder, own_entries
        self.linked_feeds: dict[str, tuple[str, ...]] = {}
        self._days: dict[str, date] = {}
        self._doors: Counter[str] = Counter()
        self._furniture = Furniture()

    def section(self, name: str) -> Section:
        """Return the section of this name."""
        return next(section for section in self._portal.sections if section.name == name)

    def read(self, exchange: Exchange, response: Response) -> ListReading:
        """Return what a list page says."""
        section = self.section(exchange.info.section)
        outcome, detail = judge_response(exchange, response, self._portal.home, self._recorder.hosts.asked)
        if outcome is Outcome.LISTING:
            page = self._with_own_keys(self._read(section, exchange.info, response, detail))
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

    def _read(self, section: Section, info: RequestInfo, response: Response, detail: str | None) -> ListReading:
        portal, now = self._portal, self._recorder.now()
        try:
            if section.kind is SectionKind.FEED:
                feed = read_feed(response.url, response.body, portal.entry_key, now)
                return ListReading(feed, Outcome.LISTING, detail)
            if section.kind is SectionKind.SITEMAP:
                sitemap = read_sitemap(response.url, response.body, portal.entry_key, now)
                return ListReading(sitemap, Outcome.LISTING, detail)
            text = listing_text(response)
            if text is None:
                return ListReading(None, Outcome.UNSUPPORTED_TYPE, "attributes without end")
            number = info.number or 1
            if number == 1 and info.lookback is None:
                self.linked_feeds[section.name] = linked_feeds(response.url, text)
            if info.request is not None:
                listing = portal.read_answer(info.request, response.url, text, section, number)
            else:
                read = portal.read_listing(response.url, text, section, number)
                listing = read if info.lookback else self._furniture.without(section.name, number, read)
        except ListingError as error:
            return ListReading(None, Outcome.ERROR, str(error)[:200])
        except Exception as error:  # an unforeseen page costs its section, not the night
            _log.error("the list %s could not be read", ascii(response.url), exc_info=error)
            return ListReading(None, Outcome.ERROR, f"{type(error).__name__}: {error}"[:200])
        self._doors[section.name] += listing.door
        if self._doors[section.name] > _MOST_DOORS:
            return ListReading(None, Outcome.ERROR, "one page after the other only says where the list is")
        if listing.door and (listing.next is None or info.request is not None):
            return ListReading(None, Outcome.ERROR, "the page does not say how its list is asked for")
        return ListReading(listing, Outcome.LISTING, detail)

    def listed_day(self, key: str | None) -> date | None:
        """Return the day that a list showed beside an article, where the portal's pages show none."""
        if key is None or not self._portal.day_from_list:
            return None
        return self._days.get(key) or self._recorder.writer.lookups.listed_day(key)


def judge_response(exchange: Exchange, response: Response, home: str, own: frozenset[str]) -> OutcomeDetail:
    """Return what a response is, its page read in this process, and a detail for its line."""
    return with_reason(exchange, classify(facts_of(response, exchange.info, home, own)))


def with_reason(exchange: Exchange, judged: OutcomeDetail) -> OutcomeDetail:
    """Return an outcome with its detail; of a shell that was not rendered also why not."""
    outcome, detail = judged
    why = exchange.not_rendered if outcome is Outcome.APP_SHELL else None
    return outcome, f"{detail}; {why}"[:200] if why else detail

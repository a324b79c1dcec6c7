"""What a section's list brought: the part of a spider's run that reads list pages, feeds, sitemaps and interfaces."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from scrapy.http import Response

from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome
from archive.model.records import ListEntry, ListRequest, PageRecord
from crawler.config.run_options import RunOptions
from crawler.listings.alternate_urls import is_alternate
from crawler.listings.listing import Following, Listing, ListingError, Section, SectionKind, read_feed, read_sitemap
from crawler.requests import RequestInfo
from crawler.responses.facts import charset_of, listing_text, see
from crawler.responses.outcome import classify
from crawler.spider.recorder import RunRecorderBase
from pipelines.article import Layout
from pipelines.capture import StoredResponse
from pipelines.readers.json_api import pages_of
from pipelines.stages import ArticleResponse

__all__ = ["ListAnswers"]

_log = logging.getLogger(__name__)

_MOST_DOORS = 8  # of a section and night

Read = tuple[Listing | None, Outcome, str | None]


class ListAnswers(RunRecorderBase):
    """How a family's lists are asked for and read; everything of it is overridden or asked, nothing is kept here."""

    home: str
    sections: tuple[Section, ...]
    layouts: ClassVar[tuple[Layout, ...]]
    texts_in_lists: ClassVar[bool] = False
    """Whether the answers that list articles hold their texts as well: then these are read, at every walk anew."""

    day_from_list: ClassVar[bool] = False
    """Whether the day that a list shows beside an article is its date where its page tells none."""

    def __init__(self, tonight: RunOptions, night: RunWriter, own: frozenset[str]) -> None:
        super().__init__(tonight, night, own)
        self.asked: set[str] = set()
        self._days: dict[str, date] = {}
        self._doors: Counter[str] = Counter()

    @classmethod
    def section_url(cls, section: Section) -> str:
        """The address of a section's first page, as a reader finds it."""
        return cls.home + section.path

    @classmethod
    def first_page(cls, section: Section) -> Following:
        """The way to a section's first list page: its address, where no interface lists it."""
        return cls.section_url(section)

    @classmethod
    def article_source(cls, key: str, url: str) -> Following:
        """The way to an article's text: its own address, where no interface holds it."""
        return url

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """The article's natural key, None when the address is no article of this portal."""
        raise NotImplementedError

    @classmethod
    def entry_key(cls, url: str) -> str | None:
        """The key of an address that an article can be read from: None for a copy for the printer, AMP and the like."""
        return None if is_alternate(url) else cls.article_key(url)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """What a list page shows."""
        raise NotImplementedError

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """What a list page says that a request brought; `url` answered it. Raises ListingError for what cannot be read."""
        return cls.read_listing(url, text, section, number)

    def judged(self, ask: RequestInfo, response: Response, layouts: tuple[Layout, ...]) -> tuple[Outcome, str | None]:
        """What an answer is; of a shell that was not rendered also why not."""
        outcome, detail = classify(see(response, ask, self.home, self.own_here(), layouts))
        why = response.meta.get("not_rendered") if outcome is Outcome.APP_SHELL else None
        return outcome, f"{detail}; {why}"[:200] if why else detail

    def read_list(self, section: Section, ask: RequestInfo, response: Response) -> Read:
        """What a list page says; None with the outcome when it could not be read."""
        outcome, detail = self.judged(ask, response, ())
        if outcome is Outcome.LISTING:
            read = self._read_listing(section, ask, response, detail)
            entries = read[0].entries if read[0] and self.day_from_list else ()
            self._days |= {entry.key: entry.day for entry in entries if entry.day is not None}
            return read
        if outcome is Outcome.EMPTY and ask.number != 1:  # how timelines end: a page with nothing in it
            return Listing(()), Outcome.LISTING, detail
        return None, outcome, detail

    def _read_listing(self, section: Section, ask: RequestInfo, response: Response, detail: str | None) -> Read:
        try:
            if section.kind is SectionKind.FEED:
                return read_feed(response.url, response.body, self.entry_key, self.now()), Outcome.LISTING, detail
            if section.kind is SectionKind.SITEMAP:
                return read_sitemap(response.url, response.body, self.entry_key, self.now()), Outcome.LISTING, detail
            text = listing_text(response)
            if text is None:
                return None, Outcome.UNSUPPORTED_TYPE, "attributes without end"
            number = ask.number or 1
            if ask.request is not None:
                listing = self.read_answer(ask.request, response.url, text, section, number)
            else:
                listing = self.read_listing(response.url, text, section, number)
            self._doors[section.name] += listing.door
            if self._doors[section.name] > _MOST_DOORS:
                return None, Outcome.ERROR, "one page after the other only says where the list is"
            if listing.door and (listing.next is None or ask.request is not None):
                return None, Outcome.ERROR, "the page does not say how its list is asked for"
            return listing, Outcome.LISTING, detail
        except ListingError as error:
            return None, Outcome.ERROR, str(error)[:200]
        except Exception as error:  # a page that nobody foresaw costs its section, not the night
            _log.error("the list %s could not be read", ascii(response.url), exc_info=error)
            return None, Outcome.ERROR, f"{type(error).__name__}: {error}"[:200]

    def listed_on(self, key: str | None) -> date | None:
        """The day that tonight's or an earlier list showed beside an article, where the portal's pages tell none."""
        if key is None or not self.day_from_list:
            return None
        return self._days.get(key) or self.night.lookups.listed_day(key)

    def told_articles(
        self,
        ask: RequestInfo,
        captured: StoredResponse,
        response: Response,
        entries: Sequence[ListEntry],
        read_with: tuple[Layout, ...],
    ) -> list[ArticleResponse]:
        """The articles whose texts the list's answer holds, known ones too: so an edit is seen while the list shows it.

        They count as asked for tonight. The answer's line stands already, so they get none of their own.
        """
        if not self.texts_in_lists:
            return []
        urls = {entry.url: entry for entry in entries if entry.key not in self.asked}
        pages = pages_of(response.body, urls, read_with, charset_of(response))
        self.asked |= {urls[url].key for url in pages}
        return [
            ArticleResponse(
                PageRecord(
                    url=url,
                    outcome=Outcome.ARTICLE,
                    fetched_at=captured.fetched_at,
                    status=captured.status,
                    key=urls[url].key,
                    section=ask.section,
                    warc=captured.ref,
                    lookback=ask.lookback,
                ),
                page,
                read_with,
                "utf-8",
                of_list=True,
            )
            for url, page in pages.items()
        ]

"""The requests of a check: a section's list, its second page, an article, on demand the first pages of other sections."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from parsel import Selector

from archive.model.enums import Outcome
from crawler.check.fetch import Fetch, FetchResult
from crawler.check.fields import ArticleAnswer, ListAnswer, PortalResponses
from crawler.listings.feeds import read_feed, read_sitemap
from crawler.listings.listing import (
    Entry,
    Following,
    Listing,
    ListingError,
    Section,
    SectionKind,
)
from crawler.portal import PortalSpider
from crawler.requests import Expect
from crawler.responses.facts import charset_of, listing_text
from crawler.urls import REPLICA_SUFFIX
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.html.published import listed_on
from pipelines.readers.json_api import pages_of
from vietnam.letters import fold

_log = logging.getLogger(__name__)

_DOORS = 4  # pages before a list: a year's issues, an issue
_TRIES = 2  # the newest entry may be a video, or withdrawn this minute


async def tour(
    fetch: Fetch, portal: type[PortalSpider], section: Section, now: datetime, *, every: bool
) -> PortalResponses:
    """Make the requests and read the responses.

    Four requests with robots.txt, one more where the first entry is no article, and one for each page that only gives the
    address of a list; with `every` one more a section.
    """
    answer, first = await _first(fetch, portal, section, now)
    second = None
    articles: tuple[ArticleAnswer, ...] = ()
    if first.listing is not None:
        if first.listing.next is not None and section.kind is SectionKind.PAGES:
            _, second = await _list(fetch, portal, section, first.listing.next, 2, now)
        entries = first.listing.entries
        articles = _in_list(portal, entries, answer, now) or await _articles(fetch, portal, section, entries, now)
    further = []
    if every:
        further = [(await _first(fetch, portal, other, now))[1] for other in portal.sections if other is not section]
    return PortalResponses(
        _real(first),
        _real(second) if second else None,
        articles,
        tuple(map(_real, further)),
        tls=portal.tls,
        whole=every or len(portal.sections) == 1,
        today=now.date(),
    )


async def _first(
    fetch: Fetch, portal: type[PortalSpider], section: Section, now: datetime
) -> tuple[FetchResult, ListAnswer]:
    """Fetch a section's first list page, behind the pages that only give its address."""
    answer, read = await _list(fetch, portal, section, portal.first_page(section), 1, now)
    for _ in range(_DOORS):
        if read.listing is None or not read.listing.door or read.listing.next is None:
            break
        answer, read = await _list(fetch, portal, section, read.listing.next, 1, now)
    return answer, read


async def _list(
    fetch: Fetch, portal: type[PortalSpider], section: Section, way: Following, number: int, now: datetime
) -> tuple[FetchResult, ListAnswer]:
    answer = await fetch(Expect.LISTING, way, section.name, number)
    response = answer.response
    listing, outcome, detail = read_list(portal, section, answer, now)
    text = listing_text(response) if response is not None and response.body else None
    return answer, ListAnswer(
        section.name,
        answer.ask.url,
        response.url if response is not None else answer.ask.url,
        outcome,
        detail,
        listing,
        section.kind,
        answer.sent_to,
        answer.tls,
        _lines(text) if text and listing is not None else frozenset(),
    )


def read_list(
    portal: type[PortalSpider], section: Section, answer: FetchResult, now: datetime
) -> tuple[Listing | None, Outcome, str | None]:
    """Read a list page. Return None with the outcome where that fails."""
    response, asked = answer.response, answer.ask.request
    if response is None or answer.outcome is not Outcome.LISTING:
        return None, answer.outcome, answer.detail
    try:
        if section.kind is SectionKind.FEED:
            return read_feed(response.url, response.body, portal.entry_key, now), answer.outcome, answer.detail
        if section.kind is SectionKind.SITEMAP:
            return read_sitemap(response.url, response.body, portal.entry_key, now), answer.outcome, answer.detail
        text = listing_text(response)
        if text is None:
            return None, Outcome.UNSUPPORTED_TYPE, "no text, or more markup than is parsed"
        number = answer.ask.number or 1
        if asked is not None:
            return portal.read_answer(asked, response.url, text, section, number), answer.outcome, answer.detail
        return portal.read_listing(response.url, text, section, number), answer.outcome, answer.detail
    except ListingError as error:
        return None, Outcome.ERROR, str(error)[:200]
    except Exception as error:  # a family meets a page that it was not written for, which is what a check is for
        _log.debug("the list %s could not be read", ascii(response.url), exc_info=error)
        return None, Outcome.ERROR, f"{type(error).__name__}: {error}"[:200]


def _in_list(
    portal: type[PortalSpider], entries: tuple[Entry, ...], answer: FetchResult, now: datetime
) -> tuple[ArticleAnswer, ...]:
    """Return the first article whose text the list's response holds; none where lists hold no texts."""
    if not portal.texts_in_lists or answer.response is None:
        return ()
    layouts = portal.read_with()
    pages = pages_of(answer.response.body, [entry.url for entry in entries], layouts, charset_of(answer.response))
    for entry in entries:
        if entry.url in pages:
            article = clean(extract(pages[entry.url], entry.url, layouts, now, "utf-8"))
            reasons = check(article, now)
            return (
                ArticleAnswer(
                    entry, _bare(entry.url), Outcome.ARTICLE, None, entry.key, article, reasons, from_interface=True
                ),
            )
    return ()


async def _articles(
    fetch: Fetch, portal: type[PortalSpider], section: Section, entries: tuple[Entry, ...], now: datetime
) -> tuple[ArticleAnswer, ...]:
    """Fetch the first entry's article; the second's where the first is none."""
    articles = []
    for entry in entries[:_TRIES]:
        answer = await fetch(Expect.ARTICLE, portal.article_source(entry.key, entry.url), section.name, entry=entry)
        articles.append(_article(portal, entry, answer, now))
        if articles[-1].article is not None:
            break
    return tuple(articles)


def _article(portal: type[PortalSpider], entry: Entry, answer: FetchResult, now: datetime) -> ArticleAnswer:
    response, from_interface = answer.response, answer.ask.request is not None
    at = answer.ask.address or (response.url if response is not None else answer.ask.url)
    if response is None or answer.outcome is not Outcome.ARTICLE:
        return ArticleAnswer(entry, _bare(at), answer.outcome, answer.detail, from_interface=from_interface)
    article = clean(extract(response.body, at, portal.read_with(), now, charset_of(response)))
    if portal.day_from_list:
        article = listed_on(article, entry.day)
    reasons = check(article, now)
    return ArticleAnswer(
        entry,
        _bare(at),
        answer.outcome,
        answer.detail,
        portal.article_key(at),
        article,
        reasons,
        from_interface=from_interface,
    )


def _lines(text: str) -> frozenset[str]:
    nodes = Selector(text=text, type="html").xpath("//body//text()[not(ancestor::script) and not(ancestor::style)]")
    return frozenset(line for node in nodes if (line := fold(node.get())))


def _bare(url: str) -> str:
    return url.replace(REPLICA_SUFFIX, "")


def _real(answer: ListAnswer) -> ListAnswer:
    """Return the answer with addresses as the portal itself names them."""
    return replace(answer, requested=_bare(answer.requested), url=_bare(answer.url))

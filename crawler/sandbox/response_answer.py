"""Judge and read one response in the extraction process, its page on one tree."""

from __future__ import annotations

import importlib
import operator
import traceback
from dataclasses import replace
from functools import lru_cache
from typing import ClassVar, Protocol

from archive.model.enums import Outcome
from archive.model.records import ListRequest
from crawler.downloader.robots import decide
from crawler.listings.empty_notice import states_no_articles
from crawler.listings.feeds import read_feed, read_sitemap
from crawler.listings.listing import MOST_ENTRIES, Entry, Listing, ListingError, Section
from crawler.listings.witness import linked_feeds
from crawler.requests import Expect, ReadAs
from crawler.responses.facts import page_text, read_facts
from crawler.responses.outcome import classify
from crawler.sandbox.response_question import ResponseAnswer, ResponseQuestion
from pipelines.article import Layout
from pipelines.html.page_bounds import excess_of
from pipelines.readers.json_api import pages_of
from vietnam.letters import clean_letters, fold_spaces

_MOST_TRACE = 4000  # characters of a traceback


class ListedPortal(Protocol):
    """The part of a portal's declaration that reads its lists."""

    sections: tuple[Section, ...]
    texts_in_lists: ClassVar[bool]

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
    def read_day(cls, url: str, html: str) -> tuple[Entry, ...]:
        """Return the articles that an archive of a day names."""


def name_of(portal: type[ListedPortal]) -> str:
    """Return the name of a portal's class for a question, MODULE:CLASS."""
    return f"{portal.__module__}:{portal.__qualname__}"


@lru_cache(maxsize=8)
def portal_of(name: str) -> type[ListedPortal]:
    """Return the class of a portal, imported by its name."""
    module, _, qualname = name.partition(":")
    portal: type[ListedPortal] = operator.attrgetter(qualname)(importlib.import_module(module))
    return portal


def answer_response(question: ResponseQuestion, layouts: tuple[Layout, ...], body: bytes) -> ResponseAnswer:
    """Return a response's outcome and what was read from it. An error of ours costs this response alone."""
    facts = read_facts(replace(question.facts, body=body), question.charset)
    outcome, detail = classify(facts)
    answer = ResponseAnswer(outcome, detail)
    if facts.expect is Expect.ATTACHMENT:
        return replace(answer, shape=facts.shape)
    if facts.expect is Expect.ROBOTS:
        return replace(answer, robots=decide(facts.status, body, facts.flags, question.agent, question.longest))
    text = page_text(body, question.charset)
    if facts.expect is Expect.LISTING and outcome is Outcome.EMPTY:
        return replace(answer, emptied=states_no_articles(_readable(text) or ""))
    if question.read_as is ReadAs.NOTHING or (facts.expect is Expect.LISTING and outcome is not Outcome.LISTING):
        return answer
    try:
        return _read(question, layouts, body, text, answer)
    except ListingError as error:
        return replace(answer, unread=str(error)[:200])
    except MemoryError:
        raise
    except Exception as error:  # an unforeseen page costs its section, not the night
        trace = traceback.format_exc()[-_MOST_TRACE:]
        return replace(answer, unread=f"{type(error).__name__}: {error}"[:200], failure=trace)


def _read(
    question: ResponseQuestion, layouts: tuple[Layout, ...], body: bytes, text: str | None, answer: ResponseAnswer
) -> ResponseAnswer:
    """Return the answer with what the response lists. Raises ListingError, or whatever a family's reading raises."""
    portal, url = portal_of(question.portal), question.facts.url
    if question.read_as is ReadAs.FEED:
        return _listed(question, layouts, body, answer, read_feed(url, body, portal.entry_key, question.now))
    if question.read_as is ReadAs.SITEMAP:
        return _listed(question, layouts, body, answer, read_sitemap(url, body, portal.entry_key, question.now))
    page = _readable(text)
    if question.read_as is ReadAs.DAY:
        wrong = None if answer.outcome is Outcome.RESOURCE else answer.detail or answer.outcome.value
        if wrong is not None or page is None:
            raise ListingError(f"archive of the day rejected: {wrong or 'no readable page'}")
        return replace(answer, listing=_in_stored_letters(Listing(portal.read_day(url, page))))
    if page is None:
        return replace(answer, outcome=Outcome.UNSUPPORTED_TYPE, detail=excess_of(text or "") or "no text")
    section = next(each for each in portal.sections if each.name == question.section)
    feeds = linked_feeds(url, page) if question.number == 1 else ()
    if question.request is not None:
        listing = portal.read_answer(question.request, url, page, section, question.number)
    else:
        listing = portal.read_listing(url, page, section, question.number)
    left = any(entry.key not in question.shared for entry in listing.entries)
    emptied = not left and states_no_articles(page)
    return _listed(question, layouts, body, replace(answer, feeds=feeds, emptied=emptied), listing)


def _listed(
    question: ResponseQuestion, layouts: tuple[Layout, ...], body: bytes, answer: ResponseAnswer, listing: Listing
) -> ResponseAnswer:
    texts: dict[str, bytes] = {}
    if question.facts.expect is Expect.LISTING and portal_of(question.portal).texts_in_lists:
        texts = pages_of(body, [entry.url for entry in listing.entries], layouts, question.charset)
    return replace(answer, listing=_in_stored_letters(listing), texts=texts)


def _in_stored_letters(listing: Listing) -> Listing:
    """Return the listing with its titles as a text's letters are stored: a line names them, and reports show them.

    Raises ListingError for more entries than any list has.
    """
    if len(listing.entries) > MOST_ENTRIES:
        raise ListingError(f"list rejected: more than {MOST_ENTRIES:,} entries")
    titles = [fold_spaces(clean_letters(entry.title)) for entry in listing.entries]
    entries = (
        entry if entry.title == title else replace(entry, title=title)
        for entry, title in zip(listing.entries, titles, strict=True)
    )
    return replace(listing, entries=tuple(entries))


def _readable(text: str | None) -> str | None:
    """Return the text of a page; None for one that exceeds a bound."""
    return None if text is None or excess_of(text) else text

"""Define what the extraction process is asked of a response that is no article, and its answer, as JSON on the pipe."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from archive.model.enums import Outcome
from archive.model.records import ListRequest
from archive.storage.jsonl import decoder
from crawler.downloader.robots import RobotsDecision
from crawler.listings.listing import Listing
from crawler.requests import ReadAs
from crawler.responses.outcome import ResponseFacts
from pipelines.html.page_shape import PageShape

OF_RESPONSE = b"R"
"""The first byte of such a question; a question of an article's page begins otherwise."""


@dataclass(frozen=True, slots=True)
class ResponseQuestion:
    """Say how a response is judged and read. `facts` are those that need no page, without the body.

    `portal` names the spider's class, MODULE:CLASS; `now` is the moment of the fetch, aware. Of a list page `section` is
    its section's name, `number` counts the pages of the walk from 1, `request` is how it was asked where the address alone
    does not say it. `shared` are the keys that the first pages of all other sections show. Of a robots.txt `agent` is the
    product that its rules are read for, `longest` the longest crawl-delay in seconds that is observed.
    """

    facts: ResponseFacts
    portal: str
    now: datetime
    charset: str | None = None
    read_as: ReadAs = ReadAs.NOTHING
    section: str = ""
    number: int = 1
    request: ListRequest | None = None
    shared: frozenset[str] = frozenset()
    agent: str = ""
    longest: float = 0.0


@dataclass(frozen=True, slots=True)
class ResponseAnswer:
    """Hold the outcome of a response with a detail for its line, and what was read from it.

    `listing` is None where the response is none, or where it could not be read; `unread` says why. `feeds` are those that the page links, `texts` the
    pages of the articles whose texts the response holds, by address. `emptied`: the page says that its list has no articles.
    `shape` is the page's where a file was asked for, `robots` what a robots.txt decides. `failure` is the traceback of an error of ours.
    """

    outcome: Outcome
    detail: str | None = None
    listing: Listing | None = None
    unread: str = ""
    feeds: tuple[str, ...] = ()
    texts: dict[str, bytes] = field(default_factory=dict)
    emptied: bool = False
    shape: PageShape | None = None
    robots: RobotsDecision | None = None
    failure: str = ""


QUESTION = decoder(ResponseQuestion)
ANSWER = decoder(ResponseAnswer)

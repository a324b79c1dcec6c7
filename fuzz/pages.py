"""Targets that read what a portal answers, as the extraction process reads it: outcomes, articles, lists, feeds, robots.txt.

The first line of an input is how it was asked, in words; a word that is no known choice stands for one by its checksum.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from scrapy.settings import Settings

from archive.model.enums import Outcome
from archive.model.records import ListRequest
from crawler.catalog.overview import spiders
from crawler.downloader.robots import LARGEST, decide
from crawler.portal import PortalSpider, own_hosts
from crawler.requests import Expect, ReadAs
from crawler.responses.outcome import ResponseFacts
from crawler.sandbox.response_answer import answer_response, name_of
from crawler.sandbox.response_question import ANSWER, QUESTION, ResponseAnswer, ResponseQuestion
from crawler.urls import LONGEST, absolute, host_of, parameters, with_parameter, without_parameter
from fuzz.targets import require
from fuzz.texts import NOW, first_line
from pipelines.html.decoding import CUT, DATALOSS, TOO_LARGE, UNKNOWN_ENCODING, reads_as_text
from pipelines.sandbox.child_process import encode
from pipelines.sandbox.page_answer import answer_page
from pipelines.sandbox.page_question import CROSSCHECK, FACTS, READING, REGION, PageQuestion
from vietnam.letters import clean_letters

_Choice = TypeVar("_Choice")
_STATUSES = (200, 200, 204, 304, 400, 403, 404, 410, 429, 500, 503)
_FLAGS = ("-", CUT, DATALOSS, TOO_LARGE, UNKNOWN_ENCODING)
_TYPES = (
    "text/html",
    "application/json",
    "text/xml",
    "application/rss+xml",
    "text/plain",
    "application/pdf",
    "image/png",
)
_CHARSETS = (None, "utf-8", "windows-1258", "utf-16", "tcvn", "gb18030")
_READINGS = {"feed": ReadAs.FEED, "sitemap": ReadAs.SITEMAP}
_AGENT = "LuuTru"


class _Asked:
    """The words of the first line, taken one after another."""

    def __init__(self, line: str) -> None:
        self._words = line.split()

    def choose(self, choices: Sequence[_Choice]) -> _Choice:
        """Return the choice that the next word names; the first where the line has ended."""
        if not self._words:
            return choices[0]
        word = self._words.pop(0)
        named = [choice for choice in choices if str(getattr(choice, "name", choice)).lower() == word.lower()]
        return named[0] if named else choices[zlib.crc32(word.encode()) % len(choices)]


@cache
def _portals() -> tuple[type[PortalSpider], ...]:
    """Return one portal for each way to read lists and articles, in the order of their names."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    ways: dict[object, type[PortalSpider]] = {}
    for _, portal in sorted(spiders(settings).items()):
        readings = (portal.read_listing, portal.read_answer, portal.read_day)
        ways.setdefault((*(getattr(reading, "__func__", reading) for reading in readings), portal.layouts), portal)
    return tuple(ways.values())


def _article(portal: type[PortalSpider]) -> str:
    return f"{portal.home.rstrip('/')}/tin/1.html"


def judge_response(data: bytes) -> ResponseAnswer:
    """Judge a response to any kind of request; nothing but an article's page is read any further."""
    line, body = first_line(data)
    asked = _Asked(line)
    portal = asked.choose(_portals())
    return _answer(asked, portal, asked.choose(tuple(Expect)), body)


def read_list(data: bytes) -> ResponseAnswer:
    """Read a list page, an interface's answer or the archive of a day, by the portal's own class."""
    line, body = first_line(data)
    asked = _Asked(line)
    portal = asked.choose(_portals())
    way = asked.choose(("list", "answer", "day"))
    number = asked.choose((1, 2))
    section = portal.sections[(number - 1) % len(portal.sections)]
    request = (
        ListRequest(
            f"{portal.home.rstrip('/')}/tin?page=1", "POST", body="a=1&page=1", json=body.lstrip()[:1] in (b"{", b"[")
        )
        if way == "answer"
        else None
    )
    read_as = ReadAs.DAY if way == "day" else ReadAs.LIST
    expect = Expect.RESOURCE if way == "day" else Expect.LISTING
    question = ResponseQuestion(
        _facts(asked, portal, expect, body, json=request is not None and request.json),
        name_of(portal),
        NOW,
        asked.choose(_CHARSETS),
        read_as,
        section.name,
        number,
        request,
    )
    return _check(question, portal, body)


def read_addresses(data: bytes) -> None:
    """Read each line as a link of a page; every portal finds a key in its address, or none."""
    for href in data.decode("utf-8", "replace").split("\n")[:4]:
        for base in ("https://a.gov.vn/tin/", "https://www.danang.gov.vn/w/a?b=c"):
            url = absolute(base, href)
            if url is None:
                continue
            require(absolute(base, url) == url, "an absolute address stays as it is")
            require(len(url) <= LONGEST and host_of(url), "an address is bounded, with a host")
            counted = with_parameter(url, "page", "2")
            require(
                dict(parameters(urlsplit(without_parameter(counted, "page")).query)).get("page") is None,
                "a parameter is left out",
            )
            for portal in _portals():
                key = portal.entry_key(url)
                require(key is None or (key and key.isprintable()), "a key is printable")


def read_feeds(data: bytes) -> ResponseAnswer:
    """Read a feed, a sitemap or a sitemap index."""
    line, body = first_line(data)
    asked = _Asked(line)
    read_as = _READINGS[asked.choose(tuple(_READINGS))]
    portal = asked.choose(_portals())
    question = ResponseQuestion(
        _facts(asked, portal, Expect.RESOURCE, body), name_of(portal), NOW, asked.choose(_CHARSETS), read_as
    )
    return _check(question, portal, body)


def read_robots(data: bytes) -> None:
    """Interpret a robots.txt; its decision survives the pipe, and what it keeps decides alike when it is read again."""
    line, body = first_line(data)
    asked = _Asked(line)
    status = asked.choose(_STATUSES)
    decision = decide(status, body, frozenset(), _AGENT, 30.0)
    require(decision.words.isprintable(), "a decision is one printable line")
    require(decision.crawl_delay is None or 0 < decision.crawl_delay <= 30, "a delay is observed within its bound")
    require(
        decision.rules is None or len(decision.rules) <= 4 * LARGEST,
        "rules are no longer than what they were read from",
    )
    for url in ("https://a.gov.vn/", "https://a.gov.vn/tin/1.html?a=b", "https://a.gov.vn/index.html"):
        allowed = decision.allows(url, _AGENT)
        again = decide(200, (decision.rules or "").encode(), frozenset(), _AGENT, 30.0)
        require(
            allowed == again.allows(url, _AGENT), f"the rules that are kept decide on {url} as those that were read"
        )


def _facts(
    asked: _Asked, portal: type[PortalSpider], expect: Expect, body: bytes, *, json: bool = False
) -> ResponseFacts:
    status, kind = asked.choose(_STATUSES), asked.choose(_TYPES)
    flags = frozenset({asked.choose(_FLAGS)} - {"-"})
    url = _article(portal)
    return ResponseFacts(
        status,
        {"content-type": kind},
        b"",
        reads_as_text(body),
        url,
        url,
        expect,
        portal.home,
        own_hosts(portal),
        flags,
        json,
    )


def _answer(asked: _Asked, portal: type[PortalSpider], expect: Expect, body: bytes) -> ResponseAnswer:
    facts = _facts(asked, portal, expect, body)
    return _check(
        ResponseQuestion(facts, name_of(portal), NOW, asked.choose(_CHARSETS), agent=_AGENT, longest=30.0), portal, body
    )


def _check(question: ResponseQuestion, portal: type[PortalSpider], body: bytes) -> ResponseAnswer:
    """Answer a question as the child does; neither question nor answer changes on the pipe."""
    require(QUESTION.decode(encode(question)) == question, "a question survives the pipe")
    answer = answer_response(question, portal.layouts, body)
    require(not answer.failure, f"no reading fails: {answer.failure.splitlines()[-1:]} {answer.failure}")
    require("\n" not in answer.unread + (answer.detail or ""), "why it is not read is one line")
    require(ANSWER.decode(encode(answer)) == answer, "an answer survives the pipe")
    require(isinstance(answer.outcome, Outcome), "an outcome is of the closed list")
    _check_listing(answer, portal)
    return answer


def _check_listing(answer: ResponseAnswer, portal: type[PortalSpider]) -> None:
    if answer.listing is None:
        return
    keys = [entry.key for entry in answer.listing.entries]
    require(len(keys) == len(set(keys)) and all(keys), "a list names each article once")
    for entry in answer.listing.entries:
        require(
            clean_letters(entry.title) == entry.title and "\n" not in entry.title,
            "a title has stored letters in one line",
        )
        require(entry.url.startswith(("http://", "https://")), "an entry has an absolute address")
        require(
            portal.entry_key(entry.url) == entry.key or not portal.entry_key(entry.url),
            "an entry's key is that of its address",
        )


def read_article(data: bytes) -> None:
    """Judge, read, clean, check and cross-check an article's page; the parts survive the pipe and repeat themselves."""
    line, body = first_line(data)
    asked = _Asked(line)
    portal = asked.choose(_portals())
    interface, compared = asked.choose((False, True)), asked.choose((False, True))
    question = PageQuestion(
        _article(portal),
        NOW,
        asked.choose(_CHARSETS),
        None,
        interface,
        interface,
        judge=True,
        crosscheck=compared,
        region=True,
        given=b"rules",
    )
    decoders: list[msgspec.json.Decoder[Any]] = [REGION, FACTS, READING, *([CROSSCHECK] if compared else [])]
    parts = list(answer_page(question, portal.layouts, body))
    require(len(parts) == question.parts, "each part that is asked for is answered")
    for decoder, part in zip(decoders, parts, strict=True):
        require(decoder.decode(encode(part)) == part, "a part survives the pipe")

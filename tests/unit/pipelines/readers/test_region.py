"""The digest of a page's region changes with every change that the article would show, and with none of the frame's."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from typing import cast
from urllib.parse import urlsplit

import pytest

from archive.model.enums import Outcome
from archive.model.records import ListRequest
from crawler.portal import PortalSpider
from crawler.requests import Expect
from crawler.responses.outcome import OutcomeDetail, ResponseFacts, classify
from crawler.urls import real_host
from pipelines.article import Article, Layout
from pipelines.extract import extract
from pipelines.html.tree import parse
from pipelines.readers.json_api import page_of
from pipelines.readers.region import covers, region_digest, whole_digest
from pipelines.sandbox.page_facts import judge_page
from pipelines.sandbox.page_question import PageQuestion
from replicas import LAST_NIGHT
from replicas.articles import EVERY_PORTAL, article_url, portal_site
from replicas.sites.site import SiteRequest, Suffixer
from testing.article_pages import BASE, ONE, PLAIN, PLAIN_RAW, TWO, plain
from testing.mutated_pages import mutated, parsed, written
from vietnam.date_forms import TZ

NOW = datetime(2026, 12, 1, tzinfo=TZ)
PORTALS = ("bac_giang", "an_giang", "cong_an_ha_noi", "nghe_an")


class ServedArticle:
    """One article of a replica portal, as each request brings it."""

    def __init__(self, portal: str, number: int = 0) -> None:
        self.site = portal_site(portal)
        name = "".join(part.capitalize() for part in portal.split("_"))
        spider = cast("type[PortalSpider]", getattr(import_module(f"crawler.spiders.{portal}"), name))
        self.layouts: tuple[Layout, ...] = spider.layouts
        self.url = article_url(portal, self.site.articles[number])
        way = spider.article_source(spider.article_key(self.url) or "", self.url)
        self.asked = ListRequest(way) if isinstance(way, str) else way

    def page(self, count: int) -> bytes:
        asked, parts = self.asked, urlsplit(self.asked.url)
        headers = {name.lower(): value for name, value in asked.headers}
        host, body = real_host(parts.netloc), asked.body.encode()
        request = SiteRequest(host, parts.path, parts.query, LAST_NIGHT, count, asked.method, headers, body)
        served = Suffixer([self.site.host]).body(self.site.respond(request).body)
        return page_of(served, self.url, self.layouts, "utf-8") or served

    def outcome(self, html: bytes) -> OutcomeDetail:
        """Return what the page is, answered with 200 under its own address."""
        own = frozenset({str(urlsplit(self.url).hostname)})
        head = ResponseFacts(
            200, {"content-type": "text/html"}, html, True, self.url, self.url, Expect.ARTICLE, self.url, own
        )
        question = PageQuestion(self.url, NOW, "utf-8", interface=False, judge=True)
        facts, _ = judge_page(question, self.layouts, html)
        return classify(replace(head, shape=facts.shape, has_article=facts.has_article))

    def digest(self, html: bytes) -> bytes | None:
        return region_digest(parse(html, self.url, "utf-8"), self.layouts, NOW)

    def whole(self, html: bytes) -> bytes | None:
        return whole_digest(parse(html, self.url, "utf-8"), self.layouts)

    def article(self, html: bytes) -> Article:
        return extract(html, self.url, self.layouts, NOW, "utf-8")


@pytest.mark.parametrize("portal", PORTALS)
def test_a_page_with_another_counter_clock_and_token_has_the_digest_of_before(portal: str) -> None:
    served = ServedArticle(portal)
    pages = [served.page(count) for count in (5, 1234)]
    assert covers(served.article(pages[0]), served.layouts)
    assert served.digest(pages[0]) == served.digest(pages[1]) is not None
    assert served.site.portal == "cong_an_ha_noi" or pages[0] != pages[1]  # an interface has no frame


@pytest.mark.parametrize("portal", PORTALS)
def test_equal_digests_mean_equal_articles_wherever_a_page_changed(portal: str) -> None:
    served, draw = ServedArticle(portal), random.Random(portal)
    html = written(parsed(served.page(5)))
    article, digest, outcome = served.article(html), served.digest(html), served.outcome(html)
    assert digest is not None
    assert outcome == (Outcome.ARTICLE, None)
    equal = 0
    for _ in range(40):
        names, page = [], html
        for _ in range(draw.choice((1, 1, 2, 4))):
            name, page = mutated(page, draw)
            names.append(name)
        if served.digest(page) == digest:
            equal += 1
            found = served.article(page)
            assert (found, found.stated) == (article, article.stated), names
            assert served.outcome(page) == outcome, names
    assert equal


def test_another_impossible_date_is_another_digest() -> None:
    title = "<meta property='article:published_time' content='2025-03-14T16:20:00+07:00'>"
    digests, articles = set(), set()
    for shown in ("31/02/2025 25:61", "32/02/2025 25:61", "32/02/2025 25:61"):
        html = plain(f"<p>{ONE}</p><p>{TWO}</p>").replace(PLAIN_RAW, shown).replace("</head>", f"{title}</head>")
        page = parse(html.encode(), BASE)
        articles.add(extract(html.encode(), BASE, (PLAIN,), NOW).published_raw)
        digests.add(region_digest(page, (PLAIN,), NOW))
    assert None not in digests
    assert len(digests) == len(articles) == 2


def test_a_page_that_no_layout_names_has_no_digest() -> None:
    served = ServedArticle("hue")
    html = served.page(5)
    assert not covers(served.article(html), served.layouts)
    assert served.digest(html) is None


WHOLE = ("hue", "quang_tri", "tuyen_quang", "vinh_long")


def test_the_portals_whose_pages_are_read_as_a_whole() -> None:
    declared = [portal for portal in EVERY_PORTAL if not portal.startswith("mau_")]
    found = {portal for portal in declared if (served := ServedArticle(portal)).digest(served.page(5)) is None}
    assert len(declared) == 49
    assert found == {*WHOLE, "cong_bao_son_la"}  # its issues are rows of a list: no digest decides


@pytest.mark.parametrize("portal", WHOLE)
def test_a_page_that_is_read_as_a_whole_changes_its_digest_with_all_that_is_read(portal: str) -> None:
    served = ServedArticle(portal)
    html = served.page(5)
    unseen = html.replace(b"755317c4", b"0badcafe", 1).replace(b'authToken = "755317c4"', b'authToken = "0badcafe"')
    assert unseen.count(b"0badcafe") == 2
    assert served.whole(unseen) == served.whole(html) is not None
    assert served.article(unseen) == served.article(html)
    assert served.whole(served.page(1234)) != served.whole(html)  # a clock and a counter among the words


@pytest.mark.parametrize("portal", WHOLE[:2])
def test_equal_digests_of_whole_pages_mean_equal_articles(portal: str) -> None:
    served, draw = ServedArticle(portal, 2), random.Random(portal)
    html = written(parsed(served.page(5)))
    article, digest, outcome = served.article(html), served.whole(html), served.outcome(html)
    assert digest is not None
    assert outcome == (Outcome.ARTICLE, None)
    for _ in range(40):
        name, page = mutated(html, draw)
        if served.whole(page) == digest:
            assert (served.article(page), served.outcome(page)) == (article, outcome), name


NOTICES = ("Bài viết đã bị XÓA khỏi trang", "Nội dung này không tồn tại", "This page is no longer available")


@pytest.mark.parametrize("words", NOTICES)
def test_a_notice_anywhere_on_the_page_is_another_digest(words: str) -> None:
    served = ServedArticle("bac_giang")
    html = served.page(5)
    noticed = html.replace(b"</body>", f"<div><p>{words}</p></div></body>".encode())
    beside = html.replace(b"</body>", "<div><p>Tin đọc nhiều trong tuần</p></div></body>".encode())
    assert served.digest(noticed) != served.digest(html) == served.digest(beside) is not None

"""Every composed portal through its own layouts, and through none: block by block against what was written."""

from __future__ import annotations

from datetime import date, datetime, time
from functools import cache
from typing import cast

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import get_spider_loader

from crawler.portal import PortalSpider
from pipelines.article import Article, Layout
from pipelines.extract import extract
from pipelines.html.published import listed_on
from replicas.articles import EVERY_PORTAL, PORTALS, article_url, articles, expected, render_article
from vietnam.date_forms import TZ
from vietnam.residue import strip_residue

NIGHT = date(2025, 3, 20)
NOW = datetime.combine(NIGHT, time(23, 59, 59), TZ)
PAGES = [(portal, number) for portal in EVERY_PORTAL for number in range(len(articles(portal)))]


@cache
def spider_of(portal: str) -> type[PortalSpider]:
    loader = get_spider_loader(Settings({"SPIDER_MODULES": ["crawler.spiders", "testing.portals.samples"]}))
    return cast("type[PortalSpider]", loader.load(portal))


def read(portal: str, number: int, layouts: tuple[Layout, ...]) -> Article:
    article = articles(portal)[number]
    html = render_article(portal, article, NIGHT)
    return extract(html.encode(), article_url(portal, article), layouts, NOW)


@pytest.mark.parametrize(("portal", "number"), PAGES, ids=[f"{portal}-{number}" for portal, number in PAGES])
def test_by_layout_every_part_is_exact(portal: str, number: int) -> None:
    spider = spider_of(portal)
    article = read(portal, number, spider.layouts)
    wanted = expected(portal, articles(portal)[number], NIGHT)
    # Section labels at the end of the body are the cleaning stage's; all else is already right.
    kept, _ = strip_residue([block.text for block in article.blocks])

    assert article.layout != "none"
    assert kept == [block.text for block in wanted.blocks]
    assert (article.title, article.published_raw or "") == (wanted.title, wanted.published_raw)
    if spider.day_from_list:  # its pages tell no date
        assert article.published is None
        article = listed_on(article, articles(portal)[number].day)
    assert article.published is not None
    assert article.published.isoformat() == wanted.published[: 10 if spider.day_from_list else None]
    assert [(a.name, a.url) for a in article.attachments] == [(a.name, a.url) for a in wanted.attachments]
    assert article.flags == ()


@pytest.mark.parametrize("portal", PORTALS)
def test_without_a_layout_nothing_visible_is_lost_and_little_leaks(portal: str) -> None:
    lost: list[str] = []
    leaked: list[str] = []
    for number, written in enumerate(articles(portal)):
        article, wanted = read(portal, number, ()), expected(portal, written, NIGHT)
        said, meant = {block.text for block in article.blocks}, {block.text for block in wanted.blocks}
        # A lead that only the page's head carries cannot be seen without a layout.
        lost += sorted(meant - said - {wanted.lead or ""})
        leaked += sorted(said - meant - {a.name for a in wanted.attachments})
        assert (article.layout, article.title) == ("none", wanted.title)
        assert article.published is not None
        assert article.published.isoformat() == wanted.published

    assert (lost, leaked) == ([], [])

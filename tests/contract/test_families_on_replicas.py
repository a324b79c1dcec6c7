"""Every family reads the composed portal of its kind: all articles of all sections, nothing else, and each one's layout."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from importlib import import_module
from typing import cast
from urllib.parse import urlsplit

import pytest
from parsel import Selector

from archive.model.records import ListRequest
from crawler.listings.feeds import read_feed
from crawler.listings.listing import Entry, Following, SectionKind
from crawler.portal import PortalSpider
from crawler.urls import real_host
from pipelines.readers.json_api import page_of
from replicas.articles import EVERY_PORTAL, portal_site
from replicas.sites.catalogue import SAMPLES
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest, Suffixer
from vietnam.date_forms import TZ
from vietnam.letters import fold_spaces, nfc

NOW = datetime(2025, 3, 13, tzinfo=TZ)
NIGHTS = (date(2025, 3, 3), date(2025, 3, 12))


def spider_of(portal: str) -> type[PortalSpider]:
    package = "testing.portals.samples" if portal in SAMPLES else "crawler.spiders"
    module = import_module(f"{package}.{portal}")
    name = "".join(part.capitalize() for part in portal.split("_"))
    return cast("type[PortalSpider]", getattr(module, name))


def fetch(site: ComposedSite, way: Following, night: date) -> str:
    asked = ListRequest(way) if isinstance(way, str) else way
    parts = urlsplit(asked.url)
    host = real_host(parts.netloc)
    assert host in (site.host, *site.further)
    headers = {name.lower(): value for name, value in asked.headers}
    body = asked.body.encode()
    answer = site.respond(SiteRequest(host, parts.path, parts.query, night, 1, asked.method, headers, body))
    assert answer.status == 200, way
    return Suffixer([site.host]).body(answer.body).decode()


def suffixed(way: Following, host: str) -> Following:
    if isinstance(way, str):
        return way.replace(host, f"{host}.replica.test")
    return replace(way, url=way.url.replace(host, f"{host}.replica.test"))


def walk(site: ComposedSite, spider: type[PortalSpider], path: str, night: date) -> list[Entry]:
    """Return the entries of a section, page after page until one brings no new key."""
    section = next(section for section in spider.sections if section.path == path)
    way: Following | None = suffixed(spider.first_page(section), site.host)
    entries: dict[str, Entry] = {}
    number, further = 1, list[str]()
    while way is not None and number < 20:
        text = fetch(site, way, night)
        if section.kind is SectionKind.FEED:
            listing = read_feed(str(way), text.encode(), spider.entry_key, NOW)
        elif isinstance(way, str):
            listing = spider.read_listing(way, text, section, number)
        else:
            listing = spider.read_answer(way, way.url, text, section, number)
        further += listing.more
        if listing.door:
            way = listing.next
            continue
        number += 1
        fresh = [entry for entry in listing.entries if entry.key not in entries]
        if not fresh:
            break
        entries.update({entry.key: entry for entry in fresh})
        way = listing.next or (further.pop(0) if further else None)
    return list(entries.values())


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("portal", EVERY_PORTAL)
def test_all_articles_of_all_sections_are_listed(portal: str, night: date) -> None:
    site, spider = portal_site(portal), spider_of(portal)
    declared = {section.path for section in spider.sections}
    for served in site.sections:
        assert served.path in declared
        found = walk(site, spider, served.path, night)
        shown = {spider.article_key(site.home + row.address): row for row in site.rows(served, night)}
        assert {entry.key for entry in found} == set(shown)
        for entry in found:
            assert entry.title == fold_spaces(nfc(shown[entry.key].article.title))
            assert entry.url.startswith(f"https://{site.host}.replica.test/")
            assert entry.day in (None, shown[entry.key].article.published.date())


@pytest.mark.parametrize("portal", EVERY_PORTAL)
def test_every_article_has_a_layout_that_finds_its_parts(portal: str) -> None:
    site, spider = portal_site(portal), spider_of(portal)
    for article in site.visible(NIGHTS[-1]):
        request = SiteRequest(site.host, "/", "", NIGHTS[-1], 1)
        served = site.render_article(article, request)
        sent = page_of(served.encode(), site.url(article), spider.layouts)
        page = Selector(text=sent.decode() if sent else served, type="html")
        layout = next(layout for layout in spider.layouts if page.css(layout.fits))
        if layout.is_unnamed:  # the page is read as a whole: test_extract_families compares what comes of it
            continue
        titles = [text for selector in layout.title for text in page.css(selector).xpath("normalize-space()").getall()]
        assert fold_spaces(nfc(titles[0])) == fold_spaces(nfc(article.title))
        dates = [
            text
            for selector in layout.published
            for text in page.css(selector).xpath("." if "::" in selector else "normalize-space()").getall()
        ]
        of_page = not spider.day_from_list and layout.published
        assert not of_page or str(article.published.day) in next(text for text in dates if text)
        assert any(page.css(selector) for selector in layout.body)

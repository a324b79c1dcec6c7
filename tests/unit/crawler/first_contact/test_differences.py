"""Compare what a family expects with what came: another vendor is named part by part, one's own pages bring no difference."""

from __future__ import annotations

import asyncio
from functools import cache

from bench.first_contact.changes import lists_renamed
from bench.probe.skins import skin
from bench.probe.walk import NOW, MemoryWire
from crawler.first_contact.differences import ContactPages, differences
from crawler.portal import PortalSpider
from crawler.probe.explore import Exploration, explore
from crawler.probe.infer import infer_portal
from crawler.probe.result import spider_of
from crawler.spiders.dien_bien import DienBien
from crawler.spiders.quang_ninh import QuangNinh
from replicas.articles import articles, portal_site
from replicas.sites.catalogue import EVERY
from replicas.sites.site import Site

HOST = "www.dienbien.gov.vn"


def visited(site: Site, host: str) -> Exploration:
    wire = MemoryWire(site)
    return asyncio.run(explore(wire.fetch, f"https://{host}.replica.test/", 20, NOW))


@cache
def vendor() -> tuple[Exploration, ContactPages, type[PortalSpider]]:
    exploration = visited(skin(EVERY["cao_bang"], articles("cao_bang"), 41, HOST), HOST)
    found = infer_portal(exploration, "dien_bien", "Cổng", NOW)
    assert found.portal is not None
    return exploration, ContactPages(exploration, found.ranked), spider_of(found.portal)


def test_another_vendor_is_named_part_by_part() -> None:
    _, pages, _ = vendor()
    named = {each.part: each.words for each in differences(DienBien, pages, NOW)}
    assert {"family", "list", "key", "layout", "layout, title", "layout, body"} <= set(named)
    assert "those of VNPT Portal weigh 12" in named["family"]
    assert "`ul.ArticleList > li` matches" in named["list"]
    assert "have no key by the family's rule" in named["key"]


def test_the_pages_of_ones_own_family_bring_no_difference() -> None:
    _, pages, own = vendor()
    assert differences(own, pages, NOW) == ()


def test_a_renamed_list_is_the_only_difference() -> None:
    exploration = visited(lists_renamed(portal_site("quang_ninh")), "www.quangninh.gov.vn")
    found = infer_portal(exploration, "quang_ninh", "Cổng", NOW)
    named = differences(QuangNinh, ContactPages(exploration, found.ranked), NOW)
    assert {each.part.partition(",")[0] for each in named} == {"list"}
    assert named[0].expected.endswith("matched nothing on 1 page")
    assert "matches 5 of 5 entries" in named[0].found

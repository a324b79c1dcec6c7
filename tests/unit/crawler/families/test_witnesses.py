"""Families that declare witnesses, on the composed portals: each names what the lists show, and nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from crawler.families.nukeviet import NukeVietSpider
from crawler.listings.feeds import read_feed
from crawler.listings.listing import Entry, Section, SectionKind
from crawler.listings.witness import Witness
from crawler.portal import PortalSpider, Sure
from crawler.spiders.bao_chinh_phu import BaoChinhPhu
from crawler.spiders.dong_nai import DongNai
from crawler.spiders.mst import Mst
from crawler.spiders.thai_nguyen import ThaiNguyen
from crawler.spiders.thang_long import ThangLong
from replicas.articles import portal_site
from replicas.sites.site import SiteRequest
from vietnam.date_forms import TZ

NIGHT = date(2025, 3, 4)
NOW = datetime(2025, 3, 4, 23, 59, 59, tzinfo=TZ)


def named(portal: type[PortalSpider], witness: Witness) -> list[Entry]:
    site, parts = portal_site(portal.name), urlsplit(witness.url)
    answer = site.respond(SiteRequest(parts.netloc, parts.path, parts.query, NIGHT, 1))
    assert answer.status == 200
    if witness.day is None:
        return list(read_feed(witness.url, answer.body, portal.entry_key, NOW).entries)
    return list(portal.read_day(witness.url, answer.body.decode()))


def listed(portal: type[PortalSpider]) -> set[str | None]:
    site = portal_site(portal.name)
    return {portal.article_key(site.home + row.address) for one in site.sections for row in site.rows(one, NIGHT)}


@pytest.mark.parametrize("portal", [Mst, BaoChinhPhu, DongNai])
def test_a_feed_names_articles_of_the_lists_with_their_days(portal: type[PortalSpider]) -> None:
    (feed,) = [one for one in portal.witnesses(NIGHT) if one.day is None]
    entries = named(portal, feed)
    assert entries
    assert {entry.key for entry in entries} <= listed(portal)
    days = {portal.article_key(site.url(one)): one.day for site in [portal_site(portal.name)] for one in site.articles}
    assert all(entry.day == days[entry.key] for entry in entries), "a wrong minute does not move the day"


def test_the_archive_of_a_day_names_the_articles_of_that_day() -> None:
    site = portal_site("mst")
    for ago in range(20):
        day = NIGHT - timedelta(days=ago)
        archive = Mst.witnesses(day)[0]
        assert archive == Witness(f"https://mst.gov.vn/tin-tuc-su-kien/xem-theo-ngay-{day:%d-%m-%Y}.htm", day)
        keys = {Mst.article_key(site.url(one)) for one in site.visible(NIGHT) if one.day == day}
        assert {entry.key for entry in named(Mst, archive)} == keys


def test_any_portal_may_name_its_feed() -> None:
    class ThaiNguyenMoi(ThaiNguyen):
        name = "thai_nguyen_moi"
        feed = "/rss/tin-moi.rss"

    class DongNaiMoi(DongNai):
        name = "dong_nai_moi"
        feed = "/vi/rss/"

    assert ThaiNguyenMoi.witnesses(NIGHT) == (Witness("https://thainguyen.gov.vn/rss/tin-moi.rss"),)
    assert DongNaiMoi.witnesses(NIGHT) == (Witness("https://dongnai.gov.vn/vi/rss/"),)


def test_a_portal_of_which_no_witness_is_known_declares_none() -> None:
    assert ThangLong.witnesses(NIGHT) == ()


class DoiChe(NukeVietSpider):
    name = "doi_che"
    title = "Xã Đồi Chè"
    province = None
    home = "https://doi-che.vn"
    sections = (
        Section("y-te", "/vi/news/y-te/", "Y tế"),
        Section("van-hoa", "/news/Van-hoa", "Văn hóa"),
        Section("home", "/vi/tin-tuc/", "Tin tức"),  # news is the home module: its name is not in the address
        Section("thong-bao", "/index.php?language=vi&nv=news&op=thong-bao", "Thông báo"),
        Section("rss", "/news/rss/giao-duc/", "Giáo dục", SectionKind.FEED),
    )
    sure = Sure.INFERRED


def test_nukeviet_asks_for_the_feed_of_another_category_every_night() -> None:
    asked = [DoiChe.witnesses(NIGHT + timedelta(days=number)) for number in range(4)]
    assert all(len(one) == 1 for one in asked)
    urls = [one.url for (one,) in asked]
    assert urls[:2] == urls[2:]
    assert set(urls) == {"https://doi-che.vn/vi/news/rss/y-te/", "https://doi-che.vn/news/rss/Van-hoa/"}

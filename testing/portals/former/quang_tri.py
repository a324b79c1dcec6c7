"""Quảng Trị as its spider described the former front: two sections, articles by their time stamps, a day beside each entry."""

from __future__ import annotations

from crawler.families.liferay_view_article import LiferayViewArticleSpider
from crawler.listings.html_list import ListShape, read_list
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_parameter
from crawler.portal import Sure

_LIST = ListShape(
    module=".portlet, .portlet-body, ul.news-list",
    pager="div.taglib-page-iterator",
    links=("li.news-item a.news-title", "li.news-item a"),
    entry="li.news-item",
    day="span.news-date",
)


class QuangTri(LiferayViewArticleSpider):
    name = "quang_tri"
    title = "Cổng thông tin điện tử tỉnh Quảng Trị"
    province = "quangtri"
    home = "https://www.quangtri.gov.vn"
    sections = (
        Section.at("/tin-trong-tinh", "Tin trong tỉnh"),
        Section.at("/chi-dao-dieu-hanh", "Chỉ đạo điều hành"),
    )
    sure = Sure.INFERRED

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        found = read_list(url, html, _LIST, cls.entry_key)
        return Listing(found.entries, next_by_parameter(found.pager, found.base, number, lambda name: name == "cur"))

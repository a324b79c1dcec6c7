"""Ninh Thuận, part of Khánh Hòa since 1 July 2025; a redirect of the old host was never seen."""

from crawler.families.tandan import TanDanSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class NinhThuan(TanDanSpider):
    name = "ninh_thuan"
    title = "Cổng thông tin điện tử tỉnh Ninh Thuận"
    province = "ninhthuan"
    home = "https://ninhthuan.gov.vn"
    sections = (
        Section.at("/portal/Pages/Tin-tuc-su-kien.aspx", "Tin tức - Sự kiện"),
        Section.at("/portal/Pages/Thong-tin-trong-tinh.aspx", "Thông tin trong tỉnh"),
    )
    sure = Sure.INFERRED  # one article's text is recorded; lists and layout were shown by nothing
    inferred = ("sections", "list", "paging", "key", "layout")

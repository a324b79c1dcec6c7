"""Lạng Sơn, on VHV by the files and addresses of its sub-sites; its sections are not known."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class LangSon(VHVSpider):
    name = "lang_son"
    title = "Cổng thông tin điện tử tỉnh Lạng Sơn"
    province = "langson"
    home = "https://langson.gov.vn"
    sections = (Section.at("/tin-moi", "Tin mới"),)
    sure = Sure.INFERRED  # one article address of July 2024, below /tin-moi
    inferred = ("sections", "list", "paging", "key", "layout")

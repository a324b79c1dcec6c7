"""Bình Định, part of Gia Lai since 1 July 2025."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class BinhDinh(VHVSpider):
    name = "binh_dinh"
    title = "Cổng thông tin điện tử tỉnh Bình Định"
    province = "binhdinh"
    home = "https://binhdinh.gov.vn"
    sections = (Section.at("/tin-tuc", "Tin tức"),)
    sure = Sure.INFERRED  # one article's text is recorded here, the markup only at another site of the family
    inferred = ("list", "paging", "key", "layout")

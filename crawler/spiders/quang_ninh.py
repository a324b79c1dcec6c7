"""Quảng Ninh; departments stand below `/So/<so>/` on the same host."""

from crawler.families.sp_qnp import SPQNPSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class QuangNinh(SPQNPSpider):
    name = "quang_ninh"
    title = "Cổng thông tin điện tử tỉnh Quảng Ninh"
    province = "quangninh"
    home = "https://www.quangninh.gov.vn"
    sections = (Section.at("/Trang/tin-tuc-su-kien.aspx", "Tin tức sự kiện"),)
    sure = Sure.INFERRED  # one article's text is recorded; lists and layout were shown by nothing
    inferred = ("list", "paging", "layout")

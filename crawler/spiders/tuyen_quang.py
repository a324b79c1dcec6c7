"""Tuyên Quang, which absorbed Hà Giang; its lists are not known, the front page stands for them."""

from crawler.families.tuyen_quang import TuyenQuangSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class TuyenQuang(TuyenQuangSpider):
    name = "tuyen_quang"
    title = "Cổng thông tin điện tử tỉnh Tuyên Quang"
    province = "tuyenquang"
    home = "https://www.tuyenquang.gov.vn"
    sections = (Section("trang-chu", "/", "Trang chủ"),)
    sure = Sure.INFERRED  # articles' addresses and keys are described, and nothing else
    inferred = ("sections", "list", "paging", "layout")
    file_hosts = ("apictt.tuyenquang.gov.vn",)

"""Quảng Ngãi, which absorbed Kon Tum; before July 2025 its portal ran on Liferay."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class QuangNgai(VHVSpider):
    name = "quang_ngai"
    title = "Cổng thông tin điện tử tỉnh Quảng Ngãi"
    province = "quangngai"
    home = "https://quangngai.gov.vn"
    sections = (
        Section.at("/tin-tuc", "Tin tức"),
        Section.at("/tin-tuc/tin-tu-cac-so-nganh-dia-phuong", "Tin từ các sở, ngành, địa phương"),
    )
    sure = Sure.DESCRIBED  # addresses of 2025 and 2026 in four independent files; the markup is the family's
    inferred = ("list", "paging", "key", "layout")

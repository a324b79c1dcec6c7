"""Đồng Nai, which absorbed Bình Phước: its front runs on Bình Phước's NukeViet, as do its departments and communes."""

from crawler.families.nukeviet import NukeVietSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class DongNai(NukeVietSpider):
    name = "dong_nai"
    title = "Cổng thông tin điện tử thành phố Đồng Nai"  # a city since 30 April 2026
    province = "dongnai"
    home = "https://dongnai.gov.vn"
    sections = (
        # The one category that an address named; others are not known.
        Section("tin-hoat-dong", "/vi/news/tin-hoat-dong-linh-vuc-nganh/", "Tin hoạt động lĩnh vực, ngành"),
    )
    sure = (
        Sure.INFERRED
    )  # addresses are described; the list is NukeViet's, its category was met in an article's address
    inferred = ("sections", "list", "paging", "layout")
    file_hosts = ("cdn.dongnai.gov.vn",)  # pictures and files, also those of the former Bình Phước

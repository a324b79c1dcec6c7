"""Tây Ninh, which absorbed Long An. The sections are those of its departments and communes: of the portal only the host was met."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class TayNinh(VNPTSpider):
    name = "tay_ninh"
    title = "Cổng thông tin điện tử tỉnh Tây Ninh"
    province = "tayninh"
    home = "https://tayninh.gov.vn"
    sections = (
        Section.at("/tin-tuc-su-kien", "Tin tức - Sự kiện"),
        Section.at("/tin-noi-bat", "Tin nổi bật"),
    )
    sure = Sure.INFERRED  # departments and communes show the system, no file shows an address of the portal
    inferred = ("sections", "list", "paging", "key", "layout")

"""Lai Châu; entries of its list carry their record's id and no day."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class LaiChau(VHVSpider):
    name = "lai_chau"
    title = "Cổng thông tin điện tử tỉnh Lai Châu"
    province = "laichau"
    home = "https://laichau.gov.vn"
    sections = (Section.at("/tin-tuc-su-kien", "Tin tức - Sự kiện"),)
    sure = Sure.DESCRIBED  # two readers of its list, of about October 2023
    inferred = ("paging", "key", "layout")

"""Phú Thọ, which absorbed Hòa Bình and Vĩnh Phúc; one list was read about 2022, before the merger."""

from crawler.families import UNNAMED_SKIN
from crawler.families.drupal import DrupalSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class PhuTho(DrupalSpider):
    name = "phu_tho"
    title = "Cổng thông tin điện tử tỉnh Phú Thọ"
    province = "phutho"
    home = "https://phutho.gov.vn"
    sections = (Section.at("/vi/thanhpholehoi/cac-le-hoi", "Các lễ hội"),)
    sure = Sure.INFERRED  # list and paging are described, before the merger; of an article's page nothing is
    inferred = ("sections", "key", "layout")
    numbered = True
    alias_parts = 3
    layouts = (*DrupalSpider.layouts, UNNAMED_SKIN)

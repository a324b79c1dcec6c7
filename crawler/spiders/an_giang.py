"""An Giang, which absorbed Kiên Giang; one section's address is known, what its list looks like is not."""

from crawler.families import UNNAMED_SKIN
from crawler.families.drupal import DrupalSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class AnGiang(DrupalSpider):
    name = "an_giang"
    title = "Cổng thông tin điện tử tỉnh An Giang"
    province = "angiang"
    home = "https://angiang.gov.vn"
    sections = (Section.at("/vi/dau-tu-cong", "Đầu tư công"),)
    sure = Sure.INFERRED  # addresses are described, nothing else is
    inferred = ("list", "paging", "layout")
    list_unknown = True
    layouts = (*DrupalSpider.layouts, UNNAMED_SKIN)

"""The Ministry of Industry and Trade; it asks for written consent to reuse."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class Moit(VHVSpider):
    name = "moit"
    title = "Bộ Công Thương"
    province = None
    home = "https://moit.gov.vn"
    sections = (Section.at("/tin-tuc", "Tin tức"),)
    sure = Sure.RECORDED  # an excerpt of a list and an article of September 2026
    inferred = ("paging", "key")

"""The journal of the Ministry of Science and Technology, the likely source of a text on Bắc Giang; never seen."""

from crawler.families.ministry_aspx import MinistryAspxSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class Vjst(MinistryAspxSpider):
    name = "vjst"
    title = "Tạp chí Khoa học và Công nghệ Việt Nam"
    province = None
    home = "https://vjst.vn"
    sections = (Section.at("/vn/tin-tuc.aspx", "Tin tức"),)
    sure = Sure.INFERRED
    inferred = ("home", "sections", "list", "paging", "key", "layout")

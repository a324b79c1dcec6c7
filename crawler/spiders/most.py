"""The Ministry of Science and Technology's former site; it is at mst.gov.vn now."""

from crawler.families.ministry_aspx import MinistryAspxSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class Most(MinistryAspxSpider):
    name = "most"
    title = "Bộ Khoa học và Công nghệ (trang cũ)"
    province = None
    home = "https://www.most.gov.vn"
    moved_to = ("mst.gov.vn",)
    sections = (Section.at("/vn/tin-tuc.aspx", "Tin tức"),)
    sure = Sure.INFERRED  # addresses and one text were met, no list and no markup
    inferred = ("sections", "list", "paging", "layout")

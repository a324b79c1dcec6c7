"""Nghệ An; its news section carries a number in its address. Communes and departments are sites of the same system."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class NgheAn(VNPTSpider):
    name = "nghe_an"
    title = "Cổng thông tin điện tử tỉnh Nghệ An"
    province = "nghean"
    home = "https://nghean.gov.vn"
    sections = (
        Section("tin-tuc-su-kien", "/tin-tuc-su-kien-73053", "Tin tức - Sự kiện"),
        Section.at("/tin-noi-bat", "Tin nổi bật"),
        Section.at("/kinh-te-chinh-tri", "Kinh tế - Chính trị"),
        Section.at("/diem-du-lich", "Điểm du lịch"),
    )
    sure = Sure.INFERRED  # five independent files show its addresses; its markup is taken from the family
    inferred = ("list", "paging", "layout")

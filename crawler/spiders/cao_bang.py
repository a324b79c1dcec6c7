"""Cao Bằng."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class CaoBang(VNPTSpider):
    name = "cao_bang"
    title = "Cổng thông tin điện tử tỉnh Cao Bằng"
    province = "caobang"
    home = "https://caobang.gov.vn"
    sections = (
        Section.at("/chinh-tri", "Chính trị"),
        Section.at("/kinh-te", "Kinh tế"),
        Section.at("/van-hoaxa-hoi", "Văn hóa - Xã hội"),
        Section.at("/quoc-phong-an-ninh", "Quốc phòng - An ninh"),
        Section.at("/chuyen-muc-tin-tuc", "Tin tức"),
        Section.at("/lich-su-van-hoa", "Lịch sử - Văn hóa"),
        Section.at("/di-tich", "Di tích"),
        Section.at("/danh-lam-thang-canh", "Danh lam thắng cảnh"),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging",)  # the described scraper clicks; the family's POST is expected

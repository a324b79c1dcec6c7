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
        Section("chinh-tri", "/chinh-tri", "Chính trị"),
        Section("kinh-te", "/kinh-te", "Kinh tế"),
        Section("van-hoaxa-hoi", "/van-hoaxa-hoi", "Văn hóa - Xã hội"),
        Section("quoc-phong-an-ninh", "/quoc-phong-an-ninh", "Quốc phòng - An ninh"),
        Section("chuyen-muc-tin-tuc", "/chuyen-muc-tin-tuc", "Tin tức"),
        Section("lich-su-van-hoa", "/lich-su-van-hoa", "Lịch sử - Văn hóa"),
        Section("di-tich", "/di-tich", "Di tích"),
        Section("danh-lam-thang-canh", "/danh-lam-thang-canh", "Danh lam thắng cảnh"),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging",)  # the described scraper clicks; the family's POST is expected

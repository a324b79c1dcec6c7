"""Sơn La; links to its Taiwanese edition stand among the news. The gazette has a spider of its own."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class SonLa(VNPTSpider):
    name = "son_la"
    title = "Cổng thông tin điện tử tỉnh Sơn La"
    province = "sonla"
    home = "https://sonla.gov.vn"
    sections = (
        Section.at("/tin-chinh-tri", "Chính trị"),
        Section.at("/tin-kinh-te", "Kinh tế"),
        Section.at("/tin-van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section.at("/an-ninh-quoc-phong", "An ninh - Quốc phòng"),
        Section.at("/chinh-quyen-voi-doanh-nghiep", "Doanh nghiệp"),
        Section.at("/lich-su-son-la", "Lịch sử"),
        Section.at("/dieu-kien-tu-nhien", "Điều kiện tự nhiên"),
        Section.at("/cac-xa-phuong", "Xã phường"),
        Section.at("/co-so-ha-tang", "Cơ sở hạ tầng"),
        Section.at("/di-san-van-hoa", "Di sản văn hóa"),
        Section.at("/cac-dan-toc-son-la", "Dân tộc"),
        Section.at("/doi-ngoai-nhan-dan", "Đối ngoại"),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging",)  # the described scraper clicks; the family's POST is expected
    tls = "unverified"  # so it was read in January 2026

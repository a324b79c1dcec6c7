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
        Section("tin-chinh-tri", "/tin-chinh-tri", "Chính trị"),
        Section("tin-kinh-te", "/tin-kinh-te", "Kinh tế"),
        Section("tin-van-hoa-xa-hoi", "/tin-van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section("an-ninh-quoc-phong", "/an-ninh-quoc-phong", "An ninh - Quốc phòng"),
        Section("chinh-quyen-voi-doanh-nghiep", "/chinh-quyen-voi-doanh-nghiep", "Doanh nghiệp"),
        Section("lich-su-son-la", "/lich-su-son-la", "Lịch sử"),
        Section("dieu-kien-tu-nhien", "/dieu-kien-tu-nhien", "Điều kiện tự nhiên"),
        Section("cac-xa-phuong", "/cac-xa-phuong", "Xã phường"),
        Section("co-so-ha-tang", "/co-so-ha-tang", "Cơ sở hạ tầng"),
        Section("di-san-van-hoa", "/di-san-van-hoa", "Di sản văn hóa"),
        Section("cac-dan-toc-son-la", "/cac-dan-toc-son-la", "Dân tộc"),
        Section("doi-ngoai-nhan-dan", "/doi-ngoai-nhan-dan", "Đối ngoại"),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging",)  # the described scraper clicks; the family's POST is expected
    tls = "unverified"  # so it was read in January 2026

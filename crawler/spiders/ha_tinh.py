"""Hà Tĩnh; its communes use Tân Dân."""

from crawler.families.hatinh import HaTinhSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class HaTinh(HaTinhSpider):
    name = "ha_tinh"
    title = "Cổng thông tin điện tử tỉnh Hà Tĩnh"
    province = "hatinh"
    home = "https://hatinh.gov.vn"
    sections = (
        Section.at("/vi/chuyen-muc/tin-trong-tinh", "Tin trong tỉnh"),
        Section.at("/vi/chuyen-muc/tin-trong-nuoc", "Tin trong nước"),
        Section.at("/vi/chuyen-muc/hoat-dong-so-ban-nganh-dia-phuong", "Hoạt động Sở - Ban - Ngành - Địa phương"),
        Section.at("/vi/chuyen-muc/tin-quoc-te", "Tin quốc tế"),
        Section("so-lieu-kinh-te-xa-hoi", "/vi/chuyen-muc/so-lieu-kinh-te---xa-hoi", "Số liệu kinh tế - xã hội"),
        Section.at("/vi/chuyen-muc/dau-tu-phat-trien", "Đầu tư - Phát triển"),
        Section.at("/vi/chuyen-muc/doanh-nghiep", "Doanh nghiệp"),
        Section.at("/vi/chuyen-muc/cong-dan", "Công dân"),
    )
    sure = Sure.DESCRIBED
    inferred = ("key",)

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
        Section("tin-trong-tinh", "/vi/chuyen-muc/tin-trong-tinh", "Tin trong tỉnh"),
        Section("tin-trong-nuoc", "/vi/chuyen-muc/tin-trong-nuoc", "Tin trong nước"),
        Section(
            "hoat-dong-so-ban-nganh-dia-phuong",
            "/vi/chuyen-muc/hoat-dong-so-ban-nganh-dia-phuong",
            "Hoạt động Sở - Ban - Ngành - Địa phương",
        ),
        Section("tin-quoc-te", "/vi/chuyen-muc/tin-quoc-te", "Tin quốc tế"),
        Section("so-lieu-kinh-te-xa-hoi", "/vi/chuyen-muc/so-lieu-kinh-te---xa-hoi", "Số liệu kinh tế - xã hội"),
        Section("dau-tu-phat-trien", "/vi/chuyen-muc/dau-tu-phat-trien", "Đầu tư - Phát triển"),
        Section("doanh-nghiep", "/vi/chuyen-muc/doanh-nghiep", "Doanh nghiệp"),
        Section("cong-dan", "/vi/chuyen-muc/cong-dan", "Công dân"),
    )
    sure = Sure.DESCRIBED
    inferred = ("key",)

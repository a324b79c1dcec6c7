"""Hưng Yên, which absorbed Thái Bình; `-c21072-1.html` is a list, `-c284386.html` an article."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class HungYen(VHVSpider):
    name = "hung_yen"
    title = "Cổng thông tin điện tử tỉnh Hưng Yên"
    province = "hungyen"
    home = "https://hungyen.gov.vn"
    sections = (
        Section("lang-nghe-truyen-thong", "/chuyen-muc-lang-nghe-truyen-thong-c21072-1.html", "Lắng nghe truyền thông"),
        Section(
            "lich-su-van-hoa-du-lich", "/chuyen-muc-lich-su-van-hoa-du-lich-c28-1.html", "Lịch sử - Văn hóa - Du lịch"
        ),
        Section("tin-tong-hop", "/chuyen-muc-tin-tong-hop-c21073-1.html", "Tin tổng hợp"),
        Section(
            "bau-cu-dai-bieu-quoc-hoi-khoa-xvi",
            "/chuyen-muc-bau-cu-dai-bieu-quoc-hoi-khoa-xvi-c21087-1.html",
            "Bầu cử đại biểu Quốc hội khóa XVI",
        ),
        Section(
            "tin-cac-so-nganh-xa-phuong",
            "/chuyen-muc-tin-cac-so-nganh-xa-phuong-c216-1.html",
            "Tin các sở, ngành, xã, phường",
        ),
        Section("tin-chung-toan-tinh", "/chuyen-muc-tin-chung-toan-tinh-c217-1.html", "Tin chung toàn tỉnh"),
        Section("tin-quoc-te", "/chuyen-muc-tin-quoc-te-c220-1.html", "Tin quốc tế"),
        Section("tin-trong-nuoc", "/chuyen-muc-tin-trong-nuoc-c221-1.html", "Tin trong nước"),
        Section("vb-chinh-sach-moi", "/chuyen-muc-vb-chinh-sach-moi-c223-1.html", "Văn bản chính sách mới"),
    )
    sure = Sure.DESCRIBED
    tls = "level1"  # a scraper of January 2026 needed OpenSSL's level 1 without verification
    list_interface = ""  # its lists are numbered pages

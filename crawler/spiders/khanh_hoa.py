"""Khánh Hòa, which absorbed Ninh Thuận; further list pages by postback, section names read from their addresses."""

from crawler.families.webforms import WebFormsSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class KhanhHoa(WebFormsSpider):
    name = "khanh_hoa"
    title = "Cổng thông tin điện tử tỉnh Khánh Hòa"
    province = "khanhhoa"
    home = "https://khanhhoa.gov.vn"
    sections = (
        Section.at("/vi/tin-hoat-dong-cua-lanh-dao-tinh", "Tin hoạt động của lãnh đạo tỉnh"),
        Section.at("/vi/tin-hoat-dong-so-nganh-dia-phuong", "Tin hoạt động sở, ngành, địa phương"),
        Section.at("/vi/chinh-sach-va-cuoc-song", "Chính sách và cuộc sống"),
        Section.at("/vi/tin-noi-bat-danh-cho-cong-dan", "Tin nổi bật dành cho công dân"),
        Section.at("/vi/tin-noi-bat-danh-cho-doanh-nghiep", "Tin nổi bật dành cho doanh nghiệp"),
        Section.at("/vi/gioi-thieu-den-du-khach", "Giới thiệu đến du khách"),
    )
    sure = Sure.DESCRIBED
    inferred = ("list", "key")
    tls = "unverified"  # so it was read in January 2026

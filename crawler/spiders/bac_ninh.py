"""Bắc Ninh, which absorbed Bắc Giang: section pages name the address of their JSON list."""

from crawler.families.liferay_json_portlet import LiferayJsonPortletSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class BacNinh(LiferayJsonPortletSpider):
    name = "bac_ninh"
    title = "Cổng thông tin điện tử tỉnh Bắc Ninh"
    province = "bacninh"
    home = "https://bacninh.gov.vn"
    sections = (
        Section("chinh-tri", "/chinh-tri", "Chính trị"),
        Section("kinh-te", "/kinh-te", "Kinh tế"),
        Section("van-hoa", "/van-hoa", "Văn hóa"),
        Section("lich-su-van-hoa", "/lich-su-van-hoa", "Lịch sử văn hóa"),
        Section("xa-hoi", "/xa-hoi", "Xã hội"),
        Section("so-nganh-dia-phuong", "/so-nganh-dia-phuong", "Sở ngành địa phương"),
        Section("tin-trong-nuoc", "/tin-trong-nuoc", "Tin trong nước"),
        Section("tin-quoc-te", "/tin-quoc-te", "Tin quốc tế"),
        Section("du-khach", "/du-khach", "Du khách"),
        Section("tiem-nang-phat-trien", "/tiem-nang-phat-trien", "Tiềm năng phát triển"),
        Section("co-so-ha-tang", "/co-so-ha-tang", "Cơ sở hạ tầng"),
    )
    sure = Sure.DESCRIBED
    inferred = ("key",)
    tls = "level1"  # so it was read in January 2026

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
        Section.at("/chinh-tri", "Chính trị"),
        Section.at("/kinh-te", "Kinh tế"),
        Section.at("/van-hoa", "Văn hóa"),
        Section.at("/lich-su-van-hoa", "Lịch sử văn hóa"),
        Section.at("/xa-hoi", "Xã hội"),
        Section.at("/so-nganh-dia-phuong", "Sở ngành địa phương"),
        Section.at("/tin-trong-nuoc", "Tin trong nước"),
        Section.at("/tin-quoc-te", "Tin quốc tế"),
        Section.at("/du-khach", "Du khách"),
        Section.at("/tiem-nang-phat-trien", "Tiềm năng phát triển"),
        Section.at("/co-so-ha-tang", "Cơ sở hạ tầng"),
    )
    sure = Sure.DESCRIBED
    inferred = ("key",)
    tls = "level1"  # so it was read in January 2026

"""Bắc Giang, part of Bắc Ninh since 1 July 2025; the old host still answered in January 2026."""

from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class BacGiang(LiferayAssetPublisherSpider):
    name = "bac_giang"
    title = "Cổng thông tin điện tử tỉnh Bắc Giang"
    province = "bacgiang"
    home = "https://bacgiang.gov.vn"
    sections = (
        Section.at("/chinh-tri", "Chính trị"),
        Section.at("/kinh-te", "Kinh tế"),
        Section.at("/van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section.at("/quoc-phong-an-ninh", "Quốc phòng - An ninh"),
        Section.at("/so-ban-nganh", "Sở ban ngành"),
        Section.at("/hoi-doan-the", "Hội đoàn thể"),
        Section.at("/huyen-thanh-pho", "Huyện - Thành phố"),
        Section.at("/tin-trong-tinh", "Tin trong tỉnh"),
        Section.at("/tin-trong-nuoc", "Tin trong nước"),
        Section.at("/tin-tuc-quoc-te", "Tin quốc tế"),
    )
    sure = Sure.DESCRIBED
    tls = "level1"  # a scraper of January 2026 needed OpenSSL's level 1 without verification

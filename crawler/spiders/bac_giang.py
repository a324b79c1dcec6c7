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
        Section("chinh-tri", "/chinh-tri", "Chính trị"),
        Section("kinh-te", "/kinh-te", "Kinh tế"),
        Section("van-hoa-xa-hoi", "/van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section("quoc-phong-an-ninh", "/quoc-phong-an-ninh", "Quốc phòng - An ninh"),
        Section("so-ban-nganh", "/so-ban-nganh", "Sở ban ngành"),
        Section("hoi-doan-the", "/hoi-doan-the", "Hội đoàn thể"),
        Section("huyen-thanh-pho", "/huyen-thanh-pho", "Huyện - Thành phố"),
        Section("tin-trong-tinh", "/tin-trong-tinh", "Tin trong tỉnh"),
        Section("tin-trong-nuoc", "/tin-trong-nuoc", "Tin trong nước"),
        Section("tin-tuc-quoc-te", "/tin-tuc-quoc-te", "Tin quốc tế"),
    )
    sure = Sure.DESCRIBED
    tls = "level1"  # a scraper of January 2026 needed OpenSSL's level 1 without verification

"""Đắk Lắk, which absorbed Phú Yên; its lists are not known, the front page's feed is, and was read about 2022."""

from crawler.families import UNNAMED_SKIN
from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.listings.listing import Section, SectionKind
from crawler.portal import Sure


class DakLak(LiferayAssetPublisherSpider):
    name = "dak_lak"
    title = "Cổng thông tin điện tử tỉnh Đắk Lắk"
    province = "daklak"
    home = "https://daklak.gov.vn"
    sections = (Section("trang-chu", "/trang-chu/-/asset_publisher/Wc4AMpniWT49/rss", "Trang chủ", SectionKind.FEED),)
    # Left out: `/van-ban-chi-dao-dieu-hanh`, whose entries are documents without a text.
    sure = Sure.INFERRED  # addresses and feed are described, of an article's page nothing is
    inferred = ("layout",)
    layouts = (*LiferayAssetPublisherSpider.layouts, UNNAMED_SKIN)

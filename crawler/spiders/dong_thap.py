"""Đồng Tháp, which absorbed Tiền Giang; articles are named by `?id=`, what its lists look like is not known."""

from crawler.families import UNNAMED_SKIN
from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class DongThap(LiferayAssetPublisherSpider):
    name = "dong_thap"
    title = "Cổng thông tin điện tử tỉnh Đồng Tháp"
    province = "dongthap"
    home = "https://dongthap.gov.vn"
    sections = (Section.at("/tin-tuc", "Tin tức"),)  # the page above that of the articles
    sure = Sure.INFERRED  # addresses of articles are described, nothing else is
    inferred = ("sections", "list", "paging", "layout")
    list_unknown = True
    layouts = (*LiferayAssetPublisherSpider.layouts, UNNAMED_SKIN)

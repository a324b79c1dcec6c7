"""Quảng Trị, which absorbed Quảng Bình on the same platform."""

from crawler.families.liferay_view_article import LiferayViewArticleSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class QuangTri(LiferayViewArticleSpider):
    name = "quang_tri"
    title = "Cổng thông tin điện tử tỉnh Quảng Trị"
    province = "quangtri"
    home = "https://www.quangtri.gov.vn"
    sections = (
        Section.at("/tin-trong-tinh", "Tin trong tỉnh"),
        Section.at("/chi-dao-dieu-hanh", "Chỉ đạo điều hành"),
    )
    sure = Sure.INFERRED  # one article's text is recorded; lists and layout were shown by nothing
    inferred = ("sections", "list", "paging", "layout")

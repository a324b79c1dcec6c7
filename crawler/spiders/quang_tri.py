"""Quảng Trị, which absorbed Quảng Bình on the same platform; its articles before the present front have addresses of their own."""

from crawler.families import UNNAMED_SKIN
from crawler.families.liferay_view_article import LiferayViewArticleSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class QuangTri(LiferayViewArticleSpider):
    name = "quang_tri"
    title = "Cổng thông tin điện tử tỉnh Quảng Trị"
    province = "quangtri"
    home = "https://www.quangtri.gov.vn"
    sections = (Section.at("/tin-tuc", "Tin tức"),)
    sure = Sure.INFERRED  # its addresses are described; no source shows the markup of its lists and articles
    inferred = ("list", "paging", "layout")
    tls = "unverified"  # a monitor of May 2026 met a certificate chain that is not valid
    layouts = (*LiferayViewArticleSpider.layouts, UNNAMED_SKIN)

"""The Ministry of Construction; its feed of new legal texts is the one list of it that was met."""

from crawler.families.ministry_aspx import MinistryAspxSpider
from crawler.listings.listing import Section, SectionKind
from crawler.portal import Sure


class Moc(MinistryAspxSpider):
    name = "moc"
    title = "Bộ Xây dựng"
    province = None
    home = "https://moc.gov.vn"
    sections = (
        Section(
            "gioi-thieu-van-ban-moi",
            "/rss/1196/gioi-thieu-van-ban-moi.rss",
            "Giới thiệu văn bản mới",
            SectionKind.FEED,
        ),
    )
    sure = Sure.DESCRIBED  # its feed and the addresses of its articles were in use in 2026
    inferred = ("layout",)
    by_query = True

"""TP. Hồ Chí Minh, which absorbed Bình Dương and Bà Rịa - Vũng Tàu; one list of all news, described in July 2026."""

from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class HoChiMinh(LiferayAssetPublisherSpider):
    name = "ho_chi_minh"
    title = "Cổng thông tin Thành phố Hồ Chí Minh"
    province = "hochiminhcity"
    home = "https://hochiminhcity.gov.vn"
    sections = (
        # The path is `tin-tức-sự-kiện-all-`, with its hyphen at the end.
        Section(
            "tat-ca-tin",
            "/tin-t%E1%BB%A9c-s%E1%BB%B1-ki%E1%BB%87n-all-",
            "Tin tức - Sự kiện",
            asks=(("publisher", "iwwYBC4Hj8wV"),),
        ),
    )
    sure = Sure.DESCRIBED  # the list's markup is recorded; title, lead and date of the article are described
    inferred = ("layout",)  # nobody named the body
    tls = "unverified"  # so it was read in July 2026

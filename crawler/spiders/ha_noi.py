"""Hà Nội; one section with a described list, five that were only met in addresses."""

from crawler.families.vccorp_posted import VCCorpPostedSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class HaNoi(VCCorpPostedSpider):
    name = "ha_noi"
    title = "Cổng thông tin điện tử thành phố Hà Nội"
    province = "hanoi"
    home = "https://hanoi.gov.vn"
    sections = (
        Section.at("/tin-tuc-su-kien-noi-bat", "Tin nổi bật"),
        Section.at("/chi-dao-dieu-hanh", "Chỉ đạo điều hành"),
        Section.at("/tin-so-nganh", "Tin sở, ngành"),
        Section.at("/di-tich-danh-thang", "Di tích, danh thắng"),
        Section(
            "chi-dao-cua-ubnd-thanh-pho-ha-noi",
            "/chi-dao-cua-ubnd-thanh-pho-ha-noi",
            "Chỉ đạo của UBND thành phố Hà Nội",
            asks=(  # as read in July 2026
                ("Catname", "fFeUG2QagshQSId/gnsY7cA7vzDD4bMURXrY7ae9cm68FyOjl3l+4A=="),
                ("PageSize", "DxZD1w2i+8E="),
                ("LanguageId", "jM2HDDVEz40="),
                ("Site", "/CP0MQRJUt0="),
            ),
        ),
        Section.at("/infographics", "Infographics"),
    )
    sure = Sure.DESCRIBED
    inferred = ("sections", "paging")  # where the page prints the opaque values of its list is not known

"""Huế, a city of the state since 2025; addresses are described, what lists and pages look like is not known."""

from crawler.families.dnn import DNNSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class Hue(DNNSpider):
    name = "hue"
    title = "Cổng thông tin điện tử thành phố Huế"
    province = "hue"
    home = "https://hue.gov.vn"
    sections = (
        # The pages above those of known articles; `đ` stays in the name of a page.
        Section(
            "hoat-dong-su-kien-noi-bat",
            "/Trang-chu/Cac-hoat-%C4%91ong-su-kien-noi-bat-cua-%C4%91ia-phuong-trong-thanh-pho",
            "Các hoạt động, sự kiện nổi bật của địa phương trong thành phố",
        ),
        Section.at("/Du-khach/Thong-tin-du-khach/Kham-pha-Hue", "Khám phá Huế"),
    )
    sure = Sure.INFERRED  # addresses of articles are described, nothing else is
    inferred = ("sections", "list", "paging", "layout")

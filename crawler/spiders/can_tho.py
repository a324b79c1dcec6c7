"""Cần Thơ, which absorbed Sóc Trăng and Hậu Giang."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class CanTho(VNPTSpider):
    name = "can_tho"
    title = "Cổng thông tin điện tử thành phố Cần Thơ"
    province = "cantho"
    home = "https://www.cantho.gov.vn"
    sections = (
        Section.at("/hoat-dong-lanh-dao-thanh-pho", "Hoạt động Lãnh đạo thành phố"),
        Section.at("/chi-dao-dieu-hanh-trung-uong-dia-phuong", "Chỉ đạo điều hành Trung ương - Địa phương"),
        Section.at("/tuyen-truyen-pho-bien-phap-luat", "Tuyên truyền - Phổ biến pháp luật"),
        Section.at(
            "/huong-toi-dai-hoi-dai-bieu-toan-quoc-lan-thu-xiv-cua-dang",
            "Hướng tới đại hội đại biểu toàn quốc lần thứ XIV của Đảng",
        ),
        Section.at("/bau-cu-dai-bieu-quoc-hoi-va-hoi-dong-nhan-dan", "Bầu cử Đại biểu Quốc hội và Hội đồng nhân dân"),
        Section.at("/cong-khai-thong-tin", "Công khai thông tin"),
        Section.at("/tin-tuc-va-su-kien", "Tin tức - Sự kiện nổi bật"),
        Section.at("/thong-tin-can-biet", "Thông tin cần biết"),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging",)  # `?page=N` was used but never shown to work; the family's POST is expected

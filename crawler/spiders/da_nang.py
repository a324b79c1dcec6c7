"""Đà Nẵng, which absorbed Quảng Nam; fourteen articles a day in December 2025."""

from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class DaNang(LiferayAssetPublisherSpider):
    name = "da_nang"
    title = "Cổng thông tin điện tử thành phố Đà Nẵng"
    province = "danang"
    home = "https://danang.gov.vn"
    sections = (
        Section.at("/tin-tuc-su-kien", "Tin tức - Sự kiện"),
        Section.at("/le-hoi-su-kien", "Lễ hội & Sự kiện"),
        Section.at("/noi-o", "Nơi ở"),
        Section.at("/lang-nghe-truyen-thong", "Làng nghề truyền thống"),
        Section.at("/vi/chinh-quyen", "Chính quyền"),
        Section.at("/vi/cong-dan", "Công dân"),
        Section.at("/vi/doanh-nghiep", "Doanh nghiệp"),
        Section.at("/vi/du-khach", "Du khách"),
    )
    sure = Sure.DESCRIBED  # the texts of 432 articles are recorded, the markup is described
    labels = (
        "Hoạt động của các sở, ngành và địa phương",
        "Video Chỉ đạo điều hành",
        "Truyền thông chính sách",
        "Doanh nghiệp, thị trường",
        "An ninh Đà Nẵng - Tin tức",
        "Phòng chống tham nhũng, tiêu cực",
        "Chỉ đạo, điều hành của UBND",
        "Làng nghề truyền thống",
        "CỔNG THÔNG TIN ĐIỆN TỬ THÀNH PHỐ",
        "Bầu cử đại biểu Quốc hội khóa XVI và đại biểu HĐND các cấp nhiệm kỳ 2026 - 2031",
        "Tin tức - Hóa đơn điện tử",
        "Hoạt động chính quyền 2 cấp thành phố Đà Nẵng",
        "Hội đồng nhân dân thành phố",
        "Thông tin liên quan Sâm Ngọc Linh",
    )

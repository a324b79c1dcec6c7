"""Thái Nguyên, which absorbed Bắc Kạn."""

from crawler.families.liferay_asset_publisher import LiferayAssetPublisherSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class ThaiNguyen(LiferayAssetPublisherSpider):
    name = "thai_nguyen"
    title = "Cổng thông tin điện tử tỉnh Thái Nguyên"
    province = "thainguyen"
    home = "https://thainguyen.gov.vn"
    sections = (
        Section.at("/vi_VN/tin-hoat-dong-cua-lanh-dao-chinh-quyen", "Tin hoạt động của lãnh đạo chính quyền"),
        Section.at("/vi_VN/doi-moi-sang-tao-vi-thai-nguyen-than-yeu", "Đổi mới sáng tạo vì Thái Nguyên thân yêu"),
        Section.at("/vi_VN/cong-nghe", "Công nghệ"),
        Section.at("/vi_VN/tin-tuc-chuyen-do-so", "Tin tức chuyển đổi số"),
        Section("tin-hoat-dong-doanh-nghiep", "/vi_VN/tin-hoat-dong-doanh-nghiep/", "Tin hoạt động doanh nghiệp"),
        Section.at("/vi_VN/tin-tuc-bau-cu", "Tin tức bầu cử"),
        Section.at("/vi_VN/dat-va-nguoi-thai-nguyen", "Đất và người Thái Nguyên"),
        Section.at("/vi_VN/cam-nang-du-lich", "Cẩm nang du lịch"),
        Section.at("/vi_VN/chuong-trinh-du-lich-hap-dan", "Chương trình du lịch hấp dẫn"),
        Section.at("/vi_VN/thoi-su", "Thời sự"),
        Section.at("/vi_VN/tin-hoat-dong-cua-tinh", "Tin hoạt động của tỉnh"),
        Section.at("/vi_VN/tin-hoat-dong-cua-don-vi", "Tin hoạt động của đơn vị"),
        Section.at("/vi_VN/bai-viet-thai-nguyen", "Bài viết Thái Nguyên"),
        Section.at("/vi_VN/tin-trong-nuoc", "Tin trong nước"),
        Section.at("/vi_VN/tin-quoc-te", "Tin quốc tế"),
        Section.at("/van-hoa", "Văn hóa"),
    )
    sure = Sure.DESCRIBED

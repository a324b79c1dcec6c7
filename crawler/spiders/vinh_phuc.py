"""Vĩnh Phúc, which ended on 1 July 2025 (now Phú Thọ): one list interface for all sections, texts in its answers."""

from crawler.families.sharepoint_query import SharePointQuerySpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class VinhPhuc(SharePointQuerySpider):
    name = "vinh_phuc"
    title = "Cổng thông tin giao tiếp điện tử tỉnh Vĩnh Phúc"
    province = "vinhphuc"
    home = "https://vinhphuc.gov.vn"
    sections = (
        Section("thoi-su-chinh-tri", "/ct/cms/tintuc/Lists/ThoiSuChinhTri", "Thời sự chính trị"),
        Section("kinh-te", "/ct/cms/tintuc/Lists/KinhTe", "Kinh tế"),
        Section("van-hoa-xa-hoi", "/ct/cms/tintuc/Lists/VanHoaXaHoi", "Văn hóa xã hội"),
        Section("nguoi-tot-viec-tot", "/ct/cms/tintuc/Lists/NguoiTotViecTot", "Người tốt việc tốt"),
        Section("ky-niem-ngay-truyen-thong", "/ct/cms/tintuc/Lists/KyNiemNgayTruyenThong", "Kỷ niệm ngày truyền thống"),
        Section("vinh-phuc-vao-xuan", "/doanhnghiep/Lists/vinhphucvaoxuan", "Vĩnh Phúc vào xuân"),
        Section("diem-tham-quan", "/ct/cms/dukhach/Lists/im%20thm%20quan", "Điểm tham quan"),  # so spelled
        Section("di-tich-danh-thang", "/ct/cms/dukhach/Lists/DiTichDanhThang", "Di tích danh thắng"),
    )
    sure = Sure.DESCRIBED
    inferred = ("key",)
    tls = "level1"  # so it was read in January 2026

"""Điện Biên."""

from crawler.families.tandan import TanDanSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class DienBien(TanDanSpider):
    name = "dien_bien"
    title = "Cổng thông tin điện tử tỉnh Điện Biên"
    province = "dienbien"
    home = "https://www.dienbien.gov.vn"
    sections = (
        Section.at("/portal/Pages/Hoat-dong-lanh-dao-UBND-tinh.aspx", "Hoạt động lãnh đạo UBND tỉnh"),
        Section.at("/portal/Pages/Tin-chi-dao-dieu-hanh.aspx", "Tin chỉ đạo điều hành"),
        Section.at("/portal/Pages/Tin-tuc-su-kien.aspx", "Tin tức - Sự kiện"),
        Section.at("/portal/Pages/Thong-tin-trong-tinh.aspx", "Thông tin trong tỉnh"),
        Section.at("/portal/Pages/Thong-tin-trong-nuoc-va-quoc-te.aspx", "Thông tin trong nước và quốc tế"),
        Section.at("/portal/Pages/Chuyen-muc-Kinh-te-Xa-hoi.aspx", "Kinh tế - Xã hội"),
        Section.at("/portal/Pages/Quoc-phong-an-ninh.aspx", "Quốc phòng - An ninh"),
        Section.at("/portal/Pages/Van-hoa-Du-lich.aspx", "Văn hóa - Du lịch"),
        Section.at("/portal/Pages/Giao-duc-Y-te.aspx", "Giáo dục - Y tế"),
        Section.at("/portal/Pages/Khoa-hoc-Cong-nghe.aspx", "Khoa học - Công nghệ"),
        Section.at("/portal/Pages/Moi-truong-Do-thi.aspx", "Môi trường - Đô thị"),
        Section.at("/portal/Pages/Chuyen-muc-Cai-cach-hanh-chinh.aspx", "Cải cách hành chính"),
        Section.at("/portal/Pages/Hoat-dong-cua-cac-nganh-dia-phuong.aspx", "Hoạt động của các ngành, địa phương"),
        Section.at("/portal/Pages/co_che_chinh_sach.aspx", "Cơ chế chính sách"),
        Section.at("/portal/Pages/Diem-tham-quan.aspx", "Điểm tham quan"),
        Section.at("/portal/Pages/Viet-ve-du-lich-Dien-Bien.aspx", "Viết về du lịch Điện Biên"),
        Section.at("/portal/Pages/Tuyen-truyen-phong-chong-tham-nhung.aspx", "Tuyên truyền phòng chống tham nhũng"),
        Section.at("/portal/Pages/Thong-tin-vu-an-vu-viec-tham-nhung.aspx", "Thông tin vụ án, vụ việc tham nhũng"),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging", "key")  # the described scraper clicks the next number
    tls = "unverified"  # so it was read in January 2026

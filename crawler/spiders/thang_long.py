"""The Government's pages on Hà Nội; pages after the last repeat."""

from crawler.families.vccorp import VCCorpSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class ThangLong(VCCorpSpider):
    name = "thang_long"
    title = "Trang Thủ đô của Báo Điện tử Chính phủ"
    province = None
    home = "https://thanglong.chinhphu.vn"
    sections = (
        Section.at("/thoi-su.htm", "Thời sự"),
        Section.at("/chinh-phu-voi-ha-noi.htm", "Chính phủ với Hà Nội"),
        Section.at("/kinh-te.htm", "Kinh tế"),
        Section.at("/kinh-te/ngan-hang.htm", "Ngân hàng"),
        Section.at("/kinh-te/chung-khoan.htm", "Chứng khoán"),
        Section.at("/kinh-te/thi-truong.htm", "Thị trường"),
        Section.at("/kinh-te/doanh-nghiep.htm", "Doanh nghiệp"),
        Section.at("/kinh-te/khoi-nghiep.htm", "Khởi nghiệp"),
        Section.at("/xa-hoi/y-te.htm", "Y tế"),
        Section.at("/xa-hoi/khoa-hoc.htm", "Khoa học"),
        Section.at("/xa-hoi/giao-duc.htm", "Giáo dục"),
        Section.at("/xa-hoi/doi-song.htm", "Đời sống"),
        Section.at("/xa-hoi/phap-luat.htm", "Pháp luật"),
        Section.at("/nha-dau-tu/chinh-sach-uu-dai.htm", "Chính sách ưu đãi"),
        Section.at("/nha-dau-tu/cai-cach-thu-tuc-hanh-chinh.htm", "Cải cách thủ tục hành chính"),
        Section.at("/van-hoa-giai-tri/ha-noi-van-hien.htm", "Hà Nội văn hiến"),
        Section.at("/du-lich/diem-den.htm", "Điểm đến"),
        Section.at("/du-lich/am-thuc.htm", "Ẩm thực"),
    )
    sure = Sure.DESCRIBED
    numbered = True

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
        Section("thoi-su", "/thoi-su.htm", "Thời sự"),
        Section("chinh-phu-voi-ha-noi", "/chinh-phu-voi-ha-noi.htm", "Chính phủ với Hà Nội"),
        Section("kinh-te", "/kinh-te.htm", "Kinh tế"),
        Section("ngan-hang", "/kinh-te/ngan-hang.htm", "Ngân hàng"),
        Section("chung-khoan", "/kinh-te/chung-khoan.htm", "Chứng khoán"),
        Section("thi-truong", "/kinh-te/thi-truong.htm", "Thị trường"),
        Section("doanh-nghiep", "/kinh-te/doanh-nghiep.htm", "Doanh nghiệp"),
        Section("khoi-nghiep", "/kinh-te/khoi-nghiep.htm", "Khởi nghiệp"),
        Section("y-te", "/xa-hoi/y-te.htm", "Y tế"),
        Section("khoa-hoc", "/xa-hoi/khoa-hoc.htm", "Khoa học"),
        Section("giao-duc", "/xa-hoi/giao-duc.htm", "Giáo dục"),
        Section("doi-song", "/xa-hoi/doi-song.htm", "Đời sống"),
        Section("phap-luat", "/xa-hoi/phap-luat.htm", "Pháp luật"),
        Section("chinh-sach-uu-dai", "/nha-dau-tu/chinh-sach-uu-dai.htm", "Chính sách ưu đãi"),
        Section(
            "cai-cach-thu-tuc-hanh-chinh", "/nha-dau-tu/cai-cach-thu-tuc-hanh-chinh.htm", "Cải cách thủ tục hành chính"
        ),
        Section("ha-noi-van-hien", "/van-hoa-giai-tri/ha-noi-van-hien.htm", "Hà Nội văn hiến"),
        Section("diem-den", "/du-lich/diem-den.htm", "Điểm đến"),
        Section("am-thuc", "/du-lich/am-thuc.htm", "Ẩm thực"),
    )
    sure = Sure.DESCRIBED
    numbered = True

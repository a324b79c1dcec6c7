"""The Government's newspaper."""

from crawler.families.vccorp import VCCorpSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class BaoChinhPhu(VCCorpSpider):
    name = "bao_chinh_phu"
    title = "Báo Điện tử Chính phủ"
    province = None
    home = "https://baochinhphu.vn"
    sections = (
        Section("chinh-sach-moi", "/chinh-sach-va-cuoc-song/chinh-sach-moi.htm", "Chính sách mới"),
        Section("tham-van-chinh-sach", "/chinh-sach-va-cuoc-song/tham-van-chinh-sach.htm", "Tham vấn chính sách"),
        Section("chinh-sach-va-cuoc-song", "/chinh-sach-va-cuoc-song.htm", "Chính sách và cuộc sống"),
        Section(
            "chi-dao-quyet-dinh",
            "/chi-dao-quyet-dinh-cua-chinh-phu-thu-tuong-chinh-phu.htm",
            "Chỉ đạo, quyết định của Chính phủ",
        ),
        Section("chinh-tri", "/chinh-tri.htm", "Chính trị"),
        Section("to-chuc-nhan-su", "/chinh-tri/to-chuc-nhan-su.htm", "Tổ chức nhân sự"),
        Section("doi-ngoai", "/chinh-tri/doi-ngoai.htm", "Đối ngoại"),
        Section("hoi-nhap", "/chinh-tri/hoi-nhap.htm", "Hội nhập"),
        Section("kinh-te", "/kinh-te.htm", "Kinh tế"),
        Section("ngan-hang", "/kinh-te/ngan-hang.htm", "Ngân hàng"),
        Section("chung-khoan", "/kinh-te/chung-khoan.htm", "Chứng khoán"),
        Section("thi-truong", "/kinh-te/thi-truong.htm", "Thị trường"),
        Section("doanh-nghiep", "/kinh-te/doanh-nghiep.htm", "Doanh nghiệp"),
        Section("khoi-nghiep", "/kinh-te/khoi-nghiep.htm", "Khởi nghiệp"),
        Section("van-hoa", "/van-hoa.htm", "Văn hóa"),
        Section("the-thao", "/van-hoa/the-thao.htm", "Thể thao"),
        Section("du-lich", "/van-hoa/du-lich.htm", "Du lịch"),
        Section("xa-hoi", "/xa-hoi.htm", "Xã hội"),
        Section("y-te", "/xa-hoi/y-te.htm", "Y tế"),
        Section("doi-song", "/xa-hoi/doi-song.htm", "Đời sống"),
        Section("phap-luat", "/xa-hoi/phap-luat.htm", "Pháp luật"),
        Section("nong-thon-moi", "/xa-hoi/nong-thon-moi.htm", "Nông thôn mới"),
        Section("an-sinh-xa-hoi", "/xa-hoi/an-sinh-xa-hoi.htm", "An sinh xã hội"),
        Section("khoa-giao", "/khoa-giao.htm", "Khoa giáo"),
        Section("giao-duc", "/khoa-giao/giao-duc.htm", "Giáo dục"),
        Section("khoa-hoc-cong-nghe", "/khoa-giao/khoa-hoc-cong-nghe.htm", "Khoa học - Công nghệ"),
        Section("bien-viet-nam", "/khoa-giao/bien-viet-nam.htm", "Biển Việt Nam"),
        Section("quoc-te", "/quoc-te.htm", "Quốc tế"),
        Section("viet-nam-asean", "/quoc-te/viet-nam-asean.htm", "Việt Nam - ASEAN"),
        Section("tin-moi", "/tin-moi.htm", "Tin mới"),
    )
    sure = Sure.RECORDED  # a list and an article page

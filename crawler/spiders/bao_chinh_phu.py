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
        Section.at("/chinh-sach-va-cuoc-song/chinh-sach-moi.htm", "Chính sách mới"),
        Section.at("/chinh-sach-va-cuoc-song/tham-van-chinh-sach.htm", "Tham vấn chính sách"),
        Section.at("/chinh-sach-va-cuoc-song.htm", "Chính sách và cuộc sống"),
        Section(
            "chi-dao-quyet-dinh",
            "/chi-dao-quyet-dinh-cua-chinh-phu-thu-tuong-chinh-phu.htm",
            "Chỉ đạo, quyết định của Chính phủ",
        ),
        Section.at("/chinh-tri.htm", "Chính trị"),
        Section.at("/chinh-tri/to-chuc-nhan-su.htm", "Tổ chức nhân sự"),
        Section.at("/chinh-tri/doi-ngoai.htm", "Đối ngoại"),
        Section.at("/chinh-tri/hoi-nhap.htm", "Hội nhập"),
        Section.at("/kinh-te.htm", "Kinh tế"),
        Section.at("/kinh-te/ngan-hang.htm", "Ngân hàng"),
        Section.at("/kinh-te/chung-khoan.htm", "Chứng khoán"),
        Section.at("/kinh-te/thi-truong.htm", "Thị trường"),
        Section.at("/kinh-te/doanh-nghiep.htm", "Doanh nghiệp"),
        Section.at("/kinh-te/khoi-nghiep.htm", "Khởi nghiệp"),
        Section.at("/van-hoa.htm", "Văn hóa"),
        Section.at("/van-hoa/the-thao.htm", "Thể thao"),
        Section.at("/van-hoa/du-lich.htm", "Du lịch"),
        Section.at("/xa-hoi.htm", "Xã hội"),
        Section.at("/xa-hoi/y-te.htm", "Y tế"),
        Section.at("/xa-hoi/doi-song.htm", "Đời sống"),
        Section.at("/xa-hoi/phap-luat.htm", "Pháp luật"),
        Section.at("/xa-hoi/nong-thon-moi.htm", "Nông thôn mới"),
        Section.at("/xa-hoi/an-sinh-xa-hoi.htm", "An sinh xã hội"),
        Section.at("/khoa-giao.htm", "Khoa giáo"),
        Section.at("/khoa-giao/giao-duc.htm", "Giáo dục"),
        Section.at("/khoa-giao/khoa-hoc-cong-nghe.htm", "Khoa học - Công nghệ"),
        Section.at("/khoa-giao/bien-viet-nam.htm", "Biển Việt Nam"),
        Section.at("/quoc-te.htm", "Quốc tế"),
        Section.at("/quoc-te/viet-nam-asean.htm", "Việt Nam - ASEAN"),
        Section.at("/tin-moi.htm", "Tin mới"),
    )
    sure = Sure.RECORDED  # a list and an article page
    feed = "/rss/home.rss"  # from a list of feeds

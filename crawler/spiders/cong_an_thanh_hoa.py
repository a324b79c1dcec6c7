"""The police of Thanh Hóa, on a domain of its own."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class CongAnThanhHoa(VHVSpider):
    name = "cong_an_thanh_hoa"
    title = "Công an tỉnh Thanh Hóa"
    province = "thanhhoa"
    home = "https://conganthanhhoa.gov.vn"
    sections = (
        Section.at("/tin-tuc-su-kien/tin-an-ninh-trat-tu/tin-antt-trong-tinh", "Tin ANTT trong tỉnh"),
        Section.at("/tin-tuc-su-kien/tin-an-ninh-trat-tu/tin-trong-nuoc", "Tin trong nước"),
        Section.at("/tin-tuc-su-kien/tin-hoat-dong/vi-nhan-dan-phuc-vu", "Vì nhân dân phục vụ"),
        Section.at("/tin-tuc-su-kien/tin-hoat-dong/pho-bien-giao-duc-phap-luat", "Phổ biến giáo dục pháp luật"),
        Section.at("/de-an-06", "Đề án 06"),
        Section.at("/tin-tuc-su-kien/chong-dien-bien-hoa-binh", "Chống diễn biến hòa bình"),
        Section.at(
            "/tin-tuc-su-kien/tin-trong-nuoc-va-the-gioi/hoc-tap-va-lam-theo-tu-tuong-dao-duc-phong-cach-ho-chi-minh",
            "Học tập và làm theo Bác",
        ),
        Section.at("/tin-tuc-su-kien/huong-ve-co-so2", "Hướng về cơ sở"),
        Section.at("/tin-tuc-su-kien/tu-lieu/80-nam-ngay-truyen-thong-cand", "80 năm Ngày Truyền thống CAND"),
    )
    sure = Sure.DESCRIBED
    redraws = True
    inferred = ("paging", "key")  # the described scraper clicks the next number, which asks for the module's HTML
    tls = "unverified"  # so it was read in January 2026

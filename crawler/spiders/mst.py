"""The Ministry of Science and Technology."""

from crawler.families.vccorp import VCCorpSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class Mst(VCCorpSpider):
    name = "mst"
    title = "Bộ Khoa học và Công nghệ"
    province = None
    home = "https://mst.gov.vn"
    sections = (
        Section.at("/tin-tuc-su-kien/khoa-hoc-va-cong-nghe.htm", "Khoa học và công nghệ"),
        Section.at("/tin-tuc-su-kien/doi-moi-sang-tao.htm", "Đổi mới sáng tạo"),
        Section.at("/tin-tuc-su-kien/chuyen-doi-so.htm", "Chuyển đổi số"),
        Section.at("/tin-tuc-su-kien/buu-chinh-vien-thong.htm", "Bưu chính viễn thông"),
        Section.at("/tin-tuc-su-kien/so-huu-tri-tue.htm", "Sở hữu trí tuệ"),
        Section.at("/tin-tuc-su-kien/tieu-chuan-do-luong-chat-luong.htm", "Tiêu chuẩn đo lường chất lượng"),
        Section.at("/tin-tuc-su-kien/nang-luong-nguyen-tu.htm", "Năng lượng nguyên tử"),
        Section.at("/tin-tuc-su-kien/tin-tong-hop.htm", "Tin tổng hợp"),
        Section.at("/tin-tuc-su-kien/tin-dia-phuong.htm", "Tin địa phương"),
    )
    sure = Sure.DESCRIBED
    numbered = True
    feed = "/rss/home.rss"
    day_archive = "/tin-tuc-su-kien"

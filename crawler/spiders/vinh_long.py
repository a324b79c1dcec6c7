"""Vĩnh Long, which absorbed Bến Tre and Trà Vinh; of the articles only addresses of departments are known."""

from crawler.families.dnn import DNNSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class VinhLong(DNNSpider):
    name = "vinh_long"
    title = "Cổng thông tin điện tử tỉnh Vĩnh Long"
    province = "vinhlong"
    home = "https://vinhlong.gov.vn"
    sections = (
        Section.at("/du-khach/di-tich-lich-su", "Di tích lịch sử"),
        Section.at("/du-khach/le-hoi-truyen-thong", "Lễ hội truyền thống"),
        Section("don-ca-tai-tu", "/du-khach/%C4%91on-ca-tai-tu", "Đờn ca tài tử"),
        Section("diem-du-lich", "/du-khach/%C4%91iem-du-lich", "Điểm du lịch"),
    )
    sure = Sure.INFERRED  # sections are described, addresses and list items of one department
    inferred = ("list", "paging", "key", "layout")

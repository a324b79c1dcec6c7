"""Gia Lai, which absorbed Bình Định; some of its pages have a title and no body."""

from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class GiaLai(VHVSpider):
    name = "gia_lai"
    title = "Cổng thông tin điện tử tỉnh Gia Lai"
    province = "gialai"
    home = "https://gialai.gov.vn"
    sections = (
        Section.at("/tin-tuc/thong-tin-chi-dao-dieu-hanh", "Chỉ đạo điều hành"),
        Section.at("/tin-tuc/hoat-dong-cua-lanh-dao", "Hoạt động lãnh đạo"),
        Section.at("/tin-tuc/tin-tuc-chinh-tri", "Chính trị"),
        Section.at("/tin-tuc/tin-kinh-te-tong-hop", "Kinh tế"),
        Section.at("/tin-tuc/tin-van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section.at("/tin-tuc/thong-tin-doi-ngoai", "Đối ngoại"),
        Section.at("/tin-tuc/tin-tu-so-ban-nganh", "Sở ban ngành"),
        Section.at("/tin-tuc/tin-tu-thi-xa-huyen-thanh-pho", "Địa phương"),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging", "key")  # a scraper followed `?page=N`, which is page 1 again at two portals of the family

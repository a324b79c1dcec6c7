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
        Section("thong-tin-chi-dao-dieu-hanh", "/tin-tuc/thong-tin-chi-dao-dieu-hanh", "Chỉ đạo điều hành"),
        Section("hoat-dong-cua-lanh-dao", "/tin-tuc/hoat-dong-cua-lanh-dao", "Hoạt động lãnh đạo"),
        Section("tin-tuc-chinh-tri", "/tin-tuc/tin-tuc-chinh-tri", "Chính trị"),
        Section("tin-kinh-te-tong-hop", "/tin-tuc/tin-kinh-te-tong-hop", "Kinh tế"),
        Section("tin-van-hoa-xa-hoi", "/tin-tuc/tin-van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section("thong-tin-doi-ngoai", "/tin-tuc/thong-tin-doi-ngoai", "Đối ngoại"),
        Section("tin-tu-so-ban-nganh", "/tin-tuc/tin-tu-so-ban-nganh", "Sở ban ngành"),
        Section("tin-tu-thi-xa-huyen-thanh-pho", "/tin-tuc/tin-tu-thi-xa-huyen-thanh-pho", "Địa phương"),
    )
    sure = Sure.DESCRIBED
    inferred = ("key",)

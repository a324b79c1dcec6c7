"""Ninh Bình, which absorbed Hà Nam and Nam Định; schools and offices of the province use VHV."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class NinhBinh(VNPTSpider):
    name = "ninh_binh"
    title = "Cổng thông tin điện tử tỉnh Ninh Bình"
    province = "ninhbinh"
    home = "https://ninhbinh.gov.vn"
    sections = (
        Section.at("/kinh-te", "Kinh tế"),
        Section.at("/van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section.at("/an-ninh-quoc-phong", "An ninh - Quốc phòng"),
        Section.at("/thong-tin-chi-dao-dieu-hanh", "Thông tin chỉ đạo điều hành"),
        Section.at("/tin-trong-nuoc-quoc-te", "Tin trong nước - Quốc tế"),
        Section.at("/tin-tuc-cai-cach-hanh-chinh", "Cải cách hành chính"),
    )
    sure = Sure.DESCRIBED  # two independent sources
    tls = "unverified"  # so it was read in January 2026

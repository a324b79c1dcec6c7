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
        Section("kinh-te", "/kinh-te", "Kinh tế"),
        Section("van-hoa-xa-hoi", "/van-hoa-xa-hoi", "Văn hóa - Xã hội"),
        Section("an-ninh-quoc-phong", "/an-ninh-quoc-phong", "An ninh - Quốc phòng"),
        Section("thong-tin-chi-dao-dieu-hanh", "/thong-tin-chi-dao-dieu-hanh", "Thông tin chỉ đạo điều hành"),
        Section("tin-trong-nuoc-quoc-te", "/tin-trong-nuoc-quoc-te", "Tin trong nước - Quốc tế"),
        Section("tin-tuc-cai-cach-hanh-chinh", "/tin-tuc-cai-cach-hanh-chinh", "Cải cách hành chính"),
    )
    sure = Sure.DESCRIBED  # two independent sources
    tls = "unverified"  # so it was read in January 2026

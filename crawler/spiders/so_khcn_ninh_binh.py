"""The science department of Ninh Bình."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class SoKhcnNinhBinh(VNPTSpider):
    name = "so_khcn_ninh_binh"
    title = "Sở Khoa học và Công nghệ tỉnh Ninh Bình"
    province = "ninhbinh"
    home = "https://sokhcn.ninhbinh.gov.vn"
    sections = (
        Section.at("/tin-hoat-dong-cua-tinh", "Tin hoạt động của tỉnh"),
        Section.at("/tin-hoat-dong-cua-so", "Tin hoạt động của sở"),
        Section.at("/tin-khcn-trong-nuoc", "Tin khoa học công nghệ trong nước"),
    )
    sure = Sure.DESCRIBED
    tls = "unverified"  # so it was read in January 2026

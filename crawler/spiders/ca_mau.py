"""Cà Mau, which absorbed Bạc Liêu; before VNPT Portal it ran on IBM WebSphere, whose pictures moved articles keep.

They lie below `/Datafiles/camau-gov-vn/wps/wcm/connect/`, the query of their old address written into the file's name.
"""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class CaMau(VNPTSpider):
    name = "ca_mau"
    title = "Cổng thông tin điện tử tỉnh Cà Mau"
    province = "camau"
    home = "https://camau.gov.vn"
    sections = (Section.at("/tin-tuc-su-kien", "Tin tức - Sự kiện"),)
    sure = Sure.INFERRED  # file addresses and sub-sites show the system, no file shows a section of the portal
    inferred = ("sections", "list", "paging", "key", "layout")

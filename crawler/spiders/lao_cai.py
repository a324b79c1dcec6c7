"""Lào Cai, which absorbed Yên Bái; its front is asked in the system's older query form, its departments in the present one."""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class LaoCai(VNPTSpider):
    name = "lao_cai"
    title = "Cổng thông tin điện tử tỉnh Lào Cai"
    province = "laocai"
    home = "https://www.laocai.gov.vn"
    sections = (Section("tin-tuc", "/Default.aspx?dvid=1231&pageid=95227&sid=1365", "Tin tức"),)
    sure = Sure.INFERRED  # one address of the front was met; departments show the system
    inferred = ("sections", "list", "paging", "key", "layout")

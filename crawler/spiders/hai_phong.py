"""Hải Phòng, which absorbed Hải Dương.

haiduong.haiphong.gov.vn is the portal of a ward and continues nothing; thanhphohaiphong.gov.vn is WordPress and not the city's
portal. `/thu-tuc-hanh-chinh-76761` holds procedures, `/Van-ban-quy-pham-phap-luat/` documents that a script fills.
"""

from crawler.families.vnpt import VNPTSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class HaiPhong(VNPTSpider):
    name = "hai_phong"
    title = "Cổng thông tin điện tử thành phố Hải Phòng"
    province = "haiphong"
    home = "https://haiphong.gov.vn"
    sections = (
        Section.at("/tin-tuc-su-kien", "Tin tức - Sự kiện"),
        Section.at("/co-so-ha-tang", "Cơ sở hạ tầng"),
    )
    sure = Sure.INFERRED  # several files show its addresses; its markup is taken from the family
    inferred = ("list", "paging", "layout")

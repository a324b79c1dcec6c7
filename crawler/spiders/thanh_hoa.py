"""Thanh Hóa, on Tân Dân by its pictures' addresses; `/danh-ba-dien-thoai.html` is one page of about 59 MB.

Its lists are not known: those of the province's assembly stand at `/portal/KenhTin/<Name>.aspx`. Until one is, the home page is
its list.
"""

from crawler.families.tandan import TanDanSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class ThanhHoa(TanDanSpider):
    name = "thanh_hoa"
    title = "Cổng thông tin điện tử tỉnh Thanh Hóa"
    province = "thanhhoa"
    home = "https://thanhhoa.gov.vn"
    sections = (Section("trang-chu", "/", "Trang chủ"),)
    sure = (
        Sure.INFERRED
    )  # addresses of pictures alone; the newer skin and its addresses were read at the assembly's portal
    inferred = ("sections", "list", "paging", "key", "layout")

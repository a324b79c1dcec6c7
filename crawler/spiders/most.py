"""The Ministry of Science and Technology's former site; it is at mst.gov.vn now."""

from crawler.families.ministry_aspx import MinistryAspxSpider
from crawler.listings.listing import Section, SectionKind
from crawler.portal import Sure


class Most(MinistryAspxSpider):
    name = "most"
    title = "Bộ Khoa học và Công nghệ (trang cũ)"
    province = None
    home = "https://www.most.gov.vn"
    moved_to = ("mst.gov.vn", "most.mst.gov.vn")
    sections = (
        Section(
            "tin-tuc", "/vn/chuyen-muc/493/Tin-tong-hop.aspx", "Tin tổng hợp"
        ),  # by its name since the first archive
        Section.at("/vn/chuyen-muc/570/Diem-bao-KHCN.aspx", "Điểm báo KHCN"),
        Section("tin-tuc-su-kien", "/rss/492/tin_tuc_su_kien.rss", "Tin tức sự kiện", SectionKind.FEED),
    )
    sure = Sure.DESCRIBED  # by readers of 2017 to 2023

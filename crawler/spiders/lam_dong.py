"""Lâm Đồng, which absorbed Bình Thuận and Đắk Nông: pages drawn by script, lists and texts from its JSON proxy."""

from crawler.families.sharepoint_proxy import SharePointProxySpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class LamDong(SharePointProxySpider):
    name = "lam_dong"
    title = "Cổng thông tin điện tử tỉnh Lâm Đồng"
    province = "lamdong"
    home = "https://lamdong.gov.vn"
    sections = (
        Section("hotnews", "/HOME/news/hotnews/SitePages/Home.aspx", "Tin nổi bật"),
        Section("tin-trong-tinh", "/HOME/news/tin-trong-tinh/SitePages/Home.aspx", "Tin trong tỉnh"),
        Section("tin-trong-nuoc", "/HOME/news/tintrongnuoc/SitePages/Home.aspx", "Tin trong nước"),
        Section("tin-quoc-te", "/HOME/news/tin-quoc-te/SitePages/Home.aspx", "Tin quốc tế"),
        Section("chuyen-doi-so", "/HOME/news/chuyen-doi-so/SitePages/Home.aspx", "Chuyển đổi số"),
        # The one list that was seen read through the interface.
        Section("ket-luan-thanh-tra", "/sites/thanhtra/thanh-tra/ketluan/SitePages/Home.aspx", "Kết luận thanh tra"),
    )
    sure = Sure.INFERRED  # the inspections' list and all addresses are described, the lists of news follow from them
    inferred = ("list", "paging", "layout")
    hosts = ("api.lamdong.gov.vn",)  # the interface
    file_hosts = ("media.lamdong.gov.vn",)

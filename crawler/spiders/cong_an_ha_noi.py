"""The police of Hà Nội, on DNN: lists and texts come from its interface."""

from crawler.families.dnn_cmsview import DNNCmsviewSpider
from crawler.listings.listing import Section
from crawler.portal import Sure

_SECTIONS = (  # the module that lists a section, the section's name, its title
    ("391", "chi-dao-dieu-hanh", "Chỉ đạo điều hành"),
    ("698", "tin-antt-va-canh-bao-toi-pham", "Tin ANTT và cảnh báo tội phạm"),
    ("419", "an-toan-giao-thong", "An toàn giao thông"),
    ("387", "cong-tac-pccc-va-cnch", "Công tác PCCC và CNCH"),
    ("422", "xay-dung-dang-va-xdll", "Xây dựng Đảng và XDLL"),
    ("432", "phan-hoi-thong-tin-bao-chi", "Phản hồi thông tin báo chí"),
    ("941", "pho-bien-giao-duc-phap-luat", "Phổ biến giáo dục pháp luật"),
    ("540", "cai-cach-thu-tuc-hanh-chinh", "Cải cách thủ tục hành chính"),
    ("534", "ngay-ky-niem", "Ngày kỷ niệm"),
    ("504", "guong-nguoi-tot-viec-tot", "Gương người tốt việc tốt"),
    ("426", "hoat-dong-cua-cac-don-vi", "Hoạt động của các đơn vị"),
)


class CongAnHaNoi(DNNCmsviewSpider):
    name = "cong_an_ha_noi"
    title = "Công an thành phố Hà Nội"
    province = "hanoi"
    home = "https://congan.hanoi.gov.vn"
    sections = tuple(
        Section(name, f"/{name}", title, asks=(("ModuleId", module),)) for module, name, title in _SECTIONS
    )
    sure = Sure.DESCRIBED
    inferred = ("paging",)  # the first page's number; section names are read back from their addresses
    tls = "unverified"  # so it was read in January 2026

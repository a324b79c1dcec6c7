"""The police of Hà Nội, on DNN: lists and texts come from its interface."""

from crawler.families.dnn_cmsview import DNNCmsviewSpider
from crawler.listings.listing import Section
from crawler.portal import Sure


class CongAnHaNoi(DNNCmsviewSpider):
    name = "cong_an_ha_noi"
    title = "Công an thành phố Hà Nội"
    province = "hanoi"
    home = "https://congan.hanoi.gov.vn"
    sections = (
        Section("chi-dao-dieu-hanh", "/chi-dao-dieu-hanh", "Chỉ đạo điều hành", asks=(("ModuleId", "391"),)),
        Section(
            "tin-antt-va-canh-bao-toi-pham",
            "/tin-antt-va-canh-bao-toi-pham",
            "Tin ANTT và cảnh báo tội phạm",
            asks=(("ModuleId", "698"),),
        ),
        Section("an-toan-giao-thong", "/an-toan-giao-thong", "An toàn giao thông", asks=(("ModuleId", "419"),)),
        Section(
            "cong-tac-pccc-va-cnch", "/cong-tac-pccc-va-cnch", "Công tác PCCC và CNCH", asks=(("ModuleId", "387"),)
        ),
        Section(
            "xay-dung-dang-va-xdll", "/xay-dung-dang-va-xdll", "Xây dựng Đảng và XDLL", asks=(("ModuleId", "422"),)
        ),
        Section(
            "phan-hoi-thong-tin-bao-chi",
            "/phan-hoi-thong-tin-bao-chi",
            "Phản hồi thông tin báo chí",
            asks=(("ModuleId", "432"),),
        ),
        Section(
            "pho-bien-giao-duc-phap-luat",
            "/pho-bien-giao-duc-phap-luat",
            "Phổ biến giáo dục pháp luật",
            asks=(("ModuleId", "941"),),
        ),
        Section(
            "cai-cach-thu-tuc-hanh-chinh",
            "/cai-cach-thu-tuc-hanh-chinh",
            "Cải cách thủ tục hành chính",
            asks=(("ModuleId", "540"),),
        ),
        Section("ngay-ky-niem", "/ngay-ky-niem", "Ngày kỷ niệm", asks=(("ModuleId", "534"),)),
        Section(
            "guong-nguoi-tot-viec-tot",
            "/guong-nguoi-tot-viec-tot",
            "Gương người tốt việc tốt",
            asks=(("ModuleId", "504"),),
        ),
        Section(
            "hoat-dong-cua-cac-don-vi",
            "/hoat-dong-cua-cac-don-vi",
            "Hoạt động của các đơn vị",
            asks=(("ModuleId", "426"),),
        ),
    )
    sure = Sure.DESCRIBED
    inferred = ("paging",)  # the first page's number; section names are read back from their addresses
    tls = "unverified"  # so it was read in January 2026

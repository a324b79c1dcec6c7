"""Recognise who signed a text: the last short line, when it is a byline."""

from __future__ import annotations

import pytest

from vietnam.signoff import Signoff, read_signoff

SIGNED = {
    "Lan Chi": "Lan Chi",
    "Trần Thị Mỹ Duyên": "Trần Thị Mỹ Duyên",
    "Tác giả: NVK": "NVK",
    "Tác giả : Lan Chi": "Lan Chi",
    "TÁC GIẢ BÀI VIẾT: LAN CHI": "LAN CHI",
    "NVK": "NVK",
    "HT": "HT",
    "N.H": "N.H",
    "Ng.Hà": "Ng.Hà",
    "BBT": "BBT",
    "Phòng Quản lý công nghệ": "Phòng Quản lý công nghệ",
    "Văn phòng UBND tỉnh": "Văn phòng UBND tỉnh",
    "Ban Biên tập": "Ban Biên tập",
    "Tỉnh đoàn": "Tỉnh đoàn",
    "Trung tâm Khuyến nông, giống cây trồng": "Trung tâm Khuyến nông, giống cây trồng",
    "THANH BÌNH - MAI LÂM": "THANH BÌNH - MAI LÂM",
    "Thanh Bình, Mai Lâm": "Thanh Bình, Mai Lâm",
    "Thanh Bình và Mai Lâm": "Thanh Bình và Mai Lâm",
    "Hoàng Anh/TTXVN": "Hoàng Anh/TTXVN",
    "Nguyễn Văn Đạt - Phòng Kinh tế tổng hợp": "Nguyễn Văn Đạt - Phòng Kinh tế tổng hợp",
    "ThS. Nguyễn Văn Đạt": "ThS. Nguyễn Văn Đạt",
    "PV Lan Chi": "PV Lan Chi",
    "Lan Chi (tổng hợp)": "Lan Chi (tổng hợp)",
    "Lan Chi./.": "Lan Chi",
    "(Theo baochinhphu.vn)": "baochinhphu.vn",
    "Theo TTXVN": "TTXVN",
    "Theo Báo Nhân Dân điện tử": "Báo Nhân Dân điện tử",
    "Nguồn: Sở Khoa học và Công nghệ": "Sở Khoa học và Công nghệ",
    "Nguồn tin: Báo tỉnh": "Báo tỉnh",
    "Bài, ảnh: Lan Chi": "Lan Chi",
    "Tin, ảnh: Lan Chi - Mai Lâm": "Lan Chi - Mai Lâm",
    "Tin và ảnh: Lan Chi": "Lan Chi",
    "Bài: Lan Chi; Ảnh: Mai Lâm": "Lan Chi",
    "Y Thông": "Y Thông",
    "Lưu Thị Diễm": "Lưu Thị Diễm",
}

TEXT = [
    "Hội nghị kết thúc tốt đẹp.",
    "Hội nghị kết thúc vào chiều cùng ngày./.",
    "Chủ trì hội nghị là ông Nguyễn Văn Đạt./.",
    "Tham dự có bà Trần Thị Mỹ Duyên",
    "Đoàn công tác kiểm tra thực tế tại xã",
    "Phó Chủ tịch UBND tỉnh Nguyễn Văn Đạt phát biểu",
    "Toàn cảnh hội nghị",
    "Quảng Trị",
    "Hà Nội - Huế",
    "Việt Nam",
    "Kết Luận",
    "Chùa Một Cột",
    "Lưu VT",
    "- Lưu: VT, KT2.",
    "UBND",
    "HẾT",
    "Ảnh: Mai Lâm",
    "Theo Nghị quyết số 57-NQ/TW",
    "Theo đó, các đơn vị phối hợp thực hiện.",
    "Theo kế hoạch năm 2025",
    "Nơi nhận:",
    "Căn cứ Luật Tổ chức chính quyền địa phương",
    "Sở Khoa học tổ chức tập huấn",
    "Phòng Quản lý khoa học phối hợp với các xã tổ chức lớp học",
    "Tin: các đơn vị đã hoàn thành nhiệm vụ được giao trong năm",
    "Xin trân trọng cảm ơn!",
    "12/2025",
    "Tác giả:",
]


@pytest.mark.parametrize(("line", "author"), SIGNED.items(), ids=list(SIGNED))
def test_signed(line: str, author: str) -> None:
    assert read_signoff(["Một đoạn văn bản.", "", line, " "]) == Signoff(author, line)


@pytest.mark.parametrize("line", TEXT)
def test_not_signed(line: str) -> None:
    assert read_signoff(["Một đoạn văn bản.", "", line]) is None


def test_only_the_last_line_signs() -> None:
    assert read_signoff(["Lan Chi", "Ngày mai, đoàn tiếp tục làm việc."]) is None


def test_writer_before_source() -> None:
    assert read_signoff(["Một đoạn.", "Lan Chi", "Nguồn: Báo tỉnh"]) == Signoff("Lan Chi", "Lan Chi")
    assert read_signoff(["Một đoạn.", "Tác giả: NVK", "Ảnh: Mai Lâm"]) == Signoff("NVK", "Tác giả: NVK")


@pytest.mark.parametrize("lines", [[], ["", "  "]])
def test_nothing_signs_nothing(lines: list[str]) -> None:
    assert read_signoff(lines) is None

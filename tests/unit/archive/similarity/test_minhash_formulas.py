"""Formulas that belong to texts are known by their form; what portals print and sentences of articles are none."""

from __future__ import annotations

import unicodedata

import pytest

from vietnam.formulas import formula_kind

FORMULAS = {
    "motto": [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Cộng hoà xã hội chủ nghĩa Việt Nam",
        "Độc lập - Tự do - Hạnh phúc",
    ],
    "number": ["Số: 15/2025/QĐ-UBND", "Số 07-KH/TU", "Số:      /TB-VP"],
    "place and day": ["Ba Sông, ngày 03 tháng 3 năm 2025", "Cồn Lau, ngày … tháng … năm 2025"],
    "kind of document": ["QUYẾT ĐỊNH", "Thông báo:", "CÔNG ĐIỆN KHẨN"],
    "subject": ["V/v phòng cháy mùa khô", "Về việc phê duyệt dự toán"],
    "addressee": ["Kính gửi:", "Kính gửi: Các sở, ban, ngành"],
    "grounds": [
        "Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024;",
        "CĂN CỨ HIẾN PHÁP NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM;",
        "Theo đề nghị của Giám đốc Sở Xây dựng,",
        "Xét Tờ trình số 12/TTr-STC;",
        "Thực hiện Chỉ thị số 05-CT/TW;",
    ],
    "article": ["Điều 1. Phê duyệt kế hoạch", "Chương II", "Mục 3", "Phụ lục số 1"],
    "recipients": ["Nơi nhận:", "- Như Điều 3;", "- Lưu: VT, KT.", "Như trên"],
    "enumeration": ["- Thường trực Tỉnh ủy;", "+ Ban quản lý các khu công nghiệp;"],
    "signature": [
        "TM. ỦY BAN NHÂN DÂN",
        "TM. UỶ BAN NHÂN DÂN",
        "KT. CHỦ TỊCH",
        "PHÓ CHỦ TỊCH",
        "(Đã ký)",
        "T/M BAN THƯỜNG VỤ",
    ],
    "entry into force": ["Quyết định này có hiệu lực kể từ ngày ký./."],
    "closing": ["Trân trọng./.", "Xin trân trọng cảm ơn!", "(Có danh sách kèm theo)"],
    "greeting": ["Kính thưa các đồng chí,", "Thưa toàn thể bà con!"],
    "question and answer": ["Hỏi:", "Trả lời:", "Câu hỏi 3:"],
    "dateline": ["(Cổng TTĐT)", "(QTO) -", "(Báo Ba Sông)"],
    "caption": [
        "Ảnh minh họa",
        "(Ảnh minh hoạ)",
        "Ảnh: Minh Thư",
        "Quang cảnh hội nghị",
        "Các đại biểu dự lễ khởi công",
    ],
    "outline": ["I. TÌNH HÌNH CHUNG", "1. Về trồng trọt", "a) Nguyên tắc chung", "2.1. Đối tượng"],
}

NONE = [
    "Cài ứng dụng Ba Sông Số",
    "Mời quý vị theo dõi trang Zalo của Cổng",
    "Bài này đã được 1.204 bạn đọc mở xem",
    "Lượt đọc: 12",
    "Thứ hai, ngày 03 tháng 3 năm 2025",
    "Hôm nay, ngày 03 tháng 3 năm 2025",
    "Góc bạn đọc",
    "Nhịp sống vùng sông",
    "Tin cùng chuyên mục",
    "Video Chỉ đạo điều hành",
    "Nghe bản tin bằng giọng đọc máy",
    "Bản quyền thuộc về Cổng Ba Sông",
    "Số lượt truy cập trong tuần",
    "Đường dây nóng: 0000 123 456",
    "",
]


@pytest.mark.parametrize(
    ("kind", "line"), [pytest.param(kind, line, id=line) for kind, lines in FORMULAS.items() for line in lines]
)
def test_a_formula_is_known_in_any_dress(kind: str, line: str) -> None:
    assert formula_kind(line) == kind
    assert formula_kind(f"  {line.upper()} ") == kind
    assert formula_kind(unicodedata.normalize("NFD", line)) == kind


@pytest.mark.parametrize("line", NONE)
def test_what_a_portal_prints_is_no_formula(line: str) -> None:
    assert formula_kind(line) is None

"""Recognise formulas: lines that laws, decisions, letters, speeches and captions print in the same words every time.

A line of such a form recurs by nature and is never a widget's, however many articles it stands in. The parts of a
document are those of Decree 30/2020/NĐ-CP (the State's) and Guidance 36-HD/VPTW (the Party's): motto, number, place and
day, kind, subject, grounds, enacting word, articles, recipients, signature. Only the form of a whole line is judged.
"""

from __future__ import annotations

import re

from vietnam.letters import clean_letters, fold, fold_spaces

_DOCUMENT = (
    r"(?:quyết định|chỉ thị|thông báo|kế hoạch|tờ trình|báo cáo|công điện(?: khẩn)?|nghị quyết|thông tư|nghị định|luật"
    r"|pháp lệnh|hướng dẫn|công văn|giấy mời|thư mời|thư ngỏ|thư chúc mừng|thư kêu gọi|lời kêu gọi|thông cáo báo chí"
    r"|quy chế|quy định|điều lệ|chương trình|phương án|đề án|biên bản|quyết nghị|kết luận|diễn văn|bài phát biểu|hỏa tốc|tin vắn)"
)
_OFFICE = (
    r"(?:(?:q\. ?|quyền )?(?:phó )?(?:chủ tịch|giám đốc|bí thư|chánh văn phòng|chánh thanh tra|trưởng ban|trưởng phòng|cục trưởng"
    r"|chi cục trưởng|vụ trưởng|viện trưởng|hiệu trưởng|thủ tướng(?: chính phủ)?|bộ trưởng|thứ trưởng|tổng giám đốc"
    r"|tổng biên tập|tổng thư ký|chính ủy|chỉ huy trưởng|chủ nhiệm|trưởng đoàn)(?: thường trực)?)"
)
# Folded lines are matched: lower case, one style of tone marks; no class in capitals may stand in a pattern.
_WRITTEN = (
    ("motto", r"cộng hòa xã hội chủ nghĩa việt nam(?: độc lập.*)?|đảng cộng sản việt nam"),
    ("motto", r"độc lập ?[-–—.] ?tự do ?[-–—.] ?hạnh phúc"),
    ("number", r"số ?:? ?[\d .…_]*(?:/\d{4})? ?[/-] ?[\w&/.-]{2,25}"),
    (
        "place and day",
        r"(?!thứ |chủ nhật|hôm nay|cập nhật|ngày đăng)[^,:\d]{2,40}, ngày [\d.… ]+ tháng [\d.… ]+ năm [\d.… ]+",
    ),
    ("kind of document", rf"{_DOCUMENT} ?:?"),
    ("subject", r"(?:v/v|về việc|trích yếu)(?!\w).*"),
    ("addressee", r"kính gửi(?!\w).*"),
    ("grounds", r"căn cứ(?!\w) .+|(?:theo|xét) (?:đề nghị|tờ trình|báo cáo|đơn|ý kiến) .+"),
    (
        "grounds",
        r"(?:thực hiện|triển khai|thi hành) (?:luật|pháp lệnh|nghị quyết|nghị định|quyết định|chỉ thị|kế hoạch|công văn"
        r"|công điện|thông báo|thông tư|kết luận|chương trình)(?!\w).*[;,:]",
    ),
    ("enacting word", r"(?:nay )?(?:quyết định|quyết nghị|nghị quyết|chỉ thị|ban hành|thông báo|yêu cầu|công bố) ?:"),
    (
        "article",
        r"(?:điều|chương|mục|tiểu mục|phần|khoản|điểm|phụ lục|phụ biểu|biểu|biểu mẫu|mẫu|bảng)(?: số)? "
        r"(?:\d[\d.]*|[ivxlc]+|[a-zđ]|thứ \w+)(?!\w).*",
    ),
    ("recipients", r"nơi nhận(?!\w).*|(?:[-–+*•] ?)?như (?:trên|điều|kính gửi|mục|thành phần)(?!\w).{0,40}"),
    ("recipients", r"(?:[-–+*•] ?)?lưu ?[:;,] ?.{1,40}"),
    ("enumeration", r"[-–+•] ?[^\s].{1,150}[;,./]"),
    (
        "signature",
        r"(?:tm|kt|tl|tuq|t/m|k/t|t/l|q)\.? ?[./]? ?"
        r"(?:ban|bộ|ủy|hội|chủ|phó|giám|bí|thường|tỉnh|chính|sở|trưởng|chánh)(?!\w).*",
    ),
    ("signature", rf"{_OFFICE}|\(?(?:đã ký|ký tên.*|ký, .*|đã kí)\)?"),
    ("entry into force", r".*có hiệu lực (?:thi hành )?(?:kể )?từ (?:ngày|giờ).*"),
    ("entry into force", r".*chịu trách nhiệm (?:thi hành|thực hiện) .*này.*"),
    (
        "closing",
        r"(?:xin )?(?:trân|chân) (?:trọng|thành)(?: (?:cảm|cám) ơn.{0,40}| thông báo| kính mời| kính báo)?[./! ]*",
    ),
    ("closing", r"\(? ?(?:có|xem|theo|gửi|đính kèm|kèm theo)(?!\w).{0,60}(?:kèm theo|đính kèm|gửi kèm).{0,20}"),
    ("greeting", r"(?:kính )?thưa .{2,80}[,!.:]"),
    ("question and answer", r"(?:câu )?(?:hỏi|trả lời|đáp|pv|phóng viên)(?: \d+)? ?:.{0,40}"),
    ("dateline", r"\((?:[a-zđ.]{2,8}|(?:cổng|báo|trang|website|đài|bản tin)(?!\w).{0,40})\) ?[-–—:]?"),
    (
        "caption",
        r"\(?(?:ảnh|hình|hình ảnh|video|clip|đồ họa|infographics?)(?: (?:minh họa|tư liệu|internet))?(?: ?[:/].{1,60})?[).]*",
    ),
    ("caption", r"(?:quang cảnh|toàn cảnh|các đại biểu|đại biểu)(?!\w).{0,80}"),
    ("outline", r"(?:[ivxlc]{1,6}|[a-zđ]|\d{1,2}(?:\.\d{1,2}){0,3}) ?[.)/-] ?[^\s\d].*"),
)
_FORMS = tuple((kind, re.compile(fold(written))) for kind, written in _WRITTEN)
_MARKS = " \t.…*“”\"'_"


def formula_kind(line: str) -> str | None:
    """Return the formula of a whole line (`grounds`, `recipients`, `signature` …), None when it is none."""
    shown = fold(fold_spaces(clean_letters(line)))
    for written in (shown, shown.strip(_MARKS)):
        for kind, form in _FORMS:
            if written and form.fullmatch(written):
                return kind
    return None


def is_formula(line: str) -> bool:
    """Return whether a whole line is a formula that belongs to texts."""
    return formula_kind(line) is not None

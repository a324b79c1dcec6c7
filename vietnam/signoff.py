"""Find the sign-off: the last short line of a text that names its writer or its source.

A label (`Tác giả: …`, `Tin, ảnh: …`, `Nguồn: …`, `Theo …`), a name, initials, or an office. It stays the text's last
line. A sentence, a caption, a heading or a name inside the last sentence is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vietnam.letters import clean_letters, fold, fold_spaces
from vietnam.names import is_initials, is_name, is_syllable
from vietnam.provinces import is_province_name

_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Signoff:
    """Signer without the label, and the line as it stands."""

    author: str
    line: str


_WORK = r"(?:bài viết|bài|tin bài|tin|ảnh|hình ảnh|video|clip|text|đồ họa|trình bày|biên tập|thực hiện|nội dung)"
_AUTHOR = re.compile(
    rf"(?:tác giả(?: bài viết)?|người (?:viết|đăng|thực hiện|gửi)|biên soạn|tổng hợp|sưu tầm|nhóm (?:pv|phóng viên|tác giả)"
    rf"|(?:pv|phóng viên|ctv)(?: thực hiện)?|bài|tin|tin bài|bài viết|thực hiện|biên tập|by"
    rf"|{_WORK}(?: ?(?:,|và|&|/|-|–|\+) ?{_WORK})+) ?: ?(?P<author>.+)",
    re.IGNORECASE,
)
_SOURCE = re.compile(
    r"(?:nguồn(?: (?:tin|bài viết|bài|trích dẫn))?|theo|dẫn nguồn|trích nguồn) ?: ?(?P<author>.+)", re.IGNORECASE
)
_BARE_SOURCE = re.compile(r"(?:theo|nguồn) (?P<author>[^\s].*)", re.IGNORECASE)
_PHOTO_PART = re.compile(r"[ ,;.\-–|/]+(?:ảnh|hình|video|clip|đồ họa)(?: ?[,&-] ?\w+)? ?:.*$", re.IGNORECASE)

# What a citation of a law or a plan begins with after `Theo`; as a last line it is a heading or a cut sentence.
_NO_SOURCE = re.compile(
    r"(?:luật|nghị|quyết|thông|chỉ|kế|điều|khoản|công văn|báo cáo|đó|ông|bà|đồng chí)(?!\w)", re.IGNORECASE
)
# Words of sentences and captions; an office's name writes its own parts with capitals.
_SENTENCE = re.compile(
    r"(?<!\w)(?:phát biểu|chủ trì|tặng|trao|kiểm tra|tham quan|tham dự|tham gia|dự|làm việc|báo cáo|thăm|khai mạc|bế mạc|ký kết"
    r"|triển khai|hướng dẫn|thực hiện|phối hợp|trình bày|trao đổi|họp|giới thiệu|đón|tiếp|nhận|chúc mừng|chụp ảnh|tổ chức"
    r"|tại|trong|với|đã|đang|sẽ|được|bị|là|có|cho|từ|để|khi|này|kết luận|thảo luận|kính gửi|đề nghị|yêu cầu)(?!\w)"
)
_OFFICE = re.compile(
    r"(?:Phòng|Ban|Văn phòng|VP|Trung tâm|TT|Sở|Chi cục|Cục|Tổng cục|Vụ|Viện|Tổ|Đoàn|Hội|Báo|Tạp chí|Đài|Cổng|Công an|Thanh tra"
    r"|Chi đoàn|Trạm|Trường|Bộ|Liên đoàn|Mặt trận|Hạt|Tỉnh đoàn|Huyện đoàn|Đảng ủy|Chi bộ|Kho bạc|Bảo hiểm|Bệnh viện|Liên minh"
    r"|UBND|HĐND|UBMTTQ|BQL|Ủy ban|Bộ Chỉ huy|Thường trực|Tòa soạn|Trang tin|Website|Thông tấn xã) "
    r"(?:[A-ZĐÀ-Ỵ]|biên tập|quản trị|quản lý|tỉnh|xã|phường|huyện|thành phố|thị xã|điện tử|tin học|truyền thông|thông tin)",
)
_ONE_WORD_OFFICE = re.compile(
    r"(?:ban biên tập|ban quản trị|tòa soạn|tổ biên tập|phóng viên|cộng tác viên|quản trị viên|(?:tỉnh|thành|huyện|xã) đoàn|bbt)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:(?:pv|ctv|phóng viên|nhà báo|cộng tác viên|ths|th\.s|ts|pgs|gs|bs|bác sĩ|ks|cn|luật sư|ls"
    r"|nhóm pv|btv|đ/c|sưu tầm)[.:]?\s+)+",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*\((?:t/h|th|tổng hợp|sưu tầm|biên tập|thực hiện|dịch|lược ghi|ghi|st|[^()]{2,30})\)$", re.IGNORECASE
)
_DOMAIN = re.compile(r"(?:https?://)?(?:[\w-]+\.)+(?:vn|com|net|org|info)(?:/\S*)?", re.IGNORECASE)


def _is_office(words: str) -> bool:
    if _ONE_WORD_OFFICE.fullmatch(words):
        return True
    named = words.title() if words.isupper() else words
    named = re.sub(r"^(Văn Phòng|Trung Tâm|Chi Cục|Tạp Chí|Công An)", lambda m: m[0].capitalize(), named)
    return bool(_OFFICE.match(named)) and len(words.split()) <= 16 and not _SENTENCE.search(words) and ":" not in words


def _is_signed(words: str) -> bool:
    """Return whether every part between dashes, commas or ampersands is a name, initials or an office."""
    words = _SUFFIX.sub("", words)
    if _is_office(words):
        return True
    parts = [part.strip() for part in re.split(r"\s*(?:\s[-–—]\s|[,;&/+]|\s(?:và|VÀ)\s|(?<=\w)[-–](?=\w))\s*", words)]
    if not parts or not all(parts):
        return False
    one_words = sum(1 for part in parts if len(part.split()) == 1)
    for part in parts:
        plain = _ROLE.sub("", part)
        single = one_words > 1 and plain.istitle() and plain.isalpha() and is_syllable(plain)
        if not (is_name(plain) or is_initials(plain) or _is_office(plain) or single):
            return False
    return not all(is_province_name(part) for part in parts)


def _is_source(words: str) -> bool:
    """Return whether the words after `Theo` or `Nguồn` are a paper, an agency or a site, not a sentence's beginning."""
    if _NO_SOURCE.match(words) or len(words.split()) > 9 or words.endswith((";", "…")) or "," in words:
        return False
    return bool(_DOMAIN.fullmatch(words)) or (words[0].isupper() and not _SENTENCE.search(words))


def _author(line: str) -> str | None:
    """Return the signer that a line alone names, None when it is no sign-off."""
    shown = fold_spaces(clean_letters(line)).strip("-–—*• ")
    if not shown or len(shown) > _LONGEST:
        return None
    shown = re.sub(r"^[(\[](.*)[)\]]\.?$", r"\1", shown).strip()
    closed = re.sub(r"\s*\.?/\.$|\.$", "", shown) if len(shown.split()) <= 5 else shown
    for form in (_AUTHOR, _SOURCE):
        if found := form.fullmatch(shown):
            author = _PHOTO_PART.sub("", found["author"]).strip(" .;")
            return author if author and len(author.split()) <= 14 and not _SENTENCE.search(author) else None
    if shown.endswith((".", "!", "?", ":", ";", ",")) and closed == shown:
        return None
    if (found := _BARE_SOURCE.fullmatch(closed)) and _is_source(found["author"].strip()):
        return found["author"].strip()
    return closed if _is_signed(closed) else None


def _is_label_of_source(line: str) -> bool:
    return fold(fold_spaces(clean_letters(line))).strip("( ").startswith(("nguồn", "theo", "ảnh", "hình ảnh"))


def read_signoff(lines: Sequence[str]) -> Signoff | None:
    """Return the sign-off of a text given as its lines, None when its last short line is none.

    Of a writer's line followed by a line that names the source or the photographer, the writer's is taken.
    """
    last = [line for line in lines if line.strip()][-2:]
    if not last:
        return None
    author = _author(last[-1])
    if len(last) == 2 and _is_label_of_source(last[1]) and not _is_label_of_source(last[0]):
        writer = _author(last[0])
        if writer is not None:
            return Signoff(writer, last[0])
    return None if author is None else Signoff(author, last[-1])

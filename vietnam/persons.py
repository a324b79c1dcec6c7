"""Find persons' names in a sentence: capitalised syllables that begin with a Vietnamese surname, marks included.

Sure rather than complete: two syllables count only after a form of address, since `Thái Bình` and `Lâm Đồng` are
places. After the word for a street or a school a name is the place's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from vietnam.letters import fold
from vietnam.names import is_initials, is_name
from vietnam.provinces import is_province_name

# With their marks: without them `Đông` would be `Đồng`, and `An Bình` or `Mỹ Sơn` persons.
_SURNAMES = frozenset(
    fold(surname)
    for surname in """
    Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Vương Trịnh Trương Đinh Lâm Phùng Mai Tô
    Hà Tạ Lương Hứa Cao Thái Châu Tăng Quách Chu Tống Kiều La Mạc Nghiêm Văn Thạch Lưu Lại Lục Lò Lường Vi Quàng Cầm Giàng
    Vàng Sùng Thào Hạng Ma Nông Triệu Bế Đàm Đồng Doãn Khổng Khuất Phí Ninh Thân Tôn Từ Viên Âu Bạch Chung Cù Diệp Đậu
    Đới Giang Giáp Hàn Hầu Khúc Kim Lã Liêu Lữ Lỗ Mã Mẫn Nhâm Sầm Thiều Trà Trang Ung Vưu Rơ Ksor Siu Kpă Đinh Hồ Pơloong
    """.split()
)
_SYLLABLE = re.compile(r"[^\W\d_]+")
_RUN = 5  # syllables of the longest names
_ADDRESS = re.compile(
    r"(?<!\w)(?:ông|bà|anh|chị|em|cháu|cụ|bác|cô|chú|thầy|đồng chí|đ/c|tiến sĩ|thạc sĩ|bác sĩ|kỹ sư|giáo sư|luật sư|nhà báo"
    r"|nghệ nhân|nghệ sĩ|phóng viên|(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy|uý)|(?:TS|ThS|PGS|GS|BS|KS|CN)\.?)\s+$",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"(?<!\w)(?:chủ tịch|bí thư|giám đốc|trưởng|phó|chủ nhiệm|chánh|tổng biên tập|đại biểu)(?!\w)[^.;:!?]{0,80}$",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(
    r"(?<!\w)(?:đường|phố|phường|thị trấn|thôn|bản|ấp|làng|tổ dân phố|cầu|sông|núi|hồ|đèo|chợ|công viên|quảng trường|bến"
    r"|trường(?:\s+[\w&]+){0,4}|THPT|THCS|tiểu học|mầm non|bệnh viện|tượng đài|giải|giải thưởng)\s+$",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(r"(?:Hồ Chí Minh|Thái Bình Dương|Chu Lai|Hàn Quốc)(?!\w)")
_GOVERNED = re.compile(r"(?<!\w)(?:xã|huyện|quận|tỉnh|thành phố|thị xã|TP\.?)\s+$", re.IGNORECASE)
_BEFORE = 100  # characters: as far as an office may stand before the name of who holds it


def person_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of every person's name; a line that is a name (a sign-off) is one whatever its surname."""
    bare = text.strip(" .-–*()")
    if (is_name(bare) and len(bare.split()) <= _RUN) or is_initials(bare):
        start = text.index(bare)
        yield start, start + len(bare)
        return
    end = 0
    for found in _SYLLABLE.finditer(text):
        if found.start() < end or fold(found[0]) not in _SURNAMES or not found[0][0].isupper():
            continue
        run = _capitalised(text, found)
        if run and _is_person(text, found.start(), run[-1].end(), len(run)):
            end = run[-1].end()
            yield found.start(), end


def _capitalised(text: str, first: re.Match[str]) -> list[re.Match[str]]:
    """Return the capitalised syllables from this one on, parted by single blanks; none if too many or too few."""
    run = [first]
    while len(run) <= _RUN:
        following = _SYLLABLE.match(text, run[-1].end() + 1)
        if following is None or text[run[-1].end()] != " " or not following[0][0].isupper():
            break
        run.append(following)
    return run if 2 <= len(run) <= _RUN else []


def _is_person(text: str, start: int, end: int, syllables: int) -> bool:
    words, before = text[start:end], text[max(0, start - _BEFORE) : start]
    parts = words.split()
    if _NO_PERSON.search(words) or is_province_name(" ".join(parts[-2:])) or _NAMED_AFTER.search(before):
        return False
    if any(part.isupper() and len(part) > 1 for part in parts) and not words.isupper():
        return False  # `Đoàn TNCS`
    if _ADDRESS.search(before):
        return True
    if _GOVERNED.search(before) and not _OFFICE.search(before):
        return False
    return syllables >= 3 and is_name(words)

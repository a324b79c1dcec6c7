"""Decide whether words can be a person's name, by Vietnamese syllables, surnames, initials and known exceptions."""

from __future__ import annotations

import re

from vietnam.letters import strip_diacritics
from vietnam.provinces import is_province_name

_INITIALS = re.compile(r"(?:[A-ZĐ]\.? ?){1,4}[A-ZĐ]\.?|[A-ZĐ][a-zđ]{0,3}\.[A-ZĐ][a-zà-ỹđ]*|[A-ZĐ]\.[A-ZĐÀ-Ỵ][^\W\d_]+")
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdghklmnprstvxfjwzy])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnptk])?"
)

# Abbreviations of bodies, endings and signature formulas that look like initials.
_NO_INITIALS = frozenset(
    """
    UBND HĐND UBMT MTTQ ĐBQH BCĐ BTV OCOP HẾT END TM KT TL TUQ TW TU NQ QĐ KH CT BC TB GP VN KHCN NTM QH CP XHCN PCCC ATGT
    """.split()
)

# The surnames that nearly all Vietnamese bear, without diacritics.
_SURNAMES = frozenset(
    """
    an au bach bui ca cao chau che chu chung chuong cu cung dam dan dang dao dau diep dinh do doan doi dong du duong gia
    giang giap ha han hau hien ho hoa hoang hong hua hung huynh kha khong khuat khuc kieu kim la lac lai lam lan le leo
    lieu lo loi long lu lua luc luong luu ly ma mac mai man minh nga nghiem ngo nguy nguyen nhan nhu ninh nong ong pham
    phan pho phong phu phung phuong quach quan quang quyen sai sam son sung ta tang thach thai than thanh thao thi thieu
    tho to ton tong tra tran trang trieu trinh truong tu tuong ung van vang vi vien vo vu vuong vuu xa y yen
    """.split()
)

# First syllables of places and headings, where two to four capitalised words could be taken for a person.
_NO_NAME = frozenset(
    """
    việt chùa đền đình miếu sông núi cầu đường phố phường xã huyện tỉnh thành quận thị làng bản thôn ấp khu bãi đảo vịnh
    biển rừng chợ nhà trường kết phần chương mục điều phụ bảng biểu hình ảnh tổng danh nơi thông quyết nghị chỉ
    """.split()
)


def is_syllable(word: str) -> bool:
    """Return whether a word is shaped like a Vietnamese syllable, with or without its marks."""
    return bool(_SYLLABLE.fullmatch(strip_diacritics(word)))


def is_name(words: str) -> bool:
    """Return whether words are a name or pen name: two to five capitalised syllables, all capitals allowed."""
    parts = words.split()
    if not 2 <= len(parts) <= 5 or is_province_name(words) or parts[0].lower() in _NO_NAME:
        return False
    bare = [strip_diacritics(part.strip(".'’")) for part in parts]
    if not all(part[0].isupper() and part.replace(".", "").replace("'", "").isalpha() for part in parts):
        return False
    # `Lưu VT` ends a decision; a Lưu has a name of syllables.
    if bare[0] == "luu" and not all(_SYLLABLE.fullmatch(part) for part in bare):
        return False
    shaped = sum(1 for part in bare if _SYLLABLE.fullmatch(part) or len(part) == 1)
    return (
        shaped == len(parts) or (bare[0] in _SURNAMES and shaped >= len(parts) - 1) or bare[0] in ("y", "a", "h", "k")
    )


def is_initials(words: str) -> bool:
    """Return whether words are a person's initials (`N.V.A`, `Th.Hà`) and no body's abbreviation."""
    bare = words.replace(".", "").replace(" ", "")
    return bool(_INITIALS.fullmatch(words)) and len(bare) <= 6 and bare not in _NO_INITIALS

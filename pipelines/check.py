"""Check whether an article may be stored as text, and give the reasons for its quarantine in words."""

from __future__ import annotations

import re
from datetime import datetime

from archive.messages.reason import Reason
from pipelines.article import Article
from vietnam.letters import fold, is_legacy_font, is_mojibake, strip_diacritics

_ENOUGH = 250  # characters from which a text's language is recognisable
_PICTURES = 2  # a photo story without a word has at least as many
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ\u1ea0-\u1ef9]")
_BEYOND_LATIN = re.compile("[^\u0000-\u024f\u1e00-\u1eff]")
_NO_ARTICLE = re.compile(
    r"^(?:loi(?: truy cap)?(?: 404)?|404(?: not found)?|403 forbidden|wrong url|not found|bad request|access denied|"
    r"(?:trang|bai viet|noi dung|tin)(?: ban)?(?: (?:nay|yeu cau|tim kiem|dang tim))?(?: da)?"
    r" (?:khong (?:ton tai|tim thay)|bi xoa|dang duoc cap nhat).{0,60}|"
    r"khong tim thay.{0,60}|du lieu dang (?:duoc )?cap nhat|noi dung dang (?:duoc )?cap nhat|dang cap nhat|"
    r"chi tiet bai viet tam thoi khong co|he thong dang bao tri.{0,80}|website dang (?:bao tri|nang cap).{0,80}|"
    r"ban khong co quyen.{0,60}|vui long dang nhap.{0,60}|please enable javascript.{0,60}|"
    r"trinh duyet cua ban.{0,20} tat chuc nang ho tro javascript|loading|dang tai(?: du lieu)?)[.!…\s]*$"
)
_PORTAL = re.compile(
    r"^(?:cong|trang|chuyen trang|website)\s+(?:thong tin dien tu|ttdt|tttdt|thong tin)\b(?P<rest>.*)$"
)
_UNIT_WORDS = frozenset(
    "cua tinh thanh pho so ban nganh huyen xa phuong thi uy tran cuc chi chinh phu bo van phong ubnd hdnd dang bo mttq va "
    "dien tu - –".split()
)
_PAGE_NAMES = frozenset(
    (
        "trang chu",
        "chi tiet tin",
        "chi tiet bai viet",
        "thuc don",
        "tin tuc",
        "tin tuc - su kien",
        "home",
        "menu",
        "untitled",
    )
)
_CODE = re.compile(r"(?:function\s*\w*\s*\(|var \w+\s*=|\$\(|document\.|window\.|=>|\{\s*\"|</?\w+)")


def check(article: Article, now: datetime) -> tuple[Reason, ...]:
    """Return the reasons to quarantine an article; empty when it is good.

    Doubt counts against an article; shortness and tables do not.
    """
    text = "\n".join(block.text for block in article.blocks)
    reasons = [*_of_title(article.title), *_of_text(article, text)]
    if article.published is not None and not article.published.known_by(now):
        reasons.append(Reason.of("published_later", published=article.published.isoformat()))
    if "parser_gave_up" in article.flags:
        reasons.append(Reason.of("nested_too_deep"))
    return tuple(reasons)


def _of_title(title: str) -> list[Reason]:
    if not title.strip():
        return [Reason.of("no_title")]
    bare = strip_diacritics(title).strip(" .:-–|")
    if bare in _PAGE_NAMES or _is_portal_name(title):
        return [Reason.of("title_of_portal", title=title)]
    if _NO_ARTICLE.match(bare):
        return [Reason.of("title_of_error", title=title)]
    return [Reason.of("title_unreadable")] if "\ufffd" in title else []


def _is_portal_name(title: str) -> bool:
    """Return whether a title is only `Cổng thông tin điện tử …`; more words make it an article about a portal."""
    found = _PORTAL.match(strip_diacritics(title).strip())
    if not found:
        return False
    words = title.split()[-len(found["rest"].split()) :] if found["rest"].split() else []
    return all(word[:1].isupper() or strip_diacritics(word) in _UNIT_WORDS for word in words)


def _of_text(article: Article, text: str) -> list[Reason]:
    if not text.strip():
        has_content = article.attachments or "picture_only" in article.flags or len(article.images) >= _PICTURES
        return [] if has_content else [Reason.of("no_body")]
    reasons: list[Reason] = []
    if len(text) < _ENOUGH and _NO_ARTICLE.match(" ".join(strip_diacritics(text).split())) and not article.attachments:
        reasons.append(Reason.of("body_of_error", body=fold(text)[:80]))
    whole = f"{article.title}\n{text}"
    if is_legacy_font(whole):
        reasons.append(Reason.of("legacy_font"))
    if is_mojibake(whole):
        reasons.append(Reason.of("mojibake"))
    lost = text.count("\ufffd")
    if (lost > 2 or lost * 500 > len(text)) and not is_mojibake(whole):
        reasons.append(Reason.of("unreadable_characters", count=lost))
    if _is_other_script(text):
        reasons.append(Reason.of("other_script"))
    if len(_CODE.findall(text)) * 120 > len(text):
        reasons.append(Reason.of("program_code"))
    return reasons


def _is_other_script(text: str) -> bool:
    other = sum(map(str.isalpha, _BEYOND_LATIN.findall(text)))
    if not other:
        return False
    letters = sum(map(str.isalpha, text))
    return letters >= 20 and other * 2 > letters


def is_foreign(text: str) -> bool:
    """Return whether a text has hardly a Vietnamese letter: an English edition, or text without marks.

    Texts too short to tell are not foreign.
    """
    # A Vietnamese text shows enough such letters in its first part.
    if len(_VIETNAMESE.findall(text, 0, len(text) // 8)) * 50 >= len(text):
        return False
    letters = sum(map(str.isalpha, text))
    return letters >= _ENOUGH and len(_VIETNAMESE.findall(text)) * 50 < letters

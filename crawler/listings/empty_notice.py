"""Recognise a list page whose category has no articles and says so. Pure."""

from __future__ import annotations

import html
import re

from vietnam.letters import fold, fold_spaces, nfc

_UNSEEN = re.compile(r"<(?:(script|style|noscript|template|form)\b|!--)", re.IGNORECASE)
_END = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("script", "style", "noscript", "template", "form")
}
_END[""] = re.compile("-->")
_TEXT = re.compile(r">([^<>]{6,160})<")
_THINGS = r"(?:bài viết|bài|tin bài|tin tức|tin|nội dung|dữ liệu|bản ghi|kết quả)"
_NOTICE = re.compile(
    fold(
        rf"(?:hiện (?:tại )?)?(?:(?:chuyên mục|danh mục|mục)(?: này)? )?(?:hiện )?"
        rf"(?:chưa có|không có|không tìm thấy|không còn)(?: bất kỳ| một)? {_THINGS}(?!\w).{{0,60}}"
        r"|(?:sorry, )?(?:no|there are no|we found no) (?:posts?|articles?|entries|results?|news|records?|items?)(?!\w).{0,60}"
        r"|nothing (?:was )?found[.! ]*|nothing here[.! ]*"
    )
)


def states_no_articles(page: str) -> bool:
    """Return whether a line of the page says, in Vietnamese or English, that there is nothing in this list."""
    texts = (fold(fold_spaces(nfc(html.unescape(text)))) for text in _TEXT.findall(_seen(page)))
    return any(_NOTICE.fullmatch(text.strip(" .…!*-–")) for text in texts)


def _seen(page: str) -> str:
    """Return a page without scripts, forms, comments and the like; one that never ends stays."""
    parts, at, search_from = [], 0, 0
    endless: set[str] = set()
    while found := _UNSEEN.search(page, search_from):
        name = (found[1] or "").lower()
        end = None if name in endless else _END[name].search(page, found.end())
        if end is None:
            endless.add(name)
            search_from = found.end()
        else:
            parts.append(page[at : found.start()])
            at = search_from = end.end()
    return "".join([*parts, page[at:]])

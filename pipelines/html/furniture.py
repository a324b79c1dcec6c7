"""Find what frames an article on a page: menus, footers, side columns, readers' comments, and the foot by its place.

Names are a hint only. An `aside` may hold the text, and most feet bear no name at all: they are the last thing on the
page and say whose site it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from lxml.html import HtmlElement

from pipelines.html.tree import INVISIBLE, brief_text, tag_of, text_of

_PROSE = 40  # characters from which a paragraph counts as prose
_ALWAYS = frozenset({"nav", "footer"})
_BY_CONTENT = frozenset({"aside"})
_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "dialog", "menu", "menubar"})
_FOOT = re.compile(r"(?:^|[\s_-])(?:footer|copyright|breadcrumbs?)(?:$|[\s_-])", re.IGNORECASE)
_COMMENTS = re.compile(
    r"(?:^|\s)(?:comments?|comments?-?(?:area|list|box|section|form|wrap(?:per)?)|(?:list|box|block)-?comments?|respond"
    r"|(?:ds|list|box|khung)?-?binh-?luan(?:-\w+)?|y-kien-ban-doc|disqus_thread|fb-comments)(?:$|\s)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar)?|menu|breadcrumbs?|footer|sidebar|comments?|binh-?luan|share|social|popup|modal|toolbar|"
    r"pagination|login|cookie|banner|ads?|advert\w*|quang-?cao|rating|vote|newsletter|tags?|keywords?|tu-?khoa)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NEAR = 3  # ancestors of the title in which an `aside` below it may hold the text
_FOOT_LENGTH = 1500  # characters of the longest foot
_SHORT_FOOT = 250  # characters of a foot that one mark makes
_TITLE = 15  # characters of a link that may be another article's title
_BESIDE = 40  # characters beside the title from which its box holds more than a title
_OWNER = re.compile(
    r"(?<!\w)(?:(?:(?:cơ quan|đơn vị) (?:chủ quản|quản lý|vận hành)|địa chỉ|trụ sở|(?:số )?điện thoại|đt|tel|fax|e-?mail|hotline"
    r"|đường dây nóng|(?:trưởng )?ban biên tập)(?=\s*[:.]|\s*[(+]?\d)|(?:người )?chịu trách nhiệm(?= (?:chính|nội dung|xuất bản)|\s*:)"
    r"|giấy phép(?= (?:số|thiết lập|hoạt động|xuất bản))|bản quyền(?= (?:thuộc|©|20\d\d))|copyright|©|ghi rõ nguồn|powered by|designed by"
    r"|(?:thiết kế|phát triển|xây dựng|vận hành)(?: và \w+ \w+)? bởi)|[\w.-]+@[\w-]+\.\w",
    re.IGNORECASE,
)


def furniture(body: HtmlElement, title: HtmlElement | None) -> frozenset[HtmlElement]:
    """Return the elements that frame the article, unless they hold its title or most of the text."""
    around = set(title.iterancestors()) if title is not None else set()
    whole = _prose_in(body) or 1
    found = set(_feet(body, title))
    for element in body.iter():
        tag = tag_of(element)
        if not tag or element in around or element is body or element is title:
            continue
        ends, frames = _named(f"{element.get('class', '')} {element.get('id', '')}")
        if tag in _BY_CONTENT or element.get("role") == "complementary":
            plain = not _is_text_column(element, title)
        else:
            plain = tag in _ALWAYS or ends or element.get("role") in _ROLES
        if (plain or tag == "header" or frames) and (plain or _prose_in(element) < 0.3 * whole):
            found.add(element)
    return frozenset(found)


# A page has few names for many elements, and a portal's pages have the same ones.
@lru_cache(maxsize=4096)
def _named(names: str) -> tuple[bool, bool]:
    """Return whether class and id name a foot or readers' comments, and whether they name a frame."""
    return bool(_FOOT.search(names) or _COMMENTS.search(names)), _NAMED.search(names) is not None


def _prose_in(element: HtmlElement) -> int:
    return sum(len(text) for p in element.iter("p") if len(text := "".join(p.itertext()).strip()) >= _PROSE)


def _is_text_column(aside: HtmlElement, title: HtmlElement | None) -> bool:
    """Return whether an `aside` stands below the title in its column and holds most of the column's own words."""
    if title is None:
        return False
    above = list(title.iterancestors())
    branch = aside
    while (column := branch.getparent()) is not None and column not in above:
        branch = column
    if column is None or column not in above[:_NEAR]:
        return False
    if not any(title in (each, *each.iterdescendants()) for each in branch.itersiblings(preceding=True)):
        return False
    own, linked = len(text_of(aside)), _linked(aside)
    return linked < 0.3 * own and 2 * (own - linked) >= len(text_of(column)) - _linked(column) - len(text_of(title))


def _linked(element: HtmlElement) -> int:
    return sum(len(text_of(link)) for link in element.iter("a") if isinstance(link, HtmlElement))


def _feet(body: HtmlElement, title: HtmlElement | None) -> Iterator[HtmlElement]:
    """Yield the boxes that end the page, or a column around the title, and say whose site it is.

    A notice may end in an address and a telephone number too: something else stands between the title and a foot.
    """
    if title is None:
        return
    path = [title, *(above for above in title.iterancestors() if above is body or body in above.iterancestors())]
    for inner, outer in pairwise(path):
        later = [
            each for each in inner.itersiblings() if tag_of(each) not in INVISIBLE and tag_of(each) and _has_text(each)
        ]
        while later and tag_of(outer) and _names_owner(later[-1]):
            foot = later.pop()
            between = any(map(_is_list, later)) if inner is title else bool(later) or _holds_more(inner, title)
            if not between:
                break
            yield foot


def _has_text(element: HtmlElement) -> bool:
    return any((node.text or "").strip() for node in element.iter() if tag_of(node) not in INVISIBLE)


def _names_owner(element: HtmlElement) -> bool:
    text = brief_text(element, _FOOT_LENGTH)
    marks = {mark.lower() for mark in _OWNER.findall(text)}
    return len(marks) > 1 or (len(marks) == 1 and len(text) <= _SHORT_FOOT)


def _is_list(element: HtmlElement) -> bool:
    """Return whether an element lists other articles."""
    titles = sum(1 for link in element.iter("a") if link.get("href") and len(text_of(link)) >= _TITLE)
    return titles > 1 and 2 * _linked(element) > len(text_of(element))


def _holds_more(box: HtmlElement, title: HtmlElement) -> bool:
    """Return whether the box around the title holds more than a title block: words, a picture, a viewer, links."""
    if next(box.iter("iframe", "object", "embed", "img", "video"), None) is not None:
        return True
    links = sum(1 for link in box.iter("a") if link.get("href"))
    return links > 2 or len(text_of(box)) - len(text_of(title)) > _BESIDE

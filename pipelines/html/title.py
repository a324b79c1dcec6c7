"""Find an article's title on a page without a layout: the heading that the page's own head confirms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from lxml.html import HtmlElement

from pipelines.html.addresses import split_address
from pipelines.html.tree import INVISIBLE, HtmlPage, brief_text, is_hidden, line, tag_of, text_of
from vietnam.letters import fold, strip_diacritics

_SEPARATOR = re.compile(r"\s+(?:[-–—|·•»«]|::)\s+|\s*\|\s*")
_SITE_WORDS = re.compile(
    r"(?:cong|trang) (?:thong tin dien tu|ttdt|tttdt)|^cong thong tin (?:tinh|thanh pho)(?: \S+){1,4}$"
    r"|^(?:trang chu|tin tuc|home|liferay(?: dxp)?|chi tiet (?:tin|bai)(?: viet)?)$"
    r"|^\S+\.(?:vn|com|net|org)$"
)
_PAPER = re.compile(r"^báo (?:điện tử )?\S+(?: \S+){0,4}$")  # with its tone: `Bão số 3` is news
# An office by its own name: `UBND xã …`, `Sở Nội vụ`. Where the first word has other uses (`Ban hành quy chế`) a name follows.
_OFFICE = re.compile(
    r"(?:UBND|HĐND|MTTQ|Ủy ban|Uỷ ban|Hội đồng|Văn phòng|Công an|Trung tâm|Chi cục|Tổng cục|Bệnh viện|Đảng (?:bộ|ủy|uỷ)"
    r"|(?:Tỉnh|Thành|Huyện|Thị|Quận) (?:ủy|uỷ)|(?P<of>Sở|Bộ|Cục|Phòng|Ban|Trường|Viện|Hội|Đài|Đoàn|Liên đoàn|Xã|Phường"
    r"|Thị trấn|Thị xã|Huyện|Quận|Tỉnh|Thành phố|TP\.?))\s+(?P<next>\w)",
)
_PLACES = frozenset(("Xã", "Phường", "Thị trấn", "Thị xã", "Huyện", "Quận", "Tỉnh", "Thành phố", "TP", "TP."))
_UNITS = re.compile(r"(?<!\w)(?:tỉnh|thành phố|huyện|quận|thị xã|thị trấn|xã|phường)(?!\w)|,")
_FRAME = re.compile(r"breadcrumb|menu", re.IGNORECASE)
_OFFICE_LENGTH = 12  # words
_SHORTEST = 8  # characters
_LIKE = 0.6  # share of words two titles have in common
_OWN_WORDS = 3  # words of a title that is left when an office's name is taken off it
_PART_LENGTH = 20  # characters of a part of a declared title that an element may show as the whole title


def without_site(text: str, page: HtmlPage) -> str:
    """Return a `<title>` or attribute title without the site's name before or after it."""
    whole = line(text)
    spans = _parts(whole)
    site = {fold(name) for name in _site_names(page)}
    start, end = 0, len(spans)
    while end - start > 1 and (left := _before_site(whole, spans[start:end], site)):
        end = start + left
    while end - start > 1 and (left := _behind_site(whole, spans[start:end], site)):
        start += left
    return whole[spans[start][0] : spans[end - 1][1]] if spans else whole


def _parts(text: str) -> list[tuple[int, int]]:
    """Return start and end of the parts between the separators of a title."""
    edges = [0, *(edge for found in _SEPARATOR.finditer(text) for edge in found.span()), len(text)]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end]


def _before_site(text: str, spans: list[tuple[int, int]], site: set[str]) -> int:
    """Return the number of parts before a site's name at the end, 0 without one; the name may hold separators itself."""
    for first in range(1, len(spans)):
        if fold(text[spans[first][0] : spans[-1][1]]) in site:
            return first
    last, before = text[slice(*spans[-1])], text[spans[0][0] : spans[-2][1]]
    office = _is_office(last) and len(before.split()) >= _OWN_WORDS
    return len(spans) - 1 if office or _is_site(last, site) else 0


def _behind_site(text: str, spans: list[tuple[int, int]], site: set[str]) -> int:
    """Return the number of parts that are a site's name at the beginning."""
    for last in range(len(spans) - 1, 0, -1):
        if fold(text[spans[0][0] : spans[last - 1][1]]) in site:
            return last
    return int(_is_site(text[slice(*spans[0])], site))


def _is_office(part: str) -> bool:
    """Return whether a part is an office or a place by its name alone: a headline goes on with words that begin small."""
    found = _OFFICE.match(part)
    words = _UNITS.sub(" ", part).split()
    if found is None or len(words) > _OFFICE_LENGTH or re.search(r"[\d:?!“”\"]", part):
        return False
    if found["of"] and not found["next"].isupper():
        return False
    runs = "".join("a" if word[:1].islower() else "A" for word in words[1:]).split("A")
    return max(map(len, runs), default=0) <= (0 if found["of"] in _PLACES else 2)


def _is_site(part: str, site: set[str]) -> bool:
    return fold(part) in site or bool(_SITE_WORDS.search(strip_diacritics(part)) or _PAPER.match(fold(part)))


def _site_names(page: HtmlPage) -> Iterator[str]:
    for element in page.match("meta[property='og:site_name'], meta[name=application-name]"):
        yield line(element.get("content") or "")
    host = split_address(page.url).hostname or ""
    yield host.removeprefix("www.")


def declared_titles(page: HtmlPage) -> list[str]:
    """Return the titles in the page's head, without the site's name."""
    cleaned = (without_site(value, page) for value in _in_head(page))
    return list(dict.fromkeys(title for title in cleaned if title))


def _in_head(page: HtmlPage) -> list[str]:
    values = [
        element.get("content") or "" for element in page.match("meta[property='og:title'], meta[name='twitter:title']")
    ]
    return [*values, *(text_of(element) for element in page.match("title")[:1])]


def find_title(page: HtmlPage) -> tuple[str, HtmlElement | None]:
    """Return the title and the element that shows it; no element where none does."""
    declared = declared_titles(page)
    headings = [(element, text_of(element)) for element in page.match("h1") if _is_shown(element)]
    headings = [(element, text) for element, text in headings if len(text) >= _SHORTEST]
    if best := max(headings, key=lambda item: _likeness(item[1], declared), default=None):
        element, text = best
        if _likeness(text, declared) >= _LIKE:
            return text, element
    if (shown := _element_with_title(page, declared)) is not None:
        return text_of(shown), shown
    if (shown := _element_with_title(page, _parts_declared(page))) is not None:
        return text_of(shown), shown
    outside = [item for item in headings if not _in_furniture(item[0])]
    if outside and not declared:
        return outside[0][1], outside[0][0]
    if outside and len(outside) == 1:
        return outside[0][1], outside[0][0]
    return (declared[0], None) if declared else ("", None)


def _likeness(text: str, declared: list[str]) -> float:
    words = set(fold(text).split())
    best = 0.0
    for title in declared:
        others = set(fold(title).split())
        if words and others:
            best = max(best, len(words & others) / max(len(words), len(others)))
    return best


def _parts_declared(page: HtmlPage) -> list[str]:
    """Return the beginnings of the titles in the head that end at a separator: the rest may be a site's name."""
    parts: list[str] = []
    for whole in map(line, _in_head(page)):
        spans = _parts(whole)
        parts += [whole[spans[0][0] : end] for _, end in reversed(spans[:-1])]
    return [part for part in dict.fromkeys(parts) if len(part) >= _PART_LENGTH]


def _element_with_title(page: HtmlPage, declared: list[str]) -> HtmlElement | None:
    """Find the element whose whole text is a declared title: some portals set it in a `div` or a `p`."""
    wanted = {fold(title) for title in declared if len(title) >= _SHORTEST}
    if not wanted:
        return None
    # A cut `<title>` ends in dots; then the element goes on.
    cut = [fold(title).rstrip(". …") for title in declared if title.endswith(("...", "…"))]
    unseen, framed = dict[HtmlElement, bool](), dict[HtmlElement, bool]()
    for element in page.root.iter("h1", "h2", "h3", "h4", "p", "div", "span", "td", "strong", "b", "font"):
        if len(element) > 8 or _is_any(element, _is_unseen, unseen) or _is_any(element.getparent(), _frames, framed):
            continue
        text = fold(brief_text(element, 400))
        if text and (text in wanted or any(text.startswith(start) for start in cut if len(start) > 30)):
            return element
    return None


def _is_any(element: HtmlElement | None, test: Callable[[HtmlElement], bool], known: dict[HtmlElement, bool]) -> bool:
    """Return whether a test holds for an element or one around it; `known` keeps the results for the next elements."""
    path: list[HtmlElement] = []
    found = False
    while element is not None and not found:
        if element in known:
            found = known[element]
            break
        path.append(element)
        found = test(element)
        element = element.getparent()
    known.update(dict.fromkeys(path, found))
    return found


def _is_shown(element: HtmlElement) -> bool:
    return not _is_any(element, _is_unseen, {})


def _is_unseen(element: HtmlElement) -> bool:
    return is_hidden(element) or tag_of(element) in INVISIBLE


def _in_furniture(element: HtmlElement) -> bool:
    """Return whether an element stands in a menu, a footer, a link list or a breadcrumb."""
    return _is_any(element.getparent(), _frames, {})


def _frames(element: HtmlElement) -> bool:
    if tag_of(element) in ("nav", "footer", "aside", "li", "a"):
        return True
    if element.get("role") in ("navigation", "contentinfo"):
        return True
    return _FRAME.search(f"{element.get('class', '')} {element.get('id', '')}") is not None

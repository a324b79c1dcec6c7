"""Remove boxes of links to other articles from an article, recognised by structure and not by a site's names."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipelines.article import BlockKind
from pipelines.html.attachment_links import is_file_link
from pipelines.html.blocks import Piece
from pipelines.html.tree import INLINE, tag_of
from vietnam.residue import residue_kind

PROSE = 40  # characters from which a block counts as prose
_TEASER = 20  # characters of a link that may be another article's title
_LABEL = 40  # characters of a label over such links
_TITLE_LINKED = 0.6  # share of link text in a title that its day may follow
_BOX = 700  # characters of the largest teaser
_BOX_NAMED = re.compile(
    r"relat|lien-?quan|tinlq|item|box|more|article|news|post|story|card|other|khac|thumb|avatar|zone|widget|suggest|recommend",
    re.IGNORECASE,
)
_FILE_LABEL = re.compile(
    r"(?:các )?(?:tệp|tập tin|tài liệu|file|văn bản) (?:tin )?(?:đính )?kèm(?: theo)?\s*:", re.IGNORECASE
)
_OTHERS = re.compile(
    r"^(?:(?:các |những )?(?:tin|bài)(?: viết| tức)? (?:liên quan|khác|mới hơn|cũ hơn|cùng chuyên mục|đã đưa|đọc nhiều|nổi bật)"
    r"|(?:cùng|tin cùng) chuyên mục|tham khảo thêm|đọc thêm|xem thêm(?: về)?|đọc nhiều|có thể bạn quan tâm|mới nhất|"
    r"tin mới(?: nhất)?|tin nổi bật|theo dòng sự kiện|từ khóa|tags?|chủ đề)\s*:?$",
    re.IGNORECASE,
)
# What stands over readers' comments and over their form ends the article, prose or not.
_COMMENTS = re.compile(
    r"^(?:(?:các |những |\d+ )?(?:bình luận|ý kiến|phản hồi|nhận xét)"
    r"(?: (?:bạn đọc|của bạn(?: đọc)?|độc giả|của độc giả|mới nhất|bài viết))?"
    r"|(?:viết|gửi|để lại|thêm|đăng)(?: một)? (?:bình luận|ý kiến|phản hồi|nhận xét)(?: (?:của bạn|mới))?"
    r"|leave a (?:reply|comment)|(?:\d+ )?comments?|(?:add|post) (?:a )?(?:new )?comment|your comments?"
    r"|(?:one|\d+) (?:thoughts?|responses?) on .{0,200})\s*(?:[(\[]?\s*\d+\s*[)\]]?)?\s*:?$",
    re.IGNORECASE,
)
# Legal grounds begin so, and the acts they name are links; a teaser is a link from its first word on.
_GROUNDS = re.compile(r"^[-–+•\s]*(?:căn cứ(?! địa)|(?P<cased>thực hiện|xét|theo|chiếu theo))(?!\w)", re.IGNORECASE)
_SOURCE = re.compile(r"^[(\[\s]*(?:nguồn(?: tin)?|dẫn nguồn|source)\s*:?\s", re.IGNORECASE)
_READ_ON = re.compile(
    r"^(?:(?:xem|đọc|tham khảo|tìm hiểu)(?: thêm| tiếp| chi tiết)?|(?:tin|bài)(?: viết)? (?:liên quan|khác)|chuyên mục"
    r"|từ khóa|tags?|mục|chủ đề|trang)(?!\w)",
    re.IGNORECASE,
)


def without_boxes(pieces: list[Piece], container: HtmlElement) -> list[Piece]:
    """Return the blocks outside link boxes and file lists, and above any heading like `Tin liên quan`."""
    teasers = {id(piece) for piece in pieces if _is_teaser(piece)}
    members = _members(pieces, container)
    boxes = {_box_of(piece, members, teasers, container) for piece in pieces if id(piece) in teasers}
    remaining = [
        piece
        for piece in pieces
        if not any(element in boxes for element in (piece.element, *piece.element.iterancestors()))
        and not (_FILE_LABEL.match(piece.text) and any(map(is_file_link, links_of(piece))))
    ]
    return _without_tail(without_comments(remaining)[0])


def without_comments(pieces: list[Piece]) -> tuple[list[Piece], list[str]]:
    """Split off what stands below the heading of readers' comments, if text stands above it; return the lines as well."""
    prose = False
    for position, piece in enumerate(pieces):
        if prose and len(piece.text) <= _BOX and _COMMENTS.match(piece.text):
            return pieces[:position], [each.text for each in pieces[position:] if each.text]
        prose = prose or len(piece.text) >= PROSE
    return pieces, []


def without_titles(pieces: list[Piece]) -> tuple[list[Piece], list[str]]:
    """Split off the linked titles right below a label like `Tin liên quan`; return the other blocks and those lines.

    For a body that a layout names: linked text stays unless a label marks it, and then the label goes with it.
    """
    remaining: list[Piece] = []
    removed: list[str] = []
    label: Piece | None = None
    below = False
    for piece in pieces:
        if below and _is_title(piece):
            if label is not None:
                remaining.remove(label)
                removed.append(label.text)
                label = None
            removed.append(piece.text)
            continue
        if piece.text:
            below = len(piece.text) <= _LABEL and residue_kind(piece.text) in ("related", "pager")
            label = piece if below else None
        remaining.append(piece)
    return remaining, removed


def _is_title(piece: Piece) -> bool:
    """Return whether a block is a link to another article, perhaps with its day."""
    if piece.linked < _TITLE_LINKED * len(piece.text) or len(piece.text) < _TEASER:
        return False
    return not any(map(is_file_link, links_of(piece)))


def _members(pieces: list[Piece], container: HtmlElement) -> dict[HtmlElement, list[Piece]]:
    members: dict[HtmlElement, list[Piece]] = {}
    for piece in pieces:
        for element in (piece.element, *piece.element.iterancestors()):
            if element is container:
                break
            members.setdefault(element, []).append(piece)
    return members


def _is_teaser(piece: Piece) -> bool:
    share = 0.5 if piece.kind is BlockKind.LIST_ITEM else 0.85
    if len(piece.text) < _TEASER or piece.linked < share * len(piece.text) or is_text_of_links(piece):
        return False
    links = [link for link in links_of(piece) if link.get("href")]
    return bool(links) and not any(map(is_file_link, links))


def is_text_of_links(piece: Piece) -> bool:
    """Return whether a block that is mostly links is text: links to files, legal grounds, a source, a sentence of links.

    A teaser begins with its link, and a sentence with a word of its own.
    """
    links = links_of(piece)
    if links and all(map(is_file_link, links)):
        return True
    whole = piece.linked >= len(piece.text)
    if (grounds := _GROUNDS.match(piece.text)) and not (whole and grounds["cased"]):
        return True
    if _SOURCE.match(piece.text) and not whole:
        return True
    block = outside_link(piece.element)
    opening = (block.text or "").strip(" \t\r\n-–+•*»>")
    if len(piece.text) < PROSE or len(opening) < 3 or opening.endswith(":") or _READ_ON.match(opening):
        return False
    return opening[0].isalpha() and len(links) > 1


def links_of(piece: Piece) -> list[HtmlElement]:
    """Return the link around a block, or the links in it."""
    element = piece.element
    around = [each for each in (element, *element.iterancestors()) if tag_of(each) == "a"][:1]
    return around or [link for link in outside_link(element).iter("a") if isinstance(link, HtmlElement)]


def outside_link(element: HtmlElement) -> HtmlElement:
    """Return the block around a link or another inline element, or the element itself."""
    while tag_of(element) in INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def holds(container: HtmlElement, element: HtmlElement) -> bool:
    """Return whether an element is the container or stands in it."""
    return element is container or container in element.iterancestors()


def _box_of(
    piece: Piece, members: dict[HtmlElement, list[Piece]], teasers: set[int], container: HtmlElement
) -> HtmlElement:
    """Find the widest element around a link that still looks like a teaser or a list of them."""
    best = outside_link(piece.element)
    for element in best.iterancestors():
        if element is container:
            break
        inside = members.get(element, [])
        others = [other for other in inside if id(other) not in teasers]
        links = len(inside) - len(others)
        length = sum(len(other.text) for other in inside)
        if length > _BOX * max(links, 1) or any(len(other.text) > _BOX * 0.6 for other in others):
            break
        if not others or (len(others) <= 2 * links + 1 and _looks_like_box(element, container)):
            best = element
    return best


def _looks_like_box(element: HtmlElement, container: HtmlElement) -> bool:
    for each in (element, *element.iterancestors()):
        if each is container:
            return False
        named = " ".join(each.get(name, "") for name in ("class", "id", "type", "data-role", "itemtype"))
        if tag_of(each) in ("ul", "ol", "li", "article", "aside") or _BOX_NAMED.search(named):
            return True
    return False


def _without_tail(pieces: list[Piece]) -> list[Piece]:
    """Cut the blocks at a heading of other articles; where real prose follows it, remove only the heading."""
    prose = [i for i, piece in enumerate(pieces) if len(piece.text) >= PROSE and not piece.linked]
    last = prose[-1] if prose else -1
    remaining: list[Piece] = []
    for position, piece in enumerate(pieces):
        if not _OTHERS.match(piece.text):
            remaining.append(piece)
        elif position > last:
            break
    return remaining

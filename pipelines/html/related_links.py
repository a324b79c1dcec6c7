"""Boxes of links to other articles inside an article: told by their structure, not by a site's names."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipelines.article import BlockKind
from pipelines.html.attachment_links import is_file_link
from pipelines.html.blocks import Piece
from pipelines.html.tree import INLINE, tag_of
from vietnam.residue import residue_kind

__all__ = ["PROSE", "holds", "links_of", "outside_link", "without_boxes", "without_titles"]

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
    r"tin mới(?: nhất)?|tin nổi bật|theo dòng sự kiện|bình luận|ý kiến (?:bạn đọc|của bạn)|từ khóa|tags?|chủ đề)\s*:?$",
    re.IGNORECASE,
)


def without_boxes(pieces: list[Piece], container: HtmlElement) -> list[Piece]:
    """The blocks in no box of links to other articles, in no list of files, below no heading like `Tin liên quan`."""
    teasers = {id(piece) for piece in pieces if _is_teaser(piece)}
    members = _members(pieces, container)
    boxes = {_box_of(piece, members, teasers, container) for piece in pieces if id(piece) in teasers}
    kept = [
        piece
        for piece in pieces
        if not any(element in boxes for element in (piece.element, *piece.element.iterancestors()))
        and not (_FILE_LABEL.match(piece.text) and any(map(is_file_link, links_of(piece))))
    ]
    return _without_tail(kept)


def without_titles(pieces: list[Piece]) -> tuple[list[Piece], list[str]]:
    """The blocks without the linked titles right below a label like `Tin liên quan`, and those lines.

    For a body that a layout names: what is linked stays unless a label says what it is, which then goes with it.
    """
    kept: list[Piece] = []
    gone: list[str] = []
    label: Piece | None = None
    below = False
    for piece in pieces:
        if below and _is_title(piece):
            if label is not None:
                kept.remove(label)
                gone.append(label.text)
                label = None
            gone.append(piece.text)
            continue
        if piece.text:
            below = len(piece.text) <= _LABEL and residue_kind(piece.text) in ("related", "pager")
            label = piece if below else None
        kept.append(piece)
    return kept, gone


def _is_title(piece: Piece) -> bool:
    """Whether a block is a link to another article, perhaps with its day."""
    if piece.linked < _TITLE_LINKED * len(piece.text) or len(piece.text) < _TEASER:
        return False
    return not any(map(is_file_link, links_of(piece)))


def _members(pieces: list[Piece], container: HtmlElement) -> dict[HtmlElement, list[Piece]]:
    """The blocks inside every element below the container."""
    members: dict[HtmlElement, list[Piece]] = {}
    for piece in pieces:
        for element in (piece.element, *piece.element.iterancestors()):
            if element is container:
                break
            members.setdefault(element, []).append(piece)
    return members


def _is_teaser(piece: Piece) -> bool:
    share = 0.5 if piece.kind is BlockKind.LIST_ITEM else 0.85
    if len(piece.text) < _TEASER or piece.linked < share * len(piece.text):
        return False
    links = [link for link in links_of(piece) if link.get("href")]
    return bool(links) and not any(map(is_file_link, links))


def links_of(piece: Piece) -> list[HtmlElement]:
    """The link around a block, or the links in it."""
    element = piece.element
    around = [each for each in (element, *element.iterancestors()) if tag_of(each) == "a"][:1]
    return around or [link for link in outside_link(element).iter("a") if isinstance(link, HtmlElement)]


def outside_link(element: HtmlElement) -> HtmlElement:
    """The block around a link or another inline element, or the element itself."""
    while tag_of(element) in INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def holds(container: HtmlElement, element: HtmlElement) -> bool:
    """Whether an element is the container or stands in it."""
    return element is container or container in element.iterancestors()


def _box_of(
    piece: Piece, members: dict[HtmlElement, list[Piece]], teasers: set[int], container: HtmlElement
) -> HtmlElement:
    """The widest element around a link that still looks like a teaser or a list of them."""
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
    """The blocks up to a heading of other articles, unless real prose follows it; then without the heading only."""
    prose = [i for i, piece in enumerate(pieces) if len(piece.text) >= PROSE and not piece.linked]
    last = prose[-1] if prose else -1
    kept: list[Piece] = []
    for position, piece in enumerate(pieces):
        if not _OTHERS.match(piece.text):
            kept.append(piece)
        elif position > last:
            break
    return kept

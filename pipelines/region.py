"""Where the article stands on a page nobody has described: by prose, links and the place below the title.

trafilatura reads the whole page; every block of ours is weighed by its prose, by whether trafilatura took it too, and
by how many links lie between it and the title. The element with the highest sum holds the article. Boxes of links to
other articles inside it are left out by their structure, not by their names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipelines.article import BlockKind
from pipelines.attachments import is_file
from pipelines.engine import lines_of
from pipelines.markup import INLINE, Page, line, match, tag_of
from pipelines.prepare import Piece, pieces_of
from vietnam.letters import fold
from vietnam.residue import is_residue

__all__ = ["Region", "find_region"]

_PROSE = 40  # characters from which a block counts as prose
_LINKED = 0.5  # share of link text from which a block is a link
_GAP = 40  # characters of links and labels after which prose no longer belongs to the title by its place alone
_TEASER = 20  # characters of a link that may be another article's title
_BOX = 700  # characters of the largest teaser
_FURNITURE = frozenset({"nav", "footer", "aside"})
_ROLES = frozenset({"navigation", "contentinfo", "banner", "search", "dialog", "complementary", "menu", "menubar"})
_NAMED = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar)?|menu|breadcrumbs?|footer|sidebar|comments?|binh-?luan|share|social|popup|modal|toolbar|"
    r"pagination|login|cookie|banner|ads?|advert\w*|quang-?cao|rating|vote|newsletter|tags?|keywords?|tu-?khoa)(?:$|[\s_-])",
    re.IGNORECASE,
)
_BOX_NAMED = re.compile(
    r"relat|lien-?quan|tinlq|item|box|more|article|news|post|story|card|other|khac|thumb|avatar|zone|widget|suggest|recommend",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"^(?:(?:các |những )?(?:tin|bài)(?: viết| tức)? (?:liên quan|khác|mới hơn|cũ hơn|cùng chuyên mục|đã đưa|đọc nhiều|nổi bật)"
    r"|(?:cùng|tin cùng) chuyên mục|tham khảo thêm|đọc thêm|xem thêm(?: về)?|đọc nhiều|có thể bạn quan tâm|mới nhất|"
    r"tin mới(?: nhất)?|tin nổi bật|theo dòng sự kiện|bình luận|ý kiến (?:bạn đọc|của bạn)|từ khóa|tags?|chủ đề)\s*:?$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Region:
    """The article's element, its lead and body as blocks, and the elements of the title block around it."""

    container: HtmlElement
    lead: list[Piece]
    body: list[Piece]
    above: list[Piece]


def find_region(page: Page, title: HtmlElement | None, skip: frozenset[HtmlElement] = frozenset()) -> Region | None:
    """The article of a page; None when nothing on it reads like one."""
    bodies = match(page.root, "body") or [page.root]
    skip = skip | _furniture(bodies[0], title)
    pieces = [piece for piece in pieces_of(bodies[0], skip) if piece.text or piece.images]
    container = _container(pieces, bodies[0], title, _read_lines(page))
    start = _position_after(pieces, title)
    if container is None:
        container, pieces = _nearest(pieces, start, title)
    if container is None:
        return None
    inside = [piece for piece in pieces[start:] if _holds(container, piece.element)]
    first = next((i for i, piece in enumerate(pieces) if inside and piece is inside[0]), start)
    above = pieces[start:first]
    inside = _without_boxes(inside, container)
    return _parted(page, container, above, inside)


def _read_lines(page: Page) -> frozenset[str]:
    return frozenset(fold(text) for text in lines_of(page.root))


def _furniture(body: HtmlElement, title: HtmlElement | None) -> frozenset[HtmlElement]:
    """Elements that are furniture by tag, role or common name, unless they hold the title or most of the page's text."""
    around = set(title.iterancestors()) if title is not None else set()
    whole = _prose_in(body) or 1
    found: set[HtmlElement] = set()
    for element in body.iter():
        tag = tag_of(element)
        if not tag or element in around or element is body or element is title:
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        plain = tag in _FURNITURE or element.get("role") in _ROLES
        if (plain or tag == "header" or _NAMED.search(names)) and (plain or _prose_in(element) < 0.3 * whole):
            found.add(element)
    return frozenset(found)


def _prose_in(element: HtmlElement) -> int:
    return sum(len(text) for p in element.iter("p") if len(text := "".join(p.itertext()).strip()) >= _PROSE)


def _position_after(pieces: list[Piece], title: HtmlElement | None) -> int:
    if title is None:
        return 0
    inside = {title, *title.iterdescendants()}
    return max((i + 1 for i, piece in enumerate(pieces) if piece.element in inside), default=0)


def _holds(container: HtmlElement, element: HtmlElement) -> bool:
    return element is container or container in element.iterancestors()


def _container(
    pieces: list[Piece], body: HtmlElement, title: HtmlElement | None, read: frozenset[str]
) -> HtmlElement | None:
    scores: dict[HtmlElement, float] = {}
    homes: set[HtmlElement] = set()
    start, gap = _position_after(pieces, title), 0
    for position, piece in enumerate(pieces):
        score, home = _score(piece, read), _home(_outside_link(piece.element))
        if position < start:
            score = min(score, 0) - len(piece.text) * 0.3
        elif score < 0:
            gap += len(piece.text)
        elif gap < _GAP or home in homes:
            homes.add(home)
        else:
            # What lies behind many links is a foot, a comment or another module, unless the text was there before.
            score *= _GAP / gap / 2
        for element in (piece.element, *piece.element.iterancestors()):
            scores[element] = scores.get(element, 0.0) + score
            if element is body:
                break
    if not scores or max(scores.values()) <= 0:
        return None
    best = max(scores.values())
    # Of equal sums the deepest element: the order of insertion is from the inside out.
    return next(element for element, score in scores.items() if score >= best - 1e-6)


def _nearest(pieces: list[Piece], start: int, title: HtmlElement | None) -> tuple[HtmlElement | None, list[Piece]]:
    """Without any prose: the smallest element around the title with something below it, up to the first link or label."""
    if title is None:
        return None, pieces
    end, homes = start, set[HtmlElement]()
    while end < len(pieces) and not is_residue(pieces[end].text):
        home = _home(_outside_link(pieces[end].element))
        if pieces[end].linked and home not in homes:
            break
        homes.add(home)
        end += 1
    for element in title.iterancestors():
        if any(_holds(element, piece.element) for piece in pieces[start:end]):
            return element, pieces[:end]
    return None, pieces


def _outside_link(element: HtmlElement) -> HtmlElement:
    """The block around a link, or the element itself."""
    while tag_of(element) in INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _home(element: HtmlElement) -> HtmlElement:
    """What holds a block together with its like: the element around a paragraph, or the one with bare text in it."""
    parent = element.getparent()
    return parent if parent is not None and tag_of(element) not in ("div", "td", "section", "article") else element


def _score(piece: Piece, read: frozenset[str]) -> float:
    length = len(piece.text)
    if not length:
        return 0.0
    if piece.linked > _LINKED * length or is_residue(piece.text):
        return -float(length + 20)
    if length < _PROSE and piece.kind not in (BlockKind.TABLE_ROW, BlockKind.CAPTION):
        return -3.0
    return (length - 2 * piece.linked) * (1.0 if fold(piece.text) in read else 0.6)


def _without_boxes(pieces: list[Piece], container: HtmlElement) -> list[Piece]:
    """The blocks that belong to no box of links to other articles."""
    boxes: set[HtmlElement] = set()
    for piece in pieces:
        if _is_teaser(piece):
            boxes.add(_box_of(piece, pieces, container))
    kept = [piece for piece in pieces if not any(piece.element is box or _holds(box, piece.element) for box in boxes)]
    return _without_tail(kept)


def _is_teaser(piece: Piece) -> bool:
    if len(piece.text) < _TEASER or piece.linked < 0.9 * len(piece.text.replace(" ", "")):
        return False
    links = [link for link in _links_of(piece.element) if link.get("href")]
    return bool(links) and not any(is_file(link.get("href", "")) for link in links)


def _links_of(element: HtmlElement) -> list[HtmlElement]:
    around = [each for each in (element, *element.iterancestors()) if tag_of(each) == "a"][:1]
    return around or [link for link in element.iter("a") if isinstance(link, HtmlElement)]


def _box_of(piece: Piece, pieces: list[Piece], container: HtmlElement) -> HtmlElement:
    """The widest element around a link that still looks like a teaser or a list of them."""
    best = piece.element
    for element in piece.element.iterancestors():
        if element is container:
            break
        inside = [other for other in pieces if _holds(element, other.element)]
        links = sum(1 for other in inside if _is_teaser(other))
        length = sum(len(other.text) for other in inside)
        others = [other for other in inside if not _is_teaser(other)]
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
    """The blocks up to a heading of other articles, unless real prose follows it."""
    for position, piece in enumerate(pieces):
        if _OTHERS.match(piece.text):
            rest = [other for other in pieces[position + 1 :] if len(other.text) >= _PROSE and not other.linked]
            if not rest:
                return pieces[:position]
            return [*pieces[:position], *_without_tail(pieces[position + 1 :])]
    return pieces


def _parted(page: Page, container: HtmlElement, above: list[Piece], inside: list[Piece]) -> Region:
    """Lead and body: the lead is what the page's description says, or the prose between the title and the container."""
    described = [
        fold(line(element.get("content") or ""))
        for element in match(page.root, "meta[name=description], meta[property='og:description']")
    ]
    above = [piece for piece in above if not piece.linked]
    lead = [piece for piece in above if _is_described(piece.text, described)][:1]
    if not lead:
        lead = [piece for piece in above if len(piece.text) >= 60][-1:]
    # Labels, the byline and the date stand before the first prose; the title block has been read already.
    start = next((i for i, piece in enumerate(inside) if _begins(piece)), 0)
    while start and not inside[start - 1].text:
        start -= 1
    body = inside[start:]
    said = [piece for piece in body if piece.text]
    if not lead and len(said) > 1 and (_is_described(said[0].text, described) or _is_standfirst(said[0])):
        lead, body = said[:1], [piece for piece in body if piece is not said[0]]
    return Region(container, lead, body, above)


def _begins(piece: Piece) -> bool:
    """Whether a text can begin with the block: prose or a caption, not a byline or a portrait."""
    if piece.linked:
        return len(piece.text) - piece.linked >= _PROSE
    return len(piece.text) >= _PROSE or piece.kind is BlockKind.CAPTION


def _is_standfirst(piece: Piece) -> bool:
    """Whether the first block is set as a heading but is as long as a paragraph."""
    return piece.kind is BlockKind.HEADING and len(piece.text) >= 2 * _PROSE


def _is_described(text: str, described: list[str]) -> bool:
    folded = fold(text)
    for description in described:
        start = description.rstrip(". …")
        if len(start) >= _PROSE and (
            folded.startswith(start[:120]) or (start.startswith(folded[:120]) and len(folded) >= _PROSE)
        ):
            return True
    return False

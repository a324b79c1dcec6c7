"""Find the article on a page without a layout by prose, links and the place below the title.

trafilatura reads the whole page; every block of ours is weighed by its prose, by whether trafilatura took it too, and
by the number of links between it and the title. The element with the highest sum holds the article. Boxes of links to
other articles inside it are left out by their structure, not by their names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from lxml.html import HtmlElement

from pipelines.article import BlockKind
from pipelines.html.attachment_links import is_picture
from pipelines.html.blocks import Piece, pieces_of, without_twins
from pipelines.html.furniture import furniture
from pipelines.html.related_links import (
    PROSE,
    holds,
    is_text_of_links,
    outside_link,
    without_boxes,
    without_titles,
)
from pipelines.html.tree import HtmlPage, line, tag_of, text_of
from pipelines.readers.trafilatura import lines_of
from vietnam.date_forms import date_matches
from vietnam.letters import fold
from vietnam.residue import is_residue, residue_kind
from vietnam.signoff import read_signoff

_LINKED = 0.5  # share of link text from which a block is a link
_LISTED = 20  # what a title in a list of others weighs, in characters against the element
_GAP = 40  # characters of links and labels after which prose no longer belongs to the title by its place alone
_BLOCKS = frozenset("p h1 h2 h3 h4 h5 h6 li ul ol tr tbody table td blockquote pre figure figcaption center".split())
# Widgets that belong to the article they stand at.
_OWN_BAR = frozenset(
    "font size|contrast|share|save|print|email|audio|view counter|date label|attachment label".split("|")
)
_BESIDE_TITLE = 60  # characters of other words in the title's own line
_LABELLED = re.compile(r"[^:]{2,25}:(?:\s|$)")
_WORDS = 4  # words from which a short line is text
_FAR_PROSE = 300  # characters of the shortest text behind links when what is right below the title can be one too


@dataclass(slots=True)
class Region:
    """The article's element, its lead and body as blocks, and the blocks of the title block around it."""

    container: HtmlElement
    lead: list[Piece]
    body: list[Piece]
    above: list[Piece]


def find_region(page: HtmlPage, title: HtmlElement | None, skip: frozenset[HtmlElement] = frozenset()) -> Region | None:
    """Find the article of a page; None when nothing on it reads like one."""
    bodies = page.match("body") or [page.root]
    skip = skip | furniture(bodies[0], title)
    pieces = without_twins([piece for piece in pieces_of(bodies[0], skip) if piece.text or piece.images])
    for piece in pieces:
        # Links to files and legal grounds are content, whatever the links' share of the block.
        if piece.linked and is_text_of_links(piece):
            piece.linked = 0
    container = _container(pieces, bodies[0], title, frozenset(map(fold, lines_of(page.root))))
    start = _position_after(pieces, title)
    end = _end_below(pieces, start)
    if title is not None and (container is None or _is_far(container, pieces, start, end, title)):
        container, pieces = _below(title, pieces, start, end), pieces[:end]
    if container is None:
        return None
    inside = [piece for piece in pieces[start:] if holds(container, piece.element)]
    first = next((i for i, piece in enumerate(pieces) if inside and piece is inside[0]), start)
    above = pieces[start:first]
    inside = without_boxes(without_titles(inside)[0], container)
    titled = frozenset(title.iterancestors()) if title is not None else frozenset[HtmlElement]()
    return _parted(page, container, above, inside, titled)


def _position_after(pieces: list[Piece], title: HtmlElement | None) -> int:
    """Return the position of the first block after the title; the title's line may have other words in it."""
    if title is None:
        return 0
    inside = {title, *title.iterdescendants()}
    row = outside_link(title)
    if len(text_of(row)) <= len(text_of(title)) + _BESIDE_TITLE:
        inside |= {row, *row.iterdescendants()}
    return max((i + 1 for i, piece in enumerate(pieces) if piece.element in inside), default=0)


def _container(
    pieces: list[Piece], body: HtmlElement, title: HtmlElement | None, read: frozenset[str]
) -> HtmlElement | None:
    scores: dict[HtmlElement, float] = {}
    homes: set[HtmlElement] = set()
    remaining, _ = without_titles(pieces)
    others = {id(piece) for piece in pieces} - {id(piece) for piece in remaining}
    start, gap = _position_after(pieces, title), 0
    for position, piece in enumerate(pieces):
        score, home = _score(piece, read), _home(outside_link(piece.element))
        if position < start:
            score = min(score, 0) - len(piece.text) * 0.3
        elif score < 0:
            gap += 0 if is_residue(piece.text) else len(piece.text)
        elif gap < _GAP or home in homes:
            homes.add(home)
        else:
            # What lies behind many links is a foot, a comment or another module, unless the text was there before.
            score *= _GAP / gap / 2
        if id(piece) in others and score < 0:
            # A list of others below its label may stand in any body: it says little of where the article is.
            score = -_LISTED
        for element in (piece.element, *piece.element.iterancestors()):
            scores[element] = scores.get(element, 0.0) + score
            if element is body:
                break
    if not scores or max(scores.values()) <= 0:
        return None
    best = max(scores.values())
    # Of equal sums the deepest element: the order of insertion is from the inside out.
    return _widened(next(element for element, score in scores.items() if score >= best - 1e-6), pieces[start:], body)


def _widened(element: HtmlElement, pieces: list[Piece], body: HtmlElement) -> HtmlElement:
    """Widen the element around a lone block to blocks set like it beside it: one long paragraph is no article."""
    holders = [outside_link(piece.element) for piece in pieces if len(piece.text) >= PROSE and not piece.linked]
    element = outside_link(element)
    while element is not body and (
        (narrow := tag_of(element) in _BLOCKS or _is_table(element, pieces))
        or sum(holds(element, holder) for holder in holders) < 2
    ):
        first = next((holder for holder in holders if holds(element, holder)), element)
        wider = [
            each for each in list(element.iterancestors())[:3] if each is not body and body in each.iterancestors()
        ]
        alike = next((each for each in wider if _repeats(each, first, element, holders)), None)
        if alike is None and narrow and wider:
            alike = wider[0]
        alike = alike if alike is not None else _with_next(element, pieces, body)
        if alike is None:
            break
        element = alike
    return element


def _with_next(element: HtmlElement, pieces: list[Piece], body: HtmlElement) -> HtmlElement | None:
    """Return the element around a lone block and the next prose, with only the article's own bar between."""
    last = max((i for i, piece in enumerate(pieces) if holds(element, piece.element)), default=-1)
    for piece in pieces[last + 1 :] if last >= 0 else []:
        if len(piece.text) >= PROSE and not piece.linked and not is_residue(piece.text):
            return next(
                (each for each in element.iterancestors() if holds(each, piece.element) and each is not body), None
            )
        if piece.text and residue_kind(piece.text) not in _OWN_BAR:
            return None
    return None


def _is_table(element: HtmlElement, pieces: list[Piece]) -> bool:
    """Return whether an element holds a table's rows and nothing else: a decision is more than its annex."""
    inside = [piece.kind for piece in pieces if piece.text and holds(element, piece.element)]
    return bool(inside) and set(inside) == {BlockKind.TABLE_ROW}


def _repeats(wider: HtmlElement, first: HtmlElement, element: HtmlElement, holders: list[HtmlElement]) -> bool:
    """Return whether `wider` holds another block outside `element` that is nested by the same tags as its first one."""
    path = _path(wider, first)
    return any(not holds(element, holder) and _path(wider, holder) == path for holder in holders)


def _path(above: HtmlElement, below: HtmlElement) -> list[str]:
    path: list[str] = []
    for element in (below, *below.iterancestors()):
        if element is above:
            return path
        path.append(f"{tag_of(element)}.{element.get('class', '')}")
    return []


def _end_below(pieces: list[Piece], start: int) -> int:
    """Return the position behind what stands right below the title: it ends at the first link or label of others."""
    end, homes = start, set[HtmlElement]()
    while end < len(pieces):
        if (kind := residue_kind(pieces[end].text)) is not None:
            # The article's own bar may stand above its text; any other label begins another module.
            if kind not in _OWN_BAR:
                break
            end += 1
            continue
        home = _home(outside_link(pieces[end].element))
        if pieces[end].linked and home not in homes:
            break
        homes.add(home)
        end += 1
    return end


def _below(title: HtmlElement, pieces: list[Piece], start: int, end: int) -> HtmlElement | None:
    """Return the smallest element around the title with something below it, for a page without prose."""
    shown = [piece.element for piece in pieces[start:end]] or _viewers(title, pieces[start:])
    return next((each for each in title.iterancestors() if any(holds(each, inner) for inner in shown)), None)


def _viewers(title: HtmlElement, pieces: list[Piece]) -> list[HtmlElement]:
    """Return the frames and players between the title and the first block below it."""
    stop = pieces[0].element if pieces else None
    below = dropwhile(lambda element: element is not title, title.getroottree().getroot().iter())
    return [
        element
        for element in takewhile(lambda element: element is not stop, below)
        if tag_of(element) in ("iframe", "object", "embed", "video")
    ]


def _is_far(container: HtmlElement, pieces: list[Piece], start: int, end: int, title: HtmlElement) -> bool:
    """Return whether the element of the highest sum is not the article: it leaves out what stands right below the title.

    A foot or a box of others outweighs a notice of one sentence, a poem, a picture or a viewer.
    """
    near = [piece for piece in pieces[start:end] if residue_kind(piece.text) is None]
    if any(holds(container, piece.element) for piece in near):
        return False
    inside = [i for i, piece in enumerate(pieces) if i >= end and holds(container, piece.element)]
    if not inside:
        return False
    if not near:
        return bool(_viewers(title, pieces[start:]))
    between = pieces[end : inside[0]]
    labelled = any(residue_kind(piece.text) == "related" for piece in between)
    if not any(map(_is_content, near)) or not (labelled or any(piece.linked for piece in between)):
        return False
    prose = [len(pieces[i].text) for i in inside if len(pieces[i].text) >= PROSE and not pieces[i].linked]
    others = sum(1 for i in inside if pieces[i].linked > _LINKED * len(pieces[i].text))
    least = max(_FAR_PROSE, 2 * sum(len(piece.text) for piece in near)) * (2 if labelled else 1)
    return others >= len(prose) or len(prose) < 2 or sum(prose) < least


def _is_content(piece: Piece) -> bool:
    """Return whether a block right below the title can be all there is: words or a picture, no date, byline or label."""
    if not piece.text:
        return any(map(is_picture, piece.images))
    if _LABELLED.match(piece.text) or next(date_matches(piece.text), None) or read_signoff([piece.text]):
        return False
    return len(piece.text.split()) >= _WORDS


def _home(element: HtmlElement) -> HtmlElement:
    """Return the element that holds a block together with its like: around a paragraph, or with bare text in it."""
    parent = element.getparent()
    return parent if parent is not None and tag_of(element) not in ("div", "td", "section", "article") else element


def _score(piece: Piece, read: frozenset[str]) -> float:
    length = len(piece.text)
    if not length:
        return 0.0
    if piece.linked > _LINKED * length or is_residue(piece.text):
        return -float(length + 20)
    if length < PROSE and piece.kind not in (BlockKind.TABLE_ROW, BlockKind.CAPTION):
        return -3.0
    return (length - 2 * piece.linked) * (1.0 if fold(piece.text) in read else 0.6)


def _parted(
    page: HtmlPage, container: HtmlElement, above: list[Piece], inside: list[Piece], titled: frozenset[HtmlElement]
) -> Region:
    """Split lead and body: the lead is the page's description, or the prose between title and container."""
    described = [
        fold(line(element.get("content") or ""))
        for element in page.match("meta[name=description], meta[property='og:description']")
    ]
    above = [piece for piece in above if not piece.linked]
    lead = [piece for piece in above if _is_described(piece.text, described)][:1]
    if not lead:
        lead = [piece for piece in above if len(piece.text) >= 60 and piece.kind is not BlockKind.CAPTION][-1:]
    # Labels, the byline and the date stand before the first prose; the title block has been read already.
    body = _from_the_first_prose(inside, titled)
    texts = [piece for piece in body if piece.text]
    dated = takewhile(lambda piece: is_date_line(piece.text), texts)
    texts = texts[len(list(dated)) :]
    if not lead and len(texts) > 1 and (_is_described(texts[0].text, described) or _is_standfirst(texts[0])):
        above = body[: body.index(texts[0])]
        lead, body = texts[:1], above + _from_the_first_prose(body[len(above) + 1 :], titled)
    return Region(container, lead, body, above)


def is_date_line(text: str) -> bool:
    """Return whether a date makes up a line from its beginning on, as in `(Thứ bảy, 22/05/2021 11:38)`."""
    shown = next(date_matches(text), None)
    return shown is not None and shown.label_start <= 2 and 2 * (shown.end - shown.label_start) > len(text)


def _from_the_first_prose(pieces: list[Piece], titled: frozenset[HtmlElement]) -> list[Piece]:
    """Return the blocks from the first prose on, with short ones before it that stand with it apart from the title."""
    start = next((i for i, piece in enumerate(pieces) if _begins(piece)), 0)
    first = pieces[start] if pieces else None
    while first and start and (not pieces[start - 1].text or _belongs(pieces[start - 1], first, titled)):
        start -= 1
    return pieces[start:]


def _begins(piece: Piece) -> bool:
    """Return whether a text can begin with the block: prose or a caption, not a byline or a portrait."""
    if piece.linked:
        return len(piece.text) - piece.linked >= PROSE
    return len(piece.text) >= PROSE or piece.kind is BlockKind.CAPTION


def _belongs(piece: Piece, first: Piece, titled: frozenset[HtmlElement]) -> bool:
    """Return whether a short block before the first prose is text: its home holds the prose too, and not the title."""
    home = _home(outside_link(piece.element))
    return home not in titled and holds(home, first.element) and not piece.linked and not is_residue(piece.text)


def _is_standfirst(piece: Piece) -> bool:
    """Return whether the first block is set as a heading but is as long as a paragraph."""
    return piece.kind is BlockKind.HEADING and len(piece.text) >= 2 * PROSE


def _is_described(text: str, described: list[str]) -> bool:
    folded = fold(text)
    for description in described:
        start = description.rstrip(". …")
        if len(start) >= PROSE and (
            folded.startswith(start[:120]) or (start.startswith(folded[:120]) and len(folded) >= PROSE)
        ):
            return True
    return False

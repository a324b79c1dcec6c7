"""Split a container into plain blocks in the order of the page.

trafilatura is given these blocks, and its reading is compared with them. Nested, centred and bare text becomes
paragraphs, a line break ends one, figures give captions where they stood. A data table gives one block per row with its
cells joined by ` | `; a table that only arranges is read through; links and spans dissolve. The tree stays unchanged,
and nothing recurses: pages of any depth are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from pipelines.article import BlockKind
from pipelines.html.tree import INLINE, INVISIBLE, is_hidden, line, tag_of, text_of

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS = frozenset({"li", "dt", "dd"})
_CAPTION_CLASS = re.compile(
    r"caption(?!s?[_-]?(?:box|wrap))|chu-?thich|(?:img|image|photo|pic(?:ture)?|anh)[_-](?:note|desc|title|text)",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"display\s*:\s*block", re.IGNORECASE)
_CENTRED = re.compile(r"text-align\s*:\s*(?:-\w+-)?center", re.IGNORECASE)
_CAPTION_LENGTH = 400  # characters: a longer text below a picture is a paragraph
_PLAIN_CAPTION = 160  # characters
_CELL_LENGTH = 600  # characters: a cell with more than this holds running text, so its table only arranges
_TWIN_LENGTH = 20  # characters from which equal lines are the same paragraph
# Classes that show an element on some screens only: Bootstrap's, Tailwind's, UIkit's, Foundation's, and portals' own.
_SIZED = re.compile(
    r"(?:^|\s)(?:(?:d|hidden|visible|hide|show)-(?:\w+-)*?(?:xs|sm|md|lg|xl|xxl|mobile|desktop|tablet|phone|small|medium|large)(?:-[\w-]+)?"
    r"|(?:xs|sm|md|lg|xl|2xl):(?:hidden|block|flex|inline|grid)|uk-(?:hidden|visible)@?\w*"
    r"|(?:[\w-]+[-_])?(?:mobile|desktop|pc|tablet|phone|di-?dong|may-?tinh)(?:[-_](?:only|view|show|hide|content|box|block|noi-dung))?)(?=\s|$)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Piece:
    """One block in the making: kind, text, the element that holds it, length of its link text, pictures."""

    kind: BlockKind
    text: str
    element: HtmlElement
    linked: int = 0
    centred: bool = False
    slanted: bool = False
    images: list[HtmlElement] = field(default_factory=list)


def pieces_of(
    root: HtmlElement,
    skip: frozenset[HtmlElement] = frozenset(),
    stop: frozenset[HtmlElement] = frozenset(),
    captions: frozenset[HtmlElement] = frozenset(),
) -> list[Piece]:
    """Return the blocks below `root`, without `skip`, up to the first of `stop`. One without text has pictures only."""
    return _BlockCollector(root, skip, stop, captions).pieces()


def without_twins(pieces: list[Piece]) -> list[Piece]:
    """Return the blocks without those that stand twice, once for small and once for large screens."""
    shown: dict[str, bool] = {}
    remaining: list[Piece] = []
    for piece in pieces:
        sized = _is_for_a_size(piece.element)
        if len(piece.text) < _TWIN_LENGTH or not (sized or shown.get(piece.text)):
            remaining.append(piece)
        elif piece.text not in shown:
            remaining.append(piece)
        shown[piece.text] = sized or shown.get(piece.text, False)
    return remaining


def _is_for_a_size(element: HtmlElement) -> bool:
    return any(_names_size(classes) for each in (element, *element.iterancestors()) if (classes := each.get("class")))


@lru_cache(maxsize=4096)
def _names_size(classes: str) -> bool:
    return _SIZED.search(classes) is not None


class _BlockCollector:
    """One pass through a container in the order of the page."""

    def __init__(
        self,
        root: HtmlElement,
        skip: frozenset[HtmlElement],
        stop: frozenset[HtmlElement],
        captions: frozenset[HtmlElement],
    ) -> None:
        self.root = root
        self.skip = skip
        self.stop = stop
        self.captions = captions
        self.done: list[Piece] = []
        self.parts: list[str] = []
        self.linked = 0
        self.slanted = self.upright = 0
        self.images: list[HtmlElement] = []
        self.holder: HtmlElement | None = None
        self.depth: dict[str, int] = dict.fromkeys(("caption", "heading", "item", "link", "slant", "centre"), 0)
        self.opened: list[tuple[bool, tuple[str, ...]]] = []

    def pieces(self) -> list[Piece]:
        if self.root not in self.stop:
            self._walk()
        self._flush()
        _name_captions(self.done)
        return self.done

    def _walk(self) -> None:
        """Read the container up to the first element that stops it; an own stack, for pages of any depth."""
        open_elements = [(self.root, iter(self.root if self._enter(self.root) else ()))]
        while open_elements:
            parent, children = open_elements[-1]
            for node in children:
                if isinstance(node.tag, str):  # no comment
                    if node in self.stop:
                        return
                    if self._enter(node) and len(node):
                        open_elements.append((node, iter(node)))
                        break
                    self._leave()
                self._add_text(node.tail, parent)
            else:
                open_elements.pop()
                self._leave()
                if open_elements:
                    self._add_text(parent.tail, open_elements[-1][0])

    def _enter(self, node: HtmlElement) -> bool:
        """Open an element; False when its content is not to be walked."""
        tag = tag_of(node)
        ends_block = tag not in INVISIBLE and tag != "br" and not _is_inline(node, tag)
        self.opened.append((ends_block, ()))
        if node is not self.root:
            if node in self.skip or is_hidden(node):
                return False
            if tag in INVISIBLE:
                if tag not in ("script", "style", "input", "meta", "link"):
                    self._flush()
                return False
            if tag == "form" and _is_input_form(node):
                self._flush()
                return False
        if tag == "br":
            self._break()
            return True
        if ends_block:
            self._flush()
        if tag == "img":
            self.images.append(node)
        if tag == "table" and _is_data(node):
            self._rows(node)
            return False
        self.opened[-1] = (ends_block, self._open(node, tag))
        self._add_text(node.text, node)
        return True

    def _open(self, node: HtmlElement, tag: str) -> tuple[str, ...]:
        states: list[str] = []
        if tag in ("figcaption", "caption") or node in self.captions or _has_caption_class(node):
            states.append("caption")
        if tag in _HEADINGS:
            states.append("heading")
        elif tag in _ITEMS:
            states.append("item")
        elif tag == "a" and node.get("href"):
            states.append("link")
        elif tag in ("em", "i"):
            states.append("slant")
        if tag == "center" or node.get("align", "").lower() == "center" or _CENTRED.search(node.get("style") or ""):
            states.append("centre")
        for state in states:
            self.depth[state] += 1
        return tuple(states)

    def _leave(self) -> None:
        ends_block, states = self.opened.pop()
        if ends_block:
            self._flush()
        for state in states:
            self.depth[state] -= 1

    def _add_text(self, text: str | None, holder: HtmlElement) -> None:
        if not text:
            return
        self.parts.append(text)
        length = len(text.strip())
        if length and self.holder is None:
            self.holder = holder
        if self.depth["link"]:
            self.linked += length
        if self.depth["slant"]:
            self.slanted += length
        else:
            self.upright += length

    def _break(self) -> None:
        # A heading and a caption are one line, however the page sets them.
        if self.depth["heading"] or self.depth["caption"]:
            self.parts.append(" ")
        else:
            self._flush()

    def _flush(self) -> None:
        text = line("".join(self.parts))
        if text or self.images:
            kind = BlockKind.PARAGRAPH
            if self.depth["caption"]:
                kind = BlockKind.CAPTION
            elif self.depth["heading"]:
                kind = BlockKind.HEADING
            elif self.depth["item"]:
                kind = BlockKind.LIST_ITEM
            slanted = self.slanted > 0 and not self.upright
            centred = self.depth["centre"] > 0
            holder = self.holder if self.holder is not None else [self.root, *self.images][-1]
            self.done.append(Piece(kind, text, holder, self.linked, centred, slanted, self.images))
            self.images = []
        self.parts, self.holder = [], None
        self.linked = self.slanted = self.upright = 0

    def _rows(self, table: HtmlElement) -> None:
        for row in _rows_of(table):
            if tag_of(row) == "caption":
                if text := text_of(row, self.skip):
                    self.done.append(Piece(BlockKind.CAPTION, text, row))
                continue
            cells = [
                text_of(cell, self.skip)
                for cell in row
                if tag_of(cell) in ("td", "th") and cell not in self.skip and not is_hidden(cell)
            ]
            while cells and not cells[-1]:
                cells.pop()
            images = [image for image in row.iter("img") if isinstance(image, HtmlElement)]
            linked = sum(len(text_of(link)) for link in row.iter("a") if isinstance(link, HtmlElement))
            if any(cells) or images:
                text = line(" | ".join(cells)).removeprefix("| ") if any(cells) else ""
                self.done.append(Piece(BlockKind.TABLE_ROW, text, row, linked, images=images))


def _is_inline(node: HtmlElement, tag: str) -> bool:
    if tag not in INLINE and ":" not in tag:
        return False
    style = node.get("style")
    return not (style and _BLOCK.search(style))


def _is_input_form(form: HtmlElement) -> bool:
    """Return whether a form is a widget that wants input; WebForms wraps whole pages in one that is not."""
    wants = any(
        field.get("type", "text") in ("text", "email", "search", "radio", "password") for field in form.iter("input")
    )
    return (wants or next(form.iter("textarea"), None) is not None) and len(text_of(form)) < _CELL_LENGTH


def _has_caption_class(node: HtmlElement) -> bool:
    classes = node.get("class")
    if not classes or not _names_caption(classes):
        return False
    # `wp-caption`, `image-caption-box`: a wrapper with the picture in it is no caption, the text below it is.
    return next(node.iter("img"), None) is None


# A page has few classes for many elements, and a portal's pages have the same ones.
@lru_cache(maxsize=4096)
def _names_caption(classes: str) -> bool:
    return _CAPTION_CLASS.search(classes) is not None


def _rows_of(table: HtmlElement) -> Iterator[HtmlElement]:
    for child in table:
        if tag_of(child) in ("tr", "caption"):
            yield child
        elif tag_of(child) in ("thead", "tbody", "tfoot"):
            yield from (row for row in child if tag_of(row) == "tr")


def _is_data(table: HtmlElement) -> bool:
    """Return whether a table has data rows: several cells a row, none with running text, pictures or a table."""
    if any(tag_of(inner) == "table" for inner in table.iterdescendants("table")):
        return False
    rows = [[cell for cell in row if tag_of(cell) in ("td", "th")] for row in _rows_of(table)]
    if max((len(cells) for cells in rows), default=0) < 2:
        return False
    texts = [text_of(cell) for cells in rows for cell in cells]
    filled = sum(1 for text in texts if text)
    pictures = sum(1 for _ in table.iter("img"))
    return bool(filled) and pictures < filled and max(map(len, texts)) <= _CELL_LENGTH


def _name_captions(pieces: list[Piece]) -> None:
    """Mark the short centred or slanted paragraph at a picture as caption; a table around a picture centres it too."""
    for before, piece in zip([None, *pieces], pieces, strict=False):
        if piece.kind is not BlockKind.PARAGRAPH or not piece.text or len(piece.text) > _CAPTION_LENGTH:
            continue
        # Portals without a class for it set the caption as a short plain paragraph right below the picture.
        below = before is not None and bool(before.images) and not before.text and len(piece.text) <= _PLAIN_CAPTION
        at_picture = bool(piece.images) or (before is not None and bool(before.images) and not before.text)
        if (below and not piece.text.endswith((":", ".", ";"))) or (
            at_picture and (piece.centred or piece.slanted or _is_framed(piece.element))
        ):
            piece.kind = BlockKind.CAPTION


def _is_framed(element: HtmlElement) -> bool:
    """Return whether the element stands in a small table or figure together with a picture."""
    for ancestor in element.iterancestors("table", "figure"):
        return next(ancestor.iter("img"), None) is not None
    return False

"""Locate each block of an article in its page, as a path of boxes from the body's container down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from pipelines.article import BlockKind, Layout
from pipelines.extract import blocks_of, read_page
from pipelines.html.blocks import Piece
from pipelines.html.page_bounds import ExcessiveMarkup
from pipelines.html.tree import INLINE, HtmlPage, line, parse, tag_of, text_of
from pipelines.readers.layout import PageReading
from vietnam.letters import fold
from vietnam.residue import find_residue

Path = tuple[str, ...]
"""Steps from the container down, each a tag with its classes, else its id, digits as `0`: `("div.box", "p")`."""

_DIGITS = re.compile(r"\d+")
_LINK = 80  # characters: a longer link text elsewhere on the page is no entry of a menu
_ENDS = frozenset({"body", "html", "form", "article", "main"})  # where no layout says what the container is


@dataclass(frozen=True, slots=True)
class BlockPosition:
    """One block and its place. `path` is None where only the archived text is known.

    `linked`: nothing but link text; `entry`: the same words are a link elsewhere on the page; `file`: the name of an
    attachment; `picture`: the URL of the picture that a caption belongs to.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    path: Path | None = None
    linked: bool = False
    entry: bool = False
    file: bool = False
    picture: str = ""


def locate_blocks(
    body: bytes, url: str, layouts: tuple[Layout, ...], now: datetime, declared_encoding: str | None = None
) -> tuple[BlockPosition, ...]:
    """Locate the blocks that today's rules keep of a page, without title and published line.

    Arguments as in `extract`; a page that exceeds a bound of markup has none.
    """
    try:
        page = parse(body, url, declared_encoding)
    except ExcessiveMarkup:
        return ()
    reading = read_page(page, layouts, now)
    blocks, _ = blocks_of(reading)
    gone = find_residue([block.text for block in blocks])
    kept = [block for at, block in enumerate(blocks) if at not in gone]
    holders = _holders(page, reading, layouts)
    files = {line(attachment.name) for attachment in reading.attachments}
    entries = _entries(page, holders)
    pieces = [*reading.lead, *reading.body]
    placed: list[BlockPosition] = []
    next_piece = 0
    for block in kept:
        at = next((at for at in range(next_piece, len(pieces)) if pieces[at].text == block.text), None)
        if at is None:  # a byline that stands outside lead and body
            placed.append(BlockPosition(block.text, block.kind))
            continue
        piece, picture, next_piece = pieces[at], _picture(pieces, at), at + 1
        linked = piece.linked >= 0.9 * len(piece.text)
        path = _path(piece.element, holders)
        placed.append(
            BlockPosition(
                block.text, block.kind, path, linked, fold(block.text) in entries, block.text in files, picture
            )
        )
    return tuple(placed)


def _holders(page: HtmlPage, reading: PageReading, layouts: tuple[Layout, ...]) -> frozenset[HtmlElement]:
    """Find the elements below which a path begins: the lead and body of the layout."""
    used = [layout for layout in layouts if layout.name == reading.layout][:1]
    return frozenset(
        element
        for layout in used
        for selector in (*layout.body, *layout.lead)
        for element in page.match(selector)
        if tag_of(element) != "meta"
    )


def _path(element: HtmlElement, holders: frozenset[HtmlElement]) -> Path:
    steps: list[str] = []
    for node in (element, *element.iterancestors()):
        if node in holders or (not holders and tag_of(node) in _ENDS):
            break
        if tag_of(node) not in INLINE:
            steps.append(_step(node))
    return tuple(reversed(steps))


def _step(node: HtmlElement) -> str:
    classes = (node.get("class") or "").split()
    named = "".join(f".{name}" for name in classes) or (f"#{node.get('id')}" if node.get("id") else "")
    return tag_of(node) + _DIGITS.sub("0", named)


def _picture(pieces: list[Piece], at: int) -> str:
    """Return the URL of the picture in a piece or right above it."""
    for piece in pieces[at : max(at - 2, -1) : -1] if at else pieces[:1]:
        for image in piece.images:
            return image.get("src") or ""
    return ""


def _entries(page: HtmlPage, holders: frozenset[HtmlElement]) -> frozenset[str]:
    """Return the folded short links outside lead and body: menus, columns, breadcrumbs."""
    inside = {link for holder in holders for link in holder.iter("a")}
    texts = (text_of(link) for link in page.root.iter("a") if link not in inside)
    return frozenset(fold(text) for text in texts if 0 < len(text) <= _LINK)


_STEP = re.compile(r"(?P<tag>[a-z][a-z0-9]*)(?P<names>[.#].*)?")


_NAME = re.compile(r"-?[A-Za-z_][\w-]*")


_BEGINNING = re.compile(r"([A-Za-z_-]{4,})0")


def selectors_of(box: Path) -> tuple[str, ...]:
    """Return selectors of a box: its own name, then the whole path; none where nothing has a name.

    A path has its digits as `0`. A class or id with digits gives the selector of its beginning.
    """
    steps = [_selector(step) for step in box]
    if not any(named for _, named in steps):
        return ()
    last, named = steps[-1]
    whole = " > ".join(selector for selector, _ in steps)
    return tuple(dict.fromkeys((*((last,) if named else ()), whole)))


def _selector(step: str) -> tuple[str, bool]:
    """Convert a step to a selector; true when it names more than a tag."""
    found = _STEP.fullmatch(step)
    if found is None or not found["names"]:
        return (found["tag"] if found else "*"), False
    tag, names = found["tag"], found["names"]
    if names.startswith("#"):
        name = _named(names[1:], "#{}", "id^")
        return (tag + name, True) if name else (tag, False)
    classes = "".join(_named(name, ".{}", "class*") for name in names[1:].split("."))
    return (tag + classes, True) if classes else (tag, False)


def _named(name: str, exact: str, attribute: str) -> str:
    if _NAME.fullmatch(name) and "0" not in name:
        return exact.format(name)
    beginning = _BEGINNING.match(name)
    return f'[{attribute}="{beginning[1]}"]' if beginning else ""

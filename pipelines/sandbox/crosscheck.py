"""Compare a layout's article with what trafilatura reads in its part of the page, on a sample of a night's pages.

Text in links, menus and footers, widget lines and what stands outside the smallest element around title and body do not
count: a layout is there to leave them out. Where much of the rest is missing, the portal was redesigned around the
layout's selectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from copy import deepcopy
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipelines.article import Article, BlockKind
from pipelines.html.tree import HtmlPage, brief_text, is_hidden, smallest_around, tag_of
from pipelines.readers.trafilatura import lines_of
from pipelines.sandbox.crosscheck_stats import Crosscheck
from pipelines.sandbox.element_letters import ElementLetters, bare, bare_line
from vietnam.residue import strip_residue

_PROSE = 20  # letters of a sentence that counts
_LINK = 6  # letters of a link that counts as one
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ALONE = 1000  # letters from which a part is read alone: a shorter text trafilatura weighs against the page around it
_LONGEST = 3000  # characters of a block whose place is looked for
_OPENING = 6  # letters by which elements are looked for, without the last one, which the next node may mark
_BEGINNING = 24  # characters of a text node that are folded for that
_TEXTS = XPath("//text()[normalize-space() and not(parent::script or parent::style)]")
_SHOWING = frozenset("h1 h2 h3 h4 h5 p div span li td section article".split())
_SHOWN = 100  # characters of the first missed sentence, for the log
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "header", "select", "form"})
_FURNITURE = re.compile(r"(?:^|[\s_-])(?:footer|menu|navbar?|sidebar|breadcrumbs?|copyright)(?:$|[\s_-])", re.I)
_SENTENCE = re.compile(r"[.!?;:…“”\"]+")


def crosscheck(page: HtmlPage, article: Article) -> Crosscheck:
    """Compare the article a layout gave with trafilatura's reading of its part of the page. The page is left as it was."""
    own = [article.title, article.published_raw or "", *(block.text for block in article.blocks), *article.removed]
    known = bare(" ".join(own))
    around = _around(page, article)
    part = page.root if around is None else around
    letters = ElementLetters(part)
    inside = "" if around is None else letters.of(around)
    lines, _ = strip_residue(_lines(page, around, inside))
    read = _sentences(lines, _Frame(part, letters), inside)
    if around is not None and any(text not in known for text, _ in read):
        # The frame around the part may have the same words.
        read = _sentences(lines, _Frame(page.root, ElementLetters(page.root)), inside)
    missing = [(text, sentence) for text, sentence in read if text not in known]
    found = bare(" ".join(lines))
    given = [text for block in article.blocks if len(text := bare(block.text)) >= _PROSE]
    return Crosscheck(
        article.layout,
        text=sum(map(len, given)),
        confirmed=sum(len(text) for text in given if text in found),
        whole=sum(len(text) for text, _ in read),
        missed=sum(len(text) for text, _ in missing),
        first=missing[0][1][:_SHOWN] if missing else "",
        missing=tuple(text for text, _ in missing),
    )


class _Frame:
    """The letters of links, menus and footers in a page or a part of one."""

    def __init__(self, root: HtmlElement, letters: ElementLetters) -> None:
        self.furniture = "".join(letters.of(element) for element in _furniture(root))
        texts = (letters.of(link) for link in root.iter("a") if link.get("href"))
        self._links = frozenset(text for text in texts if len(text) >= _LINK)

    def is_of_links(self, text: str) -> bool:
        """Return whether a line is another article's title, or holds several links as menus and lists do."""
        inside = [link for link in self._links if link in text]
        return len(inside) > 1 or any(2 * len(link) >= len(text) for link in inside)


def _sentences(lines: Sequence[str], frame: _Frame, inside: str) -> list[tuple[str, str]]:
    """Return the sentences outside the frame that stand `inside`, each after its letters."""
    found = []
    for text in lines:
        if frame.is_of_links(bare(text)):
            continue
        for sentence in _SENTENCE.split(text):
            own = bare(sentence)
            if len(own) >= _PROSE and own not in frame.furniture and (not inside or own in inside):
                found.append((own, sentence))
    return found


def _lines(page: HtmlPage, around: HtmlElement | None, inside: str) -> list[str]:
    """Return what trafilatura reads in an element with these letters; in the whole page where it reads no paragraphs there."""
    if around is not None and len(inside) >= _ALONE:
        lines = lines_of(_alone(around), recall=False)
        lengths = [len(bare(text)) for text in lines]
        if 2 * sum(lengths) >= len(inside) and 2 * max(lengths, default=0) <= sum(lengths):
            return lines
    return lines_of(page.root, recall=False)


def _alone(element: HtmlElement) -> HtmlElement:
    """Return a page of a copy of an element and of those around it, which hold nothing else."""
    alone = deepcopy(element)
    alone.tail = None
    for above in element.iterancestors():
        outer = _without_children(above)
        outer.append(alone)
        alone = outer
    return alone


def _without_children(element: HtmlElement) -> HtmlElement:
    """Return an empty copy of an element, without the attributes that have a control character.

    HTML lets them pass, and lxml raises ValueError where one of them is set.
    """
    try:
        return element.makeelement(element.tag, element.attrib)
    except ValueError:
        whole = {name: value for name, value in element.items() if not _NOT_XML.search(f"{name}{value}")}
        return element.makeelement(element.tag, whole)


def _around(page: HtmlPage, article: Article) -> HtmlElement | None:
    """Return the smallest element around title and body; None where either is not found.

    The title may stand in a list as well: of the elements that show it the one that needs the smallest element counts.
    """
    body_blocks = (block for block in article.blocks if block.kind is not BlockKind.LEAD)
    wanted = {text for block in body_blocks if len(text := bare(block.text)) >= _PROSE}
    title = bare(article.title)
    titles, paths = [], []
    for element, text in _showing(page, {title, *wanted} - {""}):
        if text == title:
            titles.append(element)
        else:
            paths.append([element, *element.iterancestors()])
    if not paths or not titles:
        return None
    shared = set(paths[0]).intersection(*paths[1:])
    body = next(each for each in paths[0] if each in shared)
    return min((smallest_around(each, body) for each in titles), key=lambda each: sum(1 for _ in each.iter()))


def _showing(page: HtmlPage, wanted: AbstractSet[str]) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the elements that show one of some texts, and its letters: looked for around the text nodes that open them."""
    longest = max(map(len, wanted), default=0)
    openings: dict[str, list[str]] = {}
    for text in wanted:
        for length in range(_OPENING + 1):
            openings.setdefault(text[:length], []).append(text)
    seen: set[HtmlElement] = set()
    nodes: Any = _TEXTS(page.root)  # Any: a path may select numbers as well
    for node in nodes:
        opening = bare_line(node.lstrip()[:_BEGINNING])
        element = node.getparent() if node.is_text else node.getparent().getparent()
        while opening and element is not None and element not in seen:
            begun = opening[:-1]
            if not any(text.startswith(begun) for text in openings.get(begun[:_OPENING], ())):
                break
            seen.add(element)
            opening = bare(brief_text(element, _LONGEST))
            if opening in wanted and element.tag in _SHOWING:
                yield element, opening
            element = element.getparent() if len(opening) <= longest else None


def _furniture(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield menus, footers and hidden elements, as far as the markup marks them; also those inside others."""
    for element in root.iter():
        tag = tag_of(element)
        if not tag or tag in ("body", "html"):
            continue
        names = f"{element.get('class', '')} {element.get('id', '')}"
        plain = tag in _FURNITURE_TAGS and not (
            tag in ("form", "header") and next(element.iter("p", "h1"), None) is not None
        )
        if plain or _FURNITURE.search(names) or is_hidden(element):
            yield element

"""Run trafilatura on prepared blocks, compare its reading with them, and count the lost blocks that are restored."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from lxml.html import HtmlElement
from lxml.html import builder as html

from pipelines.article import Block, BlockKind
from pipelines.html.tree import line

if TYPE_CHECKING:
    from trafilatura.settings import Extractor

EXTRACTOR = f"trafilatura {version('trafilatura')}"

# Short notices are discarded with a warning each; the count of restored blocks says the same.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def lines_of(page: HtmlElement, recall: bool = True) -> list[str]:
    """Return every block trafilatura reads in a page, one line each, in its order. The tree is left as it was."""
    import trafilatura  # a tenth of a command's start, and most commands read no page

    document = trafilatura.bare_extraction(page, options=_options(recall))
    if document is None or isinstance(document, dict):
        return []
    lines: list[str] = []
    for element in document.body.iterchildren("*"):
        lines.extend(filter(None, (line(part) for part in _lines(element))))
    return lines


@cache
def _options(recall: bool) -> Extractor:
    from trafilatura.settings import Extractor

    # Of the formats the one whose result is the tree alone: its text is not wanted.
    return Extractor(output_format="txt", fast=True, recall=recall, comments=False, tables=True, dedup=False)


def _lines(element: HtmlElement) -> list[str]:
    if element.tag in ("list", "table"):
        return ["".join(item.itertext()) for item in element.iter("item", "row")]
    parts = [""]
    for node in element.iter():
        if node.tag == "lb":
            parts.append(node.tail or "")
            continue
        parts[-1] += node.text or ""
        if node is not element:
            parts[-1] += node.tail or ""
    return [*parts, element.tail or ""]


def count_restored(blocks: Sequence[Block]) -> int:
    """Count the blocks that do not come out of trafilatura as blocks of their own, in their order."""
    if not blocks:
        return 0
    read = lines_of(_small_tree(blocks))
    lost, position = 0, 0
    for block in blocks:
        try:
            position = read.index(block.text, position) + 1
        except ValueError:
            lost += 1
    return lost


def _small_tree(blocks: Sequence[Block]) -> HtmlElement:
    """Build a page of paragraphs and headings only, without class or id, by which trafilatura prunes."""
    tags = {BlockKind.HEADING: html.H2}
    elements = [tags.get(block.kind, html.P)(block.text) for block in blocks]
    tree: HtmlElement = html.HTML(html.HEAD(), html.BODY(html.E.article(*elements)))
    return tree

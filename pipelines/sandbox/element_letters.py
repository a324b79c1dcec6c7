"""Read the letters of every element of a page in one pass: an element's letters are a slice of the page's."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate

from lxml import etree
from lxml.html import HtmlElement

from pipelines.html.tree import INLINE, INVISIBLE, is_hidden, line, tag_of, text_of
from vietnam.letters import fold

_LETTERS = re.compile(r"\w+")
_CACHED = 200  # characters of a menu's entry, which a portal's pages share
_UNKNOWN = -1  # offset


class ElementLetters:
    """The letters of a page's elements, each text node folded once. The tree must stay as it is.

    A hidden element has no part in the letters of those around it, but letters of its own.
    """

    def __init__(self, root: HtmlElement) -> None:
        self._spans: dict[HtmlElement, tuple[int, int]] = {}
        parts: list[str] = []
        roots, length = [root], 0
        for each in roots:
            walk = _Walk(length, self._spans)
            roots += walk.read(each)
            parts += walk.parts
            length = walk.length
        self._letters = "".join(parts)

    def of(self, element: HtmlElement) -> str:
        """Return the letters of an element's visible text, as `bare` does of `text_of`."""
        span = self._spans.get(element)
        return bare(text_of(element)) if span is None else self._letters[span[0] : span[1]]

    def count(self, element: HtmlElement) -> int:
        """Return how many letters an element has."""
        span = self._spans.get(element)
        return len(self.of(element)) if span is None else span[1] - span[0]


class _Walk:
    """One visible tree: its letters from an offset on, and the spans of its elements.

    The text nodes between two borders of blocks are a run. Letters of two nodes of a run may fold together, as a letter
    and its mark do; an element that begins or ends between them gets no span.
    """

    def __init__(self, offset: int, spans: dict[HtmlElement, tuple[int, int]]) -> None:
        self.length = offset
        self.parts: list[str] = []
        self._spans = spans
        self._begun: dict[HtmlElement, int] = {}
        self._run: list[str] = []
        self._borders: list[tuple[HtmlElement, int]] = []  # and how many nodes of the run stand before it

    def read(self, root: HtmlElement) -> list[HtmlElement]:
        """Read the tree; return the hidden elements in it that hold others."""
        hidden: list[HtmlElement] = []
        skipped = None
        walker = etree.iterwalk(root, events=("start", "end", "comment"))
        for event, node in walker:
            tag = tag_of(node)
            if event != "comment" and tag not in INLINE:
                self._end_run()
            if event == "start":
                if node is root or not (tag in INVISIBLE or is_hidden(node)):
                    self._border(node)
                    self._add(node.text)
                else:
                    skipped = node
                    walker.skip_subtree()
                    if len(node):
                        hidden.append(node)
                continue
            if event == "end" and node is not skipped:
                self._border(node)
            if node is not root:
                self._add(node.tail)
        self._end_run()
        return hidden

    def _add(self, text: str | None) -> None:
        if text and (self._run or not text.isspace()):
            self._run.append(text)

    def _border(self, element: HtmlElement) -> None:
        if self._run:
            self._borders.append((element, len(self._run)))
        else:
            self._place(element, self.length)

    def _place(self, element: HtmlElement, offset: int) -> None:
        begun = self._begun.pop(element, None)
        if begun is None:
            self._begun[element] = offset
        elif _UNKNOWN not in (begun, offset):
            self._spans[element] = (begun, offset)

    def _end_run(self) -> None:
        if not self._run:
            return
        folded = [bare_line(text) if len(text) <= _CACHED else bare(line(text)) for text in self._run]
        letters, apart = "".join(folded), True
        if sum(1 for text, own in zip(self._run, folded, strict=True) if own or not text.isascii()) > 1:
            joined = bare(line("".join(self._run)))
            letters, apart = joined, joined == letters
        offsets = list(accumulate(map(len, folded), initial=self.length))
        self.length += len(letters)
        offsets[-1] = self.length
        for element, before in self._borders:
            self._place(element, offsets[before] if apart or before == len(folded) else _UNKNOWN)
        self.parts.append(letters)
        self._run.clear()
        self._borders.clear()


def bare(text: str) -> str:
    """Return letters alone: signs, cell marks, bullets and blanks differ between two ways of reading."""
    return "".join(_LETTERS.findall(fold(text)))


@lru_cache(maxsize=4096)
def bare_line(text: str) -> str:
    """Return the letters of a short text as it stands in the tree."""
    return bare(line(text))

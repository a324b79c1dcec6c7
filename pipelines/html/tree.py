"""Decode and parse a page once into a tree that CSS selectors query; this module knows no articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlComment, HtmlElement, document_fromstring

from pipelines.html.page_bounds import refuse_excess
from pipelines.html.selectors import SelectorIndex
from vietnam.letters import clean_letters, decode_as_served, fold_spaces, nfc

# What a reader never sees as running text, wherever it stands.
INVISIBLE = frozenset(
    "script style noscript template svg canvas iframe object embed audio video map head title link meta select option "
    "optgroup input button textarea datalist dialog progress meter area source track param".split()
)

# Everything else ends a paragraph; names with a colon (`o:p`, `st1:place`) are Word's and inline as well.
INLINE = frozenset(
    "a abbr acronym b bdi bdo big blink cite code data del dfn em font i img ins kbd label mark nobr picture q rb rp "
    "rt ruby s samp small span strike strong sub sup time tt u var wbr".split()
) | frozenset({"o:p", "st1:place", "st1:city", "st1:country-region", "st1:personname", "st1:metricconverter"})

# One class for every tag: lxml.html asks a Python function for each element that is touched.
_CLASSES = etree.ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment)
# No characters of any text, and nothing a tree may hold.
_NO_CHARACTERS = {0xFFFE: None, 0xFFFF: None}
_NO_BLANKS = "\x1c\x1d\x1e\x1f\x85"  # white space to str.split() that no stored text has
_ALL_TEXT = etree.XPath("string()")
_JOINER = "\u034f"  # prints, but no stored text has it
_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_PSEUDO = re.compile(r"::attr\(\s*([\w:-]+)\s*\)\s*$")
_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_HIDING_CLASS = frozenset({"hidden", "hide", "d-none", "uk-hidden"})
# Words for screen readers, by the names of Bootstrap, Liferay, Drupal, WordPress, Joomla and their like.
_FOR_READERS = re.compile(
    r"(?:^|\s)(?:sr-only|(?:visually|a11y|accessib(?:le|ility))-?hidden|hid(?:e|den)-(?:accessible|visually)|element-invisible"
    r"|(?:screen-?reader|assistive)(?:-(?:text|only|response))?|off-?screen)(?:\s|$)",
    re.IGNORECASE,
)
_SHOWN_AGAIN = re.compile(r"(?:^|\s)(?:(?:d-)?(?:sm|md|lg|xl|xxl|2xl)[:-]|visible-)\S*")


class HtmlPage:
    """A parsed page, whose tree stays as it is.

    `damaged` is set when the parser gave up inside it; `replaced` counts unreadable characters.
    """

    __slots__ = ("_index", "_lowered", "_texts", "base", "damaged", "replaced", "root", "url")

    def __init__(self, root: HtmlElement, url: str, base: str, replaced: int, damaged: bool) -> None:
        self.root = root
        self.url = url
        self.base = base
        self.replaced = replaced
        self.damaged = damaged
        self._index: SelectorIndex | None = None
        self._texts: dict[HtmlElement, str] = {}
        self._lowered: str | None = None

    @property
    def lowered(self) -> str:
        """All text of the tree, scripts included, in small letters and with its spaces folded."""
        if self._lowered is None:
            self._lowered = lowered_text(self.root)
        return self._lowered

    def match(self, selector: str) -> list[HtmlElement]:
        """Return the elements of a CSS selector, in the order of the page; an ending `::attr(name)` is left out."""
        if self._index is None:
            self._index = SelectorIndex(self.root)
        return self._index.match(attribute(selector)[0])

    def pick(self, selectors: Iterable[str]) -> Iterator[tuple[HtmlElement, str, bool]]:
        """Yield element, text (or attribute value) and whether it is visible text, of every match that has any."""
        for selector in selectors:
            _, name = attribute(selector)
            for element in self.match(selector):
                value = line(element.get(name) or "") if name else self.text_of(element)
                if value:
                    yield element, value, name is None

    def text_of(self, element: HtmlElement) -> str:
        """Return the visible text of an element of the page, read once."""
        text = self._texts.get(element)
        if text is None:
            text = self._texts[element] = text_of(element)
        return text


def served_text(body: bytes, declared: str | None = None) -> tuple[str, int]:
    """Return the body as text, its letters as served, and the count of unreadable characters.

    `declared` is the header's encoding, else the page's own is used.
    """
    if declared is None and (named := _META_CHARSET.search(body[:4096])):
        declared = named[1].decode("ascii", "replace")
    # An address with combining letters must stay as it is.
    decoded = decode_as_served(body, declared)
    return decoded.text.lstrip("\ufeff").replace("\x00", ""), decoded.replaced


def parse(body: bytes, url: str, declared: str | None = None) -> HtmlPage:
    """Parse `body`; `declared` is the header's encoding, else the page's own is used.

    Raises:
        ExcessiveMarkup: the only error on markup; parsing it would have no bounded cost.
    """
    text, replaced = served_text(body, declared)
    return parse_text(text, url, replaced)


def parse_text(text: str, url: str, replaced: int = 0) -> HtmlPage:
    """Parse a text; `replaced` counts the characters of it that were unreadable. Raises ExcessiveMarkup as `parse`."""
    refuse_excess(text)
    # Lone surrogates cannot be handed to the parser, which reads UTF-8 here so that no XML declaration misleads it.
    served = text.encode("utf-8", "replace")
    # huge_tree: below 256 levels the parser drops the text otherwise.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_CLASSES)
    try:
        root = document_fromstring(served or b"<html></html>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        _raise_if_short_of_memory(parser)
        return HtmlPage(document_fromstring("<html><body></body></html>"), url, url, replaced, False)
    _raise_if_short_of_memory(parser)
    damaged = any("xcessive depth" in entry.message for entry in parser.error_log)
    base = url
    for element in root.iter("base"):
        if href := (element.get("href") or "").strip():
            with suppress(ValueError):  # `http://[`: a browser passes over it as well
                base = urljoin(url, href)
            break
    return HtmlPage(root, url, base, replaced, damaged)


@lru_cache(maxsize=1)
def shared_tree(text: str) -> HtmlElement:
    """Return the tree of a text that several readers look at one after the other; none of them may change it."""
    return parse_text(text, "").root


def _raise_if_short_of_memory(parser: etree.HTMLParser) -> None:
    """Raise MemoryError where the parser ran out of memory: it returns half a page or none then."""
    if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
        raise MemoryError("the parser ran out of memory")


@lru_cache(maxsize=2048)
def attribute(selector: str) -> tuple[str, str | None]:
    """Split a selector from its `::attr(name)` ending; the name is None where the element's text is meant."""
    if found := _PSEUDO.search(selector):
        return selector[: found.start()].strip(), found[1]
    return selector, None


def brief_text(element: HtmlElement, limit: int) -> str:
    """Return the visible text of an element with at most `limit` characters, else nothing: large ones are not read."""
    length = 0
    for node in () if _is_brief(element, limit) else element.iter():
        if tag_of(node) not in ("script", "style"):
            length += len((node.text or "").strip())
        if node is not element:
            length += len((node.tail or "").strip())
        if length > 2 * limit:
            return ""
    text = text_of(element)
    return text if len(text) <= limit else ""


def _is_brief(element: HtmlElement, limit: int) -> bool:
    """Return whether an element's characters are few even with scripts and blanks; a comment's would count as well."""
    length = 0
    for text in element.itertext():
        length += len(text)
        if length > 2 * limit:
            return False
    return next(element.iter(etree.Comment), None) is None


def lowered_text(element: HtmlElement) -> str:
    """Return all text of an element, scripts included, in small letters and with its spaces folded."""
    return fold_spaces(str(_ALL_TEXT(element))).lower()


def tag_of(element: HtmlElement) -> str:
    """Return the element's tag in lower case; empty for comments and the like."""
    return element.tag.lower() if isinstance(element.tag, str) else ""


def line(text: str) -> str:
    """Return text as one stored line: letters cleaned, spaces folded."""
    folded = fold_spaces(text)
    if folded.isprintable() and (text.isascii() or _JOINER not in text):
        # A printable text has no white space but blanks, and that of most others is plain as well.
        if text.isprintable() or not any(sign in text for sign in _NO_BLANKS):
            return nfc(folded)
    text = fold_spaces(clean_letters(text))
    return text if text.isprintable() else text.translate(_NO_CHARACTERS)


def is_hidden(element: HtmlElement) -> bool:
    """Return whether the markup itself hides the element from readers."""
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    if style and _HIDING_STYLE.search(style):
        return True
    classes = element.get("class")
    return bool(classes) and _hides(classes)


# A page has few classes for many elements, and a portal's pages have the same ones.
@lru_cache(maxsize=4096)
def _hides(classes: str) -> bool:
    # `hidden md:block`, `d-none d-md-block`: hidden on small screens only.
    hiding = not _HIDING_CLASS.isdisjoint(classes.split()) and not _SHOWN_AGAIN.search(classes)
    return hiding or _FOR_READERS.search(classes) is not None


def smallest_around(title: HtmlElement | None, container: HtmlElement) -> HtmlElement:
    """Return the smallest element that holds both title and body; the body's container where only the page does."""
    if title is None:
        return container
    above = set(title.iterancestors())
    for element in (container, *container.iterancestors()):
        if element in above:
            return container if tag_of(element) in ("body", "html", "form") else element
    return container


def text_of(element: HtmlElement, skip: frozenset[HtmlElement] = frozenset()) -> str:
    """Return the visible text of an element as one line; line breaks and block borders become blanks."""
    if not len(element):
        return line(element.text or "")
    parts: list[str | None] = [element.text]
    # An own stack: pages of any depth are read.
    open_elements: list[tuple[Iterator[HtmlElement], HtmlElement]] = [(iter(element), element)]
    while open_elements:
        children, parent = open_elements[-1]
        for node in children:
            tag = tag_of(node)
            if not tag:  # a comment
                parts.append(node.tail)
            elif tag in INVISIBLE or node in skip or is_hidden(node):
                parts += ("" if tag in INLINE else " ", node.tail)
            elif len(node):
                parts += ("" if tag in INLINE else " ", node.text)
                open_elements.append((iter(node), node))
                break
            else:
                parts += (node.text, node.tail) if tag in INLINE else (" ", node.text, " ", node.tail)
        else:
            open_elements.pop()
            if open_elements:
                parts += ("" if tag_of(parent) in INLINE else " ", parent.tail)
    return line("".join(filter(None, parts)))

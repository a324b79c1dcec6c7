"""Digest the part of a page that an article is read from, so that a page that changed elsewhere need not be read again.

The digest covers everything that `pipelines.extract` looks at on a page whose layout names title, date and text: the
elements of every selector of the layout, the elements above them, the lines near the text that may name a writer, the
metadata, and the words by which a page says that it is no more. Equal digests of two pages with one address mean equal
articles. A visitor counter, a clock, a token and a list of other articles stand outside and change nothing.

A page that no layout names, or that lacks one of those parts, is read from all its words. Its digest covers
the whole tree, without the scripts, hidden fields and tokens that no reader looks at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import Any

from lxml.etree import XPath, tostring
from lxml.html import HtmlElement

from pipelines.article import Article, Layout, PublishedFrom
from pipelines.html.page_shape import ABSENT, ABSENT_WORDS, BLOCKS, HIDDEN, NOTICE, UNSEEN, is_frame
from pipelines.html.published import TIMES, read_undated, read_visible
from pipelines.html.stated import AUTHORS, SITES
from pipelines.html.tree import HtmlPage, attribute, lowered_text, smallest_around
from pipelines.readers.article_presence import has_article
from pipelines.readers.generic import bylines_in
from pipelines.readers.layout import fits, layout_containers, layout_title
from vietnam.letters import fold_spaces, strip_diacritics

SIZE = 16  # bytes of a digest
_PARAGRAPH = 80  # characters of a text node: a page with two longer ones is no notice, whatever its headings say
_SHORTEST = 200  # characters of a text that no words of the frame make a notice
_LONGER = XPath("descendant::text()[string-length(normalize-space()) > 20]")
_HEADINGS = XPath("//title | (//h1)[position() <= 2] | (//h2)[1] | (//h3)[1]")
_IN_ORDER = XPath("$elements/self::*")
_MAY_BE_ABSENT = re.compile(ABSENT.pattern.replace(r"\b", ""))
"""Match in every notice, also where its first or last word runs into the text beside it."""
_GENERIC = frozenset({"generic_title", "generic_text", "generic_published", "parser_gave_up"})
_UNDATED = (PublishedFrom.UPLOAD, PublishedFrom.FEED, PublishedFrom.NONE)
_TOKEN = re.compile(r"csrf|xsrf|token|nonce", re.IGNORECASE)
_BOXES = frozenset("html head body div form main header footer section article".split())
"""Elements whose texts no reader takes together with the scripts inside."""
_NAMES = frozenset(re.findall(r"""=['"]?([\w:.-]+)""", " ".join((*TIMES, *AUTHORS, *SITES)).lower()))
_PARTS = ("title", "lead", "author", "body", "attachments", "featured")
_INSIDE = ("drop", "cut", "captions", "boxes")
_COMPOUND = re.compile(r"[\w-]*(?:[.#][\w-]+|\[[^\]]*\])+|[\w-]+")
"""Match a selector that asks an element for nothing but its own tag and attributes."""


def covers(article: Article, layouts: Sequence[Layout]) -> bool:
    """Return whether the region digest of an article's page covers all that it was read from.

    It does where the layout gave title, text and date, and the text is long enough to be an article by itself.
    """
    layout = next((each for each in layouts if each.name == article.layout), None)
    if layout is None or layout.is_unnamed or not _GENERIC.isdisjoint(article.flags):
        return False
    if layout.published and article.published_from in _UNDATED:
        return False
    return True


def region_digest(page: HtmlPage, layouts: Sequence[Layout], now: datetime) -> bytes | None:
    """Return the digest of a page's region by the first layout that fits; None where it finds no title or text."""
    number, layout = next(((n, each) for n, each in enumerate(layouts) if fits(page, each)), (0, None))
    if layout is None or layout.is_unnamed:
        return None
    title, heading = layout_title(page, layout)
    containers = layout_containers(page, layout, heading)
    headline = _headline(page, containers) if title and containers else None
    if headline is None:
        return None
    groups = [page.match(selector) for part in _PARTS for selector in getattr(layout, part)]
    groups.append(containers)
    groups.append([element for element, _ in bylines_in(smallest_around(heading, containers[0]))])
    groups.append(list(_metadata(page)))
    dates = _dates(page, layout, now)
    # An element's own tag and attributes are digested with it; what stands around it is not.
    inner = [page.match(each) for part in _INSIDE for each in getattr(layout, part) if not _COMPOUND.fullmatch(each)]
    found = blake2b(digest_size=SIZE)
    for text in (page.url, page.base, f"{number} {page.damaged}", headline, *_notices(page, containers)):
        _add(found, text.encode("utf-8", "replace"))
    places = _write(found, page, groups, dates)
    for group in (*groups, dates, *inner):
        _add(found, " ".join(places[each] for each in group if each in places).encode())
    return found.digest()


def whole_digest(page: HtmlPage, layouts: Sequence[Layout]) -> bytes | None:
    """Return the digest of all that any reader may look at in a page; None where the page holds no article.

    The scripts of a page with an article are not read, but for its metadata.
    """
    if not has_article(page, layouts):
        return None
    found = blake2b(digest_size=SIZE)
    for text in (page.url, page.base, str(page.damaged), *_notices(page, ())):
        _add(found, text.encode("utf-8", "replace"))
    for element in page.root.iter():
        said = ("", None, element.text) if not isinstance(element.tag, str) else _shown(element)
        _add(found, repr((said, element.tail, len(element))).encode("utf-8", "replace"))
    return found.digest()


def _shown(element: HtmlElement) -> tuple[str, object, str | None]:
    """Return tag, attributes and text of an element as far as readers look at them."""
    tag, text, names = element.tag, element.text, _items(element)
    if tag == "script" and "ld+json" not in (element.get("type") or "").lower():
        if all(each.tag in _BOXES and each.get("itemprop") is None for each in element.iterancestors()):
            return tag, None, None
    elif tag == "input" and (element.get("type") or "").lower() == "hidden":
        names = [(name, value) for name, value in names if name != "value"]
    elif tag == "meta" and _TOKEN.search(element.get("name") or ""):
        names = [(name, value) for name, value in names if name != "content"]
    return tag, [(name, value) for name, value in names if name != "nonce"], text


def _headline(page: HtmlPage, containers: Sequence[HtmlElement]) -> str | None:
    """Return the page's headings where they decide whether a short text is a notice; None where even they do not."""
    texts = [each for container in containers for each in _texts(container)]
    paragraphs = (element for text, element in texts if len(text) > _PARAGRAPH)
    if sum(1 for _ in islice(filter(_is_plain, paragraphs), 2)) > 1:
        return ""
    if sum(len(text) for text, element in texts if _is_plain(element)) < _SHORTEST:
        return None
    headings: Any = _HEADINGS(page.root)  # Any: a path may select numbers as well
    return " ".join(" ".join(each.itertext()) for each in headings)


def _texts(root: HtmlElement) -> list[tuple[str, HtmlElement]]:
    """Return the longer text nodes below an element, each with the element that it belongs to."""
    found: Any = _LONGER(root)  # Any: a path may select numbers as well
    return [(str(text), text.getparent()) for text in found]


def _is_plain(element: HtmlElement) -> bool:
    """Return whether what stands in an element counts as the page's main text."""
    return not any(
        each.tag in UNSEEN or HIDDEN.search(each.get("style") or "") or is_frame(each)
        for each in (element, *element.iterancestors())
    )


def _add(found: blake2b, data: bytes) -> None:
    found.update(len(data).to_bytes(8, "big"))
    found.update(data)


def _metadata(page: HtmlPage) -> Iterator[HtmlElement]:
    """Yield the elements that state times of publication, writers and the site's name."""
    for meta in page.root.iter("meta"):
        if not _NAMES.isdisjoint((meta.get(name) or "").lower() for name in ("name", "property", "itemprop")):
            yield meta
    yield from page.match("[itemprop=datePublished]")
    for script in page.root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield script


def _notices(page: HtmlPage, containers: Sequence[HtmlElement]) -> Iterator[str]:
    """Yield the short blocks outside the containers which say that something is no more."""
    text = page.lowered
    places = list(_places(text))
    if not places:
        return
    inside = [_span(text, each) for each in containers if each.tag in BLOCKS]
    outside = (at for at in places if not any(start <= at < end for start, end in inside))
    if any(_may_be_notice(text[max(0, at - NOTICE) : at + 2 * NOTICE]) for at in outside):
        for block in dict.fromkeys(_hinting(page.root)):
            said = fold_spaces(block.text_content())
            if len(said) <= NOTICE and ABSENT.search(strip_diacritics(said)):
                yield said


def _places(text: str) -> Iterator[int]:
    """Yield where the words of a notice stand in a text."""
    for word in ABSENT_WORDS:
        at = text.find(word)
        while at >= 0:
            yield at
            at = text.find(word, at + 1)


def _span(text: str, container: HtmlElement) -> tuple[int, int]:
    """Return where a container's text begins and ends in that of the page; nowhere if it may be in two places."""
    own = lowered_text(container)
    at = text.find(own) if own else -1
    return (at, at + len(own)) if at >= 0 and text.find(own, at + 1) < 0 else (0, 0)


# The frame of a portal's pages is the same, and most of what stands beside such a word belongs to it.
@lru_cache(maxsize=2048)
def _may_be_notice(text: str) -> bool:
    return _MAY_BE_ABSENT.search(strip_diacritics(text)) is not None


def _hinting(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the blocks around the texts that hold a word of a notice."""
    for element in root.iter():
        for text, owner in ((element.text, element), (element.tail, element.getparent())):
            if text and next(_places(fold_spaces(text).lower()), None) is not None:
                yield next((each for each in (owner, *owner.iterancestors()) if each.tag in BLOCKS), owner)


def _dates(page: HtmlPage, layout: Layout, now: datetime) -> dict[HtmlElement, bytes]:
    """Return what is read of each element that may show the date, up to the first that does: a counter may stand beside it."""
    found: dict[HtmlElement, bytes] = {}
    for number, selector in enumerate(layout.published):
        is_text = attribute(selector)[1] is None
        for element in page.match(selector):
            shown = read_visible(page.text_of(element), now) if is_text else None
            times = [_items(time) for time in element.iter("time")]
            undated = read_undated(page.text_of(element), now) if is_text and shown is None else None
            said = repr((number, element.tag, _items(element), times, shown or undated)).encode("utf-8", "replace")
            found[element] = found.get(element, b"") + said
            if shown is not None:
                return found
    return found


def _write(
    found: blake2b, page: HtmlPage, groups: Iterable[Iterable[HtmlElement]], dates: Mapping[HtmlElement, bytes]
) -> dict[HtmlElement, str]:
    """Digest the outermost elements with all inside, and what stands above them; return the place of each inner one."""
    whole = {element for group in groups for element in group}
    wanted = whole | dates.keys()
    tops = [each for each in wanted if wanted.isdisjoint(each.iterancestors())]
    above: dict[HtmlElement, int] = {}
    places: dict[HtmlElement, str] = {}
    ordered: Any = _IN_ORDER(page.root, elements=tops)  # Any: a path may select numbers as well
    for number, top in enumerate(ordered):
        for element in top.iterancestors():
            if element not in above:
                above[element] = len(above)
                _add(found, _described(element))
            _add(found, b"%d" % above[element])
        inside = list(top.iter())
        if whole.isdisjoint(inside):
            inside = [element for element in inside if element in dates]
            _add(found, b"".join(dates[element] for element in inside))
        else:
            _add(found, tostring(top, encoding="utf-8", xml_declaration=False, with_tail=False))
        places.update((element, f"{number}.{at}") for at, element in enumerate(inside))
    return places


def _described(element: HtmlElement) -> bytes:
    """Return tag and attributes of an element above, and what readers ask of all inside it."""
    inside = {"table": ("img",), "figure": ("img",), "form": ("p", "h1", "h2")}.get(element.tag, ())
    holds = bool(inside) and next(element.iter(*inside), None) is not None
    return repr((element.tag, _items(element), holds)).encode("utf-8", "replace")


def _items(element: HtmlElement) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in element.items()]

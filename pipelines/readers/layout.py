"""Read a page by a family's layout: each part is chosen by selector, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from lxml.html import HtmlElement

from archive.model.records import Attachment, Image
from pipelines.article import BlockKind, Layout
from pipelines.html.attachment_links import attachments_in, images_of
from pipelines.html.blocks import Piece, pieces_of, without_twins
from pipelines.html.published import PublishedDate, choose_published, read_undated, read_visible
from pipelines.html.related_links import without_comments, without_titles
from pipelines.html.title import without_site
from pipelines.html.tree import HtmlPage, attribute, smallest_around, tag_of
from vietnam.dates import Moment, read_machine
from vietnam.letters import fold

_BYLINE_LENGTH = 200  # characters: an author element with more is no byline
_ACCOUNT = re.compile(r"[a-z0-9._@-]+|(?i:(?:super ?)?admin(?:istrator)?|quản trị(?: viên)?|webmaster|editor)")


@dataclass(slots=True)
class PageReading:
    """Parts of a page before they become an article.

    `featured` are captions and pictures that lead the article outside its body. `bylines` are author lines that stand
    outside the body. `heading` and `container` are the elements of title and body, `generic` the parts that a layout missed and
    the generic reading found.
    """

    title: str = ""
    heading: HtmlElement | None = None
    container: HtmlElement | None = None
    generic: list[str] = field(default_factory=list)
    featured: list[Piece] = field(default_factory=list)
    published: PublishedDate = field(default_factory=PublishedDate)
    lead: list[Piece] = field(default_factory=list)
    body: list[Piece] = field(default_factory=list)
    bylines: list[str] = field(default_factory=list)
    author: str = ""
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    removed: list[str] = field(default_factory=list)
    labels: frozenset[str] = frozenset()
    before: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    layout: str = "none"


def fits(page: HtmlPage, layout: Layout) -> bool:
    """Return whether the page has this layout."""
    return bool(page.match(layout.fits))


def read_layout(page: HtmlPage, layout: Layout, now: datetime) -> PageReading | None:
    """Read the parts of a page by its layout; None when neither title nor body is at its place."""
    title, title_element = layout_title(page, layout)
    containers = layout_containers(page, layout, title_element)
    if not title and not containers:
        return None
    leads, meta_lead = _lead(page, layout, containers)
    shown_date, named, shown_in = _published(page, layout, now)
    skip = _matches(page, layout.drop)
    stop = _matches(page, layout.cut)
    captions = _matches(page, layout.captions)
    taken = frozenset(element for element in (title_element, shown_in, *leads) if element is not None)
    # A container that a drop selector happens to match stays: `[class*=portlet]` is meant for what is inside.
    boxes = _matches(page, layout.boxes) - frozenset(containers)
    skip = (skip | taken | boxes) - frozenset(containers)
    reading = PageReading(title=title, layout=layout.name, labels=frozenset(fold(label) for label in layout.labels))
    reading.heading, reading.container = title_element, containers[0] if containers else None
    reading.before, reading.among, reading.after = layout.before, layout.among, layout.after
    reading.removed = [
        piece.text for box in _inside(boxes, (*leads, *containers)) for piece in pieces_of(box) if piece.text
    ]
    reading.published = choose_published(shown_date, page, None, now, named, shown_in)
    for box in _featured(page, layout, containers):
        reading.featured += [
            piece for piece in pieces_of(box, skip, stop, captions) if piece.images or piece.kind is BlockKind.CAPTION
        ]
    for lead in leads:
        reading.lead += pieces_of(lead, skip - {lead}, stop, captions)
    reading.body = [piece for container in containers for piece in pieces_of(container, skip, stop, captions)]
    reading.body, titles = without_titles(without_twins(reading.body))
    reading.body, comments = without_comments(reading.body)
    reading.removed += [*titles, *comments]
    if not containers and reading.lead:
        reading.lead, reading.body = [], reading.lead
    if meta_lead:
        reading.lead = [Piece(BlockKind.LEAD, meta_lead, page.root)]
    _authors(page, layout, containers, reading)
    places = [*leads, *containers, *(element for name in layout.attachments for element in page.match(name))]
    reading.attachments = attachments_in(places, page.base)
    if containers and not reading.attachments and not any(piece.text for piece in reading.body):
        # A viewer of the only file may stand beside an empty body.
        reading.attachments = attachments_in((smallest_around(title_element, containers[0]),), page.base)
    reading.images = images_of([*reading.featured, *reading.lead, *reading.body], page.base)
    return reading


def _matches(page: HtmlPage, selectors: tuple[str, ...]) -> frozenset[HtmlElement]:
    return frozenset(element for selector in selectors for element in page.match(selector))


def _inside(boxes: frozenset[HtmlElement], places: Iterable[HtmlElement]) -> Iterator[HtmlElement]:
    """Yield the boxes below these places, in the order of the page."""
    if boxes:
        yield from (element for place in places for element in place.iterdescendants() if element in boxes)


def layout_title(page: HtmlPage, layout: Layout) -> tuple[str, HtmlElement | None]:
    """Return the title at its place and the element that shows it, None where no visible element does."""
    for element, text, shown in page.pick(layout.title):
        if not shown or tag_of(element) == "title":
            return without_site(text, page), None
        return text, element
    return "", None


def layout_containers(page: HtmlPage, layout: Layout, title: HtmlElement | None) -> list[HtmlElement]:
    """Return the body's container and those beside it.

    The first selector with text wins; else one with a picture or file; else any match.
    """
    everything = {selector: page.match(selector) for selector in layout.body}
    for worth in (page.text_of, _has_content, _always):
        for found in everything.values():
            good = [element for element in found if worth(element)]
            if good:
                first = next((element for element in good if _after(title, element)), good[0])
                beside = [other for other in good if other.getparent() is first.getparent() and _after(first, other)]
                return [first, *(other for other in beside if other is not first)]
    return []


def _has_content(element: HtmlElement) -> bool:
    return next(element.iter("img", "iframe", "object", "embed", "a"), None) is not None


def _always(element: HtmlElement) -> bool:
    return True


def _featured(page: HtmlPage, layout: Layout, containers: list[HtmlElement]) -> list[HtmlElement]:
    """Return the boxes of the leading picture: outside the body and outside each other."""
    found = [box for selector in layout.featured for box in page.match(selector)]
    outside = [box for box in found if not any(above in containers for above in (box, *box.iterancestors()))]
    return [box for box in dict.fromkeys(outside) if not any(above in outside for above in box.iterancestors())]


def _after(first: HtmlElement | None, second: HtmlElement) -> bool:
    """Return whether `second` begins after `first` in the page, or holds it."""
    if first is None:
        return True
    path, others = ([each, *each.iterancestors()][::-1] for each in (first, second))
    for parent, one, other in zip(path, path[1:], others[1:], strict=False):
        if one is not other:
            return bool(parent.index(one) < parent.index(other))
    return True


def _lead(page: HtmlPage, layout: Layout, containers: list[HtmlElement]) -> tuple[list[HtmlElement], str]:
    """Return the lead's elements, or its text where only an attribute gives it."""
    for selector in layout.lead:
        found = [(element, text) for element, text, _ in page.pick((selector,)) if element not in containers]
        if not found:
            continue
        first, text = found[0]
        if attribute(selector)[1] is not None:
            return [], text
        return [first, *(other for other, _ in found[1:] if other.getparent() is first.getparent())], ""
    return [], ""


def _published(
    page: HtmlPage, layout: Layout, now: datetime
) -> tuple[tuple[Moment | None, str] | None, Moment | None, HtmlElement | None]:
    """Return the visible line, the moment of a named attribute, and the element of the line."""
    named: Moment | None = None
    undated: tuple[tuple[None, str] | None, HtmlElement | None] = (None, None)
    for element, text, shown in page.pick(layout.published):
        if not shown:
            named = named or read_machine(text, now)
        elif shown_date := read_visible(text, now):
            return shown_date, named, element
        elif undated[0] is None and (line := read_undated(text, now)):
            undated = line, element
    return undated[0], named, undated[1]


def is_account(name: str) -> bool:
    """Return whether a writer's name is that of a login (`quantri`, `Admin`): no person is named by it."""
    return bool(_ACCOUNT.fullmatch(name.strip()))


def _authors(page: HtmlPage, layout: Layout, containers: list[HtmlElement], reading: PageReading) -> None:
    """Set the writer's name, and add author lines outside the body as bylines, the text's last lines."""
    inside = {fold(piece.text) for piece in reading.body[-4:]}
    for selector in layout.author:
        for element, text, shown in page.pick((selector,)):
            if len(text) > _BYLINE_LENGTH or is_account(text):
                continue
            reading.author = reading.author or text
            within = any(ancestor in containers for ancestor in element.iterancestors())
            if shown and not within and fold(text) not in inside and text not in reading.bylines:
                reading.bylines.append(text)
        if reading.author:
            return

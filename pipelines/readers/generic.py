"""Read a page without a layout: title, title block and article region, by trafilatura and our blocks together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lxml.html import HtmlElement

from pipelines.article import BlockKind, Layout
from pipelines.html.attachment_links import attachments_in, images_of, is_file_link
from pipelines.html.blocks import Piece
from pipelines.html.published import choose_published, in_metadata, read_undated, read_visible
from pipelines.html.title import find_title
from pipelines.html.tree import INVISIBLE, HtmlPage, brief_text, is_hidden, smallest_around, tag_of, text_of
from pipelines.readers.layout import PageReading, is_account
from pipelines.readers.main_content import Region, find_region, is_date_line
from vietnam.date_forms import Label, date_matches
from vietnam.dates import Moment
from vietnam.letters import fold
from vietnam.names import is_name
from vietnam.residue import strip_residue

_YEAR = re.compile(r"(?:19|20)\d\d")
_READERS = re.compile(r"comment|binh-?luan|respond|y-?kien|reply", re.IGNORECASE)
_WRITER = re.compile(r"author|byline|tac-?gia|writer", re.IGNORECASE)
_NAME = re.compile(r"(?:[^\W\d_][\w.]*[ ,&–-]*){1,6}$")
_BYLINE_LABEL = re.compile(
    r"^(?:(?:posted |written )?by|(?:đăng |viết )?bởi|tác giả|người viết|phóng viên)\s*:?\s+", re.IGNORECASE
)
_YEAR_ON = re.compile(r"[\s|•,–-]*(?:\d{1,2}[:/.-]|thứ |chủ nhật).*$", re.IGNORECASE)
_LINE = 120  # characters: the longest published line with its labels and byline
_LEAD = 60  # characters of the shortest lead
_NEAR = 4  # ancestors of the title in which a date above it counts
_CLOCK = re.compile(r"clock|time-?now|current|today|dong-?ho|hom-?nay|top-?bar|weather|calendar", re.IGNORECASE)
_OUTSIDE = frozenset({"nav", "footer", "aside", "a", "button"})
_TITLE = 20  # characters of a link in a list from which the list names other articles


def read_generic(page: HtmlPage, now: datetime, titled: HtmlElement | None = None) -> PageReading:
    """Read the parts of any page; an empty reading where nothing looks like an article.

    `titled` is the element of the title where something outside of the page names it.
    """
    title, element = find_title(page) if titled is None else (text_of(titled), titled)
    reading = PageReading(title=title)
    region = find_region(page, element)
    if region is None:
        around = element.getparent() if element is not None else None
        if around is None:
            reading.published = choose_published(None, page, None, now)
            return reading
        region = Region(around, [], [], [])
    found = _title_block_date(page, element, region, now)
    around = smallest_around(element, region.container)
    reading.heading, reading.container = element, region.container
    reading.published = choose_published(
        found[0] if found else None, page, around, now, shown_in=found[1] if found else None
    )
    spent = found[1] if found else None
    reading.author = _byline(around, region)
    reading.lead = region.lead
    reading.featured = _featured(region.above)
    body = [piece for piece in region.body if spent is None or not _shows(piece, spent)]
    reading.body, reading.removed = _without_widgets(body)
    reading.attachments = attachments_in((around,), page.base)
    reading.images = images_of([*reading.featured, *region.lead, *region.body], page.base)
    return reading


def read_unnamed(page: HtmlPage, layout: Layout, now: datetime) -> PageReading:
    """Read a page whose skin's elements no source names as any page, without the portal's own lines and boxes."""
    reading = read_generic(page, now)
    reading.layout, reading.labels = layout.name, frozenset(fold(label) for label in layout.labels)
    reading.before, reading.among, reading.after = layout.before, layout.among, layout.after
    boxes = frozenset(element for name in (*layout.drop, *layout.boxes) for element in page.match(name))
    boxed = [piece for piece in reading.body if not boxes.isdisjoint((piece.element, *piece.element.iterancestors()))]
    reading.removed += [piece.text for piece in boxed if piece.text]
    reading.body = [piece for piece in reading.body if piece not in boxed]
    return reading


def _shows(piece: Piece, dated: HtmlElement) -> bool:
    """Return whether a block is the published line, or the row of a table with nothing else in it."""
    return piece.element is dated or (
        piece.element in dated.iterancestors() and text_of(dated) == piece.text.strip(" |")
    )


def _featured(above: list[Piece]) -> list[Piece]:
    """Return the captions between title and text, each with the picture right before it."""
    captions = [i for i, piece in enumerate(above) if piece.kind is BlockKind.CAPTION and piece.text]
    return [
        piece
        for i, piece in enumerate(above)
        if i in captions or (i + 1 in captions and piece.images and not piece.text)
    ]


def complete(reading: PageReading, page: HtmlPage, now: datetime, *, dated: bool) -> None:
    """Read the parts that a layout missed as on a page without one, each for itself, and name them in `generic`.

    A layout that half fits the page would lose them, and with them more than no layout at all. `dated` says that the
    pages of the layout show a date.
    """
    if not reading.title:
        reading.title, reading.heading = find_title(page)
        _note(reading, "title", bool(reading.title))
    if not any(piece.text or piece.images for piece in reading.body) and not reading.lead:
        found = read_generic(page, now, reading.heading)
        reading.lead, reading.body, reading.container = found.lead, found.body, found.container
        reading.attachments, reading.images = reading.attachments or found.attachments, found.images
        _note(reading, "text", bool(found.body))
    if reading.container is None:
        return
    region = Region(reading.container, [], [piece for piece in reading.body if piece.text], [])
    around = smallest_around(reading.heading, reading.container)
    if dated and reading.published.moment is None:
        shown, undated = _title_block_date(page, reading.heading, region, now), reading.published.raw
        if undated and shown and shown[0][0] is None:
            shown = None  # the layout's own place has such a line too
        found_date = choose_published(
            shown[0] if shown else None, page, around, now, shown_in=shown[1] if shown else None
        )
        reading.published = replace(found_date, raw=found_date.raw or undated)
        reading.body = [piece for piece in reading.body if shown is None or piece.element is not shown[1]]
        _note(reading, "published", reading.published.moment is not None)
    if not reading.author:
        reading.author = _byline(around, region)
        _note(reading, "author", bool(reading.author))


def _note(reading: PageReading, part: str, found: bool) -> None:
    if found:
        reading.generic.append(part)


def _without_widgets(pieces: list[Piece]) -> tuple[list[Piece], list[str]]:
    """Split off whole lines that are widgets: no layout has dropped their containers here."""
    kept, removed = strip_residue([piece.text for piece in pieces if piece.text])
    left: list[Piece] = []
    position = 0
    for piece in pieces:
        if not piece.text:
            left.append(piece)
        elif position < len(kept) and kept[position] == piece.text:
            left.append(piece)
            position += 1
    return left, removed


def _byline(around: HtmlElement, region: Region) -> str:
    """Return the writer's name marked or labelled as such near the article; never `meta[name=author]`, the portal's."""
    inside = {piece.element for piece in region.body}
    labelled = ""
    for element, marked in bylines_in(around):
        in_text = element in inside or (not marked and not inside.isdisjoint(element.iterancestors()))
        if in_text or is_hidden(element) or _is_of_readers(element, around):
            continue
        text = _BYLINE_LABEL.sub("", _YEAR_ON.sub("", brief_text(element, _LINE)).strip(" -–|•,"))
        if marked and _NAME.match(text) and not is_account(text):
            return text
        labelled = labelled or (text if not marked and is_name(text) else "")
    return labelled


def bylines_in(around: HtmlElement) -> Iterator[tuple[HtmlElement, bool]]:
    """Yield the elements that may name a writer, each with whether its own attributes mark it; the others have a label."""
    for element in around.iter("a", "span", "div", "p", "strong", "address", "b"):
        names = " ".join(element.get(name) or "" for name in ("class", "rel", "itemprop", "data-role"))
        marked = _WRITER.search(names) is not None
        if marked or (element.text and _BYLINE_LABEL.match(element.text.lstrip())):
            yield element, marked


def _is_of_readers(element: HtmlElement, around: HtmlElement) -> bool:
    """Return whether a name stands among the comments of readers below or beside the article."""
    for each in (element, *element.iterancestors()):
        if each is around:
            return False
        if _READERS.search(f"{each.get('class', '')} {each.get('id', '')}"):
            return True
    return False


def _title_block_date(
    page: HtmlPage, title: HtmlElement | None, region: Region, now: datetime
) -> tuple[tuple[Moment | None, str], HtmlElement] | None:
    """Find the date nearest to the title: below it before the first long paragraph, else close above it.

    Without one, a line right below the title whose date is impossible.
    """
    order = {element: position for position, element in enumerate(page.root.iter())}
    head = order[title] if title is not None else order[region.container]
    long = [order[piece.element] for piece in region.body if len(piece.text) >= 150 and piece.element in order]
    last = max((order[piece.element] for piece in region.body), default=head)
    end = min((place for place in long if place > head), default=last + 1)
    near = list(title.iterancestors())[:_NEAR] if title is not None else []
    meta = in_metadata(page, None, now)
    candidates: list[tuple[int, int, tuple[Moment, str], HtmlElement]] = []
    undated: tuple[tuple[None, str], HtmlElement] | None = None
    for holder in _holders(page):
        place = order.get(holder, -1)
        below = head <= place < max(end, head + 1)
        if not region.body:  # a page of files: the title's own box is all there is
            below = place >= head and any(ancestor in near[:1] for ancestor in holder.iterancestors())
        above = place < head and any(
            ancestor in near for ancestor in holder.iterancestors() if tag_of(ancestor) != "body"
        )
        if not (below or above) or _elsewhere(holder, title):
            continue
        if shown := _widest(holder, title, now):
            agrees = meta is not None and shown[0][0].day == meta.day
            rank = (0 if agrees else 1) * 2 + (0 if below else 1)
            candidates.append((rank, abs(place - head), *shown))
        elif below and undated is None and (line := read_undated(brief_text(holder, _LINE), now)):
            undated = line, holder
    best = min(candidates, key=lambda item: item[:2], default=None)
    return (best[2], best[3]) if best else _apart_from_the_title(order, head, region, title, now) or undated


def _apart_from_the_title(
    order: dict[HtmlElement, int], head: int, region: Region, title: HtmlElement | None, now: datetime
) -> tuple[tuple[Moment, str], HtmlElement] | None:
    """Find a line like `Ngày đăng: …` at the end of the text or right below it, above any link to another article.

    A line that is nothing but a date needs no label behind the first paragraph, which may be the lead, or where it is
    the first thing below the text.
    """
    places = [order[piece.element] for piece in region.body if len(piece.text) >= _LEAD and piece.element in order]
    first_two = sorted(place for place in places if place > head)[:2]
    last = max((order[piece.element] for piece in region.body if piece.element in order), default=head)
    ended = False
    for element, place in order.items():
        if place <= head or not tag_of(element):  # a comment may hold the time at which a server made the page
            continue
        if place > last and tag_of(element) == "a" and len(text_of(element)) >= _TITLE and not is_file_link(element):
            return None
        if not _has_year(element) or _elsewhere(element, title):
            inside = last in (order.get(above) for above in element.iterancestors())
            ended = ended or (place > last and not inside and bool(element.text and element.text.strip()))
            continue
        text = brief_text(element, _LINE)
        alone = place < first_two[-1] if len(first_two) == 2 else place > last
        alone = (alone or place > last) and not ended and is_date_line(text)
        if (alone or any(shown.label is Label.PUBLISHED for shown in date_matches(text))) and (
            found := _widest(element, title, now)
        ):
            return found
        ended = ended or place > last
    return None


def _holders(page: HtmlPage) -> Iterator[HtmlElement]:
    """Yield elements with a year in a text node of their own, in the order of the page."""
    for element in page.root.iter():
        if tag_of(element) in INVISIBLE or not tag_of(element):
            continue
        if _has_year(element):
            yield element


def _has_year(element: HtmlElement) -> bool:
    if (text := element.text) and _YEAR.search(text):
        return True
    for child in element:
        if (text := child.tail) and _YEAR.search(text):
            return True
    return False


def _elsewhere(holder: HtmlElement, title: HtmlElement | None) -> bool:
    """Return whether a date belongs to something else: a link, a list of others, a clock, the masthead, a footer."""
    around = set(title.iterancestors()) if title is not None else set()
    for element in (holder, *holder.iterancestors()):
        if element is title:
            return True
        if is_hidden(element):
            return True
        if element in around or tag_of(element) == "body":
            return False
        names = f"{element.get('class', '')} {element.get('id', '')}"
        outside = tag_of(element) in _OUTSIDE and not _is_own_link(element)
        if outside or _CLOCK.search(names) or (tag_of(element) == "li" and _is_of_others(element)):
            return True
        if "header" in names.lower() and not _is_beside(element, title):
            return True
    return False


def _is_of_others(item: HtmlElement) -> bool:
    """Return whether an item stands in a list of other articles, and not in a row of the article's own facts."""
    above = item.getparent()
    return any(len(text_of(link)) >= _TITLE for link in (item if above is None else above).iter("a"))


def _is_own_link(element: HtmlElement) -> bool:
    """Return whether a link is the one around an article's own date, as WordPress sets it."""
    return tag_of(element) == "a" and "bookmark" in (element.get("rel") or "").split()


def _is_beside(box: HtmlElement, title: HtmlElement | None) -> bool:
    """Return whether a box called `header` stands beside the title and is no masthead, which has pictures and a menu."""
    if title is None or next(box.iter("img", "nav", "form", "svg"), None) is not None:
        return False
    row = title
    while (above := row.getparent()) is not None and len(above) == 1:
        row = above
    return box.getparent() is row.getparent() and tag_of(box.getparent()) != "body"


def _widest(
    holder: HtmlElement, title: HtmlElement | None, now: datetime
) -> tuple[tuple[Moment, str], HtmlElement] | None:
    """Read the moment of the smallest element around a year; a wider element where only it has the time."""
    around = set(title.iterancestors()) if title is not None else set()
    best: tuple[tuple[Moment, str], HtmlElement] | None = None
    for element in (holder, *holder.iterancestors()):
        if element in around or tag_of(element) == "body":
            break
        text = brief_text(element, _LINE)
        if not text:
            break
        shown = read_visible(text, now)
        if shown is None:
            continue
        if best is None:
            best = (shown, element)
        elif shown[0].day == best[0][0].day and shown[0].clock and not best[0][0].clock:
            return shown, element
        if best[0][0].clock:
            break
    return best

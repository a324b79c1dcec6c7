"""Find a page's publication time: the visible line first, then its metadata, then its URL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from lxml.html import HtmlElement

from pipelines.article import Article, PublishedFrom
from pipelines.html.tree import HtmlPage, line, match, text_of
from vietnam.dates import Moment, find_published, read_machine, read_published, read_url_day

_COUNTERS = re.compile(
    r"(?:\s*[|•·,;–-]\s*)?(?:số\s+)?(?:lượt\s+(?:xem|đọc|truy cập|view)|đã xem|số lần xem|views?)\s*[:.]?\s*[\d.,]*"
    r"(?:\s*lượt)?(?:\s*[|•·]\s*(?=\S))?",
    re.IGNORECASE,
)
_EDGES = " |•·,;–-"
_LONGEST_LINE = 90  # characters: a longer text around the date is no published line, only its date part is kept
_META = (
    "meta[property='article:published_time']",
    "meta[name='article:published_time']",
    "meta[itemprop=datePublished]",
    "[itemprop=datePublished]",
    "meta[name=pubdate]",
    "meta[name='dc.date.issued']",
)
_LD_DATE = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')


@dataclass(frozen=True, slots=True)
class PublishedDate:
    """Publication time with its evidence.

    `raw` is the line as the page shows it, None when nothing is visible. `disagree` is set when sources differ.
    """

    moment: Moment | None = None
    raw: str | None = None
    source: PublishedFrom = PublishedFrom.NONE
    disagree: bool = False


def read_visible(text: str, now: datetime) -> tuple[Moment, str] | None:
    """Return the moment in a title block's line and the line without counters; None when it has no moment."""
    moment = read_published(text, now)
    if moment is None:
        return None
    return moment, shown_line(text, now)


def listed_on(article: Article, day: date | None) -> Article:
    """Return the article with the day that its list shows, where the page itself has none."""
    if day is None or article.published is not None:
        return article
    return replace(article, published=Moment(day), published_from=PublishedFrom.FEED)


def shown_line(text: str, now: datetime) -> str:
    """Return a published line as shown, without view counters; only its date part where it is a long text."""
    shown = line(_COUNTERS.sub("", line(text))).strip(_EDGES)
    if len(shown) > _LONGEST_LINE and (found := find_published(text, now)):
        return line(found[1])
    return shown


def choose_published(
    shown: tuple[Moment, str] | None,
    page: HtmlPage,
    region: HtmlElement | None,
    now: datetime,
    named: Moment | None = None,
) -> PublishedDate:
    """Choose the publication time by the rank of its sources: title block, metadata, URL.

    A machine time with a clock replaces a visible line of the same day without one. Sources that differ by more than a
    day set `disagree`. `region` is where a `time` element counts as the article's
    own; the rest of a page shows other articles' times. `named` is the value of an attribute that the layout names; it
    replaces the metadata.
    """
    meta = named or in_metadata(page, region, now)
    folder = read_url_day(page.url)
    if folder is not None and not Moment(folder).known_by(now):
        folder = None
    days = [moment.day for moment in (shown[0] if shown else None, meta) if moment] + ([folder] if folder else [])
    disagree = _apart(days)
    if shown is not None:
        # Midnight is what an editor's form fills in where only a day was given.
        timed = meta is not None and meta.clock is not None and (meta.clock.hour, meta.clock.minute) != (0, 0)
        exact = meta if meta and timed and not shown[0].clock and meta.day == shown[0].day else shown[0]
        return PublishedDate(exact, shown[1] or None, PublishedFrom.TITLE_BLOCK, disagree)
    if meta is not None:
        return PublishedDate(meta, None, PublishedFrom.METADATA, disagree)
    if folder is not None:
        return PublishedDate(Moment(folder), None, PublishedFrom.URL, disagree)
    return PublishedDate()


def _apart(days: list[date]) -> bool:
    return len(days) > 1 and (max(days) - min(days)).days > 1


def in_metadata(page: HtmlPage, region: HtmlElement | None, now: datetime) -> Moment | None:
    """Return the first valid publication time of the page's metadata that is not later than `now`."""
    for value in _values(page, region):
        if moment := read_machine(value, now):
            return moment
    return None


def _values(page: HtmlPage, region: HtmlElement | None) -> Iterator[str]:
    for selector in _META:
        for element in match(page.root, selector):
            yield from filter(None, (element.get("content"), element.get("datetime"), _printed(element)))
    for script in page.root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            yield from _linked_data(script.text or "")
    if region is not None:
        for element in region.iter("time"):
            if value := element.get("datetime"):
                yield value


def _printed(element: HtmlElement) -> str:
    """Return the text of an element that may be hidden: NukeViet prints its best date in a hidden span."""
    return line("".join(element.itertext())) if len(element) < 5 else text_of(element)


def _linked_data(text: str) -> Iterator[str]:
    try:
        data: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        # Portals print broken JSON: an unescaped quotation mark in the title is enough.
        yield from _LD_DATE.findall(text)
        return
    yield from _dates_in([data])


def _dates_in(queue: Iterable[object]) -> Iterator[str]:
    waiting = list(queue)
    while waiting:
        data = waiting.pop(0)
        if isinstance(data, dict):
            value = data.get("datePublished")
            if isinstance(value, str):
                yield value
            waiting.extend(data.values())
        elif isinstance(data, list):
            waiting.extend(data)

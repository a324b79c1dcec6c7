"""Find a page's publication time: the visible line first, then its metadata, then its URL."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from lxml.html import HtmlElement

from pipelines.article import Article, PublishedFrom
from pipelines.html.json_values import JsonError, value_of
from pipelines.html.tree import HtmlPage, line, text_of
from vietnam.dates import (
    Moment,
    find_published,
    read_machine,
    read_published,
    read_upload,
    read_url_day,
    shows_no_moment,
)

_COUNTERS = re.compile(
    r"(?:\s*[|•·,;–-]\s*)?(?:số\s+)?(?:lượt\s+(?:xem|đọc|truy cập|view)|đã xem|số lần xem|views?)\s*[:.]?\s*[\d.,]*"
    r"(?:\s*lượt)?(?:\s*[|•·]\s*(?=\S))?",
    re.IGNORECASE,
)
_EDGES = " |•·,;–-"
_LONGEST_LINE = 90  # characters: a longer text around the date is no published line, only its date part is kept
TIMES = (
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

    `raw` is the line as the page shows it, also where its date is impossible; None when nothing is visible. `disagree` is
    set when sources differ.
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


def read_undated(text: str, now: datetime) -> tuple[None, str] | None:
    """Return a published line of the title block that shows no possible moment (`31/02/2025 25:61`); None for other text."""
    if len(text) > _LONGEST_LINE or not shows_no_moment(text, now):
        return None
    return None, shown_line(text, now)


def listed_on(article: Article, day: date | None) -> Article:
    """Return the article with the day that its list shows, where the page itself has none but that of its files."""
    if day is None or article.published_from not in (PublishedFrom.NONE, PublishedFrom.UPLOAD):
        return article
    return replace(article, published=Moment(day), published_from=PublishedFrom.FEED)


def uploaded_on(files: Iterable[str], now: datetime) -> PublishedDate:
    """Return the day of the last upload among an article's files and pictures, by their names; empty where none has one.

    The time of day is left out: an article is published later than its files.
    """
    uploads = [moment.day for url in files if (moment := read_upload(url, now)) is not None]
    return PublishedDate(Moment(max(uploads)), None, PublishedFrom.UPLOAD) if uploads else PublishedDate()


def shown_line(text: str, now: datetime) -> str:
    """Return a published line as shown, without view counters; only its date part where it is a long text."""
    shown = line(_COUNTERS.sub("", line(text))).strip(_EDGES)
    if len(shown) > _LONGEST_LINE and (found := find_published(text, now)):
        return line(found[1])
    return shown


def choose_published(
    shown: tuple[Moment | None, str] | None,
    page: HtmlPage,
    region: HtmlElement | None,
    now: datetime,
    named: Moment | None = None,
    shown_in: HtmlElement | None = None,
) -> PublishedDate:
    """Choose the publication time by the rank of its sources: title block, metadata, URL.

    A machine time of the same day replaces a visible line that gives less of it (`_is_more_exact`). Sources that differ
    by more than a day set `disagree`. `region` is where a `time` element counts as the article's own; the rest of a page
    shows other articles' times. `named` is the value of an attribute that the layout names; it replaces the metadata.
    `shown_in` is the element of the visible line, which is kept where it shows no possible moment.
    """
    visible = shown[0] if shown else None
    raw = (shown[1] if shown else None) or None
    machine = [named] if named else list(machine_times(page, None if visible else region, now))
    meta = machine[0] if machine else None
    folder = read_url_day(page.url)
    if folder is not None and not Moment(folder).known_by(now):
        folder = None
    if visible is not None:
        machine += [moment for value in _times_at(shown_in) if (moment := read_machine(value, now))]
        same = [moment for moment in machine if moment.day == visible.day]
        exact = next((moment for moment in same if _is_more_exact(moment, visible)), None)
        days = [visible.day, *([meta.day] if meta and not same else []), *([folder] if folder else [])]
        source = PublishedFrom.TITLE_BLOCK if exact is None else PublishedFrom.METADATA
        return PublishedDate(exact or visible, raw, source, _apart(days))
    disagree = _apart([moment.day for moment in (meta,) if moment] + ([folder] if folder else []))
    if meta is not None:
        return PublishedDate(meta, raw, PublishedFrom.METADATA, disagree)
    if folder is not None:
        return PublishedDate(Moment(folder), raw, PublishedFrom.URL, disagree)
    return PublishedDate(raw=raw)


def _is_more_exact(machine: Moment, shown: Moment) -> bool:
    """Return whether a machine time says what a visible line of the same day lacks: the minute, or the half of the day.

    Midnight is what a form fills in where only a day was given. A line in the form `dd/MM/yyyy HH:ss`, as templates for
    Liferay 6.2 have it, shows the seconds in the place of the minutes: only its hour is right.
    """
    if machine.clock is None or (machine.clock.hour, machine.clock.minute) == (0, 0):
        return False
    if shown.clock is None:
        return True
    at, line_at = machine.clock, shown.clock
    half = at.minute == line_at.minute and at.hour == line_at.hour + 12
    seconds = at.hour == line_at.hour and at.minute != line_at.minute == at.second
    return half or seconds


def _times_at(element: HtmlElement | None) -> Iterator[str]:
    """Yield the values of the `time` elements in, at and around a visible line, those of a change left out."""
    if element is None:
        return
    for time in (*element.iter("time"), *element.iterancestors("time")):
        classes = (time.get("class") or "").lower()
        if ("updated" not in classes or "published" in classes) and time.get("itemprop") != "dateModified":
            yield time.get("datetime") or ""


def _apart(days: list[date]) -> bool:
    return len(days) > 1 and (max(days) - min(days)).days > 1


def in_metadata(page: HtmlPage, region: HtmlElement | None, now: datetime) -> Moment | None:
    """Return the first valid publication time of the page's metadata that is not later than `now`."""
    return next(machine_times(page, region, now), None)


def machine_times(page: HtmlPage, region: HtmlElement | None, now: datetime) -> Iterator[Moment]:
    """Yield the valid publication times of the page's metadata, those of `time` elements inside the region last."""
    return (moment for value in _values(page, region) if (moment := read_machine(value, now)))


def _values(page: HtmlPage, region: HtmlElement | None) -> Iterator[str]:
    for selector in TIMES:
        for element in page.match(selector):
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
        data = value_of(text, strict=False)
    except JsonError:
        # Portals print broken JSON: an unescaped quotation mark in the title is enough.
        yield from _LD_DATE.findall(text)
        return
    yield from _dates_in([data])


def _dates_in(queue: Iterable[object]) -> Iterator[str]:
    waiting = deque(queue)
    while waiting:
        data = waiting.popleft()
        if isinstance(data, dict):
            value = data.get("datePublished")
            if isinstance(value, str):
                yield value
            waiting.extend(data.values())
        elif isinstance(data, list):
            waiting.extend(data)

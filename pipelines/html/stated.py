"""Read what a page's metadata states of an article's author and time of day, where the reading found neither."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from pipelines.article import StatedMetadata
from pipelines.html.json_values import JsonError, value_of
from pipelines.html.published import machine_times
from pipelines.html.tree import HtmlPage, line
from vietnam.date_forms import TZ
from vietnam.dates import Moment
from vietnam.letters import fold

AUTHORS = ("meta[name=author]", "meta[property='article:author']", "meta[name='dc.creator']")
SITES = ("meta[property='og:site_name']", "meta[name='application-name']")
_LONGEST = 60  # characters of a name


def stated_metadata(page: HtmlPage, author: str | None, published: Moment | None) -> StatedMetadata:
    """Return what the metadata states of the parts that are missing; empty where nothing is missing.

    A time counts where it belongs to the day that was read, midnight apart. A name that is the site's own is no author.
    """
    day = published.day if published is not None and published.clock is None else None
    return StatedMetadata(_clock(page, day) if day is not None else "", "" if author else _author(page))


def _clock(page: HtmlPage, day: date) -> str:
    ended = datetime.combine(day + timedelta(days=1), time(), TZ)
    for moment in machine_times(page, None, ended):
        if moment.day == day and moment.clock and moment.clock.replace(second=0) != time():
            return f"{moment.clock:%H:%M}"
    return ""


def _author(page: HtmlPage) -> str:
    sites = {fold(line(element.get("content") or "")) for selector in SITES for element in page.match(selector)}
    for name in _names(page):
        name = line(name)
        if 0 < len(name) <= _LONGEST and "/" not in name and fold(name) not in sites:
            return name
    return ""


def _names(page: HtmlPage) -> Iterator[str]:
    for script in page.root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and '"author"' in (text := script.text or ""):
            try:
                data = value_of(text, strict=False)
            except JsonError:
                continue  # broken JSON states no name for certain
            yield from _authors_in(data)
    for selector in AUTHORS:
        for element in page.match(selector):
            yield element.get("content") or ""


def _authors_in(data: object) -> Iterator[str]:
    waiting = deque([data])
    while waiting:
        value = waiting.popleft()
        if isinstance(value, dict):
            if "headline" in value or "datePublished" in value:  # an article, not a comment or the site
                yield from _named(value.get("author"))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _named(author: object) -> Iterator[str]:
    for each in author if isinstance(author, list) else [author]:
        name = each.get("name") if isinstance(each, dict) else each
        if isinstance(name, str):
            yield name

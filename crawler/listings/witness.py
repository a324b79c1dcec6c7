"""Name the pages of a portal that say independently of its lists what was published, and compare them with the lists. Pure.

A witness is a feed (declared by the family, or linked by every list) or the portal's archive of a day.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from crawler.listings.listing import Entry
from crawler.urls import absolute
from pipelines.html.addresses import split_address

_LINK = re.compile(r"<link\b[^>]{0,1000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TYPES = ("application/rss+xml", "application/atom+xml")
_HEAD = 1 << 17  # characters of a page in which its feeds are looked for


@dataclass(frozen=True, slots=True)
class Witness:
    """Name a witness by its address; `day` is the day whose articles an archive names, None for a feed."""

    url: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class WitnessComparison:
    """Entries of a witness of the compared days, those of them that no list ever showed, and the first of these.

    `entries` is None where the witness gave no usable answer: then nothing is known.
    """

    witness: Witness
    entries: int | None = None
    unlisted: int = 0
    first: str = ""


def linked_feeds(url: str, text: str) -> tuple[str, ...]:
    """Return the feeds that the head of an HTML page links, absolute, in the order of the page."""
    found = []
    for link in _LINK.findall(text[:_HEAD]):
        named = {name.lower(): html.unescape("".join(values)) for name, *values in _ATTRIBUTE.findall(link)}
        if "alternate" in named.get("rel", "").lower().split() and named.get("type", "").lower() in _TYPES:
            found.append(absolute(url, named.get("href", "")))
    return tuple(dict.fromkeys(address for address in found if address))


def shared_feed(linked: Iterable[Sequence[str]]) -> str | None:
    """Return the feed that every list links, None where there is none; of several, the one with the shortest address.

    A section's own feed stands on its own list alone, and a feed of comments lies below the feed of articles.
    """
    lists = list(linked)
    shared = [url for url in lists[0] if all(url in feeds for feeds in lists)] if lists else []
    return min(shared, key=lambda url: (split_address(url).path.strip("/").count("/"), len(url)), default=None)


def of_days(entries: Sequence[Entry], first: date, before: date) -> list[Entry]:
    """Return the entries published from the day `first` on and before the day `before`. Without a day nothing is known."""
    return [entry for entry in entries if entry.day is not None and first <= entry.day < before]


def compare(witness: Witness, entries: Sequence[Entry], never_listed: Collection[str]) -> WitnessComparison:
    """Return the comparison of a witness's entries; `never_listed` are those of their keys that no list ever showed."""
    missing = [entry.url for entry in entries if entry.key in never_listed]
    return WitnessComparison(witness, len(entries), len(missing), missing[0] if missing else "")

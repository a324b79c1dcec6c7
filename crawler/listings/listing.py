"""Parse a list page, a feed or a sitemap: sections, entries and the way to the next page. Pure.

Feeds (RSS 2.0, RSS 1.0, Atom) and sitemaps are read here, list pages in the families. XML is untrusted: a document type
is refused, entities are not resolved, nothing is fetched, sizes are bounded. An unreadable feed is a ListingError, so
that it is never taken for a quiet day.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from lxml import etree

from archive.model.records import ListRequest
from crawler.urls import absolute
from vietnam.dates import read_machine
from vietnam.letters import fold_spaces, nfc

KeyOf = Callable[[str], str | None]

Following = str | ListRequest
"""The way to a list page: its absolute address, or a request where the address alone is not enough."""

MOST_BYTES = 16 * 1024 * 1024
MOST_ADDRESSES = 50_000  # the bound of sitemaps.org for one file
MOST_SITEMAPS = 1_000

_ROOT = re.compile(rb"<[A-Za-z_]")
_DATES = ("pubDate", "published", "date", "issued", "updated")


class ListingError(ValueError):
    """A feed or sitemap that cannot be trusted or read; it never counts as an empty list."""


class SectionKind(StrEnum):
    """Source of a section's articles."""

    PAGES = "pages"
    FEED = "feed"
    SITEMAP = "sitemap"


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a portal: a short name that is final once a night was archived, its path, its Vietnamese title.

    `asks` are names and values by which an interface knows the section, where the path does not name it.
    """

    name: str
    path: str
    title: str
    kind: SectionKind = SectionKind.PAGES
    asks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as a listing names it. `day` is the day shown beside it, None where the list shows none."""

    url: str
    key: str
    title: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries of one list page in the page's order, and the way to the next page if it names one.

    `more` are the further sitemaps a sitemap index names; they are read beside each other, not one after the other.
    `door`: the page shows no list and only gives the request of the list's first page, `next`.
    """

    entries: tuple[Entry, ...]
    next: Following | None = None
    more: tuple[str, ...] = ()
    door: bool = False


def address_of(following: Following) -> str:
    """Return the address that a request goes to."""
    return following if isinstance(following, str) else following.url


def read_feed(url: str, body: bytes, key_of: KeyOf, now: datetime) -> Listing:
    """Read the articles of a feed in its order, each key once, with the day of publication where it gives one.

    Only the day is taken: NukeViet writes the month in the place of the minutes, and zones are often wrong. Raises
    ListingError ("feed rejected: …") for no well-formed feed.
    """
    root = _parse(body, "feed")
    kind = _local(root)
    if kind not in ("rss", "feed", "RDF"):
        raise ListingError(f"feed rejected: the root element is {kind}, not rss, feed or RDF")
    entries: dict[str, Entry] = {}
    for item in root.iter("{*}item", "{*}entry"):
        address = absolute(url, _link(item))
        key = key_of(address) if address else None
        if address and key and key not in entries:
            title = fold_spaces(nfc(html.unescape(_text(item, "title"))))
            entries[key] = Entry(url=address, key=key, title=title, day=_day(item, _DATES, now))
        if len(entries) >= MOST_ADDRESSES:
            break
    return Listing(tuple(entries.values()))


def read_sitemap(url: str, body: bytes, key_of: KeyOf, now: datetime) -> Listing:
    """Read the articles a sitemap names; for a sitemap index its further sitemaps on the same host, in `more`.

    A `lastmod` is a change, not a publication: only `news:publication_date` gives a day. Raises ListingError ("sitemap
    rejected: …"). A gzip file is unpacked up to 16 MiB.
    """
    root = _parse(_unpacked(body), "sitemap")
    kind = _local(root)
    if kind == "sitemapindex":
        named = (absolute(url, _text(child, "loc")) for child in root.iter("{*}sitemap"))
        own = [address for address in named if address and _same_host(address, url)]
        return Listing((), more=tuple(dict.fromkeys(own))[:MOST_SITEMAPS])
    if kind != "urlset":
        raise ListingError(f"sitemap rejected: the root element is {kind}, not urlset or sitemapindex")
    entries: dict[str, Entry] = {}
    for child in root.iter("{*}url"):
        address = absolute(url, _text(child, "loc"))
        key = key_of(address) if address else None
        if address and key and key not in entries:
            title = fold_spaces(nfc(_text(child, "title")))
            entries[key] = Entry(url=address, key=key, title=title, day=_day(child, ("publication_date",), now))
        if len(entries) >= MOST_ADDRESSES:
            break
    return Listing(tuple(entries.values()))


def _parse(body: bytes, what: str) -> etree._Element:
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if len(body) > MOST_BYTES:
        raise ListingError(f"{what} rejected: larger than {MOST_BYTES // 1024 // 1024} MiB")
    # A document type stands before the root element; without the zero bytes UTF-16 is seen through as well.
    plain = body.replace(b"\0", b"")
    root_at = _ROOT.search(plain)
    if b"<!DOCTYPE" in plain[: root_at.start() if root_at else None]:
        raise ListingError(f"{what} rejected: it brings a document type, which feeds and sitemaps have no use for")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ListingError(f"{what} rejected: not well-formed XML ({str(error).splitlines()[0]})") from None
    if root.getroottree().docinfo.internalDTD is not None or any(True for _ in root.iter(etree.Entity)):
        raise ListingError(f"{what} rejected: it brings a document type, which feeds and sitemaps have no use for")
    return root


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES + 1)
    except zlib.error:
        raise ListingError("sitemap rejected: a damaged gzip file") from None


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _children(element: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in element.iter("{*}" + name) if child is not element]


def _text(element: etree._Element, name: str) -> str:
    for child in _children(element, name):
        text = "".join(str(part) for part in child.itertext()).strip()
        if text:
            return text
    return ""


def _link(item: etree._Element) -> str:
    """Return RSS's link text, Atom's alternate link, else a guid that is an address."""
    for link in _children(item, "link"):
        if link.get("href"):
            if link.get("rel", "alternate") == "alternate":
                return link.get("href", "")
        elif link.text and link.text.strip():
            return link.text.strip()
    guid = _text(item, "guid")
    return guid if guid.startswith(("http://", "https://")) else ""


def _day(item: etree._Element, names: tuple[str, ...], now: datetime) -> date | None:
    for name in names:
        moment = read_machine(_text(item, name), now) if _text(item, name) else None
        if moment:
            return moment.day
    return None


def _same_host(address: str, url: str) -> bool:
    hosts = [(urlsplit(each).hostname or "").removeprefix("www.") for each in (address, url)]
    return hosts[0] == hosts[1]

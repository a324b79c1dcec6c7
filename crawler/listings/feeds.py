"""Read feeds (RSS 2.0, RSS 1.0, Atom) and sitemaps (XML, text, packed) as their readers read them. Pure.

XML is untrusted: a document type is refused, entities are not resolved, nothing is fetched, sizes are bounded. What is
not well-formed is repaired where the meaning is plain: HTML's entities, raw `&` and `<`, control characters, a wrong
declared encoding, undeclared prefixes, words before and behind the document. A cut or broken document is a
ListingError, so that it is never taken for a quiet day.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html.entities import html5

from lxml import etree

from crawler.listings.listing import MOST_ENTRIES, Entry, KeyOf, Listing, ListingError
from crawler.urls import absolute
from pipelines.html.addresses import split_address
from vietnam.dates import Moment, read_machine, read_published
from vietnam.letters import decode, fold_spaces, nfc

MOST_BYTES = 16 * 1024 * 1024
MOST_SITEMAPS = 1_000

_ROOT = re.compile(rb"<[A-Za-z_]")
_DATES = ("pubDate", "published", "date", "issued", "updated")
_GZIP = b"\x1f\x8b"
_MOST_PACKED = 3  # a file.gz that a server packs again for the way, and once more for good measure

_ROOT_TAG = re.compile(r"<((?:\w+:)?(?:rss|feed|RDF|urlset|sitemapindex))\b")
# XML 1.0, 2.2: what may not stand in a document even as a character reference.
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x0*[0-8bcef]|x0*1[0-9a-f]|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.I
)
_ENTITY = re.compile(r"&(?:(#\d+;|#x[0-9a-f]+;|(?:amp|lt|gt|quot|apos);)|(\w+;))?", re.IGNORECASE | re.ASCII)
_RAW_LESS = re.compile(r"<(?![A-Za-z_/!?])")
_PREFIXES = re.compile(r"</?([A-Za-z_][\w.-]*):|\s([A-Za-z_][\w.-]*):[\w.-]+\s*=")
_DECLARED = re.compile(r"\sxmlns:([\w.-]+)\s*=")
_ADDRESS_LINE = re.compile(r"https?://\S+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article as a machine list gives it: feed, interface or sitemap.

    `markup` is the HTML of the whole text, empty where the list gives none or only its beginning.
    """

    url: str
    title: str = ""
    published: Moment | None = None
    author: str = ""
    markup: str = ""


def read_feed(url: str, body: bytes, key_of: KeyOf, now: datetime) -> Listing:
    """Read the articles of a feed in its order, each key once, with the day of publication where it gives one.

    Only the day is taken: NukeViet writes the month in the place of the minutes, and zones are often wrong. Raises
    ListingError ("feed rejected: …") for what is no feed or breaks off.
    """
    entries: dict[str, Entry] = {}
    for item in _items(body):
        address = absolute(url, _link(item))
        key = key_of(address) if address else None
        if address and key and key not in entries:
            moment = _moment(item, _DATES, now)
            day, modified = moment.day if moment else None, _moment(item, ("updated", "modified"), now)
            entries[key] = Entry(url=address, key=key, title=_title(item), day=day, modified=modified)
        if len(entries) >= MOST_ENTRIES:
            break
    return Listing(tuple(entries.values()))


def read_feed_items(url: str, body: bytes, now: datetime) -> tuple[FeedItem, ...]:
    """Read all that a feed says of its articles. Raises ListingError as `read_feed` does."""
    found: dict[str, FeedItem] = {}
    for item in _items(body):
        if (address := absolute(url, _link(item))) and address not in found:
            author = _one_line(_text(item, "creator") or _text(item, "name") or _text(item, "author"))
            markup = _text(item, "encoded") or _text(item, "content")
            found[address] = FeedItem(address, _title(item), _moment(item, _DATES, now), author, markup)
    return tuple(found.values())


def _items(body: bytes) -> Iterator[etree._Element]:
    root = _parse(unpack(body, "feed"), "feed")
    kind = _local(root)
    if kind not in ("rss", "feed", "RDF"):
        raise ListingError(f"feed rejected: the root element is {kind}, not rss, feed or RDF")
    for item in root.iter("{*}item", "{*}entry"):
        if next(item.iterancestors("{*}item", "{*}entry"), None) is None:
            yield item


def _title(item: etree._Element) -> str:
    return _one_line(html.unescape(_text(item, "title")))


def _one_line(text: str) -> str:
    return fold_spaces(nfc(text))


def read_sitemap(url: str, body: bytes, key_of: KeyOf, now: datetime) -> Listing:
    """Read the articles a sitemap names; for a sitemap index its further sitemaps on the same host, in `more`.

    A `lastmod` is a change, not a publication: only `news:publication_date` gives a day. Raises ListingError ("sitemap
    rejected: …"). A gzip file is unpacked up to 16 MiB. A text sitemap has one address a line.
    """
    body = unpack(body, "sitemap")
    if lines := _address_lines(body):
        return _text_sitemap(url, lines, key_of)
    root = _parse(body, "sitemap")
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
            moment = _moment(child, ("publication_date",), now)
            title = _one_line(_text(child, "title"))
            day, modified = moment.day if moment else None, _moment(child, ("lastmod",), now)
            entries[key] = Entry(url=address, key=key, title=title, day=day, modified=modified)
        if len(entries) >= MOST_ENTRIES:
            break
    return Listing(tuple(entries.values()))


def _address_lines(body: bytes) -> list[str]:
    """Return the lines of a text sitemap (sitemaps.org, "Text file"); none for any other document."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:8].lower()
    if not start.startswith((b"http://", b"https://")):
        return []
    lines = [line.strip() for line in decode(body, None).text.splitlines() if line.strip()]
    return lines if all(_ADDRESS_LINE.fullmatch(line) for line in lines) else []


def _text_sitemap(url: str, lines: list[str], key_of: KeyOf) -> Listing:
    entries: dict[str, Entry] = {}
    for line in lines[:MOST_ENTRIES]:
        address = absolute(url, line)
        if address and _same_host(address, url) and (key := key_of(address)):
            entries.setdefault(key, Entry(url=address, key=key))
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
    try:
        root = _tree(body)
    except (etree.XMLSyntaxError, ValueError) as error:
        repaired = _repaired(body)
        if repaired is None:
            raise ListingError(f"{what} rejected: not well-formed XML ({str(error).splitlines()[0]})") from None
        root = repaired
    if root.getroottree().docinfo.internalDTD is not None or any(True for _ in root.iter(etree.Entity)):
        raise ListingError(f"{what} rejected: it brings a document type, which feeds and sitemaps have no use for")
    return root


def _tree(document: bytes) -> etree._Element:
    # Bytes that are sound UTF-8 are UTF-8, whatever the declaration says.
    encoding = "utf-8" if b"\0" not in document and _is_utf8(document) else None
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    return etree.fromstring(document, parser)


def _is_utf8(document: bytes) -> bool:
    try:
        document.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _repaired(body: bytes) -> etree._Element | None:
    """Parse a document whose letters are wrong but whose elements are whole; None where they are not."""
    text = decode(body, None).text
    begin = _ROOT_TAG.search(text)
    if begin is None:
        return None
    close = f"</{begin[1]}>"
    end = text.rfind(close)
    if end < 0:
        return None
    text = _CONTROLS.sub("", text[begin.start() : end + len(close)])
    parts = _sections(text)
    parts[::2] = [_RAW_LESS.sub("&lt;", _ENTITY.sub(_escaped, part)) for part in parts[::2]]
    markup = "".join(parts[::2])
    prefixes = {prefix for found in _PREFIXES.findall(markup) for prefix in found if prefix}
    unbound = sorted(prefixes - set(_DECLARED.findall(markup)) - {"xmlns", "xml"})
    parts[0] = parts[0].replace(
        begin[0], begin[0] + "".join(f' xmlns:{name}="urn:undeclared:{name}"' for name in unbound), 1
    )
    try:
        return _tree("".join(parts).encode())
    except (etree.XMLSyntaxError, ValueError):
        return None


def _sections(text: str) -> list[str]:
    """Return a document in parts, every second of which is a CDATA section: in it all signs stand for themselves."""
    parts: list[str] = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        parts += text[at:start], text[start : end + 3]
        at = end + 3
    return [*parts, text[at:]]


def _escaped(found: re.Match[str]) -> str:
    """Return an entity as XML knows it: HTML's as the character itself, a raw `&` escaped."""
    if found[1]:
        return found[0]
    character = html5.get(found[2] or "")
    return html.escape(character) if character else "&amp;" + (found[2] or "")


def unpack(body: bytes, what: str = "listing") -> bytes:
    """Return the document in a gzip file, also in one that was packed again, up to 16 MiB.

    Raises ListingError ("… rejected: a damaged gzip file").
    """
    for _ in range(_MOST_PACKED):
        if not body.startswith(_GZIP):
            break
        inflater = zlib.decompressobj(wbits=31)
        try:
            body = inflater.decompress(body, MOST_BYTES + 1)
        except zlib.error:
            raise ListingError(f"{what} rejected: a damaged gzip file") from None
        if not inflater.eof and len(body) <= MOST_BYTES:
            raise ListingError(f"{what} rejected: a damaged gzip file")
    return body


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


def _moment(item: etree._Element, names: tuple[str, ...], now: datetime) -> Moment | None:
    for name in names:
        text = _text(item, name)
        moment = (read_machine(text, now) or read_published(text, now)) if text else None
        if moment:
            return moment
    return None


def _same_host(address: str, url: str) -> bool:
    hosts = [(split_address(each).hostname or "").removeprefix("www.") for each in (address, url)]
    return hosts[0] == hosts[1]

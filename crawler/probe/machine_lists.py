"""Find and read what a portal's software itself lists: feeds, posts interface, sitemaps. Pure.

The probe judges its own spider by these lists: no selector, key or layout of the spider has a part in them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from crawler.listings.feeds import FeedItem, read_feed_items, read_sitemap
from crawler.listings.listing import ListingError
from crawler.probe.page import VisitedPage, own_links, same_site
from crawler.probe.sections import feeds, sitemaps
from crawler.urls import absolute, with_parameter
from pipelines.html.addresses import join_address
from pipelines.html.json_values import JsonError, JsonRecord, json_text, records_in, text_value, value_of
from pipelines.html.tree import line
from vietnam.dates import read_machine
from vietnam.letters import fold

_POSTS = 100  # posts of one answer; WordPress gives no more
_OF_POSTS = re.compile(r"post-|news|article|tin|bai", re.IGNORECASE)
_OF_OTHERS = re.compile(r"page|taxonom|categor|tag|user|author|image|video|about|product", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MachineList:
    """Articles of one list, the newest first where it has times.

    `articles_only` is False where other pages may stand among them, `complete` True where no article is missing.
    """

    name: str
    items: tuple[FeedItem, ...]
    articles_only: bool = True
    complete: bool = False


def feed_addresses(front: VisitedPage, lists: Sequence[VisitedPage]) -> list[str]:
    """Return the portal's feeds, the front page's first: named in a head, linked, or usual for its software."""
    named = [url for page in (front, *lists) for url in feeds(page.page())]
    linked = [url for _, url in own_links(front.page()) if fold(url).rstrip("/").endswith(("/rss", ".rss", "/feed"))]
    usual = [join_address(front.url, path) for mark, path in _USUAL if mark in front.body]
    return [url for url in dict.fromkeys([*named, *linked, *usual]) if "comment" not in url]


_USUAL = ((b"/wp-content/", "/feed/"), (b"NukeViet", "/rss/"))


def posts_address(front: VisitedPage) -> str | None:
    """Return the address of the newest posts where the page names WordPress's interface, None elsewhere."""
    page = front.page()
    for link in page.match('link[rel="https://api.w.org/"]'):
        if (root := absolute(page.base, link.get("href") or "")) and same_site(root, front.url):
            # Without rewriting the route is a parameter: `/index.php?rest_route=/`.
            url = root.rstrip("/") + "/wp/v2/posts"
            for name, value in (("per_page", str(_POSTS)), ("_embed", "author"), ("_fields", _FIELDS)):
                url = with_parameter(url, name, value)
            return url
    return None


_FIELDS = "link,date,title,content,_links,_embedded"


def sitemap_address(robots: str, front: VisitedPage) -> str:
    """Return the sitemap that robots.txt names, else the usual one."""
    return next((url for url in sitemaps(robots) if same_site(url, front.url)), join_address(front.url, "/sitemap.xml"))


def article_sitemap(sitemap: VisitedPage, now: datetime) -> str | None:
    """Return the sitemap of articles that a sitemap index names; None where it names none or is no index."""
    try:
        more = read_sitemap(sitemap.url, sitemap.body, lambda url: url, now).more
    except ListingError:
        return None
    own = [url for url in more if not _OF_OTHERS.search(url.rpartition("/")[2].replace("sitemap", ""))]
    return next((url for url in own if _OF_POSTS.search(url)), own[0] if own else None)


def read_machine_lists(
    feed_pages: Sequence[VisitedPage], posts: VisitedPage | None, maps: Sequence[VisitedPage], now: datetime
) -> list[MachineList]:
    """Read the lists; one that cannot be read, or is empty, is left out."""
    found = [*_feeds(feed_pages, now), *([_posts(posts, now)] if posts is not None else []), *_sitemaps(maps, now)]
    return [each for each in found if each.items]


def _feeds(pages: Sequence[VisitedPage], now: datetime) -> Iterator[MachineList]:
    for page in pages:
        try:
            items = read_feed_items(page.url, page.body, now)
        except ListingError:
            continue
        yield MachineList("feed", tuple(each for each in items if same_site(each.url, page.url)))


def _posts(page: VisitedPage, now: datetime) -> MachineList:
    try:
        records = records_in(value_of(json_text(page.text) or "")) or []
    except JsonError:
        records = []
    items = tuple(item for record in records if (item := _post(record, page, now)) is not None)
    total = dict(page.headers).get("x-wp-total", "")
    return MachineList("posts interface", items, complete=total.isdecimal() and int(total) == len(items))


def _post(record: JsonRecord, page: VisitedPage, now: datetime) -> FeedItem | None:
    address = absolute(page.url, text_value(record, "link"))
    if address is None:
        return None
    title = line(html.unescape(_rendered(record, "title")))
    published = read_machine(text_value(record, "date"), now)
    return FeedItem(address, title, published, line(_author(record)), _rendered(record, "content"))


def _rendered(record: JsonRecord, name: str) -> str:
    value = record.get(name)
    return text_value(value, "rendered") if isinstance(value, dict) else ""


def _author(record: JsonRecord) -> str:
    embedded = record.get("_embedded")
    authors = embedded.get("author") if isinstance(embedded, dict) else None
    return text_value(authors[0], "name") if isinstance(authors, list) and isinstance(authors[0], dict) else ""


def _sitemaps(pages: Sequence[VisitedPage], now: datetime) -> Iterator[MachineList]:
    for page in pages:
        try:
            listing = read_sitemap(page.url, page.body, lambda url: url, now)
        except ListingError:
            continue
        items = tuple(FeedItem(entry.url, entry.title) for entry in listing.entries if same_site(entry.url, page.url))
        yield MachineList("sitemap", items, articles_only=bool(_OF_POSTS.search(page.url)))

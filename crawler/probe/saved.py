"""Answer a probe's requests from a folder of saved pages, without network.

The address of a file is what the file itself says: the browser's `saved from` comment, the canonical link, `og:url` or a
feed's own link. An address that two files claim says nothing. Lists often name no address of their own: then the menu's
marked entry or the section's feed names it. What is left has the file's path: below a folder named like a host, as
mirrors are stored, else below the host that most of the others have; `index`, `front` and the like are the front page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from archive.errors import UsageError
from crawler.listings.listing import Following
from crawler.probe.page import VisitedPage
from crawler.urls import host_of, real_host
from pipelines.html.addresses import split_address
from pipelines.html.page_bounds import ExcessiveMarkup
from pipelines.html.tree import HtmlPage, parse

LARGEST = 8_000_000  # bytes of one file
_PAGES = frozenset({"", ".html", ".htm", ".xhtml", ".php", ".aspx", ".xml", ".rss", ".json", ".txt"})
_SAVED_FROM = re.compile(rb"<!--\s*saved from url=(?:\(\d+\))?(https?://[^\s>]+)")
_SELF = re.compile(rb"""<atom:link[^>]*?href=["'](https?://[^"']+)["'][^>]*?rel=["']self["']""")
_HOST_FOLDER = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)
_INDEX = re.compile(r"(?:^|(?<=/))index\.(?:html?|php|aspx)$", re.IGNORECASE)
_FRONT = re.compile(r"(?:front|home|homepage|default|trang-?chu)\.(?:html?|aspx|php)", re.IGNORECASE)
_FEED = re.compile(r"(?:feed/?|rss\.xml)$")
_TYPES = {".xml": "application/xml", ".rss": "application/rss+xml", ".json": "application/json", ".txt": "text/plain"}


class SavedSite:
    """The saved pages of one portal by address. Raises UsageError where the folder has none, or of no known host."""

    def __init__(self, folder: Path, start: str | None = None) -> None:
        files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _PAGES and path.is_file())
        bodies = {path: path.read_bytes() for path in files if path.stat().st_size <= LARGEST}
        claimed = {path: url for path, body in bodies.items() if (url := _claimed(body))}
        counts = Counter(map(_normal, claimed.values()))
        own = {path: url for path, url in claimed.items() if counts[_normal(url)] == 1}
        host = host_of(start) if start else _host([*own.values(), *claimed.values()], files, folder)
        if not bodies or not host:
            raise UsageError(f"{folder} has no saved pages that name their portal: give its address too")
        self._bodies = bodies
        self._files = {_normal(url): path for path, url in own.items()}
        pages = [url for path, url in own.items() if b"<html" in bodies[path][:4096].lower()]
        self.articles = [url for url in pages if split_address(url).path.strip("/")]
        self._files.setdefault(_normal(f"https://{host}/"), _front(bodies, folder) or next(iter(bodies)))
        taken = set(self._files.values())
        for path in sorted(bodies.keys() - taken, key=lambda each: (len(each.name), each)):
            hinted = _hinted(bodies[path])
            named = (
                hinted if hinted and _normal(hinted) not in self._files else _by_path(path.relative_to(folder), host)
            )
            self._files.setdefault(_normal(named), path)
        self.start = start or f"https://{host}/"
        self.missing: list[str] = []

    @property
    def robots(self) -> str:
        """The saved robots.txt; empty where there is none."""
        path = self._files.get(_normal(f"{split_address(self.start).scheme}://{host_of(self.start)}/robots.txt"))
        return self._bodies[path].decode("utf-8", "replace") if path else ""

    def has(self, url: str) -> bool:
        """Return whether the page of an address is saved."""
        return _normal(url) in self._files

    async def fetch(self, following: Following) -> VisitedPage | None:
        """Answer one request of the exploration; None for what is not saved, or was asked by a form."""
        path = self._files.get(_normal(following)) if isinstance(following, str) else None
        if path is None or not isinstance(following, str):
            self.missing.append(f"{following if isinstance(following, str) else following.url}: not saved")
            return None
        body = self._bodies[path]
        is_markup = b"<html" in body[:4096].lower()
        kind = "text/html" if is_markup else _TYPES.get(path.suffix.lower(), "text/html")
        return VisitedPage(following, following, 200, body, (("content-type", kind),))


def _claimed(body: bytes) -> str | None:
    """Return the address that a file names as its own; None where it names none."""
    head = body[:4096]
    if found := _SAVED_FROM.search(head) or _SELF.search(head):
        return found[1].decode("utf-8", "replace")
    if b"<html" not in head.lower():
        return None
    page = _parsed(body)
    for selector, name in (("link[rel=canonical]", "href"), ("meta[property='og:url']", "content")):
        for element in page.match(selector)[:1] if page is not None else ():
            value = (element.get(name) or "").strip()
            if value.startswith(("http://", "https://")):
                return value
    return None


def _front(paths: Iterable[Path], folder: Path) -> Path | None:
    """Return the page that is named like a front page, the shallowest one; None where there is none."""
    named = [path for path in paths if _FRONT.fullmatch(path.name) or _INDEX.fullmatch(path.name)]
    return min(named, key=lambda path: (len(path.relative_to(folder).parts), path), default=None)


def _hinted(body: bytes) -> str | None:
    """Return the address that a list's marked menu entry, or its own feed, gives away; None where nothing does."""
    if b"<html" not in body[:4096].lower():
        return None
    page = _parsed(body)
    if page is None:
        return None
    marked = [each.get("href") or "" for each in page.match("a[aria-current=page]")]
    own = [each.get("href") or "" for each in page.match("link[rel~=alternate][type='application/rss+xml']")]
    hints = [*marked, *(_FEED.sub("", url) for url in own if _FEED.search(url) and "comment" not in url)]
    # The portal's own feed stands on every page.
    return next(
        (url for url in reversed(hints) if split_address(url).netloc and split_address(url).path.strip("/")), None
    )


def _parsed(body: bytes) -> HtmlPage | None:
    """Parse a saved file; None for one that exceeds a bound of markup."""
    try:
        return parse(body, "", None)
    except ExcessiveMarkup:
        return None


def _normal(url: str) -> str:
    """Return an address as the same page's: without scheme, `www.`, suffix of a rehearsal, fragment, slash at the end."""
    parts = split_address(url)
    host = real_host(host_of(url)).removeprefix("www.")
    query = f"?{unquote(parts.query)}" if parts.query else ""
    return f"{host}{unquote(_INDEX.sub('', parts.path)).rstrip('/')}{query}"


def _host(urls: Sequence[str], files: Sequence[Path], folder: Path) -> str:
    """Return the host of most addresses, else the folder that is named like one; empty where there is none."""
    hosts = Counter(real_host(host_of(url)) for url in urls)
    if hosts:
        return hosts.most_common(1)[0][0]
    named = (path.relative_to(folder).parts for path in files)
    hosts = Counter(parts[0].lower() for parts in named if len(parts) > 1 and _HOST_FOLDER.fullmatch(parts[0]))
    if hosts:
        return hosts.most_common(1)[0][0]
    return folder.name.lower() if _HOST_FOLDER.fullmatch(folder.name) else ""


def _by_path(path: Path, host: str) -> str:
    """Return the address of a file by its place; mirrors store a query behind `?` or `@`."""
    parts = path.parts
    if len(parts) > 1 and _HOST_FOLDER.fullmatch(parts[0]):
        host, parts = parts[0].lower(), parts[1:]
    place, sign, query = "/".join(parts).replace("@", "?").partition("?")
    query = query.removesuffix(".html") if sign else ""
    return f"https://{host}/{quote(_INDEX.sub('', place))}{sign}{query}"

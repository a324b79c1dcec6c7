"""A probe and the walk of the spider it wrote over a site in memory: the rules alone, without commands and archive."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, time
from urllib.parse import urljoin, urlsplit

from crawler.listings.listing import Following, address_of
from crawler.portal import PortalSpider
from crawler.probe.explore import explore
from crawler.probe.infer import infer_portal, ways_on
from crawler.probe.page import VisitedPage
from crawler.probe.write import spider_source
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.html.decoding import declared_charset
from replicas import LAST_NIGHT
from replicas.sites.site import Site, SiteRequest, Suffixer
from vietnam.date_forms import TZ

_MOST = 30
_PAGES = 30
NOW = datetime.combine(LAST_NIGHT, time(23, 59, 59), TZ)


@dataclass(slots=True)
class WalkResult:
    """Hold the texts of a walk by title, each with its ISO time."""

    written: bool = False
    score: int | None = 0
    mean: int = 0
    requests: int = 0
    undecided: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    texts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


class MemoryWire:
    """Answers of a site as the crawl gets them: addresses with the rehearsal's suffix, redirects followed."""

    def __init__(self, site: Site) -> None:
        self._site, self._suffixer, self.count = site, Suffixer([site.host]), 0

    async def fetch(self, following: Following) -> VisitedPage | None:
        """Answer one request of the exploration."""
        return self.get(following)

    def get(self, following: Following) -> VisitedPage:
        """Return the answer to one request, redirects followed; `count` is how many were sent."""
        url = address_of(following)
        method, form = ("GET", b"") if isinstance(following, str) else (following.method, following.body.encode())
        for _ in range(5):
            self.count += 1
            parts = urlsplit(url)
            host = (parts.hostname or "").removesuffix(".replica.test")
            told = SiteRequest(host, parts.path or "/", parts.query, LAST_NIGHT, self.count, method, body=form)
            answer = self._site.respond(told)
            headers = {name.lower(): self._suffixer.text(value) for name, value in answer.headers}
            if "location" not in headers:
                break
            url = urljoin(url, headers["location"])
        said = (*headers.items(), ("content-type", answer.content_type))
        charset = declared_charset(answer.content_type)
        return VisitedPage(url, url, answer.status, self._suffixer.body(answer.body), said, charset)


def walk_site(site: Site, name: str) -> WalkResult:
    """Probe a site with at most 30 requests, then read all of it by the spider file that was written."""
    wire = MemoryWire(site)
    start = f"https://{site.host}.replica.test/"
    brought = asyncio.run(explore(wire.fetch, start, _MOST, NOW, ways_on=lambda so_far: ways_on(so_far, NOW)))
    found = infer_portal(brought, name, site.host, NOW)
    seen = WalkResult(score=found.score, mean=found.mean, requests=brought.requests)
    seen.undecided, seen.unchecked = found.undecided, found.unchecked
    if found.portal is None:
        return seen
    space: dict[str, object] = {"__name__": name}
    exec(compile(spider_source(found.portal, ()), f"{name}.py", "exec"), space)
    spider = space[name.capitalize()]
    if not (isinstance(spider, type) and issubclass(spider, PortalSpider)):
        raise TypeError(f"the file that was written for {name} holds no portal")
    seen.written = True
    _read(spider, wire, seen)
    return seen


def _read(spider: type[PortalSpider], wire: MemoryWire, seen: WalkResult) -> None:
    """Every list to its end and every article once."""
    entries: dict[str, str] = {}
    for section in spider.sections:
        following: Following = spider.section_url(section).replace(spider.home, spider.home + ".replica.test")
        for number in range(1, _PAGES):
            page = wire.get(following)
            if isinstance(following, str):
                listing = spider.read_listing(page.url, page.text, section, number)
            else:
                listing = spider.read_answer(following, page.url, page.text, section, number)
            new = {entry.key: entry.url for entry in listing.entries if entry.key not in entries}
            if not listing.entries or (not new and number > 1):
                break
            entries |= new
            if listing.next is None:
                break
            following = listing.next
    for address in entries.values():
        page = wire.get(address)
        article = clean(extract(page.body, page.url, spider.layouts, NOW, page.charset))
        when = article.published.isoformat() if article.published else ""
        seen.texts.setdefault(article.title, []).append((when, article.text()))

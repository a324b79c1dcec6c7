"""A spider held against every page that was visited: what it must say there is the score. Pure."""

from __future__ import annotations

from datetime import datetime

from crawler.listings.listing import Listing
from crawler.probe.explore import Exploration, ListProbe
from crawler.probe.result import (
    LEAST_ENTRIES,
    Check,
    ProbeResult,
    first_keys,
    listing_of,
    same_list,
    second_keys,
    spider_of,
)
from pipelines.check import check
from pipelines.extract import extract
from vietnam.letters import fold

__all__ = ["confirm"]


def confirm(found: ProbeResult, brought: Exploration, now: datetime) -> None:
    """Try the spider on every page that was visited: what it must say there becomes the score."""
    portal = found.portal
    assert portal is not None  # noqa: S101  the caller has looked
    spider = spider_of(portal)
    lists = [seen for seen in brought.lists if any(s.title == seen.link.title for s in portal.sections)]
    listings = [(seen, listing_of(spider, seen.visited)) for seen in lists]
    good = [seen for seen, told in listings if same_list(spider, seen, {entry.key for entry in told.entries})]
    found.checks.append(Check("sections whose list is read", len(good), len(brought.lists)))
    bad = [seen for seen in lists if seen not in good]
    found.undecided += [f"section {seen.link.title!r}: its list is not read" for seen in bad]
    paged = [(seen, told) for seen, told in listings if seen.second is not None and not seen.guessed]
    followed = [seen for seen, told in paged if told.next and second_keys(spider, seen) - first_keys(spider, seen)]
    if not paged and any(line.startswith("paging:") for line in found.undecided) and _are_full(listings):
        found.checks.append(Check("a way to the lists' second pages", 0, 1))
    if paged:
        found.checks.append(Check("second pages that bring new entries", len(followed), len(paged)))
    layouts = spider.layouts
    titled = dated = whole = 0
    for page in brought.articles:
        article = extract(page.body, page.url, layouts, now, page.charset)
        found.articles.append((page, article))
        named = brought.named.get(page.asked, "")
        titled += bool(article.title) and (not named or fold(named).rstrip(". …")[:40] in fold(article.title))
        dated += article.published is not None
        whole += article.layout != "none" and not check(article, now)
    of = len(brought.articles)
    keyed = sum(1 for page in brought.articles if spider.article_key(page.asked))
    found.checks.append(Check("articles whose address has a key", keyed, of))
    found.checks.append(Check("articles whose title is the list's", titled, of))
    found.checks.append(Check("articles with a date", dated, of))
    found.checks.append(Check("articles whose text a layout finds", whole, of))
    files = [page.url for page, article in found.articles if article.attachments and len(article.content()) < 400]
    found.said += [f"text is attachment only: {url}" for url in files]


def _are_full(listings: list[tuple[ListProbe, Listing]]) -> bool:
    """Whether several lists show the same number of entries: they are cut there, and go on."""
    counts = [len(told.entries) for _, told in listings]
    return len(counts) > 1 and max(counts) >= LEAST_ENTRIES and counts.count(max(counts)) > 1

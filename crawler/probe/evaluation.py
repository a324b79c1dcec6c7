"""Evaluate a spider on every visited page; the share of correct answers is the score. Pure."""

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


def evaluate(found: ProbeResult, exploration: Exploration, now: datetime) -> None:
    """Try the spider on every visited page and record the checks."""
    portal = found.portal
    assert portal is not None  # noqa: S101  the caller has looked
    spider = spider_of(portal)
    lists = [probed for probed in exploration.lists if any(s.title == probed.link.title for s in portal.sections)]
    listings = [(probed, listing_of(spider, probed.visited)) for probed in lists]
    good = [
        probed for probed, listing in listings if same_list(spider, probed, {entry.key for entry in listing.entries})
    ]
    found.checks.append(Check("sections whose list is read", len(good), len(exploration.lists)))
    bad = [probed for probed in lists if probed not in good]
    found.undecided += [f"section {probed.link.title!r}: its list is not read" for probed in bad]
    paged = [(probed, listing) for probed, listing in listings if probed.second is not None and not probed.guessed]
    followed = [
        probed for probed, listing in paged if listing.next and second_keys(spider, probed) - first_keys(spider, probed)
    ]
    if not paged and any(line.startswith("paging:") for line in found.undecided) and _are_full(listings):
        found.checks.append(Check("a way to the lists' second pages", 0, 1))
    if paged:
        found.checks.append(Check("second pages that bring new entries", len(followed), len(paged)))
    layouts = spider.layouts
    titled = dated = whole = 0
    for page in exploration.articles:
        article = extract(page.body, page.url, layouts, now, page.charset)
        found.articles.append((page, article))
        named = exploration.named.get(page.requested, "")
        titled += bool(article.title) and (not named or fold(named).rstrip(". …")[:40] in fold(article.title))
        dated += article.published is not None
        whole += article.layout != "none" and not check(article, now)
    of = len(exploration.articles)
    keyed = sum(1 for page in exploration.articles if spider.article_key(page.requested))
    found.checks.append(Check("articles whose address has a key", keyed, of))
    found.checks.append(Check("articles whose title is the list's", titled, of))
    found.checks.append(Check("articles with a date", dated, of))
    found.checks.append(Check("articles whose text a layout finds", whole, of))
    files = [page.url for page, article in found.articles if article.attachments and len(article.content()) < 400]
    found.evidence += [f"text is attachment only: {url}" for url in files]


def _are_full(listings: list[tuple[ListProbe, Listing]]) -> bool:
    """Return whether several lists show the same number of entries: they are cut there, and go on."""
    counts = [len(listing.entries) for _, listing in listings]
    return len(counts) > 1 and max(counts) >= LEAST_ENTRIES and counts.count(max(counts)) > 1

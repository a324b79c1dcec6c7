"""Evaluate a spider on every visited page; the share of correct answers is the score. Pure.

The checks by the spider's own rules say whether it reads what the probe saw; those by evidence from elsewhere whether
that is right. Without the second kind there is no score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from crawler.listings.listing import Following, Listing, address_of
from crawler.portal import PortalSpider
from crawler.probe.evidence import (
    Agreement,
    ReadArticle,
    ReadList,
    facts_of,
    frame_lines,
    judge_authors,
    judge_lists,
    judge_texts,
    judge_times,
    judge_titles,
)
from crawler.probe.explore import Exploration, ListProbe
from crawler.probe.layouts import PROPOSED
from crawler.probe.lists import list_blocks
from crawler.probe.machine_lists import read_machine_lists
from crawler.probe.page import own_links
from crawler.probe.pagination import find_next_page
from crawler.probe.result import (
    LEAST_ENTRIES,
    Check,
    ProbeResult,
    listing_of,
    lists_read,
    second_listing,
    section_of,
    spider_of,
)
from pipelines.check import check
from pipelines.clean import clean
from pipelines.extract import extract
from vietnam.letters import fold

_SHOWN = 2  # details of one judgement


def evaluate(found: ProbeResult, exploration: Exploration, now: datetime) -> None:
    """Try the spider on every visited page, record the checks, then judge what it read by the site's own evidence."""
    portal = found.portal
    assert portal is not None  # noqa: S101  the caller has looked
    spider = spider_of(portal)
    lists = [probed for probed in exploration.lists if any(s.title == probed.link.title for s in portal.sections)]
    listings = [(probed, listing_of(spider, probed.visited, section_of(probed.link))) for probed in lists]
    good = lists_read(spider, exploration)
    bad = [probed for probed in lists if probed not in good]
    found.checks.append(Check("sections whose list is read", len(lists) - len(bad), len(exploration.lists)))
    found.undecided += [f"section {probed.link.title!r}: its list is not read" for probed in bad]
    read = _walk_lists(found, spider, listings, exploration) + _short_lists(spider, exploration, lists)
    _articles(found, spider, exploration, now)
    _menu(found, spider, exploration, {key for each in read for key in each.days}, now)
    _judge(found, spider, exploration, read, now)


def _walk_lists(
    found: ProbeResult,
    spider: type[PortalSpider],
    listings: Sequence[tuple[ListProbe, Listing]],
    exploration: Exploration,
) -> list[ReadList]:
    """Read each section as a night would: its first page, and the second one where it was fetched."""
    read, tried, followed = [], 0, 0
    for probed, listing in listings:
        second = _second_listing(spider, probed, listing.next, exploration)
        first = {entry.key: entry.day for entry in listing.entries}
        more = {entry.key: entry.day for entry in second.entries if entry.key not in first} if second else {}
        if second is not None:
            tried += 1
            followed += bool(more)
            if not more and listing.next is not None:
                found.undecided.append(f"paging: {address_of(listing.next)} brought nothing new")
        elif probed.second is not None and not probed.guessed and listing.next is None:
            tried += 1
            found.undecided.append(f"paging: section {probed.link.title!r} does not go on to {probed.second.requested}")
        ends = listing.next is None or (second is not None and (not more or second.next is None))
        read.append(ReadList(first | more, not ends))
    if tried:
        found.checks.append(Check("second pages that bring new entries", followed, tried))
    if full := _full_lists([(probed, listing) for probed, listing in listings]):
        found.checks.append(Check("a way to the second pages of full lists", 0, len(full)))
        if not any(line.startswith("paging:") for line in found.undecided):
            count, names = len(full[0][1].entries), ", ".join(probed.link.title for probed, _ in full[:3])
            found.undecided.append(f"paging: lists of {count} entries and more lead nowhere: {names}")
    elif any(listing.next for _, listing in listings) and not tried:
        found.unchecked.append("the second pages of lists: none was fetched")
    return read


def _short_lists(spider: type[PortalSpider], exploration: Exploration, lists: Sequence[ListProbe]) -> list[ReadList]:
    """Read the sections whose lists are too short to be recognised by their structure."""
    known = {probed.link.url for probed in lists}
    titles = {section.title for section in spider.sections}
    listings = [
        listing_of(spider, page, section_of(link))
        for link, page in exploration.visited
        if link.title in titles and link.url not in known
    ]
    return [ReadList({entry.key: entry.day for entry in each.entries}, each.next is not None) for each in listings]


def _second_listing(
    spider: type[PortalSpider], probed: ListProbe, way: Following | None, exploration: Exploration
) -> Listing | None:
    """Return the reading of the page to which the spider itself goes on; None where it was not fetched."""
    if way is None:
        return None
    page = exploration.walked.get(address_of(way))
    if page is None and probed.second is not None and probed.second.requested == address_of(way):
        page = probed.second
    if page is None:
        return None
    return second_listing(spider, way, page, section_of(probed.link)) if page.status == 200 else Listing(())


def _full_lists(listings: Sequence[tuple[ListProbe, Listing]]) -> list[tuple[ListProbe, Listing]]:
    """Return the lists that end where lists are cut: as long as those that go on, or as several others.

    A single one may be that long by chance, unless its own page links lead further.
    """
    going = Counter(len(listing.entries) for _, listing in listings if listing.next is not None)
    counts = Counter(len(listing.entries) for _, listing in listings)
    size = going.most_common(1)[0][0] if going else max(counts, default=0)
    if size < LEAST_ENTRIES:
        return []
    full = [(probed, each) for probed, each in listings if each.next is None and len(each.entries) >= size]
    leading = [each for each in full if each[0].way is not None or find_next_page(each[0].visited) is not None]
    return full if len(full) > 1 else leading


def _articles(found: ProbeResult, spider: type[PortalSpider], exploration: Exploration, now: datetime) -> None:
    titled = dated = whole = 0
    for page in exploration.articles:
        article = clean(extract(page.body, page.url, spider.layouts, now, page.charset))
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


def _menu(
    found: ProbeResult, spider: type[PortalSpider], exploration: Exploration, known: set[str], now: datetime
) -> None:
    """Leave open what the menu names and no section reads: no answer, or articles that no list shows."""
    pages = {link.url: page for link, page in exploration.visited}
    everywhere = _frame_links(exploration)
    for link in exploration.no_lists:
        page = pages.get(link.url)
        if page is None:
            found.undecided.append(f"section {link.title!r}: {link.url} brought no page")
            continue
        blocks = [block for block in list_blocks(page, now, exploration.menu) if not _is_frame(block.links, everywhere)]
        more = {key for block in blocks for url, _ in block.links if (key := spider.entry_key(url))} - known
        if more:
            found.undecided.append(f"section {link.title!r}: nothing reads its {len(more)} articles, as {min(more)!r}")


def _frame_links(exploration: Exploration) -> frozenset[str]:
    """Return the addresses that half of the articles link: what stands beside every text."""
    counts: dict[str, int] = {}
    for page in exploration.articles:
        for url in {url for _, url in own_links(page.page())}:
            counts[url] = counts.get(url, 0) + 1
    return frozenset(url for url, count in counts.items() if count * 2 >= len(exploration.articles))


def _is_frame(links: Sequence[tuple[str, str]], everywhere: frozenset[str]) -> bool:
    return sum(url in everywhere for url, _ in links) * 2 > len(links)


def _judge(
    found: ProbeResult,
    spider: type[PortalSpider],
    exploration: Exploration,
    read: Sequence[ReadList],
    now: datetime,
) -> None:
    lists = read_machine_lists(exploration.feeds, exploration.posts, exploration.sitemaps, now)
    facts = facts_of(lists)
    named, days = exploration.named, exploration.days
    samples = [
        ReadArticle(page, article, named.get(page.requested, ""), days.get(page.requested))
        for page, article in found.articles
    ]
    proposed = any(layout.name == PROPOSED for layout in spider.layouts)
    judgements = [
        judge_lists(read, lists, spider.article_key),
        judge_titles(samples, facts),
        judge_times(samples, facts, now),
        judge_texts(samples, facts, now, proposed=proposed),
    ]
    for judged in (*judgements, judge_authors(samples, facts)):
        _record(found, judged, needed=judged in judgements)
    frame = frame_lines(samples)
    found.undecided += [f"the article's text: {line[:60]!r} stands in all of {len(samples)}" for line in frame]
    found.checks += [Check("texts without a line that all have", 0, len(samples), "each other")] if frame else []


def _record(found: ProbeResult, judged: Agreement, *, needed: bool) -> None:
    """Add a judgement to the checks; a thing without evidence is unchecked where the score needs it."""
    of = judged.held + judged.against
    if of:
        found.checks.append(Check(judged.what, judged.held, of, ", ".join(judged.by)))
    found.undecided += [f"{judged.what}: {detail}" for detail in judged.details[:_SHOWN]]
    if needed and not judged.is_checked and not judged.against:
        found.unchecked.append(f"{judged.what}: {'too little' if of else 'no'} evidence")

"""Infer a spider's class from a probe's pages: a family if one reads them, else rules from their structure. Pure.

A rule is taken only when it holds on the visited pages; everything else is listed as undecided.
"""

from __future__ import annotations

from datetime import datetime

from crawler.families.declared import DeclaredSpider
from crawler.listings.listing import Following, address_of
from crawler.probe.article_parts import find_parts
from crawler.probe.evaluation import evaluate
from crawler.probe.explore import Exploration
from crawler.probe.machine_lists import read_machine_lists
from crawler.probe.match_family import propose_by_family
from crawler.probe.match_structure import UserHints, propose_by_structure
from crawler.probe.recognise import ENOUGH, recognise
from crawler.probe.result import (
    LEAST_ENTRIES,
    PortalDraft,
    ProbeResult,
    first_keys,
    listing_of,
    section_of,
    sections_of,
    spider_of,
)
from crawler.urls import host_of, real_host
from pipelines.html.addresses import split_address
from vietnam.provinces import province_of_host


def infer_portal(
    exploration: Exploration, name: str, title: str, now: datetime, hints: UserHints | None = None
) -> ProbeResult:
    """Infer the portal, by the best family, or by structure where none fits; `hints` are a person's answers."""
    found = ProbeResult()
    front = exploration.front
    if front is None or not front.is_page:
        found.undecided.append(f"the front page could not be had: {front.status if front else 'no answer'}")
        return found
    _leave_posts_out(exploration, now)
    home = f"https://{real_host(host_of(front.url))}"
    known = province_of_host(host_of(home))
    province = known.slug if known and host_of(home).removeprefix("www.") == known.domain else None
    parts = [
        find_parts(page, now, exploration.named.get(page.requested, ""), exploration.days.get(page.requested))
        for page in exploration.articles
    ]
    parts = [each for each in parts if (each.read.title and each.read.blocks) or each.read.attachments]
    pages = [front, *(probed.visited for probed in exploration.lists), *exploration.articles]
    found.ranked = recognise(pages)
    if not exploration.lists:
        found.undecided.append("no page of the menu shows a list of articles; the portal may need JavaScript")
        return found
    sections = sections_of(exploration.lists)
    frame = PortalDraft(name, title, province, home, sections, DeclaredSpider)
    for candidate in [each for each in found.ranked if each.score >= ENOUGH][:2]:
        if (portal := propose_by_family(frame, candidate, exploration, parts, found, now)) is not None:
            found.portal = portal
            break
    else:
        found.portal = propose_by_structure(frame, exploration, parts, found, now, hints or UserHints())
    if found.portal is not None:
        _short_lists(found.portal, exploration, found)
    _leave_open(exploration, found)
    if found.portal is not None:
        evaluate(found, exploration, now)
    return found


def _leave_posts_out(exploration: Exploration, now: datetime) -> None:
    """Take from the menu the articles that the software's own lists name: a box of new ones looks like a menu."""
    lists = read_machine_lists(exploration.feeds, exploration.posts, exploration.sitemaps, now)
    posts = {split_address(item.url)[2:4] for each in lists if each.articles_only for item in each.items}
    exploration.menu = frozenset(url for url in exploration.menu if split_address(url)[2:4] not in posts)
    exploration.no_lists = [link for link in exploration.no_lists if split_address(link.url)[2:4] not in posts]


def _short_lists(portal: PortalDraft, exploration: Exploration, found: ProbeResult) -> None:
    """Add sections with too few entries to be recognised as lists, which the rule of the others reads."""
    spider = spider_of(portal)
    known = {key for probed in exploration.lists for key in first_keys(spider, probed)}
    for link, page in exploration.visited:
        section = section_of(link, [each.name for each in portal.sections])
        if link in exploration.foreign or any(each.path == section.path for each in portal.sections):
            continue
        entries = listing_of(spider, page, section).entries
        if 0 < len(entries) < LEAST_ENTRIES and any(entry.key not in known for entry in entries):
            portal.sections = (*portal.sections, section)
            exploration.no_lists = [each for each in exploration.no_lists if each is not link]
            found.evidence.append(f"section {link.title!r}: a list of {len(entries)}, read by the rule of the others")


def _leave_open(exploration: Exploration, found: ProbeResult) -> None:
    taken = {section.title for section in found.portal.sections} if found.portal else set()
    found.undecided += [
        f"section {probed.link.title!r}: its entries stand on most other lists too, so it was left out"
        for probed in exploration.doubtful
        if probed.link.title not in taken
    ]
    if exploration.unvisited:
        shown = ", ".join(link.title for link in exploration.unvisited[:5])
        found.undecided.append(f"sections: {len(exploration.unvisited)} of the menu's pages were not visited: {shown}")


def ways_on(exploration: Exploration, now: datetime) -> list[Following]:
    """Return the second pages to which the inferred spider goes on and which the exploration has not yet."""
    found = infer_portal(exploration, "probe", "probe", now)
    if found.portal is None:
        return []
    spider = spider_of(found.portal)
    have = {probed.second.requested for probed in exploration.lists if probed.second is not None}
    following = [listing_of(spider, probed.visited, section_of(probed.link)).next for probed in exploration.lists]
    return [way for way in following if way is not None and address_of(way) not in have]

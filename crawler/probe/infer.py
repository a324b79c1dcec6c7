"""From what a probe brought to a spider's class: a family if one reads the pages, else what the structure says. Pure.

A rule is taken only when it holds on the pages that were visited; what does not is told as undecided.
"""

from __future__ import annotations

from datetime import datetime

from crawler.families.declared import DeclaredSpider
from crawler.probe.article_parts import find_parts
from crawler.probe.evaluation import confirm
from crawler.probe.explore import Exploration
from crawler.probe.match_family import by_family
from crawler.probe.match_structure import UserHints, by_structure
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
from vietnam.provinces import province_of_host

__all__ = ["UserHints", "understand"]


def understand(
    brought: Exploration, name: str, title: str, now: datetime, told: UserHints | None = None
) -> ProbeResult:
    """What the pages say, the best family first, the structure where none fits; `told` is what a person said."""
    found = ProbeResult()
    front = brought.front
    if front is None or not front.is_page:
        found.undecided.append(f"the front page could not be had: {front.status if front else 'no answer'}")
        return found
    home = f"https://{real_host(host_of(front.url))}"
    known = province_of_host(host_of(home))
    province = known.slug if known and host_of(home).removeprefix("www.") == known.domain else None
    parts = [
        find_parts(page, now, brought.named.get(page.asked, ""), brought.days.get(page.asked))
        for page in brought.articles
    ]
    parts = [each for each in parts if (each.read.title and each.read.blocks) or each.read.attachments]
    pages = [front, *(seen.visited for seen in brought.lists), *brought.articles]
    found.ranked = recognise(pages)
    if not brought.lists:
        found.undecided.append("no page of the menu shows a list of articles; the portal may need JavaScript")
        return found
    sections = sections_of(brought.lists)
    frame = PortalDraft(name, title, province, home, sections, DeclaredSpider)
    for candidate in [each for each in found.ranked if each.score >= ENOUGH][:2]:
        if (portal := by_family(frame, candidate, brought, parts, found, now)) is not None:
            found.portal = portal
            break
    else:
        found.portal = by_structure(frame, brought, parts, found, now, told or UserHints())
    if found.portal is not None:
        _short_lists(found.portal, brought, found)
    _leave_open(brought, found)
    if found.portal is not None:
        confirm(found, brought, now)
    return found


def _short_lists(portal: PortalDraft, brought: Exploration, found: ProbeResult) -> None:
    """Sections with too few entries to be seen as lists, which the rule of the others reads: something new in the same box."""
    spider = spider_of(portal)
    known = {key for seen in brought.lists for key in first_keys(spider, seen)}
    for link, page in brought.visited:
        section = section_of(link, [each.name for each in portal.sections])
        if link in brought.foreign or any(each.path == section.path for each in portal.sections):
            continue
        entries = listing_of(spider, page).entries
        if 0 < len(entries) < LEAST_ENTRIES and any(entry.key not in known for entry in entries):
            portal.sections = (*portal.sections, section)
            brought.no_lists = [each for each in brought.no_lists if each is not link]
            found.said.append(f"section {link.title!r}: a list of {len(entries)}, read by the rule of the others")


def _leave_open(brought: Exploration, found: ProbeResult) -> None:
    """Tell the menu's pages about which nothing was decided."""
    taken = {section.title for section in found.portal.sections} if found.portal else set()
    found.undecided += [
        f"section {seen.link.title!r}: its entries stand on most other lists too, so it was left out"
        for seen in brought.doubtful
        if seen.link.title not in taken
    ]
    if brought.unvisited:
        shown = ", ".join(link.title for link in brought.unvisited[:5])
        found.undecided.append(f"sections: {len(brought.unvisited)} of the menu's pages were not visited: {shown}")

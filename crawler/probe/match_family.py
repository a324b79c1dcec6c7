"""Whether a family's own rules read a portal, and which layout is missing where only that does not fit. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.portal import DeclarationError
from crawler.probe.article_parts import Parts
from crawler.probe.explore import Exploration
from crawler.probe.layouts import propose_layout
from crawler.probe.recognise import FamilyMatch
from crawler.probe.result import LEAST_ENTRIES, PortalDraft, ProbeResult, listing_of, same_list, sections_of, spider_of
from pipelines.article import Layout
from pipelines.check import check
from pipelines.extract import extract

__all__ = ["by_family"]

_SAME_TEXT = 0.7


def by_family(
    frame: PortalDraft,
    candidate: FamilyMatch,
    brought: Exploration,
    parts: list[Parts],
    found: ProbeResult,
    now: datetime,
) -> PortalDraft | None:
    """The family's own rules, with a layout of the portal's own where only the layout does not fit."""
    portal = replace(frame, family=candidate.family)
    name = candidate.family.family
    try:
        spider = spider_of(portal)
    except DeclarationError as error:
        found.said.append(f"{name}: {error}")
        return None
    refused = [seen for seen in brought.lists if spider.article_key(seen.visited.url)]
    read = [(seen, {entry.key for entry in listing_of(spider, seen.visited).entries}) for seen in brought.lists]
    good = [seen for seen, keys in read if same_list(spider, seen, keys)]
    keyed = [each for each in parts if spider.article_key(each.visited.url)]
    # Marks say what to try, reading decides: half of the lists and three quarters of the addresses.
    if refused or len(good) * 2 < len(brought.lists) or len(keyed) * 4 < len(parts) * 3:
        found.said.append(
            f"{name}: its rules read {len(good)} of {len(brought.lists)} lists and {len(keyed)} of {len(parts)} "
            "addresses of articles, so the structure of the pages decides"
        )
        return None
    # A list that repeats what the others show is one all the same where the family's own rules read it.
    more = [seen for seen in brought.doubtful if len(listing_of(spider, seen.visited).entries) >= LEAST_ENTRIES]
    portal.sections = sections_of([*brought.lists, *more])
    fitting = [each for each in parts if _reads_well(each, candidate.family.layouts, now)]
    if parts and len(fitting) * 5 < len(parts) * 4:
        layout, missing = propose_layout(parts, "proposed")
        if layout is not None:
            portal.layouts = (layout, *candidate.family.layouts)
            found.said.append(f"{name}: its layouts read {len(fitting)} of {len(parts)} articles, so one was proposed")
        else:
            found.undecided += [f"the article's layout: {why}" for why in missing]
    return portal


def _reads_well(parts: Parts, layouts: tuple[Layout, ...], now: datetime) -> bool:
    """Whether a layout finds a title, a text as long as the structure does, and a date where the page shows one."""
    visited = parts.visited
    article = extract(visited.body, visited.url, layouts, now, visited.charset)
    if article.layout == "none" or not article.title or check(article, now):
        return False
    length, wanted = (sum(len(block.text) for block in each.blocks) for each in (article, parts.read))
    dated = article.published is not None or parts.read.published is None
    return dated and (length >= _SAME_TEXT * wanted or bool(article.attachments))

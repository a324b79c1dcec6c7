"""Propose a portal by a family's own rules, with a new layout where only the layout does not fit. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from crawler.portal import DeclarationError
from crawler.probe.article_parts import ArticleParts
from crawler.probe.explore import Exploration
from crawler.probe.layouts import propose_layout
from crawler.probe.recognise import FamilyMatch
from crawler.probe.result import LEAST_ENTRIES, PortalDraft, ProbeResult, first_keys, lists_read, sections_of, spider_of
from pipelines.article import Layout
from pipelines.check import check
from pipelines.extract import extract

_SAME_TEXT = 0.7


def propose_by_family(
    frame: PortalDraft,
    candidate: FamilyMatch,
    exploration: Exploration,
    parts: list[ArticleParts],
    found: ProbeResult,
    now: datetime,
) -> PortalDraft | None:
    """Propose the portal by the family's rules; None where they do not read it."""
    portal = replace(frame, family=candidate.family)
    name = candidate.family.family
    try:
        spider = spider_of(portal)
    except DeclarationError as error:
        found.evidence.append(f"{name}: {error}")
        return None
    refused = [probed for probed in exploration.lists if spider.article_key(probed.visited.url)]
    good = lists_read(spider, exploration)
    keyed = [each for each in parts if spider.article_key(each.visited.url)]
    # Marks suggest a family, reading decides: half of the lists and three quarters of the addresses.
    if refused or len(good) * 2 < len(exploration.lists) or len(keyed) * 4 < len(parts) * 3:
        found.evidence.append(
            f"{name}: its rules read {len(good)} of {len(exploration.lists)} lists and {len(keyed)} of {len(parts)} "
            "addresses of articles, so the structure of the pages decides"
        )
        return None
    # A list that repeats what the others show is one all the same where the family's own rules read it.
    more = [probed for probed in exploration.doubtful if len(first_keys(spider, probed)) >= LEAST_ENTRIES]
    portal.sections = sections_of([*exploration.lists, *more])
    fitting = [each for each in parts if _reads_well(each, candidate.family.layouts, now)]
    if parts and len(fitting) * 5 < len(parts) * 4:
        layout, missing = propose_layout(parts)
        if layout is not None:
            portal.layouts = (layout, *candidate.family.layouts)
            found.evidence.append(
                f"{name}: its layouts read {len(fitting)} of {len(parts)} articles, so one was proposed"
            )
        else:
            found.undecided += [f"the article's layout: {why}" for why in missing]
    return portal


def _reads_well(parts: ArticleParts, layouts: tuple[Layout, ...], now: datetime) -> bool:
    """Return whether a layout finds a title, a text as long as the structure does, and the date if shown."""
    visited = parts.visited
    article = extract(visited.body, visited.url, layouts, now, visited.charset)
    if article.layout == "none" or not article.title or check(article, now):
        return False
    length, wanted = (sum(len(block.text) for block in each.blocks) for each in (article, parts.read))
    dated = article.published is not None or parts.read.published is None
    return dated and (length >= _SAME_TEXT * wanted or bool(article.attachments))

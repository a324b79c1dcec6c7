"""Selectors, a key and a way to further pages for a portal of no family, each held against the pages that were visited. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from parsel import Selector

from crawler.families.declared import Structure, next_page
from crawler.listings.listing import ListRequest
from crawler.listings.load_more import counters
from crawler.probe.article_keys import KeyRule, infer_key
from crawler.probe.article_parts import Parts
from crawler.probe.explore import Exploration, ListProbe
from crawler.probe.layouts import propose_layout
from crawler.probe.list_selectors import Lists, list_rules, widened
from crawler.probe.lists import ListRule
from crawler.probe.page import stable_names
from crawler.probe.pagination import dead_ends
from crawler.probe.result import PortalDraft, ProbeResult, first_keys, second_keys, sections_of, spider_of
from crawler.urls import absolute
from pipelines.article import Layout
from pipelines.html.tree import tag_of
from pipelines.readers.json_values import json_text

__all__ = ["UserHints", "by_structure"]


@dataclass(frozen=True, slots=True)
class UserHints:
    """What a person said where the structure says nothing: the selector of the entries' links, the pattern of the key."""

    links: str = ""
    key: str = ""


def by_structure(
    frame: PortalDraft, brought: Exploration, parts: list[Parts], found: ProbeResult, now: datetime, told: UserHints
) -> PortalDraft | None:
    """Selectors and a key found on the pages; None, and what is missing told, where one of them does not hold."""
    lists = list_rules(brought, now)
    read = lists.read or list(brought.lists)
    others = {seen.visited.url for seen in brought.lists} | brought.menu
    others |= {seen.second.url for seen in brought.lists if seen.second is not None}
    key = infer_key([url for seen in read for url, _ in seen.block.links], others)
    if not lists.rules and told.links:
        lists = Lists(((ListRule(told.links, "", "", ""), tuple(brought.lists)),), ())
    if key is None and told.key:
        key = KeyRule(told.key, "", "told by a person", 0.0)
    layout, missing = propose_layout(parts, "proposed")
    if not lists.rules:
        found.undecided.append("the list: no selector brings the same entries that its repeated boxes show")
    if key is None:
        found.undecided.append("the article key: no part of the address tells articles apart and sections off")
    found.undecided += [f"the article's layout: {why}" for why in missing]
    if not lists.rules or key is None:
        return None
    found.undecided += [f"section {seen.link.title!r}: its list is built in another way" for seen in lists.left]
    found.said.append(f"article key: {key.says}")
    structure = _structure(lists, key, brought, found)
    layouts = (layout,) if layout is not None else (_no_layout(),)
    portal = replace(frame, sections=sections_of(lists.read), structure=structure, layouts=layouts)
    portal.structure = _paged(portal, structure, lists.read, found)
    return portal


def _structure(lists: Lists, key: KeyRule, brought: Exploration, found: ProbeResult) -> Structure:
    """What the lists say together; a rule that rests on one page is told."""
    rules = []
    for number, (rule, alike) in enumerate(lists.rules):
        rules.append(widened(rule, alike, brought, key.key) if len(alike) > 1 else rule)
        if number and len(alike) == 1:
            name = alike[0].link.title
            found.undecided.append(
                f"section {name!r}: its list is built in another way, its selector rests on one page"
            )
    entries = dict.fromkeys(rule.entry for rule in rules if rule.entry)
    days = dict.fromkeys(rule.day for rule in rules if rule.day)
    links = tuple(dict.fromkeys(rule.links for rule in rules))
    return Structure(article=key.pattern, query=key.query, links=links, entry=", ".join(entries), day=", ".join(days))


def _no_layout() -> Layout:
    """A layout that no page has: every page is read whole, and says so."""
    return Layout(name="none-found", fits="html.no-layout-was-found", title=(), published=(), body=())


def _paged(portal: PortalDraft, structure: Structure, lists: Sequence[ListProbe], found: ProbeResult) -> Structure:
    """The structure with the way to the next page that brought new entries; as it was, and told, where none did."""
    tried = []
    for seen in lists:
        if seen.second is None or seen.second.status != 200:
            continue
        candidate = _candidate(structure, seen, lists)
        portal.structure = candidate
        new = second_keys(spider_of(portal), seen) - first_keys(spider_of(portal), seen)
        if new:
            how = "nothing links a second page;" if seen.guessed else "a button;" if candidate.more else "by its links,"
            found.said.append(f"paging: {how} {seen.second.asked} brought {len(new)} new entries")
            return candidate
        tried.append(seen.second.asked)
    ends = next((why for seen in lists if (why := dead_ends(seen.visited))), "")
    whole = "" if ends or tried else "no link leads to a second page"
    nothing = f"{tried[0]} brought nothing new" if tried else ""
    found.undecided.append(f"paging: {'; '.join(filter(None, (ends, whole, nothing)))}")
    return structure


def _candidate(structure: Structure, seen: ListProbe, lists: Sequence[ListProbe]) -> Structure:
    """What the structure says if this list's second page was reached in the way of all lists."""
    way = seen.way
    if way is None:
        return replace(structure, counts="page")
    if isinstance(way.following, str) or seen.second is None:
        return replace(structure, pager=_pager(lists))
    told = [each.way.following for each in lists if each.way and isinstance(each.way.following, ListRequest)]
    names = [name for name in counters(way.following) if all(name in counters(each) for each in told)]
    is_json = json_text(seen.second.text) is not None
    return replace(structure, more=way.button, counts=(names or [""])[0], json=is_json)


def _pager(lists: Sequence[ListProbe]) -> str:
    """The named box around the page links that gives the same next page on every list; empty for the whole page."""
    read = [(Selector(text=seen.visited.text, type="html"), seen.visited.url, seen.visited.page()) for seen in lists]
    whole = [(page, url, tree, next_page(page, "", url, tree.base, 1)) for page, url, tree in read]
    linked = [each for each in whole if each[3]]
    if not linked:
        return ""

    tree, wanted = linked[0][2], linked[0][3]
    for link in tree.root.iter("a"):
        if absolute(tree.base, link.get("href") or "") != wanted:
            continue
        for around in list(link.iterancestors())[:5]:
            if tag_of(around) in ("body", "html"):
                break
            for name in stable_names(around):
                named = tag_of(around) + name if name.startswith(".") else name
                if all(next_page(page, named, url, each.base, 1) == there for page, url, each, there in linked):
                    return named
    return ""

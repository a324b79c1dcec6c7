"""Propose selectors, a key and paging for a portal of no family, each checked on the visited pages. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from parsel import Selector

from archive.model.records import ListRequest
from crawler.families.declared import Structure, next_page
from crawler.listings.load_more import counters
from crawler.probe.article_keys import KeyRule, infer_key
from crawler.probe.article_parts import ArticleParts
from crawler.probe.explore import Exploration, ListProbe
from crawler.probe.layouts import propose_layout
from crawler.probe.list_selectors import ListRules, list_rules, widen_rule
from crawler.probe.lists import ListRule
from crawler.probe.page import own_names
from crawler.probe.pagination import scripted_paging
from crawler.probe.result import PortalDraft, ProbeResult, first_keys, second_keys, sections_of, spider_of
from crawler.urls import absolute
from pipelines.article import Layout
from pipelines.html.json_values import json_text
from pipelines.html.tree import tag_of


@dataclass(frozen=True, slots=True)
class UserHints:
    """A person's answers where the structure shows nothing: the selector of the entries' links, the key's pattern."""

    links: str = ""
    key: str = ""


def propose_by_structure(
    frame: PortalDraft,
    exploration: Exploration,
    parts: list[ArticleParts],
    found: ProbeResult,
    now: datetime,
    hints: UserHints,
) -> PortalDraft | None:
    """Propose the portal by selectors and a key found on the pages; None, with the reason, where one does not hold."""
    lists = list_rules(exploration, now)
    read = lists.read or list(exploration.lists)
    others = {probed.visited.url for probed in exploration.lists} | exploration.menu
    others |= {probed.second.url for probed in exploration.lists if probed.second is not None}
    key = infer_key([url for probed in read for url, _ in probed.block.links], others)
    if not lists.rules and hints.links:
        lists = ListRules(((ListRule(hints.links, "", "", ""), tuple(exploration.lists)),), ())
    if key is None and hints.key:
        key = KeyRule(hints.key, "", "told by a person", 0.0)
    layout, missing = propose_layout(parts)
    if not lists.rules:
        found.undecided.append("the list: no selector brings the same entries that its repeated boxes show")
    if key is None:
        found.undecided.append("the article key: no part of the address tells articles apart and sections off")
    found.undecided += [f"the article's layout: {why}" for why in missing]
    if not lists.rules or key is None:
        return None
    found.undecided += [f"section {probed.link.title!r}: its list is built in another way" for probed in lists.left]
    found.evidence.append(f"article key: {key.words}")
    structure = _structure(lists, key, exploration, found)
    layouts = (layout,) if layout is not None else (_no_layout(),)
    portal = replace(frame, sections=sections_of(lists.read), structure=structure, layouts=layouts)
    portal.structure = _paged(portal, structure, lists.read, found)
    return portal


def _structure(lists: ListRules, key: KeyRule, exploration: Exploration, found: ProbeResult) -> Structure:
    """Combine the rules of all lists; a rule that rests on one page is listed as undecided."""
    rules = []
    for number, (rule, alike) in enumerate(lists.rules):
        rules.append(widen_rule(rule, alike, exploration, key.key) if len(alike) > 1 else rule)
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
    """Return a layout that no page has: every page is read whole and marked so."""
    return Layout(name="none-found", fits="html.no-layout-was-found", title=(), published=(), body=())


def _paged(portal: PortalDraft, structure: Structure, lists: Sequence[ListProbe], found: ProbeResult) -> Structure:
    """Return the structure with the paging that brought new entries; unchanged, and undecided, where none did."""
    tried = []
    for probed in lists:
        if probed.second is None or probed.second.status != 200:
            continue
        candidate = _candidate(structure, probed, lists)
        portal.structure = candidate
        new = second_keys(spider_of(portal), probed) - first_keys(spider_of(portal), probed)
        if new:
            how = (
                "nothing links a second page;" if probed.guessed else "a button;" if candidate.more else "by its links,"
            )
            found.evidence.append(f"paging: {how} {probed.second.requested} brought {len(new)} new entries")
            return candidate
        tried.append(probed.second.requested)
    ends = next((why for probed in lists if (why := scripted_paging(probed.visited))), "")
    whole = "" if ends or tried else "no link leads to a second page"
    nothing = f"{tried[0]} brought nothing new" if tried else ""
    found.undecided.append(f"paging: {'; '.join(filter(None, (ends, whole, nothing)))}")
    return structure


def _candidate(structure: Structure, probed: ListProbe, lists: Sequence[ListProbe]) -> Structure:
    """Return the structure if this list's second page was reached in the way of all lists."""
    way = probed.way
    if way is None:
        return replace(structure, counts="page")
    if isinstance(way.following, str) or probed.second is None:
        return replace(structure, pager=_pager(lists))
    hints = [each.way.following for each in lists if each.way and isinstance(each.way.following, ListRequest)]
    names = [name for name in counters(way.following) if all(name in counters(each) for each in hints)]
    is_json = json_text(probed.second.text) is not None
    return replace(structure, more=way.button, counts=(names or [""])[0], json=is_json)


def _pager(lists: Sequence[ListProbe]) -> str:
    """Return the named box around the page links with the same next page on every list; empty for the whole page."""
    read = [
        (Selector(text=probed.visited.text, type="html"), probed.visited.url, probed.visited.page()) for probed in lists
    ]
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
            for named in own_names(around):
                if all(next_page(page, named, url, each.base, 1) == there for page, url, each, there in linked):
                    return named
    return ""

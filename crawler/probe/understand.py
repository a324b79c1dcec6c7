"""From what a probe brought to a spider's class: a family if one reads the pages, else what the structure says. Pure.

A rule is taken only when it holds on the pages that were visited; what does not is told as undecided.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from parsel import Selector

from crawler.addresses import absolute
from crawler.families.declared import DeclaredSpider, Structure, next_page
from crawler.listing import Listing, Section
from crawler.portal import DeclarationError, PortalSpider, Sure, host_of, real_host
from crawler.probe.explore import Brought, ListSeen
from crawler.probe.keys import KeyRule, infer_key
from crawler.probe.layouts import propose_layout
from crawler.probe.lists import Rule, common_rule
from crawler.probe.menu import section_name
from crawler.probe.parts import Parts, find_parts
from crawler.probe.recognise import ENOUGH, Recognised, recognise
from crawler.probe.seen import Visited, stable_names
from pipelines.article import Article, Layout
from pipelines.check import check
from pipelines.extract import extract
from pipelines.markup import tag_of
from vietnam.letters import fold
from vietnam.provinces import of_host

__all__ = ["Check", "Portal", "Understood", "spider_of", "understand"]

LEAST_ENTRIES = 3
_SAME_LIST = 0.6
_SAME_TEXT = 0.7
_PATHS = re.compile(r"^[^?#]*")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried on the visited pages: on how many it held."""

    what: str
    good: int
    of: int

    @property
    def share(self) -> float:
        return self.good / self.of if self.of else 0.0


@dataclass(slots=True)
class Portal:
    """What a spider file declares."""

    name: str
    title: str
    province: str | None
    home: str
    sections: tuple[Section, ...]
    family: type[PortalSpider]
    layouts: tuple[Layout, ...] = ()
    structure: Structure | None = None


@dataclass(slots=True)
class Understood:
    """What was understood: the portal if there is enough for a spider, the evidence, the checks, what stays open."""

    portal: Portal | None = None
    ranked: list[Recognised] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    articles: list[tuple[Visited, Article]] = field(default_factory=list)

    @property
    def score(self) -> int:
        """0 to 100: the mean of the checks; 0 without a spider."""
        if self.portal is None or not self.checks:
            return 0
        return round(100 * sum(check.share for check in self.checks) / len(self.checks))


def spider_of(portal: Portal, sections: tuple[Section, ...] | None = None) -> type[PortalSpider]:
    """The spider's class in memory, through the same checks as a file. Raises DeclarationError."""
    says: dict[str, object] = {
        "name": portal.name,
        "title": portal.title,
        "province": portal.province,
        "home": portal.home,
        "sections": portal.sections if sections is None else sections,
        "sure": Sure.INFERRED,
        "__module__": "crawler.probe.understand",
    }
    if portal.layouts:
        says["layouts"] = portal.layouts
    if portal.structure is not None:
        says["structure"] = portal.structure
    camel = "".join(part.capitalize() for part in portal.name.split("_"))
    made: type[PortalSpider] = type(camel, (portal.family,), says)
    return made


def understand(brought: Brought, name: str, title: str, now: datetime) -> Understood:
    """What the pages say, the best family first, the structure where none fits."""
    found = Understood()
    front = brought.front
    if front is None or not front.is_page:
        found.undecided.append(f"the front page could not be had: {front.status if front else 'no answer'}")
        return found
    home = f"https://{real_host(host_of(front.url))}"
    known = of_host(host_of(home))
    province = known.slug if known and host_of(home).removeprefix("www.") == known.domain else None
    parts = [find_parts(page, now, brought.named.get(page.asked, "")) for page in brought.articles]
    parts = [each for each in parts if (each.read.title and each.read.blocks) or each.read.attachments]
    pages = [front, *(seen.visited for seen in brought.lists), *brought.articles]
    found.ranked = recognise(pages)
    if not brought.lists:
        found.undecided.append("no page of the menu shows a list of articles; the portal may need JavaScript")
        return found
    sections = _sections(brought.lists)
    frame = Portal(name, title, province, home, sections, DeclaredSpider)
    for candidate in [each for each in found.ranked if each.score >= ENOUGH][:2]:
        if (portal := _by_family(frame, candidate, brought, parts, found, now)) is not None:
            found.portal = portal
            break
    else:
        found.portal = _by_structure(frame, brought, parts, found, now)
    taken = {section.title for section in found.portal.sections} if found.portal else set()
    found.undecided += [
        f"section {seen.link.title!r}: its entries stand on most other lists too, so it was left out"
        for seen in brought.doubtful
        if seen.link.title not in taken
    ]
    if found.portal is not None:
        _confirm(found, brought, now)
    return found


def _sections(lists: Sequence[ListSeen]) -> tuple[Section, ...]:
    made: dict[str, Section] = {}
    for seen in lists:
        parts = urlsplit(seen.link.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if all(section.path != path for section in made.values()):
            name = section_name(seen.link.title, list(made))
            made[name] = Section(name, path, seen.link.title)
    return tuple(made.values())


def listing_of(spider: type[PortalSpider], visited: Visited, number: int = 1) -> Listing:
    """What the spider reads from a list page; nothing where it cannot."""
    try:
        return spider.read_listing(visited.url, visited.text, spider.sections[0], number)
    except Exception:
        # A family meets a page of another system here: whatever goes wrong means that it does not read it.
        return Listing(())


def _by_family(
    frame: Portal, candidate: Recognised, brought: Brought, parts: list[Parts], found: Understood, now: datetime
) -> Portal | None:
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
    good = [seen for seen, keys in read if _same_list(spider, seen, keys)]
    keyed = [each for each in parts if spider.article_key(each.visited.url)]
    if refused or len(good) * 2 < len(brought.lists) or len(keyed) * 4 < len(parts) * 3:
        found.said.append(
            f"{name}: its rules read {len(good)} of {len(brought.lists)} lists and {len(keyed)} of {len(parts)} "
            "addresses of articles, so the structure of the pages decides"
        )
        return None
    # A list that repeats what the others show is one all the same where the family's own rules read it.
    more = [seen for seen in brought.doubtful if len(listing_of(spider, seen.visited).entries) >= LEAST_ENTRIES]
    portal.sections = _sections([*brought.lists, *more])
    fitting = [each for each in parts if _reads_well(each, candidate.family.layouts, now)]
    if parts and len(fitting) * 5 < len(parts) * 4:
        layout, missing = propose_layout(parts, "proposed")
        if layout is not None:
            portal.layouts = (layout, *candidate.family.layouts)
            found.said.append(f"{name}: its layouts read {len(fitting)} of {len(parts)} articles, so one was proposed")
        else:
            found.undecided += [f"the article's layout: {why}" for why in missing]
    return portal


def _same_list(spider: type[PortalSpider], seen: ListSeen, keys: set[str]) -> bool:
    """Whether the family reads the list that the structure shows, neither a part of it nor another one."""
    if len(keys) < min(LEAST_ENTRIES, len(seen.block.links)):
        return False
    shown = {key for url, _ in seen.block.links if (key := spider.entry_key(url))}
    return not shown or len(keys & shown) >= _SAME_LIST * len(shown)


def _reads_well(parts: Parts, layouts: tuple[Layout, ...], now: datetime) -> bool:
    """Whether a layout finds a title, a text as long as the structure does, and a date where the page shows one."""
    visited = parts.visited
    article = extract(visited.body, visited.url, layouts, now, visited.charset)
    if article.layout == "none" or not article.title or check(article, now):
        return False
    length, wanted = (sum(len(block.text) for block in each.blocks) for each in (article, parts.read))
    dated = article.published is not None or parts.read.published is None
    return dated and (length >= _SAME_TEXT * wanted or bool(article.attachments))


def _by_structure(
    frame: Portal, brought: Brought, parts: list[Parts], found: Understood, now: datetime
) -> Portal | None:
    """Selectors and a key found on the pages; None, and what is missing told, where one of them does not hold."""
    entries = [url for seen in brought.lists for url, _ in seen.block.links]
    others = {seen.visited.url for seen in brought.lists} | brought.menu
    others |= {seen.second.url for seen in brought.lists if seen.second is not None}
    lists = list(brought.lists)
    rule = common_rule([(seen.visited, seen.block) for seen in lists], now)
    if rule is None and len(lists) > 2:
        lists, rule = _largest_alike(lists, now)
        entries = [url for seen in lists for url, _ in seen.block.links]
    key = infer_key(entries, others)
    layout, missing = propose_layout(parts, "proposed")
    if rule is None:
        found.undecided.append("the list: no selector brings the same entries that its repeated boxes show")
    if key is None:
        found.undecided.append("the article key: no part of the address tells articles apart and sections off")
    found.undecided += [f"the article's layout: {why}" for why in missing]
    if rule is None or key is None:
        return None
    left = [seen for seen in brought.lists if seen not in lists]
    found.undecided += [f"section {seen.link.title!r}: its list is built in another way" for seen in left]
    found.said.append(f"article key: {key.says}")
    pager, counts = _paging(lists, rule, key, found)
    structure = Structure(
        article=key.pattern,
        query=key.query,
        links=(rule.links,),
        entry=rule.entry,
        day=rule.day,
        pager=pager,
        counts=counts,
    )
    layouts = (layout,) if layout is not None else (_no_layout(),)
    return replace(frame, sections=_sections(lists), structure=structure, layouts=layouts)


def _no_layout() -> Layout:
    """A layout that no page has: every page is read whole, and says so."""
    return Layout(name="none-found", fits="html.no-layout-was-found", title=(), published=(), body=())


def _largest_alike(lists: list[ListSeen], now: datetime) -> tuple[list[ListSeen], Rule | None]:
    """The lists that one rule reads, begun from each in turn; the most of them."""
    best: tuple[list[ListSeen], Rule | None] = ([], None)
    for first in lists:
        alike = [first]
        rule = common_rule([(first.visited, first.block)], now)
        for other in lists:
            if other is not first:
                wider = common_rule([(each.visited, each.block) for each in (*alike, other)], now)
                if wider is not None:
                    alike.append(other)
                    rule = wider
        if rule is not None and len(alike) > len(best[0]):
            best = (alike, rule)
    return best


def _paging(lists: Sequence[ListSeen], rule: Rule, key: KeyRule, found: Understood) -> tuple[str, str]:
    """The box of the page links, or the parameter that was tried; both empty, and told, where neither brings new entries."""
    for seen in lists:
        if seen.second is None or not seen.second.is_page:
            continue
        first = {key.key(url) for url, _ in seen.block.links}
        shown = Selector(text=seen.second.text, type="html").css(rule.links).css("::attr(href)").getall()
        base = seen.second.page().base

        second = {key.key(url) for href in shown if (url := absolute(base, href))} - {None}
        if not second - first:
            found.undecided.append(f"paging: {seen.second.asked} brought nothing new")
            continue
        if seen.guessed:
            found.said.append(f"paging: nothing links a second page; {seen.second.asked} brought new entries")
            return "", "page"
        found.said.append(f"paging: by its links, {seen.second.asked} brought {len(second - first)} new entries")
        return _pager(lists), ""
    if not any(seen.second for seen in lists):
        found.undecided.append("paging: no link leads to a second page")
    return "", ""


def _pager(lists: Sequence[ListSeen]) -> str:
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


def _confirm(found: Understood, brought: Brought, now: datetime) -> None:
    """Try the spider on every page that was visited: what it must say there becomes the score."""
    portal = found.portal
    assert portal is not None  # noqa: S101  the caller has looked
    spider = spider_of(portal)
    lists = [seen for seen in brought.lists if any(s.title == seen.link.title for s in portal.sections)]
    listings = [(seen, listing_of(spider, seen.visited)) for seen in lists]
    good = [seen for seen, told in listings if _same_list(spider, seen, {entry.key for entry in told.entries})]
    found.checks.append(Check("sections whose list is read", len(good), len(brought.lists)))
    bad = [seen for seen in lists if seen not in good]
    found.undecided += [f"section {seen.link.title!r}: its list is not read" for seen in bad]
    paged = [(seen, told) for seen, told in listings if seen.second is not None and not seen.guessed]
    followed = [seen for seen, told in paged if told.next and _brings_new(spider, seen, told)]
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


def _brings_new(spider: type[PortalSpider], seen: ListSeen, told: Listing) -> bool:
    if seen.second is None:
        return False
    second = {entry.key for entry in listing_of(spider, seen.second, 2).entries}
    return bool(second - {entry.key for entry in told.entries})

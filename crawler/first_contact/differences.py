"""Compare what a portal's family expects with the pages that came, and name each difference. Pure.

A difference says which selector matched nothing and which one, found by the structure of the same pages, matches instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import parse_qsl

from crawler.catalog.check_results import FieldFinding, FieldStatus
from crawler.catalog.overview import list_shapes
from crawler.check.fields import ListAnswer, PortalResponses
from crawler.listings.listing import Following, SectionKind, address_of
from crawler.portal import PortalSpider
from crawler.probe.article_keys import infer_key
from crawler.probe.article_parts import find_parts
from crawler.probe.explore import Exploration, ListProbe
from crawler.probe.layouts import propose_layout
from crawler.probe.lists import ListBlock, common_rule, list_blocks
from crawler.probe.page import VisitedPage
from crawler.probe.pagination import find_next_page
from crawler.probe.recognise import ENOUGH, FamilyMatch
from crawler.probe.result import first_keys, listing_of, lists_read, second_keys, section_of
from crawler.probe.sections import MenuLink
from crawler.urls import real_url
from pipelines.article import Layout
from pipelines.html.addresses import split_address
from pipelines.html.tree import HtmlPage

_SHOWN = 4  # addresses or names in one difference
_WIDE = 100  # characters of one selector
_MOST = 0.5  # share of pages from which a selector counts as found
_NAMED = re.compile(r"[.#\[]")
_ALTERNATIVES = re.compile(r",\s*(?![^()]*\))")
_PARTS = ("title", "published", "body")


@dataclass(frozen=True, slots=True)
class DeclarationDifference:
    """One difference: the statement of the declaration, what it expects, and what came instead."""

    part: str
    expected: str
    found: str

    @property
    def words(self) -> str:
        """The difference on one line."""
        return f"{self.part}: {self.expected}; {self.found}"


@dataclass(frozen=True, slots=True)
class ContactPages:
    """The pages of a host: the check's list page and responses where a check was made, and the exploration."""

    exploration: Exploration
    ranked: Sequence[FamilyMatch]
    listed: VisitedPage | None = None
    responses: PortalResponses | None = None
    findings: Sequence[FieldFinding] = ()


def differences(portal: type[PortalSpider], pages: ContactPages, now: datetime) -> tuple[DeclarationDifference, ...]:
    """Return the differences between a portal's declaration and its pages, in the order in which a night meets them."""
    exploration = _with_checked(portal, pages, now)
    read = lists_read(portal, exploration)
    return tuple(
        each
        for found in (
            _family(portal, pages.ranked, reads=bool(read)),
            _sections(portal, pages),
            _list(portal, pages, exploration.lists if not read else _unnamed(portal, exploration.lists), now),
            _key(portal, exploration.lists),
            _paging(portal, pages, read),
            _layout(portal, pages, now),
        )
        for each in found
    )


def unnamed_differences(
    portal: type[PortalSpider], pages: ContactPages, now: datetime
) -> tuple[DeclarationDifference, ...]:
    """Return what a check that passed hides: a list that is read although none of the family's names is on its page."""
    exploration = _with_checked(portal, pages, now)
    unnamed = _unnamed(portal, exploration.lists)
    return (*_family(portal, pages.ranked, reads=True), *_list(portal, pages, unnamed, now))


def _with_checked(portal: type[PortalSpider], pages: ContactPages, now: datetime) -> Exploration:
    """Return the exploration with the check's own list page before the others, where no list of it is that page."""
    exploration, page = pages.exploration, pages.listed
    if page is None or not page.is_page or any(_same(page.url, each.visited.url) for each in exploration.lists):
        return exploration
    blocks = list_blocks(page, now, exploration.menu)
    if not blocks:
        return exploration
    link = MenuLink(portal.sections[0].title, page.url, True)
    lists = [ListProbe(link, page, blocks[0]), *exploration.lists]
    return replace(exploration, lists=lists, visited=[*exploration.visited, (link, page)])


def _same(one: str, other: str) -> bool:
    return real_url(one).rstrip("/") == real_url(other).rstrip("/")


def _family(
    portal: type[PortalSpider], ranked: Sequence[FamilyMatch], *, reads: bool
) -> Iterator[DeclarationDifference]:
    if not portal.marks:
        return
    own = next((each.score for each in ranked if issubclass(portal, each.family)), 0)
    best = next((each for each in ranked if not issubclass(portal, each.family)), None)
    if own >= ENOUGH or (best is not None and best.score <= own):
        return
    expected = f"the marks of {portal.family} weigh {own} on the visited pages"
    if best is not None and best.score >= ENOUGH:
        marks = ", ".join(f"`{mark.pattern}`" for mark in best.found[:_SHOWN])
        yield DeclarationDifference("family", expected, f"those of {best.family.family} weigh {best.score}: {marks}")
    elif own == 0 and not reads:
        yield DeclarationDifference("family", expected, "no other family's weigh enough either")


def _sections(portal: type[PortalSpider], pages: ContactPages) -> Iterator[DeclarationDifference]:
    """Compare declared paths with the menu, where the menu names some of them or the asked one brought no list."""
    menu = {split_address(url).path.rstrip("/") for url in pages.exploration.menu}
    declared = [section for section in portal.sections if section.kind is SectionKind.PAGES]
    missing = [section.path for section in declared if split_address(section.path).path.rstrip("/") not in menu]
    new = [probed for probed in pages.exploration.lists if not _is_declared(portal, probed)]
    shown = ", ".join(f"{real_url(each.visited.url)} ({len(each.block.links)} entries)" for each in new[:_SHOWN])
    found = f"the menu leads to lists at {shown}" if new else "the menu leads to no other list"
    first = pages.responses.first if pages.responses is not None else None
    if first is not None and first.listing is None:
        yield DeclarationDifference("sections", f"{first.requested} brought no list ({_outcome(first)})", found)
    elif missing and new and len(missing) * 2 <= len(declared):
        yield DeclarationDifference("sections", f"{', '.join(missing[:_SHOWN])} are not in the menu", found)


def _outcome(answer: ListAnswer) -> str:
    return f"{answer.outcome.value}, {answer.detail}" if answer.detail else answer.outcome.value


def _is_declared(portal: type[PortalSpider], probed: ListProbe) -> bool:
    parts = split_address(real_url(probed.link.url))
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return any(section.path.rstrip("/") == path.rstrip("/") for section in portal.sections)


def _list(
    portal: type[PortalSpider], pages: ContactPages, bad: Sequence[ListProbe], now: datetime
) -> Iterator[DeclarationDifference]:
    """Name the list selectors that match nothing, and those of the repeated boxes on the same pages.

    `bad` are the lists whose markup the family does not know; none where it reads one by its names: the others are no lists
    of its sections then.
    """
    if not bad:
        return
    trees = [probed.visited.page() for probed in bad]
    expected = _unmatched(portal, trees)
    first = pages.responses.first if pages.responses is not None else None
    if not expected and first is not None and first.listing is None:
        expected = f"the list's interface brought none ({_outcome(first)})"
    if not expected:  # a list whose selectors match is one whose addresses have no key: that is another difference
        return
    rule = common_rule([(probed.visited, probed.block) for probed in bad], now)
    if rule is None:
        rule, bad = common_rule([(bad[0].visited, bad[0].block)], now), bad[:1]
    if rule is None:
        yield DeclarationDifference(
            "list", expected, f"{len(bad[0].block.links)} entries repeat, and no selector names them"
        )
        return
    page = bad[0].visited
    wanted = {url for url, _ in bad[0].block.links}
    given = _given(page.page(), rule.entry, wanted)
    yield DeclarationDifference(
        "list", expected, f"`{rule.entry}` matches {given} of {len(wanted)} entries of {real_url(page.url)}"
    )
    days = [shape.day for shape in list_shapes(portal) if shape.day]
    if rule.day and days and not any(tree.match(days[0]) for tree in trees):
        found = f"`{rule.day}` has the day of {len(bad[0].block.days)} of {given} entries"
        yield DeclarationDifference("list, day", f"{_shown(days)} matched nothing", found)


def _unnamed(portal: type[PortalSpider], lists: Sequence[ListProbe]) -> Sequence[ListProbe]:
    """Return the lists if the family reads none of them by a name of its own, though it may read them by plain links."""
    every = (selector for shape in list_shapes(portal) for selector in (shape.module, *shape.links))
    named = [each for selector in every for each in _ALTERNATIVES.split(selector) if _NAMED.search(each)]
    trees = [probed.visited.page() for probed in lists]
    known = not named or any(tree.match(selector) for tree in trees for selector in named)
    return () if known else lists


def _given(page: HtmlPage, entry: str, wanted: set[str]) -> int:
    boxes = page.match(entry)
    return min(len(boxes), len(wanted))


def _unmatched(portal: type[PortalSpider], trees: Sequence[HtmlPage]) -> str:
    """Return the family's list selectors that match nothing on these pages; empty where they match, or it has none."""
    missing: dict[str, None] = {}
    for shape in list_shapes(portal):
        for selector in (shape.module, *shape.links[:1]):
            if selector and not any(tree.match(selector) for tree in trees):
                missing[selector] = None
    if not missing:
        return ""
    return f"list selector {_shown(list(missing))} matched nothing on {_pages(len(trees))}"


def _pages(count: int) -> str:
    return f"{count} page{'s' if count > 1 else ''}"


def _keyless(portal: type[PortalSpider], block: ListBlock) -> list[str]:
    return [url for url, _ in block.links if portal.entry_key(url) is None]


def _key(portal: type[PortalSpider], lists: Sequence[ListProbe]) -> Iterator[DeclarationDifference]:
    bad = [probed for probed in lists if len(_keyless(portal, probed.block)) * 2 > len(probed.block.links)]
    if not bad or len(bad) * 2 < len(lists):
        return
    urls = [url for probed in bad for url, _ in probed.block.links]
    without = [url for probed in bad for url in _keyless(portal, probed.block)]
    expected = f"{len(without)} of {len(urls)} addresses of lists have no key by the family's rule, such as {real_url(without[0])}"
    rule = infer_key(urls, [probed.visited.url for probed in lists])
    yield DeclarationDifference(
        "key", expected, f"they follow `{rule.pattern}`" if rule else "no rule tells them apart"
    )


def _paging(
    portal: type[PortalSpider], pages: ContactPages, read: Sequence[ListProbe]
) -> Iterator[DeclarationDifference]:
    """Compare the way on that the family reads with the page's own links, on the lists that it reads."""
    if any(each.field == "next page" and each.held is FieldStatus.OK for each in pages.findings):
        return
    for probed in read:
        own = listing_of(portal, probed.visited, section_of(probed.link)).next
        way = probed.way or find_next_page(probed.visited)
        if way is None or (own is not None and address_of(own) == address_of(way.following)):
            continue
        at = real_url(probed.visited.url)
        expected = (
            f"the family finds no way on from {at}" if own is None else f"the family goes on to {_shown_way(own)}"
        )
        new = len(second_keys(portal, probed) - first_keys(portal, probed)) if probed.second is not None else None
        brought = "" if new is None else f", which brought {new} other entries"
        counted = _counter(way.following)
        yield DeclarationDifference(
            "paging", expected, f"the page itself goes on to {_shown_way(way.following)}{counted}{brought}"
        )
        return


def _shown_way(way: Following) -> str:
    return real_url(way) if isinstance(way, str) else f"{way.method} {real_url(way.url)}"


def _counter(way: Following) -> str:
    """Return the query parameter that counts the pages, in words; empty where none does."""
    names = [name for name, value in parse_qsl(split_address(address_of(way)).query) if value in ("1", "2")]
    return f" (`{names[-1]}` counts)" if names and isinstance(way, str) else ""


def _layout(portal: type[PortalSpider], pages: ContactPages, now: datetime) -> Iterator[DeclarationDifference]:
    """Name the layout's selectors that match on too few articles, and those that match there."""
    exploration = pages.exploration
    parts = [
        find_parts(page, now, exploration.named.get(page.requested, ""), exploration.days.get(page.requested))
        for page in exploration.articles
    ]
    parts = [each for each in parts if each.read.title and each.read.blocks]
    if not parts:
        return
    layouts = portal.read_with()
    fitting = [sum(bool(each.page.match(layout.fits)) for layout in layouts) > 0 for each in parts]
    proposed, _ = propose_layout(parts)
    roots = [each.page for each in parts]
    if not any(fitting):
        names = _shown([layout.name for layout in layouts])
        found = (
            f"`{proposed.fits}` is on {_count(roots, (proposed.fits,))}" if proposed else "no selector names the text"
        )
        fits = _shown([layout.fits for layout in layouts])
        yield DeclarationDifference(
            "layout", f"the mark {fits} of the layout {names} is on 0 of {len(parts)} articles", found
        )
    for name in _PARTS:
        selectors = _selectors(layouts, name)
        on = sum(_has(page, selectors) for page in roots)
        if not selectors or on > _MOST * len(roots):
            continue
        instead = getattr(proposed, name) if proposed is not None else ()
        found = f"`{instead[0]}` matches {_count(roots, instead[:1])}" if instead else "no selector was found for it"
        some = "nothing" if not on else f"{on} of {len(roots)}"
        yield DeclarationDifference(f"layout, {name}", f"{_shown(selectors)} matched {some}", found)


def _selectors(layouts: Iterable[Layout], part: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(selector for layout in layouts for selector in getattr(layout, part)))


def _has(page: HtmlPage, selectors: Sequence[str]) -> bool:
    return any(True for _ in page.pick(selectors))


def _count(pages: Sequence[HtmlPage], selectors: Sequence[str]) -> str:
    return f"{sum(_has(page, selectors) for page in pages)} of {len(pages)} articles"


def _shown(selectors: Sequence[str]) -> str:
    """Return selectors as one names them in a sentence: two of them, none longer than a line."""
    cut = [selector if len(selector) <= _WIDE else f"{selector[:_WIDE]}…" for selector in selectors[:2]]
    more = f" and {len(selectors) - 2} more" if len(selectors) > 2 else ""
    return " and ".join(f"`{selector}`" for selector in cut) + more

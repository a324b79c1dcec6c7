"""Choose selectors for all lists of a portal: one if they are built alike, else a few, wider for a list with a head.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml.html import HtmlElement

from crawler.probe.explore import Exploration, ListProbe
from crawler.probe.lists import ListRule, common_rule
from crawler.probe.page import own_links
from crawler.probe.selectors import common_selectors
from pipelines.html.tree import HtmlPage, tag_of

_MOST = 3  # ways of building a list
_CLIMB = 4  # levels from a list's box to one that holds its head too


@dataclass(frozen=True, slots=True)
class ListRules:
    """The rules, with the lists that each of them reads, and the lists that none reads."""

    rules: tuple[tuple[ListRule, tuple[ListProbe, ...]], ...]
    left: tuple[ListProbe, ...]

    @property
    def read(self) -> list[ListProbe]:
        """The lists that a rule reads, in the order they were visited."""
        return [probed for _, alike in self.rules for probed in alike]


def list_rules(exploration: Exploration, now: datetime) -> ListRules:
    """Return one rule for all lists, else the rule that reads the most of them, then one for those that are left."""
    left = list(exploration.lists)
    whole = common_rule([(probed.visited, probed.block) for probed in left], now)
    if whole is not None:
        return ListRules(((whole, tuple(left)),), ())
    rules: list[tuple[ListRule, tuple[ListProbe, ...]]] = []
    while left and len(rules) < _MOST:
        alike, rule = _largest_alike(left, now)
        if rule is None:
            break
        rules.append((rule, tuple(alike)))
        left = [probed for probed in left if probed not in alike]
    return ListRules(tuple(rules), tuple(left))


def _largest_alike(lists: Sequence[ListProbe], now: datetime) -> tuple[list[ListProbe], ListRule | None]:
    """Return the most lists that one rule reads, tried from each list in turn."""
    best: tuple[list[ListProbe], ListRule | None] = ([], None)
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


def widen_rule(
    rule: ListRule, lists: Sequence[ListProbe], exploration: Exploration, key: Callable[[str], str | None]
) -> ListRule:
    """Return the rule with the links of a larger box where lists have entries beside their rows.

    Such entries are a head with a large picture, or a second column. Only entries that most other pages do not show
    count; the rule stays where no such box has a name.
    """
    pages = [(page.url, page.page()) for _, page in exploration.visited]
    linked: Counter[str] = Counter()
    for _, tree in pages:
        linked.update({found for _, url in own_links(tree) if (found := key(url))})
    trees = dict(pages)
    boxes = [(trees[probed.visited.url], _box(trees[probed.visited.url], rule), probed) for probed in lists]
    best = rule
    for level in range(1, _CLIMB + 1):
        wanted, heads = [], 0
        for tree, box, probed in boxes:
            around = _above(box, level)
            if around is None:
                return best
            more = {found for _, url in own_links(tree, around) if (found := key(url))}
            more -= {key(url) for url, _ in probed.block.links}
            if any(linked[each] * 2 > len(pages) for each in more):
                return best
            heads += bool(more)
            wanted.append((tree, around))
        names = common_selectors(wanted) if heads * 2 > len(boxes) else ()
        if len(names) == 1 and all(tree.match(names[0])[:1] == [around] for tree, around in wanted):
            best = replace(rule, links=f"{names[0]} a")
    return best


def _box(tree: HtmlPage, rule: ListRule) -> HtmlElement | None:
    found = tree.match(rule.box) if rule.box else []
    return found[0] if found else None


def _above(box: HtmlElement | None, level: int) -> HtmlElement | None:
    around = list(box.iterancestors())[level - 1 : level] if box is not None else []
    return around[0] if around and tag_of(around[0]) not in ("body", "html", "form") else None

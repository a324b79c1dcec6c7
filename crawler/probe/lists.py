"""Find lists by structure: boxes that repeat, each with a link that reads like a title. Pure.

The same widget beside every list names the same articles on all of them, a section's own list does not: a block of
every page is no list of any section.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lxml.html import HtmlElement

from crawler.probe.page import VisitedPage, is_furniture, own_links, own_names, place, stable_names
from pipelines.html.tree import HtmlPage, brief_text, tag_of, text_of
from vietnam.dates import find_published, read_url_day

LEAST = 3  # entries: two links side by side are no list
_TITLE = 18  # characters of a link that reads like a title
_LONG = 90
_CLIMB = 9  # levels from a link to the box that repeats


@dataclass(frozen=True, slots=True)
class ListBlock:
    """A list on a page: its box, the boxes of its entries, their addresses and titles, and the days beside them."""

    box: HtmlElement
    items: tuple[HtmlElement, ...]
    links: tuple[tuple[str, str], ...]
    dated: int
    score: float
    days: tuple[tuple[str, date], ...] = ()

    @property
    def where(self) -> str:
        """Place of the box on its page: the tags from the body down, and its own names."""
        return " ".join([*place(self.box), *own_names(self.box)])


@dataclass(frozen=True, slots=True)
class ListRule:
    """Selectors that give the same entries on every visited list."""

    links: str
    entry: str
    day: str
    box: str


def list_blocks(visited: VisitedPage, now: datetime, menu: frozenset[str] = frozenset()) -> list[ListBlock]:
    """Return the repeated blocks of a page, the likeliest list first. `menu` are addresses that are no articles."""
    page = visited.page()
    titled: dict[HtmlElement, tuple[str, str]] = {}
    for link, url in own_links(page):
        title = text_of(link) or (link.get("title") or "")
        if len(title) >= _TITLE and url not in menu and url != visited.url:
            titled[link] = (url, title)
    holders: dict[HtmlElement, dict[HtmlElement, list[tuple[str, str]]]] = {}
    for link, titles in titled.items():
        child = link
        for level, around in enumerate(link.iterancestors()):
            if level > _CLIMB or tag_of(around) in ("body", "html"):
                break
            holders.setdefault(around, {}).setdefault(child, []).append(titles)
            child = around
    found = []
    taken: set[HtmlElement] = set()
    for link in titled:
        child = link
        for around in link.iterancestors():
            inside = holders.get(around, {})
            if len({items[0][0] for items in inside.values()}) >= LEAST:
                if around not in taken:
                    taken.add(around)
                    found.append(_block(around, inside, now))
                break
            child = around
    return sorted(found, key=lambda each: -each.score)


def _block(box: HtmlElement, inside: dict[HtmlElement, list[tuple[str, str]]], now: datetime) -> ListBlock:
    links = tuple(dict.fromkeys(max(titles, key=lambda each: len(each[1])) for titles in inside.values()))
    days = tuple((titles[0][0], day) for item, titles in inside.items() if (day := _day_in(item, now)) is not None)
    dated = len(days)
    dated = max(dated, sum(1 for url, _ in links if read_url_day(url)))
    length = sum(min(len(title), _LONG) for _, title in links)
    score = length * (1.6 if dated * 2 >= len(inside) else 1.0) * (0.25 if is_furniture(box) else 1.0)
    tags = Counter(tag_of(item) for item in inside)
    score *= 0.5 + 0.5 * tags.most_common(1)[0][1] / len(inside)
    return ListBlock(box, tuple(inside), links, dated, score, days)


def best_block(found: Sequence[ListBlock], everywhere: frozenset[tuple[str, str]]) -> ListBlock | None:
    """Return the block that is most likely a page's own list: not one that other pages show at the same place too."""
    for block in found:
        urls = {url for url, _ in block.links}
        if urls and sum((block.where, url) in everywhere for url in urls) <= len(urls) / 2:
            return block
    return None


def common_rule(lists: Sequence[tuple[VisitedPage, ListBlock]], now: datetime) -> ListRule | None:
    """Return selectors that give exactly the blocks' entries on every page; None where no name holds them together."""
    first = lists[0][1]
    read = [(visited, visited.page(), {url for url, _ in block.links}) for visited, block in lists]
    item = _item(lists)
    for box in _box_names(first.box):
        for between in (f"{box} > {item}", f"{box} {item}"):
            if all(_gives(page, between, wanted) for _, page, wanted in read):
                day = _day(read, between, now)
                return ListRule(f"{between} a" if item != "a" else between, between, day, box)
    return None


def _gives(page: HtmlPage, entry: str, wanted: set[str]) -> bool:
    links = [url for each in page.match(entry) for _, url in own_links(page, each)]
    given = set(links)
    lost, more = wanted - given, _titles(page, entry) - wanted
    # An entry's picture or section links are separated by the key; another list's titles are not.
    return not lost and len(more) <= len(wanted) * 0.34


def _titles(page: HtmlPage, entry: str) -> set[str]:
    found = set()
    for each in page.match(entry):
        titles = [(len(text_of(link)), url) for link, url in own_links(page, each)]
        titles = [pair for pair in titles if pair[0] >= _TITLE]
        if titles:
            found.add(max(titles)[1])
    return found


def _item(lists: Iterable[tuple[VisitedPage, ListBlock]]) -> str:
    items = [item for _, block in lists for item in block.items]
    tags = Counter(tag_of(item) for item in items)
    tag, count = tags.most_common(1)[0]
    if count < len(items):
        return "*"
    shared = set(stable_names(items[0])).intersection(*(stable_names(item) for item in items))
    classes = [name for name in stable_names(items[0]) if name in shared and name.startswith(".")]
    return tag + classes[0] if classes else tag


def _box_names(box: HtmlElement) -> Iterable[str]:
    """Return selectors of the list's box, the shortest first, then under its ancestors' names, at last by its tags."""
    own = own_names(box)
    yield from own
    last = [*own, tag_of(box)]
    way = ""
    for level, around in enumerate(box.iterancestors()):
        if level > 6 or tag_of(around) in ("body", "html"):
            break
        for named in own_names(around):
            for end in last:
                yield f"{named} > {way}{end}"
        way = f"{tag_of(around)} > {way}"
    for end in last:
        yield f"body > {way}{end}"


def _date_in(item: HtmlElement, now: datetime) -> HtmlElement | None:
    """Return the smallest element of an entry that shows a day."""
    best = None
    for element in item.iter():
        text = brief_text(element, 80) if tag_of(element) not in ("", "a", "script", "style") else ""
        if text and any(char.isdigit() for char in text) and find_published(text, now):
            best = element
    return best


def _day_in(item: HtmlElement, now: datetime) -> date | None:
    """Return the day that an entry shows; None where it shows none, or several that differ."""
    element = _date_in(item, now)
    found = find_published(brief_text(element, 80), now) if element is not None else None
    return found[0].day if found else None


def _day(read: Sequence[tuple[VisitedPage, HtmlPage, set[str]]], entry: str, now: datetime) -> str:
    """Return the selector of the date in an entry's box; empty where entries have none, or no name of theirs."""
    named: Counter[str] = Counter()
    entries = 0
    for _, page, _ in read:
        for item in page.match(entry):
            entries += 1
            element = _date_in(item, now)
            if element is None or element is item:
                continue
            names = [name for name in stable_names(element) if name.startswith(".")]
            named[tag_of(element) + names[0] if names else tag_of(element)] += 1
    best = named.most_common(1)
    return best[0][0] if best and best[0][1] * 2 >= entries else ""

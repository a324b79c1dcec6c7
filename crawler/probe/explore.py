"""Which pages of an unknown portal are worth a request: a plan that goes by what the pages before said.

Fetching is an argument: the same exploration runs over the network and over a site in memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urljoin, urlsplit

from crawler.listings.listing import Following
from crawler.probe.lists import ListBlock, best_block, blocks
from crawler.probe.page import VisitedPage, own_links, same_site
from crawler.probe.pagination import PageTrigger, way_on
from crawler.probe.sections import MenuLink, feeds, menu_links, sitemaps
from crawler.urls import with_parameter
from vietnam.letters import fold, strip_diacritics

__all__ = ["Exploration", "Fetch", "ListProbe", "explore"]

Fetch = Callable[[Following], Awaitable[VisitedPage | None]]

SECTIONS = 9
ARTICLES = 6
_KEPT_BACK = 13  # requests for articles, page links and second looks
_FEW = 2  # lists: below that more of the menu is visited before articles are
_TELLING = 60  # letters from which titles tell their language
_EVERYWHERE = 0.6  # share of lists from which an entry is a widget's


@dataclass(slots=True)
class ListProbe:
    """A section's first page, its list found by structure, and what its page link brought."""

    link: MenuLink
    visited: VisitedPage
    block: ListBlock
    second: VisitedPage | None = None
    way: PageTrigger | None = None
    guessed: bool = False


@dataclass(slots=True)
class Exploration:
    """Everything a probe brought. `visited` are the menu's pages, `doubtful` lists whose entries stand on most other pages
    too, `no_lists` menu entries without any, `foreign` lists in another language, `unvisited` those that were left; `named`
    is the title and `days` the day of each address in a list."""

    home: str
    front: VisitedPage | None = None
    again: list[tuple[VisitedPage, VisitedPage]] = field(default_factory=list)
    lists: list[ListProbe] = field(default_factory=list)
    doubtful: list[ListProbe] = field(default_factory=list)
    articles: list[VisitedPage] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    feeds: list[VisitedPage] = field(default_factory=list)
    sitemap: VisitedPage | None = None
    no_lists: list[MenuLink] = field(default_factory=list)
    visited: list[tuple[MenuLink, VisitedPage]] = field(default_factory=list)
    foreign: list[MenuLink] = field(default_factory=list)
    unvisited: list[MenuLink] = field(default_factory=list)
    menu: frozenset[str] = frozenset()
    robots: str = ""
    requests: int = 0


class _Budget:
    """Counts the requests and ends them at the bound. `sent` knows better where redirects and second tries count too."""

    def __init__(self, fetch: Fetch, most: int, sent: Callable[[], int]) -> None:
        self._fetch, self.most, self._sent = fetch, most, sent
        self._asked = 1  # robots.txt is the first

    async def get(self, url: Following) -> VisitedPage | None:
        if self.left <= 0:
            return None
        self._asked += 1
        return await self._fetch(url)

    @property
    def used(self) -> int:
        return max(self._asked, self._sent())

    @property
    def left(self) -> int:
        return self.most - self.used


async def explore(
    fetch: Fetch,
    start: str,
    most: int,
    now: datetime,
    robots: Callable[[], str] = lambda: "",
    sent: Callable[[], int] = lambda: 0,
) -> Exploration:
    """Visit a portal with at most `most` requests, robots.txt counted. `robots` gives its text once it was asked for, `sent`
    how many requests went out, redirects and second tries included."""
    budget = _Budget(fetch, most, sent)
    brought = Exploration(start)
    brought.front = await budget.get(start)
    brought.robots = robots()
    if brought.front is None or not brought.front.is_page:
        brought.requests = budget.used
        return brought
    await _sections(budget, brought, now)
    await _articles(budget, brought)
    await _further_pages(budget, brought)
    await _second_looks(budget, brought)
    await _machine_lists(budget, brought)
    await _more_sections(budget, brought, now)
    brought.requests = budget.used
    return brought


async def _sections(budget: _Budget, brought: Exploration, now: datetime) -> None:
    """The first of the menu's pages; the others wait until it is known what is left of the bound."""
    front = brought.front
    assert front is not None  # noqa: S101  explore has looked
    offered = menu_links(front)
    brought.menu = frozenset(link.url for link in offered)
    await _visit(budget, brought, offered[:SECTIONS], min(_KEPT_BACK, budget.most // 2))
    waiting, done = offered[SECTIONS:], len(brought.visited)
    _choose(brought, now, 0)
    while waiting and len(brought.lists) < _FEW and budget.left > min(_KEPT_BACK, budget.most // 2):
        waiting = _likeliest(waiting, brought)
        await _visit(budget, brought, waiting[:3], min(_KEPT_BACK, budget.most // 2))
        _choose(brought, now, done)
        waiting, done = waiting[3:], len(brought.visited)
    brought.unvisited += waiting
    if not brought.lists and not brought.doubtful and all(page is not front for _, page in brought.visited):
        brought.visited.append((MenuLink("Trang chủ", front.url, True), front))
        _choose(brought, now, len(brought.visited) - 1)


async def _visit(budget: _Budget, brought: Exploration, links: Sequence[MenuLink], kept_back: int) -> None:
    front = brought.front
    assert front is not None  # noqa: S101  explore has looked
    for link in links:
        if budget.left <= kept_back:
            brought.unvisited.append(link)
            continue
        page = front if link.url == front.url else await budget.get(link.url)
        if page is not None and page.is_page and same_site(page.url, front.url):
            brought.visited.append((link, page))
        else:
            brought.no_lists.append(link)


async def _more_sections(budget: _Budget, brought: Exploration, now: datetime) -> None:
    """The rest of the menu, as far as the bound reaches."""
    waiting, brought.unvisited, done = brought.unvisited, [], len(brought.visited)
    await _visit(budget, brought, _likeliest(waiting, brought), 0)
    _choose(brought, now, done)
    places = {seen.block.where for seen in brought.lists}
    brought.no_lists += [seen.link for seen in brought.doubtful if places and seen.block.where not in places]
    brought.doubtful = [seen for seen in brought.doubtful if not places or seen.block.where in places]


def _likeliest(links: Sequence[MenuLink], brought: Exploration) -> list[MenuLink]:
    """The menu's links, first those in a folder where lists stand, last those in one where only other pages do."""
    lists = {_folder(seen.link.url) for seen in brought.lists}
    others = {_folder(link.url) for link, _ in brought.visited} - lists
    return sorted(links, key=lambda link: (_folder(link.url) in others) - (_folder(link.url) in lists))


def _folder(url: str) -> str:
    return urlsplit(url).path.rstrip("/").rpartition("/")[0]


def _choose(brought: Exploration, now: datetime, start: int) -> None:
    """Which of the visited pages, from `start` on, show a list of their own; all of them say what stands everywhere."""
    every = [(link, page, blocks(page, now, brought.menu)) for link, page in brought.visited]
    wide = _everywhere(every)
    chosen = [(link, page, found, best_block(found, wide)) for link, page, found in every]
    places = {block.where for _, _, _, block in chosen if block is not None}
    for link, page, found, block in chosen[start:]:
        if block is not None and _is_foreign(block):
            brought.foreign.append(link)
        elif block is not None:
            brought.lists.append(ListProbe(link, page, block))
            brought.named.update({url: title for url, title in block.links if url not in brought.named})
            brought.days.update(block.days)
        elif doubtful := next((each for each in found if not places or each.where in places), None):
            brought.doubtful.append(ListProbe(link, page, doubtful))
        else:
            brought.no_lists.append(link)


def _is_foreign(block: ListBlock) -> bool:
    """Whether titles long enough to tell have hardly a Vietnamese letter: the list of an English edition."""
    said = fold(" ".join(title for _, title in block.links))
    letters = sum(char.isalpha() for char in said)
    marked = sum(one != other for one, other in zip(said, strip_diacritics(said), strict=False))
    return letters >= _TELLING and marked * 50 < letters


def _everywhere(every: list[tuple[MenuLink, VisitedPage, list[ListBlock]]]) -> frozenset[tuple[str, str]]:
    """Articles that most pages name at the same place: a widget's, not a section's. Told from three pages on."""
    if len(every) < 3:
        return frozenset()
    counts: dict[tuple[str, str], int] = {}
    for _, _, found in every:
        for told in {(block.where, url) for block in found for url, _ in block.links}:
            counts[told] = counts.get(told, 0) + 1
    return frozenset(told for told, count in counts.items() if count > max(2, _EVERYWHERE * len(every)))


async def _articles(budget: _Budget, brought: Exploration) -> None:
    """Articles from all lists in turn: the newest of each, then the next ones."""
    links = [seen.block.links for seen in brought.lists]
    queue = [listed[position][0] for position in range(4) for listed in links if position < len(listed)]
    for url in dict.fromkeys(queue):
        if len(brought.articles) >= ARTICLES or budget.left <= min(5, budget.most // 4):
            return
        page = await budget.get(url)
        if page is not None and page.is_page and same_site(page.url, brought.home):
            brought.articles.append(page)


async def _further_pages(budget: _Budget, brought: Exploration) -> None:
    """The second page of up to two lists; where nothing leads there, one try with the commonest parameter."""
    for seen in brought.lists:
        way = way_on(seen.visited)
        if way is not None and sum(each.way is not None for each in brought.lists) < 2:
            seen.way = way
            seen.second = await budget.get(way.following)
    if all(seen.way is None for seen in brought.lists) and brought.lists:
        seen = max(brought.lists, key=lambda each: len(each.block.links))
        seen.second, seen.guessed = await budget.get(with_parameter(seen.visited.url, "page", "2")), True


async def _second_looks(budget: _Budget, brought: Exploration) -> None:
    for first in [*brought.articles[:1], *[seen.visited for seen in brought.lists[:1]]]:
        second = await budget.get(first.asked)
        if second is not None:
            brought.again.append((first, second))


async def _machine_lists(budget: _Budget, brought: Exploration) -> None:
    front = brought.front
    assert front is not None  # noqa: S101  explore has looked
    pages = [front, *(seen.visited for seen in brought.lists)]
    named = dict.fromkeys(url for page in pages for url in feeds(page.page()))
    linked = [url for _, url in own_links(front.page()) if fold(url).rstrip("/").endswith(("/rss", ".rss", "/feed"))]
    for url in [*named, *linked][:1]:
        feed = await budget.get(url)
        if feed is not None and feed.status == 200:
            brought.feeds.append(feed)
    told = [url for url in sitemaps(brought.robots) if same_site(url, front.url)]
    sitemap = await budget.get(told[0] if told else urljoin(front.url, "/sitemap.xml"))
    if sitemap is not None and sitemap.status == 200 and b"<loc>" in sitemap.body:
        brought.sitemap = sitemap

"""Explore an unknown portal by a plan that follows the pages before.

Fetching is an argument: the same exploration runs over the network and over a site in memory.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from crawler.listings.listing import Following, address_of
from crawler.probe.lists import ListBlock, best_block, list_blocks
from crawler.probe.machine_lists import article_sitemap, feed_addresses, posts_address, sitemap_address
from crawler.probe.page import VisitedPage, same_site
from crawler.probe.pagination import PageTrigger, find_next_page
from crawler.probe.sections import MenuLink, menu_links
from crawler.urls import with_parameter
from pipelines.html.addresses import split_address
from vietnam.letters import fold, strip_diacritics

Fetch = Callable[[Following], Awaitable[VisitedPage | None]]
WaysOn = Callable[["Exploration"], Sequence[Following]]

SECTIONS = 9
ARTICLES = 6
_KEPT_BACK = 16  # requests for articles, page links, machine lists and second looks
_WALKED = 2  # second pages that are asked for as the written spider would
_FEW = 2  # lists: below that more of the menu is visited before articles are
_TELLING = 60  # letters from which titles show their language
_FEEDS = 2  # tries for the portal's feed
_SITEMAPS = 2  # an index, and the sitemap of articles it names
_EVERYWHERE = 0.6  # share of lists from which an entry is a widget's


@dataclass(slots=True)
class ListProbe:
    """A section's first page, its list found by structure, and the result of its page link."""

    link: MenuLink
    visited: VisitedPage
    block: ListBlock
    second: VisitedPage | None = None
    way: PageTrigger | None = None
    guessed: bool = False


@dataclass(slots=True)
class Exploration:
    """Pages of a probe.

    `visited` are the menu's pages, `doubtful` lists whose entries stand on most other pages too, `no_lists` menu
    entries without any, `unanswered` those that were no page, `foreign` lists in another language, `unvisited` menu
    entries left over; `named` is the title and `days` the day of each address in a list. `walked` are second pages as
    the written spider asks for them, by address; `posts` is the answer of the software's own interface.
    """

    home: str
    front: VisitedPage | None = None
    again: list[tuple[VisitedPage, VisitedPage]] = field(default_factory=list)
    lists: list[ListProbe] = field(default_factory=list)
    doubtful: list[ListProbe] = field(default_factory=list)
    articles: list[VisitedPage] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    feeds: list[VisitedPage] = field(default_factory=list)
    sitemaps: list[VisitedPage] = field(default_factory=list)
    posts: VisitedPage | None = None
    walked: dict[str, VisitedPage] = field(default_factory=dict)
    no_lists: list[MenuLink] = field(default_factory=list)
    unanswered: list[MenuLink] = field(default_factory=list)
    visited: list[tuple[MenuLink, VisitedPage]] = field(default_factory=list)
    foreign: list[MenuLink] = field(default_factory=list)
    unvisited: list[MenuLink] = field(default_factory=list)
    menu: frozenset[str] = frozenset()
    robots: str = ""
    requests: int = 0


class _Budget:
    """Count of requests with its limit. `sent` includes redirects and second tries."""

    def __init__(self, fetch: Fetch, most: int, sent: Callable[[], int], has: Callable[[str], bool]) -> None:
        self._fetch, self.most, self._sent, self.has = fetch, most, sent, has
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
    ways_on: WaysOn = lambda _: (),
    has: Callable[[str], bool] = lambda _: True,
    also: Sequence[str] = (),
) -> Exploration:
    """Visit a portal with at most `most` requests, robots.txt counted.

    `robots` returns its text once it was fetched, `sent` the number of requests sent, redirects and second tries
    included. `ways_on` returns the second pages to which the spider of an exploration goes on,
    `has` whether an address can be asked for at all: of a folder only the saved ones. `also` are addresses that may be
    articles, where the lists name too few that can be asked for.
    """
    budget = _Budget(fetch, most, sent, has)
    exploration = Exploration(start)
    exploration.front = front = await budget.get(start)
    exploration.robots = robots()
    if front is None or not front.is_page:
        exploration.requests = budget.used
        return exploration
    await _sections(budget, exploration, front, now)
    await _articles(budget, exploration, also)
    await _further_pages(budget, exploration)
    await _second_looks(budget, exploration)
    await _machine_lists(budget, exploration, front, now)
    await _more_sections(budget, exploration, front, now)
    await _walk(budget, exploration, ways_on)
    exploration.requests = budget.used
    return exploration


async def _sections(budget: _Budget, exploration: Exploration, front: VisitedPage, now: datetime) -> None:
    """Visit the first of the menu's pages; the others wait until the rest of the limit is known."""
    offered = menu_links(front)
    exploration.menu = frozenset(link.url for link in offered)
    await _visit(budget, exploration, front, offered[:SECTIONS], min(_KEPT_BACK, budget.most // 2))
    waiting, done = offered[SECTIONS:], len(exploration.visited)
    _choose(exploration, now, 0)
    while waiting and len(exploration.lists) < _FEW and budget.left > min(_KEPT_BACK, budget.most // 2):
        waiting = _likeliest(waiting, exploration)
        await _visit(budget, exploration, front, waiting[:3], min(_KEPT_BACK, budget.most // 2))
        _choose(exploration, now, done)
        waiting, done = waiting[3:], len(exploration.visited)
    exploration.unvisited += waiting
    if not exploration.lists and not exploration.doubtful and all(page is not front for _, page in exploration.visited):
        exploration.visited.append((MenuLink("Trang chủ", front.url, True), front))
        _choose(exploration, now, len(exploration.visited) - 1)


async def _visit(
    budget: _Budget, exploration: Exploration, front: VisitedPage, links: Sequence[MenuLink], kept_back: int
) -> None:
    for link in links:
        if budget.left <= kept_back or not budget.has(link.url):
            exploration.unvisited.append(link)
            continue
        page = front if link.url == front.url else await budget.get(link.url)
        if page is not None and page.is_page and same_site(page.url, front.url):
            exploration.visited.append((link, page))
        else:
            exploration.no_lists.append(link)
            exploration.unanswered.append(link)


async def _more_sections(budget: _Budget, exploration: Exploration, front: VisitedPage, now: datetime) -> None:
    waiting, exploration.unvisited, done = exploration.unvisited, [], len(exploration.visited)
    await _visit(budget, exploration, front, _likeliest(waiting, exploration), _WALKED)
    _choose(exploration, now, done)
    places = {probed.block.where for probed in exploration.lists}
    exploration.no_lists += [
        probed.link for probed in exploration.doubtful if places and probed.block.where not in places
    ]
    exploration.doubtful = [probed for probed in exploration.doubtful if not places or probed.block.where in places]


def _likeliest(links: Sequence[MenuLink], exploration: Exploration) -> list[MenuLink]:
    """Sort the menu's links: first those in a folder with lists, last those in one with only other pages."""
    lists = {_folder(probed.link.url) for probed in exploration.lists}
    others = {_folder(link.url) for link, _ in exploration.visited} - lists
    return sorted(links, key=lambda link: (_folder(link.url) in others) - (_folder(link.url) in lists))


def _folder(url: str) -> str:
    return split_address(url).path.rstrip("/").rpartition("/")[0]


def _choose(exploration: Exploration, now: datetime, start: int) -> None:
    """Choose the visited pages, from `start` on, that show a list of their own; all show what stands everywhere."""
    every = [(link, page, list_blocks(page, now, exploration.menu)) for link, page in exploration.visited]
    wide = _everywhere(every)
    chosen = [(link, page, found, best_block(found, wide)) for link, page, found in every]
    places = {block.where for _, _, _, block in chosen if block is not None}
    for link, page, found, block in chosen[start:]:
        if block is not None and _is_foreign(block):
            exploration.foreign.append(link)
        elif block is not None:
            exploration.lists.append(ListProbe(link, page, block))
            exploration.named.update({url: title for url, title in block.links if url not in exploration.named})
            exploration.days.update(block.days)
        elif doubtful := next((each for each in found if not places or each.where in places), None):
            exploration.doubtful.append(ListProbe(link, page, doubtful))
        else:
            exploration.no_lists.append(link)


def _is_foreign(block: ListBlock) -> bool:
    """Return whether long enough titles have hardly a Vietnamese letter: the list of an English edition."""
    text = fold(" ".join(title for _, title in block.links))
    letters = sum(char.isalpha() for char in text)
    marked = sum(one != other for one, other in zip(text, strip_diacritics(text), strict=False))
    return letters >= _TELLING and marked * 50 < letters


def _everywhere(every: list[tuple[MenuLink, VisitedPage, list[ListBlock]]]) -> frozenset[tuple[str, str]]:
    """Return articles that most pages name at the same place: a widget's, not a section's. From three pages on."""
    if len(every) < 3:
        return frozenset()
    counts: dict[tuple[str, str], int] = {}
    for _, _, found in every:
        for placed in {(block.where, url) for block in found for url, _ in block.links}:
            counts[placed] = counts.get(placed, 0) + 1
    return frozenset(placed for placed, count in counts.items() if count > max(2, _EVERYWHERE * len(every)))


async def _articles(budget: _Budget, exploration: Exploration, also: Sequence[str]) -> None:
    """Visit articles from all lists in turn: the newest of each, then the next ones."""
    links = [[url for url, _ in probed.block.links if budget.has(url)] for probed in exploration.lists]
    queue = [listed[position] for position in range(4) for listed in links if position < len(listed)]
    known = exploration.menu | {page.url for _, page in exploration.visited}
    for url in dict.fromkeys([*queue, *(url for url in also if url not in known)]):
        if len(exploration.articles) >= ARTICLES or budget.left <= min(5, budget.most // 4):
            return
        page = await budget.get(url)
        if page is not None and page.is_page and same_site(page.url, exploration.home):
            exploration.articles.append(page)


async def _further_pages(budget: _Budget, exploration: Exploration) -> None:
    """Visit the second page of up to two lists; without a link there, try the commonest parameter once."""
    for probed in exploration.lists:
        way = find_next_page(probed.visited)
        if way is not None and sum(each.way is not None for each in exploration.lists) < 2:
            probed.way = way
            probed.second = await budget.get(way.following)
    if all(probed.way is None for probed in exploration.lists) and exploration.lists:
        probed = max(exploration.lists, key=lambda each: len(each.block.links))
        probed.second, probed.guessed = await budget.get(with_parameter(probed.visited.url, "page", "2")), True


async def _second_looks(budget: _Budget, exploration: Exploration) -> None:
    for first in [*exploration.articles[:1], *[probed.visited for probed in exploration.lists[:1]]]:
        second = await budget.get(first.requested)
        if second is not None:
            exploration.again.append((first, second))


async def _machine_lists(budget: _Budget, exploration: Exploration, front: VisitedPage, now: datetime) -> None:
    """Ask for what the portal's software itself lists: its feed, its posts, its sitemap."""
    named = filter(budget.has, feed_addresses(front, [probed.visited for probed in exploration.lists]))
    for url in list(named)[:_FEEDS]:
        feed = await budget.get(url)
        if feed is not None and feed.status == 200:
            exploration.feeds.append(feed)
            if b"<item" in feed.body or b"<entry" in feed.body:
                break
    if (address := posts_address(front)) and budget.has(address):
        posts = await budget.get(address)
        exploration.posts = posts if posts is not None and posts.status == 200 else None
    wanted: str | None = sitemap_address(exploration.robots, front)
    while wanted is not None and budget.has(wanted) and len(exploration.sitemaps) < _SITEMAPS:
        sitemap = await budget.get(wanted)
        wanted = None
        if sitemap is not None and sitemap.status == 200 and not sitemap.is_page:
            exploration.sitemaps.append(sitemap)
            wanted = article_sitemap(sitemap, now) if exploration.posts is None else None


async def _walk(budget: _Budget, exploration: Exploration, ways_on: WaysOn) -> None:
    """Ask for the second pages to which the written spider would go on, as it asks for them."""
    for following in list(dict.fromkeys(ways_on(exploration)))[:_WALKED] if budget.left > 0 else ():
        page = await budget.get(following)
        if page is not None:
            exploration.walked[address_of(following)] = page

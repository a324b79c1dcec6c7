"""Find the sections a portal's menu names, and the feeds and sitemaps it links. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.downloader.state_links import changes_state
from crawler.listings.alternate_urls import is_archive
from crawler.probe.page import VisitedPage, own_links, same_site
from crawler.urls import absolute, parameters
from pipelines.html.addresses import split_address
from pipelines.html.tree import HtmlPage, brief_text, tag_of, text_of
from vietnam.letters import fold, strip_diacritics

_NEWS = re.compile(
    r"\btin\b|su kien|thoi su|hoat dong|chi dao|kinh te|xa hoi|van hoa|chinh tri|the thao|giao duc|y te|du lich|"
    r"quoc phong|an ninh|phap luat|doi song|thong bao|bai viet|chuyen muc|trong nuoc|quoc te|khoa hoc|nong nghiep|"
    r"nong thon|dau tu|doanh nghiep|cai cach|doi ngoai|moi truong|xay dung|news"
)
_NO_SECTION = re.compile(
    r"^(?:trang chu|home|lien he|dang (?:nhap|ky)(?: (?:thanh vien|tai khoan))?|thanh vien|tai khoan|tim kiem|"
    r"so do (?:cong|trang|site).*|site ?map|rss|english|tieng viet|"
    r"vi|en|hoi dap|gop y|thu (?:dien tu|cong vu)|email|login|search|video|thu vien (?:anh|video).*|facebook|zalo|"
    r"gioi thieu.*|dich vu cong.*|so do.*|danh ba.*|lich (?:tiep|cong tac|lam viec).*|co cau to chuc.*|doi tra.*|"
    r"xem them|chi tiet|in trang|quay lai|(?:page|trang)(?: so)? \d+)$"
)
_MENU = re.compile(r"(?:^|[\s_-])(?:nav\w*|menu\w*|mainmenu|topmenu|megamenu|sf-menu|danh-?muc|chuyen-?muc)", re.I)
_LONGEST = 60
_SHORT = 36  # characters of a menu's words where nothing else says that it is one
_MOST_LINKS = 120
_ENOUGH = 3  # links of menus from which headings are not asked
_PAGE_PARAMETERS = frozenset({"page", "paged", "trang", "pageindex", "pageno", "cur"})
_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link that may lead to a section: its words, its address, and whether its words name news."""

    title: str
    url: str
    news: bool


def menu_links(front: VisitedPage) -> list[MenuLink]:
    """Return the menu's links, each address once: news before the rest, real menus before what only looks like one.

    A menu is known by tag, role or name, else by its shape: short links side by side, in a row, a foot or a drop-down
    box.
    """
    page = front.page()
    shaped = _shaped(page)
    found: dict[str, tuple[int, MenuLink]] = {}
    for link, url in own_links(page):
        title = text_of(link) or (link.get("title") or "")
        if not _may_name(title, url):
            continue
        rank = 0 if _in_menu(link) else 1 if link in shaped else 2 if _heads_a_box(link, title) else 3
        if rank < 3:
            _offer(found, rank, title, url)
    for option in page.match("select option[value]"):
        value = option.get("value") or ""
        there = absolute(page.base, value) if "/" in value or "?" in value else None
        if there and same_site(there, page.url) and _may_name(text_of(option), there):
            _offer(found, 1, text_of(option), there)
    if sum(rank < 2 for rank, _ in found.values()) >= _ENOUGH:
        found = {url: ranked for url, ranked in found.items() if ranked[0] < 2}
    return [link for _, link in sorted(found.values(), key=lambda each: (not each[1].news, each[0]))]


def _heads_a_box(link: HtmlElement, title: str) -> bool:
    """Return whether a link is the heading of a box, which leads to the box's section: for portals without a menu."""
    return len(title) <= _SHORT and any(
        tag_of(each) in ("h2", "h3", "h4", "h5") for each in list(link.iterancestors())[:3]
    )


def _offer(found: dict[str, tuple[int, MenuLink]], rank: int, title: str, url: str) -> None:
    if url not in found or rank < found[url][0]:
        found[url] = (rank, MenuLink(title, url, bool(_NEWS.search(_plain(title)))))


def _may_name(title: str, url: str) -> bool:
    """Return whether words and address may be a section's: neither a picture, a number, a form nor the front page."""
    plain = _plain(title)
    if (
        changes_state(url)
        or is_archive(url)
        or _is_further_page(url)
        or not 3 <= len(title) <= _LONGEST
        or not any(char.isalpha() for char in plain)
        or _NO_SECTION.match(plain)
    ):
        return False
    return split_address(url).path not in ("", "/") or bool(split_address(url).query)


def _is_further_page(url: str) -> bool:
    """Return whether an address is a list's second page or a later one, by a parameter: what a pager leads to."""
    return any(
        name.lower() in _PAGE_PARAMETERS and value.isdecimal() and int(value) > 1
        for name, value in parameters(split_address(url).query)
    )


def _shaped(page: HtmlPage) -> frozenset[HtmlElement]:
    """Return links in boxes that hold little but short links to other pages: a menu without its tag or name.

    Longer links beside them make a box a list of articles; so does prose.
    """
    found: set[HtmlElement] = set()
    for box in page.root.iter("ul", "ol", "div", "tr", "td", "p", "table", "span", "center"):
        links = [link for link, _ in own_links(page, box)]
        if not 3 <= len(links) <= _MOST_LINKS:
            continue
        words = [text_of(link) for link in links]
        short = [link for link, text in zip(links, words, strict=True) if 3 <= len(text) <= _SHORT]
        whole, linked = len(brief_text(box, 4000)), sum(map(len, words))
        if len(short) * 5 >= len(links) * 4 and linked * 10 >= whole * 7:
            found.update(short)
    return frozenset(found)


def _in_menu(link: HtmlElement) -> bool:
    for each in link.iterancestors():
        tag = tag_of(each)
        if tag == "nav" or each.get("role") in ("navigation", "menubar", "menu"):
            return True
        if tag in ("footer", "body"):
            return False
        if tag == "header" or _MENU.search(f"{each.get('class', '')} {each.get('id', '')}"):
            return True
    return False


def section_name(title: str, taken: Sequence[str]) -> str:
    """Return a section's short name from its words: `Tin trong tỉnh` is `tin-trong-tinh`; used names get a number."""
    plain = _UNFIT.sub("-", _plain(title)).strip("-") or "muc"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def feeds(page: HtmlPage) -> list[str]:
    """Return feeds that the page's head names on its own host."""
    found = [
        absolute(page.base, element.get("href") or "")
        for element in page.match("link[rel~=alternate]")
        if (element.get("type") or "").lower() in ("application/rss+xml", "application/atom+xml")
    ]
    return list(dict.fromkeys(url for url in found if url and same_site(url, page.url)))


def sitemaps(robots: str) -> list[str]:
    """Return sitemaps that a robots.txt names."""
    return [line.partition(":")[2].strip() for line in robots.splitlines() if line.lower().startswith("sitemap:")]


def _plain(words: str) -> str:
    return strip_diacritics(fold(words)).strip(" .:»›-|")

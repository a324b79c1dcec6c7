"""The sections a portal's menu names, and feeds and sitemaps it links. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.addresses import absolute
from crawler.probe.seen import Visited, own_links, same_site
from pipelines.markup import Page, match, tag_of, text_of
from vietnam.letters import fold, strip_diacritics

__all__ = ["MenuLink", "feeds", "menu_links", "section_name", "sitemaps"]

_NEWS = re.compile(
    r"\btin\b|su kien|thoi su|hoat dong|chi dao|kinh te|xa hoi|van hoa|chinh tri|the thao|giao duc|y te|du lich|"
    r"quoc phong|an ninh|phap luat|doi song|thong bao|bai viet|chuyen muc|trong nuoc|quoc te|khoa hoc|nong nghiep|"
    r"nong thon|dau tu|doanh nghiep|cai cach|doi ngoai|moi truong|xay dung|news"
)
_NO_SECTION = re.compile(
    r"^(?:trang chu|home|lien he|dang nhap|dang ky|tim kiem|so do (?:cong|trang|site).*|site ?map|rss|english|tieng viet|"
    r"vi|en|hoi dap|gop y|thu (?:dien tu|cong vu)|email|login|search|video|thu vien (?:anh|video).*|facebook|zalo|"
    r"gioi thieu.*|dich vu cong.*|so do.*|danh ba.*|lich (?:tiep|cong tac|lam viec).*|co cau to chuc.*|doi tra.*|"
    r"xem them|chi tiet|in trang|quay lai)$"
)
_MENU = re.compile(r"(?:^|[\s_-])(?:nav\w*|menu\w*|mainmenu|topmenu|megamenu|sf-menu|danh-?muc|chuyen-?muc)", re.I)
_LONGEST = 60
_UNFIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class MenuLink:
    """A link that may lead to a section: its words, its address, and whether its words name news."""

    title: str
    url: str
    news: bool


def menu_links(front: Visited) -> list[MenuLink]:
    """What the menu offers, news first, in the menu's order; each address once."""
    page = front.page()
    found: dict[str, MenuLink] = {}
    for link, url in own_links(page):
        title = text_of(link) or (link.get("title") or "")
        plain = _plain(title)
        if not 3 <= len(title) <= _LONGEST or _NO_SECTION.match(plain) or not _in_menu(link):
            continue
        if urlsplit(url).path in ("", "/") and not urlsplit(url).query:
            continue
        found.setdefault(url, MenuLink(title, url, bool(_NEWS.search(plain))))
    return sorted(found.values(), key=lambda each: not each.news)


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
    """A section's short name from its words: `Tin trong tỉnh` is `tin-trong-tinh`; a number behind a name that is taken."""
    plain = _UNFIT.sub("-", _plain(title)).strip("-") or "muc"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}-{number}", number + 1
    return name


def feeds(page: Page) -> list[str]:
    """Feeds that the page's head names on its own host."""
    found = [
        absolute(page.base, element.get("href") or "")
        for element in match(page.root, "link[rel~=alternate]")
        if (element.get("type") or "").lower() in ("application/rss+xml", "application/atom+xml")
    ]
    return list(dict.fromkeys(url for url in found if url and same_site(url, page.url)))


def sitemaps(robots: str) -> list[str]:
    """Sitemaps that a robots.txt names."""
    return [line.partition(":")[2].strip() for line in robots.splitlines() if line.lower().startswith("sitemap:")]


def _plain(words: str) -> str:
    return strip_diacritics(fold(words)).strip(" .:»›-|")

"""A family is tried on each list as on that of its own section; boxes of other sections stand beside the entries.

Three portals of three families, which tell their own entries by the category in the address, a class, or the path.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pytest

from crawler.families.nukeviet import NukeVietSpider
from crawler.families.webforms import WebFormsSpider
from crawler.families.wordpress import WordPressSpider
from crawler.listings.listing import Following, address_of
from crawler.portal import PortalSpider
from crawler.probe.explore import Exploration, explore
from crawler.probe.infer import infer_portal
from crawler.probe.page import VisitedPage
from crawler.probe.result import ProbeResult, listing_of, spider_of
from crawler.probe.write import saved_pages
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 12, 23, 59, 59, tzinfo=TZ)
ENTRIES = 6
_MORE = "bà con các bản cùng góp công và hẹn nhau xong trước ngày hội"


@dataclass(frozen=True)
class Portal:
    """A portal in memory: its sections' titles by path, and how its software writes addresses, lists and articles.

    `row` writes an entry by its position, `box` some articles of another section.
    """

    host: str
    family: type[PortalSpider]
    sections: Mapping[str, str]
    deeds: tuple[str, ...]
    address: Callable[[str, int], str]
    row: Callable[[str, int, str, str], str]
    box: Callable[[str, list[tuple[str, str]]], str]
    listing: Callable[[list[str], str], str]
    article: Callable[[str, str], str]

    def title(self, path: str, number: int) -> str:
        deed = self.deeds[(number + list(self.sections).index(path)) % len(self.deeds)]
        return f"{self.sections[path]}: {deed}, đợt {number + 1}"

    def pages(self) -> dict[str, str]:
        """Return each page by its path."""
        menu = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in self.sections.items())
        made = {"/": f"<nav><ul>{menu}</ul></nav><p>Kính chào quý bà con.</p>"}
        paths = list(self.sections)
        for path, other in zip(paths, [*paths[1:], paths[0]], strict=True):
            named = [(self.address(path, n), self.title(path, n)) for n in range(ENTRIES)]
            rows = [self.row(path, n, *each) for n, each in enumerate(named)]
            boxed = self.box(
                other, [(self.address(other, n), f"{self.title(other, n)}, {_MORE}") for n in range(ENTRIES)]
            )
            made[path] = f"<nav><ul>{menu}</ul></nav>{self.listing(rows, boxed)}"
            for url, title in named:
                text = f"{title}. Bà con cùng làm trong ba ngày, xong trước tuần mưa, mỗi nhà góp một công."
                made[url] = f"<nav><ul>{menu}</ul></nav>{self.article(title, f'<p>{text}</p><p>{text[::-1]}</p>')}"
        return {path: f"<html><head><title>x</title></head><body>{body}</body></html>" for path, body in made.items()}


def _grid_row(_path: str, number: int, url: str, title: str) -> str:
    if number == 0:
        return f'<div class=news_column><div class=panel-body><h2><a href="{url}">{title}</a></h2></div></div>'
    return f'<div class=o><div class=thumbnail><h4><a class=show href="{url}">{title}</a></h4></div></div>'


GRID = Portal(
    "xamuongnhe.mau.vn",
    NukeVietSpider,
    {"/ruong-bac-thang/": "Ruộng bậc thang", "/chan-nuoi/": "Chăn nuôi", "/ban-lang/": "Bản làng"},
    ("phát cỏ bờ mương", "tiêm phòng cho đàn trâu", "dựng cổng chào mới"),
    lambda path, n: f"{path}bai-viet-{100 * len(path) + n}.html",
    _grid_row,
    lambda _path, links: "".join(f'<div><h5><a href="{url}">{title}</a></h5> 09/03/2025</div>' for url, title in links),
    lambda rows, box: (
        f"<div class=cot><div class=o>{box}</div><div>{''.join(rows)}<ul class=pagination><li><a href=#>1</a></li></ul></div></div>"
    ),
    lambda title, text: (
        f"<div class=news_column><h1 class=title itemprop=headline>{title}</h1><div class=row>"
        f"<span class=h5>Thứ hai - 10/03/2025 08:05</span></div><div id=news-bodyhtml>{text}</div></div>"
    ),
)


def _posts_box(path: str, links: list[tuple[str, str]]) -> str:
    name = path.strip("/").rpartition("/")[2]
    posts = (f'<div><h4 class=entry-title><a href="{url}">{title}</a></h4> 09/03/2025</div>' for url, title in links)
    return f'<li class="hentry category-{name}">{"".join(posts)}</li>'


POSTS = Portal(
    "truonghocbaugom.mau.vn",
    WordPressSpider,
    {"/category/lop-hoc/": "Lớp học", "/category/san-choi/": "Sân chơi", "/category/thu-vien/": "Thư viện"},
    ("các em trồng cây quanh sân", "thầy cô mở buổi đọc sách", "phụ huynh sơn lại hàng rào", "thi kéo co"),
    lambda path, n: f"/2025/03/bai-{path.strip('/').rpartition('/')[2]}-so-{'abcdefg'[n]}/",
    lambda path, _n, url, title: (
        f'<li class="wp-block-post category-{path.strip("/").rpartition("/")[2]}"><h3><a href="{url}">{title}</a></h3></li>'
    ),
    _posts_box,
    lambda rows, box: (
        '<link rel="https://api.w.org/" href="/wp-json/"><main id=main><ul class=wp-block-post-template>'
        f"{''.join([*rows[:2], box, *rows[2:]])}</ul></main>"
    ),
    lambda title, text: (
        f'<link rel="https://api.w.org/" href="/wp-json/"><article class="post hentry"><h1 class=entry-title>{title}</h1>'
        f'<time class="entry-date published" datetime="2025-03-10T08:05:00+07:00">10/03/2025</time><div class=entry-content>'
        f"{text}</div></article>"
    ),
)
FORMS = Portal(
    "bentrehoa.mau.vn",
    WebFormsSpider,
    {"/vi/tau-thuyen": "Tàu thuyền", "/vi/cho-ca": "Chợ cá", "/vi/den-bien": "Đèn biển"},
    ("thay lưới trước mùa gió chướng", "đo lại luồng vào bến", "mở thêm quầy cân điện tử", "sửa kè đá", "phát áo phao"),
    lambda path, n: f"{path}/ban-tin-{'abcdefg'[n]}",
    lambda _path, _n, url, title: f'<tr><td><a href="{url}">{title}</a></td></tr>',
    lambda _path, links: (
        f"<tr><td>{''.join(f'<p><a href={url}>{title}</a> 09/03/2025</p>' for url, title in links)}</td></tr>"
    ),
    lambda rows, box: (
        "<form method=post><input type=hidden name=__VIEWSTATE value=a><input type=hidden name=__EVENTVALIDATION value=b>"
        f"<table>{''.join([*rows[:2], box, *rows[2:]])}</table></form>"
    ),
    lambda title, text: (
        f"<div class=bai><div class=title-article>{title}</div><span id=datearticle>10/03/2025 08:05</span>"
        f"<div class=chitietbaiviet>{text}</div></div>"
    ),
)
every_portal = pytest.mark.parametrize("portal", [GRID, POSTS, FORMS], ids=lambda portal: portal.host)


def probed(portal: Portal) -> tuple[Exploration, ProbeResult]:
    pages = portal.pages()

    async def fetch(following: Following) -> VisitedPage | None:
        url = address_of(following)
        body = pages.get(url.removeprefix(f"https://{portal.host}"))
        return VisitedPage(url, url, 200 if body else 404, (body or "<html>404</html>").encode(), charset="utf-8")

    brought = asyncio.run(explore(fetch, f"https://{portal.host}/", 30, NOW))
    return brought, infer_portal(brought, "la", "Trang mẫu", NOW)


@every_portal
def test_a_family_is_tried_on_each_list_as_its_section(portal: Portal) -> None:
    brought, found = probed(portal)
    paths = list(portal.sections)
    boxed = {portal.address(paths[0], n) for n in range(ENTRIES)}
    assert {url.removeprefix(f"https://{portal.host}") for url, _ in brought.lists[2].block.links} == boxed
    assert found.portal is not None, found.undecided
    assert found.portal.family is portal.family, found.evidence
    assert [section.path for section in found.portal.sections] == list(portal.sections)
    spider = spider_of(found.portal)
    for link, page in brought.visited:
        section = next(each for each in found.portal.sections if link.url.endswith(each.path))
        wanted = {portal.address(section.path, n) for n in range(ENTRIES)}
        read = listing_of(spider, page, section).entries
        assert {entry.url.removeprefix(f"https://{portal.host}") for entry in read} == wanted
    assert not [line for line in found.undecided if line.startswith("section")]


@every_portal
def test_a_saved_list_is_expected_as_its_section_reads_it(portal: Portal) -> None:
    brought, found = probed(portal)
    saved = {
        str(values["url"]): values for _, _, values in saved_pages(found, brought, NOW) if values["kind"] == "list"
    }
    second = list(portal.sections)[1]
    entries = saved[f"https://{portal.host}{second}"]["entries"]
    assert isinstance(entries, list)
    assert sorted(entry["url"].removeprefix(f"https://{portal.host}") for entry in entries) == sorted(
        portal.address(second, n) for n in range(ENTRIES)
    )

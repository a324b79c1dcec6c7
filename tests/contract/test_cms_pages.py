"""Pages rendered by NukeViet and WordPress themselves, read by the family's spider and, where that can be, without one.

They stand outside the project; without them there is nothing to read. Their expectations name what an article says; which
entries a list shows is written here, by number, as a reader of the page counts them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypedDict

import lxml.html
import pytest
from scrapy.http import HtmlResponse

from archive.model.enums import Outcome
from crawler.families.nukeviet import NukeVietSpider
from crawler.families.wordpress import WordPressSpider
from crawler.listings.feeds import read_feed, read_sitemap
from crawler.listings.listing import Listing, Section
from crawler.portal import PortalSpider, Sure, own_hosts
from crawler.requests import Expect, RequestInfo
from crawler.responses.facts import facts_of
from crawler.responses.outcome import classify
from pipelines.article import Article, BlockKind, Layout
from pipelines.clean import clean
from pipelines.extract import extract
from testing.recorded import ABSENT, DATA
from vietnam.date_forms import TZ

FOLDER = DATA / "cms"
NOW = datetime(2026, 11, 30, 12, 0, tzinfo=TZ)
CATEGORIES = ("nong-nghiep", "giao-duc", "y-te", "giao-thong", "van-hoa", "hanh-chinh")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)


class XaNukeviet(NukeVietSpider):
    name = "xa_nukeviet"
    title = "Một xã trên NukeViet"
    province = None
    home = "https://xatruclam.mau.vn"
    sections = tuple(Section(slug, f"/{slug}/", slug) for slug in CATEGORIES)
    sure = Sure.DESCRIBED


class XaWordpressClassic(WordPressSpider):
    name = "xa_wordpress_classic"
    title = "Một xã trên WordPress"
    province = None
    home = "https://wp21.mau.vn"
    sections = tuple(Section(slug, f"/category/{slug}/", slug) for slug in CATEGORIES)
    sure = Sure.DESCRIBED


class XaWordpressBlock(XaWordpressClassic):
    name = "xa_wordpress_block"
    home = "https://wp23.mau.vn"


PORTALS: dict[str, type[PortalSpider]] = {
    "nukeviet": XaNukeviet,
    "wordpress-classic": XaWordpressClassic,
    "wordpress-block": XaWordpressBlock,
}


class Expected(TypedDict, total=False):
    title: str
    published: str
    author: str | None
    lead: str | None
    paragraphs: list[str]
    sign_off: str | None
    captions: list[str]
    attachments: list[str]
    must_not_appear: list[str]


@dataclass(frozen=True, slots=True)
class Page:
    """A saved page of one of the portals; `path` is where it stood as far as its reading depends on that."""

    portal: type[PortalSpider]
    folder: str
    name: str
    path: str = "/x-1.html"

    @property
    def url(self) -> str:
        return f"{self.portal.home}.replica.test{self.path}"

    @property
    def body(self) -> bytes:
        return (FOLDER / self.folder / self.name).read_bytes()

    def listing(self, section: str, number: int = 1) -> Listing:
        found = next(each for each in self.portal.sections if each.name == section)
        return self.portal.read_listing(self.url, self.body.decode(), found, number)

    def outcome(self, expect: Expect, status: int = 200, headers: dict[str, str] | None = None) -> Outcome:
        response = HtmlResponse(self.url, status, {"Content-Type": "text/html", **(headers or {})}, body=self.body)
        hosts = frozenset(f"{host}.replica.test" for host in own_hosts(self.portal))
        info = RequestInfo(expect, self.url, "")
        home = f"{self.portal.home}.replica.test"
        return classify(facts_of(response, info, home, hosts, self.portal.layouts))[0]


def _articles() -> dict[tuple[str, str], Expected]:
    found: dict[tuple[str, str], Expected] = {}
    for folder in PORTALS if FOLDER.is_dir() else ():
        pages = json.loads((FOLDER / folder / "expected.json").read_text(encoding="utf-8"))["pages"]
        found |= {(folder, name): page for name, page in pages.items() if "title" in page}
    return found


ARTICLES = _articles()
COPIES = {("nukeviet", "print-54.html"), ("nukeviet", "savefile-54.html")}
BY_FAMILY = sorted(set(ARTICLES) - COPIES)


@cache
def read(folder: str, name: str, layouts: tuple[Layout, ...]) -> Article:
    page = Page(PORTALS[folder], folder, name)
    return clean(extract(page.body, page.url, layouts, NOW))


def plain(title: str) -> str:
    """Return a title with the one dash that WordPress turns into another."""
    return title.replace(" – ", " - ")


def lines_of(article: Article, *kinds: BlockKind) -> list[str]:
    return [block.text for block in article.blocks if not kinds or block.kind in kinds]


def texts(page: Expected) -> list[str]:
    return [*page["paragraphs"], *filter(None, (page["lead"], page["sign_off"])), *page["captions"]]


@pytest.mark.parametrize(("folder", "name"), BY_FAMILY)
def test_an_article_by_its_family(folder: str, name: str) -> None:
    page, article = ARTICLES[folder, name], read(folder, name, PORTALS[folder].layouts)

    assert (article.layout != "none", article.flags) == (True, ())
    assert (plain(article.title), article.author) == (page["title"], page["author"] or page["sign_off"])
    assert article.published is not None
    assert article.published.isoformat()[:16] == page["published"][:16]
    assert article.lead == page["lead"]
    assert [text for text in texts(page) if text not in lines_of(article)] == []
    assert [text for text in lines_of(article) if lines_of(article).count(text) > 1] == []
    named = {file.name for file in article.attachments}
    assert [file for file in page["attachments"] if file not in named] == []
    assert [text for text in page["must_not_appear"] if text in article.text()] == []


@pytest.mark.parametrize(("folder", "name"), BY_FAMILY)
def test_an_article_has_nothing_but_its_own_text(folder: str, name: str) -> None:
    page, article = ARTICLES[folder, name], read(folder, name, PORTALS[folder].layouts)
    own = {*texts(page), page["author"], f"Tác giả: {page['author']}"}
    featured = {image.caption for image in article.images}

    assert [text for text in lines_of(article) if text not in own | featured] == []


@pytest.mark.parametrize(("folder", "name"), sorted(ARTICLES))
def test_an_article_without_a_family(folder: str, name: str) -> None:
    page, article = ARTICLES[folder, name], read(folder, name, ())

    assert plain(article.title) == page["title"]
    assert article.published is not None
    assert article.published.isoformat()[:16] == page["published"][:16]
    assert [text for text in texts(page) if text not in article.text()] == []
    assert [text for text in page["must_not_appear"] if text in article.text()] == []


# Numbers of the entries in the page's main column; number of the next page, None on the last one.
NUKEVIET_LISTS = [
    ("list.html", "giao-thong", 1, "54 59 4 10 16 22 28 34 40 46", 2),
    ("list-page-2.html", "giao-thong", 2, "16 22 28 34 40 46", 3),
    ("mobile-list.html", "giao-thong", 1, "54 59 4 10 16 22 28 34 40 46", 2),
    ("list-view-page_new.html", "nong-nghiep", 1, "1 56 58 7 19 25 31 37 43", 2),
    ("list-view-page_new-page-2.html", "nong-nghiep", 2, "19 25 31 37 43", 3),
    ("list-view-grid_new.html", "nong-nghiep", 1, "1 56 58 7", 2),
    ("list-view-grid_new-page-2.html", "nong-nghiep", 2, "19 25 31 37", 3),
    ("list-view-list_new.html", "nong-nghiep", 1, "1 56 58 7", 2),
    ("list-view-list_new-page-2.html", "nong-nghiep", 2, "19 25 31 37", 3),
    ("list-view-main_right.html", "nong-nghiep", 1, "1 56 58 7", 2),
    ("list-view-main_right-page-2.html", "nong-nghiep", 2, "19 7 58 56 1", 3),
]


@pytest.mark.parametrize(("name", "section", "number", "ids", "following"), NUKEVIET_LISTS)
def test_a_list_of_nukeviet(name: str, section: str, number: int, ids: str, following: int) -> None:
    path = f"/{section}/" + (f"page-{number}/" if number > 1 else "")
    listing = Page(XaNukeviet, "nukeviet", name, path).listing(section, number)

    assert [entry.key for entry in listing.entries] == ids.split()
    assert all(
        entry.title and not entry.title[-1] == ")" and not entry.title[0].isdigit()
        for entry in listing.entries
        if entry.key != "59"
    )
    assert listing.next == f"{XaNukeviet.home}.replica.test/{section}/page-{following}/"


WORDPRESS = ("wordpress-classic", "wordpress-block")


@pytest.mark.parametrize("folder", WORDPRESS)
@pytest.mark.parametrize(("name", "number"), [("list.html", 1), ("list-page-2.html", 2)])
def test_a_list_of_wordpress(folder: str, name: str, number: int) -> None:
    path = "/category/nong-nghiep/" + (f"page/{number}/" if number > 1 else "")
    page = Page(PORTALS[folder], folder, name, path)
    listing = page.listing("nong-nghiep", number)
    tree: lxml.html.HtmlElement = lxml.html.document_fromstring(page.body)
    posts = [link.get("href") for post in tree.find_class("type-post") for link in post.iterfind(".//h2/a")]

    assert len(posts) == 4
    assert [entry.url for entry in listing.entries] == posts
    assert all(entry.title and entry.day for entry in listing.entries)
    assert listing.next == f"{page.portal.home}.replica.test/category/nong-nghiep/page/{number + 1}/"


@pytest.mark.parametrize(
    ("folder", "name", "expect", "status", "outcome"),
    [
        ("nukeviet", "404.html", Expect.ARTICLE, 200, Outcome.SOFT_404),
        ("nukeviet", "404.html", Expect.ARTICLE, 404, Outcome.GONE),
        ("nukeviet", "closed-site.html", Expect.ARTICLE, 200, Outcome.MAINTENANCE),
        ("nukeviet", "closed-site.html", Expect.LISTING, 200, Outcome.MAINTENANCE),
        ("wordpress-classic", "404.html", Expect.ARTICLE, 200, Outcome.SOFT_404),
        ("wordpress-block", "404.html", Expect.ARTICLE, 200, Outcome.SOFT_404),
        ("wordpress-classic", "maintenance.html", Expect.ARTICLE, 503, Outcome.MAINTENANCE),
        ("wordpress-classic", "password-protected.html", Expect.ARTICLE, 200, Outcome.LOGIN),
        ("wordpress-classic", "password-protected-vi.html", Expect.ARTICLE, 200, Outcome.LOGIN),
        ("wordpress-block", "password-protected.html", Expect.ARTICLE, 200, Outcome.LOGIN),
    ],
)
def test_what_is_no_article_is_known(folder: str, name: str, expect: Expect, status: int, outcome: Outcome) -> None:
    assert Page(PORTALS[folder], folder, name).outcome(expect, status) is outcome


@pytest.mark.parametrize(("folder", "name"), BY_FAMILY)
def test_an_article_is_one(folder: str, name: str) -> None:
    assert Page(PORTALS[folder], folder, name).outcome(Expect.ARTICLE) is Outcome.ARTICLE


@pytest.mark.parametrize("folder", PORTALS)
def test_feed_and_sitemaps_name_articles_and_nothing_else(folder: str) -> None:
    portal = PORTALS[folder]
    base, key_of = f"{portal.home}.replica.test/", portal.entry_key
    feed = read_feed(base, Page(portal, folder, "feed.xml").body, key_of, NOW)
    index = read_sitemap(base, Page(portal, folder, "sitemap-index.xml").body, key_of, NOW)
    named = Page(portal, folder, "sitemap-news.xml" if folder == "nukeviet" else "sitemap-posts.xml")
    sitemap = read_sitemap(base, named.body, key_of, NOW)

    assert len(feed.entries) == named_in(Page(portal, folder, "feed.xml").body, b"<item>")
    assert all(entry.day for entry in feed.entries) or folder == "nukeviet"
    assert len(sitemap.entries) == named_in(named.body, b"<loc>")
    assert len(index.more) == named_in(Page(portal, folder, "sitemap-index.xml").body, b"<loc>")


def named_in(body: bytes, tag: bytes) -> int:
    return body.count(tag)

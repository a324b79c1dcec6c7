"""The score is judged by what the site itself says: feeds, interface, metadata, other readings; three portals each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from crawler.listings.feeds import FeedItem
from crawler.probe.evidence import (
    ReadArticle,
    ReadList,
    facts_of,
    frame_lines,
    judge_authors,
    judge_lists,
    judge_texts,
    judge_times,
    judge_titles,
)
from crawler.probe.machine_lists import MachineList, article_sitemap, posts_address, read_machine_lists
from crawler.probe.page import VisitedPage
from crawler.probe.result import Check, PortalDraft, ProbeResult
from pipelines.article import Article, Block, BlockKind
from vietnam.date_forms import TZ
from vietnam.dates import Moment

NOW = datetime(2025, 3, 12, 23, 59, 59, tzinfo=TZ)
AT = Moment(date(2025, 3, 9), time(7, 45))
PORTALS = {
    "xabanmo.mau.vn": ("Xã Bản Mò mở lớp dạy đan lát", "Lớp học có hai mươi người, mở ở nhà văn hóa thôn Nà Pục."),
    "phuongdong.mau.vn": ("Phường Cửa Đông sửa xong bờ kè", "Bờ kè dài bốn trăm mét, sửa trong ba tháng mùa khô."),
    "huyendao.mau.vn": (
        "Tàu ra đảo chạy thêm hai chuyến",
        "Vé bán từ năm giờ sáng ở bến Tàu Chợ, trẻ em đi không mất tiền.",
    ),
}


def page(host: str, head: str = "", body: str = "", number: int = 1) -> VisitedPage:
    url = f"https://{host}/tin/bai-{number}.html"
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return VisitedPage(url, url, 200, html.encode(), (("content-type", "text/html; charset=utf-8"),))


def article(host: str, number: int = 1, **fields: object) -> Article:
    title, text = PORTALS[host]
    url = f"https://{host}/tin/bai-{number}.html"
    made = Article(url, f"{title} {number}", (Block(BlockKind.PARAGRAPH, f"{text} Bài {number}."),), published=AT)
    return replace(made, **fields)  # type: ignore[arg-type]  # fields of Article


def samples(host: str, *made: Article, head: str = "", body: str = "") -> list[ReadArticle]:
    return [ReadArticle(page(host, head, body, number), each) for number, each in enumerate(made, 1)]


def feed(host: str, *items: FeedItem) -> list[MachineList]:
    return [MachineList("feed", items)]


def item(host: str, number: int = 1, **fields: object) -> FeedItem:
    made = FeedItem(f"http://www.{host}/tin/bai-{number}.html", f"{PORTALS[host][0]} {number}", AT)
    return replace(made, **fields)  # type: ignore[arg-type]  # fields of FeedItem


def key_of(url: str) -> str | None:
    return url.rpartition("-")[2].removesuffix(".html") if "/tin/" in url else None


every_portal = pytest.mark.parametrize("host", sorted(PORTALS))


@every_portal
def test_a_lost_minute_is_held_against_the_metadata(host: str) -> None:
    head = '<meta property="article:published_time" content="2025-03-09T07:45:00+07:00">'
    right = judge_times(samples(host, article(host), article(host, 2), head=head), facts_of([]), NOW)
    day_alone = article(host, published=Moment(AT.day))
    wrong = judge_times(samples(host, day_alone, article(host, 2), head=head), facts_of([]), NOW)
    assert (right.held, right.against, right.is_checked) == (2, 0, True)
    assert (wrong.held, wrong.against) == (1, 1)


@every_portal
def test_a_time_without_any_other_statement_is_unchecked(host: str) -> None:
    judged = judge_times(samples(host, article(host), article(host, 2)), facts_of([]), NOW)
    assert (judged.held, judged.against, judged.is_checked) == (0, 0, False)


@every_portal
def test_a_feeds_time_speaks_for_the_page_under_any_spelling_of_its_address(host: str) -> None:
    facts = facts_of(feed(host, item(host), item(host, 2, published=Moment(AT.day, time(9, 1)))))
    judged = judge_times(samples(host, article(host), article(host, 2)), facts, NOW)
    assert (judged.held, judged.against, list(judged.by)) == (1, 1, ["feed"])


@every_portal
def test_the_sites_name_in_every_title_is_no_title(host: str) -> None:
    named = [article(host, n, title=f"{PORTALS[host][0]} {n} | Cổng của {host}") for n in (1, 2, 3)]
    assert judge_titles(samples(host, *named), facts_of([])).against == 3
    plain = [article(host, n) for n in (1, 2, 3)]
    facts = facts_of(feed(host, item(host), item(host, 2), item(host, 3)))
    assert judge_titles(samples(host, *plain), facts).held == 3


@every_portal
def test_a_line_that_all_texts_have_is_the_frames(host: str) -> None:
    line = Block(BlockKind.LEAD, {"xabanmo.mau.vn": "null", "phuongdong.mau.vn": "Đọc bài"}.get(host, "Cỡ chữ A A A"))
    framed = [replace(made, blocks=(line, *made.blocks)) for made in (article(host, n) for n in (1, 2, 3))]
    assert frame_lines(samples(host, *framed)) == [line.text.lower()]
    assert frame_lines(samples(host, *framed[:2], article(host, 3))) == []


@every_portal
def test_an_author_that_readers_see_is_missed(host: str) -> None:
    facts = facts_of(feed(host, item(host, author="Lò Thị Mây"), item(host, 2, author="quantri")))
    pages = samples(host, article(host), article(host, 2), body="<p>Lò Thị Mây</p>")
    assert judge_authors(pages, facts).details == ["'none' for 'Lò Thị Mây'"]
    signed = samples(host, article(host, author="Lò Thị Mây"), body="<p>Lò Thị Mây</p>")
    assert judge_authors(signed, facts).held == 1


@every_portal
def test_a_text_is_held_against_the_feeds(host: str) -> None:
    text = f"{PORTALS[host][1]} Bài 1."
    more = "Chi tiết liên hệ bộ phận một cửa trong giờ hành chính."
    whole = facts_of(feed(host, item(host, markup=f"<p>{text}</p>")))
    longer = facts_of(feed(host, item(host, markup=f"<p>{text}</p><p>{more}</p>")))
    strange = article(host, blocks=(*article(host).blocks, Block(BlockKind.PARAGRAPH, "In trang")))
    for judged_article, facts, right in (
        (article(host), whole, True),
        (article(host), longer, False),
        (strange, whole, False),
    ):
        judged = judge_texts(samples(host, judged_article), facts, NOW, proposed=True)
        assert (judged.held, judged.against) == (int(right), int(not right))


@every_portal
def test_the_generic_reading_speaks_for_a_familys_layout_only(host: str) -> None:
    text = f"{PORTALS[host][1]} Bài 1."
    body = f"<h1>{PORTALS[host][0]} 1</h1><div class=than><p>{text}</p></div>"
    pages = samples(host, article(host), body=body)
    assert judge_texts(pages, facts_of([]), NOW, proposed=False).held == 1
    assert not judge_texts(pages, facts_of([]), NOW, proposed=True).is_checked


@every_portal
def test_articles_of_the_feed_that_no_list_shows_are_lost(host: str) -> None:
    lists = feed(host, *(item(host, n) for n in range(1, 6)))
    seen = ReadList({str(n): AT.day for n in range(1, 4)}, goes_on=False)
    judged = judge_lists([seen], lists, key_of)
    assert (judged.held, judged.against) == (3, 2)
    whole = ReadList({str(n): AT.day for n in range(1, 6)}, goes_on=False)
    assert judge_lists([whole], lists, key_of).against == 0


@every_portal
def test_an_older_article_may_stand_on_a_further_page(host: str) -> None:
    older = item(host, 9, published=Moment(date(2024, 12, 1)))
    lists = feed(host, *(item(host, n) for n in range(1, 4)), older)
    seen = {str(n): AT.day for n in range(1, 4)}
    assert judge_lists([ReadList(seen, goes_on=True)], lists, key_of).against == 0
    assert judge_lists([ReadList(seen, goes_on=False)], lists, key_of).against == 1


@every_portal
def test_two_articles_under_one_key_and_entries_that_are_no_posts(host: str) -> None:
    lists = feed(host, *(item(host, n) for n in range(1, 4)))
    assert judge_lists([ReadList({"1": None}, goes_on=False)], lists, lambda _: "1").against == 2
    posts = [MachineList("posts interface", lists[0].items, complete=True)]
    shown = ReadList(dict.fromkeys(["1", "2", "3", "van-ban"]), goes_on=False)
    assert judge_lists([shown], posts, key_of).details == ["the entry 'van-ban' is none of its posts"]


def result(*checks: Check, undecided: list[str], unchecked: list[str]) -> ProbeResult:
    portal = PortalDraft("la", "Lạ", None, "https://la.mau.vn", (), object)  # type: ignore[arg-type]  # not read here
    return ProbeResult(portal, checks=list(checks), undecided=undecided, unchecked=unchecked)


@pytest.mark.parametrize(
    ("checks", "undecided", "unchecked", "score"),
    [
        ((Check("a", 6, 6),), [], [], 100),
        ((Check("a", 6, 6),), [], ["times: no evidence"], None),
        ((Check("a", 6, 6),), ["paging: nothing leads on"], [], 99),
        ((*(Check(str(n), 300, 300) for n in range(9)), Check("a", 299, 300)), [], [], 99),
        ((Check("a", 3, 6),), [], [], 50),
    ],
)
def test_the_score_is_full_only_when_all_was_checked_and_held(
    checks: tuple[Check, ...], undecided: list[str], unchecked: list[str], score: int | None
) -> None:
    assert result(*checks, undecided=undecided, unchecked=unchecked).score == score


@pytest.mark.parametrize(
    ("root", "asked"),
    [
        ("https://xabanmo.mau.vn/wp-json/", "/wp-json/wp/v2/posts?per_page=100"),
        ("https://xabanmo.mau.vn/index.php?rest_route=/", "/index.php?rest_route=/wp/v2/posts&per_page=100"),
        ("https://xabanmo.mau.vn/tin/wp-json/", "/tin/wp-json/wp/v2/posts?per_page=100"),
    ],
)
def test_the_posts_interface_is_asked_where_the_head_names_it(root: str, asked: str) -> None:
    front = page("xabanmo.mau.vn", f'<link rel="https://api.w.org/" href="{root}">')
    assert (posts_address(front) or "").startswith(f"https://xabanmo.mau.vn{asked}")
    assert posts_address(page("xabanmo.mau.vn")) is None


def test_posts_and_sitemaps_are_read() -> None:
    body = (
        b'[{"link":"https://xabanmo.mau.vn/tin/bai-1.html","date":"2025-03-09T07:45:00","title":{"rendered":"M&#7899;"},'
        b'"content":{"rendered":"<p>A</p>"},"_embedded":{"author":[{"name":"Mai"}]}}]'
    )
    url = "https://xabanmo.mau.vn/wp-json/wp/v2/posts"
    posts = VisitedPage(url, url, 200, body, (("content-type", "application/json"), ("x-wp-total", "1")))
    (found,) = read_machine_lists([], posts, [], NOW)
    assert (found.complete, found.items[0].title, found.items[0].author) == (True, "Mớ", "Mai")
    assert found.items[0].published == AT


@pytest.mark.parametrize(
    ("named", "chosen"),
    [
        (("sitemap-posts-page-1.xml", "sitemap-posts-post-1.xml", "sitemap-users-1.xml"), "sitemap-posts-post-1.xml"),
        (("sitemap-vi.about.xml", "sitemap-vi.news.xml"), "sitemap-vi.news.xml"),
        (("sitemap_categories.xml", "sitemap_2025_03.xml"), "sitemap_2025_03.xml"),
    ],
)
def test_the_sitemap_of_articles_is_chosen_from_an_index(named: tuple[str, ...], chosen: str) -> None:
    locs = "".join(f"<sitemap><loc>https://la.mau.vn/{name}</loc></sitemap>" for name in named)
    url = "https://la.mau.vn/sitemap.xml"
    body = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locs}</sitemapindex>'.encode()
    assert article_sitemap(VisitedPage(url, url, 200, body), NOW) == f"https://la.mau.vn/{chosen}"

"""Whole nights that brought something and whose portal shows that they did not bring all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archive.storage.run_record import read_lines
from archive.store import Archive
from crawler.spider.walk import EMPTIED
from testing.ba_song_pages import HOST, article, listing
from testing.crawl import crawl, new_archive
from testing.http_server import HttpServer, Reply, response
from tests.unit.archive.index.test_removals import day

FEED = '<link rel="alternate" type="application/rss+xml" href="/tin.rss"></head>'
KEYS = "abcdef"


def rss(keys: str) -> bytes:
    items = "".join(
        f"<item><link>http://{HOST}/tin/{key}.html</link><pubDate>Tue, 04 Mar 2025 0{at}:00:00 +0700</pubDate></item>"
        for at, key in enumerate(keys)
    )
    return f"<rss version='2.0'><channel><title>Ba Sông</title>{items}</channel></rss>".encode()


def atom(keys: str) -> bytes:
    items = "".join(
        f"<entry><link href='/tin/{key}.html'/><published>2025-03-04T0{at}:00:00+07:00</published></entry>"
        for at, key in enumerate(keys)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{items}</feed>".encode()


def rdf(keys: str) -> bytes:
    items = "".join(
        f"<item><link>http://{HOST}/tin/{key}.html</link><dc:date>2025-03-04T0{at}:30+07:00</dc:date></item>"
        for at, key in enumerate(keys)
    )
    names = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
    return f"<rdf:RDF {names}>{items}</rdf:RDF>".encode()


def pages(listed: str, feed: Reply | None, robots: bytes = b"") -> dict[str, Reply]:
    served: dict[str, Reply] = {f"/tin/{key}.html": response(article(at)) for at, key in enumerate(KEYS)}
    served["/tin-tuc"] = response(listing(listed).replace(b"</head>", FEED.encode()))
    if feed is not None:
        served["/tin.rss"] = feed
    if robots:
        served["/robots.txt"] = response(robots, kind="text/plain")
    return served


def night(root: Path, number: int, served: dict[str, Reply], *options: str) -> tuple[str, set[str], int]:
    """Crawl a night; return its verdict, the codes of its reasons and how often a witness was asked."""
    with HttpServer(served) as server:
        crawl("--archive", str(root), "--night", day(number).isoformat(), *options, port=server.port)
        asked = sum(count for path, count in server.asked.items() if path.endswith((".rss", ".htm")))
    with Archive.open(root) as archive:
        run = archive.runs(day(number))[0]
        archive.seal(day(number), {})
    return run.verdict.value, {reason.code for reason in run.reasons}, asked


@pytest.mark.parametrize("write", [rss, atom, rdf])
def test_articles_of_the_feed_that_no_list_shows(tmp_path: Path, write: object) -> None:
    assert callable(write)
    root, feed = new_archive(tmp_path / "a"), response(write(KEYS), kind="application/xml")
    assert night(root, 5, pages("ab", feed)) == ("suspicious", {"no_history", "feed_unlisted"}, 1)
    assert night(root, 6, pages("ab", feed)) == ("quiet", {"no_history", "first_told", "quiet_all_known"}, 1)
    assert night(root, 7, pages("abcd", feed)) == ("good", {"no_history"}, 1), "they are listed now"


@pytest.mark.parametrize(
    ("served", "asked", "noted"),
    [
        pytest.param(pages("ab", response(rss(KEYS)), b"User-agent: *\nDisallow: /tin.rss\n"), 0, {"witness_silent"}, id="robots.txt forbids it"),
        pytest.param(pages("ab", None), 1, {"witness_silent"}, id="it is not there"),
        pytest.param(pages("ab", response(article(1))), 1, {"witness_silent"}, id="a page in its place"),
        pytest.param(pages("ab", response(rss(KEYS).replace(b"pubDate", b"x"))), 1, {"witness_silent"}, id="no days"),
        pytest.param(pages("ab", response(rss(KEYS).replace(b"/tin/", b"/news/"))), 1, {"witness_silent"}, id="addresses of no article"),
        pytest.param(pages("ab", response(rss(""))), 1, {"witness_silent"}, id="an empty feed"),
        pytest.param(pages("abc", response(rss(KEYS[:5]))), 1, set(), id="two entries, which may be younger than the list"),
    ],
)  # fmt: skip
def test_a_feed_that_says_nothing(tmp_path: Path, served: dict[str, Reply], asked: int, noted: set[str]) -> None:
    assert night(new_archive(tmp_path / "a"), 5, served) == ("good", {"no_history", *noted}, asked)


def test_a_list_that_says_that_it_is_empty_is_recorded_so(tmp_path: Path) -> None:
    root, served = new_archive(tmp_path / "a"), pages("", None)
    served["/tin-tuc"] = response(listing([]).replace(b"</ul>", "</ul><p>Chưa có bài viết nào</p>".encode()))
    assert night(root, 5, served) == ("broken", {"no_history", "lists_empty"}, 0), "no other list of it is read"
    (lines,) = root.glob("2025/*/*/ba_song/pages.jsonl*")
    assert EMPTIED.encode() in b"".join(read_lines(lines))


WITNESSED = ("-s", "SPIDER_MODULES=testing.portals.witnessed")
DAY = "/xem-theo-ngay-07-03-2025.htm"  # the day before night 5


def witnessed(listed: str, archive: Reply | None, total: int) -> dict[str, Reply]:
    served = pages("", response(rss("ab"))) | {"/rss/home.rss": response(rss("ab"))}
    served["/tin-tuc"] = response(listing(listed).replace(b"</ul>", f"</ul>Tổng số: {total} bài".encode()))
    return served | ({DAY: archive} if archive else {})


def archive(keys: str, shown: str = "07/03/2025") -> Reply:
    return response(listing(keys, day=shown))


@pytest.mark.parametrize(
    ("served", "verdict", "codes"),
    [
        pytest.param(witnessed("ab", archive("ab"), 2), "good", set(), id="all agree"),
        pytest.param(witnessed("ab", archive(KEYS), 2), "suspicious", {"day_unlisted"}, id="the day's archive"),
        pytest.param(witnessed("ab", archive("abc"), 2), "good", {"day_unlisted_few"}, id="one of the day"),
        pytest.param(witnessed("ab", archive(KEYS, "04/03/2025"), 2), "good", {"witness_silent"}, id="another day"),
        pytest.param(witnessed("ab", archive(""), 2), "good", {"witness_silent"}, id="an archive without entries"),
        pytest.param(witnessed("ab", None, 2), "good", {"witness_silent"}, id="404 in its place"),
        pytest.param(witnessed("ab", archive("ab"), 6), "suspicious", {"total_unlisted"}, id="the total"),
    ],
)  # fmt: skip
def test_witnesses_that_a_family_declares(
    tmp_path: Path, served: dict[str, Reply], verdict: str, codes: set[str]
) -> None:
    root = new_archive(tmp_path / "a")
    assert night(root, 5, served, *WITNESSED) == (verdict, {"no_history", *codes}, 2), "two requests and no more"
    (record,) = root.glob("2025/*/*/ba_song/run.json")
    assert json.loads(record.read_bytes())["sections"]["tin-tuc"]["ever_listed"] == 2


@pytest.mark.parametrize(
    "page",
    [
        b'<html><script>document.cookie="D1N="+"8f2a";window.location.reload(true);</script></html>',
        b"<html><head><title>Access denied</title></head><body><h1>Cloudrity</h1><p>5f2</p></body></html>",
    ],
    ids=["challenge", "firewall"],
)
def test_a_refusal_in_the_place_of_a_witness_ends_the_night(tmp_path: Path, page: bytes) -> None:
    served = witnessed("ab", response(page), 2)
    verdict, codes, asked = night(new_archive(tmp_path / "a"), 5, served, *WITNESSED)
    assert (verdict, "not_let_in" in codes, asked <= 2) == ("blocked", True, True)

"""Whole crawls of portals that withdraw articles: asked for at the right time and address, reported once."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from archive.store import Archive
from replicas.articles import articles
from replicas.serve import ReplicaServer
from testing.ba_song_pages import HOST, article, html, listing
from testing.crawl import crawl, new_archive
from testing.http_server import HttpServer, Reply, response
from tests.unit.archive.index.test_removals import day, intact, lines_of, removals

NOWHERE = 9  # a port of the loopback where nobody listens


SOONER = ("-s", "SPIDER_MODULES=testing.portals.removal")


def test_nights_of_a_replica_with_withdrawn_articles(tmp_path: Path) -> None:
    """Three articles are taken down, one of them with a soft 404, one for three nights; meanwhile the portal is down."""
    root = new_archive(tmp_path / "a")
    codes = {}
    with ReplicaServer() as server:
        for number, port in [(9, server.port), (10, server.port), (11, NOWHERE), (12, server.port), (13, server.port)]:
            options = ("--archive", str(root), "--night", day(number).isoformat())
            codes[number] = crawl(*options, *SOONER, portal="quang_tri", port=port).code
            with Archive.open(root) as archive:
                archive.seal(day(number), {})
    assert codes == {9: 0, 10: 0, 11: 1, 12: 0, 13: 0}
    by_slug = {article.slug: article for article in articles("quang_tri")}
    away = {by_slug[slug].key: slug for slug in ("van-ban-lich-nghi", "giai-chay-dem", "chuyen-doi-so-lang")}
    with Archive.open(root) as archive:
        found = [(number, line.event.value, away.get(line.key)) for number, line in lines_of(archive) if number > 9]
        assert sorted(found) == [
            (12, "gone", "chuyen-doi-so-lang"),
            (12, "gone", "giai-chay-dem"),
            (12, "gone", "van-ban-lich-nghi"),
            (13, "returned", "chuyen-doi-so-lang"),
        ]
        outcomes = [archive.runs(day(number))[0].outcomes for number in codes]
        assert [counts.get("gone", 0) for counts in outcomes] == [0, 2, 0, 2, 1]
        # One more was withdrawn before it was ever kept: lists show it, and it is asked for after 1, 3 and 7 days.
        assert [counts.get("soft_404", 0) for counts in outcomes] == [1, 2, 0, 2, 1]
        assert intact(archive)


def test_an_article_that_leads_to_the_front_page_is_asked_for_at_its_own_address(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "a")
    front = response(html("<h1>Trang chủ</h1>"), ETag='"front"')
    stands, leads_away = response(article(1), ETag='"a1"'), response(b"", "302 Found", Location="/")
    asked = []
    for number, said in [(2, stands), (3, leads_away), (4, leads_away), (6, stands)]:
        pages: dict[str, Reply] = {
            "/": front,
            "/tin-tuc": response(listing(["a", "never"])),
            "/tin/a.html": said,
            "/tin/never.html": leads_away,
        }
        with HttpServer(pages) as server:
            done = crawl("--archive", str(root), "--night", day(number).isoformat(), port=server.port)
        assert (done.code, done.err) == (0, ""), number
        asked.append((server.asked["/tin/a.html"], server.asked["/tin/never.html"]))
        conditions = [head for head in server.heads if "If-None-Match" in head and "/tin/a.html" in head]
        assert len(conditions) == (number == 3), "validators are those of the article alone"
    # The one that was never kept waits for its next look (1 and 3 days after the first), though the list shows it.
    assert asked == [(1, 1), (1, 1), (1, 0), (1, 1)]
    with Archive.open(root) as archive:
        assert removals(archive) == [(2, "new")]
        assert intact(archive)


def test_an_article_that_stands_elsewhere_is_never_gone(tmp_path: Path) -> None:
    """Some are filed elsewhere or get another name, with and without a redirect from the old; one is deleted."""
    root = new_archive(tmp_path / "a")
    away = response(html("<h1>Không tìm thấy trang</h1>"), "404 Not Found")
    before = {f"/tin/{key}.html": response(article(number)) for number, key in enumerate("abcdef")}
    sitemap = b"".join(f"<url><loc>http://{HOST}/{path}.html</loc></url>".encode() for path in ("tin/d", "cu/tin/f"))
    after: dict[str, Reply] = {
        "/tin-tuc": response(listing(["/van-hoa/tin/a.html", "b-moi", "c-moi", "e"])),
        "/van-hoa/tin/a.html": response(article(0)),
        "/tin/b-moi.html": response(article(1)),
        "/tin/c-moi.html": response(article(2)),
        "/tin/e.html": response(article(4)),
        "/tin/b.html": response(b"", "301 Moved Permanently", Location="/tin/b-moi.html"),
        "/cu/tin/f.html": response(article(5)),  # no list shows it, but the sitemap
        **{f"/tin/{key}.html": away for key in "acdf"},
        "/sitemap.xml": response(b"<urlset>%s</urlset>" % sitemap, kind="application/xml"),
    }
    for number in (2, 3, 17):
        pages: dict[str, Reply] = {"/tin-tuc": response(listing("abcdef")), **before} if number == 2 else after
        with HttpServer(pages) as server:
            assert crawl("--archive", str(root), "--night", day(number).isoformat(), port=server.port).code == 0
            assert server.asked["/sitemap.xml"] == (number == 17), "only when something would be gone"
            assert number == 2 or server.asked["/tin/a.html"] == 0, "the newest listed address is asked"
        with Archive.open(root) as archive:
            archive.seal(day(number), {})
    with Archive.open(root) as archive:
        found = [(at, line.key, line.event.value, urlsplit(line.url).path) for at, line in lines_of(archive)]
        assert sorted(found[6:]) == [
            (3, "a", "moved_address", "/van-hoa/tin/a.html"),
            (3, "b", "moved_address", "/tin/b-moi.html"),
            (3, "b-moi", "moved_address", "/tin/b-moi.html"),
            (3, "c", "moved_address", "/tin/c-moi.html"),
            (3, "c-moi", "moved_address", "/tin/c-moi.html"),
            (17, "d", "gone", "/tin/d.html"),  # named by the sitemap, and missing there
            (17, "f", "moved_address", "/cu/tin/f.html"),
        ]
        assert intact(archive)

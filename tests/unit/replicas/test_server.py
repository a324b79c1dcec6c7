"""The replica server: hosts, suffix, compression, conditions, log, any articles in a family's markup, recorded pages."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from replicas import FIRST_NIGHT
from replicas.articles import PORTALS, article_url, portal_site
from replicas.reading import read_body
from replicas.records import TZ, ReplicaArticle, ReplicaSection
from replicas.serve import ReplicaServer, main
from replicas.sites.bodies import BodyStyle, build_body
from replicas.sites.catalogue import SITES
from replicas.sites.liferay import DaNang
from replicas.sites.recorded import page_address, recorded_sites
from replicas.sites.site import SUFFIX, SiteRequest, Suffixer, suffixed
from testing.recorded import ABSENT, DATA
from testing.replica_client import ask

PAGES = DATA / "pages"


SUFFIXER = Suffixer(site.host for site in SITES.values())


@pytest.fixture(scope="module")
def server() -> Iterator[ReplicaServer]:
    with ReplicaServer() as running:
        yield running


@pytest.mark.parametrize("portal", PORTALS)
def test_no_portal_address_without_suffix_is_served(server: ReplicaServer, portal: str) -> None:
    site = portal_site(portal)
    paths = ["/robots.txt", "/khong-co.html", *(site.list_path(section, 1) for section in site.sections)]
    if portal == "bao_chinh_phu":
        paths += ["/chinh-tri.rss", "/timelinelist/1021119/2.htm"]
    for path in [*paths, *(site.article_path(article) for article in site.articles)]:
        answer = ask(server, site.host, path)
        assert SUFFIXER.unsuffixed(answer.body) == []
        assert portal == "vjst" or f"https://{suffixed(site.host)}" in answer.text or path in paths


def test_a_redirect_leads_to_a_suffixed_host(server: ReplicaServer) -> None:
    home = ask(server, "www.quangtri.gov.vn", "/")
    assert (home.status, home.headers["location"]) == (302, "https://www.quangtri.gov.vn.replica.test/tin-tuc")
    bare = ask(server, "quangtri.gov.vn", "/tin-tuc?cur=2")
    assert bare.status == 301
    assert bare.headers["location"] == "https://www.quangtri.gov.vn.replica.test/tin-tuc?cur=2"


@pytest.mark.parametrize(
    "text",
    [
        "https://baochinhphu.vn/a.htm",
        '"url": "https:\\/\\/baochinhphu.vn"',
        "//s.baochinhphu.vn",
        "u=https%3A%2F%2Fbaochinhphu.vn%2Fa",
        "https://baochinhphu.vn:443/",
        "xem tại http://BaoChinhPhu.vn.",
    ],
)
def test_an_address_gets_the_suffix_once(text: str) -> None:
    once = SUFFIXER.text(text)
    assert once.lower().count("baochinhphu.vn.replica.test") == 1
    assert SUFFIXER.text(once) == once


@pytest.mark.parametrize(
    "text",
    ["(baochinhphu.vn) - Ngày 3/3", "toasoan@baochinhphu.vn", "https://baochinhphu.vn.vn/", "//xbaochinhphu.vn/"],
)
def test_what_is_no_address_of_a_portal_is_left_alone(text: str) -> None:
    assert SUFFIXER.text(text) == text


@pytest.mark.parametrize("host", ["example.org", "example.org.replica.test", "127.0.0.1"])
def test_an_unknown_host_is_refused(server: ReplicaServer, host: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/", headers={"Host": host})
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 421


def test_a_real_host_is_refused_so_that_no_rehearsal_passes_for_live(server: ReplicaServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/robots.txt", headers={"Host": "vjst.vn"})
    response = connection.getresponse()
    response.read()
    connection.close()
    assert response.status == 421


def test_compression_is_used_when_accepted(server: ReplicaServer) -> None:
    plainly = ask(server, "vjst.vn", "/vn/tin-tuc.aspx")
    packed = ask(server, "vjst.vn", "/vn/tin-tuc.aspx", Accept_Encoding="gzip, deflate")
    assert "content-encoding" not in plainly.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("host", "path"),
    [
        pytest.param("baochinhphu.vn", "/chinh-tri.rss", id="the newspaper's feed"),
        pytest.param("binhdinh.gov.vn", "/tin-tuc/tap-huan-chu-ky-so-cho-can-bo-thon.html", id="a VHV article"),
    ],
)
def test_what_did_not_change_is_not_sent_again(server: ReplicaServer, host: str, path: str) -> None:
    first = ask(server, host, path)
    by_tag = ask(server, host, path, If_None_Match=first.headers["etag"])
    by_time = ask(server, host, path, If_Modified_Since=first.headers["last-modified"])
    assert (by_tag.status, by_tag.body, by_time.status) == (304, b"", 304)
    assert ask(server, host, path, If_None_Match='"other"').status == 200


def test_an_edited_vhv_article_gets_another_etag(server: ReplicaServer) -> None:
    site = portal_site("binh_dinh")
    (article,) = [article for article in site.articles if article.revisions]
    since = article.revisions[0].since
    path = site.article_path(article)
    old = ask(server, site.host, path, since - timedelta(days=1))
    assert ask(server, site.host, path, since, If_None_Match=old.headers["etag"]).status == 200
    assert ask(server, site.host, path, since, If_Modified_Since=old.headers["last-modified"]).status == 200


def test_the_feed_names_the_newest_articles(server: ReplicaServer) -> None:
    feed = ask(server, "baochinhphu.vn", "/chinh-sach-va-cuoc-song/chinh-sach-moi.rss", FIRST_NIGHT)
    assert feed.headers["content-type"].startswith("application/rss+xml")
    links = re.findall(r"<item>.*?<link>([^<]+)</link>", feed.text)
    site = portal_site("bao_chinh_phu")
    rows = site.rows(site.sections[0], FIRST_NIGHT)
    assert links == [article_url("bao_chinh_phu", row.article) for row in rows]
    assert "<pubDate>Mon, 03 Mar 2025 16:42:00 +0700</pubDate>" in feed.text


def test_the_log_tells_host_path_night_status_and_bytes(server: ReplicaServer) -> None:
    answer = ask(server, "vjst.vn", "/robots.txt?x=1", FIRST_NIGHT)
    entry = server.log[-1]
    assert entry.bytes == int(answer.headers["content-length"])
    assert entry.time <= entry.done
    assert (entry.host, entry.path, entry.night, entry.status) == (
        "vjst.vn.replica.test",
        "/robots.txt?x=1",
        FIRST_NIGHT,
        200,
    )


def test_the_same_request_brings_the_same_response() -> None:
    request = SiteRequest("danang.gov.vn", "/tin-tuc-su-kien", "", FIRST_NIGHT, 7)
    assert portal_site("da_nang").respond(request) == portal_site("da_nang").respond(request)


def test_a_liferay_site_serves_any_articles_and_sections() -> None:
    article = ReplicaArticle(
        key="tin-thu",
        slug="tin-thu",
        section="tin",
        title="Tin thử & <kiểm>",
        published=datetime(2025, 12, 5, 8, 30, tzinfo=TZ),
        lead='Dẫn "nhập"',
        parts=read_body("Đoạn một.\nĐoạn hai."),
        label="Truyền thông chính sách",
        keywords=("một", "hai"),
        twin="tin",
    )
    site = DaNang([article], [ReplicaSection("tin", "/tin-tuc-su-kien", "Tin tức")])
    night = date(2025, 12, 5)
    with ReplicaServer([site]) as server:
        assert "tin-thu" not in ask(server, site.host, "/tin-tuc-su-kien", night - timedelta(days=1)).text
        listed = ask(server, site.host, "/tin-tuc-su-kien", night).text
        page = ask(server, site.host, "/vi/web/dng/-/tin-thu", night).text
    assert 'href="/web/dng/-/tin-thu"' in listed
    assert 'href="/vi/web/dng/-/tin-thu"' in listed
    assert "Tin thử &amp; &lt;kiểm&gt;</h1>" in page
    assert 'content="một, hai, Truyền thông chính sách"' in page
    assert "<p" in page.split("journal-content-article")[1].split("Đoạn hai.")[0]


def test_an_unknown_shape_of_a_body_is_an_error() -> None:
    style = BodyStyle(image=str, figure="{}{}".format, link="{}{}".format)
    with pytest.raises(ValueError, match="unknown shape of a body: 'wrod'"):
        build_body(read_body("Một đoạn."), style, "wrod")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three pages that name their address in the three ways, and one that does not."""
    (tmp_path / "a.html").write_bytes(
        b'<html><link rel="canonical" href="https://baochinhphu.vn/a-102250303000000001.htm">'
        b"\xff bytes <a href='http://en.baochinhphu.vn/x'>en</a></html>"
    )
    (tmp_path / "b.html").write_text(
        '<meta charset="UTF-8"><meta content="https://tin.example/b?id=1&amp;x=2" property="og:url">'
    )
    (tmp_path / "c.html").write_text("<p>c</p>")
    (tmp_path / "d.html").write_text("<p>d</p>")
    (tmp_path / "expected.json").write_text('{"_about": "x", "c.html": {"url": "https://tin.example/c"}}')
    return tmp_path


def test_recorded_pages_are_served_where_they_say_they_stood(folder: Path) -> None:
    with ReplicaServer(recorded_sites(folder)) as server:
        page = ask(server, "baochinhphu.vn", "/a-102250303000000001.htm")
        assert page.body == (
            b'<html><link rel="canonical" href="https://baochinhphu.vn.replica.test/a-102250303000000001.htm">'
            b"\xff bytes <a href='http://en.baochinhphu.vn.replica.test/x'>en</a></html>"
        )
        assert page.headers["content-type"] == "text/html"
        assert ask(server, "tin.example", "/b?id=1&x=2").headers["content-type"] == "text/html; charset=utf-8"
        assert ask(server, "tin.example", "/c").body == b"<p>c</p>"
        assert ask(server, "tin.example", "/d").status == 404
        assert ask(server, "tin.example", "/robots.txt").status == 404
        assert ask(server, "vjst.vn", "/").status == 421


def test_a_folder_without_addressed_pages_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names its address"):
        recorded_sites(tmp_path)


def test_the_recorded_newspaper_pages_are_reachable() -> None:
    if not PAGES.is_dir():
        pytest.skip(ABSENT)
    with ReplicaServer(recorded_sites(PAGES)) as server:
        for name, path in (
            ("baochinhphu_list.html", "/chinh-sach-va-cuoc-song/chinh-sach-moi.htm"),
            ("baochinhphu_article.html", "/chinh-sach-moi-co-hieu-luc-tu-thang-3-2026-102260228093004191.htm"),
        ):
            page = ask(server, "baochinhphu.vn", path, date(2026, 3, 6))
            assert page.status == 200
            assert SUFFIXER.unsuffixed(page.body) == []
            assert page.body.replace(SUFFIX.encode(), b"") == (PAGES / name).read_bytes()
            assert page_address((PAGES / name).read_bytes()) == "https://baochinhphu.vn" + path


def test_a_taken_port_is_one_clear_line(server: ReplicaServer, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", str(server.port)]) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"replicas.serve: port {server.port} on 127.0.0.1 cannot be used")
    assert printed.count("\n") == 1


def test_a_missing_folder_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--folder", str(tmp_path / "no")]) == 2
    assert capsys.readouterr().err == f"replicas.serve: no folder of recorded pages: {tmp_path / 'no'}\n"

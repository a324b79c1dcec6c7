"""The audit page over HTTP: what it shows of a composed archive, in both languages, and what it does with what is wrong."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest

from archive import VERSION
from archive.__main__ import main
from archive.coverage.calendar import Day, DayState, PortalCoverage
from archive.coverage.number_series import NumberGap, NumberSeriesSet, Series
from archive.errors import TimeLimit
from archive.index.connect import VARIABLE
from archive.model.enums import FinishReason
from archive.sealing.proof import check_proof
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from archive.web.charts import curve, day_cell, months_of, strip, summed_cell
from archive.web.context import BadRequest
from archive.web.formatting import archived, as_link, clock, number, path_part, short_day, visible
from archive.web.i18n import preferred
from archive.web.views.downloads import unpacked
from testing.archives import FIRST, at, good, judge, make, sealed, tree
from testing.postgresql import PostgresServer
from testing.web_page import read, serve_page
from vietnam.date_forms import TZ

EDITED = "/articles/da_nang/thong-bao"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("web") / "archive"
    with sealed(where) as archive, SearchIndex.of(archive) as words:
        catch_up(archive, words)
    return where


@pytest.fixture(scope="module")
def page(root: Path) -> Iterator[httpx.Client]:
    with serve_page(root) as address, httpx.Client(base_url=address) as client:
        yield client


def said(answer: httpx.Response) -> str:
    return " ".join(" ".join(read(answer.text).strings("//text()")).split())


def links(answer: httpx.Response) -> set[str]:
    found = read(answer.text).strings("//@href | //@src | //@action")
    return {link.partition("#")[0] for link in found if link.startswith("/")}


# every page


def test_every_page_that_is_linked_is_there_in_both_languages(page: httpx.Client) -> None:
    ahead, seen = ["/vi/", "/en/"], set[str]()
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = page.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        if answer.headers["content-type"].startswith("text/html"):
            ahead += sorted(links(answer) - seen)
            _well_made(path, answer.text)
    kinds = {path.split("/")[2] for path in seen if path.count("/") > 2}
    assert {"nights", "coverage", "portals", "articles", "captures", "texts", "proofs"} <= kinds
    assert {"/vi/doubtful", "/en/integrity", "/vi/search", "/static/page.css", "/static/page.js"} <= seen


def _well_made(path: str, text: str) -> None:
    """Assert what a keyboard and a screen reader need, and nothing that the page's policy would stop."""
    tree = read(text)
    assert tree.get("lang") == path.split("/")[1], path
    for wanted in ("//h1", "//main", "//header[@class='top']", "//footer", "//form[@role='search']"):
        assert len(tree.nodes(wanted)) == 1, f"{path}: {wanted}"
    assert tree.strings("//a[@class='skip']/@href") == ["#main"], path
    ids = tree.strings("//@id")
    assert len(ids) == len(set(ids)), f"{path}: an id stands twice"
    assert set(tree.strings("//@aria-labelledby")) <= set(ids), path
    for table in tree.nodes("//table"):
        assert table.nodes(".//th[@scope]"), f"{path}: a table without headers"
    labelled = {*tree.strings("//label/@for")}
    for field in tree.nodes("//input | //select"):
        assert field.get("aria-label") or field.get("id") in labelled, f"{path}: a field without a label"
    assert not tree.nodes("//*[@style] | //style | //script[not(@src)]"), path
    assert not tree.strings("//@*[starts-with(name(), 'on')]"), path
    for picture in tree.nodes("//*[local-name()='svg']"):
        assert picture.get("role") == "img", f"{path}: a drawing without a role"
        assert picture.get("aria-label"), f"{path}: a drawing without a name"
    for link in tree.nodes("//a[starts-with(@href, 'http')]"):
        assert {"noreferrer", "noopener", "nofollow"} <= set(link.get("rel").split()), path


def test_the_overview_tells_the_last_night_and_the_year(page: httpx.Client) -> None:
    shown = said(page.get("/en/"))
    assert "Wednesday, 5 March 2025" in shown
    assert "1 new text" in shown
    days = read(page.get("/en/").text).strings("//td[contains(@class, 'day ')]/a/@aria-label")
    assert days[0].startswith("Monday, 3 March 2025: published 2")
    assert "missed" in days[1]
    assert [day.partition(":")[0] for day in days] == [
        "Monday, 3 March 2025",
        "Tuesday, 4 March 2025",
        "Wednesday, 5 March 2025",
    ]


def test_a_day_is_shown_by_its_mark_and_not_by_colour_alone(page: httpx.Client) -> None:
    marks = read(page.get("/vi/").text).nodes("//td[contains(@class, 'day ')][a]")
    assert [(cell.words, cell.get("class")) for cell in marks] == [
        ("3", "day published"),
        ("M1", "day partly"),
        ("1", "day published"),
    ]


def test_a_night_tells_each_verdict_with_its_reasons_and_its_seal(page: httpx.Client, root: Path) -> None:
    answer = page.get("/en/nights/2025-03-04")
    shown = said(answer)
    assert "the host did not answer" in shown
    assert "good composed" in shown
    with Archive.open(root, read_only=True) as archive, archive.index.reading() as queries:
        seals = queries.seals.of_night(date(2025, 3, 4))
    assert seals[0].head in answer.text
    assert seals[0].root in answer.text
    assert said(page.get("/en/nights/2025-03-04?kind=changed")).count("Thông báo lịch tiếp dân") == 1
    assert "There is no event." in said(page.get("/en/nights/2025-03-04?kind=gone"))


def test_a_night_of_the_span_on_which_nothing_ran_is_shown_as_such(page: httpx.Client) -> None:
    assert page.get("/en/nights/2025-03-06").status_code == 404
    assert page.get("/en/nights/2024-12-31").status_code == 404


def test_a_month_is_a_table_of_portals_by_nights(page: httpx.Client) -> None:
    rows = read(page.get("/en/coverage/2025-03").text).nodes("//table[@class='matrix']/tbody/tr")
    cells = {row.strings("th//text()")[0]: [cell.words for cell in row.nodes("td")] for row in rows}
    assert cells["da_nang"][2:5] == ["2", "·", "·"]
    assert cells["ninh_thuan"][3] == "M"


def test_a_portal_shows_its_measures_as_curves_and_in_numbers(page: httpx.Client) -> None:
    tree = read(page.get("/en/portals/da_nang").text)
    assert len(tree.strings("//figure//*[local-name()='path']/@d")) == 3
    rows = [row.strings(".//text()[normalize-space()]") for row in tree.nodes("//details//tbody/tr")]
    assert rows[0][0] == "2025-03-05"
    assert rows[-1][0] == "2025-03-03"


def test_a_portal_says_how_sure_its_crawl_is_and_where_its_connection_is_an_exception(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    crawl = archive.start("da_nang", FIRST, at(FIRST), judge)
    declared = {"title": "Cổng <i>Đà Nẵng</i>", "sure": "inferred", "tls": "unverified", "delay": "2"}
    crawl.close(
        at(FIRST), complete=True, finish_reason=FinishReason.FINISHED, judge_night=good, extraction={}, software={},
        province="danang", declared=declared,
    )  # fmt: skip
    assert archive.runs(FIRST)[0].declared == declared
    archive.close()
    with serve_page(tmp_path / "a") as address, httpx.Client(base_url=address) as page:
        shown = said(page.get("/en/portals/da_nang"))
        for words in ("Cổng <i>Đà Nẵng</i>", "inferred", "the certificate was not checked", "2 s", "Đà Nẵng"):
            assert words in shown
        assert "Cổng <i>Đà Nẵng</i>" in said(page.get("/en/"))


def test_an_article_shows_text_versions_change_and_files(page: httpx.Client) -> None:
    shown = said(page.get(f"/en{EDITED}"))
    assert "Sáng thứ Ba, tại trụ sở." in shown
    assert "Sáng thứ Hai" not in shown
    older = next(link for link in links(page.get(f"/en{EDITED}")) if "2025-03-03" in link and "at=" in link)
    assert "Sáng thứ Hai, tại trụ sở." in said(page.get(older))
    assert "lich.pdf" in shown
    assert "not fetched" in shown


def test_an_exact_copy_names_the_other_place_and_shows_the_text_it_repeats(page: httpx.Client) -> None:
    shown = said(page.get("/en/articles/quang_tri/thong-cao"))
    assert "word for word" in shown
    assert "Cầu Bến Đá thông xe ngày 10/3." in shown
    assert "/en/portals/da_nang" in links(page.get("/en/articles/quang_tri/thong-cao"))


def test_a_change_is_shown_word_by_word(page: httpx.Client) -> None:
    link = next(link for link in links(page.get(f"/en{EDITED}")) if link.startswith("/en/changes"))
    tree = read(page.get(link).text)
    diff = tree.nodes("//div[contains(@class, 'diff')]")[0]
    assert diff.strings(".//del/bdi//text()") == ["Hai,"]
    assert diff.strings(".//ins/bdi//text()") == ["Ba,"]


# finding


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=cau ben da", ["Thông cáo về cầu Bến Đá"]),
        ("q=cau ben da&exact=1", []),
        ("q=%22sáng thứ%22", ["Thông báo lịch tiếp dân"]),
        ("q=hai&versions=1", ["Thông báo lịch tiếp dân"]),
        ("q=mưa&since=2025-03-03&until=2025-03-03&portal=quang_tri", ["Mưa lớn ở vùng núi"]),
        ("q=mưa&portal=da_nang", []),
        ("q=mưa&one=1&sort=oldest&event=new", ["Mưa lớn ở vùng núi"]),
    ],
)
def test_texts_are_found_by_their_words(page: httpx.Client, asked: str, found: list[str]) -> None:
    tree = read(page.get(f"/en/search?{asked}").text)
    assert [hit.words for hit in tree.nodes("//ol[@class='hits']/li/h3")] == found
    assert bool(tree.nodes("//ol[@class='hits']//mark")) == bool(found)


def test_a_hit_leads_to_the_text_and_a_question_that_is_none_says_what_to_write(page: httpx.Client) -> None:
    hit = read(page.get("/vi/search?q=mưa").text).strings("//ol[@class='hits']/li/h3/a/@href")[0]
    assert "Mưa từ 50 mm." in said(page.get(hit))
    answer = page.get('/en/search?q="mưa')
    assert answer.status_code == 400
    assert "is not closed" in said(answer)


# what can be taken away


def test_downloads_are_files_of_plain_text_that_run_nowhere(page: httpx.Client) -> None:
    article = links(page.get(f"/en{EDITED}"))
    capture = next(link for link in article if "/captures/" in link)
    paths = [link for link in {*article, *links(page.get(capture))} if link.endswith((".txt", ".json"))]
    assert len(paths) == 3
    for path in paths:
        answer = page.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-disposition"].startswith("attachment; filename="), path
        assert "sandbox" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        wanted = "application/json" if path.endswith(".json") else "text/plain; charset=utf-8"
        assert answer.headers["content-type"] == wanted, path


def test_the_proof_that_is_handed_over_proves_the_text(page: httpx.Client) -> None:
    link = next(link for link in links(page.get(f"/en{EDITED}")) if "/proofs/" in link)
    proven = check_proof(page.get(link).content)
    assert (proven.head.night, proven.last.night) == (date(2025, 3, 4), date(2025, 3, 5))
    proven = check_proof(page.get(f"{link}?until=night&capture=1").content)
    assert proven.body == page.get(link.replace("/proofs/", "/captures/").replace(".json", ".txt")).content


def test_every_time_on_the_page_carries_its_zone(page: httpx.Client) -> None:
    """Captures are recorded in UTC, and the page gives the time of Việt Nam."""
    capture = next(link for link in links(page.get(f"/en{EDITED}")) if "/captures/" in link)
    moments = 0
    for path in (capture, f"/en{EDITED}", "/vi/search?q=mưa", "/en/integrity"):
        for element in read(page.get(path).text).nodes("//time[contains(@datetime, 'T')]"):
            [stored] = element.strings("@datetime")
            [shown] = element.strings("text()")
            local = datetime.fromisoformat(stored).astimezone(TZ)
            assert shown == f"{local:%Y-%m-%d %H:%M} UTC+7", (path, stored)
            moments += 1
    assert moments >= 4
    assert clock("2025-03-04T16:59:30+00:00") == "2025-03-04 23:59 UTC+7"
    assert [clock(text) for text in ("2025-03-04", "2025-03-04T08:00", "ba <giờ")] == [
        "2025-03-04",
        "2025-03-04 08:00",
        "ba <giờ",
    ]


def test_the_capture_shows_its_headers_and_its_place(page: httpx.Client) -> None:
    link = next(link for link in links(page.get(f"/en{EDITED}")) if link.endswith("/0") and "/captures/" in link)
    shown = said(page.get(link))
    assert "ETag" in shown
    assert "2025/03/04/da_nang/pages-00001.warc.gz" in shown
    assert page.get(f"{link}.txt").text.startswith("<h1>")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [(b"x", "br"), (b"not gzip", "gzip"), (gzip.compress(b"0" * 5_000_000), "gzip")],
    ids=["an encoding that is not unpacked", "bytes that are none", "a body that grows beyond measure"],
)
def test_what_cannot_be_unpacked_is_refused(data: bytes, encoding: str) -> None:
    with pytest.raises(Exception, match=r"unpacked|too large"):
        unpacked(data, encoding, most=1_000_000)


def test_gzip_and_both_kinds_of_deflate_are_unpacked() -> None:
    for data, encoding in ((gzip.compress(b"abc"), "gzip"), (zlib.compress(b"abc"), "deflate")):
        assert unpacked(data, encoding) == b"abc"
    raw = zlib.compressobj(wbits=-15)
    assert unpacked(raw.compress(b"abc") + raw.flush(), "deflate") == b"abc"
    with pytest.raises(BadRequest):
        unpacked(b"abc", "")


# what is damaged


def test_damage_is_named_where_it_is_and_everything_else_stays_readable(tmp_path: Path) -> None:
    sealed(tmp_path / "a").close()
    night = tmp_path / "a/2025/03/04"
    text = next((night / "da_nang").glob("*.txt"))
    text.write_text("another text\n", encoding="utf-8")
    (night / "manifest-1.json").write_text("{}\n", encoding="utf-8")
    (night / "da_nang/pages-00001.warc.gz").write_bytes(b"")
    with serve_page(tmp_path / "a") as address, httpx.Client(base_url=address) as page:
        assert "is not the text that its line names" in said(page.get(f"/en{EDITED}"))
        assert "The seals of these nights cannot be read: 2025-03-04" in said(page.get("/en/"))
        capture = page.get("/en/captures/2025-03-04/da_nang/0")
        assert capture.status_code == 500
        assert "missing, cut or changed" in said(capture)
        assert page.get("/en/articles/quang_tri/mua-lon").status_code == 200
        assert page.get("/en/nights/2025-03-04").status_code == 200
        assert page.get("/en/integrity").status_code == 200


def test_of_a_withheld_text_only_the_tombstone_is_shown(tmp_path: Path) -> None:
    sealed(tmp_path / "a").close()
    asked = ["withhold", "da_nang/thong-bao", "--archive", str(tmp_path / "a"), "--yes"]
    assert main([*asked, "--reason", "Quyết định <b>số 1</b>", "--who", "Tòa án thành phố"]) == 0
    with serve_page(tmp_path / "a") as address, httpx.Client(base_url=address) as page:
        answer = page.get(f"/en{EDITED}")
        assert "Quyết định <b>số 1</b>" in said(answer)
        assert "Tòa án thành phố" in said(answer)
        events = [("2025-03-03", 1), ("2025-03-04", 0)]
        parts = [f"{kind}/{night}/da_nang/{seq}" for night, seq in events for kind in ("captures", "texts", "proofs")]
        ends = {"captures": "", "texts": ".txt", "proofs": ".json"}
        every = [answer, page.get(f"/en{EDITED}?at=2025-03-03/da_nang/1"), page.get("/en/nights/2025-03-04")]
        every += [page.get("/en/portals/da_nang"), page.get("/en/search?q=lịch tiếp dân")]
        for part in parts:
            gone = page.get(f"/en/{part}{ends[part.partition('/')[0]]}")
            assert gone.status_code == 451, part
            every.append(gone)
        assert page.get(next(link for link in links(answer) if "/changes" in link)).status_code in (451, 500)
        for one in every:
            for word in ("Sáng thứ", "tiếp dân", "trụ sở", "lich.pdf"):
                assert word not in one.text.replace("lịch tiếp dân", ""), one.url


def test_an_archive_without_a_night_says_so(tmp_path: Path) -> None:
    make(tmp_path / "a").close()
    with serve_page(tmp_path / "a") as address, httpx.Client(base_url=address) as page:
        assert "The archive has no night yet" in said(page.get("/en/"))
        for path in ("/en/doubtful", "/en/integrity"):
            assert page.get(path).status_code == 200, path
        for path in ("/en/nights/2025-03-03", "/en/portals/da_nang", "/en/coverage/2025-03"):
            assert page.get(path).status_code == 404, path


# the last audit


def test_the_report_of_an_audit_is_shown_and_a_file_that_is_none_is_named(root: Path, tmp_path: Path) -> None:
    report = tmp_path / "verify.json"
    finding = {"code": "TEXT_MISMATCH", "path": "2025/03/03/da_nang/000_x.txt", "detail": "its bytes are not the ones"}
    counts = {"nights": 3, "runs": 5, "texts": 4, "captures": 9, "files": 20, "bytes": 123_456}
    stone = {"articles": ["da_nang/x"], "reason": "Quyết định 5", "who": "Tòa án", "when": "2026-11-22T10:00:00+07:00"}
    stone |= {"path": "withheld/000001.json"}
    with serve_page(root, report=report) as address, httpx.Client(base_url=address) as page:
        assert "verify --json > verify.json" in said(page.get("/en/integrity"))
        report.write_text(
            json.dumps({"findings": [finding], "notes": ["a note"], "withheld": [stone], **counts}), encoding="utf-8"
        )
        shown = said(page.get("/en/integrity"))
        assert "1 finding." in shown
        assert "TEXT_MISMATCH" in shown
        assert "123.5 kB" in shown
        assert "da_nang/x Quyết định 5 Tòa án 2026-11-22 withheld/000001.json" in shown
        report.write_text(json.dumps({"findings": [], "notes": [], **counts}), encoding="utf-8")
        shown = said(page.get("/en/integrity"))
        assert "Intact." not in shown
        assert "does not say which archive it read" in shown
        report.write_text("[]", encoding="utf-8")
        assert "no report of `archive verify --json`" in said(page.get("/en/integrity"))


def test_a_report_is_green_only_for_this_archive_as_it_is_now(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def written(**changed: object) -> str:
        report.write_text(json.dumps(plain | changed), encoding="utf-8")
        return said(page.get("/en/integrity"))

    report = tmp_path / "verify.json"
    assert main(["verify", "--json", "--archive", str(root)]) == 0
    plain = json.loads(capsys.readouterr().out)
    with serve_page(root, report=report) as address, httpx.Client(base_url=address) as page:
        shown = written()
        assert "Intact." in shown
        assert "Seals by signer: unsigned 3" in shown
        assert f"program {VERSION}" in shown
        shown = written(archive="another")
        assert "not of this one: it is not shown" in shown
        assert "Intact." not in shown
        shown = written(tip=plain["tip"] | {"head": "0" * 64})
        assert "not the last one now: verify again" in shown
        assert "Intact." not in shown
        shown = written(options={"files": True, "subset": None})
        assert "Only a part of the archive was read." in shown
        assert "Intact." not in shown


# it only reads, and for a bounded time


def test_looking_at_every_page_changes_no_file(tmp_path: Path) -> None:
    sealed(tmp_path / "a").close()
    before, rows = tree(tmp_path / "a"), (tmp_path / "a/index.db").read_bytes()
    with serve_page(tmp_path / "a") as address, httpx.Client(base_url=address) as page:
        for path in links(page.get("/en/")) | links(page.get(f"/vi{EDITED}")):
            page.get(path)
    assert tree(tmp_path / "a") == before
    assert (tmp_path / "a/index.db").read_bytes() == rows


def test_a_question_that_takes_too_long_is_ended(root: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"
    with Archive.open(root, read_only=True) as archive:
        with pytest.raises(TimeLimit), archive.index.reading(0.05) as queries:
            queries.connection.exec_driver_sql(endless).scalar()
        with archive.index.reading(5) as queries:
            assert queries.coverage.portals() == ["da_nang", "quang_tri"]


def test_a_series_of_documents_is_shown_with_its_gaps(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = {"since": date(2025, 1, 1), "until": date(2025, 12, 31)}
    gap = NumberGap(12, 14, date(2025, 3, 3), date(2025, 3, 5))
    whole = Series("da_nang", "QĐ", "UBND", False, **days, first=11, last=15, seen={11: (), 15: ()}, gaps=(gap,))
    monkeypatch.setattr("archive.web.day_cache.read_number_series", lambda archive: NumberSeriesSet((whole,), {}, 0))
    with serve_page(root) as address:
        shown = httpx.get(f"{address}/en/documents").text
    assert "<b>12–14</b>" in shown


def test_the_same_pages_stand_on_postgresql(
    postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, postgresql.database())
    with sealed(tmp_path / "a") as archive, SearchIndex.of(archive) as words:
        catch_up(archive, words)
    paths = ["/", "/nights/2025-03-04?after=da_nang/0", "/portals/da_nang?before=2025-03-05/001/0000000", EDITED]
    paths += ["/search?q=mua", "/doubtful", "/integrity?before=2025-03-05/1", "/documents", "/coverage/2025-03"]
    with serve_page(tmp_path / "a") as address, httpx.Client(base_url=address) as page:
        for path in paths:
            assert page.get(f"/en{path}").status_code == 200, path
    with (
        Archive.open(tmp_path / "a", read_only=True) as archive,
        pytest.raises(TimeLimit),
        archive.index.reading(0.05) as queries,
    ):
        queries.connection.exec_driver_sql("SELECT pg_sleep(5)")


def test_the_pages_connection_cannot_write(root: Path) -> None:
    with (
        Archive.open(root, read_only=True) as archive,
        pytest.raises(Exception, match=r"readonly|attempt to write"),
        archive.index.reading() as queries,
    ):
        queries.connection.exec_driver_sql("CREATE TABLE t (a)")


# how things are written


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "vi"),
        ("en", "en"),
        ("vi,en;q=0.8", "vi"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("vi-VN;q=0.4, en;q=0.5", "en"),
        ("fr, de;q=0.7", "vi"),
        ("en;q=0", "vi"),
        ("en;q=abc, ,;;;", "vi"),
        ("*", "vi"),
        (",".join(["en;q=0.1"] * 5000), "en"),
    ],
)
def test_the_language_is_the_one_a_browser_likes_best(header: str, language: str) -> None:
    assert preferred(header) == language


def test_the_front_door_leads_to_that_language_and_the_switch_to_the_same_page(page: httpx.Client) -> None:
    answer = page.get("/", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["location"], answer.headers["vary"]) == (302, "/en/", "Accept-Language")
    assert page.get("/", headers={"Accept-Language": "vi"}).headers["location"] == "/vi/"
    assert [page.get(f"/{name}").headers["location"] for name in ("vi", "en")] == ["/vi/", "/en/"]
    switch = read(page.get("/en/portals/da_nang").text).strings("//a[@hreflang='vi']/@href")
    assert switch == ["/vi/portals/da_nang"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cầu Bến Đá", "Cầu Bến Đá"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x00b\x1b[31m", "a\\u0000b\\u001b[31m"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("no\u00a0break", "no\u00a0break"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("one\ntwo", "one\ntwo"),
    ],
)
def test_what_cannot_be_seen_is_written_as_an_escape(text: str, shown: str) -> None:
    assert visible(text) == shown
    assert read(f"<p>{archived(text)}</p>").text == shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//host/path",
        "/path",
        "http://",
        "http://user@host/",
        "http://host/\u202e",
        "http://[",
        "",
    ],
)
def test_only_an_address_of_the_web_can_be_followed(url: str) -> None:
    assert as_link(url) is None


@pytest.mark.parametrize(
    "key", ["1740651398262", "2025-3-4/bai-viet.aspx", "a/../b", "..", "a//b", "x?y#z%2f", "ủy ban", "a&b=<c>\"'"]
)
def test_a_key_is_found_again_behind_its_address(key: str) -> None:
    path = path_part(key)
    assert unquote(path) == key
    assert str(httpx.URL(f"http://h/{path}").raw_path, "ascii") == f"/{path}"
    assert not {"", ".", ".."} & set(urlsplit(path).path.split("/"))


def test_numbers_and_days_follow_the_language() -> None:
    assert (number(1234.5, "vi", 1), number(1234.5, "en", 1)) == ("1.234,5", "1,234.5")
    assert (short_day(date(2025, 3, 4), "vi"), short_day(date(2025, 3, 4), "en")) == ("04/03/2025", "4 Mar 2025")


# drawings


def test_a_gap_hangs_below_the_line_and_days_alike_are_one_band() -> None:
    states = [DayState.PUBLISHED] * 3 + [DayState.BLOCKED] * 2 + [DayState.QUIET] + [DayState.BEFORE_FIRST]
    days = tuple(Day(date(2025, 1, number), state) for number, state in enumerate(states, 1))
    bands = strip(PortalCoverage("da_nang", days))
    assert [(band.x, band.width) for band in bands] == [(0, 3), (3, 2), (5, 1)]
    assert bands[1].y > 12 >= bands[0].y + bands[0].height


@pytest.mark.parametrize(
    ("states", "kind", "mark"),
    [
        ([DayState.PUBLISHED, DayState.QUIET], "published", "4"),
        ([DayState.QUIET, DayState.QUIET], "quiet", "·"),
        ([DayState.PUBLISHED, DayState.MISSED], "partly", "M1"),
        ([DayState.BLOCKED, DayState.FAILED, DayState.BLOCKED], "gap", "B"),
        ([DayState.PUBLISHED, DayState.MISSED, DayState.QUIET], "few", "4"),
        ([DayState.QUIET, DayState.MISSED, DayState.QUIET], "partly", "M1"),
        ([DayState.THIN, DayState.PUBLISHED], "odd", "▂1"),
        ([DayState.THIN, DayState.PUBLISHED, DayState.QUIET], "odd", "4"),
        ([DayState.MISSED, DayState.THIN, DayState.PUBLISHED], "few", "4"),
        ([DayState.BEFORE_FIRST], "none", ""),
        ([DayState.NOT_SEALED], "open", "…"),
        ([DayState.NOT_SCHEDULED, DayState.QUIET], "quiet", "·"),
        ([DayState.NOT_SCHEDULED], "unscheduled", "-"),
        ([DayState.BLOCKED, DayState.BEFORE_FIRST], "gap", "B"),
    ],
)
def test_the_day_of_all_portals_tells_its_texts_and_marks_or_names_its_gaps(
    states: list[DayState], kind: str, mark: str
) -> None:
    days = [Day(FIRST, state, stored=4 if state is DayState.PUBLISHED else 0) for state in states]
    cell = summed_cell(days)
    assert (cell.kind, cell.mark) == (kind, mark)


def test_a_calendar_has_whole_weeks_from_its_first_to_its_last_month() -> None:
    nights = [Day(date(2024, 2, 29), DayState.PUBLISHED, stored=7), Day(date(2024, 4, 1), DayState.QUIET)]
    months = months_of(2024, [day_cell(day) for day in nights])
    assert [month.first.month for month in months] == [2, 3, 4]
    assert months_of(2024, [day_cell(Day(date(2024, 2, 1), DayState.BEFORE_FIRST))]) == ()
    assert all(len(week) == 7 for month in months for week in month.weeks)
    assert [cell.mark for week in months[0].weeks for cell in week if cell and cell.kind != "none"] == ["7"]
    assert months[0].has_states
    assert not months[1].has_states


def test_a_curve_breaks_where_nothing_was_measured() -> None:
    drawn = curve([1.0, 2.0, None, 4.0])
    assert drawn is not None
    assert drawn.path.count("M") == 2
    assert (drawn.least, drawn.most, drawn.last) == (1.0, 4.0, 4.0)
    assert curve([None, None]) is None
    below = curve([-3.0, 3.0])
    assert below is not None
    assert re.fullmatch(r"M0 40L0 40L300 0", below.path)

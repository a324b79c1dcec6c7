"""Whole nights over portals whose lists are posted for or sent as JSON: what is kept, and what a second night brings."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event, Outcome, Verdict, WalkEnd
from archive.store import Archive
from crawler.reextract.reextract import read_again
from crawler.spiders.lam_dong import LamDong
from crawler.spiders.vinh_phuc import VinhPhuc
from crawler.urls import host_of
from pipelines.extract import extract
from replicas.articles import articles
from replicas.records import ReplicaSection
from replicas.serve import ReplicaServer
from replicas.sites.vhv import QuangNgai
from testing.crawl import crawl, new_archive, the_night
from testing.http_server import HttpServer, response

SPIDERS = ("-s", "SPIDER_MODULES=crawler.spiders")


class WithoutRequest(QuangNgai):
    """A portal whose pages do not give the request of their lists: `?page=2` is page 1 again."""

    portal = "quang_ngai"

    def module(self, section: ReplicaSection) -> str:
        return ""


@pytest.fixture(scope="module")
def replica() -> Iterator[ReplicaServer]:
    with ReplicaServer() as server:
        yield server


def night(archive: Path, replica: ReplicaServer, portal: str, day: str) -> None:
    done = crawl("--archive", str(archive), "--night", day, *SPIDERS, portal=portal, port=replica.port)
    assert (done.code, done.err) == (0, "")


def requests_in(folder: Path) -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(folder.glob("pages-*.warc.gz")):
        with gzip.open(path) as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type == "request":
                    body = record.content_stream().read().decode()
                    target = str(record.rec_headers.get_header("WARC-Target-URI"))
                    found.append((str(record.http_headers.protocol), target, body))
    return found


def test_a_proxy_is_asked_for_the_portals_own_lists_and_nothing_else(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = new_archive(tmp_path / "archive")
    night(archive, replica, "lam_dong", "2025-03-03")
    run, _, articles = the_night(archive, "lam_dong", date(2025, 3, 3))
    assert (run.verdict, run.events["new"], run.outcomes.get("article")) == (Verdict.GOOD, 8, None)
    assert {line.layout for line in articles if line.event is Event.NEW} == {"canvas"}
    asked = requests_in(archive / "2025/03/03/lam_dong")
    sources = [json.loads(body)["SourceUrl"] for _, url, body in asked if "/RestApi/" in url]
    lists = {section.path.removesuffix("/SitePages/Home.aspx") for section in LamDong.sections}
    assert {source.partition("/_api/")[0].removeprefix("https://w3.lamdong.gov.vn") for source in sources} == lists
    assert len(sources) == len(lists)


def test_texts_in_a_lists_answer(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = new_archive(tmp_path / "archive")
    night(archive, replica, "vinh_phuc", "2025-03-03")
    run, pages, articles = the_night(archive, "vinh_phuc", date(2025, 3, 3))
    assert (run.verdict, run.outcomes["listing"], run.outcomes.get("article")) == (Verdict.GOOD, 8, None)
    lists = {page.warc: page for page in pages if page.page_number}
    texts = [line for line in articles if line.event is Event.NEW]
    assert len(texts) == 8
    assert {lists[line.warc].section for line in texts if line.warc} <= {section.name for section in VinhPhuc.sections}
    assert all("View_Detail.aspx?ItemID=" in line.url and line.layout == "querydata" for line in texts)
    assert all(line.published for line in texts)
    asked = requests_in(archive / "2025/03/03/vinh_phuc")
    posted = [body for protocol, url, body in asked if url.endswith("/QUERYDATA")]
    assert len(posted) == 8
    assert all("do=QUERYDATA" in body and "length=50" in body for body in posted)

    night(archive, replica, "vinh_phuc", "2025-03-04")  # an article was edited, one is new
    run, _, later = the_night(archive, "vinh_phuc", date(2025, 3, 4))
    assert {line.event for line in later if line.attachment_of is None} == {Event.NEW, Event.REVISION, Event.DUPLICATE}
    assert run.extraction["texts with the same bytes"] > 3  # what says the same is not read again
    assert "rechecks differing" not in run.extraction
    with Archive.open(
        archive, ArchiveKind.REPLICA
    ) as opened:  # the records are found again in the captures of the lists
        again = read_again(opened, "vinh_phuc", VinhPhuc.read_with(), extract, 1 << 24)
    assert (again.read > 20, again.changed, again.unreadable) == (True, [], [])


def test_days_that_only_the_list_tells(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = new_archive(tmp_path / "archive")
    night(archive, replica, "bac_ninh", "2025-03-03")
    run, pages, articles = the_night(archive, "bac_ninh", date(2025, 3, 3))
    assert run.verdict is Verdict.GOOD
    texts = [line for line in articles if line.event is Event.NEW]
    assert {line.published_from for line in texts} == {"feed"}
    assert all(line.published and len(line.published) == 10 for line in texts)
    doors = [page for page in pages if page.section and not page.key and page.page_number is None]
    assert len(doors) == len(run.sections) == 11
    assert {page.request.of_visit for page in pages if page.page_number and page.request} == {True}
    night(archive, replica, "bac_ninh", "2025-03-04")  # the looks read the pages again, and no day changes
    _, _, later = the_night(archive, "bac_ninh", date(2025, 3, 4))
    assert sorted(line.event for line in later if line.attachment_of is None) == [Event.NEW, Event.REVISION]


def test_an_articles_line_names_its_own_address_and_how_it_was_asked_for(
    tmp_path: Path, replica: ReplicaServer
) -> None:
    archive = new_archive(tmp_path / "archive")
    night(archive, replica, "cong_an_ha_noi", "2025-03-03")
    run, pages, articles = the_night(archive, "cong_an_ha_noi", date(2025, 3, 3))
    assert run.verdict is Verdict.GOOD
    asked = [page for page in pages if page.key and not page.attachment_of]
    assert len(asked) == 8
    for page in asked:
        assert page.url.startswith("https://congan.hanoi.gov.vn.replica.test/tin-tuc/")
        assert page.request is not None
        assert page.request.url.endswith(f"getbyid?id={page.key}")
    assert {line.layout for line in articles if line.attachment_of is None} == {"getbyid"}
    again = [page.url for page in pages if page.next_look and page.key]
    assert len(again) == 8


def test_postbacks_are_walked_to_their_end(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = new_archive(tmp_path / "archive")
    night(archive, replica, "khanh_hoa", "2025-03-03")
    run, pages, _ = the_night(archive, "khanh_hoa", date(2025, 3, 3))
    assert run.verdict is Verdict.GOOD
    assert max(walk.pages for walk in run.sections.values()) == 4
    assert all(walk.end is not None and walk.end.complete for walk in run.sections.values())
    forms = [page.request for page in pages if page.request and page.request.method == "POST"]
    assert [form.body for form in forms] == [""] * 3
    assert "__VIEWSTATE" not in (archive / "2025/03/03/khanh_hoa/pages.jsonl").read_text()
    bodies = [body for _, _, body in requests_in(archive / "2025/03/03/khanh_hoa")]
    assert sum("__VIEWSTATE" in body for body in bodies) == 3


def test_files_on_a_host_of_their_own_are_stored_and_no_menu_is_followed(
    tmp_path: Path, replica: ReplicaServer
) -> None:
    archive = new_archive(tmp_path / "archive")
    night(archive, replica, "hai_phong", "2025-03-03")
    _, pages, articles = the_night(archive, "hai_phong", date(2025, 3, 3))

    files = [page for page in pages if page.outcome is Outcome.ATTACHMENT]
    assert {host_of(page.url) for page in files} == {"cdn.haiphong.gov.vn.replica.test"}
    assert sum(line.event is Event.ATTACHMENT for line in articles) == len(files) == 3
    robots = [host_of(page.url) for page in pages if page.outcome is Outcome.ROBOTS]
    assert robots == ["haiphong.gov.vn.replica.test", "cdn.haiphong.gov.vn.replica.test"]
    new = [line for line in articles if line.event is Event.NEW]
    assert len(new) == 8
    assert any("--7000" in line.url for line in new)
    assert not any("thu-tuc-hanh-chinh" in page.url or "Van-ban" in page.url for page in pages)
    assert not any("tin-bai" in image.caption for line in new for image in line.images)


def test_pages_that_only_lead_on_come_to_an_end(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    clock = b'<html><input type="hidden" id="serverNow" value="03/05/2025 08:00:00 AM"><a href="/">x</a></html>'
    base = "/congbao.nsf/"
    years = {
        f"{base}GazettesByYearMonth?OpenView&Count=-1&RestrictToCategory={year}": response(clock)
        for year in range(2000, 2026)
    }
    with HttpServer({f"{base}VanBanQPPL2?OpenView&Start=1&page=1": response(clock), **years}) as server:
        done = crawl(
            "--archive", str(archive), "--night", "2025-03-05", *SPIDERS, portal="cong_bao_son_la", port=server.port
        )
    assert (done.code, done.err) == (1, "")
    run, pages, _ = the_night(archive, "cong_bao_son_la", date(2025, 3, 5))
    assert run.sections["van-ban"].end is WalkEnd.FAILED
    assert [page.outcome for page in pages if page.section] == [Outcome.LISTING] * 8 + [Outcome.ERROR]


def test_a_second_page_that_is_the_first_again_makes_no_night_good(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    with ReplicaServer([WithoutRequest(articles("quang_ngai"))]) as server:
        for day in ("2025-03-03", "2025-03-04"):
            done = crawl(
                "--archive", str(archive), "--night", day, *SPIDERS, portal="quang_ngai", port=server.port
            )  # fmt: skip
            run, pages, _ = the_night(archive, "quang_ngai", date.fromisoformat(day))
            assert (done.code, run.verdict) == (1, Verdict.SUSPICIOUS)
            assert Reason.of("paging_first_again", section="tin-tuc", count=4) in run.reasons
            walk = run.sections["tin-tuc"]
            assert (walk.pages, walk.listed, walk.end, walk.first) == (2, 4, WalkEnd.FIRST_AGAIN, True)
            assert [page.walk_end for page in pages if page.section == "tin-tuc" and page.page_number] == [
                None,
                walk.end,
            ]


def test_a_list_goes_on_by_the_request_that_its_page_gives(tmp_path: Path, replica: ReplicaServer) -> None:
    archive = new_archive(tmp_path / "archive")
    night(archive, replica, "lai_chau", "2025-03-03")
    run, pages, texts = the_night(archive, "lai_chau", date(2025, 3, 3))
    walk = run.sections["tin-tuc-su-kien"]
    assert (run.verdict, walk.pages, walk.listed, walk.end) == (Verdict.GOOD, 2, 8, WalkEnd.LAST_PAGE)
    first, second = [page for page in pages if page.page_number]
    assert all(entry.record and entry.day is None for entry in first.listed)
    assert all(entry.record is None and entry.day for entry in second.listed)
    assert {entry.key for entry in first.listed} < {entry.key for entry in second.listed}
    assert len([line for line in texts if line.event is Event.NEW]) == 8

"""A list that kills its reader costs its section: captured, `broken`, and the other sections' articles are kept the same night."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model.enums import Outcome, Verdict, WalkEnd
from crawler.sandbox.reader_deaths import DeathRegister
from pipelines.sandbox.reader_process import ReadRequest
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, crawl, new_archive, the_night
from testing.http_server import HttpServer, Reply, response
from testing.portals.hostile.ba_song import CRASH, ENDLESS, GREEDY, BaSong

HERE = ("-s", "SPIDER_MODULES=testing.portals.hostile")


@pytest.mark.parametrize(
    ("words", "outcome", "detail"),
    [
        pytest.param(ENDLESS, Outcome.EXTRACT_TIMEOUT, "not read within 5 s", id="endless"),
        pytest.param(CRASH, Outcome.EXTRACT_MEMORY, "(SIGKILL: memory limit or crash)", id="crash"),
        pytest.param(GREEDY, Outcome.EXTRACT_MEMORY, "(memory limit)", id="greedy"),
    ],
)
def test_a_list_that_kills_its_reader_costs_its_section(
    tmp_path: Path, words: str, outcome: Outcome, detail: str
) -> None:
    root = new_archive(tmp_path / "archive")
    pages: dict[str, Reply] = {
        "/tin-tuc": response(listing(["d"]).replace(b"</body>", f"<p>{words}</p></body>".encode())),
        "/kinh-te": response(listing(["a", "b"])),
        "/doi-song": response(listing(["c"])),
    }
    pages |= {f"/tin/{key}.html": response(article(number)) for number, key in enumerate("abc")}
    with HttpServer(pages) as server:
        done = crawl("--archive", str(root), "--night", NIGHT.isoformat(), *HERE, port=server.port)

    run, asked, articles = the_night(root)
    assert done.code == 1
    assert run.verdict is Verdict.BROKEN
    assert sorted(line.key for line in articles) == ["a", "b", "c"]
    (hostile,) = [page for page in asked if page.section == "tin-tuc" and page.page_number]
    assert (hostile.outcome, hostile.walk_end) == (outcome, WalkEnd.FAILED)
    assert detail in (hostile.detail or "")
    assert hostile.warc is not None
    assert {name: walk.end for name, walk in run.sections.items() if name != "tin-tuc"} == {
        "kinh-te": WalkEnd.LAST_PAGE,
        "doi-song": WalkEnd.LAST_PAGE,
    }


def test_what_killed_its_reader_twice_is_not_read_again_until_its_bytes_change(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    hostile = listing(["d"]).replace(b"</body>", f"<p>{CRASH}</p></body>".encode())
    runs: list[tuple[list[str], str]] = []
    pages: dict[str, Reply] = {f"/tin/{key}.html": response(article(number)) for number, key in enumerate("acd")}
    pages |= {"/kinh-te": response(listing(["a"])), "/doi-song": response(listing(["c"]))}
    for number, page in enumerate((hostile, hostile, hostile, hostile.replace(CRASH.encode(), b"")), NIGHT.day):
        night = NIGHT.replace(day=number)
        with HttpServer(pages | {"/tin-tuc": response(page)}) as server:
            crawl("--archive", str(root), "--night", night.isoformat(), *HERE, port=server.port)
        run, asked, _ = the_night(root, night=night)
        (line,) = [page for page in asked if page.section == "tin-tuc" and page.page_number]
        assert line.warc is not None
        runs.append(([reason.code for reason in run.reasons], line.detail or line.outcome.value))

    told, details = [("reader_killed" in reasons) for reasons, _ in runs], [detail for _, detail in runs]
    assert told == [False, True, False, False]
    assert [detail.startswith("the reading process ended") for detail in details] == [True, True, False, False]
    assert details[2].startswith(f"not read again: it killed its reader 2 times since {NIGHT}")
    assert details[3] == Outcome.LISTING.value


def test_an_article_that_is_not_read_again_keeps_its_line_and_does_not_spoil_every_night(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    page = article(7, "Trang này đã hai lần làm sập trình đọc.")
    for _ in range(2):
        deaths = DeathRegister(root, "ba_song", NIGHT, BaSong.read_with())
        deaths.killed(ReadRequest(b"", page, "https://www.ba-song.vn/tin/x.html"))
    pages: dict[str, Reply] = {"/tin/a.html": response(article(1)), "/tin/x.html": response(page)}
    pages |= {path: response(listing(["a", "x"])) for path in ("/tin-tuc", "/kinh-te", "/doi-song")}
    with HttpServer(pages) as server:
        crawl("--archive", str(root), "--night", NIGHT.isoformat(), *HERE, port=server.port)

    run, asked, articles = the_night(root)
    assert [line.key for line in articles] == ["a"]
    (refused,) = [page for page in asked if page.key == "x"]
    assert refused.outcome is Outcome.EXTRACT_TIMEOUT
    assert (refused.detail or "").startswith("not read again: it killed its reader 2 times")
    assert refused.warc is not None
    assert run.verdict is Verdict.GOOD

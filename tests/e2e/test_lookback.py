"""Look-backs: an article on page 7 with an old date is found once a month, under a bound, over nights if need be."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.index.index import Index
from archive.index.schema import TABLES
from archive.model.enums import LATE, Outcome, WalkEnd
from archive.model.records import ListEntry, LookbackCounts, LookbackMark, PageRecord, Run
from archive.rebuild import rebuild
from archive.storage.jsonl import ArticleLine, decode_page, encode_page
from archive.store import Archive
from crawler.config.run_options import FIRST_AFTER, LookbackPlan, next_lookback
from crawler.spider.lookback import WalkBound
from crawler.spider.stop_rule import Paging
from replicas.prose.village_news import past_article, past_articles
from replicas.records import TZ, ReplicaArticle
from replicas.serve import ReplicaServer
from replicas.sites.sharepoint import QuangNinh
from testing.crawl import ROOT, crawl, environment, new_archive, the_night
from testing.once import once

PORTAL = "quang_ninh"
FIRST = date(2025, 3, 3)
DUE = next_lookback(PORTAL, 30, FIRST, None)
SECTION = "tin-tuc-su-kien"


def listed(*keys: str, day: date | None = None) -> list[ListEntry]:
    return [ListEntry(key, f"https://a.replica.test/{key}", day=day) for key in keys]


# When, and where it ends ----------------------------------------------------------------------------------------------


@given(
    st.sampled_from(["quang_tri", "da_nang", "vjst", "bac_giang"]), st.integers(2, 400), st.dates(), st.integers(0, 90)
)
def test_each_portal_has_its_night_of_the_month(portal: str, days: int, walked: date, later: int) -> None:
    if walked.year > 9990:
        return
    first = next_lookback(portal, days, walked, None)
    assert walked + timedelta(days=FIRST_AFTER) <= first < walked + timedelta(days=FIRST_AFTER + days)
    # On its night, or begun late because the portal was down: the night itself stays.
    again = next_lookback(portal, days, walked, first + timedelta(days=later))
    assert (again - first).days % days == 0
    assert first + timedelta(days=later) < again <= first + timedelta(days=later + days)


def test_the_portals_do_not_fall_on_one_night() -> None:
    nights = {next_lookback(f"tinh_{number}", 30, FIRST, None) for number in range(63)}
    assert len(nights) > 20


OLD, WANTED = date(2025, 2, 1), date(2025, 2, 10)
MOVED = Paging(frozenset({"x"}), moved=True)
ENDS = {
    "it goes on": (listed("a", day=WANTED), True, 3, set(), WANTED, 30, MOVED, None),
    "a page like the ones before": (listed("a", day=WANTED), True, 3, {"a", "b"}, WANTED, 30, MOVED, WalkEnd.REPEATED),
    "the first page again": (
        listed("a", day=WANTED), True, 2, {"a"}, WANTED, 30, Paging(frozenset({"a"})), WalkEnd.FIRST_AGAIN,
    ),
    "an empty page": ([], True, 3, {"a"}, None, 30, Paging(frozenset({"a"})), WalkEnd.REPEATED),
    "older than the first walk": (listed("a", day=OLD), True, 3, set(), WANTED, 30, MOVED, WalkEnd.SINCE),
    "one that is not older": (listed("a", day=OLD) + listed("b", day=WANTED), True, 3, set(), WANTED, 30, MOVED, None),
    "a list without days": (listed("a"), True, 3, set(), WANTED, 30, MOVED, None),
    "the last page": (listed("a", day=WANTED), False, 3, set(), WANTED, 30, MOVED, WalkEnd.LAST_PAGE),
    "the bound on pages": (listed("a", day=WANTED), True, 30, set(), WANTED, 30, MOVED, WalkEnd.SINCE),
    "no bound on pages": (listed("a", day=WANTED), True, 30, set(), None, None, MOVED, None),
}  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "more", "number", "seen", "since", "deepest", "paging", "end"), ENDS.values(), ids=ENDS.keys()
)
def test_where_a_look_back_of_a_section_ends(
    entries: list[ListEntry],
    more: bool,
    number: int,
    seen: set[str],
    since: date | None,
    deepest: int | None,
    paging: Paging,
    end: WalkEnd,
) -> None:
    assert WalkBound(since, deepest).end(entries, more, number, seen, paging) is end


def test_on_its_last_page_what_is_too_old_is_passed_over() -> None:
    entries = [*listed("a", day=OLD), *listed("b"), *listed("c", day=WANTED)]
    assert [entry.key for entry in WalkBound(WANTED, None).wanted(entries)] == ["b", "c"]
    assert len(WalkBound(None, None).wanted(entries)) == 3


def test_the_mark_stands_in_the_line() -> None:
    page = PageRecord("https://a.replica.test/", Outcome.LISTING, datetime(2025, 3, 3, tzinfo=TZ), page_number=7)
    marked = replace(page, lookback=LookbackMark(FIRST, OLD, WalkEnd.LAST_PAGE))
    assert decode_page(encode_page(marked)) == marked
    assert b"lookback" not in encode_page(page)


# Through the real program ---------------------------------------------------------------------------------------------


def at(day: date, hour: int = 10) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=TZ)


def late(number: int, published: date, appears: date, files: tuple[str, ...] = ()) -> ReplicaArticle:
    return replace(past_article(QuangNinh, number, at(published)), appears=appears, files=files)


OLDER = past_articles(QuangNinh, 40, at(FIRST - timedelta(days=1)), timedelta(hours=8))
BACK_DATED = late(200, FIRST - timedelta(days=3), FIRST + timedelta(days=5))  # page 3
PAGE_SEVEN = late(201, FIRST - timedelta(days=9), FIRST + timedelta(days=5), files=("ke-hoach.pdf", "phu-luc.pdf"))
IN_TIME = late(202, DUE, DUE)
LATE_ONES = {BACK_DATED.key, PAGE_SEVEN.key}
SITE = QuangNinh([*OLDER, BACK_DATED, PAGE_SEVEN, IN_TIME])


@pytest.fixture(scope="module")
def server() -> Iterator[ReplicaServer]:
    with ReplicaServer([SITE]) as server:
        yield server


@pytest.fixture(scope="module")
def walked(server: ReplicaServer, session_folder: Path) -> Path:
    """Two nights of the portal: the first walk, and one after the late articles had appeared that did not see them."""
    return once(session_folder / "lookback", lambda folder: _walked(server, folder))


def _walked(server: ReplicaServer, folder: Path) -> Path:
    root = new_archive(folder / "archive")
    for night in (FIRST, FIRST + timedelta(days=6)):
        run, lines = crawled(root, server, night)
        assert run.lookback is None
        assert LATE_ONES.isdisjoint(line.key for line in lines)
    return root


def crawled(root: Path, server: ReplicaServer, night: date, **bounds: int) -> tuple[Run, Sequence[ArticleLine]]:
    bounds = {"days": 30} | bounds
    options = [part for name, value in bounds.items() for part in ("-s", f"LOOKBACK_{name.upper()}={value}")]
    options += ["-s", "SPIDER_MODULES=crawler.spiders", "-s", "LOOKS=365"]
    done = crawl("--archive", str(root), "--night", night.isoformat(), *options, portal=PORTAL, port=server.port)
    assert (done.code, done.err) == (0, ""), done.err
    run, _, lines = the_night(root, PORTAL, night)
    return run, lines


def copied(root: Path, folder: Path) -> Path:
    subprocess.run(["cp", "-r", str(root), str(folder / "archive")], check=True)
    return folder / "archive"


def rows(root: Path) -> list[list[tuple[object, ...]]]:
    with Archive.open(root) as archive, archive.index.reading() as queries:
        return [list(queries.rows(table)) for table in TABLES]


def rebuilt(root: Path) -> bool:
    before = rows(root)
    with Archive.open(root) as archive:
        assert rebuild(archive.paths) == []
    return rows(root) == before


def test_what_appeared_on_page_seven_is_found_and_called_late(
    walked: Path, server: ReplicaServer, tmp_path: Path
) -> None:
    root = copied(walked, tmp_path)
    run, lines = crawled(root, server, DUE)
    kept = {line.key: line for line in lines if not line.attachment_of}
    assert set(kept) == LATE_ONES | {IN_TIME.key}
    assert {key for key, line in kept.items() if LATE in line.flags} == LATE_ONES
    assert {line.published for line in kept.values()} == {
        article.published.isoformat() for article in (BACK_DATED, PAGE_SEVEN, IN_TIME)
    }
    _, pages, _ = the_night(root, PORTAL, DUE)
    assert {page.page_number for page in pages for entry in page.listed if entry.key == PAGE_SEVEN.key} == {7}
    # 43 articles on pages of four; the walk of the night read two, the last look-back page names no next one.
    assert run.lookback == LookbackCounts(DUE, None, 9, 13, 35, 2, 2, 2, complete=True)
    # None of it is the night's own: what a night is compared by stays what the other nights have.
    assert (run.listed, run.sections[SECTION].pages, run.sections[SECTION].fresh) == (8, 2, 1)
    assert run.sections[SECTION].end is WalkEnd.KNOWN
    assert run.measures is not None
    assert (run.measures.texts, run.measures.asked) == (1, {"article": 1})
    assert run.extraction["layout chi-tiet-tin"] == 1
    assert (run.requests, sum(run.outcomes.values())) == (len(pages), len(pages))
    assert rebuilt(root)

    listed_late = [line.split("\t")[3] for line in archive_says(root, "list", "--late").splitlines()]
    assert {name.partition("@")[0] for name in listed_late} == {f"{PORTAL}/{key}" for key in LATE_ONES}
    shown = archive_says(root, "show", f"{PORTAL}/{PAGE_SEVEN.key}").splitlines()
    assert f"late: published {PAGE_SEVEN.day}, found {DUE}" in shown

    again, lines = crawled(root, server, DUE + timedelta(days=1))
    assert again.lookback is None
    assert (again.sections[SECTION].pages, again.sections[SECTION].end) == (1, WalkEnd.KNOWN)
    assert lines == []
    assert said_by_status(root) == ("2025-04-23", "2025-03-24: 9 pages, 2 found (2 late), complete")


def archive_says(root: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "archive", *arguments, "--archive", str(root)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def said_by_status(root: Path) -> tuple[str, str]:
    """Return the portal's next and last look-back, as `status` prints them and as it gives them as JSON."""
    command = [sys.executable, "scheduler.py", "status", "--archive", str(root)]
    printed, plain = (
        subprocess.run(
            [*command, *more], cwd=ROOT, env=environment(REPLICA="1"), capture_output=True, text=True, check=True
        ).stdout
        for more in ([], ["--json"])
    )
    (standing,) = json.loads(plain)["lookbacks"]
    row = next(line for line in printed.splitlines() if line.startswith(PORTAL))
    assert standing["next"] in row
    return standing["next"], row.partition(standing["next"])[2].strip()


def test_the_bound_on_requests_cuts_it_and_the_next_nights_go_on(
    walked: Path, server: ReplicaServer, tmp_path: Path
) -> None:
    root = copied(walked, tmp_path)
    kept: set[str] = set()
    for number in range(8):
        night = DUE + timedelta(days=number)
        run, lines = crawled(root, server, night, requests=4)
        kept |= {line.key for line in lines if not line.attachment_of}
        _, pages, _ = the_night(root, PORTAL, night)
        marked = [page for page in pages if page.lookback]
        assert len(marked) <= 4
        assert run.lookback is not None
        assert (run.lookback.began, run.lookback.requests) == (DUE, len(marked))
        assert rebuilt(root)
        if run.lookback.complete:
            break
        assert said_by_status(root)[1].endswith("cut, goes on next night")
    assert LATE_ONES < kept
    assert run.lookback is not None
    assert run.lookback.complete
    total = said_by_status(root)[1]
    assert total.endswith(f"in {number + 1} nights, 2 found (2 late), complete")
    assert number > 2
    with Archive.open(root, read_only=True) as archive, archive.index.reading() as queries:
        assert queries.listings.pending(PORTAL) == []


def test_it_can_be_switched_off(walked: Path, server: ReplicaServer, tmp_path: Path) -> None:
    run, lines = crawled(copied(walked, tmp_path), server, DUE, days=0)
    assert run.lookback is None
    assert {line.key for line in lines} == {IN_TIME.key}


def test_the_bounds_are_checked() -> None:
    done = crawl("-s", "LOOKBACK_PAGES=0", portal="ba_song", port=1)
    assert (done.code, done.err) == (2, "LOOKBACK_PAGES=0 should be a whole number from 1\n")
    assert LookbackPlan() == LookbackPlan(30, 30, 300)


def test_an_index_without_look_backs_answers(tmp_path: Path) -> None:
    index = Index.create(tmp_path / "index.db")
    with index.reading() as queries:
        assert queries.lookbacks.latest(PORTAL) is None
        assert queries.lookbacks.first_walk(PORTAL) is None
        assert queries.lookbacks.first_wanted(PORTAL, SECTION) is None
    index.close()

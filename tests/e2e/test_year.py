"""Two months of the composed year: what is planted is found, nothing else is; and docs/auditing.md says what it prints."""

from __future__ import annotations

import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.audit.verify import verify
from archive.coverage.calendar import Day, DayState
from archive.coverage.reader import read_coverage, span
from archive.errors import UsageError
from archive.model.enums import ArchiveKind
from archive.store import Archive
from archive.web.day_cache import DayCache
from bench.year.__main__ import main as year
from bench.year.check import check_year
from bench.year.compose import PlantedYear, compose_year
from bench.year.states import Calendar, State
from replicas.articles import EVERY_PORTAL
from testing.once import once

ROOT = Path(__file__).resolve().parent.parent.parent
PORTALS = ("quang_tri", "binh_dinh")
FIRST = date(2025, 6, 2)


@pytest.fixture(scope="session")
def composed(session_folder: Path) -> tuple[Path, PlantedYear]:
    folder = session_folder / "year"
    return folder, once(folder, lambda made: compose_year(made, PORTALS, FIRST, 60, seed=2, volume=0.3))


def test_what_is_planted_is_found_and_nothing_else(composed: tuple[Path, PlantedYear]) -> None:
    found = check_year(*composed)
    assert found.wrong == []
    assert found.planted == found.found
    assert found.planted["missing numbers"] >= 5
    assert found.planted["unreachable"] == 2
    assert {"new", "attachment", "duplicate", "revision", "gone"} <= found.events.keys()


def test_a_gap_that_is_not_reported_and_a_number_that_is_shown_are_found_out(
    composed: tuple[Path, PlantedYear],
) -> None:
    folder, planted = composed
    shown = {portal: [one for one in issued if one.number != 20] for portal, issued in planted.published.items()}
    wrong = check_year(
        folder, PlantedYear(planted.portals, planted.nights, planted.calendar, planted.series, shown, 0)
    ).wrong
    assert any("planted [14, 20, 26], told [14, 26]" in line for line in wrong)


def test_its_archive_is_intact_and_says_that_it_is_none_of_real_pages(composed: tuple[Path, PlantedYear]) -> None:
    folder, _ = composed
    with Archive.open(folder, read_only=True) as archive:
        assert archive.identity.kind is ArchiveKind.REPLICA
        audit = verify(archive.identity, archive.paths)
    assert audit.findings == []
    assert audit.runs > 100


def test_the_same_seed_is_the_same_year(composed: tuple[Path, PlantedYear], tmp_path: Path) -> None:
    folder, _ = composed
    compose_year(tmp_path / "a", PORTALS, FIRST, 3, seed=2, volume=0.3)
    texts = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").glob("2025/06/02/*/*.txt"))
    assert texts
    assert [(folder / path).read_bytes() for path in texts] == [(tmp_path / "a" / path).read_bytes() for path in texts]


def test_every_command_of_the_page_prints_what_stands_below_it(
    composed: tuple[Path, PlantedYear], capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs" / "auditing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console var/two-months\n(.*?)```", page, re.DOTALL)
    printed: list[str] = []
    ran = 0
    for line in (line for block in blocks for line in block.splitlines()):
        if line.startswith("$ python -m archive "):
            main([word.replace("var/two-months", str(composed[0])) for word in shlex.split(line)[4:]])
            printed, ran = capsys.readouterr().out.splitlines(), ran + 1
        else:
            assert line in printed, line
    assert ran >= 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--portals", "nowhere"], "no replica is called nowhere"),
        (["--from", "yesterday"], "--from 'yesterday' is no day"),
    ],
)
def test_a_wrong_question_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert year(["--archive", str(tmp_path / "a"), *arguments]) == UsageError("").exit_code
    assert words in capsys.readouterr().err


def test_a_gazette_prints_documents_and_nothing_else(tmp_path: Path) -> None:
    planted = compose_year(tmp_path / "a", ("cong_bao_son_la",), FIRST, 60, seed=5, volume=1)
    found = check_year(tmp_path / "a", planted)
    assert found.wrong == []
    assert found.planted["missing numbers"] >= 1
    with Archive.open(tmp_path / "a", read_only=True) as archive, archive.index.reading() as queries:
        titles = [event.title for _, event in queries.web.events_of_portal("cong_bao_son_la", 100)]
    assert len(titles) > 20
    assert all(title.startswith("Quyết định của UBND tỉnh số ") for title in titles)


def test_every_portal_has_nights_of_every_kind(tmp_path: Path) -> None:
    states = [State.GOOD, State.FAILED, State.INTERRUPTED]
    nights = [FIRST + timedelta(days=number) for number in range(len(states))]
    every = {(portal, night): state for portal in EVERY_PORTAL for night, state in zip(nights, states, strict=True)}
    compose_year(tmp_path / "a", EVERY_PORTAL, FIRST, len(states), seed=3, volume=0.2, calendar=Calendar(every))
    with Archive.open(tmp_path / "a", read_only=True) as archive:
        audit = verify(archive.identity, archive.paths)
    assert audit.findings == []
    assert audit.runs == len(EVERY_PORTAL) * len(states) >= 29 * 3


def test_the_page_tells_the_same_days_as_coverage_of_portals_that_moved_or_went(tmp_path: Path) -> None:
    first, nights = date(2025, 12, 15), 40
    ended = {"bac_giang": State.MOVED, "ninh_thuan": State.GONE}
    days = [first + timedelta(days=number) for number in range(nights)]
    calendar = Calendar({(portal, day): state for portal, state in ended.items() for day in days[8:]})
    compose_year(tmp_path / "a", tuple(ended), first, nights, seed=4, volume=0.3, calendar=calendar)
    with Archive.open(tmp_path / "a", read_only=True) as archive:
        covered = {
            one.portal: {day.day: day for day in one.days} for one in read_coverage(archive, *span(archive, None, None))
        }
        shown: dict[str, dict[date, Day]] = {portal: {} for portal in ended}
        for year in (2025, 2026):
            read = DayCache(archive).year(year)
            assert read is not None
            for one in read.portals:
                shown[one.portal] |= {day.day: day for day in one.days if day.day in covered[one.portal]}
    assert shown == covered
    states = {portal: {day.state for day in list(each.values())[20:]} for portal, each in covered.items()}
    assert states == {"bac_giang": {DayState.MOVED}, "ninh_thuan": {DayState.GONE}}

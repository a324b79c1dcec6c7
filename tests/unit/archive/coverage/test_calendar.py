"""Coverage: what each day was, why it has a gap, and whether a later night reached back over it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.coverage.calendar import DayState, PortalKnowledge, cover, nights_between
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, FinishReason, Verdict, WalkEnd
from archive.model.records import Run, SectionWalk
from testing.archives import FIRST, make, sealed
from vietnam.date_forms import TZ

MONDAY = date(2025, 3, 3)
WALKED = {"tin": SectionWalk(2, 20, 3, WalkEnd.KNOWN)}


def run(number: int, verdict: Verdict = Verdict.GOOD, new: int = 3, **changes: object) -> Run:
    night = MONDAY + timedelta(days=number)
    moment = datetime(night.year, night.month, night.day, 1, tzinfo=TZ)
    bad = verdict not in (Verdict.GOOD, Verdict.QUIET, Verdict.THIN)
    plain = Run(
        portal="da_nang",
        night=night,
        run="da_nang",
        via=ArchiveKind.REPLICA,
        started_at=moment,
        finished_at=moment,
        complete=True,
        finish_reason=FinishReason.FINISHED,
        verdict=verdict,
        reasons=(Reason.sentence("section tin listed 0 articles"),) if bad else (),
        listed=20,
        requests=30,
        bytes=1000,
        events={"new": new},
        sections=WALKED,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def states(runs: list[Run], days: int, **known: object) -> list[DayState]:
    knowledge = PortalKnowledge(min((one.night for one in runs), default=None), runs, **known)  # type: ignore[arg-type]
    return [
        day.state for day in cover("da_nang", knowledge, nights_between(MONDAY, MONDAY + timedelta(days=days - 1))).days
    ]


@pytest.mark.parametrize(
    ("verdict", "new", "state"),
    [
        (Verdict.GOOD, 3, DayState.PUBLISHED),
        (Verdict.GOOD, 0, DayState.QUIET),
        (Verdict.QUIET, 0, DayState.QUIET),
        (Verdict.THIN, 1, DayState.THIN),
        (Verdict.SUSPICIOUS, 2, DayState.SUSPICIOUS),
        (Verdict.BROKEN, 0, DayState.FAILED),
        (Verdict.INTERRUPTED, 1, DayState.FAILED),
        (Verdict.BLOCKED, 0, DayState.BLOCKED),
        (Verdict.UNREACHABLE, 0, DayState.UNREACHABLE),
    ],
)
def test_a_verdict_is_shown_as_what_the_day_was(verdict: Verdict, new: int, state: DayState) -> None:
    assert states([run(0, verdict, new)], 1) == [state]


def test_a_day_without_a_run_is_explained() -> None:
    missed = {MONDAY + timedelta(days=2): Reason.sentence("the host was down")}
    found = cover(
        "da_nang", PortalKnowledge(run(1).night, [run(1), run(4)], missed), nights_between(MONDAY, run(5).night)
    )
    assert [day.state for day in found.days] == [
        DayState.BEFORE_FIRST,
        DayState.PUBLISHED,
        DayState.MISSED,
        DayState.NOT_SCHEDULED,
        DayState.PUBLISHED,
        DayState.NOT_SCHEDULED,
    ]
    assert found.days[2].explanation == "missed: the host was down (caught up on 2025-03-07)"
    assert found.days[5].caught_up is None
    assert [day.day.day for day in found.gaps] == [5, 6, 8]


def test_a_gap_is_caught_up_on_only_by_a_night_that_walked_everything() -> None:
    cut = {"tin": SectionWalk(40, 400, 3, WalkEnd.PAGE_LIMIT)}
    runs = [
        run(0),
        run(1, Verdict.UNREACHABLE),
        run(2, sections=cut),
        run(3, complete=False),
        run(4, Verdict.BROKEN),
        run(5),
    ]
    covered = cover("da_nang", PortalKnowledge(MONDAY, runs), nights_between(MONDAY, run(5).night))
    assert covered.days[1].caught_up == run(5).night


def test_a_repeated_run_mends_the_night_and_a_second_reading_is_no_night() -> None:
    again = run(0, run="da_nang.2")
    reading = run(1, run="da_nang", finish_reason=FinishReason.REEXTRACT)
    assert states([run(0, Verdict.BROKEN), again, reading], 2) == [DayState.PUBLISHED, DayState.NOT_SCHEDULED]


def test_quiet_holidays_say_so() -> None:
    tet = date(2025, 1, 29)
    quiet = replace(
        run(0, Verdict.QUIET, 0), night=tet, reasons=(Reason.sentence("everything that was listed is already known"),)
    )
    day = cover("da_nang", PortalKnowledge(tet, [quiet]), [tet]).days[0]
    assert day.state is DayState.QUIET
    assert "nothing new is usual" in day.explanation


def test_nothing_is_said_of_a_night_that_is_not_sealed() -> None:
    night = MONDAY + timedelta(days=1)
    found = cover("da_nang", PortalKnowledge(MONDAY, [run(0)]), [MONDAY, night], frozenset({night}))
    assert found.days[1].state is DayState.NOT_SEALED
    assert found.gaps == ()


def test_the_letters_tell_the_states_apart_without_colour() -> None:
    assert len({state.letter for state in DayState}) == len(DayState)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["coverage", *arguments])
    return code, capsys.readouterr().out


def test_the_command_shows_days_gaps_and_dates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(tmp_path / "a").close()
    own = ("--archive", str(tmp_path / "a"))
    code, calendar = printed(capsys, *own)
    assert code == 0
    assert [
        line.split() for line in calendar.splitlines() if line.startswith(("da_nang", "quang_tri", "ninh_thuan"))
    ] == [
        ["da_nang", "█··"],
        ["ninh_thuan", "M-"],
        ["quang_tri", "█·█"],
    ]
    code, gaps = printed(capsys, *own, "--gaps")
    assert code == 1
    assert "2025-03-04  ninh_thuan  missed: the host did not answer (not caught up on since)" in gaps
    assert gaps.splitlines()[-1] == "2 gaps in 9 portal-days, 2 of them not caught up on"
    code, lines = printed(capsys, *own, "--json", "--portal", "da_nang")
    days = [json.loads(line) for line in lines.splitlines()]
    assert [(day["day"], day["state"], day["stored"], day["published"]) for day in days] == [
        ("2025-03-03", "published", 2, 2),
        ("2025-03-04", "quiet", 0, 0),
        ("2025-03-05", "quiet", 0, 0),
    ]
    _, table = printed(capsys, *own, "--csv", "--since", "2025-03-04", "--until", "2025-03-04")
    assert [row["portal"] for row in csv.DictReader(io.StringIO(table))] == ["da_nang", "ninh_thuan", "quang_tri"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--portal", "ha_noi"], "the archive has no night of ha_noi; known are da_nang"),
        (["--since", "2025-03-05", "--until", "2025-03-04"], "lies before --since"),
    ],
)
def test_a_wrong_question_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    sealed(tmp_path / "a").close()
    assert main(["coverage", "--archive", str(tmp_path / "a"), *arguments]) == 2
    assert words in capsys.readouterr().err


def test_an_empty_archive_has_no_days_to_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path / "a").close()
    assert main(["coverage", "--archive", str(tmp_path / "a"), "--since", FIRST.isoformat()]) == 2
    assert "nothing was crawled yet" in capsys.readouterr().err

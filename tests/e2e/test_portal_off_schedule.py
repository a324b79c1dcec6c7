"""Take a portal that moved or is gone off the schedule, report it, and show it in coverage."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from rich.console import Console

from archive.__main__ import main
from archive.coverage.calendar import DayState
from archive.coverage.reader import read_coverage
from archive.errors import ExitCode, UsageError
from archive.ingest.run_writer import RunWriter
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.leases.states import AttemptResult, LeaseState
from archive.messages.reason import Reason
from archive.model.decommission import NO_NAME
from archive.model.enums import ArchiveKind, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.judgement import Judgement
from archive.model.records import Capture, ListEntry, PageRecord, Run
from archive.store import Archive
from crawler.catalog.portals import PortalInfo
from crawler.config.alerts import DEFAULT_ON
from crawler.config.settings_file import NightSettings, read_settings
from crawler.nights.orphaned_runs import close_leftover
from crawler.nights.runner import LEASE
from crawler.nights.schedule import Schedule
from crawler.portal import Sure
from crawler.reports.digest import needs_alert
from crawler.reports.night_report import NightReport, report_of
from crawler.reports.night_table import exit_code, night_rows
from crawler.reports.render import as_markdown, on_screen
from crawler.reports.status import status
from crawler.run.portal_run import night_counts
from crawler.verdicts.decommissioned import DecommissionRule, assess, decommissioned_portals, dissolution
from crawler.verdicts.history import History
from crawler.verdicts.judge import judge_night
from testing.crawl import ROOT
from vietnam.date_forms import TZ

JULY = date(2025, 7, 10)
PROVINCES = {"ben_da": "ninhthuan", "huyen_cu": "ninhthuan", "tinh_nay": "khanhhoa", "ninh_thuan": "ninhthuan"}
STANDS, NAMELESS, TIMEOUT, MOVED = "stands", "nameless", "timeout", "moved"


def night(number: int) -> date:
    return JULY + timedelta(days=number)


@dataclass(slots=True)
class Year:
    """An archive with its ledger, and portals that do each night what the test says."""

    archive: Archive
    ledger: Ledger
    settings: NightSettings = field(default_factory=NightSettings)
    names: tuple[str, ...] = ("ben_da", "huyen_cu", "tinh_nay")

    def schedule(self) -> Schedule:
        portals = {
            name: PortalInfo(name, name, frozenset({f"{name}.vn"}), Sure.RECORDED, PROVINCES[name])
            for name in self.names
        }
        return Schedule(self.archive, self.ledger, self.settings, portals)

    def play(self, number: int, asked: tuple[str, ...] = (), **does: str) -> NightReport:
        """One night: what is on the schedule (or asked for by name) is asked, and the night is sealed."""
        schedule, when = self.schedule(), night(number)
        now = datetime(when.year, when.month, when.day, 1, tzinfo=TZ)
        schedule.plan_again(when, asked, now)
        schedule.plan(when, now)
        for row in self.ledger.pending(now):
            claim = self.ledger.claim(row.portal, when, Owner.current(), now, LEASE)
            assert claim is not None
            run = self.crawl(row.portal, when, now, does.get(row.portal, STANDS))
            self.ledger.finish(claim, now, AttemptResult(LeaseState.DONE, run=run.run))
        schedule.seal(when)
        return self.report(number)

    def crawl(self, portal: str, when: date, now: datetime, does: str) -> Run:
        """Record a crawl that got these answers, judged and closed as the real one is."""
        crawl = self.archive.start(portal, when, now, lambda *_: Judgement(None))
        self.answers(crawl, now, does)
        crawl.commit()
        before = self.archive.history(portal, when, 160)
        end = assess(
            self.archive,
            crawl,
            before,
            DecommissionRule(dissolution(PROVINCES[portal], None, when), self.settings.gone_nights),
        )
        return crawl.close(
            now, complete=True, finish_reason=FinishReason.FINISHED, extraction={}, software={}, province=PROVINCES[portal],
            away=end.sign,
            judge_night=lambda tally: judge_night(night_counts(crawl, tally, {}), History.of(before), end),
        )  # fmt: skip

    @staticmethod
    def answers(crawl: RunWriter, now: datetime, does: str) -> None:
        url = f"https://{crawl.portal}.vn/tin"
        page = PageRecord(url, Outcome.UNREACHABLE, now, section="tin", page_number=1, walk_end=WalkEnd.FAILED)
        if does in (NAMELESS, TIMEOUT):
            crawl.write(replace(page, detail=NO_NAME if does == NAMELESS else "timeout", unanswered=3))
            return
        ref = crawl.capture(Capture(url, 200, (), f"{now}".encode(), now, ArchiveKind.LIVE))
        page = replace(page, warc=ref, status=200)
        if does == MOVED:
            crawl.write(replace(page, outcome=Outcome.MOVED, detail="khanhhoa.gov.vn", status=301))
        else:
            listed = (ListEntry("a", f"{url}/a", "Tin"),)
            crawl.write(replace(page, outcome=Outcome.LISTING, listed=listed, walk_end=WalkEnd.LAST_PAGE))

    def report(self, number: int) -> NightReport:
        rows = night_rows(self.archive, self.ledger, night(number))
        return report_of(night(number), ArchiveKind.LIVE, rows, self.archive.last_seal())

    def off(self, number: int, portal: str) -> str | None:
        reason = self.schedule().why_off(portal, night(number))
        return None if reason is None else str(reason)


@pytest.fixture
def year(tmp_path: Path) -> Iterator[Year]:
    made = datetime(2025, 7, 9, tzinfo=TZ)
    with (
        Archive.create(tmp_path / "archive", ArchiveKind.LIVE, UUID(int=3), made) as archive,
        Ledger(archive.paths.ledger) as ledger,
    ):
        yield Year(archive, ledger)


def verdict(report: NightReport, portal: str) -> str:
    return next(line.verdict for line in report.portals if line.portal == portal)


def test_a_portal_without_a_name_is_reported_twice_asked_once_a_month_and_comes_back(year: Year) -> None:
    year.names = ("ben_da", "tinh_nay")
    year.play(0)
    reports = [year.play(number, ben_da=NAMELESS) for number in range(1, 15)]
    assert [verdict(report, "ben_da") for report in reports] == ["unreachable"] * 13 + ["gone"]
    alerted = [number for number, report in enumerate(reports, start=1) if needs_alert(report, DEFAULT_ON)]
    assert alerted == [1, 14]  # when it began, and when it was recorded as gone
    assert [report.good for report in reports] == [number not in alerted for number in range(1, 15)]
    assert "its host's name is not found, 2 nights now" in as_markdown(reports[1])
    after = year.play(15, ben_da=NAMELESS)
    assert verdict(after, "ben_da") == "skipped"
    assert "gone since 2025-07-11 (its host's name is not found): asked again on 2025-08-23" in as_markdown(after)
    assert "1 skipped: ben_da (gone)" in "\n".join(line.plain for line in on_screen(after, 120, 40))
    assert decommissioned_portals(year.archive, PROVINCES, night(15), 30).keys() == {"ben_da"}
    assert year.off(43, "ben_da") is not None
    assert year.off(44, "ben_da") is None
    again = year.play(44, ben_da=TIMEOUT)
    assert (verdict(again, "ben_da"), again.good, needs_alert(again, DEFAULT_ON)) == ("gone", True, False)
    assert exit_code(night_rows(year.archive, year.ledger, night(44))) is ExitCode.GOOD
    assert year.off(45, "ben_da") == "gone since 2025-07-11 (its host's name is not found): asked again on 2025-09-22"
    back = year.play(74)
    assert (verdict(back, "ben_da"), year.off(75, "ben_da")) == ("quiet", None)
    (run,) = year.archive.runs(night(74), "ben_da")
    assert any(
        str(reason).startswith("it answers again: it was recorded on 2025-07-24 as gone since")
        for reason in run.reasons
    )
    (portal,) = read_coverage(year.archive, night(0), night(74), ["ben_da"])
    assert [day.state for day in portal.days] == [DayState.QUIET, *[DayState.GONE] * 73, DayState.QUIET]
    assert portal.gaps == ()
    assert portal.days[3].explanation == (
        "gone: gone since 2025-07-11 (its host's name is not found), recorded on 2025-07-24"
    )  # fmt: skip


def test_a_portal_that_moved_waits_for_a_person(year: Year, capsys: pytest.CaptureFixture[str]) -> None:
    moved = year.play(0, huyen_cu=MOVED)
    assert (verdict(moved, "huyen_cu"), needs_alert(moved, DEFAULT_ON)) == ("moved", True)
    for number in (1, 2):
        later = year.play(number, huyen_cu=MOVED)
        assert (verdict(later, "huyen_cu"), later.good, needs_alert(later, DEFAULT_ON)) == ("skipped", True, False)
    words = "moved to khanhhoa.gov.vn on 2025-07-10: off the schedule until a person decides"
    assert {year.off(number, "huyen_cu") for number in (1, 40, 400)} == {words}
    assert main(["coverage", "--archive", str(year.archive.paths.root), "--gaps"]) == 0
    assert "huyen_cu" not in capsys.readouterr().out
    main(["coverage", "--archive", str(year.archive.paths.root)])
    assert "huyen_cu  →→→" in capsys.readouterr().out
    asked = year.play(3, asked=("huyen_cu",), huyen_cu=MOVED)  # it still sends on: nothing changes
    assert (verdict(asked, "huyen_cu"), year.off(4, "huyen_cu")) == ("moved", words)
    year.play(4, asked=("huyen_cu",))  # it stands again, or its file has the new address
    assert year.off(5, "huyen_cu") is None
    (portal,) = read_coverage(year.archive, night(0), night(4), ["huyen_cu"])
    assert [day.state for day in portal.days] == [*[DayState.MOVED] * 4, DayState.QUIET]


def test_status_and_list_say_which_portals_moved(year: Year, tmp_path: Path) -> None:
    year.names = ("ninh_thuan",)
    year.play(0, ninh_thuan=MOVED)
    words = "moved to khanhhoa.gov.vn on 2025-07-10: off the schedule until a person decides"
    said, now = StringIO(), datetime(2025, 7, 10, 8, tzinfo=TZ)
    root = year.archive.paths.root
    assert status(root, year.settings, Console(file=said, width=160), now, as_json=False) is ExitCode.GOOD
    assert f"away: ninh_thuan {words}" in said.getvalue()
    settings = tmp_path / "nights.toml"
    settings.write_text(f'archive = "{root}"\n')
    command = [sys.executable, "-m", "scrapy", "list", "--json", "--settings", str(settings)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, cwd=ROOT)
    skipped = {portal["name"]: (portal["skipped"] or {}).get("text") for portal in json.loads(done.stdout)}
    assert skipped["ninh_thuan"] == words
    assert not str(skipped["quang_tri"]).startswith("moved")


def test_where_no_portal_answered_the_network_was_away(year: Year) -> None:
    year.settings = replace(year.settings, gone_nights=2)
    year.play(0, ben_da=NAMELESS, huyen_cu=TIMEOUT, tinh_nay=TIMEOUT)
    year.play(1, ben_da=NAMELESS)
    third = year.play(2, ben_da=NAMELESS)
    assert verdict(third, "ben_da") == "gone"
    (first,), (last,) = (year.archive.runs(night(number), "ben_da") for number in (0, 2))
    assert first.verdict is Verdict.UNREACHABLE
    assert last.away is not None
    assert (last.away.since, last.away.nights) == (night(1), 2)


def test_a_night_that_the_scheduler_closes_counts_and_records_no_end(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "crawler.nights.orphaned_runs.dissolved_by", lambda name, when: dissolution(PROVINCES[name], None, when)
    )
    year.settings = replace(year.settings, gone_nights=2)
    year.play(0, ben_da=NAMELESS)
    now = datetime(2025, 7, 11, 1, tzinfo=TZ)
    left = year.archive.start("ben_da", night(1), now, lambda *_: Judgement(None))
    year.answers(left, now, NAMELESS)
    left.suspend()
    run = close_leftover(
        year.archive, "ben_da", night(1), LeaseState.PARTIAL, Reason.sentence("not finished by the cut-off"), now
    )
    assert run is not None
    assert run.verdict is Verdict.UNREACHABLE
    assert run.away is not None
    assert (run.away.nights, run.away.recorded) == (2, None)
    assert verdict(year.play(2, ben_da=NAMELESS), "ben_da") == "gone"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gone_nights = 1", "`gone_nights` should be a whole number of nights from 2 to 365"),
        ("gone_ask_days = 0", "`gone_ask_days` should be a whole number of days from 1 to 365"),
        ('gone_nights = "14"', "`gone_nights` should be a whole number of nights"),
    ],
)
def test_a_wrong_setting_is_reported(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "nights.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_settings(file)

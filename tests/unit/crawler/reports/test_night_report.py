"""The report of a night: bad ones first, on one screen, and nothing of a portal's words is obeyed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from archive.leases.states import LeaseState
from archive.model.enums import ArchiveKind, Verdict
from archive.storage.manifest import Seal
from crawler.config.settings_file import NightSettings
from crawler.reports.after_night import report_path, reports_folder, stored_remarks, write_report
from crawler.reports.night_report import NightReport, report_of
from crawler.reports.render import as_json, as_markdown, on_screen, plain, print_report
from testing.night_rows import NIGHT, row, thirty_four

SEAL = Seal("id", NIGHT, 1, (), {}, "00", 0, None, signed=True)


def reported(bad: int = 3, *remarks: str) -> NightReport:
    return report_of(NIGHT, ArchiveKind.LIVE, thirty_four(bad), SEAL, free=79_000_000_000, remarks=remarks)


@pytest.mark.parametrize("bad", [0, 1, 3, 9, 20, 34])
@pytest.mark.parametrize(("width", "height"), [(80, 23), (80, 24), (100, 30), (120, 40), (160, 50)])
def test_34_portals_fit_on_one_screen(bad: int, width: int, height: int) -> None:
    report = reported(bad, "the log of da_nang cannot be written: No space left on device")
    lines = on_screen(report, width, height)
    assert len(lines) <= height
    assert max(line.cell_len for line in lines) <= width
    said = plain(lines)
    for line in report.portals:
        assert said.count(line.portal) >= 1, f"{line.portal} is not on the screen"


def test_the_worst_come_first_and_say_why() -> None:
    lines = plain(on_screen(reported(), 80, 24)).splitlines()
    assert [line.split(":")[0] for line in lines[3:6]] == [
        "failed tinh_thanh_pho_02",
        "blocked tinh_thanh_pho_01",
        "thin tinh_thanh_pho_00",
    ]
    assert "listed 0 articles" in lines[3]


def test_the_headline_says_the_night_in_one_line() -> None:
    rows = [
        *(row(f"good_{number}", new=20) for number in range(3)),
        row("quiet", Verdict.QUIET, new=0),
        row("blocked", Verdict.BLOCKED, "robots.txt answers 403", new=0, minutes=48),
        row("inferred", LeaseState.SKIPPED, "known only by inference"),
    ]
    report = report_of(NIGHT, ArchiveKind.LIVE, rows, SEAL)
    assert report.headline == ("5 portals: 3 good, 1 quiet, 1 blocked; 60 new, 3 revisions, 3 gone; 12 MB; 01:00–01:48")
    assert report.sealed.startswith("sealed as manifest-1, signed, head ")
    assert plain(on_screen(report, 160, 50)).splitlines()[-2:] == [
        "1 skipped: inferred",
        "blocked: robots.txt answers 403",
    ]


def test_a_night_that_still_runs_says_so() -> None:
    running = replace(row("da_nang", LeaseState.RUNNING), ended=None)
    report = report_of(NIGHT, ArchiveKind.LIVE, [row("quang_tri"), running], replace(SEAL, night=NIGHT - timedelta(1)))
    assert report.verdicts == {"good": 1, "running": 1}
    assert report.sealed == "not sealed yet"


HOSTILE = "tin \x1b[2J\r\n2025-03-05 ERROR \u202etxt [/red] <script> | `code` *x*"


def test_what_a_portal_wrote_is_shown_and_not_obeyed() -> None:
    report = report_of(NIGHT, ArchiveKind.LIVE, [row("da_nang", Verdict.BROKEN, HOSTILE)], None, remarks=[HOSTILE])
    screen = StringIO()
    print_report(report, Console(file=screen, force_terminal=True, width=160, height=40, no_color=True))
    markdown = as_markdown(report)
    for said in (screen.getvalue(), markdown, as_json(report)):
        assert "\x1b[2J" not in said
        assert "\u202e" not in said
        assert "\n2025-03-05 ERROR" not in said
    assert "[/red] <script>" in screen.getvalue()
    assert r"\[/red\] \<script\> \| \`code\` \*x\*" in markdown


def test_markdown_has_every_reason_and_every_portal() -> None:
    said = as_markdown(reported(3, "da_nang had no log"))
    assert said.count("and a second reason") == 3
    assert said.count("\n| `tinh_thanh_pho_") == 34
    assert "- da\\_nang had no log" in said
    assert said.startswith("# Night 2025-03-05\n\n34 portals: ")


def test_json_is_read_by_programs() -> None:
    said = json.loads(as_json(reported()))
    assert (said["night"], said["good"], len(said["portals"])) == ("2025-03-05", False, 34)
    worst = said["portals"][0]
    assert (worst["portal"], worst["verdict"], worst["seconds"]) == ("tinh_thanh_pho_02", "failed", 300.0)
    assert said["seal"]["signed"] is True
    assert said["verdicts"] == {"good": 28, "quiet": 3, "thin": 1, "blocked": 1, "failed": 1}


def test_a_mail_gets_every_reason_whole() -> None:
    out = StringIO()
    print_report(reported(34), Console(file=out, width=160, no_color=True))
    assert out.getvalue().count("the list selector no longer fits; and a second reason") == 34


def test_reports_lie_by_night(tmp_path: Path) -> None:
    report = report_of(NIGHT, ArchiveKind.LIVE, thirty_four(), SEAL, remarks=["one remark"])
    assert write_report(tmp_path, report) == write_report(tmp_path, report) == tmp_path / "2025-03-05.md"
    assert report_path(tmp_path, NIGHT).read_text(encoding="utf-8") == as_markdown(report)
    assert stored_remarks(tmp_path, NIGHT) == ("one remark",)
    assert stored_remarks(tmp_path, NIGHT + timedelta(1)) == ()
    assert len(list(tmp_path.rglob("*.*"))) == 2


def test_each_archive_has_its_own_reports(tmp_path: Path) -> None:
    settings = NightSettings(archive=tmp_path / "archive", reports=tmp_path / "reports")
    assert reports_folder(settings, tmp_path / "archive") == tmp_path / "reports"
    assert reports_folder(settings, tmp_path / "demo") == tmp_path / "demo.reports"

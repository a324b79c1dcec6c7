"""`nights.toml` is read strictly: every mistake is one line that names the key and what it should be."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from archive.errors import ExitCode, UsageError
from crawler.nightsettings import NightSettings, PortalSettings, read_settings
from vietnam.dates import TZ

ROOT = Path(__file__).parent.parent


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "nights.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_of_the_checkout_says_the_defaults() -> None:
    settings = read_settings(ROOT / "nights.toml")
    assert settings == NightSettings(archive=ROOT / "var/archive", logs=ROOT / "var/log")
    assert settings.contact == ""


def test_every_key_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'contact = "luutru@example.vn"\nstart = "22:30"\ncut_off = "05:00"\njobs = 2\ndeadline_minutes = 90\n'
        'memory_mb = 1024\nmax_tries = 1\narchive = "/srv/luu-tru"\nlogs = "log"\nsigning_key = "keys/seal.pem"\n'
        "[portals.vjst]\nenabled = false\ndelay = 5\nlooks = [1, 7]\n",
    )
    assert read_settings(path) == NightSettings(
        contact="luutru@example.vn",
        start=time(22, 30),
        cut_off=time(5),
        jobs=2,
        deadline=timedelta(minutes=90),
        memory=1 << 30,
        max_tries=1,
        archive=Path("/srv/luu-tru"),
        logs=tmp_path / "log",
        signing_key=tmp_path / "keys/seal.pem",
        portals={"vjst": PortalSettings(enabled=False, delay=5.0, looks=(1, 7))},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("strat = '01:00'", "unknown key `strat`; did you mean `start`?", id="misspelled key"),
        pytest.param("timezone = 'UTC'", "unknown key `timezone`; known are archive, ", id="unknown key"),
        pytest.param("start = '25:00'", "`start` should be a time of day", id="no such time"),
        pytest.param("start = '1:00'", "`start` should be a time of day", id="time without its zero"),
        pytest.param("start = 01:00:00", "`start` should be a time of day", id="time without quotes"),
        pytest.param("start = '07:00'", "`cut_off` should differ from `start`", id="a night of no hours"),
        pytest.param("jobs = 0", "`jobs` should be a whole number from 1 to 64, found 0", id="no jobs"),
        pytest.param("jobs = true", "`jobs` should be a whole number", id="yes for a number"),
        pytest.param("jobs = '4'", "`jobs` should be a whole number", id="text for a number"),
        pytest.param("contact = 'nobody'", "`contact` should be an e-mail address or a web", id="no address"),
        pytest.param("memory_mb = 10", "`memory_mb` should be a whole number of MiB from 512", id="too little memory"),
        pytest.param("archive = ''", "`archive` should be the path of a folder", id="empty path"),
        pytest.param("portals = 1", "`portals` should be tables", id="portals that are no table"),
        pytest.param("[portals]\nvjst = 1", "`portals.vjst` should be a table", id="a portal that is no table"),
        pytest.param(
            "[portals.vjst]\ndelai = 1", "unknown key `portals.vjst.delai`; did you mean `delay`?", id="delai"
        ),
        pytest.param("[portals.vjst]\nlooks = [7, 1]", "`portals.vjst.looks` should be a list", id="falling looks"),
        pytest.param("[portals.vjst]\nlooks = ['1']", "`portals.vjst.looks` should be a list", id="looks of text"),
        pytest.param("[portals.vjst]\ndelay = -1", "`portals.vjst.delay` should be seconds", id="negative delay"),
        pytest.param("start = ", "is no TOML", id="no TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(written(tmp_path, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code is ExitCode.USAGE


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent\.toml cannot be read"):
        read_settings(tmp_path / "absent.toml")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


@pytest.mark.parametrize(
    ("start", "cut_off", "now", "night", "closes"),
    [
        pytest.param("01:00", "07:00", "2025-03-04T00:59", "2025-03-03", "2025-03-03T07:00", id="before the start"),
        pytest.param("01:00", "07:00", "2025-03-04T01:00", "2025-03-04", "2025-03-04T07:00", id="at the start"),
        pytest.param("01:00", "07:00", "2025-03-04T23:59", "2025-03-04", "2025-03-04T07:00", id="in the evening"),
        pytest.param("22:00", "05:00", "2025-03-05T00:30", "2025-03-04", "2025-03-05T05:00", id="over midnight"),
        pytest.param("22:00", "05:00", "2025-03-01T02:00", "2025-02-28", "2025-03-01T05:00", id="over a month's end"),
    ],
)
def test_a_night_is_named_after_the_date_on_which_it_starts(
    start: str, cut_off: str, now: str, night: str, closes: str
) -> None:
    settings = NightSettings(start=time.fromisoformat(start), cut_off=time.fromisoformat(cut_off))
    latest = settings.latest(at(now))
    assert latest == date.fromisoformat(night)
    assert settings.closes(latest) == at(closes)
    assert settings.next_start(at(now)) == settings.opens(latest + timedelta(days=1))


def test_the_machines_zone_does_not_matter() -> None:
    utc = datetime.fromisoformat("2025-03-03T18:30:00+00:00")
    assert NightSettings().latest(utc) == date(2025, 3, 4)

"""`nights.toml` is read strictly: every mistake is one line that names the key and what it should be."""

from __future__ import annotations

import ast
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from archive.errors import ExitCode, UsageError
from crawler.config.alerts import DEFAULT_ON, AlertSettings
from crawler.config.settings_file import NightSettings, PortalSettings, read_settings, settings_at
from crawler.log.setup import LogStyle
from vietnam.date_forms import TZ

ROOT = Path(__file__).parent.parent.parent.parent.parent


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "nights.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_of_the_checkout_says_the_defaults() -> None:
    settings = read_settings(ROOT / "nights.toml")
    assert settings == NightSettings(
        archive=ROOT / "var/archive", logs=ROOT / "var/log", reports=ROOT / "var/reports", checks=ROOT / "var/checks"
    )
    assert settings.contact == ""


def test_every_key_is_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'contact = "luutru@example.vn"\nstart = "22:30"\ncut_off = "05:00"\njobs = 2\ndeadline_minutes = 90\n'
        'memory_mb = 1024\nmax_tries = 1\narchive = "/srv/luu-tru"\nlogs = "log"\nsigning_key = "keys/seal.pem"\n'
        'timestamp_url = "https://tsa.example.vn/tsr"\ncalendars = ["https://calendar.example.vn"]\n'
        'log = "json"\nkeep_logs = 7\nreports = "outbox"\nchecks = "seen"\nmin_free = "2.5 GB"\n'
        'metrics_file = "luu-tru.prom"\nmetrics_port = 9105\n'
        '[alerts]\nurls = ["json://127.0.0.1:9/"]\nurls_file = "urls"\non = ["broken", "missed"]\nrehearsals = true\n'
        'silent_nights = 3\nheartbeat_url = "https://beat.example.vn/1"\nheartbeat_fail_url = ""\nheartbeat_file = "beat"\n'
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
        timestamp_url="https://tsa.example.vn/tsr",
        calendars=("https://calendar.example.vn",),
        log=LogStyle.JSON,
        keep_logs=7,
        reports=tmp_path / "outbox",
        checks=tmp_path / "seen",
        min_free=2_500_000_000,
        metrics_file=tmp_path / "luu-tru.prom",
        metrics_port=9105,
        alerts=AlertSettings(
            urls=("json://127.0.0.1:9/",),
            urls_file=tmp_path / "urls",
            on=("broken", "missed"),
            rehearsals=True,
            silent_nights=3,
            heartbeat_url="https://beat.example.vn/1",
            heartbeat_file=tmp_path / "beat",
        ),
        portals={"vjst": PortalSettings(enabled=False, delay=5.0, looks=(1, 7))},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("strat = '01:00'", "unknown key `strat`; did you mean `start`?", id="misspelled key"),
        pytest.param("timezone = 'UTC'", "unknown key `timezone`; known are alerts, archive, ", id="unknown key"),
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
        pytest.param("[alert]", "unknown key `alert`; did you mean `alerts`?", id="misspelled table"),
        pytest.param("alerts = 1", "`alerts` should be a table [alerts]", id="alerts that are no table"),
        pytest.param("[alerts]\nurl = []", "unknown key `alerts.url`; did you mean `urls`?", id="misspelled alert key"),
        pytest.param("[alerts]\non = ['bad']", "`alerts.on` should be a list of good, quiet, ", id="unknown verdict"),
        pytest.param("[alerts]\nurls = 'json://x'", "`alerts.urls` should be a list of Apprise", id="one for a list"),
        pytest.param("[alerts]\nsilent_nights = 31", "`alerts.silent_nights` should be a whole", id="a silent month"),
        pytest.param("[alerts]\nheartbeat_url = 'hc'", "`alerts.heartbeat_url` should be a web", id="no heartbeat"),
        pytest.param("log = 'xml'", "`log` should be text or json, found 'xml'", id="another log"),
        pytest.param("min_free = '2 TiBs'", '`min_free` should be a size like "2 GB"', id="no size"),
        pytest.param("min_free = -1", '`min_free` should be a size like "2 GB"', id="a negative size"),
        pytest.param("metrics_port = 80", "`metrics_port` should be a port from 1024", id="a port of root"),
        pytest.param("metrics_file = 'a.txt'", "should be the path of a file that ends in .prom", id="no .prom"),
        pytest.param("keep_logs = 0", "`keep_logs` should be a whole number of nights from 1", id="no logs kept"),
        pytest.param("start = ", "is no TOML", id="no TOML"),
    ],
)
def test_a_mistake_is_one_line_that_names_the_key(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(written(tmp_path, text))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[alerts]\nurls = 'tgram://c4n4ry/7'", id="urls"),
        pytest.param("[alerts]\nheartbeat_url = 'ftp://c4n4ry'", id="heartbeat"),
    ],
)
def test_a_mistaken_address_is_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(written(tmp_path, text))
    assert "c4n4ry" not in str(caught.value)


def test_alert_addresses_come_from_the_settings_a_file_and_the_environment(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("# recipients\n\njson://127.0.0.1:2/\njson://127.0.0.1:1/\n")
    alerts = AlertSettings(urls=("json://127.0.0.1:1/",), urls_file=tmp_path / "urls")
    found = alerts.addresses({"LUU_TRU_ALERT_URLS": "json://127.0.0.1:3/"})
    assert found == ("json://127.0.0.1:1/", "json://127.0.0.1:2/", "json://127.0.0.1:3/")


def test_an_unreadable_file_of_addresses_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"absent cannot be read \(No such file or directory\): write one alert"):
        AlertSettings(urls_file=tmp_path / "absent").addresses({})


def test_settings_are_shown_without_their_addresses() -> None:
    assert "c4n4ry" not in repr(AlertSettings(urls=("json://c4n4ry/",), heartbeat_url="https://c4n4ry/"))


def test_the_mistake_that_stands_first_in_the_file_is_named(tmp_path: Path) -> None:
    text = "jobs = 0\nstrat = 1\n[alerts]\nsilent_nights = 31\n[portals.vjst]\ndelay = -1\n"
    for expected in ("`jobs`", "`strat`", "`alerts.silent_nights`", "`portals.vjst.delay`"):
        with pytest.raises(UsageError) as caught:
            read_settings(written(tmp_path, text))
        assert expected in str(caught.value)
        text = text.replace(f"{expected.strip('`').rpartition('.')[2]} = ", "# ")


@pytest.mark.parametrize(
    ("name", "on", "portal"),
    [
        pytest.param(
            "nights_without_reports",
            DEFAULT_ON,
            PortalSettings(enabled=False, delay=5.0, looks=(1, 7, 30)),
            id="before there were reports",
        ),
        pytest.param(
            "nights_without_gone_portals",
            tuple(word for word in DEFAULT_ON if word not in ("moved", "gone")),
            PortalSettings(lookback_days=0),
            id="before portals could be gone",
        ),
    ],
)
def test_older_files_are_read(name: str, on: tuple[str, ...], portal: PortalSettings) -> None:
    folder = ROOT / "tests/data/settings"
    assert read_settings(folder / f"{name}.toml") == NightSettings(
        archive=folder / "var/archive",
        logs=folder / "var/log",
        reports=folder / "var/reports",
        checks=folder / "var/checks",
        alerts=AlertSettings(on=on),
        portals={"quang_tri": portal},
    )


def test_without_a_file_the_defaults_stand_beside_the_checkout(tmp_path: Path) -> None:
    assert settings_at(None, tmp_path) == NightSettings(
        archive=tmp_path / "var/archive",
        logs=tmp_path / "var/log",
        reports=tmp_path / "var/reports",
        checks=tmp_path / "var/checks",
    )


def test_a_crawl_does_not_import_pydantic() -> None:
    """Scrapy imports every command before each crawl; follow the imports that run then."""
    seen, waiting = set[str](), [f"crawler.commands.{path.stem}" for path in (ROOT / "crawler/commands").glob("*.py")]
    while waiting:
        module = waiting.pop()
        assert module.partition(".")[0] != "pydantic"
        path = ROOT / (module.replace(".", "/") + ".py")
        if module not in seen and path.exists():
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ImportFrom) and node.module is not None:
                    waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
                elif isinstance(node, ast.Import):
                    waiting += [alias.name for alias in node.names]
        seen.add(module)
    assert "crawler.spider.crawl" in seen


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

"""Log lines: one an event, nothing forged, nothing given away, and a full disk costs the log and nothing else."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.messages.printable import printable
from crawler.log.files import remove_old
from crawler.log.redaction import Redactor, for_crawl, secrets_of_addresses, secrets_of_environment
from crawler.log.setup import LogStyle, SureHandler, event_line, install, last_event, style_of
from vietnam.date_forms import TZ

FORGED = "Tin mới\r\n2026-11-22 01:00:00 ERROR forged\x1b[2J\u202e\x85\u2028end"


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    before, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = before
    logging.root.setLevel(level)


def logged(
    style: LogStyle, message: str, *values: object, error: bool = False, secret: Mapping[str, str] | None = None
) -> str:
    out = io.StringIO()
    install(style, stream=out, environment=secret or {})
    log = logging.getLogger("tests.logs")
    try:
        if error:
            raise ValueError(message)
        log.warning(message, *values)
    except ValueError:
        log.exception("it broke")
    return out.getvalue()


@pytest.mark.parametrize("style", list(LogStyle))
def test_an_event_is_one_line_whatever_a_portal_wrote(style: LogStyle) -> None:
    said = logged(style, "page %s", FORGED)
    assert len(said.splitlines()) == said.count("\n") == 1
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_a_json_line_says_when_how_grave_and_what() -> None:
    said = json.loads(logged(LogStyle.JSON, "kept %d", 3))
    assert (said["level"], said["logger"], said["message"]) == ("WARNING", "tests.logs", "kept 3")
    assert datetime.fromisoformat(said["time"]).utcoffset() == timedelta(hours=7)


def test_what_follows_an_event_in_text_can_not_be_taken_for_one() -> None:
    head, *behind = logged(LogStyle.TEXT, f"first\n{FORGED}", error=True).splitlines()
    assert head.endswith("ERROR it broke")
    assert behind[-1].startswith("  | ")
    assert all(line.startswith("  | ") for line in behind)


def test_a_traceback_in_json_is_a_field() -> None:
    said = logged(LogStyle.JSON, "first\nsecond", error=True)
    assert said.count("\n") == 1
    assert json.loads(said)["traceback"].endswith("ValueError: first\nsecond")


@pytest.mark.parametrize("style", list(LogStyle))
@pytest.mark.parametrize(
    ("message", "environment"),
    [
        pytest.param("proxy http://me:c4n4ry-word@proxy.vn:3128/ refused", {}, id="a password in an address"),
        pytest.param("postgresql://crawl:c4n4ry-word@127.0.0.1/luutru", {}, id="a database"),
        pytest.param("sent {b'Authorization': [b'Bearer c4n4ry-word']}", {}, id="Authorization as Scrapy shows it"),
        pytest.param("Authorization: Basic c4n4ry-word", {}, id="Authorization as it goes"),
        pytest.param("Cookie: sid=c4n4ry-word; b=2", {}, id="cookies"),
        pytest.param("Received from <200>\nSet-Cookie: sid=c4n4ry-word\n", {}, id="a cookie on a line of its own"),
        pytest.param(r"b'GET /\r\nCookie: sid=c4n4ry-word'", {}, id="a cookie behind an escape"),
        pytest.param('Cookie: sid="c4n4ry-word"', {}, id="a cookie in quotes"),
        pytest.param("{b'Cookie': [b'sid=c4n4ry-word']}", {}, id="a cookie as Scrapy shows it"),
        pytest.param("{'Set-Cookie': 'sid=c4n4ry-word'}", {}, id="a cookie that is set"),
        pytest.param("X-Api-Key: c4n4ry-word", {}, id="an API key"),
        pytest.param("GET https://a.vn/x?page=2&access_token=c4n4ry-word&y=1", {}, id="a token in an address"),
        pytest.param("it said c4n4ry-word", {"LUU_TRU_SMTP_PASSWORD": "c4n4ry-word"}, id="a password by its name"),
        pytest.param("tried c4n4ry-word", {"http_proxy": "http://u:c4n4ry-word@p.vn:1/"}, id="a proxy's, alone"),
        pytest.param(
            "it said c4n4ry/word", {"ARCHIVE_INDEX": "postgresql://u:c4n4ry%2Fword@h/d"}, id="percent-encoded"
        ),
        pytest.param("POST /botc4n4ry-word-1/send", {"LUU_TRU_ALERT_URLS": "tgram://c4n4ry-word-1/5"}, id="a bot's"),
    ],
)
def test_no_secret_comes_into_a_line(style: LogStyle, message: str, environment: dict[str, str]) -> None:
    for said in (
        logged(style, message, secret=environment),
        logged(style, message, error=True, secret=environment),
    ):
        assert "c4n4ry" not in said
        assert "***" in said


@pytest.mark.parametrize(
    "plain",
    [
        "https://quangtri.gov.vn/vi/tin-tuc/?page=2&id=17",
        "da_nang: listed 20, new 3: article 12, listing 4",
        "cannot open /srv/luu-tru/2026/11/22/da_nang.2/pages-00001.warc.gz",
        "thời gian 08:30 ngày 22/11/2026, liên hệ vanphong@example.vn",
        "mailto: no one",
    ],
)
def test_what_is_no_secret_stays(plain: str) -> None:
    environment = {"PATH": "/usr/bin", "HOME": "/root", "KEYBOARD": "us", "LUU_TRU_CONTACT": "luutru@example.vn"}
    assert Redactor(secrets_of_environment(environment))(plain) == plain


def test_the_parts_of_an_alert_address_are_secrets_too() -> None:
    found = set(secrets_of_addresses(["tgram://123456:AAbbccddee/4711", "https://hc.example.vn/1c4e-9d52-aa01"]))
    assert {"tgram://123456:AAbbccddee/4711", "1c4e-9d52-aa01"} <= found
    assert "hc.example.vn" not in found


def test_a_crawl_does_not_know_the_recipients() -> None:
    given = {"LUU_TRU_ALERT_URLS": "x", "NOTIFY_SOCKET": "/run/n", "PGPASSWORD": "needed", "REPLICA": "1"}
    assert for_crawl(given) == {"PGPASSWORD": "needed", "REPLICA": "1"}


def test_a_log_on_a_full_disk_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        handler, log = SureHandler(full), logging.getLogger("tests.logs.full")
        log.propagate = False  # an earlier test may have left its own handler at the root
        log.addHandler(handler)
        log.error("this cannot be written")
        log.removeHandler(handler)
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())  # so that closing it has nothing to complain of
    assert capsys.readouterr().err == ""


def test_installing_again_replaces_the_form(capsys: pytest.CaptureFixture[str]) -> None:
    install(LogStyle.TEXT)
    install(LogStyle.JSON)
    logging.getLogger("tests.logs").error("once")
    assert [json.loads(line)["message"] for line in capsys.readouterr().err.splitlines()] == ["once"]
    assert sys.stderr is not None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param("no space left", "no space left", id="a plain line"),
        pytest.param('{"message": "no space left", "level": "ERROR"}', "no space left", id="a line of JSON"),
        pytest.param('{"message": "x", "traceback": "T\\nValueError: 7"}', "ValueError: 7", id="a traceback in JSON"),
        pytest.param("  | ValueError: 7", "ValueError: 7", id="a traceback in text"),
        pytest.param("17", "17", id="a number is no event"),
        pytest.param("\x1b[31mred", "[31mred", id="control characters"),
    ],
)
def test_the_last_line_of_a_log_is_read_in_either_form(line: str, said: str) -> None:
    assert last_event(line) == said


def test_a_line_from_outside_has_the_same_form() -> None:
    moment = datetime(2026, 11, 22, 1, 0, tzinfo=TZ)
    assert event_line(LogStyle.TEXT, moment, "started\nx") == "2026-11-22 01:00:00 INFO started\\nx"
    assert json.loads(event_line(LogStyle.JSON, moment, "started"))["time"] == "2026-11-22T01:00:00.000+07:00"


def test_an_unknown_form_is_named() -> None:
    with pytest.raises(UsageError, match="log style `xml` is unknown: write text or json"):
        style_of("xml")
    assert printable("a\tb") == "a b"


NOW = datetime(2026, 11, 22, 8, 0, tzinfo=TZ)


def folder(logs: Path, name: str, written: datetime, *files: str) -> Path:
    made = logs / name
    made.mkdir(parents=True)
    for file in files or ("da_nang.log", "hue.progress"):
        (made / file).write_text("x")
        os.utime(made / file, (written.timestamp(), written.timestamp()))
    os.utime(made, (written.timestamp(), written.timestamp()))
    return made


OLD = NOW - timedelta(days=31)


@pytest.mark.parametrize(
    ("name", "written", "files", "goes"),
    [
        pytest.param("2026-10-22", OLD, (), True, id="31 nights ago"),
        pytest.param("2026-10-23", OLD, (), False, id="30 nights ago"),
        pytest.param("2025-03-03", NOW, (), False, id="an old night that was rehearsed today"),
        pytest.param("2025-03-03", OLD, ("notes.txt",), False, id="something that is not ours in it"),
        pytest.param("2025-02-30", OLD, (), False, id="no such night"),
        pytest.param("2025-03-03-copy", OLD, (), False, id="a name of somebody else's"),
    ],
)
def test_logs_are_kept_30_nights(
    tmp_path: Path, name: str, written: datetime, files: tuple[str, ...], goes: bool
) -> None:
    made = folder(tmp_path / "log", name, written, *files)
    removed = remove_old(tmp_path / "log", date(2026, 11, 22), 30, NOW)
    assert made.exists() is not goes
    assert removed == ([date.fromisoformat(name)] if goes else [])


def test_a_link_that_is_named_like_a_night_is_not_followed(tmp_path: Path) -> None:
    elsewhere = folder(tmp_path / "precious", "2025-03-03", OLD)
    (tmp_path / "log").mkdir()
    (tmp_path / "log/2025-03-03").symlink_to(elsewhere)
    assert remove_old(tmp_path / "log", date(2026, 11, 22), 30, NOW) == []
    assert len(list(elsewhere.iterdir())) == 2


def test_no_logs_are_no_trouble(tmp_path: Path) -> None:
    assert remove_old(tmp_path / "absent", date(2026, 11, 22), 30, NOW) == []

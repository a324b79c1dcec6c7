"""How long a portal is given, what a failure was, and the settings that keep a crawl harmless."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    UnsupportedURLSchemeError,
)
from scrapy.settings import Settings

from archive.records import Outcome
from crawler.asking import judge_failure
from crawler.guard import AddressRefused, GuardDenied
from crawler.politeness import RobotsDenied, retry_pause
from crawler.portals import load_portals
from crawler.spiders.bac_giang import BacGiang
from vietnam.dates import TZ

NOW = datetime(2025, 3, 5, 1, 0, 0, tzinfo=TZ)


@pytest.mark.parametrize(
    ("header", "times", "pause"),
    [
        (None, 1, 5.0),
        (None, 2, 10.0),
        ("30", 1, 30.0),
        ("1", 2, 10.0),
        ("61", 1, None),
        ("99999999999999999999", 1, 5.0),
        ("Tue, 04 Mar 2025 18:00:40 GMT", 1, 40.0),
        ("Tue, 04 Mar 2025 17:00:00 GMT", 1, 5.0),
        ("Tue, 04 Mar 2025 20:00:00 GMT", 1, None),
        ("soon", 1, 5.0),
        ("", 1, 5.0),
    ],
    ids=[
        "first retry",
        "second retry",
        "seconds",
        "less than our own pause",
        "more than the limit",
        "absurd",
        "a date",
        "a past date",
        "a far date",
        "words",
        "empty",
    ],
)
def test_the_pause_before_a_retry(header: str | None, times: int, pause: float | None) -> None:
    assert retry_pause(header, times, 5.0, 60.0, NOW) == pause


def rebinding() -> CannotResolveHostError:
    error = CannotResolveHostError("x")
    error.__cause__ = AddressRefused("a.vn resolves to 10.0.0.1, which is not a public address")
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        (GuardDenied("port 22: only 80 and 443 are fetched"), Outcome.GUARD_DENIED, "port 22"),
        (rebinding(), Outcome.GUARD_DENIED, "10.0.0.1"),
        (UnsupportedURLSchemeError("x"), Outcome.GUARD_DENIED, "scheme"),
        (RobotsDenied("robots.txt answered 503"), Outcome.ROBOTS_DENIED, "503"),
        (IgnoreRequest("Forbidden by robots.txt"), Outcome.ROBOTS_DENIED, "robots.txt"),
        (IgnoreRequest("max redirections reached"), Outcome.ERROR, "max redirections"),
        (CannotResolveHostError("x"), Outcome.UNREACHABLE, "name not found"),
        (DownloadConnectionRefusedError("x"), Outcome.UNREACHABLE, "refused"),
        (DownloadTimeoutError("x"), Outcome.UNREACHABLE, "timeout"),
        (DownloadFailedError("x"), Outcome.UNREACHABLE, "failed"),
        (ConnectionResetError("x"), Outcome.UNREACHABLE, "ConnectionResetError"),
        (DownloadCancelledError("x"), Outcome.TOO_LARGE, "larger"),
        (KeyError("x"), Outcome.ERROR, "KeyError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_a_failure_has_its_outcome_and_its_kind(error: Exception, outcome: Outcome, words: str) -> None:
    found, detail = judge_failure(error)
    assert found is outcome
    assert words in detail


def project() -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def test_no_crawl_listens_executes_or_reads_files() -> None:
    settings = project()
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert {name for name, handler in settings.getdict("DOWNLOAD_HANDLERS").items() if handler} == {"http", "https"}
    assert settings["TWISTED_DNS_RESOLVER"] == "crawler.guard.GuardedResolver"
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getint("DOWNLOAD_MAXSIZE") == 16 * 1024 * 1024
    assert settings.getint("CONCURRENT_REQUESTS") == 1


def test_a_portals_exceptions_are_its_own() -> None:
    settings = project()
    BacGiang.update_settings(settings)
    assert settings["DOWNLOADER_CLIENT_TLS_CIPHERS"] == "DEFAULT:@SECLEVEL=1"
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getfloat("DOWNLOAD_DELAY") == BacGiang.delay
    assert "SECLEVEL" not in str(project()["DOWNLOADER_CLIENT_TLS_CIPHERS"])


def test_a_rehearsal_waits_for_nobody() -> None:
    settings = project()
    settings.set("REPLICA", "1")
    BacGiang.update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == 0


def test_every_portal_can_be_loaded_by_its_name() -> None:
    assert "bac_giang" in load_portals()


def test_a_pause_never_grows_past_what_a_stop_would_wait_for() -> None:
    longest = retry_pause("60", 2, 5.0, 60.0, NOW)
    assert longest is not None
    assert timedelta(seconds=longest) <= timedelta(minutes=1)

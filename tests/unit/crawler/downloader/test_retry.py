"""Bound the patience with a portal, judge failures, and keep a crawl harmless by its settings."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
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

from archive.model.enums import Outcome
from crawler.catalog.portals import load_portals
from crawler.downloader.backoff import Pace, retry_after_seconds, retry_pause
from crawler.downloader.guard import AddressRefused, GuardDenied, NoSuchName
from crawler.downloader.robots import LARGEST, RobotsDenied, RobotsUnreachable, decide
from crawler.downloader.user_agent import user_agent
from crawler.responses.failures import judge_failure
from crawler.spiders.bac_giang import BacGiang
from pipelines.html.decoding import CUT, DATALOSS, TOO_LARGE, UNKNOWN_ENCODING
from vietnam.date_forms import TZ

NOW = datetime(2025, 3, 5, 1, 0, 0, tzinfo=TZ)


@pytest.mark.parametrize(
    ("header", "times", "pause"),
    [
        (None, 1, 5.0),
        (None, 2, 10.0),
        ("30", 1, 30.0),
        ("1", 2, 10.0),
        ("61", 1, None),
        ("99999999999999999999", 1, None),
        ("Tue, 04 Mar 2025 18:00:40 GMT", 1, 40.0),
        ("Tue, 04 Mar 2025 17:00:00 GMT", 1, 5.0),
        ("Tue, 04 Mar 2025 20:00:00 GMT", 1, None),
        ("Fri, 01 Jan 2099 00:00:00 GMT", 1, None),
        ("-5", 1, 5.0),
        ("٣٠", 1, 5.0),
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
        "2099",
        "negative",
        "digits of another script",
        "words",
        "empty",
    ],
)
def test_the_pause_before_a_retry(header: str | None, times: int, pause: float | None) -> None:
    assert retry_pause(retry_after_seconds(header, NOW), times, 5.0, 60.0) == pause


def rebinding() -> CannotResolveHostError:
    error = CannotResolveHostError("x")
    error.__cause__ = AddressRefused("a.vn resolves to 10.0.0.1, which is not a public address")
    return error


def nameless() -> CannotResolveHostError:
    error = CannotResolveHostError("x")
    error.__cause__ = NoSuchName("address 'a.vn' not found: [Errno -2] Name or service not known")
    return error


@pytest.mark.parametrize(
    ("error", "outcome", "words"),
    [
        (GuardDenied("port 22: only 80 and 443 are fetched"), Outcome.GUARD_DENIED, "port 22"),
        (rebinding(), Outcome.GUARD_DENIED, "10.0.0.1"),
        (UnsupportedURLSchemeError("x"), Outcome.GUARD_DENIED, "scheme"),
        (RobotsDenied("forbidden by robots.txt"), Outcome.ROBOTS_DENIED, "robots.txt"),
        (RobotsUnreachable("robots.txt could not be had (503)"), Outcome.UNREACHABLE, "503"),
        (IgnoreRequest("max redirections reached"), Outcome.ERROR, "max redirections"),
        (CannotResolveHostError("x"), Outcome.UNREACHABLE, "name look-up failed"),
        (nameless(), Outcome.UNREACHABLE, "name not found"),
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
    assert settings["TWISTED_DNS_RESOLVER"] == "crawler.downloader.guard.GuardedResolver"
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
    assert retry_pause(60.0, 2, 5.0, 60.0) == 60.0
    assert retry_pause(None, 40, 5.0, 60.0) == 60.0


def test_the_back_off_doubles_up_to_the_limit_and_is_forgiven_step_by_step() -> None:
    pace = Pace(pause=2.0, base=5.0, limit=60.0)
    grown = []
    for _ in range(6):
        pace.slow_down(0.0)
        grown.append(pace.gap)
    assert grown == [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
    forgiven = []
    for _ in range(7):
        pace.recover()
        forgiven.append(pace.gap)
    assert forgiven == [60.0, 40.0, 20.0, 10.0, 5.0, 2.0, 2.0]


def test_a_pause_begins_with_the_end_of_an_answer_and_a_longer_wait_stays() -> None:
    pace = Pace(pause=2.0, base=5.0, limit=60.0)
    pace.rest(10.0)
    assert (pace.wait(10.5), pace.wait(13.0)) == (1.5, 0.0)
    pace.hold(30.0, 10.0)
    pace.rest(12.0)
    assert pace.wait(12.0) == 28.0


RULES = b"User-agent: *\nDisallow: /tin\nCrawl-delay: 7\n"
ROBOTS: dict[str, tuple[int, bytes, bool, bool, str]] = {
    "rules": (200, RULES, False, False, "rules are kept; crawl-delay 7 s"),
    "a mark before them": (200, b"\xef\xbb\xbf" + RULES, False, False, "rules are kept"),
    "UTF-16": (200, RULES.decode().encode("utf-16"), False, False, "rules are kept"),
    "lines of Windows": (200, RULES.replace(b"\n", b"\r\n"), False, False, "rules are kept"),
    "zeros between": (200, b"\0" + RULES, False, False, "rules are kept"),
    "our own group before that of all": (
        200,
        RULES + b"\nUser-agent: Luu-Tru\nDisallow: /khac\n",
        True,
        False,
        "rules are kept",
    ),
    "a group of somebody else": (200, b"User-agent: GPTBot\nDisallow: /\n", True, False, "rules are kept"),
    "a web page": (200, b"\n<!DOCTYPE html><html><body>Disallow: /tin</body>", True, False, "a web page in its place"),
    "a web page with a mark": (200, b"\xef\xbb\xbf<html>", True, False, "a web page in its place"),
    "empty": (200, b" \n", True, False, "it is empty"),
    "404": (404, RULES, True, False, "answered with 404"),
    "403": (403, RULES, True, False, "answered with 403"),
    "410": (410, b"", True, False, "answered with 410"),
    "300": (300, b"", True, False, "answered with 300"),
    "429": (429, b"", True, True, "could not be had (429)"),
    "500": (500, b"", True, True, "could not be had (500)"),
    "503": (503, RULES, True, True, "could not be had (503)"),
    "huge, the rule in the part that is read": (200, RULES + b"# x\n" * LARGEST, False, False, "the first 512000 of"),
    "huge, the rule behind it": (200, b"# x\n" * LARGEST + RULES, True, False, "the first 512000 of"),
    "huge, a rule cut in two": (
        200,
        b"User-agent: *\n" + b"#" * (LARGEST - 14 - 13) + b"\nDisallow: /tin-tuc\n",
        True,
        False,
        "the first 512000 of",
    ),
}


@pytest.mark.parametrize(("status", "body", "allowed", "waits", "words"), ROBOTS.values(), ids=ROBOTS.keys())
def test_robots_txt_in_its_real_forms(status: int, body: bytes, allowed: bool, waits: bool, words: str) -> None:
    decision = decide(status, body, frozenset(), "luu-tru", 30.0)
    assert decision.allows("https://www.ba-song.vn/tin/a.html", "luu-tru") is allowed
    assert decision.waits is waits
    assert words in decision.words


@pytest.mark.parametrize(
    ("line", "kept", "words"),
    [
        ("Crawl-delay: 7", 7.0, "crawl-delay 7 s"),
        ("crawl-delay: 0.5", 0.5, "crawl-delay 0.5 s"),
        ("Crawl-delay: 86400", 30.0, "crawl-delay 86400 s, kept as 30 s"),
        ("Crawl-delay: 0", None, "rules are kept"),
        ("Crawl-delay: -3", None, "rules are kept"),
        ("Crawl-delay: soon", None, "rules are kept"),
    ],
)
def test_a_crawl_delay_is_kept_up_to_its_limit(line: str, kept: float | None, words: str) -> None:
    decision = decide(200, f"User-agent: *\n{line}\nDisallow: /a\n".encode(), frozenset(), "luu-tru", 30.0)
    assert decision.crawl_delay == kept
    assert decision.words.endswith(words)


_PATHS = st.lists(st.sampled_from(["/", "*", "$", "a", "index.html", "%24", "%2a", "đ", "?x=1", "%"]), max_size=5).map(
    "".join
)
_LINES = st.one_of(
    st.sampled_from(["*", "luu-tru", "luu", "other", "Luu*"]).map("User-agent: {}".format),
    st.tuples(st.sampled_from(["Allow", "Disallow"]), _PATHS).map(": ".join),
)


@given(st.lists(_LINES, max_size=12).map("\n".join), st.lists(_PATHS, min_size=1, max_size=6))
def test_our_group_alone_decides_as_the_whole_robots_txt_does(text: str, paths: list[str]) -> None:
    decision = decide(200, text.encode(), frozenset(), "luu-tru", 30.0)
    for path in paths:
        url = f"https://ba-song.vn/{path}"
        assert decision.allows(url, "luu-tru") == Protego.parse(text).can_fetch(url, "luu-tru")


@pytest.mark.parametrize("flag", [CUT, DATALOSS, TOO_LARGE, UNKNOWN_ENCODING])
def test_rules_of_which_a_part_is_missing_are_no_permission(flag: str) -> None:
    assert decide(200, b"User-agent: *\n", frozenset({flag}), "luu-tru", 30.0).waits


@pytest.mark.parametrize(
    ("contact", "policy", "agent"),
    [
        ("a@ba-song.vn", "", "luu-tru/0.1 (+a@ba-song.vn)"),
        ("a@ba-song.vn", "https://ba-song.vn/luu-tru", "luu-tru/0.1 (+https://ba-song.vn/luu-tru; a@ba-song.vn)"),
        ("", "", "luu-tru/0.1"),
        ("a@b.vn\r\nX-Evil: (ộ)", "", "luu-tru/0.1 (+a@b.vnX-Evil: )"),
    ],
    ids=["contact", "contact and policy", "a rehearsal", "what no header may carry"],
)
def test_the_user_agent_says_who_we_are(contact: str, policy: str, agent: str) -> None:
    assert user_agent(contact, policy) == agent


@pytest.mark.parametrize(
    "product", ["luu-tru", "Luu-Tru/0.1", "luu-tru/*", "LUU-TRU 0.1 (+https://luu-tru.example/)  # us"]
)
def test_a_group_that_names_our_version_means_us(product: str) -> None:
    text = f"User-agent: *\nDisallow:\n\nUser-Agent : {product}\nDisallow: /tin\n"
    decision = decide(200, text.encode(), frozenset(), "luu-tru", 30.0)
    assert not decision.allows("https://ba-song.vn/tin/1", "luu-tru")
    assert decision.allows("https://ba-song.vn/1", "luu-tru")

"""The progress of long commands: what a log and a terminal show, by an injected clock."""

from __future__ import annotations

import io

import pytest

from archive.processes.progress import ProgressLine, progress_text


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def shown(stream: io.StringIO, at: dict[float, int]) -> str:
    clock = Clock()
    with ProgressLine("verify", "files", stream, clock) as line:
        for seconds, done in at.items():
            clock.now = 100 + seconds
            line.show(done, 4000)
    return stream.getvalue()


def test_a_log_gets_a_line_twice_a_minute_with_rate_and_time_left() -> None:
    assert shown(io.StringIO(), {1: 10, 29: 900, 31: 1240, 40: 1500, 62: 2480}) == (
        "verify: 1,240 of 4,000 files, 40/s, 0:01:09 left\nverify: 2,480 of 4,000 files, 40/s, 0:00:38 left\n"
    )


def test_a_short_command_says_nothing_in_a_log() -> None:
    assert shown(io.StringIO(), {1: 10, 5: 4000}) == ""


def test_a_terminal_gets_one_line_that_is_gone_at_the_end() -> None:
    text = shown(Terminal(), {0.1: 10, 1: 100, 1.1: 110, 2: 200})
    assert text == (
        "\r\x1b[Kverify: 100 of 4,000 files, 100/s, 0:00:39 left"
        "\r\x1b[Kverify: 200 of 4,000 files, 100/s, 0:00:38 left\r\x1b[K"
    )


@pytest.mark.parametrize(
    ("done", "total", "seconds", "text"),
    [
        (0, 50, 3.0, "0 of 50 pages, 0.0/s, unknown time left"),
        (5, 50, 10.0, "5 of 50 pages, 0.5/s, 0:01:30 left"),
        (60, 50, 1.0, "60 of 60 pages, 60/s, 0:00:00 left"),
        (1, 50, 0.0, "1 of 50 pages, 0.0/s, unknown time left"),
    ],
)
def test_rate_and_time_left(done: int, total: int, seconds: float, text: str) -> None:
    assert progress_text(done, total, "pages", seconds) == text

"""A crawl's process: limits, deadline, SIGTERM then SIGKILL, and what is recorded of each way to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from archive.errors import ExitCode
from archive.messages.reason import Reason
from crawler.nights.crawl_process import CrawlProcess, Limits, ProcessExit, StopReason

ROOT = Path(__file__).parent.parent.parent
MEMORY = 1 << 30
READY = "print('ready', flush=True); "
HEEDLESS = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + READY + "time.sleep(60)"
PATIENT = "import time; " + READY + "time.sleep(60)"
POLITE = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *a: sys.exit(11)); " + READY + "time.sleep(60)"


@contextmanager
def running(
    tmp_path: Path, code: str, deadline: float = 60, grace: float = 60, memory: int = MEMORY
) -> Iterator[CrawlProcess]:
    limits = Limits(timedelta(seconds=deadline), memory, timedelta(seconds=grace))
    process = CrawlProcess([sys.executable, "-c", code], os.environ, tmp_path / "log/a.log", limits, time.monotonic())
    try:
        yield process
    finally:
        process.kill()


def ended(process: CrawlProcess, seconds: float = 20) -> ProcessExit:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = process.poll(time.monotonic())
        if found is not None:
            return found
        time.sleep(0.02)
    raise AssertionError("it does not end")


def wait_for_log(tmp_path: Path, word: str, seconds: float = 20) -> str:
    log, until = tmp_path / "log/a.log", time.monotonic() + seconds
    while time.monotonic() < until:
        if word in log.read_text():
            return log.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{word} never came")


@pytest.mark.parametrize(
    ("code", "number", "words"),
    [
        pytest.param("pass", 0, "ended without a complete record", id="ends well but leaves no record"),
        pytest.param("raise SystemExit(3)", 3, "found the disk full", id="disk full"),
        pytest.param("raise SystemExit(70)", 70, "a bug of ours", id="a bug"),
        pytest.param("raise SystemExit(99)", 99, "ended with exit code 99", id="an unknown code"),
        pytest.param("1 / 0", 1, "ZeroDivisionError: division by zero", id="an error of Python"),
        pytest.param("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV, "was killed by SIGSEGV", id="a segfault"),
        pytest.param("import os; os.kill(os.getpid(), 9)", -signal.SIGKILL, "was killed by SIGKILL", id="kill -9"),
        pytest.param(
            "import os, sys; sys.stderr.write('terminate called: std::bad_alloc\\n'); sys.stderr.flush(); os.abort()",
            -signal.SIGABRT,
            "the crawl was killed by SIGABRT, out of memory (limit 1 GB)",
            id="C++ out of memory",
        ),
    ],
)
def test_each_way_to_end_is_recorded_for_what_it_was(tmp_path: Path, code: str, number: int, words: str) -> None:
    with running(tmp_path, code) as process:
        found = ended(process)
    assert (found.code, found.stopped, found.killed) == (number, None, False)
    assert words in str(found.reason)


def test_memory_has_a_limit(tmp_path: Path) -> None:
    with running(tmp_path, "b = bytearray(1 << 30)", memory=512 << 20) as process:
        found = ended(process)
    assert found.code == 1
    assert str(found.reason) == "the crawl ran out of memory (limit 0.5 GB)"


def test_nothing_dumps_core(tmp_path: Path) -> None:
    with running(tmp_path, "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))") as process:
        ended(process)
    assert "(0, 0)" in (tmp_path / "log/a.log").read_text()


def test_the_deadline_ends_a_process_that_heeds_sigterm(tmp_path: Path) -> None:
    with running(tmp_path, POLITE, deadline=2) as process:
        found = ended(process)
    assert (found.code, found.killed) == (11, False)
    assert found.stopped is not None
    assert found.stopped.code is ExitCode.TIME_LIMIT
    assert str(found.reason) == "stopped at its deadline of 0.0333333 min"


def test_a_process_that_ignores_sigterm_is_killed_after_the_grace(tmp_path: Path) -> None:
    with running(tmp_path, HEEDLESS, grace=0.5) as process:
        wait_for_log(tmp_path, "ready")
        process.stop(StopReason(Reason.sentence("interrupted"), ExitCode.INTERRUPTED), time.monotonic())
        found = ended(process)
    assert (found.code, found.killed) == (-signal.SIGKILL, True)
    assert str(found.reason) == "interrupted; did not end within 0.5 s of SIGTERM: killed"


def test_a_second_order_to_end_does_not_tear_it_from_its_batch(tmp_path: Path) -> None:
    batch = (
        "import signal, sys, time; stopped = []; signal.signal(signal.SIGTERM, lambda *a: stopped.append(1)); "
        + READY
        + "\nwhile not stopped: time.sleep(0.01)\ntime.sleep(0.5); print('stopped', len(stopped), flush=True); sys.exit(11)"
    )
    with running(tmp_path, batch) as process:
        wait_for_log(tmp_path, "ready")
        process.stop(StopReason(Reason.sentence("interrupted"), ExitCode.INTERRUPTED), time.monotonic())
        time.sleep(0.2)
        process.stop(StopReason(Reason.sentence("something else"), ExitCode.TIME_LIMIT), time.monotonic())
        found = ended(process)
    assert str(found.reason) == "interrupted"
    assert "stopped 1" in (tmp_path / "log/a.log").read_text()


def test_what_a_crawl_started_ends_with_it(tmp_path: Path) -> None:
    code = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {PATIENT!r}]); print('pid', p.pid)"
    with running(tmp_path, code) as process:
        ended(process)
    pid = int(wait_for_log(tmp_path, "pid").split("pid ")[1].split()[0])
    assert gone(pid)


def gone(pid: int, seconds: float = 10) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        stat = Path(f"/proc/{pid}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] in "ZX":
            return True
        time.sleep(0.02)
    return False


PARENT = f"""
import os, sys, time
from datetime import timedelta
from pathlib import Path
from crawler.nights.crawl_process import CrawlProcess, Limits
limits = Limits(timedelta(minutes=1), {MEMORY})
process = CrawlProcess([sys.executable, "-c", {HEEDLESS!r}], os.environ, Path(sys.argv[1]), limits, 0.0)
print(process.pid, flush=True)
time.sleep(60)
"""


def test_a_crawl_dies_with_a_scheduler_that_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log/a.log"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(log)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    wait_for_log(tmp_path, "ready")
    parent.kill()
    parent.communicate(timeout=10)
    assert gone(pid)


def test_a_crawl_has_a_session_of_its_own(tmp_path: Path) -> None:
    with running(tmp_path, PATIENT) as process:
        wait_for_log(tmp_path, "ready")
        assert os.getsid(process.pid) == process.pid == os.getpgid(process.pid)


def no_folder(log: Path) -> None:
    log.parent.write_text("a file where the folder should be")


def full_disk(log: Path) -> None:
    log.parent.mkdir()
    log.symlink_to("/dev/full")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        pytest.param(no_folder, "File exists", id="no folder"),
        pytest.param(full_disk, "No space left on device", id="a full disk"),
    ],
)
def test_a_log_that_cannot_be_written_is_reported_and_costs_nothing(
    tmp_path: Path, spoil: Callable[[Path], None], words: str
) -> None:
    spoil(tmp_path / "log/a.log")
    limits = Limits(timedelta(seconds=60), MEMORY)
    command = [sys.executable, "-c", "print('said'); raise SystemExit(3)"]
    process = CrawlProcess(command, os.environ, tmp_path / "log/a.log", limits, time.monotonic(), "the first line")
    found = ended(process)
    assert (found.code, found.last_lines, str(found.reason)) == (3, (), "the crawl found the disk full")
    assert process.log_lost is not None
    assert f"({words}): this run has no log" in process.log_lost


def test_a_log_begins_with_what_was_started(tmp_path: Path) -> None:
    limits = Limits(timedelta(seconds=60), MEMORY)
    command = [sys.executable, "-c", "print('said')"]
    process = CrawlProcess(command, os.environ, tmp_path / "log/a.log", limits, time.monotonic(), "started, try 1")
    assert ended(process).last_line == "said"
    assert (tmp_path / "log/a.log").read_text() == "started, try 1\nsaid\n"

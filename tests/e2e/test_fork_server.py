"""A program that is forked from a warm process behaves as one that is executed: everything a test may ask of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.prefork.program import ROOT, Program
from testing.fork_server import asked_start

FRESH = {**os.environ, "FRESH_PROCESS": "1"}
WARM = {name: value for name, value in os.environ.items() if name != "FRESH_PROCESS"}

REPORT = """
import json, logging, os, signal, sys, warnings
print(json.dumps({
    "argv": sys.argv, "path": [p for p in sys.path if p], "name": __name__, "folder": os.getcwd(), "parent": os.getppid(),
    "environment": {k: v for k, v in os.environ.items() if k != "FRESH_PROCESS"},
    "descriptors": sorted(int(n) for n in os.listdir("/proc/self/fd") if int(n) > 2 and os.path.exists(f"/proc/self/fd/{n}")),
    "session": os.getsid(0) == os.getpid(), "group": os.getpgrp() == os.getpid(),
    "sigterm": signal.getsignal(signal.SIGTERM) == signal.SIG_DFL, "sigint": str(signal.getsignal(signal.SIGINT)),
    "handlers": [str(h) for h in logging.root.handlers], "level": logging.root.level,
    "encodings": [sys.stdin.encoding, sys.stdout.encoding, sys.stderr.errors], "input": sys.stdin.read(),
    "settings": sys.modules.get("crawler.settings") is None,
}))
print("lỗi", file=sys.stderr)
warnings.warn("a warning", UserWarning)
"""


def run(*command: str, environment: dict[str, str] = WARM, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a Python program to its end."""
    line = [sys.executable, *command]
    return subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, **more)


@pytest.mark.parametrize("start", [{}, {"start_new_session": True}, {"process_group": 0}])
def test_a_forked_program_sees_what_an_executed_one_sees(start: dict[str, Any]) -> None:
    said = []
    for environment in (WARM, FRESH):
        own = {**environment, "PYTHONPATH": "/tmp/elsewhere", "LUU_TRU_CONTACT": "a@ba-song.vn"}
        done = run("-W", "error", "-c", REPORT, "one", "two", environment=own, input="vào", **start)
        assert done.returncode == 1
        first, last = done.stderr.splitlines()[0], done.stderr.splitlines()[-1]
        said.append((json.loads(done.stdout), first, last))
    forked, executed = said
    assert forked == executed
    assert forked[0]["parent"] == os.getpid()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pass", 0),
        ("raise SystemExit(7)", 7),
        ("raise SystemExit('no')", 1),
        ("1 / 0", 1),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -9),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -15),
        ("import ctypes; ctypes.string_at(0)", -11),
        ("import threading; threading.Thread(target=lambda: print('late')).start()", 0),
        ("import atexit; atexit.register(print, 'at the end')", 0),
        ("import sys; sys.stdout.write('unflushed')", 0),
    ],
)
def test_it_ends_as_an_executed_one_ends(code: str, expected: int) -> None:
    forked, executed = run("-c", code), run("-c", code, environment=FRESH)
    assert forked.returncode == executed.returncode == expected
    assert forked.stdout == executed.stdout
    assert forked.stderr.splitlines()[-1:] == executed.stderr.splitlines()[-1:]


COMMANDS = (
    ("-W", "error", "-m", "archive", "--help"),
    ("-W", "error", "-m", "archive", "verify", "--archive", "/nonexistent"),
    ("-W", "error", "-m", "scrapy", "crawl", "nowhere"),
    ("-W", "error", "-m", "pipelines.extract", "--help"),
    ("-W", "error", "-m", "replicas.demo", "--help"),
    ("-W", "error", "scheduler.py", "status", "--archive", "/nonexistent"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[2:5]))
def test_a_command_of_ours_says_the_same_executed_as_forked(command: tuple[str, ...]) -> None:
    executed, forked = run(*command, environment=FRESH), run(*command)
    assert (executed.returncode, executed.stdout, executed.stderr) == (forked.returncode, forked.stdout, forked.stderr)
    assert executed.returncode in (0, 2, 4), executed.stderr
    assert "Traceback" not in executed.stderr


def test_it_is_a_child_of_its_caller_and_can_be_killed() -> None:
    line = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    with subprocess.Popen(line, cwd=ROOT, env=WARM, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert Path(f"/proc/{process.pid}/comm").exists()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM


def test_what_it_starts_is_its_child_and_gets_only_its_own_descriptors() -> None:
    code = (
        "import os, subprocess, sys\n"
        "own = open('/dev/null')\n"
        "child = 'import os; print(os.getppid(), sorted(map(int, os.listdir(\"/proc/self/fd\")))[:-1])'\n"
        "print(os.getpid(), flush=True)\n"
        "print(subprocess.run([sys.executable, '-c', child], stdout=subprocess.PIPE, text=True).stdout, end='')\n"
    )
    parent, seen = run("-c", code).stdout.splitlines()
    assert seen == f"{parent} [0, 1, 2]"


def test_a_program_that_becomes_another_keeps_its_pid_and_its_limits() -> None:
    code = "import os, resource; print(os.getpid(), resource.getrlimit(resource.RLIMIT_CORE))"
    command = [
        sys.executable,
        "-m",
        "crawler.nights.rlimits",
        str(os.getpid()),
        str(4 << 30),
        sys.executable,
        "-c",
        code,
    ]
    with subprocess.Popen(command, cwd=ROOT, env=WARM, stdout=subprocess.PIPE, text=True) as process:
        assert process.communicate(timeout=30)[0] == f"{process.pid} (0, 0)\n"


def test_given_descriptors_keep_their_numbers() -> None:
    source, sink = os.pipe()
    try:
        code = f"import os; os.write({sink}, b'through')"
        assert run("-c", code, pass_fds=[sink]).returncode == 0
        assert os.read(source, 16) == b"through"
    finally:
        os.close(source)
        os.close(sink)


@pytest.mark.parametrize(
    "command",
    [
        ["/bin/true"],
        [sys.executable, "-I", "-c", "pass"],
        [sys.executable, "-W", "ignore", "-c", "pass"],
        [sys.executable, "-m", "pytest"],
        [sys.executable, "/tmp/other.py"],
        [sys.executable],
    ],
)
def test_other_commands_are_executed(command: list[str]) -> None:
    assert Program.of(command) is None


@pytest.mark.parametrize("folder", [Path("/"), ROOT])
@pytest.mark.parametrize("hurt", [lambda: {"LD_PRELOAD": ""}, lambda: {"PYTHONHASHSEED": "1"}])
def test_steered_programs_and_other_folders_are_executed(folder: Path, hurt: Callable[[], dict[str, str]]) -> None:
    environment = {**WARM, **(hurt() if folder == ROOT else {})}
    code = "import sys; print('trafilatura' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.stdout == "False\n"
    assert run("-c", code).stdout == "True\n"


def test_a_python_that_starts_programs_in_another_way_executes_them() -> None:
    asked = ([sys.executable, "-c", "pass"], [], True, (), str(ROOT), None, *[-1] * 20)
    assert asked_start(asked) is None

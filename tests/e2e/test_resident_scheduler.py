"""A scheduler that stays: it speaks to systemd, answers for its figures and ends on a signal."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from datetime import datetime
from pathlib import Path

from archive.errors import ExitCode
from testing.crawl import environment, new_archive
from vietnam.date_forms import TZ

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_resident_scheduler_says_that_it_is_ready_that_it_lives_and_that_it_ends(tmp_path: Path) -> None:
    archive, port = new_archive(tmp_path / "archive"), free_port()
    hour = datetime.now(TZ).hour  # the night was over three hours ago
    toml = tmp_path / "nights.toml"
    toml.write_text(
        f'start = "{(hour - 5) % 24:02d}:00"\ncut_off = "{(hour - 3) % 24:02d}:00"\nmetrics_port = {port}\n'
    )
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(address))
        channel.settimeout(60)
        command = [sys.executable, "scheduler.py", "--archive", str(archive), "--settings", str(toml)]
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(REPLICA="1", NOTIFY_SOCKET=str(address)), stderr=subprocess.DEVNULL
        )
        try:
            assert {channel.recv(100), channel.recv(100)} == {b"READY=1", b"WATCHDOG=1"}
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
                assert b"luu_tru_archive_readable 1.0" in answer.read()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        assert channel.recv(100) == b"STOPPING=1"
    assert process.returncode == ExitCode.INTERRUPTED

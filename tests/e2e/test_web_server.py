"""The real `serve` command, asked over loopback as a browser asks."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from testing.archives import sealed

ROOT = Path(__file__).resolve().parents[2]
ACKNOWLEDGED = 0.035
"""Seconds: a page whose second half waits for an acknowledgement of the first takes 40 ms (Linux's TCP_DELACK_MIN) or more."""


def test_whoever_asks_at_once_is_answered_and_no_page_waits_for_an_acknowledgement(tmp_path: Path) -> None:
    sealed(tmp_path / "a").close()
    command = [sys.executable, "-m", "archive", "serve", "--archive", str(tmp_path / "a"), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()[0]
            parts = urlsplit(address)
            socket.create_connection((parts.hostname, parts.port), timeout=60).close()  # at once: nobody is refused
            took = []
            with httpx.Client(base_url=address) as page:
                for _ in range(60):
                    began = time.perf_counter()
                    assert page.get("/en/").status_code == 200
                    took.append(time.perf_counter() - began)
        finally:
            server.terminate()
    assert min(took[30:]) < ACKNOWLEDGED  # the first ones are acknowledged at once in any case


@contextmanager
def served(root: Path) -> Iterator[tuple[str, int]]:
    """Run the command on a sealed archive; yields where it listens."""
    sealed(root).close()
    command = [sys.executable, "-m", "archive", "serve", "--archive", str(root), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            parts = urlsplit(server.stdout.readline().split()[0])
            yield str(parts.hostname), int(parts.port or 0)
        finally:
            server.terminate()


def test_silent_connections_keep_nobody_out(tmp_path: Path) -> None:
    with served(tmp_path / "a") as place, ExitStack() as silent:
        for number in range(300):
            opened = silent.enter_context(socket.create_connection(place, timeout=60))
            if number % 2:
                opened.sendall(b"GET /en/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        for _ in range(5):
            assert httpx.get(f"http://{place[0]}:{place[1]}/en/", timeout=60).status_code == 200

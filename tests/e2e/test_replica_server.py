"""A rehearsal's way to loopback: which URL goes where, under which Host, and what is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scrapy.exceptions import IgnoreRequest

from archive.errors import UsageError
from crawler.downloader.replica import ReplicaServer, loopback_url, read_origins
from crawler.urls import replica_url

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.quangtri.gov.vn/a?b=1", "https://www.quangtri.gov.vn.replica.test/a?b=1"),
        ("http://quangtri.gov.vn", "http://quangtri.gov.vn.replica.test"),
        ("https://quangtri.gov.vn:443/a", "https://quangtri.gov.vn.replica.test:443/a"),
        ("https://www.quangtri.gov.vn.replica.test/a", "https://www.quangtri.gov.vn.replica.test/a"),
        ("https://www.quangtri.gov.vn/quangtri.gov.vn", "https://www.quangtri.gov.vn.replica.test/quangtri.gov.vn"),
    ],
    ids=["with query", "without path", "with port", "already there", "host in the path"],
)
def test_a_portals_address_gets_the_suffix_once(url: str, expected: str) -> None:
    assert replica_url(url) == expected


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://a.vn.replica.test/tin?b=1", "http://127.0.0.1:5005/tin?b=1"),
        ("https://a.vn.replica.test", "http://127.0.0.1:5005/"),
        ("https://a.vn.replica.test:443/x#y", "http://127.0.0.1:5005/x"),
        ("https://a.vn.replica.test//double", "http://127.0.0.1:5005//double"),
    ],
)
def test_a_request_goes_to_loopback_as_plain_http_under_its_host(url: str, sent: str) -> None:
    assert loopback_url(url, 5005) == (sent, "a.vn.replica.test")


@pytest.mark.parametrize(
    "url", ["https://a.vn/", "http://127.0.0.1/", "https://replica.test.evil.example/", "https:///"]
)
def test_nothing_else_is_sent(url: str) -> None:
    with pytest.raises(IgnoreRequest):
        loopback_url(url, 5005)


def test_a_server_of_our_own_is_started_and_ended() -> None:
    server = ReplicaServer()
    try:
        assert 0 < server.port < 65536
        pid = server.pid
        os.kill(pid, 0)
    finally:
        server.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_server_that_does_not_start_is_reported_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"python -m replicas\.serve --port 0") as caught:
        ReplicaServer(folder=str(tmp_path / "nowhere"))
    assert "\n" not in str(caught.value)


def test_the_server_ends_with_the_process_that_started_it() -> None:
    code = (
        "import os, signal; from crawler.downloader.replica import ReplicaServer; "
        "print(ReplicaServer().pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    pid = int(done.stdout)
    deadline = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    """Return whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_host_may_have_a_port_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "hosts.txt"
    file.write_text("* http://127.0.0.1:5005\nA.vn https://127.0.0.1:6006\n\n", encoding="utf-8")
    origins = read_origins(file)
    assert loopback_url("https://a.vn.replica.test/x?y=1", 5005, origins)[0] == "https://127.0.0.1:6006/x?y=1"
    assert loopback_url("https://b.vn.replica.test/", 5005, origins)[0] == "http://127.0.0.1:5005/"


@pytest.mark.parametrize(
    "line", ["a.vn", "a.vn http://10.0.0.8:80", "a.vn http://127.0.0.1:80/x", "a.vn ftp://127.0.0.1:21"]
)
def test_a_rehearsal_is_sent_to_loopback_alone(line: str, tmp_path: Path) -> None:
    file = tmp_path / "hosts.txt"
    file.write_text(f"b.vn http://127.0.0.1:80\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 2: write"):
        read_origins(file)

"""A whole night through scheduler.py: every recipient is sent what it asked for, and no secret comes anywhere."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

import scheduler
from archive.errors import ExitCode
from crawler.catalog.portals import load_portals
from replicas import FIRST_NIGHT
from replicas.serve import ReplicaServer
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, crawl, new_archive
from testing.http_server import HttpServer, NotificationServer, response

ROOT = Path(__file__).parent.parent.parent
CANARY = "c4n4ry"
SECRETS = {
    "http_proxy": f"http://crawl:{CANARY}-proxy@127.0.0.1:9/",
    "no_proxy": "127.0.0.1",
    "AWS_SECRET_ACCESS_KEY": f"{CANARY}-storage",
    "PGPASSWORD": f"{CANARY}-database",
    "LUU_TRU_SMTP_PASSWORD": f"{CANARY}-mail",
}

Night = tuple[Path, NotificationServer, "subprocess.CompletedProcess[str]"]


def settings(folder: Path, listener: NotificationServer) -> Path:
    """Write settings of one portal, JSON logs, and every message for every recipient."""
    off = "".join(f"[portals.{name}]\nenabled = false\n" for name in load_portals() if name != "quang_tri")
    url = f"json://me:{CANARY}-word@127.0.0.1:{listener.port}/alert-{CANARY}-token-01"
    path = folder / "settings" / "nights.toml"
    path.parent.mkdir()
    path.write_text(
        f'log = "json"\nlogs = "../log"\nreports = "../reports"\narchive = "../archive"\n'
        f'metrics_file = "../luu-tru.prom"\nmin_free = "1 MB"\n'
        f'[alerts]\nurls = ["{url}"]\non = ["good", "quiet", "thin", "suspicious", "broken"]\nrehearsals = true\n'
        f'heartbeat_url = "{listener.heartbeat}-{CANARY}-switch-7"\n{off}',
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("messages")
    new_archive(folder / "archive")
    with NotificationServer() as listener, ReplicaServer() as replica:
        command = [sys.executable, "scheduler.py", "--once", "--night", FIRST_NIGHT.isoformat()]
        command += ["--settings", str(settings(folder, listener))]
        environment = {**os.environ, **SECRETS, "REPLICA": "1", "REPLICA_PORT": str(replica.port)}
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180)
        yield folder, listener, ran


def test_every_recipient_gets_one_message(night: Night) -> None:
    folder, listener, ran = night
    assert ran.returncode == ExitCode.GOOD, ran.stdout + ran.stderr
    alert, beat = listener.requests
    assert alert.title == f"Lưu Trữ (rehearsal) {FIRST_NIGHT}: good"
    assert "1 portal: 1 good" in alert.message
    assert (beat.method, beat.path.startswith("/beat-")) == ("GET", True)
    report = json.loads((folder / "reports" / f"{FIRST_NIGHT}.json").read_text(encoding="utf-8"))
    assert report["good"] is True
    assert report["remarks"] == []
    assert report["seal"]["number"] == 1
    families = text_string_to_metric_families((folder / "luu-tru.prom").read_text())  # type: ignore[no-untyped-call]
    assert {family.name for family in families} >= {"luu_tru_portal_verdict", "luu_tru_disk_free_bytes"}


def test_every_log_line_is_json(night: Night) -> None:
    folder, _, ran = night
    said = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["message"].split(":")[0] for line in said] == [
        f"{FIRST_NIGHT} quang_tri started",
        f"{FIRST_NIGHT} quang_tri done",
    ]
    log = (folder / "log" / FIRST_NIGHT.isoformat() / "quang_tri.log").read_text(encoding="utf-8").splitlines()
    assert json.loads(log[0])["message"] == f"{FIRST_NIGHT} quang_tri started, try 1"
    assert json.loads(log[-1])["message"] == f"{FIRST_NIGHT} quang_tri ended with exit code 0"
    assert all("level" in json.loads(line) for line in log)


def test_no_secret_is_anywhere(night: Night) -> None:
    folder, _, ran = night
    assert CANARY not in ran.stdout + ran.stderr
    looked = 0
    for path in folder.rglob("*"):
        if path.is_file() and path.parent.name != "settings":
            data = path.read_bytes()
            data += gzip.decompress(data) if path.suffix == ".gz" else b""
            assert CANARY.encode() not in data, f"a secret stands in {path.relative_to(folder)}"
            looked += 1
    assert looked > 20


def test_a_talkative_crawl_gives_nothing_away(tmp_path: Path) -> None:
    pages = {
        "/tin-tuc": response(listing(["tin-1"]), Set_Cookie=f"sid={CANARY}-cookie; path=/"),
        "/tin/tin-1.html": response(article(1)),
    }
    root = new_archive(tmp_path / "archive")
    options = ["--archive", str(root), "--night", NIGHT.isoformat(), "-L", "DEBUG"]
    with HttpServer(dict(pages)) as server:
        for style in ("text", "json"):
            done = crawl(*options, "--log", style, port=server.port, **SECRETS)
            assert done.code == ExitCode.GOOD, done.err
            lines = done.err.splitlines()
            assert len(lines) > 10
            assert CANARY not in done.err
            for line in lines:
                if style == "json":
                    json.loads(line)
                else:
                    assert line.startswith(("20", "  | ")), line


@pytest.mark.parametrize(("option", "messages"), [("--due", 1), ("--once", 0)])
def test_an_archive_that_is_not_mounted_is_reported_when_nobody_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, messages: int
) -> None:
    monkeypatch.delenv("REPLICA", raising=False)
    toml = tmp_path / "nights.toml"
    with NotificationServer() as listener:
        toml.write_text(f'contact = "luutru@example.vn"\nreports = "reports"\n[alerts]\nurls = ["{listener.alert}"]\n')
        for _ in range(2):
            absent = ["--archive", str(tmp_path / "absent"), "--settings", str(toml)]
            assert scheduler.main([option, *absent]) == ExitCode.ARCHIVE_UNUSABLE
        assert [said.title.endswith("the night could not be run") for said in listener.requests] == [True] * messages

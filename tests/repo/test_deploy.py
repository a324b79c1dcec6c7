"""Check that deploy/ is well formed and names only what the program has; the service manager gets the true state."""

from __future__ import annotations

import configparser
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from datetime import date, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # it has no types of its own

import scheduler
from archive.errors import ExitCode
from crawler.config.settings_file import NightSettings, read_settings
from crawler.downloader.guard import address_allowed
from crawler.nights.liveness import SEALING_SECONDS, STUCK_SECONDS, Liveness, notify
from crawler.nights.runner import LEASE, RunnerOptions

ROOT = Path(__file__).parent.parent.parent


DEPLOY = ROOT / "deploy"


UNITS = sorted(path for path in (DEPLOY / "systemd").iterdir() if path.suffix != ".conf")


SERVICES = [path for path in UNITS if path.suffix == ".service"]


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment]  # names of settings keep their case
    parser.read_string(path.read_text(encoding="utf-8"))
    return parser


def seconds(text: str) -> float:
    number, word = re.fullmatch(r"(\d+)(min|h|s)?", text.strip()).groups()  # type: ignore[union-attr]
    return int(number) * {"min": 60, "h": 3600}.get(word, 1)


def scheduler_lines() -> list[tuple[str, list[str]]]:
    """Every call of scheduler.py in a deployed file, in a page or in the settings: where it stands, and its options."""
    found = []
    pages = [
        *DEPLOY.rglob("*"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "README.md",
        ROOT / "README.vi.md",
        ROOT / "nights.toml",
    ]
    for path in sorted(page for page in pages if page.is_file()):
        text = path.read_text(encoding="utf-8").replace('", "', " ").replace('"', " ")
        for match in re.finditer(r"scheduler\.py((?: +(?!2>|#|\||>|`)[^\s`]+)*)", text):
            options = re.split(r"[#`\])(,;]", match[1])[0]
            words = shlex.split(options.replace("'", ""))
            if any(
                word.startswith("--") or word in ("status", "report", "alerts", "backfill", "check") for word in words
            ):
                found.append((path.relative_to(ROOT).as_posix(), words))
    return found


LINES = scheduler_lines()


@pytest.mark.parametrize(("where", "words"), LINES, ids=[f"{where}: {' '.join(words)}" for where, words in LINES])
def test_every_option_that_is_named_exists(where: str, words: list[str]) -> None:
    own = {"backfill": scheduler._backfill_parser, "check": scheduler._check_parser}
    parser = own.get(words[0], scheduler._parser)()
    known = {option for action in parser._actions for option in action.option_strings}
    assert {word for word in words if word.startswith("--")} <= known


def test_the_deployed_files_are_among_them() -> None:
    assert {"deploy/crontab", "deploy/container/Containerfile", "deploy/systemd/luu-tru.service"} <= dict(LINES).keys()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_nothing_to_complain_of(tmp_path: Path, path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing")
    for source in UNITS:
        text = source.read_text(encoding="utf-8").replace("/opt/luu-tru/.venv/bin/python", sys.executable)
        (tmp_path / source.name).write_text(text.replace("/opt/luu-tru", str(ROOT)), encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(tmp_path / path.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_stops_as_the_crawls_need_it(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["KillMode"] == "mixed"
    assert seconds(service["TimeoutStopSec"]) > RunnerOptions(1).grace.total_seconds()
    assert service["SuccessExitStatus"] == str(int(ExitCode.INTERRUPTED))
    assert service["NoNewPrivileges"] == "yes"
    assert service["User"] != "root"


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_is_hardened(path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is missing")
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=15", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_denies_no_address_that_the_guard_allows(path: Path) -> None:
    denied = [ip_network(each) for each in unit(path)["Service"]["IPAddressDeny"].split()]
    assert denied
    assert not any(
        address_allowed(str(address)) for net in denied for address in (net[0], net[-1], net[net.num_addresses // 2])
    )
    private = ("10.1.2.3", "100.64.0.1", "169.254.169.254", "172.20.0.1", "192.168.0.1", "fd00::1", "fe80::1")
    assert all(any(ip_address(each) in net for net in denied) for each in private)


def test_the_resident_service_is_watched() -> None:
    service = unit(DEPLOY / "systemd/luu-tru.service")["Service"]
    assert service["Type"] == "notify"
    assert seconds(service["WatchdogSec"]) > STUCK_SECONDS > LEASE.total_seconds() > 2 * scheduler.TICK_SECONDS
    assert service["RestartPreventExitStatus"] == str(int(ExitCode.USAGE))


def test_the_hours_are_those_of_the_settings() -> None:
    settings = NightSettings()
    hours = f"{settings.start.hour}-{settings.cut_off.hour}"
    timer = unit(DEPLOY / "systemd/luu-tru-due.timer")["Timer"]
    padded = f"{settings.start.hour:02d}..{settings.cut_off.hour:02d}"
    assert timer["OnCalendar"] == f"*-*-* {padded}:00/15:00 Asia/Ho_Chi_Minh"
    assert timer["Persistent"] == "true"
    cron = (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines()
    assert cron[-1].startswith(f"*/15 {hours} * * * luu-tru ")
    assert f'schedule: "*/15 {hours} * * *"' in (DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")
    night = settings.closes(date(2026, 11, 22)) - settings.opens(date(2026, 11, 22))
    service = unit(DEPLOY / "systemd/luu-tru-due.service")["Service"]
    assert timedelta(seconds=seconds(service["TimeoutStartSec"])) > night


def test_the_cron_job_of_kubernetes_is_one_that_may_run_beside_itself() -> None:
    job, claim = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8"))
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert (job["kind"], job["spec"]["timeZone"], job["spec"]["concurrencyPolicy"]) == (
        "CronJob",
        "Asia/Ho_Chi_Minh",
        "Forbid",
    )
    assert container["args"] == ["--due"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["terminationGracePeriodSeconds"] > RunnerOptions(1).grace.total_seconds()
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in pod["volumes"]}
    assert claim["metadata"]["name"] == "luu-tru"


def test_the_container_is_not_root_and_has_a_process_1() -> None:
    lines = (DEPLOY / "container/Containerfile").read_text(encoding="utf-8").splitlines()
    assert "USER 10001:10001" in lines
    entry = next(line for line in lines if line.startswith("ENTRYPOINT"))
    assert entry.startswith('ENTRYPOINT ["tini", "--", "python", "scheduler.py"')
    assert next(line for line in lines if "pip install" in line).endswith("--require-hashes -r requirements.lock")


def test_nights_toml_can_be_used_as_it_is() -> None:
    assert read_settings(ROOT / "nights.toml").alerts.urls == ()


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_the_service_manager_is_notified(tmp_path: Path, kind: str) -> None:
    address = str(tmp_path / "notify") if kind == "path" else f"@luu-tru-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address.replace("@", "\0", 1))
        assert notify("READY=1", {"NOTIFY_SOCKET": address})
        assert channel.recv(100) == b"READY=1"


def test_outside_of_a_service_nothing_is_said(tmp_path: Path) -> None:
    assert not notify("READY=1", {})
    assert not notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "nobody")})


def test_a_night_that_is_stuck_is_not_alive() -> None:
    now = 1000.0
    liveness = Liveness(lambda: now)
    assert liveness.alive()
    liveness.turn()
    now += STUCK_SECONDS - 1
    assert liveness.alive()
    now += 1
    assert not liveness.alive()
    liveness.no_turns()
    assert not liveness.alive()
    with liveness.busy:  # nights are sealed
        assert liveness.alive()
        now += SEALING_SECONDS
        assert not liveness.alive()
    liveness.tick()
    assert liveness.alive()

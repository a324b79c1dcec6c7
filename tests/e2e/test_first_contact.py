"""`scrapy probe --provinces`: an evening over planted hosts, killed in its middle, says of each of them what was planted."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings

from archive.errors import ExitCode
from bench.first_contact.evening import impolite, planted_environment, planted_web, wrong_of
from bench.first_contact.planted import PlantedHost, planted_hosts
from bench.runner import ROOT
from crawler.catalog.overview import spiders
from replicas.sites.site import base_host
from vietnam.provinces import PROVINCES

PLANTED = frozenset(
    "quangninh ninhthuan caobang khanhhoa hatinh hungyen tiengiang haiduong daknong longan phuyen yenbai hagiang".split()
)


def hosts() -> list[PlantedHost]:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return [each for each in planted_hosts(spiders(settings)) if each.slug in PLANTED]


def test_a_killed_evening_goes_on_and_says_what_was_planted(tmp_path: Path) -> None:
    with planted_web(hosts(), tmp_path) as web:
        process = subprocess.Popen(
            web.command,
            cwd=ROOT,
            env=planted_environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        first = [process.stderr.readline() for _ in range(4)]
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert all(" left" in line for line in first), first
        done, before = web.results(), len(web.log)
        assert 4 <= len(done) < len(web.hosts)
        again = web.run()
        finished = {PROVINCES[slug].domain for slug in done}
        assert not [entry for entry in web.log[before:] if base_host(entry.host) in finished]
        assert "not asked" not in again.stderr
        results = web.results()
        wrong = {each.slug: found for each in web.hosts if (found := wrong_of(each, results.get(each.slug)))}
        rude = [*impolite(web.log[:before]), *impolite(web.log[before:])]  # a visit that was killed begins anew
        assert (again.returncode, wrong, rude) == (ExitCode.FINDINGS, {}, []), again.stderr
    _look_at_folder(web.into, again.stdout)


def _look_at_folder(into: Path, printed: str) -> None:
    """Look at what a person gets: the table in its three forms, the report, a proposal that can be read again."""
    rows = list(csv.DictReader((into / "table.csv").read_text(encoding="utf-8").splitlines()))
    assert {row["host"].removeprefix("www.") for row in rows} == {PROVINCES[slug].domain for slug in PLANTED}
    assert len(json.loads((into / "table.json").read_text(encoding="utf-8"))) == len(PLANTED)
    report = (into / "report.md").read_text(encoding="utf-8")
    assert "list selector `div.ds-tin, .ms-webpart-zone` and `div.item-tin a.tieude-tin` matched nothing" in report
    assert "matches 5 of 5 entries" in report
    assert "a rehearsal over composed hosts" in report.lower()
    assert "13 hosts" in printed
    assert (into / "spiders" / "ha_giang.py").is_file()
    assert (into / "pages" / "ha_giang" / "expected.json").is_file()
    saved = subprocess.run(
        [sys.executable, "-m", "scrapy", "probe", "--saved", str(into / "visited" / "ha_giang"), "--dry-run"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "class HaGiang(DeclaredSpider)" in saved.stdout, saved.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["hai_phonh"], "did you mean haiphong"),
        (["--jobs", "0"], "--jobs should be from 1 to 8"),
        (["hue", "--loopback", "nowhere.txt"], "--loopback nowhere.txt cannot be read"),
        (["hue", "--settings", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["hue", "--dry-run"], "--dry-run is for the probe of one portal"),
        (["hue", "--agian"], "unknown option --agian"),
    ],
    ids=["unknown province", "jobs", "loopback", "settings", "dry run", "unknown option"],
)
def test_wrong_usage_is_one_line(arguments: list[str], why: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "probe", "--into", str(tmp_path), "--provinces", *arguments]
    environment = {**planted_environment(), "REPLICA": "1", "REPLICA_PORT": "9"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (ExitCode.USAGE, 1), done.stderr
    assert why in done.stderr


def test_live_hosts_are_asked_by_hand_alone(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scrapy", "probe", "--into", str(tmp_path), "--provinces"]
    environment = {**planted_environment(), "CI": "1", "LUU_TRU_CONTACT": "a@mau.vn"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "CI is set" in done.stderr) == (ExitCode.USAGE, True)
    without = subprocess.run(command, cwd=ROOT, env=planted_environment(), capture_output=True, text=True, check=False)
    assert (without.returncode, "needs a contact address" in without.stderr) == (ExitCode.USAGE, True)

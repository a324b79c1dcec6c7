"""Run an evening over the planted hosts by the real command, and compare what it says with what was planted."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from archive.model.enums import ArchiveKind
from bench.first_contact.planted import ANY_FAMILY, PlantedHost
from bench.first_contact.wires import Wire, wires
from bench.runner import ROOT
from crawler.first_contact.folder import ContactFolder, HostContact
from replicas import LAST_NIGHT
from replicas.serve import LogEntry, ReplicaServer
from replicas.sites.site import Suffixer, base_host
from vietnam.provinces import PROVINCES

MOST = 30
_TIMEOUT = "2"  # seconds


@dataclass(frozen=True, slots=True)
class PlantedWeb:
    """The planted hosts on loopback: `command` starts an evening over them; `log` are the requests that were answered."""

    hosts: Sequence[PlantedHost]
    server: ReplicaServer
    command: tuple[str, ...]
    into: Path

    @property
    def log(self) -> list[LogEntry]:
        """The requests so far."""
        return self.server.log

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the evening to its end."""
        return subprocess.run(
            [*self.command, *options], cwd=ROOT, env=planted_environment(), capture_output=True, text=True, check=False
        )

    def results(self) -> dict[str, HostContact]:
        """Return what the evening left of each host."""
        return {each.slug: each for each in ContactFolder(self.into, ArchiveKind.REPLICA).results()}


def planted_environment() -> dict[str, str]:
    """Return this environment without what steers a crawl."""
    return {name: value for name, value in os.environ.items() if name not in ("REPLICA", "REPLICA_PORT", "NIGHT", "CI")}


@contextmanager
def planted_web(hosts: Sequence[PlantedHost], scratch: Path, *, jobs: int = 4) -> Iterator[PlantedWeb]:
    """Serve the hosts on loopback."""
    sites = [each.site for each in hosts if each.site is not None]
    with ReplicaServer(sites) as server, wires(scratch) as origins:
        server.suffixer = Suffixer([known.domain for known in PROVINCES.values()])
        lines = [f"* http://127.0.0.1:{server.port}"]
        for each in hosts:
            if each.wire is not Wire.SERVED:
                domain = PROVINCES[each.slug].domain
                lines += [f"{host} {origins[each.wire]}" for host in (domain, f"www.{domain}")]
        file, into = scratch / "loopback.txt", scratch / "evening"
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        slugs = [each.slug for each in hosts]
        command = (
            sys.executable, "-m", "scrapy", "probe", "--provinces", *slugs, "--loopback", str(file), "--into", str(into),
            "--jobs", str(jobs), "--night", LAST_NIGHT.isoformat(), "-s", f"DOWNLOAD_TIMEOUT={_TIMEOUT}",
        )  # fmt: skip
        yield PlantedWeb(hosts, server, command, into)


def wrong_of(planted: PlantedHost, result: HostContact | None) -> list[str]:
    """Return what the evening says of a host and should not; empty where all is as planted."""
    if result is None:
        return ["was not asked"]
    wrong = [f"error: {result.error}"] if result.error else []
    if result.home.state is not planted.state:
        wrong.append(f"home page {result.home.words}, planted {planted.state.value}")
    if planted.sent_to != result.home.sent_to:
        wrong.append(f"sent to {result.home.sent_to}, planted {planted.sent_to}")
    passed = result.check.passed if result.check else None
    if passed is not planted.passed:
        wrong.append(f"check passed: {passed}, planted {planted.passed}")
    for part, words in planted.named:
        if not any(each.part == part and words in each.words for each in result.differences):
            wrong.append(f"not named: {part}: {words}")
    parts = {*planted.may_name, *(part.partition(",")[0] for part, _ in planted.named)}
    wrong += [f"named: {each.words}" for each in result.differences if each.part.partition(",")[0] not in parts]
    family = result.probe.family if result.probe else ""
    if (planted.family == ANY_FAMILY and not family) or planted.family not in (ANY_FAMILY, family, None):
        wrong.append(f"proposed {family or 'none'}, planted {planted.family or 'none'}")
    return wrong


def impolite(log: Sequence[LogEntry]) -> list[str]:
    """Return the hosts that got too many requests, or two at a time."""
    counts = Counter(base_host(entry.host) for entry in log)
    found = [f"{host}: {count} requests" for host, count in counts.items() if count > MOST]
    for host in counts:
        own = sorted((entry.time, entry.done) for entry in log if base_host(entry.host) == host)
        if any(later[0] < earlier[1] for earlier, later in pairwise(own)):
            found.append(f"{host}: two requests at a time")
    return found

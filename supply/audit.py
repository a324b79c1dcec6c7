"""Ask for known vulnerabilities of the locked packages, and never call clean what nobody answered for.

`pip-audit` ends with 0 and "no known vulnerabilities" where a source knows none of the packages, and with 1 where it
cannot be reached. Here only an answer for every package is clean.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from supply.lock import LockedPackage, read_lock


class AuditCode(IntEnum):
    """Exit codes of the audit."""

    CLEAN = 0
    VULNERABLE = 1
    USAGE = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class DependencyAudit:
    """Result of an audit: the vulnerabilities (package, version, their ids), and the packages without an answer."""

    vulnerable: tuple[tuple[str, str, tuple[str, ...]], ...]
    unanswered: tuple[LockedPackage, ...]
    why: str = ""

    @property
    def code(self) -> AuditCode:
        """The exit code: a known vulnerability weighs more than a missing answer."""
        if self.vulnerable:
            return AuditCode.VULNERABLE
        return AuditCode.UNKNOWN if self.unanswered else AuditCode.CLEAN

    def lines(self) -> list[str]:
        """Return what to print, the verdict last."""
        said = [f"{name} {version}: {', '.join(ids)}" for name, version, ids in self.vulnerable]
        said += [f"no answer: {one.name} {one.version}" for one in self.unanswered]
        if self.code is AuditCode.CLEAN:
            return [*said, "clean: the source of advisories knows every package, and no vulnerability"]
        found = f"{len(self.vulnerable)} vulnerable" if self.vulnerable else "unknown"
        return [*said, f"{found}: no answer for {len(self.unanswered)} packages{f' ({self.why})' if self.why else ''}"]


def audited(packages: Sequence[LockedPackage], report: str, words: str) -> DependencyAudit:
    """Return the audit of packages from pip-audit's report (JSON) and its last words, whichever there are."""
    try:
        rows = json.loads(report)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = next((line for line in reversed(words.splitlines()) if line.strip()), "no report")
        return DependencyAudit((), tuple(packages), f"the source of advisories was not reached: {last.strip():.160}")
    answers = {(row["name"], row.get("version")): row for row in rows if "skip_reason" not in row}
    vulnerable, unanswered = [], []
    for one in packages:
        row = answers.get((one.name, one.version))
        if row is None:
            unanswered.append(one)
        elif row["vulns"]:
            vulnerable.append((one.name, one.version, tuple(sorted(each["id"] for each in row["vulns"]))))
    why = "the source of advisories does not know them" if unanswered else ""
    return DependencyAudit(tuple(vulnerable), tuple(unanswered), why)


def audit(lock: Path, source: str | None) -> DependencyAudit:
    """Ask the source of advisories that pip-audit asks, or another of its sources by name."""
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(lock),
        "--disable-pip",
        "--require-hashes",
        "--format",
        "json",
    ]
    command += ["--progress-spinner", "off", *(["--vulnerability-service", source] if source else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return audited(read_lock(lock), done.stdout, done.stderr)

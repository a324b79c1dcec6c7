"""TLS with certificates made on the spot: what is read, and by which exception (faults/network/tls.py, as a program of its own)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from testing.crawl import ROOT

BAD = "TLS 1.0, another name, cut handshake, expired, incomplete chain, no TLS, self-signed"


def test_each_exception_allows_what_it_names_and_nothing_more(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "faults.network.tls", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert f"plain: well read; {BAD}, weak key unreachable; " in done.stdout
    assert f"level1: weak key, well read; {BAD} unreachable; " in done.stdout
    assert (
        "unverified: another name, expired, incomplete chain, self-signed, well read; TLS 1.0, cut handshake, no TLS"
        in done.stdout
    )

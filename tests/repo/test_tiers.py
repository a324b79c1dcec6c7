"""Hold the tests to their tiers: what starts a process or a night stands in tests/e2e and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
# Each runs one short program of another maker or the script that an auditor gets: their cost is a fraction of a second.
ALLOWED = {
    "unit/archive/sealing/test_proof.py",  # docs/check_proof.py, with Python alone
    "unit/archive/sealing/test_timestamps.py",  # `openssl ts` checks what we stamped
    "unit/crawler/probe/test_explore.py",  # ruff over the written spider
    "unit/pipelines/sandbox/test_extraction_worker.py",  # the child that reads is the subject
    "contract/test_spiders.py",  # `scrapy list`
}


def test_no_unit_or_contract_test_starts_a_process_or_a_night() -> None:
    found = {
        path.relative_to(TESTS).as_posix()
        for folder in ("unit", "contract")
        for path in (TESTS / folder).rglob("test_*.py")
        if re.search(
            r"^(?:import subprocess|from testing\.(?:staged_crawl|reextraction) )", path.read_text("utf-8"), re.M
        )
        or re.search(r"(?<![\w.])crawl\(\s*\"--archive\"", path.read_text("utf-8"))
    }
    assert found == ALLOWED


def test_the_marker_is_set_by_the_folder_alone() -> None:
    marked = [path for path in TESTS.rglob("test_*.py") if "mark." + "e2e" in path.read_text("utf-8")]
    assert marked == []

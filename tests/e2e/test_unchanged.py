"""Nights in which no article changes: no event says that one did, and what is still is neither sent nor stored twice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from archive.storage.paths import Paths
from bench.months.unchanged import count
from bench.months.unchanged_sites import STILL, quiet_site
from replicas import FIRST_NIGHT
from replicas.articles import PORTALS
from replicas.site import SiteRequest
from testing.archives import sealed
from testing.crawl import ROOT, environment


def test_two_nights_claim_nothing_and_still_pages_cost_next_to_nothing() -> None:
    command = [sys.executable, "-m", "bench.months.unchanged", "--nights", "1", "--portal", "quang_tri", "binh_dinh"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    changing, still = said["portals"]
    assert (said["false"], said["verify"]) == (0, "clean")
    assert (changing["said"], still["said"]) == ([], [])
    assert changing["looks"] > 0
    assert (changing["not_modified"], changing["revisits"]) == (0, 1)  # robots.txt
    assert still["looks"] == still["not_modified"] == still["revisits"] - 1
    assert still["saved_bytes"] > still["looks"] * 1000


def test_a_claimed_change_is_counted(tmp_path: Path) -> None:
    """The composed archive has one revision."""
    sealed(tmp_path / "archive").close()
    cost = count(Paths(tmp_path / "archive"), "da_nang", {})
    assert (cost.articles, cost.false_revisions, cost.false) == (2, 1, 1)
    assert cost.said[0].startswith("revision da_nang/thong-bao@")


@pytest.mark.parametrize("portal", PORTALS)
def test_a_quiet_site_changes_its_bytes_unless_it_is_still(portal: str) -> None:
    site = quiet_site(portal)
    article = next(one for one in site.articles if one.day <= FIRST_NIGHT and not one.withdrawn)
    path, _, query = site.article_path(article).partition("?")
    first, later = (
        site.respond(SiteRequest(site.host, path, query, FIRST_NIGHT.replace(day=3 + number), 5 + number))
        for number in (0, 9)
    )
    assert (first.status, later.status) == (200, 200)
    assert (first.body == later.body) == (portal in STILL)
    told = {"etag": first.etag, "last_modified": first.last_modified}
    assert tuple(name for name, value in told.items() if value) == STILL.get(portal, ())

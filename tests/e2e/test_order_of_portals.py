"""The same nights crawled one portal after the other, and four at once: the same texts, links, clusters, canonical articles."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from archive.index.queries.clusters import Article, Cluster
from archive.storage.jsonl import ArticleLine
from archive.store import Archive
from replicas import FIRST_NIGHT
from replicas.articles import articles
from testing.crawl import ROOT, environment, new_archive
from testing.run_lines import ReadLines

PORTALS = ("binh_dinh", "ninh_thuan", "quang_tri")
NIGHTS = 2

Said = dict[tuple[str, str, int], tuple[str, str, str | None, str | None, tuple[tuple[str, float], ...]]]


def crawled(root: Path, jobs: int, portals: tuple[str, ...]) -> tuple[Said, dict[Article, Cluster]]:
    """Crawl; return what the lines say but for captures and moments, and the clusters."""
    new_archive(root)
    for number in range(NIGHTS):
        night = (FIRST_NIGHT + timedelta(days=number)).isoformat()
        named = [word for portal in portals for word in ("--portal", portal)]
        command = [sys.executable, "scheduler.py", "--once", "--night", night, "--archive", str(root), *named]
        command += ["--jobs", str(jobs)]
        subprocess.run(command, cwd=ROOT, env=environment(REPLICA="1"), check=True, capture_output=True, timeout=300)
    said: Said = {}
    for path in sorted(root.glob("2025/*/*/*/articles.jsonl")):
        for line in ReadLines(path.parent).articles:
            said[path.parent.parent.name, path.parent.name, line.seq] = _said(line)
            if line.file:
                assert (path.parent / line.file).is_file()
    with Archive.open(root, read_only=True) as archive, archive.index.reading() as queries:
        return said, queries.clusters.all()


def _said(line: ArticleLine) -> tuple[str, str, str | None, str | None, tuple[tuple[str, float], ...]]:
    return line.event.value, line.id, line.file, line.duplicate_of, tuple((one.id, one.similarity) for one in line.near)


def key(portal: str, release: str) -> Article:
    """Return the article by which a portal prints a release."""
    [found] = [article.key for article in articles(portal) if release in (article.shared, article.reprint)]
    return portal, found


def test_one_after_the_other_and_four_at_once(tmp_path: Path) -> None:
    one = crawled(tmp_path / "one", 1, PORTALS)
    four = crawled(tmp_path / "four", 4, PORTALS[::-1])
    assert one[0].keys() == four[0].keys()
    assert one[0] == four[0]
    assert one[1] == four[1]
    release = tuple(key(portal, "canh_bao_lua_dao") for portal in ("quang_tri", "binh_dinh", "ninh_thuan"))
    assert set(one[1].values()) == {release}, "the later print of the same night, and one of the next"

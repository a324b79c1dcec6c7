"""Hold the shape of a crawl's work to its bounds, and let `make speed` measure a little. Nothing here depends on time."""

from __future__ import annotations

import json
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from archive.errors import ArchiveError
from bench.speed.__main__ import main
from bench.speed.contestants import measured
from bench.speed.counting.sitecustomize import NAMES
from bench.speed.pages import BYTES, LINKS, article_paths, speed_pages
from bench.speed.profile import IMPORTS, OTHERS, READER, by_module, by_task
from bench.speed.shape import Shape, measure_shape
from testing.fork_server import FRESH


@cache
def pages() -> dict[str, tuple[str, bytes]]:
    return speed_pages(3)


@pytest.fixture(scope="module")
def shape(tmp_path_factory: pytest.TempPathFactory) -> Shape:
    """Crawl once, in processes that start anew: the counters stand in front of every import."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(FRESH, "1")
        return measure_shape(tmp_path_factory.mktemp("shape"))


def test_an_article_costs_no_more_than_its_bounds(shape: Shape) -> None:
    assert shape.over() == {}


def test_a_later_article_costs_no_more_than_an_earlier_one(shape: Shape) -> None:
    assert shape.growing() == {}


def test_everything_is_counted(shape: Shape) -> None:
    """A counter that a change of the program leaves behind would hold nothing to its bound."""
    seldom = {"connections"}
    assert {name for name in NAMES if not shape.later[name]} <= seldom


def test_pages_have_their_size_and_their_links_and_another_visit_changes_neither() -> None:
    again = speed_pages(3, 2)
    for path in article_paths(3):
        body, later = pages()[path][1], again[path][1]
        assert (len(body), body.count(b"<a ")) == (len(later), later.count(b"<a ")) == (BYTES, LINKS)
        assert body != later


def test_a_naive_crawl_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--rounds", "1", "--articles", "3", "--only", "xpath"]) == 0
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    row = figures["contestants"]["xpath"]
    assert row["requests"] == len(pages()) - 1  # all but robots.txt, which a naive crawl does not ask for
    assert min(row["wall_ms"], row["cpu_ms"], row["memory_mib"]) > 0


def test_a_peer_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "peer"]) == main(["--only", "peer", "--peer", str(tmp_path / "python")]) == 2
    assert capsys.readouterr().err == "speed: name a Python that has news-please with --peer\n" * 2


def test_a_failing_command_is_named_with_its_last_line(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"^-c print\('so'\); exit\(3\) ended with 3: so$"):
        measured([sys.executable, "-c", "print('so'); exit(3)"], tmp_path)


def test_what_outlives_its_parent_is_counted(tmp_path: Path) -> None:
    spin = "import time\nwhile time.process_time() < 0.3: pass"
    left = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {spin!r}])"
    assert measured([sys.executable, "-c", left], tmp_path).cpu > 0.3


def test_samples_go_to_the_innermost_module_of_ours_in_their_process() -> None:
    crawl = 'process 7:"/v/bin/python -m scrapy crawl da_nang --archive a"'
    worker = f'{crawl};process 8:"/v/bin/python -m pipelines.sandbox.extraction_worker 9 7"'
    run = "crawl_portal (crawler/run/portal_run.py:47)"
    stacks = [
        f"{crawl};{run};<module> (scrapy/crawler.py:1);_find_and_load (<frozen importlib._bootstrap>:1165);x (crawler/a.py:3) 4",
        f"{crawl};{run};_run_once (asyncio/base_events.py:1845) 3",
        f"{crawl};{run};write (archive/storage/jsonl.py:12);dumps (json/__init__.py:1) 2",
        f"{worker};serve (pipelines/sandbox/child_process.py:221);extract (pipelines/extract.py:46);sub (re/__init__.py:1) 5",
    ]
    assert by_module(stacks) == {
        ("scrapy", IMPORTS): 4,
        ("scrapy", OTHERS): 3,
        ("scrapy", "archive.storage.jsonl"): 2,
        (READER, "pipelines.extract"): 5,
    }


def test_tasks_leave_no_sample_out() -> None:
    samples = Counter(
        {
            ("scrapy", IMPORTS): 4,
            ("scrapy", OTHERS): 3,
            ("scrapy", "archive.storage.fsync"): 2,
            (READER, "vietnam.letters"): 6,
            ("scrapy", "vietnam.letters"): 1,
            ("scrapy", "nowhere"): 7,
        }
    )
    assert by_task(samples) == {
        "start: imports": 4,
        "crawl: Scrapy and Twisted": 3,
        "crawl: files written and flushed": 2,
        "reader: letters, composed and folded": 6,
        "crawl: texts and lines": 1,
        "everything else": 7,
    }

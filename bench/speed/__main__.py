"""`python -m bench.speed [--rounds 3] [--articles 500] [--only NAME …] [--peer PYTHON] [--folder DIR]`.

Every contestant reads the same pages from the same server, one after the other, in every round in another order. Medians
over the rounds. The last line is JSON. Exit codes: 0 measured; 2 wrong usage; 11 interrupted; 70 a contestant failed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import cached_property
from pathlib import Path

from archive.errors import ExitCode, UsageError
from archive.storage.run_record import read_run
from bench.runner import exit_code, new_archive
from bench.speed.contestants import Usage, failure, night, peer, scrapy_alone, texts
from bench.speed.figures import Figures, Row, print_figures, print_profile
from bench.speed.pages import article_paths, speed_pages
from bench.speed.phases import NightPhases, lines_of, phases_of
from bench.speed.profile import STACKS, by_module
from bench.speed.server import PageServer, seconds_a_page
from replicas import FIRST_NIGHT

NAIVE = {
    "scrapy": ("Scrapy alone, 1 at a time", "alone", 1),
    "scrapy8": ("Scrapy alone, 8 at a time", "alone", 8),
    "xpath": ("Scrapy + XPaths by hand", "xpath", 1),
    "fast": ("Scrapy + trafilatura, fast", "fast", 1),
    "default": ("Scrapy + trafilatura, metadata", "default", 1),
}
"""Title, mode and requests at a time of what a person would write without us."""
OURS, NIGHTS, PEER = "ours", "nights", "peer"
_TITLES = {name: title for name, (title, *_) in NAIVE.items()} | {PEER: "news-please, addresses given", OURS: "ours"}
_LOOKED, _CHANGED, _IDLE = (FIRST_NIGHT + timedelta(days=days) for days in (1, 2, 3))
"""Nights after the first: a portal's articles are asked for again after 1, 2, 4, … days, and not between them."""


class Comparison:
    """Hold the servers and the figures of one measurement."""

    def __init__(self, options: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
        self._articles: int = options.articles
        self._peer: str = options.peer
        self._folder, self._stack = folder, stack
        pages = speed_pages(self._articles)
        self._lists = len(pages) - self._articles - 1  # and robots.txt
        self._server = stack.enter_context(PageServer(pages))
        self._small = folder / "small"
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.phases: list[NightPhases] = []

    @cached_property
    def _later(self) -> PageServer:
        return self._stack.enter_context(PageServer(speed_pages(self._articles, 2)))

    @cached_property
    def _one(self) -> PageServer:
        return self._stack.enter_context(PageServer(speed_pages(1)))

    def warm_up(self) -> None:
        """Crawl an archive of one article, which is kept; this compiles the program where it was not yet."""
        new_archive(self._small)
        night(self._small, FIRST_NIGHT, self._one.port, self._folder, looks="30")

    def run(self, name: str) -> None:
        """Run one contestant and keep its figures. Raises what `failure` returns when it did not deliver every article."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        port, before = self._server.port, self._server.requests
        if name in (OURS, NIGHTS):
            self._ours(folder, further=name == NIGHTS)
        elif name == PEER:
            self._keep(name, *peer(self._peer, article_paths(self._articles), port, folder), before)
        else:
            _, mode, at_once = NAIVE[name]
            usage, articles = scrapy_alone(mode, at_once, port, folder)
            fetched = self._server.requests - before - self._lists
            self._keep(name, usage, fetched if mode == "alone" else articles, before)
        shutil.rmtree(folder)

    def _ours(self, folder: Path, *, further: bool) -> None:
        archive = folder / "archive"
        new_archive(archive)
        before = self._server.requests
        usage, closed = night(archive, FIRST_NIGHT, self._server.port, folder)
        run = read_run(closed)
        self.phases.append(phases_of(usage.wall, run, lines_of(closed)))
        self._keep(OURS, usage, texts(run), before)
        if not further:
            return
        small = shutil.copytree(self._small, folder / "small")
        for row, server, when, into in (
            ("same", self._server, _LOOKED, archive),
            ("around", self._later, _CHANGED, archive),
            ("idle", self._server, _IDLE, archive),
            ("start", self._one, _IDLE, small),
        ):
            before = server.requests
            usage, _ = night(into, when, server.port, folder)
            self.rows[row].append(Row(usage, server.requests - before))

    def served(self) -> float:
        """Return the seconds in which the server answers a client that does nothing with a page."""
        return seconds_a_page(self._server, article_paths(self._articles))

    def profile(self, spy: str) -> Counter[tuple[str, str]]:
        """Return the samples of our first night."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        new_archive(folder / "archive")
        night(folder / "archive", FIRST_NIGHT, self._server.port, folder, spy=spy)
        with (folder / STACKS).open(encoding="utf-8") as stream:
            return by_module(stream)

    def _keep(self, name: str, usage: Usage, articles: int, before: int) -> None:
        if articles != self._articles:
            raise failure(f"{_TITLES[name]} delivered {articles} of {self._articles} articles")
        self.rows[name].append(Row(usage, self._server.requests - before))


def _title(name: str) -> str:
    return f"{_TITLES[OURS]} and its further nights" if name == NIGHTS else _TITLES[name]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description="Measure what an article costs.")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--articles", type=int, default=500, metavar="N")
    parser.add_argument(
        "--only", nargs="+", choices=[*NAIVE, PEER, OURS, NIGHTS], metavar="NAME", help="run these alone"
    )
    parser.add_argument("--peer", default="", metavar="PYTHON", help="a Python that has news-please")
    parser.add_argument("--profile", default="", metavar="PY-SPY", help="sample our first night once with this py-spy")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where archives are made for the time of it")
    options = parser.parse_args(arguments)
    return exit_code("speed", lambda: _run(options), "run it again")


def _run(options: argparse.Namespace) -> int:
    if options.rounds < 1 or options.articles < 1:
        raise UsageError("--rounds and --articles should be 1 or more")
    names = options.only or [*NAIVE, *([PEER] if options.peer else []), NIGHTS]
    if PEER in names and shutil.which(options.peer) is None:
        raise UsageError("name a Python that has news-please with --peer")
    if options.profile and not {OURS, NIGHTS} & set(names):
        raise UsageError("--profile is of our own night: leave --only away or name ours")
    if options.profile and shutil.which(options.profile) is None:
        raise UsageError(f"there is no program {options.profile}: name py-spy with --profile")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="luu-tru-speed-", dir=options.folder))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        comparison = Comparison(options, folder, stack)
        if {OURS, NIGHTS} & set(names):
            comparison.warm_up()
        for number in range(options.rounds):
            turn = number % len(names)
            for name in (*names[turn:], *names[:turn]):
                print(f"round {number + 1} of {options.rounds}: {_title(name)}", file=sys.stderr)
                comparison.run(name)
        samples = comparison.profile(options.profile) if options.profile else Counter()
        served = comparison.served()
        figures = Figures(_TITLES, comparison.rows, comparison.phases, options.articles, round(1000 * served, 2))
    print_figures(figures)
    if samples:
        print_profile(samples, figures.contestants()[OURS]["cpu_ms"])
    print(json.dumps({"articles": options.articles, "rounds": options.rounds} | figures.json(), ensure_ascii=False))
    return ExitCode.GOOD


if __name__ == "__main__":
    raise SystemExit(main())

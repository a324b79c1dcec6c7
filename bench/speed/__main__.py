"""`python -m bench.speed [--rounds 3] [--articles 500] [--only ours] [--peer PYTHON] [--folder DIR]`.

Every contestant reads the same pages from the same server, one after the other, in every round in another order. Medians
over the rounds. The last line is JSON. Exit codes: 0 measured; 2 wrong usage; 11 interrupted; 70 a contestant failed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from archive.errors import ArchiveError, ExitCode, UsageError
from bench.runner import exit_code, new_archive
from bench.speed.contestants import Usage, night, peer, scrapy_alone, texts
from bench.speed.figures import Figures, Row, print_figures
from bench.speed.pages import article_paths, speed_pages
from bench.speed.server import PageServer
from replicas import FIRST_NIGHT

NAIVE = {
    "scrapy": ("Scrapy alone, 1 at a time", "alone", 1),
    "scrapy8": ("Scrapy alone, 8 at a time", "alone", 8),
    "xpath": ("Scrapy + XPaths by hand", "xpath", 1),
    "fast": ("Scrapy + trafilatura, fast", "fast", 1),
    "default": ("Scrapy + trafilatura, metadata", "default", 1),
}
"""Title, mode and requests at a time of what a person would write without us."""
OURS, PEER = "ours", "peer"
_TITLES = {name: title for name, (title, *_) in NAIVE.items()} | {PEER: "news-please, addresses given", OURS: "ours"}
_LOOKED, _CHANGED, _IDLE = (FIRST_NIGHT + timedelta(days=days) for days in (1, 2, 3))
"""Nights after the first: a portal's articles are asked for again after 1, 2, 4, … days, and not between them."""


class Comparison:
    """Hold the servers and the figures of one measurement."""

    def __init__(self, options: argparse.Namespace, folder: Path, stack: ExitStack) -> None:
        self._articles: int = options.articles
        self._peer: str = options.peer
        self._folder = folder
        self._server = stack.enter_context(PageServer(speed_pages(self._articles)))
        self._later = stack.enter_context(PageServer(speed_pages(self._articles, 2)))
        self._one = stack.enter_context(PageServer(speed_pages(1)))
        self._small = folder / "small"
        # Compiles the program where it was not yet, and leaves an archive of one article.
        new_archive(self._small)
        night(self._small, FIRST_NIGHT, self._one.port, folder, looks="30")
        self.rows: dict[str, list[Row]] = defaultdict(list)

    def run(self, name: str) -> None:
        """Run one contestant and keep its figures. Raises ArchiveError when it did not deliver every article."""
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        port, before = self._server.port, self._server.requests
        if name == OURS:
            self._ours(folder)
        elif name == PEER:
            self._keep(name, *peer(self._peer, article_paths(self._articles), port, folder), before)
        else:
            _, mode, at_once = NAIVE[name]
            usage, articles = scrapy_alone(mode, at_once, port, folder)
            self._keep(name, usage, self._articles if mode == "alone" else articles, before)
        shutil.rmtree(folder)

    def _ours(self, folder: Path) -> None:
        archive, small = folder / "archive", shutil.copytree(self._small, folder / "small")
        new_archive(archive)
        before = self._server.requests
        usage, run = night(archive, FIRST_NIGHT, self._server.port, folder)
        self._keep(OURS, usage, texts(run), before)
        for row, server, when in (
            ("same", self._server, _LOOKED),
            ("around", self._later, _CHANGED),
            ("idle", self._server, _IDLE),
        ):
            before = server.requests
            usage, run = night(archive, when, server.port, folder)
            self.rows[row].append(Row(usage, server.requests - before))
        before = self._one.requests
        usage, _ = night(small, _IDLE, self._one.port, folder)
        self.rows["start"].append(Row(usage, self._one.requests - before))

    def _keep(self, name: str, usage: Usage, articles: int, before: int) -> None:
        if articles != self._articles:
            raise ArchiveError(f"{_TITLES[name]} delivered {articles} of {self._articles} articles")
        self.rows[name].append(Row(usage, self._server.requests - before))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description="Measure what an article costs.")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    parser.add_argument("--articles", type=int, default=500, metavar="N")
    parser.add_argument("--only", nargs="+", choices=[*NAIVE, PEER, OURS], metavar="NAME", help="run these alone")
    parser.add_argument("--peer", default="", metavar="PYTHON", help="a Python that has news-please")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where archives are made for the time of it")
    options = parser.parse_args(arguments)
    return exit_code("speed", lambda: _run(options), "run it again")


def _run(options: argparse.Namespace) -> int:
    if options.rounds < 1 or options.articles < 1:
        raise UsageError("--rounds and --articles should be 1 or more")
    names = options.only or [*NAIVE, *([PEER] if options.peer else []), OURS]
    if PEER in names and not options.peer:
        raise UsageError("name a Python that has news-please with --peer")
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="luu-tru-speed-", dir=options.folder))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        comparison = Comparison(options, folder, stack)
        for number in range(options.rounds):
            turn = number % len(names)
            for name in (*names[turn:], *names[:turn]):
                print(f"round {number + 1} of {options.rounds}: {_TITLES[name]}", file=sys.stderr)
                comparison.run(name)
        figures = Figures(_TITLES, comparison.rows, options.articles)
    print_figures(figures)
    print(json.dumps({"articles": options.articles, "rounds": options.rounds} | figures.json(), ensure_ascii=False))
    return ExitCode.GOOD


if __name__ == "__main__":
    raise SystemExit(main())

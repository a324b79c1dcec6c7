"""Run `python -m archive rebuild`: make the index and the search words again from the files alone."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.cli.arguments import Commands, add_jobs
from archive.errors import ExitCode
from archive.index.connect import database_of
from archive.processes.progress import ProgressLine
from archive.rebuild import rebuild
from archive.search.engine import SearchIndex
from archive.search.indexer import FillOptions, refill
from archive.storage.paths import Paths, read_identity
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("rebuild", _run, "make the index again from the files")
    command.add_argument("--only-search", action="store_true", help="only the words that `search` looks for")
    add_jobs(command)


def _run(options: argparse.Namespace) -> ExitCode:
    identity, paths = read_identity(options.archive), Paths(options.archive)
    problems: list[str] = []
    if not options.only_search:
        with ProgressLine(f"making {database_of(paths, identity.id).label}", "files") as line:
            problems = rebuild(paths, options.jobs, line.show)
        for problem in problems:
            print(f"cannot read {problem}")
        print(f"made {database_of(paths, identity.id).name} again from the files")

    def unread(path: Path, why: str) -> None:
        name = path.relative_to(paths.root)
        if not any(problem.startswith(f"{name}: ") for problem in problems):  # the index has named it
            problems.append(f"{name}: {why}")
            print(f"cannot read {problems[-1]}")

    with Archive.open(options.archive) as archive, SearchIndex.of(archive) as words:
        with ProgressLine(f"making {words.store.database.label}", "files") as line:
            refill(archive, words, FillOptions(unread, options.jobs, line.show))
        print(f"made {words.name} again from the files")
    return ExitCode.FINDINGS if problems else ExitCode.GOOD

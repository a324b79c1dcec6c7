"""Run `python -m archive list`: the events that fit, a line each; articles as of one night; or one of each cluster."""

from __future__ import annotations

import argparse

from archive.cli.arguments import Commands, add_as_of, add_filters
from archive.cli.articles import find, known_runs
from archive.cli.output import print_articles
from archive.errors import ExitCode
from archive.index.queries.clusters import one_per_cluster
from archive.model.enums import LATE, VERSIONS, WITHHELD
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("list", _run, "list articles")
    add_filters(command)
    add_as_of(command)
    command.add_argument(
        "--one-per-cluster",
        action="store_true",
        help="one version of those articles that say the same or nearly the same",
    )
    command.add_argument(
        "--late", action="store_true", help="only what was put online days after the day that it gives as its own"
    )
    command.add_argument("--limit", type=int, default=None, metavar="N")
    command.add_argument("--json", action="store_true", help="one JSON object a line")


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        whole = options.one_per_cluster or options.late
        found = find(archive, options, None, None if whole else options.limit, standing=options.as_of is not None)
        if options.late:
            found = [item for item in found if LATE in item.flags]
        if options.one_per_cluster:
            with archive.index.reading() as queries:
                versions = [item for item in found if item.event in VERSIONS and WITHHELD not in item.flags]
                found = one_per_cluster(versions, queries.clusters.all(known_runs(archive, options.as_of)))
        print_articles(found[: options.limit], as_json=options.json)
    return ExitCode.GOOD

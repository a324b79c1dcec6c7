"""Run `python -m archive search WORDS…`: the texts that match, newest first, with the matches marked."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.text import Text

from archive.cli.arguments import Commands
from archive.cli.output import print_json
from archive.errors import ArchiveError, ExitCode
from archive.messages.printable import printable
from archive.processes.progress import ProgressLine
from archive.search.engine import Order, SearchIndex
from archive.search.indexer import FillOptions, catch_up
from archive.search.query import parse
from archive.search.results import LARGEST_PAGE, Hit, HitPage, search
from archive.search.snippet import Segment
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("search", _run, "find texts by their words")
    command.add_argument(
        "words",
        nargs="*",
        metavar="WORDS",
        help='words (nghi quyet 36), a "phrase" in quotation marks, title:cầu, nghi* and the filters below as province:…',
    )
    command.add_argument(
        "--without", action="append", default=[], metavar="WORDS", help="texts without this word or phrase"
    )
    command.add_argument(
        "--province", metavar="NAME", help="a province of today with those merged into it, or one of these"
    )
    command.add_argument("--portal", metavar="NAME")
    command.add_argument("--event", metavar="EVENT", help="new, revision, attachment …")
    command.add_argument("--title", metavar="WORDS", help="these words side by side in the title")
    command.add_argument("--since", metavar="DAY", help="published on this day or later: 2025, 2025-03 or 2025-03-04")
    command.add_argument("--until", metavar="DAY", help="published on this day or before")
    command.add_argument("--crawled-since", metavar="DAY", help="archived in this night or later")
    command.add_argument("--crawled-until", metavar="DAY", help="archived in this night or before")
    command.add_argument("--exact", action="store_true", help="diacritics must match")
    command.add_argument("--all-versions", action="store_true", help="older versions of articles, too")
    command.add_argument("--one-per-cluster", action="store_true", help="one of those that say nearly the same")
    command.add_argument("--sort", choices=[order.value for order in Order], default=Order.BEST.value)
    command.add_argument("--limit", type=int, default=20, metavar="N", help=f"hits on a page, {LARGEST_PAGE} at most")
    command.add_argument("--offset", type=int, default=0, metavar="N", help="hits to pass over")
    command.add_argument("--json", action="store_true", help="one JSON object a line")


def _run(options: argparse.Namespace) -> ExitCode:
    line = " ".join(options.words)
    query = parse(line, options=_filters(options), exact=options.exact, all_versions=options.all_versions)
    with Archive.open(options.archive, read_only=True) as archive, SearchIndex.of(archive) as words:
        _bring_up_to_date(archive, words)
        page = search(
            archive,
            words,
            query,
            order=Order(options.sort),
            limit=options.limit,
            offset=options.offset,
            one_per_cluster=options.one_per_cluster,
        )
    for note in page.notes:
        print(f"note: {printable(str(note))}", file=sys.stderr)
    if options.json:
        for hit in page.hits:
            print_json(_plain(hit))
    else:
        _print(page, options.offset)
    return ExitCode.GOOD


def _filters(options: argparse.Namespace) -> Iterable[tuple[str, str]]:
    for name in ("province", "portal", "event", "title"):
        if (value := getattr(options, name)) is not None:
            yield name, value
    for name, since, until in (
        ("published", options.since, options.until),
        ("crawled", options.crawled_since, options.crawled_until),
    ):
        if since is not None or until is not None:
            yield name, f"{since or ''}..{until or ''}"
    for words in options.without:
        yield "without", words


def _bring_up_to_date(archive: Archive, words: SearchIndex) -> None:
    """Fill in recent seals; where that may not be written, the notes name the part that was not searched."""
    try:
        with ProgressLine(f"filling {words.store.database.label}", "files") as line:
            catch_up(archive, words, FillOptions(_note, None, line.show))
    except ArchiveError as error:
        print(f"note: {printable(str(error))}", file=sys.stderr)


def _note(path: Path, why: str) -> None:
    print(f"note: {printable(str(path))}: {printable(why)}", file=sys.stderr)


def _plain(hit: Hit) -> dict[str, object]:
    """Return one hit for programs: the version as in `list --json`, with the values of a search."""
    return asdict(hit.found) | {
        "province": hit.province,
        "newer": hit.newer,
        "title_marked": [asdict(segment) for segment in hit.title],
        "snippet": [asdict(segment) for segment in hit.snippet],
        "also": [{"id": other.id, "portal": other.portal, "url": other.url} for other in hit.also],
        "problem": hit.problem.reported() if hit.problem else None,
    }


def _print(page: HitPage, offset: int) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for hit in page.hits:
        day = (hit.found.published or "no day given")[:16].replace("T", " ")
        console.print(_marked(console, hit.title), end="\n")
        console.print(Text(f"  {hit.found.id}  {day}  {hit.found.event.value}, archived {hit.found.night}"))
        if hit.newer is not None:
            console.print(Text(f"  an older version; the newest is {hit.newer}"))
        for other in hit.also:
            console.print(Text(f"  also published by {other.portal}: {printable(other.url)}"))
        if hit.problem is not None:
            console.print(Text(f"  {hit.problem}"))
        elif hit.snippet:
            console.print(Text("  ") + _marked(console, hit.snippet))
        console.print()
    console.print(_counted(page, offset))


def _counted(page: HitPage, offset: int) -> str:
    if not page.hits:
        return "nothing was found" if not offset else "no more was found"
    last = offset + len(page.hits)
    shown = f"{offset + 1}-{last}" if last > offset + 1 else f"{last}"
    of = f" of {page.total} texts" if page.total is not None else ""
    return f"{shown}{of}" + (f"; --offset {last} shows more" if page.more else "")


def _marked(console: Console, segments: Sequence[Segment]) -> Text:
    """Return matches in bold on a terminal, between [ and ] elsewhere; never more than one line."""
    line = Text()
    for segment in segments:
        words = printable(" ".join(segment.text.splitlines()))
        if not segment.marked:
            line.append(words)
        elif console.is_terminal:
            line.append(words, "bold reverse")
        else:
            line.append(f"[{words}]")
    return line

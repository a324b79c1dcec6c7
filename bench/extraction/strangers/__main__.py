"""`python -m bench.extraction.strangers`: how pages of no known product are read; `--show` names the faults of each page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console

from archive.errors import ExitCode
from bench.extraction.readers import ours
from bench.extraction.strangers.pages import strangers
from bench.extraction.strangers.scores import DRAWS, page_score, read_strangers, table
from bench.runner import report_error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.extraction.strangers", description=__doc__.split("\n")[0])
    parser.add_argument("--draws", type=int, default=DRAWS, help=f"pages to draw (default {DRAWS})")
    parser.add_argument("--first", type=int, default=0, help="number of the first page (default 0)")
    parser.add_argument("--page", type=int, help="print the HTML of one page and its choices")
    parser.add_argument("--show", action="store_true", help="print every fault, page by page")
    parser.add_argument("--of", help="with --show: only pages drawn so, as 'foot: table'")
    options = parser.parse_args(arguments)
    return report_error("strangers", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    read = ours(lambda portal: ())
    if options.page is not None:
        (page,) = strangers(1, options.page)
        print(page.sample.body.decode(), page.choices, *page_score(page, read(page.sample)).notes, sep="\n")
        return ExitCode.GOOD
    pages = strangers(options.draws, options.first)
    if options.show:
        for page in pages:
            if not options.of or options.of in {f"{feature}: {name}" for feature, name in page.choices.items()}:
                print("\n".join(page_score(page, read(page.sample)).notes))
        return ExitCode.GOOD
    Console(width=None if sys.stdout.isatty() else 160).print(table(read_strangers(pages, read)))
    return ExitCode.GOOD


if __name__ == "__main__":
    sys.exit(main())

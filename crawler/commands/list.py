"""`python -m scrapy list`: list the portals; with `-v` what is known of each, and whether the live nights crawl it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from scrapy.commands.list import Command as ListCommand

from archive.errors import ArchiveError, ExitCode, UsageError
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.store import Archive
from crawler.catalog.overview import Overview, overview, spiders
from crawler.catalog.portals import portal_of, why_skipped
from crawler.command_line import end_with
from crawler.portal import DeclarationError
from crawler.verdicts.decommissioned import decommissioned_portals

if TYPE_CHECKING:
    from crawler.config.settings_file import NightSettings

ROOT = Path(__file__).resolve().parents[2]
_WIDE = 400  # of what is piped: no line is broken


_PortalLine = tuple[Overview, Reason | None]
"""A portal, and the reason for which the live nights skip it; None where they crawl it."""


class Command(ListCommand):
    """List the portals."""

    def syntax(self) -> str:
        """Return the arguments in the usage line."""
        return "[options]"

    def short_desc(self) -> str:
        """Return the line in the list of commands."""
        return "List the portals; -v with what is known of each"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Declare our options before Scrapy's."""
        parser.add_argument(
            "-v", "--verbose", action="store_true", help="say what is known of each portal, and how surely"
        )
        parser.add_argument("--json", action="store_true", help="the same as JSON")
        parser.add_argument(
            "--settings", type=Path, metavar="FILE", help="the operator's settings (default: nights.toml)"
        )
        super().add_options(parser)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Print the list; report an error of usage in one line."""
        try:
            self.exitcode = int(self._list(args, opts))
        except (ArchiveError, DeclarationError) as error:
            self.exitcode = end_with(error if isinstance(error, ArchiveError) else UsageError(str(error)))

    def _list(self, args: list[str], opts: argparse.Namespace) -> ExitCode:
        if args:
            raise UsageError(f"`scrapy list` takes no portal: leave {args[0]!r} out")
        if not (opts.verbose or opts.json):
            super().run(args, opts)
            return ExitCode.GOOD
        assert self.settings is not None  # noqa: S101  Scrapy sets it before it calls
        # Here and not above: Scrapy imports every command before each crawl, and pydantic with the file's model takes longer.
        from crawler.config.settings_file import settings_at

        operator = settings_at(opts.settings, ROOT)
        portals = spiders(self.settings)
        decommissioned = _decommissioned(operator, portals)
        lines = [
            (overview(each), decommissioned.get(name) or why_skipped(portal_of(each), operator, ArchiveKind.LIVE))
            for name, each in portals.items()
        ]
        if opts.json:
            sys.stdout.write(json.dumps([_plain(*line) for line in lines], ensure_ascii=False, indent=1) + "\n")
        else:
            _print(lines)
        return ExitCode.GOOD


def _decommissioned(operator: NightSettings, portals: Iterable[str]) -> dict[str, Reason]:
    """Return why portals are decommissioned, as the operator's archive has recorded it; nothing without an archive."""
    if not (operator.archive / "archive.json").exists():
        return {}
    with Archive.open(operator.archive, read_only=True) as archive:
        with archive.index.reading() as queries:
            last = queries.coverage.last_night()
        return decommissioned_portals(archive, portals, last, operator.gone_ask_days) if last is not None else {}


def _plain(portal: Overview, skipped: Reason | None) -> dict[str, object]:
    return {**asdict(portal), "live": skipped is None, "skipped": skipped.reported() if skipped else None}


def _print(lines: list[_PortalLine]) -> None:
    shown = sys.stdout.isatty()
    console = Console() if shown else Console(file=StringIO(), width=_WIDE, no_color=True)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("portal", "family", "province", "sections", "known", "exceptions", "live nights"):
        table.add_column(heading, justify="right" if heading == "sections" else "left", overflow="fold")
    for portal, skipped in lines:
        table.add_row(
            portal.name,
            portal.family,
            portal.province or "none",
            str(len(portal.sections)),
            portal.known,
            "; ".join([*portal.exceptions, *([portal.end] if portal.end else [])]) or "none",
            "on" if skipped is None else f"off: {skipped}",
        )
    console.print(table)
    off = sum(skipped is not None for _, skipped in lines)
    console.print(f"{len(lines)} portals, {len(lines) - off} in the live nights", highlight=False)
    if isinstance(console.file, StringIO):
        sys.stdout.write("".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines()))

"""Run `python -m archive coverage`: portal by portal, day by day, published, quiet and missing nights."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.text import Text

from archive.cli.arguments import Commands, add_province, night
from archive.cli.output import print_json
from archive.coverage.calendar import Day, DayState, PortalCoverage, count_states
from archive.coverage.reader import read_coverage, span
from archive.errors import ExitCode
from archive.messages.printable import printable
from archive.messages.reason import joined
from archive.store import Archive

_STYLES = {
    DayState.PUBLISHED: "green",
    **dict.fromkeys((DayState.THIN, DayState.SUSPICIOUS), "yellow"),
    **dict.fromkeys((DayState.QUIET, DayState.NOT_SEALED, DayState.MOVED, DayState.GONE), "dim"),
}
_WIDEST = 366
_VALUES = ("day", "state", "stored", "published", "caught_up", "reasons")


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("coverage", _run, "show for each portal and day what is there or missing")
    command.add_argument("--portal", metavar="NAME", action="append", default=[], help="only this one; may be repeated")
    add_province(command, "only portals of this province and those merged into it")
    command.add_argument("--since", type=night, metavar="DATE", help="default: the archive's first night")
    command.add_argument("--until", type=night, metavar="DATE", help="default: its last night")
    command.add_argument(
        "--gaps", action="store_true", help="list every gap with its reason; exit 1 when one was not caught up on"
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print a JSON object for each portal and day")
    form.add_argument("--csv", action="store_true", help="print a line for each portal and day")


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        since, until = span(archive, options.since, options.until)
        portals = read_coverage(archive, since, until, options.portal, options.province or ())
    if options.json:
        for portal in portals:
            for day in portal.days:
                reasons = [reason.reported() for reason in day.reasons]
                print_json({"portal": portal.portal} | _values(day) | {"reasons": reasons})
    elif options.csv:
        _print_csv(portals)
    elif options.gaps:
        _print_gaps(portals)
    else:
        _print_calendar(portals, Console())
    lost = [day for portal in portals for day in portal.gaps if day.caught_up is None]
    return ExitCode.FINDINGS if options.gaps and lost else ExitCode.GOOD


def _values(day: Day) -> dict[str, object]:
    return {name: getattr(day, name) for name in _VALUES}


def _print_csv(portals: Sequence[PortalCoverage]) -> None:
    rows = csv.DictWriter(sys.stdout, ("portal", *_VALUES))
    rows.writeheader()
    for portal in portals:
        for day in portal.days:
            rows.writerow({"portal": portal.portal} | _values(day) | {"reasons": printable(joined(day.reasons))})


def _print_gaps(portals: Sequence[PortalCoverage]) -> None:
    for portal in portals:
        for day in portal.gaps:
            print(f"{day.day}  {portal.portal}  {printable(day.explanation)}")
    gaps = [day for portal in portals for day in portal.gaps]
    lost = sum(1 for day in gaps if day.caught_up is None)
    days = sum(len(portal.days) for portal in portals)
    print(f"{len(gaps)} gaps in {days} portal-days, {lost} of them not caught up on")


def _print_calendar(portals: Sequence[PortalCoverage], console: Console) -> None:
    """Print a line per portal and a column per day, as many days side by side as the terminal is wide."""
    names = max((len(portal.portal) for portal in portals), default=0)
    room = max(min((console.width if console.is_terminal else 100) - names - 2, _WIDEST), 7)
    days = [day.day for day in portals[0].days] if portals else []
    for start in range(0, len(days), room):
        part = days[start : start + room]
        console.print(Text(" " * (names + 2) + _months(part), style="bold"))
        for portal in portals:
            line = Text(f"{portal.portal:<{names}}  ")
            for day in portal.days[start : start + room]:
                line.append(day.state.letter, style=_STYLES.get(day.state, "red"))
            console.print(line, soft_wrap=True)
    counted = count_states(portals)
    totals = [f"{state.letter} {state} {counted[state]}" for state in DayState if counted[state]]
    console.print(Text("  ".join(totals)), soft_wrap=True)
    gaps = sum(len(portal.gaps) for portal in portals)
    if gaps:
        console.print(Text(f"{gaps} gaps; `coverage --gaps` says why, and when each was caught up on"), soft_wrap=True)


def _months(days: Sequence[date]) -> str:
    """Return a ruler: each month's name at its first day, a mark at each Monday."""
    marks = ["╵" if day.weekday() == 0 else " " for day in days]
    for position, day in enumerate(days):
        if position == 0 or day.day == 1:
            name = f"{day:%Y-%m}"
            if position + len(name) <= len(days):
                marks[position : position + len(name)] = name
    return "".join(marks)

"""Run `python -m archive documents`: the numbered documents that texts name, by office, and the missing numbers."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from archive.cli.arguments import Commands, add_province
from archive.cli.output import print_json
from archive.coverage.calendar import PortalCoverage
from archive.coverage.number_gaps import coverage_of, failed_nights, mentions_of, portals_of, read_number_series
from archive.coverage.number_series import NumberGap, NumberSeriesSet, Series
from archive.coverage.reader import require_known
from archive.errors import ExitCode, UsageError
from archive.index.rows import Mention
from archive.messages.printable import printable
from archive.store import Archive
from vietnam.documents import read_number
from vietnam.letters import nfc


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("documents", _run, "show the series of numbered documents and their holes")
    command.add_argument("number", nargs="?", metavar="NUMBER", help="where this one is named: 1204/QĐ-UBND, 36-NQ/TW")
    command.add_argument("--portal", metavar="NAME", help="only what its texts name")
    add_province(command, "only numbers of this province and those merged into it")
    command.add_argument("--year", type=int, metavar="YEAR")
    command.add_argument("--holes", action="store_true", help="list every missing number; exit 1 when there is one")
    command.add_argument("--json", action="store_true", help="one JSON object for each series, or for each place")


def _run(options: argparse.Namespace) -> ExitCode:
    with Archive.open(options.archive, read_only=True) as archive:
        require_known(archive, options.portal, None, None)
        if options.number:
            return _run_places(archive, options)
        found = read_number_series(archive)
        series = [one for one in found.series if _is_wanted(one, options)]
        covered = coverage_of(archive, series) if options.holes or options.json else {}
    if options.json:
        for one in series:
            print_json(_plain(one, covered))
    else:
        _print(series, covered, holes=options.holes)
        if not series and found.series:
            print(f"none of {len(found.series)} series fits")
        if not (options.portal or options.province or options.year):
            _print_left_out(found)
    return ExitCode.FINDINGS if options.holes and any(one.gaps for one in series) else ExitCode.GOOD


def _is_wanted(one: Series, options: argparse.Namespace) -> bool:
    """Return whether a series is of the wanted year and province, and named by the wanted portal."""
    if options.year not in (None, one.since.year) or (options.province and one.issuer not in options.province):
        return False
    return options.portal is None or options.portal in portals_of(one)


def _run_places(archive: Archive, options: argparse.Namespace) -> ExitCode:
    wanted = read_number(nfc(options.number))
    if wanted is None:
        raise UsageError(f"{options.number!r} is no number of a document; write it as 1204/QĐ-UBND or 36-NQ/TW")
    places = mentions_of(archive, wanted, options.year)
    places = [one for one in places if options.portal in (None, one.portal)]
    if options.province:
        places = [one for one in places if one.province in options.province]
    for place in places:
        if options.json:
            print_json({name: getattr(place, name) for name in ("id", "issued", "issuer", "night", "portal", "raw")})
        else:
            print(_place_line(place))
    if not places and not options.json:
        print(f"no text names {printable(options.number)}")
    return ExitCode.GOOD if places else ExitCode.FINDINGS


def _place_line(place: Mention) -> str:
    extras = [f"issued {place.issued}"] if place.issued else []
    extras += [f"by {printable(place.issuer)}"] if place.issuer else []
    return "\t".join([place.night.isoformat(), place.portal, place.id, printable(place.raw), *extras])


def _print(series: Sequence[Series], covered: Mapping[str, PortalCoverage], *, holes: bool) -> None:
    for one in series:
        missing = f", {one.missing} missing" if one.missing else ""
        print(
            f"{one.issuer}  {one.name} {one.period}: {one.first}–{one.last}, seen {len(one.seen)} of {one.size}{missing}; "
            f"complete {one.percent}%  ({', '.join(portals_of(one))})"
        )
        if holes:
            for hole in one.gaps:
                print(f"  {hole.numbers}  {_bounds(hole)}{_explanation(hole, one, covered)}")


def _bounds(hole: NumberGap) -> str:
    return f"{f'after {hole.after}' if hole.after else 'from the beginning'}, by {hole.before}"


def _explanation(hole: NumberGap, series: Series, covered: Mapping[str, PortalCoverage]) -> str:
    """Return the portals' own gaps in those days, shortly: they may explain the missing numbers."""
    gaps = failed_nights(hole, series, covered)
    nights = [f"{name} {day.state} {day.day}" for name, day in gaps[:3]]
    more = f" and {len(gaps) - 3} more nights" if len(gaps) > 3 else ""
    return f"; {', '.join(nights)}{more}" if nights else ""


def _print_left_out(found: NumberSeriesSet) -> None:
    thin = [f"{count} with {why}" for why, count in sorted(found.thin.items())]
    extras = f"; left out as too thin: {', '.join(thin)}" if thin else ""
    misfits = f"; {found.misfits} mentions fit no series by their day" if found.misfits else ""
    print(f"{len(found.series)} series{extras}{misfits}")


def _plain(one: Series, covered: Mapping[str, PortalCoverage]) -> dict[str, object]:
    names = ("issuer", "type", "organ", "with_year", "since", "until", "first", "last", "missing")
    return {name: getattr(one, name) for name in names} | {
        "portals": portals_of(one),
        "seen": len(one.seen),
        "completeness": round(one.completeness, 4),
        "holes": [asdict(hole) | {"gaps": _plain_gaps(hole, one, covered)} for hole in one.gaps],
    }


def _plain_gaps(hole: NumberGap, one: Series, covered: Mapping[str, PortalCoverage]) -> list[dict[str, object]]:
    failed = failed_nights(hole, one, covered)
    return [{"portal": name, "day": day.day, "state": day.state} for name, day in failed]

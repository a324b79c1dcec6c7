"""Run `python -m archive export FILE|DIR`: versions of articles with their texts, for programs or a spreadsheet."""

from __future__ import annotations

import argparse
import sys
from itertools import chain
from pathlib import Path

from archive.cli.arguments import Commands, add_province, night
from archive.coverage.reader import require_known
from archive.errors import ExitCode, UsageError
from archive.export.formats import ExportFormat, write_records
from archive.export.versions import Selection, VersionReader
from archive.messages.printable import printable
from archive.storage.fsync import disk_errors, make_folder
from archive.store import Archive

_SHOWN = 5  # texts that could not be read and are named


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("export", _run, "hand over articles with their texts")
    command.add_argument("target", type=Path, metavar="FILE|DIR", help="one file, or a folder: a file for each night")
    forms = [form.value for form in ExportFormat]
    command.add_argument(
        "--format", choices=forms, help="jsonl loses nothing, csv is for a spreadsheet (default: FILE's ending)"
    )
    command.add_argument("--one-per-cluster", action="store_true", help="one article of those that say nearly the same")
    command.add_argument("--portal", metavar="NAME")
    add_province(command, "what was published under it or those merged into it")
    command.add_argument("--night", type=night, metavar="DATE", help="one night")
    command.add_argument("--since", type=night, metavar="DATE", help="nights from this one on")
    command.add_argument("--until", type=night, metavar="DATE", help="nights up to this one")


def _run(options: argparse.Namespace) -> ExitCode:
    if options.night and (options.since or options.until):
        raise UsageError("--night names one night and --since, --until several: give one or the other")
    since, until = options.night or options.since, options.night or options.until
    target: Path = options.target
    form = _form(target, options.format)
    if target.resolve().is_relative_to(options.archive.resolve()):
        raise UsageError(f"{target} lies in the archive, where nothing else may stand; name a place outside")
    with Archive.open(options.archive, read_only=True) as archive:
        require_known(archive, options.portal, since, until)
        versions = VersionReader(
            archive, Selection(options.portal, since, until, options.one_per_cluster, options.province or frozenset())
        )
        count, files = _write(versions, target, form)
    print(f"{count} versions of articles in {files} file{'s' if files != 1 else ''}: {target}")
    if versions.unsealed:
        runs = ", ".join(sorted(versions.unsealed)[:_SHOWN])
        print(f"no readable seal covers {runs}: their texts were compared with their lines alone", file=sys.stderr)
    if not versions.unread:
        return ExitCode.GOOD
    for unread in versions.unread[:_SHOWN]:
        print(f"without its text: {printable(unread)}", file=sys.stderr)
    print(f"{len(versions.unread)} could not be read; `python -m archive verify` names them all", file=sys.stderr)
    return ExitCode.FINDINGS


def _form(target: Path, named: str | None) -> ExportFormat:
    if named:
        return ExportFormat(named)
    for form in ExportFormat:
        if target.suffix == f".{form.value}":
            return form
    if target.suffix and not target.is_dir():
        raise UsageError(f"{target}: its ending tells no format; add --format jsonl or --format csv")
    return ExportFormat.JSONL


def _write(versions: VersionReader, target: Path, form: ExportFormat) -> tuple[int, int]:
    """Write one file, or in a folder (there already, or named without an ending) a file for each night."""
    if target.suffix and not target.is_dir():
        if not target.parent.is_dir():
            raise UsageError(f"{target.parent} is no folder; make it first")
        return write_records(target, form, chain.from_iterable(records for _, records in versions.by_night())), 1
    with disk_errors(f"cannot make {target}"):
        make_folder(target)
    counts = [write_records(target / f"{night}.{form.value}", form, records) for night, records in versions.by_night()]
    return sum(counts), len(counts)

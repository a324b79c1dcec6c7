"""Run `python -m archive timestamp`: let an authority date the last seal, at once or by files that are carried."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.cli.arguments import Commands, night
from archive.cli.seals import find_seal, seal_name
from archive.errors import ExitCode, UsageError
from archive.sealing.timestamps import (
    ask_authority,
    keep_timestamp,
    load_authorities,
    timestamp_path,
    timestamp_request,
)
from archive.storage.fsync import disk_errors, write_durably
from archive.store import Archive


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("timestamp", _run, "let a timestamp authority (RFC 3161) date the last seal")
    command.add_argument("--night", type=night, metavar="DATE", help="the last seal of this night (default: of all)")
    how = command.add_mutually_exclusive_group(required=True)
    how.add_argument("--url", metavar="URL", help="the authority's address")
    how.add_argument("--request", type=Path, metavar="FILE", help="write the request, to be sent from elsewhere")
    how.add_argument("--answer", type=Path, metavar="FILE", help="keep the authority's answer to that request")
    command.add_argument("--authority", type=Path, metavar="FILE", help="certificates (PEM) that have to vouch for it")


def _run(options: argparse.Namespace) -> ExitCode:
    authorities = load_authorities(options.authority) if options.authority else ()
    with Archive.open(options.archive, read_only=True) as archive:
        paths = archive.paths
        seal = find_seal(archive, options.night)
    if options.request:
        with disk_errors(f"cannot write {options.request}"):
            write_durably(options.request, timestamp_request(seal))
        print(f"{options.request}: send it as application/timestamp-query, and keep the answer with --answer")
        return ExitCode.GOOD
    if options.url and timestamp_path(paths, seal).exists():
        print(f"{seal_name(seal)} has its timestamp already")
        return ExitCode.GOOD
    answer = ask_authority(options.url, timestamp_request(seal)) if options.url else _read(options.answer)
    at = keep_timestamp(paths, seal, answer, authorities)
    print(f"{seal_name(seal)}, and every seal before it, was there on {at.isoformat()}: {timestamp_path(paths, seal)}")
    return ExitCode.GOOD


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error}") from None

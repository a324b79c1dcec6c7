"""Run `python -m archive witness LOG FILE …`: keep the heads that an archive publishes, and raise when history is rewritten."""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path

from archive.cli.arguments import Commands
from archive.errors import ExitCode, UsageError
from archive.sealing.head import Head, read_heads
from archive.sealing.witness import HistoryCode, follow
from archive.storage.fsync import disk_errors, write_durably

_GAP = "`python -m archive head --since NIGHT` on the archive's machine prints every head from that night on"


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("witness", _run, "follow published heads; needs no archive", of_archive=False)
    command.add_argument("log", type=Path, metavar="LOG", help="heads that were kept; made when it is not there")
    command.add_argument(
        "published", nargs="+", metavar="FILE", help="published heads, oldest first; - reads them here"
    )
    command.add_argument(
        "--key", action="append", default=[], metavar="KEY", help="a public key (base64) that may sign; may be repeated"
    )


def _run(options: argparse.Namespace) -> ExitCode:
    kept = _heads(options.log) if options.log.exists() else []
    if any(later.previous != head.head for head, later in pairwise(kept)):
        raise UsageError(f"{options.log} contradicts itself; restore it from a copy")
    published = [head for name in options.published for head in _heads(None if name == "-" else Path(name))]
    found = follow(kept, published, options.key)
    for one in found.contradictions:
        print(f"{one.code}  {one.head.night} number {one.head.number}, head {one.head.head}: {one.detail}")
    if found.contradictions:
        gaps = all(one.code is HistoryCode.GAP for one in found.contradictions)
        print(
            _GAP if gaps else "nothing was kept: keep these files, and ask whoever seals the archive", file=sys.stderr
        )
        return ExitCode.FINDINGS
    if found.added:
        lines = [json.dumps(head.plain(), sort_keys=True) + "\n" for head in (*kept, *found.added)]
        with disk_errors(f"cannot write {options.log}"):
            write_durably(options.log, "".join(lines).encode())
    last = (*kept, *found.added)[-1:]
    newest = f"; the last one is of {last[0].night} number {last[0].number}" if last else ""
    print(f"{len(found.added)} new heads, {len(kept)} kept before, no contradiction{newest}")
    return ExitCode.GOOD


def _heads(path: Path | None) -> list[Head]:
    try:
        return read_heads(path.read_text(encoding="utf-8") if path else sys.stdin.read())
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path or 'the input'} cannot be read: {error}") from None

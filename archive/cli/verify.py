"""Run `python -m archive verify`: read everything again and report each damaged thing."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from archive.audit.findings import Audit
from archive.audit.sampling import WHOLE, Subset
from archive.audit.seals import Expectations
from archive.audit.verify import Extent, VerifyOptions, sealed_bytes, verify
from archive.cli.arguments import Commands
from archive.cli.output import print_audit
from archive.errors import ExitCode, UsageError
from archive.sealing.head import Head, read_head
from archive.storage.paths import Paths, read_identity

_MANY = 5_000  # files from which on further processes are worth their start
_READERS = 4  # on a cold disk four readers are twice as fast as one; on two cores no more helps


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("verify", _run, "read everything again and name each damaged thing")
    command.add_argument(
        "--against",
        type=Path,
        metavar="FILE",
        help="a head as `archive head` printed it: is it still part of the archive?",
    )
    command.add_argument(
        "--key",
        action="append",
        metavar="KEY",
        help="a public key (base64) that may have sealed; again for another one",
    )
    command.add_argument(
        "--files", action="store_true", help="only the sealed files against the manifests, the roots and the chain"
    )
    command.add_argument(
        "--subset", metavar="N/PARTS", help="only the bytes of one part of the files: 7/30 on the seventh day of thirty"
    )
    command.add_argument(
        "--jobs",
        type=int,
        metavar="N",
        help=f"processes that read (default: 1, up to {_READERS} from {_MANY} files on)",
    )
    command.add_argument("--json", action="store_true", help="print the result as JSON")


def _run(options: argparse.Namespace) -> ExitCode:
    subset = Subset.parse(options.subset) if options.subset else WHOLE
    if options.jobs is not None and not 1 <= options.jobs <= 64:
        raise UsageError(f"--jobs {options.jobs}: name 1 to 64 processes")
    identity, paths = read_identity(options.archive), Paths(options.archive)
    expected = Expectations(_published(options.against), frozenset(options.key or ()))
    extent = sealed_bytes(paths)
    jobs = options.jobs or (min(_READERS, os.cpu_count() or 1) if extent.files >= _MANY else 1)
    how = VerifyOptions(subset, options.files, jobs)

    def read(progress: Callable[[date, Extent], None]) -> Audit:
        return verify(identity, paths, progress, expected, how)

    shown = sys.stdout.isatty() and not options.json
    audit = _with_bar(read, extent, subset) if shown else read(lambda night, done: None)
    print_audit(audit, as_json=options.json)
    return ExitCode.FINDINGS if audit.findings else ExitCode.GOOD


def _with_bar(read: Callable[[Callable[[date, Extent], None]], Audit], extent: Extent, subset: Subset) -> Audit:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    bar = Progress(*columns, transient=True)
    task = bar.add_task("verify", total=extent.bytes / subset.parts)

    def show(night: date, done: Extent) -> None:
        if not bar.live.is_started:
            bar.start()  # only now: it draws in a thread, and the processes that read are forked before
        bar.update(task, advance=done.bytes, description=f"verify {night}")

    try:
        return read(show)
    finally:
        bar.stop()


def _published(file: Path | None) -> Head | None:
    if file is None:
        return None
    try:
        return read_head(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read ({error}); save what `python -m archive head` printed") from None

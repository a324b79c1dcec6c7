"""Audit the names of an archive: everything in its root, among its nights and in its quarantine that is no part of it."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Mapping
from datetime import date
from pathlib import Path

from archive.audit.files import colliding_names, walk
from archive.audit.findings import Audit, Code
from archive.audit.seals import RunEntries, relative
from archive.messages.reason import Reason
from archive.storage.paths import Paths, run_order

_YEAR = re.compile(r"[0-9]{4}")
_FILES = re.compile(r"archive\.json|(index|search|ledger)\.db(\.new)?(-journal|-wal|-shm)?")
_FOLDERS = (
    "keys",
    "open",
    "quarantine",
    "withheld",
    "lost+found",
)  # the last is the file system's own, where this is a disk
_RECOVERED = re.compile(r"quarantine/[0-9]{4}/[0-9]{2}/[0-9]{2}/[a-z][a-z0-9_]*/recovered-[1-9][0-9]*/.+")


def check_archive_root(paths: Paths, audit: Audit) -> None:
    """Report everything in the archive's root that is no part of an archive; its parts that are links."""
    with os.scandir(paths.root) as entries:
        inside = sorted(entries, key=lambda entry: entry.name)
    for entry in inside:
        if _YEAR.fullmatch(entry.name):
            continue  # `check_calendar` looks at these
        if entry.is_dir(follow_symlinks=False):
            for file in walk(Path(entry.path)) if entry.name not in _FOLDERS else ():
                _report(paths, Path(file.path), audit)
        elif entry.is_symlink() or not _FILES.fullmatch(entry.name):
            _report(paths, Path(entry.path), audit)
        elif not entry.is_file(follow_symlinks=False):
            audit.found(Code.EXTRA, entry.name, Reason.of("no_file"))


def check_calendar(paths: Paths, audit: Audit) -> None:
    """Report everything among the years, months and days that is no night."""
    nights = {str(paths.night(night)) for night in paths.nights()}
    for year in sorted(paths.root.glob("[0-9][0-9][0-9][0-9]")):
        _among_days(paths, year, nights, audit)


def _among_days(paths: Paths, path: Path, nights: Container[str], audit: Audit) -> None:
    if path.is_symlink() or not path.is_dir():
        _report(paths, path, audit)
    elif str(path) not in nights:
        for inside in sorted(path.iterdir()):
            _among_days(paths, inside, nights, audit)


def check_night(paths: Paths, night: date, listed: Mapping[str, RunEntries], audit: Audit) -> None:
    """Report everything in a night's folder that is neither a run nor a seal."""
    folder = paths.night(night)
    with os.scandir(folder) as entries:
        inside = {entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)}
    collisions = colliding_names(inside)
    runs = {path.name for path in paths.closed_runs(night)} | {run for run in listed if run}
    for name, entry in inside.items():
        path = Path(entry.path)
        if name in collisions:
            audit.found(Code.TWIN, relative(paths, path), Reason.of("name_twice"))
        if entry.is_symlink():
            audit.found(Code.SYMLINK, relative(paths, path), Reason.of("points_to", target=str(path.readlink())))
        elif entry.is_dir(follow_symlinks=False):
            for other in walk(path) if name not in runs else ():
                _report(paths, Path(other.path), audit)
        elif not entry.is_file(follow_symlinks=False):
            audit.found(Code.EXTRA, relative(paths, path), Reason.of("no_file"))
        elif not (name.startswith("manifest-") and path.suffix in (".json", ".sig", ".tsr", ".ots")):
            _report(paths, path, audit)
        else:
            audit.files += 1
            audit.bytes += path.stat().st_size
    for name in listed[""].names() if "" in listed else ():
        audit.found(Code.MISSING, relative(paths, folder / name), Reason.of("listed_in_no_run"))


def check_quarantine(paths: Paths, named: Container[str], audit: Audit) -> None:
    """Report every file in `quarantine/` that no line names (paths from the root) and no recovery set aside.

    What a running crawl sets aside is named by its next lines.
    """
    folder = paths.root / "quarantine"
    if folder.is_symlink():
        return  # it is named in the root
    running = {paths.quarantine(night, run_order(run.name)[0]) for night, run in paths.open_runs()}
    for entry in walk(folder):
        path = Path(entry.path)
        name = relative(paths, path)
        known = name in named or path.parent in running or _RECOVERED.fullmatch(name)
        if entry.is_symlink() or not known:
            _report(paths, path, audit)


def _report(paths: Paths, path: Path, audit: Audit) -> None:
    if path.is_symlink():
        audit.found(Code.SYMLINK, relative(paths, path), Reason.of("points_to", target=str(path.readlink())))
        return
    audit.files += 1
    audit.found(Code.EXTRA, relative(paths, path), Reason.of("unlisted"))

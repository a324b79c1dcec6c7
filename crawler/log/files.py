"""The log files of the nights, `<logs>/<night>/<portal>.log`: a full disk costs the log and not the night."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

_NIGHT = re.compile(r"\d{4}-\d{2}-\d{2}")
_OURS = re.compile(r"[a-z][a-z0-9_]*\.(log|progress)")


def open_log(path: Path, head: str) -> tuple[BinaryIO, str | None]:
    """Open a log for appending and write its first line, which shows whether it can be written.

    Return the null device instead of a log that cannot be written, with the reason in words.
    """
    stream: BinaryIO | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("ab", buffering=0)
        stream.write(f"{head}\n".encode() if head else b"")
        return stream, None
    except OSError as error:
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
        lost = f"{path} cannot be written ({error.strerror or error}): this run has no log"
        return Path(os.devnull).open("ab", buffering=0), lost


def add_line(path: Path, line: str) -> str | None:
    """Add a line to a log. Return None when it was written, else the reason in words."""
    try:
        with path.open("ab") as stream:
            stream.write(f"{line}\n".encode())
    except OSError as error:
        return f"{path} cannot be written ({error.strerror or error}): the end of its log is lost"
    return None


def remove_old(logs: Path, night: date, keep: int, now: datetime) -> list[date]:
    """Remove the logs of nights more than `keep` nights before this one, and return those nights.

    Remove only folders named like a night that hold nothing but logs and were not written to for as long: a rehearsal of an
    old night is no old log. A folder that cannot be removed stays.
    """
    removed = []
    for folder in sorted(logs.glob("*-*-*")) if logs.is_dir() else []:
        if _NIGHT.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
            with contextlib.suppress(ValueError, OSError):
                day = date.fromisoformat(folder.name)
                last = max(path.stat().st_mtime for path in [folder, *folder.iterdir()])
                old = day < night - timedelta(days=keep) and last < (now - timedelta(days=keep)).timestamp()
                if old and all(_OURS.fullmatch(path.name) and path.is_file() for path in folder.iterdir()):
                    shutil.rmtree(folder)
                    removed.append(day)
    return removed

"""The rows of the catalogue of faults: number, title, what each needs of the machine, and the function that breaks something.

A row sets up, breaks, checks (O1 to O4) and returns what it saw in one line. It raises CheckFailure when a check does not
hold, and Skip when something the machine lacks shows only on the way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from crawler.downloader.browser import missing as missing_browser
from testing.postgresql import missing as missing_postgresql

_Point = TypeVar("_Point")


class CheckFailure(AssertionError):
    """A check does not hold; the message says which and what was seen."""


def require(holds: object, message: str) -> None:
    """Raise CheckFailure with this message unless something holds."""
    if not holds:
        raise CheckFailure(message)


class Skip(Exception):
    """The machine lacks something; the message says what."""


class Need(StrEnum):
    """A need of a row, in the words of the skip."""

    ROOT = "root"
    BROWSER = "Chromium and the extra `render`"
    LOOP = "loop devices and ext4 tools, as root"
    TRACE = "strace with ptrace, or a C compiler"
    POSTGRES = "PostgreSQL's initdb and pg_ctl"


@dataclass(frozen=True, slots=True)
class Place:
    """The place in which a row works: a folder of its own, and whether only a sample of its points is wanted."""

    folder: Path
    quick: bool = False

    def sample(self, points: Sequence[_Point], most: int) -> list[_Point]:
        """All points, or in a quick run at most so many of them at an even stride, the first and the last included."""
        if not self.quick or len(points) <= most:
            return list(points)
        stride = (len(points) - 1) / max(most - 1, 1)
        return [points[round(number * stride)] for number in range(most)]

    def below(self, name: str) -> Place:
        """Return a place in a new folder below this one."""
        folder = self.folder / name
        folder.mkdir()
        return Place(folder, self.quick)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `weight` is about how many seconds it takes, so that the longest are begun first."""

    number: str
    title: str
    run: Callable[[Place], str]
    needs: tuple[Need, ...] = ()
    weight: int = 3
    quick: bool = False


ROWS: dict[str, Row] = {}


def row(
    number: str, title: str, *needs: Need, weight: int = 3, quick: bool = False
) -> Callable[[Callable[[Place], str]], Callable[[Place], str]]:
    """Enter a function as a row of the catalogue."""

    def enter(run: Callable[[Place], str]) -> Callable[[Place], str]:
        if number in ROWS:
            raise ValueError(f"row {number} is there twice")
        ROWS[number] = Row(number, title, run, needs, weight, quick)
        return run

    return enter


def order(number: str) -> tuple[str, int]:
    """Rows in the catalogue's order: A2 before A11."""
    return number[0], int(number[1:])


@cache
def lacking(need: Need) -> bool:
    """Return whether the machine lacks something, by trying it."""
    if need is Need.ROOT:
        return os.geteuid() != 0
    if need is Need.LOOP:
        tools = all(shutil.which(name) for name in ("mkfs.ext4", "mount", "umount"))
        return os.geteuid() != 0 or not tools or not Path("/dev/loop-control").exists()
    if need is Need.BROWSER:
        return missing_browser() is not None
    if need is Need.POSTGRES:
        return missing_postgresql() is not None
    return not has_strace() and "shim" not in os.environ.get("LD_PRELOAD", "")


@cache
def has_strace() -> bool:
    """Return whether strace is there and may trace."""
    strace = shutil.which("strace")
    return (
        strace is not None and subprocess.run([strace, "-o", os.devnull, "true"], capture_output=True).returncode == 0
    )

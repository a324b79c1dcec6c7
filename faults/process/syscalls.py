"""System calls as they are noted and broken."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WRITING = ("write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "mkdir", "rmdir", "ftruncate", "openat")
READING = ("read", "pread64")
ACKNOWLEDGED = "acknowledged"  # the place of a call that tells the outside what is committed

_CALL = re.compile(r"(\w+)\((.*)\)\s+= (.*)")
_HANDLE = re.compile(r"^\d+<([^>]*)>")
_NAME = re.compile(r'"([^"]*)"')
_DIRECTORY = re.compile(r"AT_FDCWD(<[^>]*>)?, ")


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: its name, its number among the calls of that name (from 1), what it touched, whether it may write."""

    name: str
    number: int
    place: str
    writes: bool
    injected: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.number} of {self.place}"


@dataclass(frozen=True, slots=True)
class Fault:
    """The fault at a call: SIGKILL before it is made, or an error in its stead."""

    error: str | None = None

    @property
    def words(self) -> str:
        """As strace takes it."""
        return f"error={self.error}" if self.error else "signal=KILL"


def read_calls(log: Iterable[str], root: str) -> Iterator[Call]:
    """Yield the calls of a log in strace's form that touch what lies below `root`, and every acknowledgement."""
    counted: Counter[str] = Counter()
    for line in log:
        found = _CALL.match(line)
        if found is None:
            continue
        name, arguments, result = found[1], _DIRECTORY.sub("", found[2]), found[3]
        counted[name] += 1
        handle = _HANDLE.match(arguments)
        place = handle[1] if handle else (_NAME.findall(arguments) or [""])[-1]
        writes = name in WRITING and (name != "openat" or "O_CREAT" in arguments)
        if place.startswith(root):
            yield Call(name, counted[name], place.removeprefix(root).lstrip("/"), writes, "INJECTED" in result)
        elif name == "write" and place.startswith("pipe:"):
            yield Call(name, counted[name], ACKNOWLEDGED, writes, "INJECTED" in result)

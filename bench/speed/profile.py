"""Show where an article's processor time goes: samples of py-spy, by process and by module of ours. Used by `--profile`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

RATE = 200
"""Samples a second."""
STACKS = "stacks.txt"
"""The file of a night's stacks."""
IMPORTS, OTHERS = "imports", "Scrapy, Twisted and the rest"
_OURS = re.compile(r"\(((?:archive|crawler|pipelines|vietnam)/[\w/]+)\.py:\d+\)$")
_AROUND = ("crawler/run/portal_run", "crawler/command_line")  # below them runs the reactor
_MODULE = re.compile(r'process \d+:".*? -m ([\w.]+)')


def recorded(spy: str, output: Path, command: list[str]) -> list[str]:
    """Return the command that runs `command` and all it starts under py-spy and leaves folded stacks in `output`."""
    return [
        spy,
        "record",
        "--subprocesses",
        "--function",
        "-r",
        str(RATE),
        "-f",
        "raw",
        "-o",
        str(output),
        "--",
        *command,
    ]


def by_module(stacks: Iterable[str]) -> Counter[tuple[str, str]]:
    """Return the samples of folded stacks, `frame;frame;… count`, by process and by the innermost module of ours.

    A process is named by the module that it was started with; a reader is forked from the process that needs it. What
    stands in an import is `IMPORTS`, what has no module of ours `OTHERS`.
    """
    found: Counter[tuple[str, str]] = Counter()
    for line in stacks:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")
        processes = [match[1] for frame in frames if (match := _MODULE.match(frame))]
        found[_named(processes), _part(frames)] += int(count)
    return found


def _named(processes: list[str]) -> str:
    """Return the name of the last of these processes, each of which started the next one."""
    name = processes[-1] if processes else ""
    return f"{name}, forked" if processes[:-1] and processes[-2] == name else name


def _part(frames: list[str]) -> str:
    if any(frame.startswith("_find_and_load ") for frame in frames):
        return IMPORTS
    ours = [match[1] for frame in frames if (match := _OURS.search(frame))]
    return OTHERS if not ours or ours[-1] in _AROUND else ours[-1].replace("/", ".")

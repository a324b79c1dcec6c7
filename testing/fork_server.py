"""Fork the suite's Python programs from a process that has imported them already, instead of starting a new interpreter.

A crawl spends most of its processor time importing libraries. `install` replaces the system call below
`subprocess.Popen`: a command of this checkout (`python -m archive …`, `scheduler.py`) is forked from a server
(`pipelines.prefork`) which has imported the libraries and run nothing. The new process has its own pid, the caller as its
parent, the environment, folder, descriptors, session and signals of an executed one, and runs the same module as
`__main__`. What it starts itself is forked from it in the same way. Anything else is executed as ever: other folders,
`LD_PRELOAD`, interpreter options, `exec` set.

`pytest --exec` leaves all this out.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from crawler.nights import crawl_imports
from pipelines.prefork.client import ForkServer, ServerLost, Start
from pipelines.prefork.program import Program
from pipelines.prefork.server import enter

FRESH = "FRESH_PROCESS"
"""In the environment of a command: execute it and what it starts."""
_MORE = ("aiohttp", "archive.__main__", "archive.web.server", "replicas.serve", "scheduler")
_ARGUMENTS = (22, 23)
"""The number of arguments of `_fork_exec` in the versions of Python known here. With others every program is executed."""
_execute: Callable[..., int] = vars(subprocess)["_fork_exec"]


class SuiteServer:
    """The server of this process, started with its first command."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: ForkServer | None = None

    def fork_exec(self, *asked: Any) -> int:
        """Stand for `subprocess._fork_exec`: return the pid of the started program."""
        start = asked_start(asked)
        if start is None or asked[21] is not None or not start.can_be_forked(os.environ):
            return _execute(*asked)
        with self._lock:
            server = self._server
            if server is None or server.process.poll() is not None:
                vars(subprocess)["_fork_exec"] = _execute
                try:
                    server = self._server = ForkServer.executed("testing.fork_server:load", os.environ)
                finally:
                    vars(subprocess)["_fork_exec"] = self.fork_exec
        try:
            return server.start(start, _standard(asked)).pid
        except ServerLost:
            return _execute(*asked)

    def close(self) -> None:
        """End the server; the system call is what it was."""
        vars(subprocess)["_fork_exec"] = _execute
        if self._server is not None:
            self._server.close()


def asked_start(asked: Sequence[Any]) -> Start | None:
    """Return what a call of `_fork_exec` asks for, or None when the program must be executed."""
    if len(asked) not in _ARGUMENTS:
        return None
    command, _, close, keep, folder, environment = asked[:6]
    pairs = (
        {os.fsdecode(k): os.fsdecode(v) for k, v in os.environb.items()}
        if environment is None
        else dict(os.fsdecode(pair).split("=", 1) for pair in environment)
    )
    if not close or FRESH in pairs or any(value not in (None, -1) for value in asked[17:21]):  # another user or umask
        return None
    kept = [number for number in keep if number != asked[13]]
    words = [os.fsdecode(word) for word in command]
    return Start(words, os.fsdecode(folder or Path.cwd()), pairs, kept, bool(asked[15]), int(asked[16]))


def _standard(asked: Sequence[Any]) -> list[int]:
    return [given if given >= 0 else number for number, given in enumerate((asked[6], asked[9], asked[11]))]


def _fork_here(*asked: Any) -> int:
    """Stand for `subprocess._fork_exec` in a forked program: what it starts is forked from itself."""
    start = asked_start(asked)
    program = Program.of(start.command) if start is not None else None
    if start is None or program is None or not start.can_be_forked(os.environ):
        return _execute(*asked)
    if program.target == "scrapy" and "twisted.internet.reactor" in sys.modules:
        return _execute(*asked)
    child = os.fork()
    if child:
        return child
    if asked[21] is not None:
        asked[21]()
    enter(start, _standard(asked), {number: number for number in start.keep})


def install() -> SuiteServer:
    """Let this process fork its Python programs from a server of its own, until that is closed."""
    server = SuiteServer()
    if sys.platform == "linux":
        vars(subprocess)["_fork_exec"] = server.fork_exec
    return server


def load() -> None:
    """Import in the server what the suite's programs import, and let them fork what they start."""
    crawl_imports.load()
    for name in _MORE:
        importlib.import_module(name)
    vars(subprocess)["_fork_exec"] = _fork_here

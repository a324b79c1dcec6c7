"""The fork server: `python -m pipelines.prefork.server DESCRIPTOR MODULE:FUNCTION` calls the function, which imports, then forks.

It has one thread, runs nothing of the program and holds no archive, so a fork of it is as good as a new interpreter. It
ends when its socket does. SIGTERM and SIGINT, which a terminal or a service manager sends to the whole group, are its
starter's.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from pipelines.prefork import client
from pipelines.prefork.client import STALE, ForkedChild, ForkServer, Start
from pipelines.prefork.interpreter import FreshState, reset_signals, run
from pipelines.prefork.program import ROOT, Program

_LEFT_TO_STARTER = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_fresh: FreshState | None = None  # set in a server, and so in everything forked from it
_TOPS = tuple((name,) for name in ("archive", "crawler", "pipelines", "replicas", "testing", "vietnam"))
Stamps = dict[str, tuple[int, int]]


def main(number: int, load: Callable[[], None], filters: Sequence[Any]) -> int:
    """Import by `load`, answer that this is done, and serve the descriptor until it ends."""
    global _fresh
    gc.disable()  # while objects come that all stay: a sixth of the time
    load()
    if "twisted.internet.reactor" in sys.modules or len(list(Path("/proc/self/task").iterdir())) > 1:
        raise ImportError("an imported module has installed a reactor or started a thread: its forks could hang")
    folders = program_folders()
    stamps = file_stamps(folders)
    gc.collect()
    gc.freeze()
    gc.enable()
    _fresh = FreshState(filters)
    with socket.socket(fileno=number) as connection:
        connection.send(b"ready")
        serve(connection, lambda: file_stamps(folders) != stamps)
    return 0


def prepare() -> None:
    """Fork a copy of this process as the server of what it starts later, when it may have threads.

    The copy has what this process imported, so what it forks imports only the rest. Does nothing where programs cannot be
    forked: they are then executed.
    """
    global _fresh
    if sys.platform != "linux":
        return
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    gc.freeze()  # in both: collecting would write to what they share
    copy = os.fork()
    if copy == 0:
        try:
            nothing = os.open(os.devnull, os.O_RDWR)
            number = max(theirs.fileno(), 3)
            set_descriptors((nothing, nothing, nothing), {number: theirs.fileno()})
            if _fresh is None:  # this process was executed, and has run nothing yet
                _fresh = FreshState(())
            serve(socket.socket(fileno=number))
        finally:
            os._exit(0)
    theirs.close()
    client.own = ForkServer(ours, ForkedChild(copy), dict(os.environ))
    atexit.register(client.own.close)


def program_folders() -> list[Path]:
    """Return the folders of the modules of this checkout that are loaded."""
    files = (Path(file) for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None)))
    parents = {file.parent for file in files if file.is_relative_to(ROOT)}
    return sorted(folder for folder in parents if folder.relative_to(ROOT).parts[:1] in _TOPS)


def file_stamps(folders: Sequence[Path]) -> Stamps:
    """Return the modification time in ns and the size of every file in the folders: code, and the tables beside it."""
    found = Stamps()
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file():
                    stat = entry.stat()
                    found[entry.path] = stat.st_mtime_ns, stat.st_size
    return found


def serve(connection: socket.socket, has_changed: Callable[[], bool] = lambda: False) -> None:
    """Fork what is asked for until the starter is gone, or until the program's files have changed."""
    for left in _LEFT_TO_STARTER:
        if signal.getsignal(left) is not signal.SIG_IGN:
            signal.signal(left, lambda *_: None)  # a handler, so that what is forked gets the default again
    while True:
        sent, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 64)
        if not sent:
            return
        if has_changed():
            connection.send(STALE)
            return
        reader, writer = os.pipe()
        between = os.fork()
        if between == 0:
            try:
                child = os.fork()
                if child == 0:
                    _begin(Start(**json.loads(sent)), descriptors)
                os.write(writer, str(child).encode())
            finally:
                os._exit(0)
        os.waitpid(between, 0)
        os.close(writer)
        connection.send(os.read(reader, 64))
        for number in (reader, *descriptors):
            os.close(number)


def _begin(start: Start, descriptors: Sequence[int]) -> NoReturn:
    """Be the started program as soon as the starter has taken this process in; end with a starter that is gone."""
    try:
        reset_signals()
        begin, *given = descriptors
        if not os.read(begin, 1):
            os._exit(1)
        enter(start, given[:3], dict(zip(start.keep, given[3:], strict=True)))
    finally:
        os._exit(1)


def enter(start: Start, standard: Sequence[int], keep: Mapping[int, int]) -> NoReturn:
    """Turn this fork into the program: its descriptors, folder, session and environment, then its main module."""
    program = Program.of(start.command)
    assert program is not None  # noqa: S101  asked before the fork
    assert _fresh is not None  # noqa: S101  this process was forked from a server
    try:
        gc.freeze()
        client.own = None
        set_descriptors(standard, keep)
        os.chdir(start.folder)
        if start.session:
            os.setsid()
        elif start.group >= 0:
            os.setpgid(0, start.group)
        run(program, _fresh, start.environment)
    except BaseException:  # what is left of the parent must not run
        os.write(2, traceback.format_exc().encode())
        os._exit(1)


def set_descriptors(standard: Sequence[int], keep: Mapping[int, int]) -> None:
    """Make `standard` the descriptors 0 to 2 and `keep` (wanted number → present number) the only others."""
    wanted = {0: standard[0], 1: standard[1], 2: standard[2], **keep}
    above = max([*wanted, *wanted.values()]) + 1
    spare = {number: os.dup2(present, above + place) for place, (number, present) in enumerate(wanted.items())}
    for number, present in spare.items():
        os.dup2(present, number, inheritable=True)
    last = -1
    for number in sorted(wanted):
        if number > last + 1:
            os.closerange(last + 1, number)
        last = number
    os.closerange(last + 1, 1 << 16)


def become(command: Sequence[str]) -> NoReturn:
    """Become another program under this process's id, as `os.execv` does; a forked process runs it without a new interpreter."""
    start = Start(list(command), str(Path.cwd()), dict(os.environ), _inherited())
    if _fresh is None or not start.can_be_forked(os.environ):
        os.execv(command[0], list(command))
    enter(start, (0, 1, 2), {number: number for number in start.keep})


def _inherited() -> list[int]:
    found = []
    for name in os.listdir("/proc/self/fd") if sys.platform == "linux" else ():  # noqa: PTH208  names alone
        with contextlib.suppress(OSError):
            if int(name) > 2 and os.get_inheritable(int(name)):
                found.append(int(name))
    return found


if __name__ == "__main__":
    import pipelines.prefork.server as server  # not `__main__`, which each program replaces

    started = list(warnings.filters)
    module, _, function = sys.argv[2].partition(":")
    raise SystemExit(server.main(int(sys.argv[1]), getattr(importlib.import_module(module), function), started))

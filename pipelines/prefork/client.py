"""Start programs from a fork server, and be their parent.

The server forks twice. The process in between ends at once, and this process takes the program in as its own child: while
it starts one it is a "child subreaper" (prctl(2)). So it waits for it, signals it and sees its exit code like that of any
child, and the program dies with this process where it asks for that (PR_SET_PDEATHSIG). The program begins only when this
process has its id: a server that dies in between leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Protocol

from pipelines.prefork.program import ROOT, Program

STALE = b"stale"
"""The server's answer when files of the program have changed since it imported them."""
_OF_AN_INTERPRETER = ("LD_PRELOAD", "PYTHONHASHSEED", "PYTHONWARNINGS")  # read once, at its start
_NOT_FOLLOWED = ("PYTHONSAFEPATH", "PYTHONIOENCODING")
_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_LONGEST = 60.0  # seconds for a server to answer on a busy machine
_adopting = threading.Lock()


class ServerLost(Exception):
    """The fork server ended or cannot fork; nothing was started."""


class ServerStale(ServerLost):
    """The fork server holds code that has changed since on the disk; it has ended."""


class ChildProcess(Protocol):
    """A child of this process, executed or forked. Exit codes are negative for a signal, as with `subprocess`."""

    @property
    def pid(self) -> int:
        """Process id."""

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""

    def wait(self) -> int:
        """Wait for the end and return the exit code."""

    def kill(self) -> None:
        """Send SIGKILL unless it has ended."""


@dataclass(slots=True)
class ForkedChild:
    """A child that was forked from a server."""

    pid: int
    _code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._waited(os.WNOHANG)

    def wait(self) -> int:
        """Wait for the end and return the exit code."""
        code = self._waited(0)
        assert code is not None  # noqa: S101  waitpid returned
        return code

    def kill(self) -> None:
        """Send SIGKILL unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    def _waited(self, flags: int) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self.pid, flags)
            if pid == self.pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code


@dataclass(frozen=True, slots=True)
class Start:
    """Start of a process, without its descriptors. `keep` are the numbers of those beyond the standard three.

    `session` makes it lead a session of its own; a `group` of 0 or more is its process group.
    """

    command: list[str]
    folder: str
    environment: dict[str, str]
    keep: list[int] = field(default_factory=list)
    session: bool = False
    group: int = -1

    def can_be_forked(self, environment: Mapping[str, str]) -> bool:
        """Return whether it is a program of this checkout, in its folder, for an interpreter started in that environment."""
        asked = {**environment, **dict.fromkeys(_NOT_FOLLOWED)}
        same = all(self.environment.get(name) == asked.get(name) for name in (*_OF_AN_INTERPRETER, *_NOT_FOLLOWED))
        return same and self.folder == str(ROOT) and Program.of(self.command) is not None


@dataclass(slots=True)
class ForkServer:
    """The connection of this process to a server of its own, its process, and the environment that it was started in."""

    connection: socket.socket
    process: ChildProcess
    environment: Mapping[str, str]

    def __post_init__(self) -> None:
        self.connection.settimeout(_LONGEST)

    @classmethod
    def executed(cls, load: str, environment: Mapping[str, str]) -> ForkServer:
        """Start a server that calls `load` (MODULE:FUNCTION) to import; return it when it is ready.

        Raises:
            ServerLost: It does not start.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = [sys.executable, "-m", "pipelines.prefork.server", str(theirs.fileno()), load]
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        server = cls(ours, process, dict(environment))
        try:
            ready = ours.recv(64)
        except OSError as error:
            server.close()
            raise ServerLost(f"the fork server does not start: {error}") from error
        if not ready:
            code = process.wait()
            server.close()
            raise ServerLost(f"the fork server ended with exit code {code}")
        return server

    def start(self, start: Start, standard: Sequence[int]) -> ForkedChild:
        """Fork a program with the descriptors `standard` as 0, 1 and 2, and those of `keep` by their numbers.

        Raises:
            ServerLost: The server is gone, or cannot fork this program; nothing was started.
        """
        if not start.can_be_forked(self.environment):
            raise ServerLost("this program needs an interpreter of its own")
        begin, begun = os.pipe()
        try:
            with _adopting:
                _adopt_orphans(True)
                try:
                    sent = json.dumps(asdict(start)).encode()
                    socket.send_fds(self.connection, [sent], [begin, *standard, *start.keep])
                    answer = self.connection.recv(64)
                finally:
                    _adopt_orphans(False)
            if answer == STALE:
                raise ServerStale("files of the program have changed")
            if not answer:
                raise ServerLost("the fork server is gone")
            child = ForkedChild(int(answer))
            if child.poll() is not None:
                raise ServerLost("the forked process ended before it began")
            os.write(begun, b"!")
            return child
        except ChildProcessError as error:
            raise ServerLost("this machine does not let the forked process become a child of this one") from error
        except OSError as error:
            raise ServerLost(f"the fork server does not answer: {error}") from error
        finally:
            os.close(begin)
            os.close(begun)

    def close(self) -> None:
        """End the server, even a stopped one; what it forked goes on."""
        self.connection.close()
        self.process.kill()
        self.process.wait()


own: ForkServer | None = None
"""The copy of this process from which it forks programs; `pipelines.prefork.server.prepare` makes it."""


def start_program(
    command: Sequence[str], environment: Mapping[str, str], standard: Sequence[int], *, folder: Path | None = None
) -> ChildProcess:
    """Start a program from this process's own fork server; execute it where there is none, or another is needed."""
    if own is not None:
        with contextlib.suppress(ServerLost):
            return own.start(Start(list(command), str(folder or Path.cwd()), dict(environment)), standard)
    stdin, stdout, stderr = standard
    return subprocess.Popen(command, cwd=folder, env=dict(environment), stdin=stdin, stdout=stdout, stderr=stderr)


def _adopt_orphans(on: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)

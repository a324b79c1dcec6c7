"""Identify the process that holds a portal's night, so that no later process with the same number is taken for it."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

_EXIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Owner:
    """Identity of a process: host, pid, boot and start time in clock ticks after boot.

    `boot` is the boot id of the host and, behind a slash, the number of the pid namespace: a container beside this one
    may have the same host name and sees other pids.
    """

    host: str
    pid: int
    boot: str = ""
    started: str = ""

    @classmethod
    def current(cls) -> Owner:
        """Return the identity of this process."""
        return cls(_host(), os.getpid(), f"{_boot_id()}/{_namespace()}", _start_time(os.getpid()) or "")

    @classmethod
    def parse(cls, text: str) -> Owner:
        """Read `host:pid:boot:started` as `str()` wrote it. Raises ValueError for anything else."""
        host, pid, boot, started = text.split(":")
        return cls(host, int(pid), boot, started)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.boot}:{self.started}"

    def is_dead(self) -> bool:
        """Return whether it is known to be dead; a process of another host or container is never known to be."""
        if self.host != _host():
            return False
        boot, _, namespace = self.boot.partition("/")
        if boot != _boot_id():
            return True
        if namespace and namespace != _namespace():
            return False
        return (_start_time(self.pid) or "") != self.started

    def on_this_boot(self) -> bool:
        """Return whether `boot_seconds()` of it and of this process have the same zero."""
        return self.host == _host() and self.boot.partition("/")[0] == _boot_id() != ""

    def kill(self) -> bool:
        """End it with SIGKILL, even if hung or paused; False unless its end was observed.

        Only a process of this very host and namespace is killed. Its start time identifies it and a descriptor holds it
        meanwhile (pidfd_open(2), Linux 5.3), so that no later process with its number is hit.
        """
        if self.host != _host() or self.boot != f"{_boot_id()}/{_namespace()}" or not hasattr(os, "pidfd_open"):
            return False
        try:
            handle = os.pidfd_open(self.pid)
        except OSError:
            return self.is_dead()
        try:
            if self.is_dead():
                return True
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            return bool(select.select([handle], [], [], _EXIT_SECONDS)[0])
        except OSError:
            return self.is_dead()
        finally:
            os.close(handle)


def boot_seconds() -> float:
    """Return seconds since this machine was started, sleep included: no person sets this clock (clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


def _host() -> str:
    return socket.gethostname().replace(":", "-")


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    """Return the number in `pid:[4026531836]` (pid_namespaces(7))."""
    try:
        return Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return ""


def _start_time(pid: int) -> str | None:
    """Return field 22 of /proc/PID/stat (proc(5)), None for no such process; field 2 may hold spaces and brackets."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]

"""Who holds a portal's night: a process that cannot be mistaken for a later one with the same number."""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Owner", "boot_seconds"]

_EXIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that cannot be mistaken for another: host, pid, boot and start time in clock ticks after boot.

    `boot` is the boot id of the host and, behind a slash, the number of the pid namespace: a container beside this one may
    have the same host name and sees other pids.
    """

    host: str
    pid: int
    boot: str = ""
    started: str = ""

    @classmethod
    def here(cls) -> Owner:
        """This process."""
        return cls(_host(), os.getpid(), f"{_boot_id()}/{_namespace()}", _start_time(os.getpid()) or "")

    @classmethod
    def parse(cls, text: str) -> Owner:
        """Read `host:pid:boot:started` as `str()` wrote it. Raises ValueError for anything else."""
        host, pid, boot, started = text.split(":")
        return cls(host, int(pid), boot, started)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.boot}:{self.started}"

    def gone(self) -> bool:
        """Whether it is known to be dead; a process of another host or another container is never known to be."""
        if self.host != _host():
            return False
        boot, _, namespace = self.boot.partition("/")
        if boot != _boot_id():
            return True
        if namespace and namespace != _namespace():
            return False
        return (_start_time(self.pid) or "") != self.started

    def on_this_boot(self) -> bool:
        """Whether `boot_seconds()` mean the same to it and to us."""
        return self.host == _host() and self.boot.partition("/")[0] == _boot_id() != ""

    def kill(self) -> bool:
        """End it with SIGKILL, wherever it hangs or is paused; False unless it was seen to end.

        Only a process of this very host and namespace, told by its start time and held by a descriptor meanwhile
        (pidfd_open(2), Linux 5.3), so that no later process with its number is hit.
        """
        if self.host != _host() or self.boot != f"{_boot_id()}/{_namespace()}" or not hasattr(os, "pidfd_open"):
            return False
        try:
            handle = os.pidfd_open(self.pid)
        except OSError:
            return self.gone()
        try:
            if self.gone():
                return True
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            return bool(select.select([handle], [], [], _EXIT_SECONDS)[0])
        except OSError:
            return self.gone()
        finally:
            os.close(handle)


def boot_seconds() -> float:
    """Seconds since this machine was started, sleep included: no clock that anybody sets (clock_gettime(2))."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic()


def _host() -> str:
    return socket.gethostname().replace(":", "-")


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    """The number in `pid:[4026531836]` (pid_namespaces(7))."""
    try:
        return Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return ""


def _start_time(pid: int) -> str | None:
    """Field 22 of /proc/PID/stat (proc(5)); the name in field 2 may hold spaces and brackets. None: no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]

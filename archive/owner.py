"""Who holds a portal's night: a process that cannot be mistaken for a later one with the same number."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Owner"]


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that cannot be mistaken for another: host, pid, boot id and start time in clock ticks after boot."""

    host: str
    pid: int
    boot: str = ""
    started: str = ""

    @classmethod
    def here(cls) -> Owner:
        """This process."""
        return cls(socket.gethostname().replace(":", "-"), os.getpid(), _boot_id(), _start_time(os.getpid()) or "")

    @classmethod
    def parse(cls, text: str) -> Owner:
        """Read `host:pid:boot:started` as `str()` wrote it."""
        host, pid, boot, started = text.split(":")
        return cls(host, int(pid), boot, started)

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}:{self.boot}:{self.started}"

    def gone(self) -> bool:
        """Whether it is known to be dead; a process of another host is never known to be."""
        if self.host != socket.gethostname().replace(":", "-"):
            return False
        return self.boot != _boot_id() or (_start_time(self.pid) or "") != self.started


def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
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

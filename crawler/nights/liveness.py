"""Signs of life: systemd's readiness protocol (sd_notify(3)), and a file that a container's health check looks at."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

STUCK_SECONDS = 600.0
"""Seconds for which a running night may make no turn before a service manager may restart it: names resolve slowly."""
SEALING_SECONDS = 3600.0
"""The same while nights are ended and sealed."""


class Liveness:
    """The moments at which the scheduler last did something, in monotonic seconds.

    `busy` is held while a tick is worked on.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.busy = Lock()
        self._monotonic = monotonic
        self._last_turn: float | None = None
        self._last_tick = monotonic()

    def tick(self) -> None:
        """Record that a tick of the scheduler began or ended."""
        self._last_tick = self._monotonic()

    def turn(self) -> None:
        """Record that a running night looked after its crawls."""
        self._last_turn = self._monotonic()

    def no_turns(self) -> None:
        """Record that no night runs any more."""
        self._last_turn = None

    def alive(self) -> bool:
        """Return whether the running night made a turn in the last ten minutes.

        When none runs, return whether a tick came in that time, or in the last hour while nights are ended and sealed.
        """
        now = self._monotonic()
        if self._last_turn is not None:
            return now - self._last_turn < STUCK_SECONDS
        return now - self._last_tick < (SEALING_SECONDS if self.busy.locked() else STUCK_SECONDS)


def notify(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Send `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=…` to the socket that NOTIFY_SOCKET names.

    Return False when there is none, as outside of a service, or when nothing listens on it.
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
    except OSError:
        return False
    return True


def touch_alive(logs: Path) -> None:
    """Touch `<logs>/alive`, which `find var/log/alive -mmin -5` looks at. A file that cannot be touched stops nothing."""
    with contextlib.suppress(OSError):
        logs.mkdir(parents=True, exist_ok=True)
        (logs / "alive").touch()

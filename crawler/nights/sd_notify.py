"""What a service manager is told: systemd's readiness protocol (sd_notify(3)), without a library of its own.

A datagram to the socket that NOTIFY_SOCKET names. Outside of a service there is none, and nothing is said.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

__all__ = ["notify"]


def notify(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Say `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=…`; False when nobody listens."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
    except OSError:
        return False
    return True

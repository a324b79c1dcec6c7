"""Bind the life of a process to that of its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2)


def die_with(parent: int) -> bool:
    """Have the kernel kill this process when its parent ends; return False when the parent ended before.

    The signal follows the thread that started this process. Systems other than Linux have no such call: nothing is done.
    """
    if sys.platform != "linux":
        return True
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent

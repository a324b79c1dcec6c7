"""Watching the system calls of a child, and breaking one: by strace, or by a shim where strace or ptrace is missing.

The child waits until it is held. Whoever breaks many points should keep itself on one processor: stopping and going on
again between two processors is five times slower.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from faults.catalogue import CheckFailure
from faults.process.composed_run import Report
from faults.process.subprocesses import Child, ChildExit, Work, start
from faults.process.syscalls import READING, WRITING, Call, Fault, read_calls


class CallNotReached(CheckFailure):
    """The call that was to be broken was not made: what was seen proves nothing."""


@cache
def shim(folder: Path) -> Path:
    """Compile the shim and return it; LD_PRELOAD has to name it before the process that forks the children begins."""
    made = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", str(made), str(source), "-ldl"], check=True)
    return made


def traced(work: Work, root: Path) -> ChildExit:
    """Do something in a child and note every call that touches what lies below `root`, and every acknowledgement."""
    return _held(work, root, None, Fault())


def broken_at(work: Work, root: Path, call: Call, fault: Fault) -> ChildExit:
    """Do something in a child that is broken at this call. Raises NotReached."""
    ended = _held(work, root, call, fault)
    reached = any(made.injected for made in ended.calls) if fault.error else ended.code == -signal.SIGKILL
    if not reached:
        raise CallNotReached(f"{call} was never reached: the child ended with {ended.code} {ended.error}")
    return ended


def _held(work: Work, root: Path, call: Call | None, fault: Fault) -> ChildExit:
    with tempfile.NamedTemporaryFile("r", suffix=".calls", errors="replace") as log:
        by = _by_shim if "shim" in os.environ.get("LD_PRELOAD", "") else _by_strace
        ended = by(work, log.name, call, fault)
        return replace(ended, calls=tuple(read_calls(log, str(root))))


def _by_strace(work: Work, log: str, call: Call | None, fault: Fault) -> ChildExit:
    child = Child(work)
    command = ["strace", "-y", "-s", "8", "-e", "signal=none", "-o", log, "-p", str(child.pid)]
    # What is not looked at later is not written down: half of the time goes into saying which file each call touched.
    seen = WRITING + READING if call is None else (call.name, "fsync", "fdatasync") if fault.error else (call.name,)
    command += ["-e", f"trace={','.join(seen)}"]
    command += ["-e", f"inject={call.name}:{fault.words}:when={call.number}"] if call else []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        said = strace.stderr.readline() if strace.stderr else ""
        if "attached" not in said:
            child.kill()
            raise CheckFailure(f"strace cannot hold the child: {said.strip()}")
        child.go()
        return child.end()


def _by_shim(work: Work, log: str, call: Call | None, fault: Fault) -> ChildExit:
    def watched(say: Report) -> None:
        handle = os.open(log, os.O_WRONLY | os.O_APPEND)
        number = getattr(errno, fault.error) if fault.error else 0
        name, which = (call.name, call.number) if call else ("", 0)
        ctypes.CDLL(None).faults_begin(handle, name.encode(), ctypes.c_long(which), number)
        work(say)

    return start(watched).end()

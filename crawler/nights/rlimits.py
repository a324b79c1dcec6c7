"""Start one crawl under limits: `python -m crawler.nights.rlimits PARENT MEMORY COMMAND…`, run by the scheduler.

Sets what must stand before the crawl begins and then becomes it: dies with its parent (prctl(2), PR_SET_PDEATHSIG; kept
over execve(2)), no core dumps, bounded address space in bytes. A program of its own, forked or executed, since running
Python between fork and exec in a process with threads can hang.
"""

from __future__ import annotations

import os
import resource
import sys

from archive.errors import ExitCode
from archive.processes.lifetime import die_with
from pipelines.prefork.server import become


def main(arguments: list[str]) -> int:
    """Become the command. Returns only when the parent is gone already."""
    parent, memory, *command = arguments
    if not die_with(int(parent)):
        return ExitCode.INTERRUPTED
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    allowed = int(memory) if most == resource.RLIM_INFINITY else min(int(memory), most)
    # A browser reserves far more addresses than a crawl uses: where one may be started, its start may lift the limit.
    resource.setrlimit(resource.RLIMIT_AS, (allowed, most if os.environ.get("RENDER") == "1" else allowed))
    become(command)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

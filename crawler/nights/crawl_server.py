"""The prepared process from which the crawls of a round are forked: imports are paid once, not once a portal.

It is started with the round's first crawl and again when it died or when a file of the program has changed; its code is
never older than the round. Each crawl is a child of the scheduler, in a session of its own, with its own limits: it is
ended alone, and it ends with the scheduler.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from crawler.log.redaction import for_crawl
from pipelines.prefork.client import ChildProcess, ForkServer, ServerLost, Start

StartCrawl = Callable[[Sequence[str], Mapping[str, str], int], ChildProcess]
"""Starts a command in that environment, with a descriptor for its output, in a session of its own."""

_ROOT = Path(__file__).resolve().parents[2]


def execute(command: Sequence[str], environment: Mapping[str, str], output: int) -> ChildProcess:
    """Start a command with an interpreter of its own."""
    # In a session of its own, so that its whole group can be ended and a Ctrl-C of the scheduler's terminal does not
    # reach it.
    return subprocess.Popen(
        command,
        cwd=_ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


class CrawlServer:
    """Start crawls by fork; where that cannot be done, by an interpreter each. `remark` gets one line when it begins to."""

    def __init__(self, remark: Callable[[str], None]) -> None:
        self._remark = remark
        self._server: ForkServer | None = None
        self._refused = sys.platform != "linux"

    def start(self, command: Sequence[str], environment: Mapping[str, str], output: int) -> ChildProcess:
        """Start a crawl's command in its environment with a descriptor for its output, in a session of its own."""
        start = Start(list(command), str(_ROOT), dict(environment), session=True)
        own = for_crawl(os.environ)
        if self._refused or not start.can_be_forked(own):
            return execute(command, environment, output)
        nothing = os.open(os.devnull, os.O_RDONLY)
        try:
            return self._forked(start, own, (nothing, output, output))
        except (ServerLost, OSError) as error:
            self._refused = True
            self._remark(f"crawls start slowly, each with an interpreter of its own: {error}")
            return execute(command, environment, output)
        finally:
            os.close(nothing)

    def _forked(self, start: Start, environment: Mapping[str, str], standard: Sequence[int]) -> ChildProcess:
        if self._server is not None:
            try:
                return self._server.start(start, standard)
            except ServerLost:  # it died, or its code is older than the files
                self.close()
        self._server = ForkServer.executed("crawler.nights.crawl_imports:load", environment)
        return self._server.start(start, standard)

    def close(self) -> None:
        """End the server; the crawls go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

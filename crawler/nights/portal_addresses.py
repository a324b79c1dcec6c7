"""Resolve the addresses of portals beside the night's work: a slow resolver must hold up neither crawls nor heartbeats."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread

from crawler.catalog.portals import addresses

_THREADS = 4
_PATIENCE = 30.0
"""Seconds after which a portal's hosts stand for themselves: twice the time that resolv.conf(5) gives one server."""


class PortalAddresses:
    """The addresses of the portals' hosts, each resolved once. `ticks` are monotonic seconds, given by the caller.

    `resolve` blocks; it runs in threads that end with the process.
    """

    def __init__(self, resolve: Callable[[frozenset[str]], frozenset[str]] = addresses) -> None:
        self._resolve = resolve
        self._found: dict[str, frozenset[str]] = {}
        self._asked: dict[str, float] = {}
        self._waiting: SimpleQueue[tuple[str, frozenset[str]]] = SimpleQueue()
        self._threads: list[Thread] = []

    def of(self, name: str, hosts: frozenset[str], ticks: float) -> frozenset[str] | None:
        """Return a portal's hosts with their addresses, None while they are looked up.

        The hosts alone are returned where the resolver fails, and from half a minute after the first question on.
        """
        found = self._found.get(name)
        if found is not None:
            return found
        if name not in self._asked:
            self._asked[name] = ticks
            self._waiting.put((name, hosts))
            self._start()
        return hosts if ticks - self._asked[name] > _PATIENCE else None

    def _start(self) -> None:
        if len(self._threads) < _THREADS:
            # A look-up cannot be stopped: as a daemon it does not hold up the end of the program.
            thread = Thread(target=self._look_up, name="addresses", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _look_up(self) -> None:
        while True:
            name, hosts = self._waiting.get()
            try:
                self._found[name] = self._resolve(hosts)
            except Exception:  # an odd name, or no memory for a thread's answer: the hosts are known all the same
                self._found[name] = hosts

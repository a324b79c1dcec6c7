"""How nights are run, and what a running portal's night is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from archive.leases.ledger import Claim
from crawler.nights.subprocess import CrawlProcess

__all__ = ["LEASE", "RunnerOptions", "RunningCrawl"]

LEASE = timedelta(minutes=5)
"""How long a claim holds without a heartbeat; whoever is paused for longer is taken over."""


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """How nights are run: how many side by side, pause before another try, grace after SIGTERM, where logs go.

    `shortage` is asked before each portal's night: why it may not start, in words, or None.
    """

    jobs: int
    retry: timedelta = timedelta(minutes=5)
    grace: timedelta = timedelta(seconds=30)
    logs: Path = Path("var/log")
    command: Callable[[str, date], list[str]] | None = None
    shortage: Callable[[str], str | None] = lambda portal: None


@dataclass(slots=True)
class RunningCrawl:
    """One crawl process; `addresses` are those that no other may share, `lost` says that another took the night over.

    `beat` and `counted` are monotonic seconds, `answered` is how many requests had brought anything when last counted.
    """

    claim: Claim
    process: CrawlProcess
    addresses: frozenset[str]
    progress: Path
    beat: float
    counted: float = 0.0
    answered: int = 0
    lost: bool = False

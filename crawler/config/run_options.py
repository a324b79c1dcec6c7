"""The options of one crawl: archive, night, live or rehearsed. Read from Scrapy's settings once, strictly.

The values are text of the command line and the environment, and a crawl process does without pydantic's import time: they
are read here and not by the types of the settings file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from archive.errors import UsageError
from archive.model.decommission import GONE_NIGHTS
from archive.model.enums import ArchiveKind
from archive.model.records import RULES
from crawler.clock import Clock
from pipelines.article import Layout
from pipelines.rules_version import rules_version

_LIBRARIES = ("scrapy", "twisted", "trafilatura", "lxml", "pypdf", "python-docx", "warcio", "sqlalchemy")


FIRST_AFTER = 7
"""Days from a portal's first complete walk to its first look-back: earlier, hardly any article can be late."""


@dataclass(frozen=True, slots=True)
class LookbackPlan:
    """The operator's bounds: days from one look-back to the next (0: none), pages of each list, requests of one night.

    Requests count list pages, the articles found there and the files that these name.
    """

    days: int = 30
    pages: int = 30
    requests: int = 300


NO_LOOKBACK = LookbackPlan(days=0)


def next_lookback(portal: str, days: int, first_walk: date, last: date | None) -> date:
    """Return the night from which on the next look-back is due: the portal's night of the month after the last one began."""
    # A hash of the name spreads the portals over the month, and nothing has to be remembered for it.
    share = int.from_bytes(sha256(portal.encode()).digest()[:8]) % days
    earliest = last + timedelta(days=1) if last else first_walk + timedelta(days=FIRST_AFTER)
    return earliest + timedelta(days=(share - earliest.toordinal()) % days)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of one crawl.

    `since` bounds a portal's first walk. `progress` is the file for progress lines. `recheck_days` are the operator's days
    after which a stored article is checked again; empty for the portal's own. With `backfill` only the lists are walked,
    back to that day, under the bound on requests of `lookback`. `fence` is the number of the scheduler's claim.
    `stay_open` leaves the run of a portal that does not answer open, to be resumed later in the night. `gone_nights` is the
    number of nights without an answer after which a dissolved portal is gone.
    """

    archive: Path
    night: date
    kind: ArchiveKind
    clock: Clock
    since: date | None = None
    replica_folder: str | None = None
    replica_port: int | None = None
    progress: Path | None = None
    recheck_days: tuple[int, ...] = ()
    lookback: LookbackPlan = NO_LOOKBACK
    backfill: date | None = None
    fence: int | None = None
    stay_open: bool = False
    gone_nights: int = GONE_NIGHTS

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> RunOptions:
        """Read the options from Scrapy's settings.

        Raises:
            UsageError: A setting does not fit, or a live run has no contact address.
        """

        def text(name: str) -> str:
            value = settings.get(name)
            return "" if value is None else str(value).strip()

        replica = text("REPLICA")
        since = day_of("--since", text("SINCE")) if text("SINCE") else None
        night = day_of("--night", text("NIGHT")) if text("NIGHT") else Clock().tonight()
        if since is not None and since > night:
            raise UsageError(f"--since {since} lies after the night {night}: give a day up to it")
        if not replica and not text("LUU_TRU_CONTACT"):
            raise UsageError(
                "a live crawl needs a contact address for its user agent: set `contact` in nights.toml "
                "(or LUU_TRU_CONTACT), or rehearse with REPLICA=1"
            )
        progress = text("PROGRESS_FILE")
        return cls(
            archive=Path(text("ARCHIVE") or "var/archive"),
            night=night,
            kind=ArchiveKind.REPLICA if replica else ArchiveKind.LIVE,
            clock=Clock(night if replica else None),
            since=since,
            replica_folder=_folder(replica),
            replica_port=_port(text("REPLICA_PORT")) if replica else None,
            progress=Path(progress) if progress else None,
            recheck_days=_days(text("LOOKS")),
            lookback=_lookback(text),
            backfill=day_of("--backfill", text("BACKFILL")) if text("BACKFILL") else None,
            fence=_fence(text("FENCE")),
            stay_open=text("STAY_OPEN") == "1",
            gone_nights=_number("GONE_NIGHTS", text, 1) or GONE_NIGHTS,
        )


def day_of(option: str, text: str) -> date:
    """Return the day of a text `YYYY-MM-DD`. Raises UsageError naming the option."""
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(f"{option} {text!r} is no day: write it as 2026-11-22")


def _folder(replica: str) -> str | None:
    if replica in ("", "1"):
        return None
    if not Path(replica).is_dir():
        raise UsageError(f"REPLICA={replica} is no folder: use REPLICA=1 or a folder of recorded pages")
    return replica


def _days(text: str) -> tuple[int, ...]:
    days = [part.strip() for part in text.split(",")] if text else []
    if not all(day.isdecimal() and int(day) > 0 for day in days):
        raise UsageError(f"LOOKS={text} are no days: write them as 1,7,30")
    return tuple(sorted(map(int, days)))


def _lookback(setting: Callable[[str], str]) -> LookbackPlan:
    """Return the bounds of a look-back. Without the days between two of them, a crawl makes none."""
    least = {"days": 0, "pages": 1, "requests": 1}
    bounds = {name: _number(f"LOOKBACK_{name.upper()}", setting, number) for name, number in least.items()}
    return LookbackPlan(**{"days": 0} | {name: bound for name, bound in bounds.items() if bound is not None})


def _number(name: str, setting: Callable[[str], str], least: int) -> int | None:
    text = setting(name)
    if text and not (text.isdecimal() and int(text) >= least):
        raise UsageError(f"{name}={text} should be a whole number from {least}")
    return int(text) if text else None


def _fence(text: str) -> int | None:
    if text and not text.isdecimal():
        raise UsageError(f"FENCE={text} is no fence: it is set by scheduler.py, leave it away when crawling by hand")
    return int(text) if text else None


def _port(text: str) -> int | None:
    if not text:
        return None
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise UsageError(f"REPLICA_PORT={text} is no port: give the number after `replica on 127.0.0.1:`")


class ProgressFile:
    """A file to which a crawl appends JSON lines: requests, listed, new and outcomes since the run's start."""

    def __init__(self, path: Path | None, every: int = 5) -> None:
        self._path, self._every, self._unwritten = path, every, 0

    def record(
        self, outcomes: Counter[str], listed: int, new: int, *, last: bool = False, finish: str | None = None
    ) -> None:
        """Write a line at every fifth call and at the last one, which has the reason for the crawl's end (`finish`).

        A file that cannot be written is given up without an error.
        """
        self._unwritten += 1
        if self._path is None or not (last or self._unwritten >= self._every):
            return
        self._unwritten = 0
        counts = {"requests": outcomes.total(), "listed": listed, "new": new}
        line = counts | {"outcomes": dict(outcomes), "finish": finish}
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")
        except OSError:
            self._path = None


def software(layouts: Sequence[Layout]) -> dict[str, str]:
    """Return the versions of Python, of the libraries that shape an archive, and of the rules that read it, for `run.json`.

    `layouts` are those that a run's pages were read with.
    """
    return {**_software(), RULES: rules_version(layouts).hex()}


@cache
def _software() -> dict[str, str]:
    return {"python": python_version(), **{name: version(name) for name in _LIBRARIES}}

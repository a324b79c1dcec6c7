"""What a crawl is told: which archive, which night, live or rehearsed. Read from the settings, once, strictly."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from platform import python_version

from archive.errors import UsageError
from archive.model.enums import ArchiveKind
from crawler.clock import Clock
from crawler.config.decommission import GONE_NIGHTS
from crawler.config.lookback import NO_LOOKBACK, LookBackPlan

__all__ = ["ProgressFile", "RunOptions", "day_of", "software"]

_LIBRARIES = ("scrapy", "twisted", "trafilatura", "lxml", "pypdf", "python-docx", "warcio", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The circumstances of one crawl. `since` bounds a portal's first walk; `progress` is a file or None.

    `looks` are the operator's days after which a kept article is looked at again; empty: the portal's own. With `backfill`
    nothing is walked but the lists, back to that day, under the bound on requests of `lookback`.
    `fence` is the number of the scheduler's claim; `stay_open` leaves the run of a silent portal open, to be asked again
    later tonight. `gone_nights`: after so many nights without anybody there a dissolved portal is gone.
    """

    archive: Path
    night: date
    kind: ArchiveKind
    clock: Clock
    since: date | None = None
    replica_folder: str | None = None
    replica_port: int | None = None
    progress: Path | None = None
    looks: tuple[int, ...] = ()
    lookback: LookBackPlan = NO_LOOKBACK
    backfill: date | None = None
    fence: int | None = None
    stay_open: bool = False
    gone_nights: int = GONE_NIGHTS

    @classmethod
    def read(cls, settings: Mapping[str, object]) -> RunOptions:
        """From Scrapy's settings. Raises UsageError naming the setting, and for a live run without contact address."""

        def said(name: str) -> str:
            value = settings.get(name)
            return "" if value is None else str(value).strip()

        replica = said("REPLICA")
        since = day_of("--since", said("SINCE")) if said("SINCE") else None
        told = day_of("--night", said("NIGHT")) if said("NIGHT") else None
        night = told or Clock().tonight()
        if since is not None and since > night:
            raise UsageError(f"--since {since} lies after the night {night}: give a day up to it")
        if not replica and not said("LUU_TRU_CONTACT"):
            raise UsageError(
                "a live crawl needs a contact address for its user agent: set `contact` in nights.toml "
                "(or LUU_TRU_CONTACT), or rehearse with REPLICA=1"
            )
        progress = said("PROGRESS_FILE")
        return cls(
            archive=Path(said("ARCHIVE") or "var/archive"),
            night=night,
            kind=ArchiveKind.REPLICA if replica else ArchiveKind.LIVE,
            clock=Clock(night if replica else None),
            since=since,
            replica_folder=_folder(replica),
            replica_port=_port(said("REPLICA_PORT")) if replica else None,
            progress=Path(progress) if progress else None,
            looks=_days(said("LOOKS")),
            lookback=_lookback(said),
            backfill=day_of("--backfill", said("BACKFILL")) if said("BACKFILL") else None,
            fence=_fence(said("FENCE")),
            stay_open=said("STAY_OPEN") == "1",
            gone_nights=_nights(said("GONE_NIGHTS")),
        )


def day_of(option: str, text: str) -> date:
    """A day written YYYY-MM-DD. Raises UsageError naming the option."""
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


def _lookback(said: Callable[[str], str]) -> LookBackPlan:
    """The bounds of a look-back. A crawl that was not told the days between two of them makes none."""
    least = {"days": 0, "pages": 1, "requests": 1}
    told = {name: said(f"LOOKBACK_{name.upper()}") for name in least}
    for name, text in told.items():
        if text and not (text.isdecimal() and int(text) >= least[name]):
            raise UsageError(f"LOOKBACK_{name.upper()}={text} should be a whole number from {least[name]}")
    return LookBackPlan(**{"days": 0} | {name: int(text) for name, text in told.items() if text})


def _nights(text: str) -> int:
    if text and not (text.isdecimal() and int(text) > 0):
        raise UsageError(f"GONE_NIGHTS={text} should be a whole number from 1")
    return int(text) if text else GONE_NIGHTS


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
    """One JSON line now and then, for whoever watches: requests, listed, new and outcomes since the run's start."""

    def __init__(self, path: Path | None, every: int = 5) -> None:
        self._path, self._every, self._waiting = path, every, 0

    def told(
        self, outcomes: Counter[str], listed: int, new: int, *, last: bool = False, finish: str | None = None
    ) -> None:
        """Write a line with every fifth call and the last one, which says why the crawl ended (`finish`).

        A file that cannot be written is given up in silence.
        """
        self._waiting += 1
        if self._path is None or not (last or self._waiting >= self._every):
            return
        self._waiting = 0
        line = {
            "requests": outcomes.total(),
            "listed": listed,
            "new": new,
            "outcomes": dict(outcomes),
            "finish": finish,
        }
        try:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(line) + "\n")
        except OSError:
            self._path = None


def software() -> dict[str, str]:
    """The versions that made a night, for `run.json`."""
    return {"python": python_version(), **{name: version(name) for name in _LIBRARIES}}

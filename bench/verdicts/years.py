"""Verdicts over simulated years: `python -m bench.verdicts.years --seed N --years 1 --portals 34 [--seeds 20] [--json]`.

Portals are invented (bench/verdicts/portals.py); each of their nights is a record as the archive keeps it and is judged by
the real `judge_night`. Counted are false alarms (a night that is neither good nor quiet on a portal without a fault) and,
for each fault of bench/verdicts/faults.py planted once in every portal and year, how many nights pass until a reason names
it. The last line is JSON; `--json` prints nothing else. `--seeds` runs as many seeds from `--seed` on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import fmean, median
from typing import cast

from archive.model.enums import FinishReason

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))  # called as a file, Python finds only `bench`

from archive.model.enums import ArchiveKind, Verdict
from archive.model.records import Run
from bench.verdicts.faults import FAULTS, chosen
from bench.verdicts.portals import SimulatedNight, SimulatedPortal, draw_portal
from crawler.verdicts.history import History
from crawler.verdicts.judge import judge_night

_GOOD = (Verdict.GOOD, Verdict.QUIET)
_FIRST_YEAR = 2024
_WARM_UP = 120  # nights before the counted year: a portal is judged with the history that it has after four months


@dataclass(slots=True)
class Year:
    """Hold the result of one seed.

    `alarms` are false ones, each a portal's number, the night and the headline; `delays` are nights from a fault's first
    night to the reason that names it, `late` from the first night that could show it.
    """

    seed: int
    nights: int = 0
    per_portal: list[int] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    delays: dict[str, list[int | None]] = field(default_factory=dict)
    late: dict[str, list[int | None]] = field(default_factory=dict)


def simulate(seed: int, portals: int, years: int, faults: Iterable[str] = FAULTS) -> Year:
    """All portals of one seed."""
    year = Year(seed)
    for number in range(portals):
        rng = Random(f"{seed} {number}")
        _portal_years(year, number, draw_portal(rng), rng, years, tuple(faults))
    return year


def _portal_years(
    year: Year, number: int, portal: SimulatedPortal, rng: Random, years: int, faults: tuple[str, ...]
) -> None:
    """Simulate the healthy years of one portal; try each fault on a copy of one of their nights."""
    history, alarms = History(), 0
    night = date(_FIRST_YEAR, 1, 1) + timedelta(days=rng.randrange(365))
    total = _WARM_UP + 365 * years
    planted = {fault: _WARM_UP + rng.randrange(365 * years) for fault in faults}
    missed = 0
    for section in portal.sections:  # the look-back of the first night
        section.pending = round(30 * portal.volume * section.share)
    for passed in range(total):
        for fault, when in planted.items():
            if when == passed:
                _plant(year, fault, deepcopy(portal), history.copy(), night, passed)
        portal.publish(night - timedelta(days=1), passed)
        missed = missed - 1 if missed else (rng.choice((1, 1, 2)) if rng.random() < 3 / 365 else 0)
        if not missed:
            counted = portal.crawl(night, first=not passed)
            counted.complete = rng.random() > 2 / 365
            if counted.complete and passed >= _WARM_UP:
                verdict, reasons = judge_night(counted.counts(), history)
                year.nights += 1
                if verdict not in _GOOD:
                    alarms += 1
                    year.alarms.append(f"{number} {night} {verdict} {reasons[0]}")
            history.add(record(counted))
        night += timedelta(days=1)
    year.per_portal.append(alarms)


def _plant(year: Year, fault: str, portal: SimulatedPortal, history: History, night: date, passed: int) -> None:
    planted, which = FAULTS[fault], chosen(portal)
    first: int | None = None
    delay: int | None = None
    for lasted in range(planted.nights):
        day = night + timedelta(days=lasted)
        portal.publish(day - timedelta(days=1), passed + lasted, partial(planted.scale, which, lasted))
        counted = portal.crawl(day)
        shown = planted.shown(counted)
        planted.change(portal, counted)
        if first is None and (shown or planted.shown(counted)):
            first = lasted
        verdict, reasons = judge_night(counted.counts(), history)
        if verdict not in _GOOD and any(words in str(reason) for reason in reasons for words in planted.words):
            delay = lasted
            break
        history.add(record(counted))
    if first is not None:
        year.delays.setdefault(fault, []).append(delay)
        year.late.setdefault(fault, []).append(None if delay is None else delay - first)


def record(counted: SimulatedNight) -> Run:
    """Return the record of a night as the archive keeps it."""
    return Run(
        portal="mo_phong",
        night=counted.night,
        run="mo_phong",
        via=ArchiveKind.REPLICA,
        started_at=counted.started_at,
        finished_at=counted.started_at + timedelta(minutes=5),
        complete=counted.complete,
        finish_reason=FinishReason.FINISHED if counted.complete else FinishReason.PARTIAL,
        verdict=Verdict.GOOD,
        reasons=(),
        listed=sum(walk.listed for walk in counted.walks.values()),
        requests=0,
        bytes=0,
        sections={name: walk if counted.complete else replace(walk, end=None) for name, walk in counted.walks.items()},
        extraction=counted.extraction,
        measures=counted.measures,
    )


def summary(years: Sequence[Year]) -> dict[str, object]:
    """Return the figures over all seeds."""
    rates = sorted(len(year.alarms) * 365 / max(year.nights, 1) for year in years)
    portals = [count for year in years for count in year.per_portal]
    faults = {}
    for fault, planted in FAULTS.items():
        delays = [delay for year in years for delay in year.delays.get(fault, [])]
        late = [delay for year in years for delay in year.late.get(fault, [])]
        if not delays:
            continue
        seen, shown = ([delay for delay in each if delay is not None] for each in (delays, late))
        faults[fault] = {
            "planted": len(delays),
            "seen": round(len(seen) / len(delays), 4),
            "waited": planted.nights,
            "median": median(seen) if seen else None,
            "max": max(seen, default=None),
            "same_night": round(sum(delay == 0 for delay in late) / len(late), 4),
            "median_since_shown": median(shown) if shown else None,
            "max_since_shown": max(shown, default=None),
        }
    return {
        "seeds": [year.seed for year in years],
        "portal_years": round(sum(year.nights for year in years) / 365, 1),
        "false_alarms_per_portal_year": {
            "mean": round(fmean(rates), 3),
            "min": round(rates[0], 3),
            "median": round(median(rates), 3),
            "max": round(rates[-1], 3),
        },
        "portals_with": {
            "none": round(portals.count(0) / len(portals), 3),
            "at_most_one": round(sum(count <= 1 for count in portals) / len(portals), 3),
            "most": max(portals),
        },
        "faults": faults,
    }


def _table(found: dict[str, object]) -> str:
    lines = [f"{key}: {value}" for key, value in found.items() if key not in ("faults", "seeds")]
    lines.append(
        f"{'fault':38} {'planted':>7} {'seen':>7} {'same night':>10} {'median':>6} {'max':>5}   since it showed"
    )
    for name, one in cast("dict[str, dict[str, float]]", found["faults"]).items():
        lines.append(
            f"{name:38} {one['planted']:7} {one['seen']:7.1%} {one['same_night']:10.1%} {one['median_since_shown']!s:>6}"
            f" {one['max_since_shown']!s:>5}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.verdicts.years", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seed", type=int, required=True, help="the first seed")
    parser.add_argument("--seeds", type=int, default=1, help="how many seeds from there on")
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--portals", type=int, default=34)
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    parser.add_argument("--healthy", action="store_true", help="plant no faults: false alarms alone")
    parser.add_argument("--alarms", action="store_true", help="list every false alarm")
    parser.add_argument("--json", action="store_true", help="nothing but the JSON line")
    asked = parser.parse_args(arguments)
    seeds = range(asked.seed, asked.seed + asked.seeds)
    with ProcessPoolExecutor(min(asked.jobs, asked.seeds)) as pool:
        count = len(seeds)
        faults = () if asked.healthy else tuple(FAULTS)
        years = list(pool.map(simulate, seeds, [asked.portals] * count, [asked.years] * count, [faults] * count))
    found = summary(years)
    if asked.alarms:
        print("\n".join(f"{year.seed} {alarm}" for year in years for alarm in year.alarms))
        kinds = Counter(
            " ".join(word for word in alarm.split()[3:] if word.isalpha())[:60] for y in years for alarm in y.alarms
        )
        print("\n".join(f"{number:4} {words}" for words, number in kinds.most_common(25)))
    if not asked.json:
        print(_table(found))
    print(json.dumps(found, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A month with plants: the recorded portal and a second one are run through the nights, and every plant is looked for."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from archive.errors import ExitCode
from archive.storage.paths import Paths
from bench.months.check import judge_month
from bench.months.plants import OTHER, PORTAL, Plan, plan
from bench.months.plants_check import PlantResult, judge_plants
from bench.months.plants_nights import LOOKBACK_DAYS, Nights
from bench.months.plants_site import PlantedSite, other_site
from bench.months.recorded_site import MonthArticle, MonthSite
from bench.runner import new_archive, run_night, verify
from replicas.serve import ReplicaServer

__all__ = ["planned", "planted_month"]


def planned(articles: Sequence[MonthArticle], run: Sequence[date]) -> Plan:
    """What is planted, with the two nights on which the portal is down: one refuses everything, one finds nothing.

    The first may put off what a look would have told. The second must not: what answers 404 then had its look.
    """
    served = MonthSite(articles).articles
    refused = frozenset(run[len(run) // 3 : len(run) // 3 + 1])
    made = plan(served, Nights(tuple(run), refused))
    for night in run[len(run) // 3 + 1 : -1]:
        other = plan(served, Nights(tuple(run), refused, frozenset([night])))
        if other.plants == made.plants:
            return other
    return made


def planted_month(
    articles: Sequence[MonthArticle], run: Sequence[date], folder: Path, tell: Callable[[str], None]
) -> ExitCode:
    """Run the nights, print what came of them as JSON; GOOD when every plant was found and nothing was invented."""
    made = planned(articles, run)
    sites = {PORTAL: PlantedSite(articles, made), OTHER: other_site(made)}
    new_archive(folder)
    began = time.monotonic()
    with ReplicaServer(sites.values()) as server, tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch) / "nights.toml"
        settings.write_text(f"lookback_days = {LOOKBACK_DAYS}\n", encoding="utf-8")
        for night in run:
            started = time.monotonic()
            run_night(night, folder, settings, server.port, (PORTAL, OTHER), jobs=2)
            tell(f"{night}  {len(server.log)} requests so far ({time.monotonic() - started:.1f} s)")
    took = time.monotonic() - began
    clean, said = verify(folder)
    kinds = judge_plants(Paths(folder), made, sites)
    judged = judge_month(Paths(folder), PORTAL, articles, run[0], run[-1], planted=made.keys, shown=made.nights.at)
    figures: dict[str, object] = {
        "nights": len(run),
        "planted": sum(kind.planted for kind in kinds.values()),
        "found": sum(kind.found for kind in kinds.values()),
        "invented": sum(len(kind.invented) for kind in kinds.values()),
        "not_planted": made.short,
        "refused": [night.isoformat() for night in made.nights.refused],
        "empty": [night.isoformat() for night in made.nights.empty],
        "kinds": {name: asdict(kind) for name, kind in kinds.items()},
        "unplanted": {name: getattr(judged, name) for name in ("archived", "missed", "late", "strangers")}
        | {"text_mismatches": [asdict(one) for one in judged.text_mismatches]},
        "verify": "clean" if clean else said,
        "seconds": round(took, 1),
    }
    _show(kinds)
    print(json.dumps(figures, ensure_ascii=False))
    sys.stdout.flush()
    whole = all(kind.found == kind.planted and not kind.invented for kind in kinds.values())
    return ExitCode.GOOD if whole and judged.good and clean else ExitCode.FINDINGS


def _show(kinds: dict[str, PlantResult]) -> None:
    print("| kind | planted | found | invented |")
    print("|---|---:|---:|---:|")
    for name, kind in kinds.items():
        print(f"| {name} | {kind.planted} | {kind.found} | {len(kind.invented)} |")

"""A month with plants: the recorded portal and a second one are run through the nights, and every plant is looked for."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import monotonic

from archive.errors import ExitCode
from archive.storage.paths import Paths
from bench.months.check import judge_month
from bench.months.plants import LOOKBACK_DAYS, OTHER, PORTAL, Nights, Plan, plan
from bench.months.plants_check import PlantResult, judge_plants
from bench.months.recorded_articles import MonthArticle, MonthSite
from bench.runner import new_archive, run_night, verify
from replicas.prose.village_news import past_articles
from replicas.records import TZ, ReplicaArticle
from replicas.serve import ReplicaServer
from replicas.sites.liferay import BacGiang
from replicas.sites.site import SiteRequest, SiteResponse


def plan_month(articles: Sequence[MonthArticle], run: Sequence[date]) -> Plan:
    """Plan the plants and the two nights on which the portal is down: one refuses everything, one finds nothing.

    The first may put off a recheck. The second must not: what answers 404 has had its recheck.
    """
    served = MonthSite(articles).articles
    refused = frozenset(run[len(run) // 3 : len(run) // 3 + 1])
    made = plan(served, Nights(tuple(run), refused))
    for night in run[len(run) // 3 + 1 : -1]:
        other = plan(served, Nights(tuple(run), refused, frozenset([night])))
        if other.plants == made.plants:
            return other
    return made


def planted_month(articles: Sequence[MonthArticle], run: Sequence[date], folder: Path) -> ExitCode:
    """Run the nights, print what came of them as JSON; GOOD when every plant was found and nothing was invented."""
    made = plan_month(articles, run)
    sites = {PORTAL: PlantedSite(articles, made), OTHER: other_site(made)}
    new_archive(folder)
    began = monotonic()
    settings = f"lookback_days = {LOOKBACK_DAYS}\n"
    with ReplicaServer(sites.values()) as server:
        for night in run:
            started = monotonic()
            run_night(night, folder, server.port, (PORTAL, OTHER), jobs=2, settings=settings)
            print(f"{night}  {len(server.log)} requests so far ({monotonic() - started:.1f} s)", file=sys.stderr)
    took = monotonic() - began
    clean, report = verify(folder)
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
        "verify": "clean" if clean else report,
        "seconds": round(took, 1),
    }
    _show(kinds)
    print(json.dumps(figures, ensure_ascii=False), flush=True)
    whole = all(kind.found == kind.planted and not kind.invented for kind in kinds.values())
    return ExitCode.GOOD if whole and judged.good and clean else ExitCode.FINDINGS


def _show(kinds: dict[str, PlantResult]) -> None:
    print("| kind | planted | found | invented |")
    print("|---|---:|---:|---:|")
    for name, kind in kinds.items():
        print(f"| {name} | {kind.planted} | {kind.found} | {len(kind.invented)} |")


class PlantedSite(MonthSite):
    """The portal of the month. It has a front page of its own, and nights on which it is down."""

    def __init__(self, articles: Sequence[MonthArticle], plan: Plan) -> None:
        super().__init__(articles)
        self._nights = plan.nights
        self._listings |= {one.slug: ((topic, self.article_path(one)),) for one, topic in plan.extra}
        for slug in plan.listed_twice:
            topic, path = self._listings[slug][0]
            elsewhere = next(section.title for section in self.sections if section.title != topic)
            twin = f"/web/dng/-/{slug}" if path.startswith("/vi/") else f"/vi/web/dng/-/{slug}"
            self._listings[slug] = ((topic, path), (elsewhere, twin))
        changed = [plan.changed.get(one.slug, one) for one in self.articles]
        self.articles = (*changed, *(one for one, _ in plan.extra))
        self._by_key = {one.key: one for one in self.articles}

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the answer to one request."""
        if request.night in self._nights.refused:
            return SiteResponse(b"down", 503, content_type="text/plain")
        if request.path == "/":
            return SiteResponse(self.render_list(self.sections[0], 1, request).encode())
        if request.night in self._nights.empty and request.path != "/robots.txt":
            return self._notice(request, "Không tìm thấy trang", 404)
        return super().respond(request)


def other_site(plan: Plan) -> BacGiang:
    """Return a second portal: old articles of its own, and what it prints of the first one."""
    last = datetime.combine(plan.nights.run[0] - timedelta(days=2), time(8), TZ)
    own: tuple[ReplicaArticle, ...] = past_articles(BacGiang, 12, last, timedelta(days=1), section="tin_trong_tinh")
    return BacGiang([*own, *plan.elsewhere])

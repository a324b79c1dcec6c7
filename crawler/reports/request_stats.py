"""How the portals were asked, as a part of a night's report in Markdown: what can be shown to a portal that complains."""

from __future__ import annotations

from collections.abc import Callable

from archive.model.records import HostVisit
from crawler.disk_space import format_size
from crawler.reports.night_report import NightReport

__all__ = ["visits_markdown"]

_HEADS = "| host | requests | no answer | bytes | seconds between, p50 | p99 | 429 | 503 | robots.txt |"


def visits_markdown(report: NightReport, safe: Callable[[str], str]) -> list[str]:
    """The section, a row for each host; none where nothing was asked. `safe` keeps words from being markup."""
    rows = [_row(host, visit, safe) for line in report.portals for host, visit in line.hosts]
    if not rows:
        return []
    return ["## How they were asked\n\n" + "\n".join([_HEADS, "|---|--:|--:|--:|--:|--:|--:|--:|---|", *rows])]


def _row(host: str, visit: HostVisit, safe: Callable[[str], str]) -> str:
    spacing = (f"{value:.1f}" if value is not None else "–" for value in (visit.spacing_p50, visit.spacing_p99))
    counts = (str(visit.too_many), str(visit.unavailable))
    cells = (f"`{host}`", str(visit.requests), str(visit.unanswered), format_size(visit.bytes), *spacing, *counts)
    return f"| {' | '.join(cells)} | {safe(visit.robots or '–')} |"

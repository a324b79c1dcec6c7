"""The series of numbered documents and their holes: what the offices' own numbers say of what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.responses import HTMLResponse

from archive.coverage.number_gaps import portals_of
from archive.coverage.number_series import Series
from archive.web.context import BadRequest, PageContext, PageRequest

__all__ = ["documents"]

_SHOWN = 100  # series on a page
_HOLES = 40  # of each series


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series with the portals whose texts name its numbers."""

    series: Series
    portals: list[str]


def documents(desk: PageContext, asked: PageRequest) -> HTMLResponse:
    """Series by series: the first and last number seen, how many of those between no text names, and which."""
    year, issuer, start = (asked.query.get(name, "") for name in ("year", "issuer", "start"))
    if not re.fullmatch(r"([0-9]{4})?", year) or not re.fullmatch(r"[a-z_]{0,80}", issuer):
        raise BadRequest("a year has four digits, an issuer is one of those that the page lists")
    if not re.fullmatch(r"[0-9]{0,5}", start):
        raise BadRequest("`start` is a number")
    with desk.heavy():
        found = desk.numbers.read(desk.archive)
    fitting = [one for one in found.series if year in ("", str(one.since.year)) and issuer in ("", one.issuer)]
    first = int(start or 0)
    rows = [SeriesRow(one, portals_of(one)) for one in fitting[first : first + _SHOWN]]
    return desk.show(
        asked,
        "documents.html",
        rows=rows,
        total=len(fitting),
        missing=sum(one.missing for one in fitting),
        issuers=sorted({one.issuer for one in found.series}),
        years=sorted({one.since.year for one in found.series}),
        told={"year": year, "issuer": issuer},
        following=first + _SHOWN if len(fitting) > first + _SHOWN else None,
        start=first,
        most=_HOLES,
        misfits=found.misfits,
        thin=sum(found.thin.values()),
    )

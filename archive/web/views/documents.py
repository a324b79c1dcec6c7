"""Show the series of numbered documents and their gaps."""

from __future__ import annotations

import re

from starlette.responses import HTMLResponse

from archive.coverage.number_gaps import portals_of
from archive.messages.reason import Reason
from archive.web.context import PageContext, PageRequest, check_request

_SHOWN = 100  # series on a page
_HOLES = 40  # of each series


def documents(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show each series: the first and last number named, and the numbers between them that no text names."""
    year, issuer, start = (request.query.get(name, "") for name in ("year", "issuer", "start"))
    check_request(
        re.fullmatch(r"([0-9]{4})?", year) and re.fullmatch(r"[a-z_]{0,80}", issuer), Reason.of("form_year_issuer")
    )
    check_request(re.fullmatch(r"[0-9]{0,5}", start), Reason.of("form_start"))
    with context.heavy():
        found = context.numbers.read(context.archive)
    fitting = [one for one in found.series if year in ("", str(one.since.year)) and issuer in ("", one.issuer)]
    first = int(start or 0)
    rows = [(one, portals_of(one)) for one in fitting[first : first + _SHOWN]]
    return context.show(
        request,
        "documents.html",
        rows=rows,
        total=len(fitting),
        missing=sum(one.missing for one in fitting),
        issuers=sorted({one.issuer for one in found.series}),
        years=sorted({one.since.year for one in found.series}),
        filters={"year": year, "issuer": issuer},
        following=first + _SHOWN if len(fitting) > first + _SHOWN else None,
        start=first,
        most=_HOLES,
        misfits=found.misfits,
        thin=sum(found.thin.values()),
    )

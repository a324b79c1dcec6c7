"""Show a search form and its hits: the query of `python -m archive search`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.responses import HTMLResponse

from archive.errors import UsageError
from archive.messages.reason import Reason
from archive.search.engine import Order, SearchIndex
from archive.search.query import EVENTS, Query, parse
from archive.search.results import HitPage, search
from archive.web.context import SECONDS, PageContext, PageRequest
from archive.web.urls import Links
from vietnam.provinces import PROVINCES, Status

_HITS = 20
_PAGES = 50
"""The last page that can be turned to; more hits are on the command line."""

_LONGEST = 300
_FILTERS = ("province", "portal", "event")


def find(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show the form and the hits; an invalid query is answered with 400 and the right form of it."""
    form = {name: value.strip()[:_LONGEST] for name, value in request.query.items()}
    trouble, results, number = None, None, 1
    try:
        number = _page(form.get("page", ""))
        query = _query(form)
        if query is not None:
            with context.heavy():
                results = _search(context, query, form, number)
    except UsageError as error:
        trouble = Reason.of_error(error)
    with context.reading() as queries:
        portals = queries.coverage.portals()
    return context.show(
        request,
        "search.html",
        400 if trouble else 200,
        form={
            name: form.get(name, "") for name in ("q", *_FILTERS, "since", "until", "sort", "exact", "versions", "one")
        },
        results=results,
        trouble=trouble,
        number=number,
        start=(number - 1) * _HITS + 1,
        following=_turned(request, form, number + 1) if results and results.more and number < _PAGES else "",
        earlier=_turned(request, form, number - 1) if number > 1 else "",
        provinces=sorted((known for known in PROVINCES.values()), key=lambda known: (known.status, known.slug)),
        merged=Status.MERGED,
        portals=portals,
        events=[event.value for event in EVENTS],
        orders=[order.value for order in Order],
    )


def _page(text: str) -> int:
    if not text:
        return 1
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= _PAGES:
        raise UsageError(Reason.of("form_hits", most=_PAGES))
    return int(text)


def _query(form: Mapping[str, str]) -> Query | None:
    """Return the query; None for an empty form. Raises UsageError with the right form."""
    options = [(name, form[name]) for name in _FILTERS if form.get(name)]
    since, until = form.get("since", ""), form.get("until", "")
    if since or until:
        options.append(("published", f"{since}..{until}"))
    line = form.get("q", "")
    if not line and not options:
        return None
    return parse(line, options=options, exact=form.get("exact") == "1", all_versions=form.get("versions") == "1")


def _search(context: PageContext, query: Query, form: Mapping[str, str], number: int) -> HitPage:
    order = form.get("sort") or Order.BEST.value
    if order not in [known.value for known in Order]:
        raise UsageError(Reason.of("form_sort"))
    with SearchIndex.of(context.archive, SECONDS) as words:
        return search(
            context.archive,
            words,
            query,
            order=Order(order),
            limit=_HITS,
            offset=(number - 1) * _HITS,
            one_per_cluster=form.get("one") == "1",
        )


def _turned(request: PageRequest, form: Mapping[str, str], number: int) -> str:
    others: dict[str, object] = {name: value for name, value in form.items() if name != "page"}
    return Links(request.language).search(**others, page=number)

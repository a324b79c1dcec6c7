"""Finding texts by their words: the question of `python -m archive search` with a form around it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.responses import HTMLResponse

from archive.errors import UsageError
from archive.search.engine import Order, SearchIndex
from archive.search.query import EVENTS, Query, parse
from archive.search.results import HitPage, search
from archive.web.context import SECONDS, PageContext, PageRequest
from archive.web.urls import Links
from vietnam.provinces import PROVINCES, Status

__all__ = ["find"]

_HITS = 20
_PAGES = 50
"""The last page that can be turned to: whoever wants more narrows the question or asks on the command line."""

_LONGEST = 300
_FILTERS = ("province", "portal", "event")


def find(desk: PageContext, asked: PageRequest) -> HTMLResponse:
    """The form, and what was found; a question that is none is answered with 400 and what to write instead."""
    told = {name: value.strip()[:_LONGEST] for name, value in asked.query.items()}
    trouble, answer, number = "", None, 1
    try:
        number = _page(told.get("page", ""))
        query = _query(told)
        if query is not None:
            with desk.heavy():
                answer = _search(desk, query, told, number)
    except UsageError as error:
        trouble = str(error)
    with desk.reading() as queries:
        portals = queries.coverage.portals()
    return desk.show(
        asked,
        "search.html",
        400 if trouble else 200,
        told={
            name: told.get(name, "") for name in ("q", *_FILTERS, "since", "until", "sort", "exact", "versions", "one")
        },
        answer=answer,
        trouble=trouble,
        number=number,
        start=(number - 1) * _HITS + 1,
        following=_turned(asked, told, number + 1) if answer and answer.more and number < _PAGES else "",
        earlier=_turned(asked, told, number - 1) if number > 1 else "",
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
        raise UsageError(f"a page of hits is one of 1 to {_PAGES}; narrow the question to see the others")
    return int(text)


def _query(told: Mapping[str, str]) -> Query | None:
    """What was asked for; None where nothing was. Raises UsageError with what to write instead."""
    options = [(name, told[name]) for name in _FILTERS if told.get(name)]
    since, until = told.get("since", ""), told.get("until", "")
    if since or until:
        options.append(("published", f"{since}..{until}"))
    line = told.get("q", "")
    if not line and not options:
        return None
    return parse(line, options=options, exact=told.get("exact") == "1", all_versions=told.get("versions") == "1")


def _search(desk: PageContext, query: Query, told: Mapping[str, str], number: int) -> HitPage:
    order = told.get("sort") or Order.BEST.value
    if order not in [known.value for known in Order]:
        raise UsageError("texts are sorted by best, newest or oldest")
    with SearchIndex.of(desk.archive, SECONDS) as words:
        return search(
            desk.archive,
            words,
            query,
            order=Order(order),
            limit=_HITS,
            offset=(number - 1) * _HITS,
            one_per_cluster=told.get("one") == "1",
        )


def _turned(asked: PageRequest, told: Mapping[str, str], number: int) -> str:
    kept: dict[str, object] = {name: value for name, value in told.items() if name != "page"}
    return Links(asked.language).search(**kept, page=number)

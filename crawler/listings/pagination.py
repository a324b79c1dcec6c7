"""Find the way from a list page to the next one in the page's own links."""

from __future__ import annotations

import re
from collections.abc import Callable

from parsel import Selector

from crawler.downloader.state_links import changes_state
from crawler.urls import absolute, host_of, parameters, with_parameter, without_parameter
from pipelines.html.addresses import split_address
from vietnam.letters import fold

_NEXT = frozenset({"tiếp", "tiếp theo", "sau", "trang sau", "trang tiếp", "trang kế", "kế tiếp", "next", ""})
_ARROWS = " \u00a0»›>→."


def attribute(element: Selector, name: str, default: str = "") -> str:
    """Return the value of an element's attribute.

    Parsel's own `attrib` reads the names of all of them, and raises ValueError for one with a control character.
    """
    value: str = element.root.get(name, default)
    return value


def number_of(digits: str) -> int | None:
    """Return the number that a page counts by; None for other words and for more than 18 digits.

    Python raises ValueError for a number of more than 4,300 digits.
    """
    return int(digits) if digits.isdecimal() and len(digits) <= 18 else None


def next_by_parameter(pager: Selector | None, base: str, number: int, counts: Callable[[str], bool]) -> str | None:
    """Return the next page by links whose query has the page's number; None when no link leads past page `number`.

    `counts` recognises the name of the counting parameter. All other parameters of the link stay. The number is counted
    up by one whatever the link has: a shown number may be the edge of a window, and "next" may skip a whole window.
    """
    best: tuple[int, str, str] | None = None
    for link in pager.css("a[href]") if pager else ():
        url = absolute(base, attribute(link, "href"))
        if url is None or host_of(url) != host_of(base) or changes_state(url):
            continue
        for name, value in parameters(split_address(url).query):
            if counts(name) and (shown := number_of(value)) is not None and shown > number:
                rank = 0 if _word(link) in _NEXT else shown - number
                if best is None or rank < best[0]:
                    best = (rank, url, name)
    if best is None:
        return None
    return without_parameter(with_parameter(best[1], best[2], str(number + 1)), "p_auth")


def next_by_number(pager: Selector | None, base: str, number: int, counted: re.Pattern[str]) -> str | None:
    """Return the next page by links whose address has the page's number, in its path or anywhere; None at the last page.

    `counted` matches the number as its group `number`. The nearest link past page `number` is counted down to the page
    after it: a shown number may be the edge of a window.
    """
    best: tuple[int, str] | None = None
    for href in pager.css("a::attr(href)").getall() if pager else ():
        url = absolute(base, href)
        own = url is not None and host_of(url) == host_of(base) and not changes_state(url)
        found = counted.search(url) if url and own else None
        shown = number_of(found["number"]) if found else None
        if url is None or found is None or shown is None or shown <= number:
            continue
        if best is None or shown < best[0]:
            start, end = found.span("number")
            best = shown, f"{url[:start]}{number + 1}{url[end:]}"
    return best[1] if best else None


def has_postback(pager: Selector | None, number: int) -> bool:
    """Return whether the pager offers the next page by script only (ASP.NET's `__doPostBack`)."""
    return any(
        "__doPostBack" in attribute(link, "href") and (_word(link) == str(number + 1) or _word(link) in _NEXT - {""})
        for link in (pager.css("a[href]") if pager else ())
    )


def _word(link: Selector) -> str:
    return fold("".join(link.xpath(".//text()").getall())).strip(_ARROWS)

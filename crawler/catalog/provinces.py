"""Make the table of the 34 provinces: what portal each of them has here, how sure it is, and what machines can read of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from crawler.catalog.overview import Overview, overview
from crawler.portal import PortalSpider, Sure
from crawler.urls import host_of
from vietnam.provinces import PROVINCES, Province, Status, predecessors

NONE = "none"
_BLOCK = re.compile(r"(<!-- provinces: .*?-->\n).*?(<!-- end of provinces -->)", re.DOTALL)


def own_portal(province: Province, portals: Mapping[str, type[PortalSpider]]) -> type[PortalSpider] | None:
    """Return the portal at a province's own domain, None where none is declared."""
    return next((each for each in portals.values() if is_own(each, province)), None)


def is_own(portal: type[PortalSpider], province: Province) -> bool:
    """Return whether a portal's home is the province's own domain, with or without `www.`, and not a host below it."""
    return host_of(portal.home).removeprefix("www.") == province.domain


def provinces_of_today() -> Iterator[Province]:
    """Yield the 34 provinces and cities in the order of provinces.csv."""
    return (province for province in PROVINCES.values() if province.status is Status.CURRENT)


def province_table(portals: Mapping[str, type[PortalSpider]]) -> list[str]:
    """Return the lines of the table: a row for each province, also for one of which no portal is declared."""
    rows = [_row(province, portals) for province in provinces_of_today()]
    count = sum(own_portal(province, portals) is not None for province in provinces_of_today())
    return [
        f"A portal is declared for {count} of the {len(rows)} provinces and cities. Under *before July 2025* stand those that were merged "
        "into them, under *others* the portals of their offices. *For machines* are the feeds and interfaces that the spider asks: "
        "they are as sure as the rest of its row.",
        "",
        "| province | portal | family | known | for machines | before July 2025 | others |",
        "|---|---|---|---|---|---|---|",
        *rows,
    ]


def _row(province: Province, portals: Mapping[str, type[PortalSpider]]) -> str:
    portal = own_portal(province, portals)
    seen: Overview | None = overview(portal) if portal is not None else None
    before = [f"{each.name} ({_name(own_portal(each, portals))})" for each in predecessors(province.slug)]
    others = [each for each in portals.values() if each.province == province.slug and each is not portal]
    cells = (
        f"{province.name}<br>{province.domain}",
        _name(portal),
        seen.family if seen else "",
        seen.known if seen else "",
        "<br>".join(seen.endpoints) if seen else "",
        ", ".join(before),
        ", ".join(_name(each) for each in others),
    )
    return f"| {' | '.join(cells)} |"


def _name(portal: type[PortalSpider] | None) -> str:
    return f"`{portal.name}`" if portal is not None else NONE


def with_provinces(text: str, portals: Mapping[str, type[PortalSpider]]) -> str:
    """Return a README whose block between the marks says of each province how sure its portal is."""
    named: dict[str, list[str]] = {word: [] for word in (*(sure.value for sure in Sure), NONE)}
    for province in provinces_of_today():
        portal = own_portal(province, portals)
        named[portal.sure.value if portal is not None else NONE].append(province.name)
    lines = "".join(f"- `{word}` ({len(names)}): {', '.join(names)}\n" for word, names in named.items() if names)
    return _BLOCK.sub(lambda found: f"{found[1]}{lines}{found[2]}", text)

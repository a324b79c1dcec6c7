"""Choose the hosts of an evening: a province's home page, and the portal that is declared for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archive.errors import UsageError
from crawler.catalog.provinces import own_portal
from crawler.portal import PortalSpider, unfinished
from crawler.probe.result import name_for
from crawler.urls import host_of
from vietnam.provinces import PROVINCES, Province, UnknownProvince, find_province


@dataclass(frozen=True, slots=True)
class ProvinceHost:
    """A province's host to be asked, with the portal that is declared for it; None where there is none."""

    province: Province
    portal: type[PortalSpider] | None = None

    @property
    def name(self) -> str:
        """The portal's name, or the one that a spider for this host would have."""
        return self.portal.name if self.portal else name_for(self.province.domain)

    @property
    def host(self) -> str:
        """The host of the home page: the portal's own where one is declared."""
        return host_of(self.portal.home) if self.portal else self.province.domain

    def ways(self) -> tuple[str, str, str]:
        """Return addresses of the home page: the first one that is tried, with or without `www.` instead, by http."""
        bare = self.host.removeprefix("www.")
        other = bare if self.host != bare else f"www.{bare}"
        return f"https://{self.host}/", f"https://{other}/", f"http://{self.host}/"


def province_hosts(names: Iterable[str], known: Mapping[str, type[PortalSpider]]) -> list[ProvinceHost]:
    """Return the hosts of the named provinces, or of all: the 34 of today, then their predecessors.

    A name is a slug, a name with or without diacritics, a portal's name or a host. `known` are the declared portals by name.

    Raises:
        UsageError: A name is no province's; one line with the closest slugs.
    """
    finished = {name: portal for name, portal in known.items() if not unfinished(portal)}
    try:
        chosen = [find_province(name) for name in names] or list(PROVINCES.values())
    except UnknownProvince as error:
        raise UsageError(str(error)) from None
    return [ProvinceHost(each, own_portal(each, finished)) for each in dict.fromkeys(chosen)]

"""The portals of this checkout as the nights see them: which there are, which are scheduled, which share a host."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from archive.errors import UsageError
from archive.records import Kind
from crawler.nightsettings import NightSettings, close_match
from crawler.portal import PortalSpider, Sure, own_hosts

__all__ = ["Portal", "addresses", "chosen", "load_portals", "province_of", "why_skipped"]


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal's name, how well it is known, the hosts it asks, and its province (a slug)."""

    name: str
    title: str
    hosts: frozenset[str]
    sure: Sure
    province: str | None = None


def load_portals() -> dict[str, Portal]:
    """Every spider of `crawler.spiders`, by name. Raises DeclarationError for one that is declared wrongly."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    loader = SpiderLoader.from_settings(settings)
    portals = {}
    for name in sorted(loader.list()):
        spider = loader.load(name)
        if issubclass(spider, PortalSpider):
            portals[name] = Portal(name, spider.title, own_hosts(spider), spider.sure, spider.province)
    return portals


def province_of(name: str) -> str | None:
    """The province (slug) of a portal; None for one of no province, or one that is no longer declared."""
    portal = load_portals().get(name)
    return portal.province if portal else None


def chosen(names: Iterable[str], portals: dict[str, Portal]) -> list[str]:
    """The named portals, each once, in the order given. Raises UsageError for a name that is none."""
    for name in names:
        if name not in portals:
            raise UsageError(f"unknown portal `{name}`; {close_match(name, list(portals))}")
    return list(dict.fromkeys(names))


def why_skipped(portal: Portal, settings: NightSettings, kind: Kind) -> str | None:
    """Why a portal is not on the schedule, None when it is. Rehearsals take every portal that is not switched off."""
    if not settings.portal(portal.name).enabled:
        return "switched off in nights.toml"
    if kind is Kind.LIVE and portal.sure is Sure.INFERRED:
        return "known only by inference: its pages have to be checked before it goes on the schedule"
    return None


def addresses(hosts: Iterable[str], resolve: Callable[[str], frozenset[str]] | None = None) -> frozenset[str]:
    """The hosts and the IP addresses they have now; a host that does not resolve stands for itself."""
    found: set[str] = set()
    for host in hosts:
        found.add(host)
        with contextlib.suppress(OSError):
            found |= (resolve or _resolve)(host)
    return frozenset(found)


def _resolve(host: str) -> frozenset[str]:
    return frozenset(str(info[4][0]) for info in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM))

"""The portals of this checkout for the nights: their hosts and addresses, and the ones off the schedule."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from archive.errors import UsageError, did_you_mean
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from crawler.catalog.check_results import declaration, last_check
from crawler.portal import PortalSpider, Sure, own_hosts
from crawler.verdicts.decommissioned import dissolution

if TYPE_CHECKING:
    from crawler.config.settings_file import NightSettings


@dataclass(frozen=True, slots=True)
class PortalInfo:
    """One portal. `hosts` are those that it requests, `province` is a slug, `declared` the digest of its declaration.

    `dissolved` is the day since which its file declares it dissolved.
    """

    name: str
    title: str
    hosts: frozenset[str]
    sure: Sure
    province: str | None = None
    declared: str = ""
    dissolved: date | None = None


def load_portals() -> dict[str, PortalInfo]:
    """Return every portal of `crawler.spiders` by name. Raises DeclarationError for a wrong declaration."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    loader = SpiderLoader.from_settings(settings)
    portals = {}
    for name in sorted(loader.list()):
        spider = loader.load(name)
        if issubclass(spider, PortalSpider):
            portals[name] = portal_of(spider)
    return portals


def portal_of(spider: type[PortalSpider]) -> PortalInfo:
    """Return what the nights need of a spider's class."""
    declared = declaration(spider)
    return PortalInfo(
        spider.name, spider.title, own_hosts(spider), spider.sure, spider.province, declared, spider.dissolved
    )


def province_of(name: str) -> str | None:
    """Return the province (slug) of a portal; None for one of no province, or one that is no longer declared."""
    portal = load_portals().get(name)
    return portal.province if portal else None


def dissolved_by(name: str, night: date) -> Reason | None:
    """Return why a portal may be gone by this night, in words; None when it was not dissolved or is no longer declared."""
    portal = load_portals().get(name)
    return dissolution(portal.province, portal.dissolved, night) if portal else None


def chosen(names: Iterable[str], portals: dict[str, PortalInfo]) -> list[str]:
    """Return the named portals, each once, in the order given. Raises UsageError for an unknown name."""
    for name in names:
        if name not in portals:
            raise UsageError(f"unknown portal `{name}`; {did_you_mean(name, portals)}")
    return list(dict.fromkeys(names))


def why_skipped(portal: PortalInfo, settings: NightSettings, kind: ArchiveKind) -> Reason | None:
    """Return why a portal is not on the schedule, or None when it is. Rehearsals take every portal that is enabled.

    A portal that is only inferred is on it once a check of its present declaration has passed on the live portal.
    """
    if not settings.portal(portal.name).enabled:
        return Reason.of("switched_off")
    if kind is ArchiveKind.LIVE and portal.sure is Sure.INFERRED:
        return _unchecked(portal, settings)
    return None


def _unchecked(portal: PortalInfo, settings: NightSettings) -> Reason | None:
    checked = last_check(settings.checks, portal.name, ArchiveKind.LIVE)
    if checked is None:
        return Reason.of("inferred_unchecked", portal=portal.name)
    if checked.declared != portal.declared:
        return Reason.of("inferred_changed", portal=portal.name)
    if checked.passed_at is None:
        return Reason.of("inferred_failed", day=checked.checked_at.date(), portal=portal.name)
    return None


def addresses(hosts: Iterable[str], resolve: Callable[[str], frozenset[str]] | None = None) -> frozenset[str]:
    """Return the hosts and their present IP addresses. A host that does not resolve stands for itself."""
    found: set[str] = set()
    for host in hosts:
        found.add(host)
        with contextlib.suppress(OSError):
            found |= (resolve or _resolve)(host)
    return frozenset(found)


def _resolve(host: str) -> frozenset[str]:
    return frozenset(str(info[4][0]) for info in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM))

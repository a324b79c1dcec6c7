"""Each portal and family at a glance, for `scrapy list -v` and the tables in docs/reference. Pure."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

import crawler.families
from archive.errors import UsageError, did_you_mean
from crawler.families.declared import DeclaredSpider
from crawler.listings.html_list import ListShape
from crawler.listings.listing import SectionKind, address_of
from crawler.portal import PortalSpider, Sure, refuse_unfinished, unfinished
from vietnam.provinces import province, successor

_BASIS = re.compile(r"^ {4}sure = Sure\.[A-Z]+  # (.+)$", re.MULTILINE)
_TLS = {"level1": "old ciphers are accepted (level1)", "unverified": "the certificate is not verified"}
_SOME_DAY = date(2026, 12, 31)  # stands for any in the address of an archive of a day
_USUAL_DELAY = PortalSpider.delay


@dataclass(frozen=True, slots=True)
class Overview:
    """One portal in words. `province` includes its successor, `basis` is the source of the certainty, as in its file.

    `endpoints` are the addresses by which its software lists articles for machines, as `endpoints` returns them.
    `exceptions` are those from TLS and the usual pause, `end` is where it moved or since when it is dissolved, `unfinished`
    are the attributes that are still TODO.
    """

    name: str
    title: str
    home: str
    family: str
    province: str
    sections: tuple[str, ...]
    sure: Sure
    inferred: tuple[str, ...]
    basis: str
    exceptions: tuple[str, ...]
    end: str
    unfinished: tuple[str, ...]
    endpoints: tuple[str, ...] = ()

    @property
    def known(self) -> str:
        """The certainty of the declaration, and the statements of it that are only inferred."""
        if self.unfinished:
            return f"to be written: {', '.join(self.unfinished)}"
        head = self.sure.value if self.sure is Sure.INFERRED else f"{self.sure.value}; inferred"
        return f"{head}: {', '.join(self.inferred)}" if self.inferred else self.sure.value


def spiders(settings: BaseSettings) -> dict[str, type[PortalSpider]]:
    """Return the portals of the settings' spider modules by name. Raises DeclarationError for a wrong declaration."""
    loader = get_spider_loader(settings)
    found = {name: loader.load(name) for name in sorted(loader.list())}
    return {name: spider for name, spider in found.items() if issubclass(spider, PortalSpider)}


def portal_named(name: str, known: Mapping[str, type[PortalSpider]]) -> type[PortalSpider]:
    """Return the portal of this name. Raises UsageError for an unknown name and for an unfinished portal."""
    if name not in known:
        raise UsageError(f"unknown portal `{name}`; {did_you_mean(name, known)}")
    refuse_unfinished(known[name])
    return known[name]


def families() -> Mapping[str, type[PortalSpider]]:
    """Return the family of each module of `crawler.families`, by the module's name, which is also that of its template."""
    found: dict[str, type[PortalSpider]] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(crawler.families.__path__)):
        loaded = import_module(f"crawler.families.{module}")
        for each in vars(loaded).values():
            if isinstance(each, type) and issubclass(each, PortalSpider) and each.__module__ == loaded.__name__:
                found[module] = each
    return found


def family_of(portal: type[PortalSpider]) -> str:
    """Return the module name of the family that a portal derives from."""
    base = next(each for each in portal.__mro__ if issubclass(each, PortalSpider) and each.__dict__.get("family"))
    return base.__module__.rpartition(".")[2]


def list_shapes(portal: type[PortalSpider]) -> tuple[ListShape, ...]:
    """Return the selectors of lists in the module of a portal or its family; none for a family of interfaces."""
    if issubclass(portal, DeclaredSpider):
        structure = portal.structure
        return (ListShape("", structure.pager, structure.links, structure.entry, structure.day),)
    modules = dict.fromkeys(each.__module__ for each in portal.__mro__ if issubclass(each, PortalSpider))
    held = ([value for value in vars(import_module(name)).values() if isinstance(value, ListShape)] for name in modules)
    return tuple(next(filter(None, held), ()))


def overview(portal: type[PortalSpider]) -> Overview:
    """Return what a portal's class declares, in words."""
    exceptions = [_TLS[portal.tls]] if portal.tls in _TLS else []
    if portal.delay != _USUAL_DELAY:
        exceptions.append(f"{portal.delay:g} s between requests")
    return Overview(
        name=portal.name,
        title=portal.title,
        home=portal.home,
        family=portal.family,
        province=province_in_words(portal.province),
        sections=tuple(section.name for section in portal.sections),
        sure=portal.sure,
        inferred=portal.inferred,
        basis=_basis(portal),
        exceptions=tuple(exceptions),
        end=_end(portal),
        unfinished=unfinished(portal),
        endpoints=endpoints(portal),
    )


def endpoints(portal: type[PortalSpider]) -> tuple[str, ...]:
    """Return in words the feeds, sitemaps and interfaces that lists are read from, and the witnesses beside them."""
    found: dict[str, None] = {}
    for section in portal.sections:
        way = portal.first_page(section)
        if section.kind is not SectionKind.PAGES:
            found[f"{section.kind.value} {address_of(way)}"] = None
        elif not isinstance(way, str):
            found[f"{way.method} {way.url.partition('?')[0]}"] = None
    if portal.list_interface:
        method, _, path = portal.list_interface.partition(" ")
        found[f"{method} {portal.home}{path}"] = None
    for witness in portal.witnesses(_SOME_DAY):
        day = f"{_SOME_DAY:%d-%m-%Y}"
        found[f"day {witness.url.replace(day, 'DD-MM-YYYY')}" if witness.day else f"feed {witness.url}"] = None
    return tuple(found)


def _end(portal: type[PortalSpider]) -> str:
    """Return the end that the portal's file declares, or an empty string."""
    ends = [f"sends on to {', '.join(portal.moved_to)}"] if portal.moved_to else []
    return "; ".join([*ends, *([f"dissolved on {portal.dissolved}"] if portal.dissolved else [])])


def province_in_words(slug: str | None) -> str:
    """Return a province's name, for a merged one also its successor's; empty for none."""
    if slug is None:
        return ""
    known, today = province(slug), successor(slug)
    return known.name if known is today else f"{known.name}, part of {today.name} since {known.since}"


def _basis(portal: type[PortalSpider]) -> str:
    """Return the comment behind `sure` in the portal's file, or an empty string."""
    try:
        found = _BASIS.search(inspect.getsource(portal))
    except OSError:  # a class that was made in memory
        return ""
    return found[1] if found else ""

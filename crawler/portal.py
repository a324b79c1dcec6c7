"""Declare a portal's spider; the declaration is checked when its class is made.

A family base is made with ``class VHVSpider(PortalSpider, family="VHV")`` and brings the layouts, the article key and
the reading of lists. A portal is a subclass of a family and nothing but class attributes.
"""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from archive.errors import UsageError
from crawler.downloader import guard
from crawler.listings.listing import Section
from crawler.spider.crawl import PortalCrawler
from pipelines.article import Layout
from vietnam.provinces import PROVINCES, is_commune_host, province_of_host

# Two separate exceptions: `level1` admits old ciphers and still verifies, `unverified` only skips the certificate. A
# portal that needs both shows as unreachable, with the reason, before a person decides to trust it blindly.
TLS = ("plain", "level1", "unverified")
STATEMENTS = ("home", "sections", "list", "paging", "key", "layout")

_HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+")
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_SECTION = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Sure(StrEnum):
    """Say how well lists, key and layout are known; the weakest of them decides.

    No live page has confirmed any of it, so nothing is called verified.
    """

    RECORDED = "recorded"  # pages, texts or rows of this portal were recorded
    DESCRIBED = "described"  # a public source names its addresses and selectors
    INFERRED = "inferred"  # addresses, one text or the family's likeness


class DeclarationError(TypeError):
    """A spider's class says too little, too much or the wrong thing; the message names the attribute."""


class PortalSpider(PortalCrawler):
    """Crawl one portal. Attributes without a default must be declared; names are final once a night was archived."""

    family: ClassVar[str] = ""
    layouts: ClassVar[tuple[Layout, ...]] = ()
    marks: ClassVar[tuple[FamilyMark, ...]] = ()

    name: str
    title: str
    province: str | None
    home: str
    sections: tuple[Section, ...]
    sure: Sure
    inferred: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    file_hosts: tuple[str, ...] = ()
    feed: str = ""
    moved_to: tuple[str, ...] = ()
    dissolved: date | None = None
    delay: float = 2.0
    tls: str = "plain"
    render: bool = False
    first_walk_days: int = 30
    recheck_days: tuple[int, ...] = (1, 2, 4, 7, 14, 30)
    gone_after: int = 14
    labels: tuple[str, ...] = ()

    def __init_subclass__(cls, family: str | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if family is not None:
            cls.family = family
            _check_family(cls)
        else:
            _check_portal(cls)


def own_hosts(portal: type[PortalSpider] | PortalSpider) -> frozenset[str]:
    """Return a portal's own hosts without replica suffix: its home's with and without `www.`, and those it declares."""
    return guard.own_hosts(portal.home, portal.hosts)


def _check_family(cls: type[PortalSpider]) -> None:
    if not cls.layouts or not _is_tuple_of(cls.layouts, Layout):
        raise DeclarationError(f"{cls.__name__}: a family needs `layouts`, a tuple of Layout, newest first")
    if not _is_tuple_of(cls.marks, FamilyMark):
        raise DeclarationError(f"{cls.__name__}: a family's `marks` should be a tuple of Mark")
    for method in ("article_key", "read_listing"):
        if getattr(cls, method).__func__ is getattr(PortalCrawler, method).__func__:
            raise DeclarationError(f"{cls.__name__}: a family needs its own `{method}`")


def _check_portal(cls: type[PortalSpider]) -> None:
    name = cls.__dict__.get("name")
    who = name if isinstance(name, str) and name else cls.__name__
    if not cls.family:
        raise DeclarationError(f"{who}: derive the class from a family in crawler.families, not from PortalSpider")
    _check_known(cls, who)
    for attribute, (expected, fits) in _RULES.items():
        if not hasattr(cls, attribute) or (attribute == "name" and name is None):
            raise DeclarationError(f"{who}: attribute `{attribute}` is missing")
        value = getattr(cls, attribute)
        if not fits(value):
            raise DeclarationError(f"{who}: attribute `{attribute}` should be {expected}, found {_shown(value)}")
    _check_province(cls, who)
    _check_sections(cls, who)
    _check_names(cls, who)


def _check_known(cls: type[PortalSpider], who: str) -> None:
    """Refuse a public attribute that is neither a declaration nor an override of something the bases have."""
    inherited = {name for base in cls.__mro__[1:] if issubclass(base, PortalSpider) for name in vars(base)}
    known = sorted(name for name in {*_RULES, *inherited} if not name.startswith("_") and name != "family")
    for attribute in [*vars(cls), *inspect.get_annotations(cls)]:
        if attribute.startswith("_") or attribute in known:
            continue
        close = difflib.get_close_matches(attribute, known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else f"a portal declares {', '.join(_RULES)}"
        raise DeclarationError(f"{who}: unknown attribute `{attribute}`; {hint}")


def _check_province(cls: type[PortalSpider], who: str) -> None:
    """Refuse the portal of a commune as that of the former province whose name it bears."""
    host = cls.home.removeprefix("https://")
    below = province_of_host(host)
    if below is not None and is_commune_host(host) and cls.province not in (None, below.slug):
        raise DeclarationError(f"{who}: attribute `province` should be {below.slug}: {host} is a commune's")


def _check_sections(cls: type[PortalSpider], who: str) -> None:
    names = [section.name for section in cls.sections]
    for section in cls.sections:
        at = f"{who}: attribute `sections`: name {section.name!r}"
        if not _SECTION.fullmatch(section.name):
            raise DeclarationError(f"{at} should have only a-z, 0-9 and single hyphens")
        if not section.path.startswith("/"):
            raise DeclarationError(f"{at} has a path that should begin with /, found {section.path!r}")
        if names.count(section.name) > 1:
            raise DeclarationError(f"{at} stands twice")


def _check_names(cls: type[PortalSpider], who: str) -> None:
    camel = "".join(part.capitalize() for part in cls.name.split("_"))
    if cls.__name__ != camel:
        raise DeclarationError(f"{who}: attribute `name` asks for a class called {camel}, found {cls.__name__}")
    module = cls.__module__.rpartition(".")[2]
    if cls.__module__.startswith("crawler.spiders.") and module != cls.name:
        raise DeclarationError(f"{who}: attribute `name` asks for a file called {cls.name}.py, found {module}.py")


def _is_tuple_of(value: object, kind: type) -> bool:
    return isinstance(value, tuple) and all(isinstance(part, kind) for part in value)


def _is_number(value: object, least: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and least <= value < float("inf")


def _is_days(value: object) -> bool:
    return isinstance(value, int) and _is_number(value, 1)


def _is_rising(value: object) -> bool:
    return isinstance(value, tuple) and all(map(_is_days, value)) and list(value) == sorted(set(value))


def _is_home(value: object) -> bool:
    return isinstance(value, str) and value.startswith("https://") and bool(_HOST.fullmatch(value[8:]))


def _shown(value: object) -> str:
    shown = repr(value)
    return f"{type(value).__name__} {shown if len(shown) <= 60 else shown[:57] + '...'}"


_RULES: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "name": ("a name of a-z, 0-9 and _", lambda v: isinstance(v, str) and bool(_NAME.fullmatch(v))),
    "title": ("the portal's name, a str", lambda v: isinstance(v, str) and bool(v.strip())),
    "province": ("a slug of provinces.csv or None", lambda v: v is None or (isinstance(v, str) and v in PROVINCES)),
    "home": ("https://host without a slash at the end", _is_home),
    "sections": ("a tuple of Section with at least one", lambda v: bool(v) and _is_tuple_of(v, Section)),
    "sure": ("Sure.RECORDED, Sure.DESCRIBED or Sure.INFERRED", lambda v: isinstance(v, Sure)),
    "inferred": (f"a tuple of {', '.join(STATEMENTS)}", lambda v: _is_tuple_of(v, str) and set(v) <= set(STATEMENTS)),
    "hosts": ("a tuple of host names", lambda v: _is_tuple_of(v, str) and all(map(_HOST.fullmatch, v))),
    "file_hosts": (
        "a tuple of host names, `{domain}` for the province's",
        lambda v: _is_tuple_of(v, str) and all(_HOST.fullmatch(host.replace("{domain}", "a.vn")) for host in v),
    ),
    "moved_to": (
        "a tuple of host names, none of them a commune's",
        lambda v: _is_tuple_of(v, str) and all(_HOST.fullmatch(host) and not is_commune_host(host) for host in v),
    ),
    "feed": ("the path of a feed, or empty", lambda v: isinstance(v, str) and (not v or v.startswith("/"))),
    "dissolved": ("a date or None", lambda v: v is None or type(v) is date),
    "delay": ("a number of seconds", lambda v: _is_number(v, 0)),
    "tls": (f"one of {', '.join(TLS)}", lambda v: isinstance(v, str) and v in TLS),
    "render": ("True or False", lambda v: isinstance(v, bool)),
    "first_walk_days": ("a whole number of days from 1", _is_days),
    "recheck_days": ("a tuple of days in rising order", _is_rising),
    "gone_after": ("a whole number of days from 1", _is_days),
    "labels": ("a tuple of lines", lambda v: _is_tuple_of(v, str)),
    "layouts": ("a tuple of Layout, newest first", lambda v: bool(v) and _is_tuple_of(v, Layout)),
}


class MarkKind(StrEnum):
    """Name the place where a mark is searched."""

    ADDRESS = "address"  # pattern: a regular expression in any address the page names (links, pictures, scripts, forms)
    SELECTOR = "selector"  # pattern: a CSS selector that matches
    GENERATOR = "generator"  # pattern: a regular expression in meta[name=generator]
    SCRIPT = "script"  # pattern: a regular expression in the text of a script of the page
    TITLE = "title"  # pattern: a regular expression in the text of the title element
    HEADER = "header"  # pattern: a regular expression in a line `name: value` of the response's headers
    COOKIE = "cookie"  # pattern: a regular expression that is the whole name of a cookie the response sets


@dataclass(frozen=True, slots=True)
class FamilyMark:
    """Recognise a family. `weight`: 1 a hint that others share, 2 usual for the family, 4 hardly met elsewhere."""

    kind: MarkKind
    pattern: str
    weight: int = 2

    def __post_init__(self) -> None:
        if self.weight not in (1, 2, 4):
            raise ValueError(f"a mark weighs 1, 2 or 4, found {self.weight}")
        if self.kind is not MarkKind.SELECTOR:
            re.compile(self.pattern)


TODO = "TODO"


_DECLARED = ("title", "home", "sections", "structure", "layouts", "labels", "hosts", "file_hosts")


def unfinished(portal: type[PortalCrawler]) -> tuple[str, ...]:
    """Return the attributes of a portal's own class in which a value still says TODO."""
    own = vars(portal)
    return tuple(name for name in _DECLARED if name in own and _says_todo(own[name]))


def refuse_unfinished(portal: type[PortalCrawler]) -> None:
    """Refuse a portal with values still to be written. Raises UsageError, one line."""
    if left := unfinished(portal):
        file = f"{portal.__module__.replace('.', '/')}.py"
        raise UsageError(
            f"{portal.name}: {', '.join(left)} still say TODO; write them into {file}, or probe {portal.home}"
        )


def _says_todo(value: object) -> bool:
    if isinstance(value, str):
        return TODO in value
    if isinstance(value, (tuple, list)):
        return any(map(_says_todo, value))
    if is_dataclass(value) and not isinstance(value, type):
        return any(_says_todo(getattr(value, field.name)) for field in fields(value))
    return False

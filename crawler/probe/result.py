"""What a probe makes of a portal: what its file will declare, the evidence, the checks, and what stays open. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawler.families.declared import Structure
from crawler.listings.listing import Listing, Section
from crawler.portal import PortalSpider, Sure
from crawler.probe.explore import ListProbe
from crawler.probe.page import VisitedPage
from crawler.probe.recognise import FamilyMatch
from crawler.probe.sections import MenuLink, section_name
from pipelines.article import Article, Layout

__all__ = [
    "LEAST_ENTRIES",
    "Check",
    "PortalDraft",
    "ProbeResult",
    "first_keys",
    "listing_of",
    "same_list",
    "second_keys",
    "sections_of",
    "spider_of",
]

LEAST_ENTRIES = 3
_SAME_LIST = 0.6


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried on the visited pages: on how many it held."""

    what: str
    good: int
    of: int

    @property
    def share(self) -> float:
        return self.good / self.of if self.of else 0.0


@dataclass(slots=True)
class PortalDraft:
    """What a spider file declares."""

    name: str
    title: str
    province: str | None
    home: str
    sections: tuple[Section, ...]
    family: type[PortalSpider]
    layouts: tuple[Layout, ...] = ()
    structure: Structure | None = None


@dataclass(slots=True)
class ProbeResult:
    """What was understood: the portal if there is enough for a spider, the evidence, the checks, what stays open."""

    portal: PortalDraft | None = None
    ranked: list[FamilyMatch] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    articles: list[tuple[VisitedPage, Article]] = field(default_factory=list)

    @property
    def score(self) -> int:
        """0 to 100: the mean of the checks; 0 without a spider."""
        if self.portal is None or not self.checks:
            return 0
        return round(100 * sum(check.share for check in self.checks) / len(self.checks))


def spider_of(portal: PortalDraft, sections: tuple[Section, ...] | None = None) -> type[PortalSpider]:
    """The spider's class in memory, through the same checks as a file. Raises DeclarationError."""
    says: dict[str, object] = {
        "name": portal.name,
        "title": portal.title,
        "province": portal.province,
        "home": portal.home,
        "sections": portal.sections if sections is None else sections,
        "sure": Sure.INFERRED,
        "__module__": "crawler.probe.result",
    }
    if portal.layouts:
        says["layouts"] = portal.layouts
    if portal.structure is not None:
        says["structure"] = portal.structure
    camel = "".join(part.capitalize() for part in portal.name.split("_"))
    made: type[PortalSpider] = type(camel, (portal.family,), says)
    return made


def section_of(link: MenuLink, taken: Sequence[str]) -> Section:
    """The section that a menu's link leads to."""
    parts = urlsplit(link.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Section(section_name(link.title, taken), path, link.title)


def sections_of(lists: Sequence[ListProbe]) -> tuple[Section, ...]:
    """The lists' sections in their order, each path once."""
    made: dict[str, Section] = {}
    for seen in lists:
        section = section_of(seen.link, [each.name for each in made.values()])
        made.setdefault(section.path, section)
    return tuple(made.values())


def listing_of(spider: type[PortalSpider], visited: VisitedPage, number: int = 1) -> Listing:
    """What the spider reads from a list page; nothing where it cannot."""
    try:
        return spider.read_listing(visited.url, visited.text, spider.sections[0], number)
    except Exception:
        # A family meets a page of another system here: whatever goes wrong means that it does not read it.
        return Listing(())


def first_keys(spider: type[PortalSpider], seen: ListProbe) -> set[str]:
    """The keys that the spider reads from a list's first page."""
    return {entry.key for entry in listing_of(spider, seen.visited).entries}


def second_keys(spider: type[PortalSpider], seen: ListProbe) -> set[str]:
    """The keys that the spider reads from what a list's second page was asked for by; none where it cannot."""
    if seen.second is None:
        return set()
    way = seen.way.following if seen.way else seen.second.asked
    if isinstance(way, str):
        return {entry.key for entry in listing_of(spider, seen.second, 2).entries}
    try:
        told = spider.read_answer(way, seen.second.url, seen.second.text, spider.sections[0], 2)
    except Exception:  # what is no answer of this portal is read by another one's rules
        return set()
    return {entry.key for entry in told.entries}


def same_list(spider: type[PortalSpider], seen: ListProbe, keys: set[str]) -> bool:
    """Whether the family reads the list that the structure shows, neither a part of it nor another one."""
    if len(keys) < min(LEAST_ENTRIES, len(seen.block.links)):
        return False
    shown = {key for url, _ in seen.block.links if (key := spider.entry_key(url))}
    return not shown or len(keys & shown) >= _SAME_LIST * len(shown)

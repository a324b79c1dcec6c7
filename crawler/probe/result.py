"""Hold a probe's result: what its file will declare, the evidence, the checks, and what stays open. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crawler.families.declared import Structure
from crawler.listings.listing import Following, Listing, Section
from crawler.portal import PortalSpider, Sure
from crawler.probe.explore import Exploration, ListProbe
from crawler.probe.page import VisitedPage, own_links
from crawler.probe.recognise import FamilyMatch
from crawler.probe.sections import MenuLink, section_name
from pipelines.article import Article, Layout
from pipelines.html.addresses import split_address
from pipelines.html.tree import line, text_of
from vietnam.letters import fold, strip_diacritics
from vietnam.provinces import province_of_host

LEAST_ENTRIES = 3
_SAME_LIST = 0.6


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried on the visited pages: on how many it held.

    `by` names the evidence from elsewhere that decided; empty for a check by the spider's own rules.
    """

    what: str
    good: int
    of: int
    by: str = ""

    @property
    def share(self) -> float:
        """Share of pages on which it held."""
        return self.good / self.of if self.of else 0.0


@dataclass(slots=True)
class PortalDraft:
    """Declarations of a spider file."""

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
    """The portal if there is enough for a spider, the evidence, the checks, what stays open.

    `unchecked` are the things for which the site itself gives nothing to judge the spider by.
    """

    portal: PortalDraft | None = None
    ranked: list[FamilyMatch] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    articles: list[tuple[VisitedPage, Article]] = field(default_factory=list)

    @property
    def score(self) -> int | None:
        """Return the mean of the checks, 0 to 100; None where something could not be checked; 0 without a spider.

        100 only where every check held on all of its pages and nothing is undecided.
        """
        return None if self.portal is not None and self.unchecked else self.mean

    @property
    def mean(self) -> int:
        """Mean of the checks that were made, 0 to 100."""
        if self.portal is None or not self.checks:
            return 0
        mean = round(100 * sum(check.share for check in self.checks) / len(self.checks))
        is_whole = not self.undecided and all(check.good == check.of for check in self.checks)
        return mean if is_whole else min(mean, 99)


def spider_of(portal: PortalDraft, sections: tuple[Section, ...] | None = None) -> type[PortalSpider]:
    """Return the spider's class in memory, through the same checks as a file. Raises DeclarationError."""
    attributes: dict[str, object] = {
        "name": portal.name,
        "title": portal.title,
        "province": portal.province,
        "home": portal.home,
        "sections": portal.sections if sections is None else sections,
        "sure": Sure.INFERRED,
        "__module__": "crawler.probe.result",
    }
    if portal.layouts:
        attributes["layouts"] = portal.layouts
    if portal.structure is not None:
        attributes["structure"] = portal.structure
    camel = "".join(part.capitalize() for part in portal.name.split("_"))
    made: type[PortalSpider] = type(camel, (portal.family,), attributes)
    return made


def section_of(link: MenuLink, taken: Sequence[str] = ()) -> Section:
    """Return the section that a menu's link leads to."""
    return Section(section_name(link.title, taken), _path_of(link.url), link.title)


def section_at(spider: type[PortalSpider], url: str) -> Section:
    """Return the declared section of a list's address, the longest path above it; the first one where none is above."""
    path = _path_of(url)
    above = [each for each in spider.sections if path == each.path or path.startswith(each.path.rstrip("/") + "/")]
    return max(above, key=lambda each: len(each.path), default=spider.sections[0])


def _path_of(url: str) -> str:
    parts = split_address(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def sections_of(lists: Sequence[ListProbe]) -> tuple[Section, ...]:
    """Return the lists' sections in their order, each path once."""
    made: dict[str, Section] = {}
    for probed in lists:
        section = section_of(probed.link, [each.name for each in made.values()])
        made.setdefault(section.path, section)
    return tuple(made.values())


def listing_of(spider: type[PortalSpider], visited: VisitedPage, section: Section, number: int = 1) -> Listing:
    """Return the spider's reading of a list page of this section; an empty one where it cannot.

    Families tell by the section which of a page's lists is its own, so a page is never read as that of another one.
    """
    try:
        return spider.read_listing(visited.url, visited.text, section, number)
    except Exception:
        # A family meets a page of another system here: whatever goes wrong means that it does not read it.
        return Listing(())


def first_keys(spider: type[PortalSpider], probed: ListProbe) -> set[str]:
    """Return the keys that the spider reads from a list's first page."""
    return {entry.key for entry in listing_of(spider, probed.visited, section_of(probed.link)).entries}


def second_keys(spider: type[PortalSpider], probed: ListProbe) -> set[str]:
    """Return the keys that the spider reads from a list's second page; none where it cannot."""
    if probed.second is None:
        return set()
    way = probed.way.following if probed.way else probed.second.requested
    return {entry.key for entry in second_listing(spider, way, probed.second, section_of(probed.link)).entries}


def second_listing(spider: type[PortalSpider], way: Following, page: VisitedPage, section: Section) -> Listing:
    """Return the spider's reading of the page to which a section's list goes on; an empty one where it cannot."""
    if isinstance(way, str):
        return listing_of(spider, page, section, 2)
    try:
        return spider.read_answer(way, page.url, page.text, section, 2)
    except Exception:  # what is no answer of this portal is read by another one's rules
        return Listing(())


def lists_read(spider: type[PortalSpider], exploration: Exploration) -> list[ListProbe]:
    """Return the lists of which the spider reads the entries, neither a part of them nor another list.

    The entries are those that the structure shows, else the section's own: the articles that its page links, without
    those that most pages link or other lists have. A box of other articles may be more like a list than the list.
    """
    read = [(probed, first_keys(spider, probed)) for probed in exploration.lists]
    linked = {page.url: _keys_in(spider, own_links(page.page())) for _, page in exploration.visited}
    counts = Counter(key for keys in linked.values() for key in keys)
    frame = {key for key, count in counts.items() if count > max(2, len(linked) / 2)}
    found = []
    for probed, keys in read:
        shown = _keys_in(spider, ((title, url) for url, title in probed.block.links))
        own = linked[probed.visited.url].difference(frame, *(other for each, other in read if each is not probed))
        if len(keys) < min(LEAST_ENTRIES, len(probed.block.links)):
            continue
        if len(keys & shown) >= _SAME_LIST * len(shown) or len(keys & own) >= _SAME_LIST * max(len(own), len(keys)):
            found.append(probed)
    return found


def _keys_in(spider: type[PortalSpider], links: Iterable[tuple[object, str]]) -> set[str]:
    return {key for _, url in links if (key := spider.entry_key(url))}


_OFFICIAL = frozenset({"www", "gov", "vn", "com", "net", "org", "edu", "chinhphu", "portal"})


_SITE = re.compile(r"cổng|trang thông|báo|tạp chí|website", re.IGNORECASE)


def name_for(host: str) -> str:
    """Return `quang_tri` for www.quangtri.gov.vn, `sokhcn_quang_tri` for a host below it, else the host's labels."""
    known = province_of_host(host)
    labels = [label for label in host.lower().split(".") if label not in _OFFICIAL]
    if known is not None:
        below = host.lower().removesuffix(known.domain).removesuffix(".").removeprefix("www").strip(".")
        labels = [label for label in below.split(".") if label]
        labels.append(strip_diacritics(known.name))
    name = re.sub(r"[^a-z0-9]+", "_", "_".join(labels).lower()).strip("_") or "portal"
    return name if name[0].isalpha() else f"p_{name}"


def title_for(front: VisitedPage) -> str:
    """Return the portal's name on its front page: `og:site_name`, else the part of the title that names a portal."""
    page = front.page()
    for element in page.match("meta[property='og:site_name'], meta[name=application-name]"):
        if name := line(element.get("content") or ""):
            return name
    titles = [text_of(element) for element in page.match("title")[:1]]
    parts = [part for title in titles for part in re.split(r"\s+[-–—|:]\s+|\s*\|\s*", title) if part]
    named = [part for part in parts if fold(part) not in ("trang chủ", "home", "tin tức")]
    return next((part for part in named if _SITE.search(part)), named[-1] if named else "")

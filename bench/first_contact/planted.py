"""The planted hosts: what each of them serves, and what first contact should say of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.first_contact.changes import (
    AnsweringSite,
    articles_renamed,
    interface_gone,
    lists_renamed,
    pages_renamed,
    paging_renamed,
    sections_moved,
)
from bench.first_contact.wires import Wire
from bench.probe.handmade import HandmadePortal
from bench.probe.skins import skin
from crawler.first_contact.home import HomeState
from crawler.first_contact.hosts import province_hosts
from crawler.listings.listing import SectionKind
from crawler.portal import PortalSpider
from replicas.articles import articles, portal_site
from replicas.sites.catalogue import EVERY
from replicas.sites.site import Site, SiteResponse
from vietnam.provinces import province

ANY_FAMILY = "any"
_DECLARED_FAMILY = "declared by the portal"
_VENDOR = (
    ("family", "those of VNPT Portal weigh"),
    ("sections", "brought no list"),
    ("list", "`ul.ArticleList > li` matches"),
    ("key", "no key by the family's rule"),
    ("layout, body", "`div.ArticleContent` matches 6 of 6"),
)
_PAGE = "<!DOCTYPE html><html lang=vi><head><title>{title}</title></head><body>{body}</body></html>"
_CHALLENGE = b'<html><script>document.cookie="D1N="+"7f3a";window.location.reload(true);</script></html>'


@dataclass(frozen=True, slots=True)
class PlantedHost:
    """One host and its truth.

    `passed` is the check's result, None where no check belongs. `named` are the parts of the differences that must be
    named, each with words that stand in it, `may_name` parts of which something may be said: what a declared portal calls
    inferred. `family` is that of the proposed spider, empty for none, `any` for whichever, None where one may be proposed.
    """

    slug: str
    planted: str
    site: Site | None = None
    wire: Wire = Wire.SERVED
    state: HomeState = HomeState.ANSWERS
    passed: bool | None = None
    named: tuple[tuple[str, str], ...] = ()
    family: str | None = ""
    sent_to: str | None = None
    may_name: tuple[str, ...] = ()


def planted_hosts(known: Mapping[str, type[PortalSpider]]) -> list[PlantedHost]:
    """Return the planted hosts, none of them twice: changed and good portals, failing hosts, hosts without a spider."""
    every = [*_changed(), *_failing(), *_unknown(known)]
    taken = {each.slug for each in every}
    return [*every, *(each for each in _good(known) if each.slug not in taken)]


def _good(known: Mapping[str, type[PortalSpider]]) -> Iterator[PlantedHost]:
    """Yield the declared portals of provinces that have a replica."""
    for host in province_hosts((), known):
        portal = host.portal
        # A composed portal sends its front page on to its first list, and a feed is no front page.
        if portal is not None and portal.name in EVERY and portal.sections[0].kind is SectionKind.PAGES:
            yield PlantedHost(
                host.province.slug,
                "as declared",
                portal_site(portal.name),
                passed=True,
                family=None if portal.inferred else "",
                may_name=portal.inferred,
            )


def _changed() -> Iterator[PlantedHost]:
    """Yield declared portals after a redesign, each of one part."""
    lists = (("list", "matched nothing"), ("list", "matches"))
    site = lists_renamed(portal_site("thai_nguyen"))
    yield PlantedHost("thainguyen", "list classes renamed", site, passed=False, named=lists, family=ANY_FAMILY)
    # VNPT's family reads a list by its plain links where it knows no class of it: the check passes, and it is named.
    site = lists_renamed(portal_site("ninh_binh"))
    yield PlantedHost("ninhbinh", "list classes renamed", site, passed=True, named=lists)
    for slug, portal, old in (("ninhthuan", "ninh_thuan", "PageIndex"), ("danang", "da_nang", "cur")):
        site = paging_renamed(portal_site(portal), old, "trang")
        named = (("paging", "trang=2"),)
        yield PlantedHost(slug, "paging renamed", site, passed=True, named=named, family=ANY_FAMILY)
    layout = (("layout", "is on 0 of"), ("layout, title", "matched nothing"), ("layout, body", "matches"))
    for slug, portal in (("sonla", "son_la"), ("bacgiang", "bac_giang")):
        site = articles_renamed(portal_site(portal))
        yield PlantedHost(slug, "article layout renamed", site, passed=False, named=layout, family=ANY_FAMILY)
    both = pages_renamed(portal_site("quang_ninh"))
    yield PlantedHost("quangninh", "both renamed", both, passed=False, named=(*lists, *layout), family=ANY_FAMILY)
    moved = sections_moved(portal_site("can_tho"))
    yield PlantedHost(
        "cantho", "sections moved", moved, passed=False, named=(("sections", "brought no list"),), family=ANY_FAMILY
    )
    gone = interface_gone(portal_site("vinh_phuc"))
    yield PlantedHost(
        "vinhphuc", "interface gone", gone, passed=False, named=(("sections", "brought no list"),), family=""
    )
    vendor = skin(EVERY["cao_bang"], articles("cao_bang"), 41, "www.dienbien.gov.vn")
    yield PlantedHost("dienbien", "another vendor", vendor, passed=False, named=_VENDOR,
                      family="VNPT Portal")  # fmt: skip


def _failing() -> Iterator[PlantedHost]:
    """Yield hosts that do not answer as a portal does; of the first three a portal is declared."""
    for slug, wire, state in (
        ("hatinh", Wire.BAD_CERTIFICATE, HomeState.CERTIFICATE),
        ("caobang", Wire.SILENT, HomeState.TIMEOUT),
        ("khanhhoa", Wire.CLOSED, HomeState.CLOSED),
        ("hanam", Wire.BAD_CERTIFICATE, HomeState.CERTIFICATE),
        ("soctrang", Wire.SILENT, HomeState.TIMEOUT),
        ("haugiang", Wire.CLOSED, HomeState.CLOSED),
    ):
        yield PlantedHost(slug, wire.value, wire=wire, state=state)
    served = (
        ("hungyen", "cookie challenge", HomeState.CHALLENGE, SiteResponse(_CHALLENGE)),
        ("baclieu", "cookie challenge", HomeState.CHALLENGE, SiteResponse(_CHALLENGE)),
        ("bentre", "refusal", HomeState.FORBIDDEN, _page("Access denied", "<h1>Access denied</h1>", 403)),
        ("phuyen", "firewall", HomeState.FIREWALL, _page("Web Page Blocked", "<h1>Web Page Blocked</h1>", 403)),
        ("binhphuoc", "captcha", HomeState.ROBOT_CHECK, _page("Kiểm tra", '<div class="cf-turnstile"></div>')),
        ("daknong", "parked", HomeState.PARKED, _page("daknong.gov.vn", "<h1>Tên miền này đang rao bán</h1>")),
        ("kontum", "fresh server", HomeState.PARKED, _page("Welcome to nginx!", "<h1>Welcome to nginx!</h1>")),
        ("longan", "login", HomeState.LOGIN, _page("Đăng nhập", "<form><input name=u><input type=password></form>")),
        ("yenbai", "script shell", HomeState.SHELL, _page("Cổng", '<div id="app"></div><script src="/a.js"></script>')),
        ("quangbinh", "server error", HomeState.SERVER_ERROR, _page("500", "<h1>500</h1>", 500)),
        ("quangnam", "asks to wait", HomeState.SLOW_DOWN, _page("429", "<h1>429</h1>", 429, ("Retry-After", "3600"))),
        ("travinh", "maintenance", HomeState.MAINTENANCE, _page("Bảo trì", "<h1>Hệ thống đang bảo trì</h1>", 503)),
    )  # fmt: skip
    for slug, planted, state, answer in served:
        host = "hungyen.gov.vn" if slug == "hungyen" else province(slug).domain
        yield PlantedHost(slug, planted, AnsweringSite(host, answer), state=state)
    answer = _page("Cổng", "<p>Trang chủ</p>")
    robots = AnsweringSite("tiengiang.gov.vn", answer, "User-agent: *\nDisallow: /\n")
    yield PlantedHost("tiengiang", "robots.txt", robots, state=HomeState.ROBOTS)
    for slug, to in (
        ("binhduong", "hochiminhcity.gov.vn"),
        ("haiduong", "haiduong.haiphong.gov.vn"),
        ("namdinh", "khac.mau.vn"),
    ):
        moved = SiteResponse(b"", 301, headers=(("Location", f"https://{to}/"),))
        yield PlantedHost(slug, f"redirect to {to}", AnsweringSite(province(slug).domain, moved),
                          state=HomeState.REDIRECTED, sent_to=to)  # fmt: skip


def _page(title: str, body: str, status: int = 200, *headers: tuple[str, str]) -> SiteResponse:
    return SiteResponse(_PAGE.format(title=title, body=body).encode(), status, headers=headers)


def _unknown(known: Mapping[str, type[PortalSpider]]) -> Iterator[PlantedHost]:
    """Yield hosts without a spider: portals built by hand, and portals of known families under another skin."""
    kinds = (
        ("backan", "cards with three links each"),
        ("hagiang", "nested tables without names"),
        ("hoabinh", "definition lists"),
        ("thaibinh", "no habit of its own, absolute links"),
    )
    for seed, (slug, kind) in enumerate(kinds, 70):
        site = HandmadePortal(kind, seed, province(slug).domain)
        yield PlantedHost(slug, f"own system: {kind}", site, family=_DECLARED_FAMILY)
    skins = (("kiengiang", "son_la"), ("binhthuan", "ninh_thuan"), ("baria-vungtau", "da_nang"))
    for seed, (slug, portal) in enumerate(skins):
        skinned = skin(EVERY[portal], articles(portal), seed, province(slug).domain)
        yield PlantedHost(slug, f"family of {portal}", skinned, family=known[portal].family)

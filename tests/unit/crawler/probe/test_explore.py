"""The probe over sites in memory: what it understands, what it refuses to invent, and the files it writes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from bench.probe.handmade import DRAWN, HandmadePortal
from crawler.catalog.overview import families
from crawler.listings.listing import Following, address_of
from crawler.probe.article_keys import infer_key
from crawler.probe.explore import Exploration, Fetch, explore
from crawler.probe.infer import infer_portal
from crawler.probe.page import VisitedPage
from crawler.probe.report import report, volatile_parts
from crawler.probe.result import ProbeResult, name_for, spider_of
from crawler.probe.write import saved_pages, spider_source
from replicas import LAST_NIGHT
from replicas.articles import articles
from replicas.sites.catalogue import SITES
from replicas.sites.site import Site, SiteRequest, SiteResponse, Suffixer
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parents[4]
NOW = datetime(2025, 3, 12, 23, 59, 59, tzinfo=TZ)
HOST = "la.mau.vn"


def fetching(site: Site) -> tuple[Fetch, list[str]]:
    suffixer, asked = Suffixer([site.host]), []

    async def fetch(following: Following) -> VisitedPage | None:
        url = address_of(following)
        asked.append(url)
        for _ in range(4):
            parts = urlsplit(url)
            host = (parts.hostname or "").removesuffix(".replica.test")
            answer = site.respond(SiteRequest(host, parts.path or "/", parts.query, LAST_NIGHT, len(asked)))
            headers = {name: suffixer.text(value) for name, value in answer.headers}
            if "Location" not in headers:
                break
            url = urljoin(url, headers["Location"])
        sent = (*headers.items(), ("content-type", answer.content_type))
        body = suffixer.body(answer.body)
        return VisitedPage(url, url, answer.status, body, tuple((n.lower(), v) for n, v in sent), "utf-8")

    return fetch, asked


@cache
def probed(seed: int) -> tuple[Exploration, ProbeResult]:
    fetch, _ = fetching(HandmadePortal(DRAWN, seed, HOST))
    brought = asyncio.run(explore(fetch, f"https://{HOST}.replica.test/", 30, NOW))
    return brought, infer_portal(brought, "la", "Trang mẫu", NOW)


@pytest.mark.parametrize("portal", ["binh_dinh", "quang_tri", "da_nang", "bao_chinh_phu"])
def test_a_known_family_is_recognised_and_its_rules_hold(portal: str) -> None:
    site = SITES[portal](articles(portal))
    fetch, asked = fetching(site)

    brought = asyncio.run(explore(fetch, f"https://{site.host}.replica.test/", 30, NOW))
    found = infer_portal(brought, portal, site.name, NOW)

    assert len(asked) < 30
    assert found.portal is not None
    assert found.portal.family.__module__.endswith(
        {"binh_dinh": "vhv", "quang_tri": "liferay_view_article", "bao_chinh_phu": "vccorp"}.get(
            portal, "liferay_asset_publisher"
        )
    )
    # Two short lists of Đà Nẵng's replica are as long as those that go on, which stays open.
    assert found.mean >= 90, found.checks


@pytest.mark.parametrize("seed", [3, 6, 9])
def test_a_portal_of_no_family_stands_on_its_own_structure(seed: int) -> None:
    _, found = probed(seed)
    assert found.portal is not None, found.undecided
    assert found.portal.structure is not None
    assert found.mean >= 95, (found.checks, found.undecided)


def test_the_bound_on_requests_holds() -> None:
    site = SITES["da_nang"](articles("da_nang"))
    fetch, asked = fetching(site)
    brought = asyncio.run(explore(fetch, f"https://{site.host}.replica.test/", 12, NOW))
    assert len(asked) <= 11  # robots.txt is the twelfth
    assert brought.requests <= 12


class Shell:
    """A portal that is empty without JavaScript."""

    host = HOST

    def respond(self, request: SiteRequest) -> SiteResponse:
        return SiteResponse(b'<html><body><div id="app"></div><script src="/app.js"></script></body></html>')


def test_nothing_is_invented_where_there_is_nothing() -> None:
    fetch, _ = fetching(Shell())
    brought = asyncio.run(explore(fetch, f"https://{HOST}.replica.test/", 30, NOW))
    found = infer_portal(brought, "la", "Trang mẫu", NOW)
    assert (found.portal, found.score) == (None, 0)
    assert "JavaScript" in found.undecided[0]
    assert report(found, brought, "no rules", ()).startswith("score 0 of 100: not enough was understood for a spider")


@pytest.mark.parametrize("seed", [3, 6])
def test_the_written_spider_is_a_declaration_that_the_formatter_leaves_alone(seed: int) -> None:
    _, found = probed(seed)
    assert found.portal is not None
    source = spider_source(found.portal, ["paging"])
    for check in (["format", "--check"], ["check"]):
        command = [sys.executable, "-m", "ruff", *check, "--stdin-filename", str(ROOT / "crawler/spiders/la.py"), "-"]
        done = subprocess.run(command, input=source, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + source
    space: dict[str, object] = {"__name__": "la"}
    exec(compile(source, "la.py", "exec"), space)
    assert space["La"].sections == found.portal.sections  # type: ignore[attr-defined]


def test_saved_pages_have_expectations_that_nobody_has_reviewed() -> None:
    brought, found = probed(3)
    saved = list(saved_pages(found, brought, NOW))
    assert [entry["kind"] for _, _, entry in saved] == ["list", "list", "article", "article", "article"]
    assert {entry["reviewed"] for _, _, entry in saved} == {False}
    assert not any(b".replica.test" in body for _, body, _ in saved)


KEYS = [
    ("parameter", ["/ct.php?muc=a&id=31", "/ct.php?muc=b&id=32", "/ct.php?muc=a&id=45"], "31"),
    ("number behind the slug", ["/a/mua-lon-2041.html", "/b/gat-lua-2078.html", "/a/tin-2110.html"], "2041"),
    ("number before the slug", ["/a/2041-mua-lon", "/b/2078-gat-lua", "/a/2110-tin"], "2041"),
    ("number above the slug", ["/tin/2041/mua-lon.aspx", "/tin/2078/gat-lua.aspx", "/tin/2110/tin.aspx"], "2041"),
    ("folder of all", ["/bai-viet/mua-lon", "/bai-viet/gat-lua", "/bai-viet/hop"], "mua-lon"),
    ("ending", ["/a/mua-lon.html", "/b/gat-lua.html", "/c/hop.html"], "mua-lon"),
    (
        "long slug",
        ["/mua-lon-o-mien-trung/", "/gat-lua-som-tranh-lu-ve/", "/hop-bao-ve-ky-hop-thu-hai/"],
        "mua-lon-o-mien-trung",
    ),
]


@pytest.mark.parametrize(("paths", "first"), [case[1:] for case in KEYS], ids=[case[0] for case in KEYS])
def test_the_key_is_what_tells_articles_apart(paths: list[str], first: str) -> None:
    others = ["https://la.vn/a", "https://la.vn/b?page=2", "https://la.vn/chuyen-muc/c"]
    rule = infer_key([f"https://la.vn{path}" for path in paths], others)
    assert rule is not None
    assert rule.key(f"https://la.vn{paths[0]}") == first
    assert [rule.key(url) for url in others] == [None, None, None]


def test_a_page_link_that_ends_in_a_number_is_no_article() -> None:
    wanted = [f"https://la.vn/{folder}/{number}/" for folder in ("a", "b") for number in (3, 17, 20)]
    rule = infer_key([*wanted[:3], *(url.replace("/b/", "/b/9") for url in wanted[3:])], ["https://la.vn/a/page/2/"])
    assert rule is not None
    assert (rule.key("https://la.vn/a/17/"), rule.key("https://la.vn/a/page/2/")) == ("17", None)


def test_no_key_where_articles_look_like_sections() -> None:
    assert infer_key(["https://la.vn/a", "https://la.vn/b"], ["https://la.vn/c"]) is None


def test_what_changes_between_two_visits_is_named() -> None:
    first = VisitedPage("https://la.vn/", "https://la.vn/", 200, b"<body><p id=dem>1.204</p><p>Tin</p></body>")
    assert volatile_parts(first, first) == ()
    second = replace(first, body=first.body.replace(b"1.204", b"1.207"))
    assert volatile_parts(first, second) == ("a counter in <p dem>",)


@pytest.mark.parametrize(
    ("host", "name"),
    [("www.quangtri.gov.vn", "quang_tri"), ("sokhcn.quangtri.gov.vn", "sokhcn_quang_tri"), ("tin.mau.vn", "tin_mau")],
)
def test_a_portal_is_named_by_its_province_or_host(host: str, name: str) -> None:
    assert name_for(host) == name


def test_every_family_but_the_declared_one_says_its_marks() -> None:
    assert [f.__module__ for f in families().values() if not f.marks] == ["crawler.families.declared"]


def test_a_spider_passes_the_checks_of_its_declaration() -> None:
    _, found = probed(9)
    assert found.portal is not None
    assert spider_of(found.portal).article_key(f"https://{HOST}/chuyen-muc/kinh-te") is None

"""Every module of crawler/spiders is one portal whose names agree, and every family's layouts can be used."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from parsel import Selector

import crawler.families
import crawler.spiders
from crawler.portal import DeclarationError, PortalSpider, unfinished
from crawler.urls import host_of
from pipelines.article import Layout
from replicas.sites.catalogue import DRAWN, EVERY, SAMPLES
from replicas.sites.composed import ComposedSite
from testing.recorded import ABSENT, DATA
from vietnam.provinces import province

ROOT = Path(__file__).parent.parent.parent
SAVED = ROOT / "replicas" / "pages"
PAGES = DATA / "pages"
NAMES = sorted(module.name for module in pkgutil.iter_modules(crawler.spiders.__path__))
FAMILIES = sorted(module.name for module in pkgutil.iter_modules(crawler.families.__path__))
FIRST_EIGHT = {"ninh_thuan", "quang_tri", "binh_dinh", "bac_giang", "vjst", "quang_ninh", "da_nang", "bao_chinh_phu"}

OWN_DOMAIN = {"cong_an_thanh_hoa"}  # an office of the province on a domain of its own


def spiders_in(package: str, module: str) -> list[type[PortalSpider]]:
    loaded = import_module(f"{package}.{module}")
    found = [each for each in vars(loaded).values() if isinstance(each, type) and issubclass(each, PortalSpider)]
    return [each for each in found if each.__module__ == loaded.__name__]


def portal_of(name: str) -> type[PortalSpider]:
    (portal,) = spiders_in("crawler.spiders", name)
    return portal


def layouts() -> list[tuple[str, Layout]]:
    return [
        (name, layout) for name in FAMILIES for each in spiders_in("crawler.families", name) for layout in each.layouts
    ]


def test_the_first_portals_are_there() -> None:
    assert set(NAMES) >= FIRST_EIGHT


@pytest.mark.parametrize("name", NAMES)
def test_a_module_is_one_portal_of_its_name(name: str) -> None:
    again = (
        f"mend crawler/spiders/{name}.py, or begin it again: `python -m scrapy genspider --force -t FAMILY {name} URL`"
    )
    try:
        found = spiders_in("crawler.spiders", name)
    except DeclarationError as error:
        pytest.fail(f"{error}: {again}")
    assert [portal.name for portal in found] == [name], f"a module is one portal of its name: {again}"
    assert import_module(found[0].__module__).__doc__, f"{name} has no docstring: {again}"


@pytest.mark.parametrize("name", NAMES)
def test_a_portal_stands_on_its_provinces_domain(name: str) -> None:
    portal = portal_of(name)
    if portal.province and name not in OWN_DOMAIN:
        domain = province(portal.province).domain
        host = host_of(portal.home).removeprefix("www.")
        assert host == domain or host.endswith(f".{domain}")


@pytest.mark.parametrize("name", NAMES)
def test_a_portal_has_pages_to_rehearse_on(name: str) -> None:
    assert name in EVERY or (SAVED / name / "expected.json").is_file(), (
        f"{name}: no page of it is here; compose its site in replicas/ and name it in replicas/sites/catalogue.py, "
        f"or save pages: `python -m scrapy sample {name} URL…`"
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_portal_is_still_to_be_written(name: str) -> None:
    left = unfinished(portal_of(name))
    assert not left, (
        f"{name}: {', '.join(left)} still say TODO: write them into crawler/spiders/{name}.py, "
        f"or run `python -m scrapy probe {portal_of(name).home} --name {name} --force`"
    )


@pytest.mark.parametrize("site", EVERY.values(), ids=EVERY)
def test_a_composed_portal_serves_every_section_of_its_spider(site: type[ComposedSite]) -> None:
    package = "testing.portals.samples" if site.portal in SAMPLES else "crawler.spiders"
    (portal,) = spiders_in(package, site.portal)
    assert host_of(portal.home) == site.host
    assert {section.path for section in site.sections} <= {section.path for section in portal.sections}
    if site.portal in DRAWN:
        assert [section.path for section in site.sections] == [section.path for section in portal.sections]


@pytest.mark.parametrize("name", NAMES)
def test_a_section_is_no_article(name: str) -> None:
    portal = portal_of(name)
    assert [portal.article_key(portal.section_url(section)) for section in portal.sections] == [None] * len(
        portal.sections
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_module_says_what_it_rests_on(name: str) -> None:
    (family,) = spiders_in("crawler.families", name)
    assert family.family
    text = import_module(family.__module__).__doc__ or ""
    assert [word for word in ("Recognise:", "Portals:", "[seen]", "[inferred]", "Widgets:") if word not in text] == []
    names = [layout.name for layout in family.layouts]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("family", "layout"), layouts(), ids=[f"{family}-{layout.name}" for family, layout in layouts()]
)
def test_every_selector_can_be_used(family: str, layout: Layout) -> None:
    page = Selector(text="<p>Mở kho</p>", type="html")
    parts = (layout.title, layout.published, layout.body, layout.lead, layout.author, layout.captions)
    selectors = [
        *(() if layout.is_unnamed else (layout.fits,)),  # which fits every page
        *(each for part in parts for each in part),
        *layout.drop,
        *layout.cut,
        *layout.attachments,
    ]
    assert [page.css(selector) for selector in selectors] == [[]] * len(selectors)


RECORDED = [
    ("vhv", "moit-vhv-article.excerpt.html", "common-content"),
    ("vccorp", "baochinhphu_article.html", "detail-content"),
]


@pytest.mark.parametrize(("family", "file", "name"), RECORDED, ids=[file for _, file, _ in RECORDED])
def test_the_recorded_page_has_its_layout(family: str, file: str, name: str) -> None:
    if not (PAGES / file).exists():
        pytest.skip(ABSENT)
    page = Selector(text=(PAGES / file).read_text(encoding="utf-8"), type="html")
    (spider,) = spiders_in("crawler.families", family)
    layout = next(layout for layout in spider.layouts if page.css(layout.fits))
    assert layout.name == name
    for part in (layout.title, layout.lead, layout.body):
        assert any("".join(page.css(selector).css("::text").getall()).strip() for selector in part)


def test_scrapy_lists_every_portal() -> None:
    listed = subprocess.run(
        [sys.executable, "-W", "error", "-m", "scrapy", "list"],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (listed.stdout.split(), listed.stderr) == (NAMES, "")

"""Saved pages are read as their expectation says, and each expectation was reviewed by a person.

A page is saved with `python -m scrapy sample PORTAL URL…`; every message here says which command to run.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from crawler.portal import PortalSpider
from crawler.probe.fixtures import EXPECTED, differing, reread_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "replicas" / "pages"
FOLDERS = sorted(folder for folder in PAGES.glob("*") if folder.is_dir())
NAMED = [folder.name for folder in FOLDERS]


def expected(folder: Path) -> dict[str, dict[str, Any]]:
    listing = folder / EXPECTED
    assert listing.is_file(), (
        f"replicas/pages/{folder.name} has no {EXPECTED}: run `python -m scrapy sample {folder.name} URL…` for its pages, "
        "or remove the folder"
    )
    entries: dict[str, dict[str, Any]] = json.loads(listing.read_text(encoding="utf-8"))
    return entries


def saved() -> list[tuple[Path, str]]:
    """Every page that an expectation names."""
    return [
        (folder, name)
        for folder in FOLDERS
        if (folder / EXPECTED).is_file()
        for name in json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    ]


def spider_of(name: str) -> type[PortalSpider]:
    camel = "".join(part.capitalize() for part in name.split("_"))
    assert (ROOT / "crawler" / "spiders" / f"{name}.py").is_file(), (
        f"replicas/pages/{name} is of no portal: run `python -m scrapy genspider -t FAMILY {name} URL`, or remove the folder"
    )
    spider: type[PortalSpider] = getattr(import_module(f"crawler.spiders.{name}"), camel)
    assert issubclass(spider, PortalSpider)
    return spider


def test_there_are_saved_pages() -> None:
    assert FOLDERS, "replicas/pages is empty: run `python -m scrapy sample PORTAL URL…`"


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMED)
def test_every_saved_page_has_an_expectation(folder: Path) -> None:
    pages, listed = {page.name for page in folder.glob("*.html")}, set(expected(folder))
    assert not pages - listed, (
        f"replicas/pages/{folder.name}: nothing is expected of {', '.join(sorted(pages - listed))}: run "
        f"`python -m scrapy sample {folder.name} URL` with the page's address, or remove the file"
    )
    assert not listed - pages, (
        f"replicas/pages/{folder.name}/{EXPECTED} names {', '.join(sorted(listed - pages))}, which is not there: run "
        f"`python -m scrapy sample {folder.name} URL` with the page's address, or remove the entry"
    )


@pytest.mark.parametrize(("folder", "name"), saved(), ids=[f"{folder.name}-{name}" for folder, name in saved()])
def test_the_spider_reads_its_saved_page_as_expected(folder: Path, name: str) -> None:
    wanted = expected(folder)[name]
    read = reread_page(spider_of(folder.name), folder / name, wanted)
    fields = differing(wanted, read)
    assert not fields, (
        f"replicas/pages/{folder.name}/{name} is read differently now ({', '.join(fields)}): mend the spider or its family, "
        f"or if today's reading is right run `python -m scrapy sample {folder.name} --again`"
    )


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMED)
def test_a_person_has_reviewed_every_expectation(folder: Path) -> None:
    waiting = [name for name, wanted in expected(folder).items() if wanted["reviewed"] is not True]
    assert not waiting, (
        f"nobody has reviewed {', '.join(waiting)}: compare them with replicas/pages/{folder.name}/{EXPECTED}, then run "
        f"`python -m scrapy probe --reviewed {folder.name}`"
    )

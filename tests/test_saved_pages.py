"""Saved pages are read as their expectation says, and each expectation was reviewed by a person."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from crawler.portal import PortalSpider
from crawler.probe.seen import Visited
from crawler.probe.write import expectation

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "replicas" / "pages"
FOLDERS = sorted(folder for folder in PAGES.glob("*") if folder.is_dir())
NAMED = [folder.name for folder in FOLDERS]


def expected(folder: Path) -> dict[str, dict[str, Any]]:
    listing = folder / "expected.json"
    assert listing.is_file(), (
        f"{folder} has no expected.json: run `python -m scrapy probe URL --name {folder.name} --force`"
    )
    told: dict[str, dict[str, Any]] = json.loads(listing.read_text(encoding="utf-8"))
    return told


def spider_of(name: str) -> type[PortalSpider]:
    camel = "".join(part.capitalize() for part in name.split("_"))
    spider: type[PortalSpider] = getattr(import_module(f"crawler.spiders.{name}"), camel)
    assert issubclass(spider, PortalSpider)
    return spider


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMED)
def test_every_saved_page_has_an_expectation(folder: Path) -> None:
    assert sorted(page.name for page in folder.glob("*.html")) == sorted(expected(folder))


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMED)
def test_the_spider_reads_its_saved_pages_as_expected(folder: Path) -> None:
    spider = spider_of(folder.name)
    for name, told in expected(folder).items():
        page = Visited(told["url"], told["url"], 200, (folder / name).read_bytes(), (), told.get("charset"))
        read = expectation(spider, page, told["kind"], datetime.fromisoformat(told["fetched_at"]))
        assert {**read, "reviewed": told["reviewed"]} == told, f"{folder.name}/{name} is read differently now"


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMED)
def test_a_person_has_reviewed_every_expectation(folder: Path) -> None:
    waiting = [name for name, told in expected(folder).items() if told["reviewed"] is not True]
    assert not waiting, (
        f"nobody has reviewed {', '.join(waiting)}: compare them with replicas/pages/{folder.name}/expected.json, then run "
        f"`python -m scrapy probe --reviewed {folder.name}`"
    )

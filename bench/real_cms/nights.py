"""Crawl one installed CMS for three nights by the spider that a probe wrote and by one of our family."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from archive.errors import ArchiveError
from archive.model.enums import ArchiveKind
from archive.storage.paths import Paths
from archive.store import Archive
from bench.real_cms.compare import Comparison, Expected, NightRecord, StoredLine, address, compare
from bench.real_cms.content import CATEGORIES, NIGHTS, CmsArticle, State, files_of
from bench.real_cms.site import Addresses, CmsSite
from bench.runner import call, new_archive, runs_of
from crawler.portal import PortalSpider
from crawler.urls import REPLICA_SUFFIX
from replicas import FIRST_NIGHT
from replicas.records import Kind, plain
from testing.run_lines import ReadLines

_SINCE = (FIRST_NIGHT - timedelta(days=90)).isoformat()
_PACKAGE = "cms_spiders"
_SOURCE = '''"""{title}."""

from crawler.families.{module} import {family}
from crawler.listings.listing import Section
from crawler.portal import Sure


class {camel}({family}):
    name = "{name}"
    title = "{title}"
    province = None
    home = "https://{host}"
    sections = (
{sections}
    )
    sure = Sure.INFERRED
    inferred = ("sections",)
'''


@dataclass(slots=True)
class SpiderNights:
    """One spider over the nights, and what came of it. `problem` says why it did not crawl."""

    spider: str
    name: str
    archive: Path
    score: int | None = None
    undecided: list[str] = field(default_factory=list)
    problem: str = ""
    result: Comparison = field(default_factory=Comparison)


def crawl_nights(
    site: CmsSite, port: int, folder: Path, spiders: Sequence[str] = ("probe", "family")
) -> list[SpiderNights]:
    """Load the site, probe it, crawl it for three nights with its edits between them; compare each spider's archive."""
    package = folder / _PACKAGE
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    environment = {**os.environ, "REPLICA": "1", "REPLICA_PORT": str(port), "PYTHONPATH": str(folder)}
    crawled = [SpiderNights(spider, f"{site.name}_{spider}", folder / spider) for spider in spiders]
    states: list[list[Expected]] = []
    addresses = site.load(site.story.articles)
    every = addresses.categories
    for number, articles in enumerate(site.story.states()):
        if number:
            addresses = site.edit(site.story.edits[number - 1])
            every = every | addresses.categories
        if absent := [
            one.slug for one in articles if one.state is State.PUBLIC and one.number not in addresses.articles
        ]:
            raise ArchiveError(f"{site.name} does not show what was entered: {', '.join(absent[:3])}")
        states.append([_expected(site, article, addresses) for article in articles if article.state is not State.DRAFT])
        for one in crawled if number == 0 else ():
            new_archive(one.archive)
            _make_spider(one, site, port, package, addresses, environment)
        with ThreadPoolExecutor(len(crawled)) as pool:
            list(pool.map(partial(_crawl, number, environment), crawled))
    for one in crawled:
        one.result = _compared(one, states, package, every)
    return crawled


def _make_spider(
    one: SpiderNights, site: CmsSite, port: int, package: Path, addresses: Addresses, environment: dict[str, str]
) -> None:
    if one.spider == "family":
        (package / f"{one.name}.py").write_text(_family_source(one.name, site, addresses), encoding="utf-8")
        return
    host = site.host.removesuffix(REPLICA_SUFFIX)
    night = ["--night", FIRST_NIGHT.isoformat()]
    where = ["--name", one.name, "--spiders", str(package), "--pages", str(package.parent / "pages")]
    done = call(["-m", "scrapy", "probe", f"http://127.0.0.1:{port}/", "--loopback", host, *night, *where], environment)
    score = re.search(r"score (\d+)", done.stdout)
    one.score = int(score[1]) if score else None
    one.undecided = _undecided(done.stdout)
    if not (package / f"{one.name}.py").exists():
        one.problem = f"no spider was written: {' '.join((done.stderr or done.stdout).split())[-300:]}"


def _undecided(report: str) -> list[str]:
    lines = report.partition("could not be decided:\n")[2].partition("\n\n")[0].splitlines()
    return [line.strip() for line in lines if line.strip() != "nothing"]


def _family_source(name: str, site: CmsSite, addresses: Addresses) -> str:
    module, _, family = site.family.rpartition(".")
    sections = "\n".join(
        f'        Section("{one.slug}", "{_path(addresses.categories[one.slug][0])}", "{one.title}"),'
        for one in CATEGORIES
    )
    host = site.host.removesuffix(REPLICA_SUFFIX)
    camel = "".join(part.capitalize() for part in name.split("_"))
    return _SOURCE.format(
        title=site.host, module=module, family=family, name=name, camel=camel, host=host, sections=sections
    )


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _crawl(number: int, environment: dict[str, str], one: SpiderNights) -> None:
    if one.problem:
        return
    night = NIGHTS[number]
    command = ["-m", "scrapy", "crawl", one.name, "-s", f"SPIDER_MODULES={_PACKAGE}", "--night", night.isoformat()]
    done = call([*command, "--since", _SINCE, "--archive", str(one.archive)], environment)
    if not Paths(one.archive).closed_runs(night):
        one.problem = f"night {number + 1} was not crawled: {' '.join(done.stderr.split())[-300:]}"
        return
    with Archive.open(one.archive, ArchiveKind.REPLICA) as archive:
        archive.seal(night, {})


def _compared(
    one: SpiderNights, states: list[list[Expected]], package: Path, categories: dict[str, list[str]]
) -> Comparison:
    nights = list(_records(one))
    if one.problem:
        shown = [state for state in states[0] if state.url is not None]
        result = Comparison(articles=len(shown))
        for _ in shown:
            result.add("lost", one.problem)
        return result
    return compare(states, nights, _sections(package / f"{one.name}.py", categories), one.score)


def _records(one: SpiderNights) -> Iterable[NightRecord]:
    for night, run in runs_of(Paths(one.archive), one.name):
        read = ReadLines(run)
        with Archive.open(one.archive, ArchiveKind.REPLICA, read_only=True) as archive:
            record = next(found for found in archive.runs(night) if found.portal == one.name)
        lines = tuple(
            StoredLine(line, (run / line.file).read_text("utf-8") if line.file and (run / line.file).exists() else "")
            for line in read.articles
        )
        yield NightRecord(record.verdict, tuple(str(reason) for reason in record.reasons), lines)


def _sections(module: Path, categories: dict[str, list[str]]) -> dict[str, str | None]:
    """Return the category of each section of a spider's file; None for the front page's list of all articles."""
    spider = _spider_class(module)
    by_address = {address(url): slug for slug, urls in categories.items() for url in urls}
    found: dict[str, str | None] = {}
    for section in spider.sections:
        place = address(urljoin(f"{spider.home}/", section.path))
        if place in by_address:
            found[section.name] = by_address[place]
        elif urlsplit(section.path).path.strip("/") in ("", "index.php") and not urlsplit(section.path).query:
            found[section.name] = None
    return found


def _spider_class(module: Path) -> type[PortalSpider]:
    found = importlib.util.spec_from_file_location(module.stem, module)
    if found is None or found.loader is None:
        raise ImportError(str(module))
    loaded = importlib.util.module_from_spec(found)
    sys.modules[module.stem] = loaded
    found.loader.exec_module(loaded)
    return next(
        value
        for value in vars(loaded).values()
        if isinstance(value, type) and issubclass(value, PortalSpider) and value.__module__ == module.stem
    )


def _expected(site: CmsSite, article: CmsArticle, addresses: Addresses) -> Expected:
    texts = [article.lead, *(plain(part.text) for part in article.parts)]
    if article.featured_caption and site.shows_caption:
        texts.insert(0, article.featured_caption)
    links = tuple(files_of(article))
    signed = next((plain(part.text) for part in article.parts if part.kind is Kind.SIGNOFF), None)
    author = site.author(article) or signed
    return Expected(
        number=article.number,
        url=addresses.articles.get(article.number) if article.state is State.PUBLIC else None,
        title=article.title,
        published=article.published,
        author=author,
        sections=article.categories,
        blocks=tuple(text for text in texts if text),
        optional=(*links, f"Tác giả: {author}"),  # the line in which NukeViet signs an article
        files=links,
    )

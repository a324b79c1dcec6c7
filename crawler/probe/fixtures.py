"""Saved pages of a portal: the files of `replicas/pages/<portal>/`, and what the spider reads from them, for review.

`expected.json` has one entry a page, by the file's name, in the form of `crawler.probe.write.expectation`; `via` says whether the
portal itself was asked or a replica of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from archive.errors import UsageError
from archive.model.enums import ArchiveKind
from crawler.downloader.guard import url_allowed
from crawler.listings.listing import SectionKind
from crawler.portal import PortalSpider, own_hosts
from crawler.probe.page import VisitedPage
from crawler.probe.write import expectation
from crawler.urls import REPLICA_SUFFIX, host_of

__all__ = [
    "EXPECTED",
    "Sample",
    "SavedPages",
    "differing",
    "kind_of_page",
    "read_again",
    "real_page",
    "refuse_interfaces",
    "wanted_pages",
]

EXPECTED = "expected.json"
MOST = 10  # addresses of one call: a sample is no crawl
LARGEST = 2_000_000  # bytes: a page that is kept with the code
Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sample:
    """A page to be saved, as the portal itself serves it: its kind (list or article) and the moment of the fetch."""

    page: VisitedPage
    kind: str
    now: datetime


def kind_of_page(portal: type[PortalSpider], url: str) -> str:
    """Whether an address of the portal is a section's list or an article. Raises UsageError where it is neither."""
    if any(_same(url, portal.section_url(section)) for section in portal.sections):
        return "list"
    if portal.article_key(url) is not None:
        return "article"
    raise UsageError(
        f"{url} is neither a section's list nor an article of {portal.name}: say which with --list or --article"
    )


def refuse_interfaces(portal: type[PortalSpider], url: str, kind: str) -> None:
    """Raises UsageError for what a saved page cannot show: lists and texts that an interface or a form sends."""
    if kind == "article":
        if not isinstance(portal.article_source(portal.article_key(url) or "", url), str):
            raise UsageError(f"{portal.name} takes its texts from an interface: there is no page of {url} to save")
        return
    for section in portal.sections:
        if _same(url, portal.section_url(section)):
            if section.kind is not SectionKind.PAGES or not isinstance(portal.first_page(section), str):
                raise UsageError(f"{portal.name} takes the list of {section.name} from an interface: name an article")
            return


def real_page(page: VisitedPage) -> VisitedPage:
    """The page as the portal itself serves it: a rehearsal's suffix is none of its words."""
    return VisitedPage(
        page.asked.replace(REPLICA_SUFFIX, ""),
        page.url.replace(REPLICA_SUFFIX, ""),
        page.status,
        page.body.replace(REPLICA_SUFFIX.encode(), b""),
        page.headers,
        page.charset,
    )


class SavedPages:
    """The saved pages of one portal. Raises UsageError where `expected.json` is no expectation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: dict[str, Told] = _read(folder / EXPECTED)

    def name_for(self, url: str, kind: str) -> str:
        """The file of this address: the one it has, else the next number of its kind."""
        known = next((name for name, told in self.told.items() if told.get("url") == url), None)
        number = 1
        while known is None and f"{kind}-{number}.html" in self.told:
            number += 1
        return known or f"{kind}-{number}.html"

    def reviewed(self, url: str) -> bool:
        """Whether a person has reviewed the page of this address."""
        return self.told.get(self.name_for(url, ""), {}).get("reviewed") is True

    def save(self, portal: type[PortalSpider], sample: Sample, via: ArchiveKind) -> str:
        """Write a page and what the spider reads from it; the file's name. Raises UsageError for a page without end."""
        page = sample.page
        if len(page.body) > LARGEST:
            raise UsageError(
                f"{page.url} has {len(page.body):,} bytes, more than the {LARGEST:,} that are kept with the code"
            )
        name = self.name_for(page.url, sample.kind)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(page.body)
        self.told[name] = {**expectation(portal, page, sample.kind, sample.now), "via": via.value}
        self._write()
        return name

    def again(self, portal: type[PortalSpider]) -> dict[str, list[str]]:
        """Read every saved page as the spider does now; what is read differently waits for a review. The fields by file."""
        changed = {}
        for name, told in list(self.told.items()):
            read = read_again(portal, self.folder / name, told)
            fields = differing(told, read)
            if fields:
                changed[name] = fields
                self.told[name] = {**read, "reviewed": False}
        if changed:
            self._write()
        return changed

    def _write(self) -> None:
        text = json.dumps(dict(sorted(self.told.items())), ensure_ascii=False, indent=1) + "\n"
        (self.folder / EXPECTED).write_text(text, encoding="utf-8")


def read_again(portal: type[PortalSpider], file: Path, told: Mapping[str, object]) -> Told:
    """What the spider reads from a saved page now, as of the moment at which it was fetched."""
    charset = told.get("charset")
    page = VisitedPage(
        str(told["url"]), str(told["url"]), 200, file.read_bytes(), (), charset if isinstance(charset, str) else None
    )
    read = expectation(portal, page, str(told["kind"]), datetime.fromisoformat(str(told["fetched_at"])))
    return {**read, **({"via": told["via"]} if "via" in told else {})}


def differing(told: Mapping[str, object], read: Mapping[str, object]) -> list[str]:
    """The fields in which two expectations differ, those of the article one by one; the review counts as none."""
    fields = [
        name for name in {**told, **read} if name not in ("reviewed", "article") and told.get(name) != read.get(name)
    ]
    old, new = told.get("article"), read.get("article")
    if isinstance(old, dict) and isinstance(new, dict):
        # The engine's version is no part of what the page says.
        fields += [name for name in {**old, **new} if name != "extractor" and old.get(name) != new.get(name)]
    elif old != new:
        fields.append("article")
    return fields


def wanted_pages(
    portal: type[PortalSpider], urls: list[str], saved: SavedPages, kind: str | None, *, force: bool
) -> dict[str, str]:
    """Each address with its kind: the given one, else what the spider says. Nothing is asked here.

    Raises UsageError for what cannot be saved, is of another host, or was reviewed by a person (unless `force`).
    """
    if not 1 <= len(urls) <= MOST:
        raise UsageError(f"name from 1 to {MOST} addresses of {portal.name}, lists and articles; found {len(urls)}")
    wanted = {}
    for url in urls:
        if reason := url_allowed(url, own_hosts(portal), replica=False):
            raise UsageError(f"{url} is not asked: {reason}")
        wanted[url] = kind or kind_of_page(portal, url)
        refuse_interfaces(portal, url, wanted[url])
        if saved.reviewed(url) and not force:
            raise UsageError(f"{url} is saved and reviewed: fetch it again with --force, or read it again with --again")
    return wanted


def _same(one: str, other: str) -> bool:
    """Whether two addresses lead to one page, as a person writes them: with `www.` or without, a slash at the end or none."""
    found = [urlsplit(each) for each in (one, other)]
    hosts, paths = (
        {host_of(each).removeprefix("www.") for each in (one, other)},
        {each.path.rstrip("/") for each in found},
    )
    return len(hosts) == len(paths) == len({each.query for each in found}) == 1


def _read(path: Path) -> dict[str, Told]:
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} is no expectation ({error}): mend it, or remove the folder and sample again"
        ) from None
    if not isinstance(told, dict) or not all(isinstance(each, dict) for each in told.values()):
        raise UsageError(
            f"{path} is no expectation: it has one entry for each page; remove the folder and sample again"
        )
    return told

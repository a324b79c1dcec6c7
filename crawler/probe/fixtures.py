"""Save pages of a portal in `replicas/pages/<portal>/`, with the spider's reading of them, for review.

`expected.json` has one entry a page, by the file's name, in the form of `crawler.probe.write.expectation`; `via` names
the portal itself or a replica of it as the source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive.errors import UsageError
from archive.model.enums import ArchiveKind
from crawler.downloader.guard import url_allowed
from crawler.listings.listing import SectionKind
from crawler.portal import PortalSpider, own_hosts
from crawler.probe.page import VisitedPage, same_site
from crawler.probe.write import expectation
from pipelines.html.addresses import split_address

EXPECTED = "expected.json"
MOST = 10  # addresses of one call: a sample is no crawl
LARGEST = 2_000_000  # bytes: a page that is kept with the code
Expectation = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sample:
    """A page to be saved, as the portal itself serves it: its kind (list or article) and the moment of the fetch."""

    page: VisitedPage
    kind: str
    now: datetime


def kind_of_page(portal: type[PortalSpider], url: str) -> str:
    """Return whether an address of the portal is a section's list or an article. Raises UsageError for neither."""
    if any(_same(url, portal.section_url(section)) for section in portal.sections):
        return "list"
    if portal.article_key(url) is not None:
        return "article"
    raise UsageError(
        f"{url} is neither a section's list nor an article of {portal.name}: say which with --list or --article"
    )


def refuse_interfaces(portal: type[PortalSpider], url: str, kind: str) -> None:
    """Raise UsageError for lists and texts that an interface or a form sends: a saved page cannot show them."""
    if kind == "article":
        if not isinstance(portal.article_source(portal.article_key(url) or "", url), str):
            raise UsageError(f"{portal.name} takes its texts from an interface: there is no page of {url} to save")
        return
    for section in portal.sections:
        if _same(url, portal.section_url(section)):
            if section.kind is not SectionKind.PAGES or not isinstance(portal.first_page(section), str):
                raise UsageError(f"{portal.name} takes the list of {section.name} from an interface: name an article")
            return


class SavedPages:
    """Saved pages of one portal. Raises UsageError where `expected.json` is no expectation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.expected: dict[str, Expectation] = _read(folder / EXPECTED)

    def name_for(self, url: str, kind: str) -> str:
        """Return the file of this address: the one it has, else the next number of its kind."""
        known = next((name for name, expected in self.expected.items() if expected.get("url") == url), None)
        number = 1
        while known is None and f"{kind}-{number}.html" in self.expected:
            number += 1
        return known or f"{kind}-{number}.html"

    def reviewed(self, url: str) -> bool:
        """Return whether a person has reviewed the page of this address."""
        return self.expected.get(self.name_for(url, ""), {}).get("reviewed") is True

    def save(self, portal: type[PortalSpider], sample: Sample, via: ArchiveKind) -> str:
        """Write a page and the spider's reading of it; returns the file's name. Raises UsageError if too large."""
        page = sample.page
        if len(page.body) > LARGEST:
            raise UsageError(
                f"{page.url} has {len(page.body):,} bytes, more than the {LARGEST:,} that are kept with the code"
            )
        name = self.name_for(page.url, sample.kind)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_bytes(page.body)
        self.expected[name] = {**expectation(portal, page, sample.kind, sample.now), "via": via.value}
        self._write()
        return name

    def reread(self, portal: type[PortalSpider]) -> dict[str, list[str]]:
        """Read every saved page with today's spider; changed readings wait for a review.

        Returns the changed fields by file.
        """
        changed = {}
        for name, expected in list(self.expected.items()):
            read = reread_page(portal, self.folder / name, expected)
            fields = differing(expected, read)
            if fields:
                changed[name] = fields
                self.expected[name] = {**read, "reviewed": False}
        if changed:
            self._write()
        return changed

    def _write(self) -> None:
        text = json.dumps(dict(sorted(self.expected.items())), ensure_ascii=False, indent=1) + "\n"
        (self.folder / EXPECTED).write_text(text, encoding="utf-8")


def reread_page(portal: type[PortalSpider], file: Path, expected: Mapping[str, object]) -> Expectation:
    """Return today's reading of a saved page, as of the moment at which it was fetched."""
    charset = expected.get("charset")
    url, charset = str(expected["url"]), charset if isinstance(charset, str) else None
    page = VisitedPage(url, url, 200, file.read_bytes(), charset=charset)
    read = expectation(portal, page, str(expected["kind"]), datetime.fromisoformat(str(expected["fetched_at"])))
    return {**read, **({"via": expected["via"]} if "via" in expected else {})}


def differing(expected: Mapping[str, object], read: Mapping[str, object]) -> list[str]:
    """Return the fields in which two expectations differ, those of the article one by one, without the review."""
    fields = [name for name in {**expected, **read} if expected.get(name) != read.get(name)]
    fields = [name for name in fields if name not in ("reviewed", "article")]
    old, new = expected.get("article"), read.get("article")
    if isinstance(old, dict) and isinstance(new, dict):
        # The engine's version is no part of the page.
        fields += [name for name in {**old, **new} if name != "extractor" and old.get(name) != new.get(name)]
    elif old != new:
        fields.append("article")
    return fields


def wanted_pages(
    portal: type[PortalSpider], urls: list[str], saved: SavedPages, kind: str | None, *, force: bool
) -> dict[str, str]:
    """Return each address with its kind: the given one, else the spider's. Nothing is fetched here.

    Raises UsageError for an address that cannot be saved, is of another host, or was reviewed by a person (unless
    `force`).
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
    """Return whether two addresses lead to one page as people write them: `www.` or not, a slash at the end or not."""
    first, second = split_address(one), split_address(other)
    same_page = first.path.rstrip("/") == second.path.rstrip("/") and first.query == second.query
    return same_page and same_site(one, other)


def _read(path: Path) -> dict[str, Expectation]:
    if not path.exists():
        return {}
    try:
        expected = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} is no expectation ({error}): mend it, or remove the folder and sample again"
        ) from None
    if not isinstance(expected, dict) or not all(isinstance(each, dict) for each in expected.values()):
        raise UsageError(
            f"{path} is no expectation: it has one entry for each page; remove the folder and sample again"
        )
    return expected

"""The pictures of the audit page in docs/pictures: made from an archive by the system's Chromium.

    python -m bench.web.screenshots --archive var/demo --out docs/pictures

Each is what stands on a screen of 1280 by 900 (a phone: 360 by 740), light or dark. Exit code 2 without Chromium.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

from archive.errors import ExitCode, UsageError
from archive.model.enums import Event
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from bench.runner import report_error, served

_SCREEN, _PHONE = (1280, 900), (360, 740)
_ARGUMENTS = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its name, the page (or a link to follow from it, by its beginning), the screen and the scheme."""

    name: str
    path: str
    follow: tuple[str, ...] = ()
    scheme: Literal["light", "dark"] = "light"
    screen: tuple[int, int] = _SCREEN


PICTURES = (
    Picture("overview-light", "/en/?year={year}"),
    Picture("overview-dark", "/vi/?year={year}", scheme="dark"),
    Picture("portal-light", "/en/portals/{portal}?year={year}"),
    Picture("changes-light", "/en/nights/{changed}?kind=changed", ("/en/articles/", "/en/changes")),
    Picture("documents-light", "/en/documents?portal={portal}"),
    Picture("article-light", "/en/nights/{changed}?kind=changed", ("/en/articles/",)),
    Picture("integrity-light", "/en/integrity"),
    Picture("search-dark", "/vi/search?q=ket+qua", scheme="dark"),
    Picture("overview-phone", "/vi/", screen=_PHONE),
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.web.screenshots", description="Make the pictures of the audit page."
    )
    parser.add_argument("--archive", type=Path, default=Path("var/demo"), metavar="DIR", help="default var/demo")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"), metavar="DIR", help="default docs/pictures")
    asked = parser.parse_args(arguments)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("screenshots: Chromium is not installed (apt-get install chromium)", file=sys.stderr)
        return ExitCode.USAGE
    return report_error("screenshots", lambda: _draw(asked.archive, asked.out, chromium))


def _draw(root: Path, out: Path, chromium: str) -> int:
    with Archive.open(root, read_only=True) as archive:
        with SearchIndex.of(archive) as words:
            catch_up(archive, words)
        names = _names(archive)
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, served(root) as address:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*_ARGUMENTS, *sandbox])
        for picture in PICTURES:
            data = _drawn(browser, address, picture, names)
            (out / f"{picture.name}.png").write_bytes(data)
            print(f"{picture.name}.png  {len(data):,} bytes")
        browser.close()
    return ExitCode.GOOD


def _names(archive: Archive) -> dict[str, str]:
    """Return the values that addresses name: the last night in which an article was revised, its portal, the year with the most nights."""
    with archive.index.reading() as queries:
        night = queries.coverage.last_night()
        first, last = queries.coverage.first_night() or night, night
        while night is not None and not queries.web.events_of_night(night, 1, events=[Event.REVISION]):
            night = queries.coverage.adjacent_night(night, later=False)
        if night is None or last is None or first is None:
            raise UsageError("no article of this archive was ever changed: there is no change to draw")
        portal = queries.web.events_of_night(night, 1, events=[Event.REVISION])[0].portal
    nights = Counter((first + timedelta(days=number)).year for number in range((last - first).days + 1))
    return {"changed": night.isoformat(), "portal": portal, "year": str(nights.most_common(1)[0][0])}


def _drawn(browser: Browser, address: str, picture: Picture, names: Mapping[str, str]) -> bytes:
    width, height = picture.screen
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=picture.scheme)
    try:
        page = context.new_page()
        page.goto(address + picture.path.format_map(names))
        for beginning in picture.follow:
            link = page.locator(f"main a[href^='{beginning}']").first.get_attribute("href")
            page.goto(address + re.sub(r"#.*", "", link or ""))
        return page.screenshot()
    finally:
        context.close()


if __name__ == "__main__":
    sys.exit(main())

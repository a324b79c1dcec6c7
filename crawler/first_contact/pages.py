"""Save the pages of a visit as a mirror does, so that `scrapy probe --saved` can read the portal again without network."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from crawler.probe.page import VisitedPage
from crawler.probe.write import real_page
from crawler.urls import host_of
from pipelines.html.addresses import split_address

_LONGEST = 200  # bytes of a file's name
_BAD = str.maketrans(dict.fromkeys('\\:*"<>|\x00', "_"))


def save_pages(folder: Path, pages: Iterable[VisitedPage], robots: str) -> int:
    """Write pages below `folder`/HOST under the paths of their addresses; return how many.

    What stood there before is removed. A page whose address makes no file's name is left out.
    """
    shutil.rmtree(folder, ignore_errors=True)
    count, host = 0, ""
    for page in map(real_page, pages):
        host = host_of(page.requested)
        path = folder / host / page_path(page.requested)
        if any(len(part.encode()) > _LONGEST for part in path.parts) or path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page.body)
        count += 1
    if robots and host:
        (folder / host / "robots.txt").write_text(robots, encoding="utf-8")
    return count


def page_path(url: str) -> Path:
    """Return the relative path of a page's file: `/tin-tuc?page=2` stands in `tin-tuc@page=2.html`.

    A page whose address ends like no file is the index of a folder: other pages may stand below it.
    """
    parts = split_address(url)
    steps = [step.translate(_BAD) for step in unquote(parts.path).split("/") if step not in ("", ".", "..")]
    if parts.query:
        query = unquote(parts.query).replace("/", "_").translate(_BAD)
        return Path(*steps[:-1], f"{steps[-1] if steps else ''}@{query}.html")
    if steps and "." in steps[-1]:
        return Path(*steps)
    return Path(*steps, "index.html")

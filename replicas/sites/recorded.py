"""Sites over a folder of recorded pages: every `*.html` file is served at the address it names itself.

The address is the page's `link rel=canonical`, else its `og:url`, else the `url` that the folder's `expected.json` gives
for the file. Bytes are served as they were recorded but for the suffix in portal addresses. Anything else is 404,
robots.txt too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from replicas.sites.site import Site, SiteRequest, SiteResponse

_TAG = re.compile(rb"<(?:link|meta)\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([a-z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?([a-z0-9_-]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RecordedSite:
    """One host of a folder: path and query to file. The night makes no difference."""

    host: str
    pages: dict[str, Path]

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the recorded page at this address, or 404."""
        asked = request.path + (f"?{request.query}" if request.query else "")
        file = self.pages.get(asked)
        if file is None:
            return SiteResponse(b"no page was recorded at this address\n", 404, content_type="text/plain")
        body = file.read_bytes()
        declared = _CHARSET.search(body[:4096])
        charset = f"; charset={declared[1].decode().lower()}" if declared else ""
        return SiteResponse(body, content_type=f"text/html{charset}")


def recorded_sites(folder: Path) -> list[Site]:
    """Return the sites of a folder; ValueError says in one line what is missing."""
    if not folder.is_dir():
        raise ValueError(f"no folder of recorded pages: {folder}")
    hosts: dict[str, dict[str, Path]] = {}
    for file, url in _addresses(folder):
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        hosts.setdefault((parts.hostname or "").lower(), {}).setdefault(path, file)
    if not hosts:
        raise ValueError(f"no page in {folder} names its address: a canonical link, og:url or expected.json is needed")
    return [RecordedSite(host, pages) for host, pages in sorted(hosts.items())]


def page_address(body: bytes) -> str | None:
    """Return the absolute address a page gives for itself, canonical first; None where it gives none."""
    found: dict[bytes, str] = {}
    for tag in _TAG.findall(body):
        values = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(tag)}
        label = values.get(b"rel", values.get(b"property", b"")).lower()
        address = values.get(b"href", values.get(b"content", b"")).decode("utf-8", "replace").strip()
        if label in (b"canonical", b"og:url") and address.startswith(("http://", "https://")):
            found.setdefault(label, address.replace("&amp;", "&"))
    return found.get(b"canonical") or found.get(b"og:url")


def _addresses(folder: Path) -> Iterator[tuple[Path, str]]:
    given: dict[str, str] = {}
    listing = folder / "expected.json"
    if listing.is_file():
        named = json.loads(listing.read_text("utf-8"))
        given = {name: entry["url"] for name, entry in named.items() if isinstance(entry, dict) and "url" in entry}
    for file in sorted(folder.glob("*.html")):
        if url := page_address(file.read_bytes()) or given.get(file.name):
            yield file, url

"""Split an article's address on the portal's own hosts into the parts of which every family makes its key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.listings.alternate_urls import page_path
from crawler.portal import PortalSpider, own_hosts
from crawler.urls import LONGEST, as_key, host_of, parameters, real_host
from pipelines.html.addresses import split_address

_NO_PAGES = frozenset({"print.aspx", "savefile", "sendmail", "rss", "login", "feed"})


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An address of the portal. `site` is empty on the home host and `host/` on a further one, where ids overlap."""

    site: str
    path: str
    query: dict[str, str]


def own_address(portal: type[PortalSpider], url: str) -> OwnAddress | None:
    """Return the parts of an address that may identify an article.

    None for other hosts and ports, other schemes, broken or over-long addresses, feeds, forms and mail. The host may
    carry the suffix of a rehearsal. The query's names are in lower case, the first wins.
    """
    url = url.strip()
    if len(url) > LONGEST:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or port not in (None, 80, 443):
        return None
    host = real_host(host_of(url))
    if host not in own_hosts(portal):
        return None
    path = as_key(page_path(parts.path))
    segments = path.lower().split("/")
    if not _NO_PAGES.isdisjoint(segments) or ".." in segments or segments[-1].endswith(".rss"):
        return None
    query: dict[str, str] = {}
    for name, value in parameters(parts.query):
        query.setdefault(name.lower(), value)
    home = host_of(portal.home).removeprefix("www.")
    return OwnAddress("" if host.removeprefix("www.") == home else f"{host}/", path, query)


def key_in_path(portal: type[PortalSpider], url: str, pattern: re.Pattern[str]) -> str | None:
    """Return the group `id` of a pattern that matches the whole path of an own address; None where it does not."""
    address = own_address(portal, url)
    match = pattern.fullmatch(address.path) if address else None
    return address.site + match["id"] if address and match else None


def is_section_path(portal: type[PortalSpider], path: str) -> bool:
    """Return whether the path of an own address is that of one of the portal's sections, a slash at the end aside."""
    sections = (as_key(page_path(split_address(section.path).path)) for section in portal.sections)
    return any(section.rstrip("/") == path.rstrip("/") for section in sections)

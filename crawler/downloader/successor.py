"""Recognise a redirect to the portal's successor by the host it names.

A host belongs to another portal when the spider declares it in `moved_to`, or when it stands under the domain of a
province (vietnam/provinces.csv) and is none of the portal's own. The portal of a commune that only bears a former
province's name continues nothing. Nothing is asked at a successor: that host's articles are stored under its own portal's
name, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urljoin, urlsplit

from scrapy.exceptions import IgnoreRequest

from crawler.urls import REPLICA_SUFFIX
from vietnam.provinces import is_commune_host, province_of_host

_SHORT = 4096  # bytes: a page that only sends on has nothing else
_META = re.compile(r"<meta\b[^>]*", re.IGNORECASE)
_IS_REFRESH = re.compile(r"""http-equiv\s*=\s*["']?refresh["']?""", re.IGNORECASE)
_LAST_URL = re.compile(r""".*\burl\s*=\s*["']?([^"'>\s;]+)""", re.IGNORECASE | re.DOTALL)
_SCRIPT = re.compile(
    r"""location(?:\s*\.\s*href)?\s*=\s*["'](https?://[^"'\s]+)["']"""
    r"""|location\s*\.\s*(?:replace|assign)\s*\(\s*["'](https?://[^"'\s]+)["']""",
    re.IGNORECASE,
)
LOGIN_HOSTS = frozenset(
    {"sso", "login", "dangnhap", "xacthuc", "auth", "id", "cas"}
)  # first labels of hosts that log in


class SuccessorRedirect(IgnoreRequest):
    """The answer redirects to `host`, which belongs to another portal. Nothing is asked there."""

    def __init__(self, host: str) -> None:
        super().__init__(f"sent on to {host}")
        self.host = host


def successor_of(url: str, own: Collection[str], declared: Collection[str]) -> str | None:
    """Return the other portal's host, without replica suffix, that an address leads to; None for own and unknown hosts.

    `own` are the portal's hosts, `declared` those that it declares it moved to; both without suffix.
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").removesuffix(REPLICA_SUFFIX)
    except ValueError:
        return None
    if not host or host in own:
        return None
    if is_commune_host(host):
        return None
    if any(host == known or host.endswith(f".{known}") for known in declared):
        return host
    province = province_of_host(host)
    if province is None or (host != province.domain and host.split(".", 1)[0] in LOGIN_HOSTS):
        return None
    return host


def refresh_target(body: bytes, url: str) -> str | None:
    """Return where a short page sends a browser on to, by a meta tag or one line of script; None for any other page."""
    if len(body) > _SHORT:
        return None
    text = body.decode("utf-8", "replace")
    found = _refresh(text) or _SCRIPT.search(text)
    if found is None:
        return None
    target: str = next(group for group in found.groups() if group)
    try:
        return urljoin(url, target)
    except ValueError:
        return None


def _refresh(text: str) -> re.Match[str] | None:
    """Find the address of a meta refresh. A tag that never ends is looked at once, and not from each of its beginnings."""
    for tag in _META.finditer(text):
        refresh = _IS_REFRESH.search(tag[0])
        if refresh is not None and (found := _LAST_URL.match(tag[0], refresh.end())):
            return found
    return None

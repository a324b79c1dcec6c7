"""Define a site for the replica server (a host and a pure function from request to response) and the host suffix.

Every address of a portal that is served (links, canonical, `og:url`, feeds, `Location`) carries `.replica.test`, so that
a rehearsal never leaves loopback and can never be taken for evidence. Host names in running text are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Protocol
from urllib.parse import parse_qsl

from replicas.records import TZ

SUFFIX = ".replica.test"
_TEXTUAL = ("text/", "application/xml", "application/rss", "application/json", "application/javascript")


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """A request as a site sees it. `host` has no suffix and no port; `path` and `query` are percent-encoded as sent.

    `night` is the day at whose end (Asia/Ho_Chi_Minh) the site answers; `count` numbers the server's requests from 1.
    """

    host: str
    path: str
    query: str
    night: date
    count: int
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def asked(self) -> dict[str, str]:
        """The query's parameters; of one that is repeated the last."""
        return dict(parse_qsl(self.query))

    @property
    def form(self) -> dict[str, str]:
        """The fields of a posted form; of one that is repeated the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace")))

    @property
    def clock(self) -> datetime:
        """The time of day a site's clock shows: late on the night, another one at every request."""
        return datetime.combine(self.night, time(22), TZ) + timedelta(seconds=self.count * 7 % 7199)

    @property
    def visitors(self) -> int:
        """A visitor counter's number, another one at every request."""
        return 1_176_123 + self.night.toordinal() % 1000 * 317 + self.count * 3


@dataclass(frozen=True, slots=True)
class SiteResponse:
    """A response before suffixing, compression and the conditional answer, which the server does for every site."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    etag: str | None = None
    last_modified: datetime | None = None

    @property
    def textual(self) -> bool:
        """Return whether portal addresses may stand in the body."""
        return self.content_type.startswith(_TEXTUAL)


class Site(Protocol):
    """A composed or recorded site. `respond` must be pure: the same request brings the same response."""

    @property
    def host(self) -> str:
        """The real host, without suffix."""

    def respond(self, request: SiteRequest) -> SiteResponse:
        """Return the answer to one request to this host."""


def suffixed(host: str) -> str:
    """Return the host as the replica serves it; a host that has the suffix stays as it is."""
    return host if host.endswith(SUFFIX) else host + SUFFIX


def base_host(host: str) -> str:
    """Return the host without a leading `www.`: what its sub-sites share."""
    return host.removeprefix("www.")


class Suffixer:
    """Suffixes the addresses of known portals, their sub-sites included, in bodies and header values."""

    def __init__(self, hosts: Iterable[str]) -> None:
        names = b"|".join(re.escape(name.encode()) for name in sorted({base_host(host) for host in hosts}))
        # The look-ahead ends the host: a port, path or quote may follow, another label may not.
        self._pattern = re.compile(
            rb"((?://|\\/\\/|%2F%2F)(?:[a-z0-9_-]+\.)*(?:" + (names or rb"(?!)") + rb"))(?![a-z0-9_-]|\.[a-z0-9_-])",
            re.IGNORECASE,
        )

    def body(self, body: bytes) -> bytes:
        """Return the body with suffixed addresses, bytes otherwise unchanged. Doing it twice changes nothing more."""
        return self._pattern.sub(rb"\1" + SUFFIX.encode(), body)

    def text(self, text: str) -> str:
        """Return the same for a header value or a page in memory."""
        return self.body(text.encode()).decode()

    def unsuffixed(self, body: bytes) -> list[bytes]:
        """Portal addresses in a body that lack the suffix: empty for everything the server sends."""
        return self._pattern.findall(body)

"""Decide which addresses and hosts may be fetched at all.

Three gates, each enough for its own case: `url_allowed` judges every request before anything else sees it (seeds,
redirects, retries and robots.txt alike), `GuardedResolver` judges the address of a name, and Scrapy's handlers for
file, data, ftp and s3 are switched off in the settings.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from crawler.downloader.recorder import CrawlerMiddleware, recorder_of
from crawler.downloader.successor import LOGIN_HOSTS, successor_of
from crawler.requests import Expect, exchange_of
from crawler.urls import REPLICA_SUFFIX, replica_url
from pipelines.html.addresses import split_address
from vietnam.provinces import PROVINCES

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

LOOPBACK = "127.0.0.1"

# IANA special-purpose registries (RFC 6890 and its updates): Python's own lists differ between its patch releases.
_REFUSED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/96",  # unspecified, loopback and the old IPv4-compatible form
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)
_NO_ADDRESS = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
_PORTS = (None, 80, 443)
# Spaces, controls and backslashes are read differently by different parsers; none belongs in an address.
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
# WHATWG URL "ends in a number": 2130706433, 0x7f.1 and 127.1 are addresses to a browser.
_NUMBER_HOST = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)\.?$")


def address_allowed(address: str) -> bool:
    """Return whether an IP address may be connected to: only ordinary public unicast ones.

    Private, loopback, link-local, shared (100.64/10), multicast, reserved, documentation and unspecified addresses are
    refused, and so is every IPv6 form that carries an IPv4 address inside. A text that is no address is refused.
    """
    try:
        ip: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address) and ip.scope_id is not None:
        return False
    if any(ip in network for network in _REFUSED if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def own_hosts(home: str, more: Sequence[str] = ()) -> frozenset[str]:
    """Return a portal's own hosts: its home host with and without `www.`, and the ones it lists."""
    host = (split_address(home).hostname or "").lower()
    bare = host.removeprefix("www.")
    return frozenset({bare, f"www.{bare}", *(name.lower() for name in more)} - {"", "www."})


def file_hosts(home: str, province: str | None, forms: Sequence[str]) -> frozenset[str]:
    """Return the hosts that hold a portal's files and nothing else.

    `{domain}` in a form stands for the domain of the portal's province (a slug), else for the home host's without `www.`:
    the files of a department lie on its province's host.
    """
    domain = (
        PROVINCES[province].domain if province else (split_address(home).hostname or "").lower().removeprefix("www.")
    )
    return frozenset(form.replace("{domain}", domain) for form in forms)


def url_allowed(url: str, hosts: frozenset[str], replica: bool) -> str | None:
    """Return why a URL must not be fetched, or None when it may.

    `hosts` are the portal's own hosts without the replica suffix. In a rehearsal (`replica`) only these hosts with the
    suffix `.replica.test` are allowed; outside of it only the hosts themselves.
    """
    if _ODD.search(url):
        return "a space, control character or backslash in the address"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "not a readable address"
    if parts.scheme not in ("http", "https"):
        return f"scheme {parts.scheme or 'missing'}: only http and https are fetched"
    if "@" in parts.netloc:
        return "user information in the address"
    if port not in _PORTS:
        return f"port {port}: only 80 and 443 are fetched"
    host = (parts.hostname or "").lower()
    if not host:
        return "no host in the address"
    if ":" in host or _NUMBER_HOST.search(host):
        return "a numeric address instead of a host name"
    return _host_refused(host, hosts, replica)


def _host_refused(host: str, hosts: frozenset[str], replica: bool) -> str | None:
    rehearsed = host.endswith(REPLICA_SUFFIX)
    if rehearsed and not replica:
        return "a replica's host outside of a rehearsal"
    if replica and not rehearsed:
        return "a live host in a rehearsal"
    if host.removesuffix(REPLICA_SUFFIX) not in hosts:
        return f"host {host} is not one of the portal's own"
    return None


@dataclass(frozen=True, slots=True)
class PortalHosts:
    """Hold a portal's own hosts, those it moved to and those that hold its files, all without suffix.

    `replica` says that the crawl is a rehearsal.
    """

    own: frozenset[str]
    moved_to: tuple[str, ...] = ()
    replica: bool = False
    files: frozenset[str] = frozenset()

    @property
    def asked(self) -> frozenset[str]:
        """The portal's own hosts as this crawl asks them: in a rehearsal with the suffix."""
        return frozenset(host + REPLICA_SUFFIX for host in self.own) if self.replica else self.own

    @property
    def asked_for_files(self) -> frozenset[str]:
        """The hosts from which a file may come, as this crawl asks them."""
        return replace(self, own=self.own | self.files).asked

    def here(self, url: str) -> str:
        """Return an address as this crawl asks it."""
        return replica_url(url) if self.replica else url

    def refusal(self, url: str, expect: Expect = Expect.RESOURCE) -> str | None:
        """Return why an address must not be fetched, None when it may. Hosts of files give files and a robots.txt."""
        hosts = self.own | self.files if expect in (Expect.ATTACHMENT, Expect.ROBOTS) else self.own
        return url_allowed(url, hosts, self.replica)

    def is_external(self, url: str) -> bool:
        """Return whether an address is a page of another site, which a browser would open and this crawl does not.

        A host that logs visitors in is none: the article may stand behind it.
        """
        try:
            host = (urlsplit(url).hostname or "").lower()
        except ValueError:
            return False
        live = host.removesuffix(REPLICA_SUFFIX)
        if "." not in live or live in self.own or live.split(".", 1)[0] in LOGIN_HOSTS:
            return False
        return url_allowed(url, frozenset({live}), host != live) is None

    def successor(self, url: str) -> str | None:
        """Return the known host of somebody else that an address leads to."""
        return successor_of(url, self.own | self.files, self.moved_to)


class GuardDenied(IgnoreRequest):
    """The guard refused a request; the message is the reason."""


class GuardMiddleware(CrawlerMiddleware):
    """Check every request with `url_allowed` before the robots check: number 10 among the downloader middlewares.

    Redirects, retries and robots.txt are new requests to Scrapy and pass here again.
    """

    def process_request(self, request: Request) -> None:
        """Let the request pass or raise GuardDenied."""
        recorder = recorder_of(self._crawler)
        reason = recorder.hosts.refusal(request.url, exchange_of(request).info.expect)
        if reason is None:
            return
        recorder.record_refusal(request, reason)
        raise GuardDenied(reason)


class NoSuchName(DNSLookupError):
    """The name service knows that the name has no address; an unreachable name service does not know that."""


class AddressRefused(DNSLookupError):
    """A name resolved to an address that must not be connected to."""


def _no_such_name(failure: Failure) -> Failure:
    """Turn the resolver's failure into NoSuchName where it is certain: Twisted leaves only the system's error text."""
    if any(f"[Errno {number}]" in failure.getErrorMessage() for number in _NO_ADDRESS):
        return Failure(NoSuchName(failure.getErrorMessage()))  # type: ignore[no-untyped-call]  # Twisted leaves it untyped
    return failure


class GuardedResolver(CachingThreadedResolver):
    """Resolve names for the whole process and hand out only allowed addresses (Scrapy: `TWISTED_DNS_RESOLVER`).

    Twisted connects to the returned address, so a name that changes between two look-ups (DNS rebinding) gains nothing.
    In a rehearsal no name is looked up at all: only the replica handler's loopback literal resolves.
    """

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, replica: bool = False) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._replica = replica

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Build it with the crawl's DNS settings."""
        settings = crawler.settings
        cache_size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, cache_size, settings.getfloat("DNS_TIMEOUT"), bool(settings.get("REPLICA")))

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        """Return the address of a name; fails with AddressRefused when it may not be used."""
        if self._replica:
            if name == LOOPBACK:
                return succeed(name)
            return fail(AddressRefused(f"{name}: a rehearsal looks up no names"))
        return self.look_up(name, timeout).addCallbacks(self._checked, _no_such_name, callbackArgs=(name,))

    def look_up(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        """Return the unguarded answer of the system's resolver."""
        return super().getHostByName(name, timeout)

    @staticmethod
    def _checked(address: str, name: str) -> str:
        if not address_allowed(address):
            raise AddressRefused(f"{name} resolves to {address}, which is not a public address")
        return address

"""Addresses that must not be asked: private ones in every form, other schemes, other ports, other hosts.

A row opens no socket to a private or link-local address: it asks the guard, or sends the crawl to a listener of its own on
loopback, which then was asked nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

from twisted.internet import reactor
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from archive.model.enums import ArchiveKind, Outcome, Verdict
from crawler import settings
from crawler.downloader.guard import AddressRefused, GuardedResolver, PortalHosts, address_allowed, own_hosts
from faults.catalogue import CheckFailure, Place, Skip, require, row
from faults.content.versions import article_of
from faults.network.crawl import KEYS, CrawlResult, crawl_failing, portal, read_crawl
from faults.process.commands import run_command
from testing.ba_song_pages import HOST, html, listing
from testing.crawl import NIGHT, new_archive
from testing.http_server import HttpServer, Reply, response

_LIVE = PortalHosts(own_hosts("https://www.ba-song.vn"))
_PRIVATE = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "198.18.0.1",
    "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1",
    "2002:7f00:1::1", "fd00::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
)  # fmt: skip
_NUMBERS = ("2130706433", "0177.0.0.1", "0x7f000001", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1.")
_METADATA = (
    "169.254.169.254",
    "169.254.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254",
    "100.100.100.200",
)
_METADATA_HOSTS = (
    "169.254.169.254",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "[::ffff:a9fe:a9fe]",
    "metadata.google.internal",
)


def _to(place: str) -> bytes:
    return response(b"", "302 Found", Location=place)


def _refused(url: str) -> str:
    reason = _LIVE.refusal(url)
    if reason is None:
        raise CheckFailure(f"the guard lets {url} pass")
    return reason


def _denied(night: CrawlResult, *keys: str) -> None:
    for key in keys:
        night.is_outcome(key, Outcome.GUARD_DENIED)


@row("D1", "redirects, meta refreshes, links and list pages that lead to private addresses in every form", weight=8)
def _d1(place: Place) -> str:
    passed = [address for address in _PRIVATE if address_allowed(address)]
    require(not passed, f"may be connected to: {passed}")
    for host in (*_NUMBERS, *_PRIVATE[:5], "localhost"):
        _refused(f"http://{host}/")
    with HttpServer({}, otherwise=response(article_of("Trong nhà", "canary-8d1f"))) as listener:
        inner = [
            f"http://{host}:{listener.port}/tin/x.html"
            for host in ("127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]")
        ]
        keys = [f"k{number}" for number in range(len(inner))]
        refresh = html(f"<meta http-equiv='refresh' content='0;url={inner[0]}'>")
        named = listing([*keys, "a"], following=inner[0]).replace(
            b"<ul>", f"<ul><li class='tin'><a href='{inner[0]}'>x</a></li>".encode()
        )
        pages: dict[str, Reply] = portal(list=response(named), a=response(refresh))
        pages |= {f"/tin/{key}.html": _to(url) for key, url in zip(keys, inner, strict=True)}
        night = crawl_failing(place, pages)
        require(not listener.requests, f"asked was {[request.path for request in listener.requests]}")
    _denied(night, *keys)
    require("a" not in night.kept, "a page that only sends on is kept")
    told = f"{len(_PRIVATE)} addresses and {len(_NUMBERS) + 6} forms refused by the guard"
    return f"{told}; the crawl's {len(keys)} redirects guard_denied, the listener asked nothing"


@row("D2", "the address of a cloud's metadata service, in every form", quick=True)
def _d2(place: Place) -> str:
    passed = [address for address in _METADATA if address_allowed(address)]
    require(not passed, f"may be connected to: {passed}")
    reasons = {_refused(f"http://{host}/latest/meta-data/") for host in _METADATA_HOSTS}
    return f"refused before anything is looked up; the guard alone was asked: {', '.join(sorted(reasons))}"


class _FixedResolver(GuardedResolver):
    """Resolve a name to one address after another, as a rebinding name server does."""

    def __init__(self, *answers: str) -> None:
        super().__init__(reactor, 0, 1.0)
        self._answers = list(answers)

    def look_up(self, name: str, timeout: object = ()) -> Deferred[str]:
        return succeed(self._answers.pop(0))


def _with_own_hosts(place: Place) -> CrawlResult:
    """Run a live crawl in a network of its own in which the portal's name stands for a loopback address."""
    unshare, hosts = shutil.which("unshare"), place.folder / "hosts"
    hosts.write_text("127.0.0.1 www.ba-song.vn ba-song.vn\n", encoding="ascii")
    apart = [
        str(unshare),
        "-rnm",
        "sh",
        "-c",
        'mount --bind "$0" /etc/hosts && ip link set lo up && exec "$@"',
        str(hosts),
    ]
    if unshare is None or subprocess.run([*apart, "true"], capture_output=True).returncode != 0:
        raise Skip("needs network namespaces (unshare -rnm, ip)")
    root = new_archive(place.folder / "archive", ArchiveKind.LIVE)
    crawl = [sys.executable, "-m", "scrapy", "crawl", "ba_song", "--archive", str(root), "--night", NIGHT.isoformat()]
    crawl += ["-s", "SPIDER_MODULES=testing.portals.first", "-s", "RETRY_BACKOFF=0.05", "-s", "DOWNLOAD_DELAY=0"]
    done = run_command([*apart, *crawl], {"LUU_TRU_CONTACT": "a@ba-song.vn"})
    return read_crawl(root, done)


@row("D3", "a portal's own name that resolves to a private address, at once or at the second look-up", weight=8)
def _d3(place: Place) -> str:
    resolver, found = _FixedResolver("113.160.225.1", "192.168.0.9", "::ffff:10.0.0.1"), list[object]()
    for _ in range(3):
        resolver.getHostByName("www.ba-song.vn").addBoth(found.append)
    good, *bad = found
    refused = all(isinstance(one, Failure) and isinstance(one.value, AddressRefused) for one in bad)
    require(good == "113.160.225.1" and refused, f"handed out are {found}")
    named = f"{GuardedResolver.__module__}.{GuardedResolver.__qualname__}"
    require(settings.TWISTED_DNS_RESOLVER == named, "the guard is not the process's resolver")
    night = _with_own_hosts(place)
    details = {page.detail or "" for page in night.pages}
    require(all("not a public address" in detail for detail in details), f"the lines say {details}")
    return f"every look-up is judged; a live crawl whose portal's name leads to loopback connects to nothing: {min(details)}"


@row("D4", "redirects to file:, data:, ftp:, gopher:, javascript:", weight=8)
def _d4(place: Place) -> str:
    secret = place.folder / "secret.html"
    secret.write_bytes(article_of("Trong nhà", "canary-8d1f"))
    targets = {
        "file": f"file://{secret}", "data": "data:text/html,canary-8d1f", "ftp": f"ftp://{HOST}/x",
        "gopher": f"gopher://{HOST}/x", "script": "javascript:canary", "blob": "blob:x", "view": f"view-source:https://{HOST}/",
    }  # fmt: skip
    pages = portal(list=response(listing([*KEYS, *targets])))
    pages |= {f"/tin/{key}.html": _to(url) for key, url in targets.items()}
    night = crawl_failing(place, pages)
    require(night.kept == set(KEYS), f"kept are {sorted(night.kept)}")
    for url in targets.values():
        _refused(url)
    off = {name for name, handler in settings.DOWNLOAD_HANDLERS.items() if handler is None}
    require({"file", "data", "ftp", "s3"} <= off, f"handlers are off for {off}")
    seen = {night.outcomes[key].value for key in targets}
    return f"none followed ({', '.join(sorted(seen))}), and no handler for them is loaded"


@row("D5", "the first page of a list redirects off the site: seeds pass no filter of Scrapy's", weight=8)
def _d5(place: Place) -> str:
    with HttpServer({}, otherwise=response(listing(KEYS))) as listener:
        told = []
        for name, target in (
            ("loopback", f"http://127.0.0.1:{listener.port}/tin-tuc"),
            ("other", "https://evil.example/tin-tuc"),
        ):
            night = crawl_failing(place.below(name), portal(list=_to(target)), code=1)
            night.is_verdict(Verdict.BROKEN, Verdict.UNREACHABLE, Verdict.BLOCKED, Verdict.SUSPICIOUS)
            require(not night.kept, f"kept are {sorted(night.kept)}")
            told.append(night.run.verdict.value)
        require(not listener.requests, f"asked was {[request.path for request in listener.requests]}")
    return f"refused all the same, {' and '.join(told)}; nothing was asked there"


@row("D6", "another port of the portal's own host", weight=8)
def _d6(place: Place) -> str:
    for port in (21, 22, 25, 6379, 8080, 8443, 0):
        require("port" in _refused(f"http://www.ba-song.vn:{port}/"), "another reason")
    require("readable" in _refused("http://www.ba-song.vn:99999/"), "another reason")
    night = crawl_failing(
        place,
        portal(b=_to(f"http://{HOST}:8080/x"), c=_to(f"https://{HOST}:22/x"), d=_to(f"https://{HOST}:443/tin/a.html")),
    )
    _denied(night, "b", "c")
    require("a" in night.kept, f"kept are {sorted(night.kept)}")
    return "refused by the guard, and guard_denied in the crawl; 443 of https is the host itself"

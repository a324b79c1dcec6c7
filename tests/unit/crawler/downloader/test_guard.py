"""The guard's decisions. No test connects anywhere: what is judged are addresses, URLs and a resolver's answers."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from scrapy.http import Request
from scrapy.resolver import CachingThreadedResolver, dnscache
from scrapy.settings import Settings
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.error import DNSLookupError
from twisted.python.failure import Failure

from crawler.downloader.guard import (
    AddressRefused,
    GuardDenied,
    GuardedResolver,
    GuardMiddleware,
    NoSuchName,
    PortalHosts,
    address_allowed,
    file_hosts,
    own_hosts,
    url_allowed,
)
from crawler.requests import Expect, RequestBuilder

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

HOSTS = own_hosts("https://www.quangtri.gov.vn", ("sokhcn.quangtri.gov.vn",))

PUBLIC = ("113.160.225.1", "8.8.8.8", "1.1.1.1", "171.244.0.1", "223.255.255.1", "2001:4860:4860::8888", "2405:4800::1")

REFUSED = {
    "loopback": "127.0.0.1",
    "all of 127/8": "127.255.255.254",
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "private 10/8": "10.0.0.1",
    "private 172.16/12": "172.31.255.255",
    "private 192.168/16": "192.168.1.1",
    "shared 100.64/10": "100.64.0.1",
    "end of shared": "100.127.255.255",
    "link-local": "169.254.0.1",
    "metadata service": "169.254.169.254",
    "protocol assignments": "192.0.0.8",
    "documentation 1": "192.0.2.1",
    "documentation 2": "198.51.100.7",
    "documentation 3": "203.0.113.9",
    "6to4 relay": "192.88.99.1",
    "benchmarking": "198.18.0.1",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "loopback 6": "::1",
    "unspecified 6": "::",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped public": "::ffff:8.8.8.8",
    "mapped in hex": "::ffff:7f00:1",
    "compatible": "::127.0.0.1",
    "translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::7f00:1",
    "local NAT64": "64:ff9b:1::1",
    "6to4 of loopback": "2002:7f00:1::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "documentation 6": "2001:db8::1",
    "unique local": "fd00::1",
    "link-local 6": "fe80::1",
    "with a zone": "fe80::1%eth0",
    "site-local": "fec0::1",
    "multicast 6": "ff02::1",
    "no address": "quangtri.gov.vn",
    "decimal": "2130706433",
    "octal part": "0177.0.0.1",
    "short": "127.1",
    "empty": "",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address: str) -> None:
    assert address_allowed(address)


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert not address_allowed(address)


ALLOWED_URLS = {
    "home": "https://www.quangtri.gov.vn/",
    "without www": "https://quangtri.gov.vn/tin",
    "listed host": "https://sokhcn.quangtri.gov.vn/a",
    "http": "http://www.quangtri.gov.vn/a",
    "port 443": "https://www.quangtri.gov.vn:443/a",
    "port 80": "http://www.quangtri.gov.vn:80/a",
    "upper case": "HTTPS://WWW.QuangTri.gov.vn/a",
    "address in the query": "https://www.quangtri.gov.vn/a?u=http://127.0.0.1/",
}

REFUSED_URLS = {
    "another host": ("https://vnexpress.net/a", "not one of the portal's own"),
    "a sub-domain not listed": ("https://mail.quangtri.gov.vn/", "not one of the portal's own"),
    "the host as a prefix": ("https://www.quangtri.gov.vn.evil.example/", "not one of the portal's own"),
    "the host as a suffix": ("https://evilquangtri.gov.vn/", "not one of the portal's own"),
    "trailing dot": ("https://www.quangtri.gov.vn./", "not one of the portal's own"),
    "file": ("file:///etc/passwd", "scheme file"),
    "data": ("data:text/html,x", "scheme data"),
    "ftp": ("ftp://www.quangtri.gov.vn/a", "scheme ftp"),
    "gopher": ("gopher://www.quangtri.gov.vn/a", "scheme gopher"),
    "javascript": ("javascript:alert(1)", "scheme javascript"),
    "no scheme": ("//www.quangtri.gov.vn/a", "scheme missing"),
    "user": ("https://admin@www.quangtri.gov.vn/", "user information"),
    "host hidden behind user": ("https://www.quangtri.gov.vn@evil.example/", "user information"),
    "user and password": ("https://a:b@www.quangtri.gov.vn/", "user information"),
    "port 8080": ("https://www.quangtri.gov.vn:8080/", "port 8080"),
    "port 22": ("http://www.quangtri.gov.vn:22/", "port 22"),
    "port 0": ("http://www.quangtri.gov.vn:0/", "port 0"),
    "port too large": ("http://www.quangtri.gov.vn:99999/", "not a readable address"),
    "loopback": ("http://127.0.0.1/", "numeric"),
    "decimal": ("http://2130706433/", "numeric"),
    "octal": ("http://0177.0.0.1/", "numeric"),
    "hex": ("http://0x7f000001/", "numeric"),
    "hex and short": ("http://0x7f.1/", "numeric"),
    "short": ("http://127.1/", "numeric"),
    "IPv6": ("http://[::1]/", "numeric"),
    "mapped": ("http://[::ffff:127.0.0.1]/", "numeric"),
    "metadata service": ("http://169.254.169.254/latest/", "numeric"),
    "localhost": ("http://localhost/", "not one of the portal's own"),
    "no host": ("https:///a", "no host"),
    "backslash": ("https://evil.example\\@www.quangtri.gov.vn/", "backslash"),
    "newline": ("https://www.quangtri.gov.vn/\r\nHost: evil", "control character"),
    "blank": ("https://www.quangtri.gov.vn/a b", "space"),
    "NUL": ("https://www.quangtri.gov.vn/\0", "control character"),
    "encoded host": ("https://www%2equangtri.gov.vn/", "not one of the portal's own"),
    "full-width dot": ("https://www。quangtri.gov.vn/", "not one of the portal's own"),
    "broken brackets": ("http://[::1/", "not a readable address"),
    "replica's host": ("https://www.quangtri.gov.vn.replica.test/", "outside of a rehearsal"),
}


@pytest.mark.parametrize("url", ALLOWED_URLS.values(), ids=ALLOWED_URLS.keys())
def test_the_portals_own_pages_are_allowed(url: str) -> None:
    assert url_allowed(url, HOSTS, replica=False) is None


@pytest.mark.parametrize(("url", "reason"), REFUSED_URLS.values(), ids=REFUSED_URLS.keys())
def test_every_other_address_is_refused_with_its_reason(url: str, reason: str) -> None:
    assert reason in (url_allowed(url, HOSTS, replica=False) or "allowed")


def test_a_rehearsal_asks_replica_hosts_of_the_portal_and_nothing_else() -> None:
    assert url_allowed("https://www.quangtri.gov.vn.replica.test/a", HOSTS, replica=True) is None
    for url in ("https://www.quangtri.gov.vn/a", "https://evil.replica.test/a", "http://127.0.0.1:80/"):
        assert url_allowed(url, HOSTS, replica=True) is not None


class FixedResolver(GuardedResolver):
    """Answers every name with one address, as a rebinding name server would."""

    answer = "127.0.0.1"

    def look_up(self, name: str, timeout: object = ()) -> Deferred[str]:
        return succeed(self.answer)


def resolved(answer: str, name: str = "www.quangtri.gov.vn", replica: bool = False) -> object:
    resolver = FixedResolver(ReactorBase.__new__(ReactorBase), 0, 5.0, replica)
    resolver.answer = answer
    found: list[object] = []
    resolver.getHostByName(name).addBoth(found.append)
    result = found[0]
    return result.value if isinstance(result, Failure) else result


def test_a_name_with_a_public_address_resolves() -> None:
    assert resolved("113.160.225.1") == "113.160.225.1"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.3.3"])
def test_an_own_name_that_resolves_to_a_refused_address_fails(address: str) -> None:
    error = resolved(address)
    assert isinstance(error, AddressRefused)
    assert isinstance(error, DNSLookupError)  # what Twisted expects of a resolver
    assert address in str(error)


def test_every_answer_is_judged_again() -> None:
    assert resolved("113.160.225.1") == "113.160.225.1"
    assert isinstance(resolved("192.168.0.9"), AddressRefused)


def test_a_rehearsal_looks_up_no_name_and_only_the_loopback_literal_resolves() -> None:
    assert resolved("113.160.225.1", "127.0.0.1", replica=True) == "127.0.0.1"
    for name in ("www.quangtri.gov.vn", "127.0.0.2", "localhost"):
        assert isinstance(resolved("113.160.225.1", name, replica=True), AddressRefused)


def test_outside_a_rehearsal_the_loopback_literal_is_refused() -> None:
    assert isinstance(resolved("127.0.0.1", "127.0.0.1"), AddressRefused)


FORMS = ("cdn.{domain}", "storage-vnportal.vnpt.vn")


def test_the_files_of_a_department_lie_on_its_provinces_host() -> None:
    assert file_hosts("https://sct.tayninh.gov.vn", "tayninh", FORMS) == {
        "cdn.tayninh.gov.vn",
        "storage-vnportal.vnpt.vn",
    }
    assert file_hosts("https://www.xa-moi.vn", None, FORMS[:1]) == {"cdn.xa-moi.vn"}


@pytest.mark.parametrize("replica", [False, True], ids=["live", "rehearsal"])
def test_a_host_of_files_gives_files_alone(replica: bool) -> None:
    home = "https://haiphong.gov.vn"
    hosts = PortalHosts(own_hosts(home), (), replica, file_hosts(home, "haiphong", FORMS))
    url = hosts.here("https://cdn.haiphong.gov.vn/gov-hpg/1/tintuc/a.pdf")

    assert hosts.refusal(url, Expect.ATTACHMENT) is None
    assert hosts.refusal(hosts.here("https://cdn.haiphong.gov.vn/robots.txt"), Expect.ROBOTS) is None
    assert hosts.successor(url) is None
    for expect in set(Expect) - {Expect.ATTACHMENT, Expect.ROBOTS}:
        assert hosts.refusal(url, expect) is not None
    other = hosts.here("https://cdn.hanoi.gov.vn/a.pdf")
    assert hosts.refusal(other, Expect.ATTACHMENT) is not None


def test_a_public_address_with_a_zone_is_refused() -> None:
    assert address_allowed("2001:4860:4860::8888")
    assert not address_allowed("2001:4860:4860::8888%1")


def test_own_hosts_are_those_of_home_with_and_without_www_and_the_listed_ones_in_small_letters() -> None:
    own = {"quangtri.gov.vn", "www.quangtri.gov.vn"}
    assert own_hosts("https://www.QuangTri.gov.vn/a") == own
    assert own_hosts("https://quangtri.gov.vn", ("SoKhcn.quangtri.gov.vn",)) == {*own, "sokhcn.quangtri.gov.vn"}
    assert own_hosts("no address", ("www.", "", "a.vn")) == {"a.vn"}
    assert file_hosts("no address", None, ("cdn.{domain}",)) == {"cdn."}


def test_the_reasons_of_a_refusal_are_told() -> None:
    hosts = PortalHosts(HOSTS)
    told = {url_allowed(url, HOSTS, replica=False) for url, _ in REFUSED_URLS.values()}
    assert {
        "a space, control character or backslash in the address",
        "not a readable address",
        "user information in the address",
        "no host in the address",
        "a numeric address instead of a host name",
        "a replica's host outside of a rehearsal",
    } <= told
    assert url_allowed("https://www.quangtri.gov.vn/a", HOSTS, replica=True) == "a live host in a rehearsal"
    assert hosts.refusal("https://www.quangtri.gov.vn/a") is None  # no rehearsal unless it is said


def test_a_rehearsal_asks_every_host_with_the_suffix() -> None:
    live, rehearsed = (
        PortalHosts(frozenset({"a.vn"}), ("b.vn",), replica, frozenset({"c.vn"})) for replica in (False, True)
    )
    assert live.asked == {"a.vn"}
    assert live.asked_for_files == {"a.vn", "c.vn"}
    assert rehearsed.asked == {"a.vn.replica.test"}
    assert rehearsed.asked_for_files == {"a.vn.replica.test", "c.vn.replica.test"}
    assert live.here("https://a.vn/x") == "https://a.vn/x"
    for hosts in (live, rehearsed):
        assert hosts.successor(hosts.here("https://www.b.vn/")) == "www.b.vn"
        assert [hosts.successor(hosts.here(f"https://{host}/")) for host in ("a.vn", "c.vn", "d.vn")] == [None] * 3
        assert hosts.successor(hosts.here("https://hanoi.gov.vn/")) == "hanoi.gov.vn"


EXTERNAL = {
    "https://vnexpress.net/a": True,
    "https://VNExpress.net/a": True,
    "https://vnexpress.net.replica.test/a": True,
    "https://www.quangtri.gov.vn/a": False,
    "https://www.quangtri.gov.vn.replica.test/a": False,
    "https://intranet/a": False,
    "https://sso.vnexpress.net/a": False,
    "https://sso.a.b.vn/a": False,
    "https://a.sso.vn/a": True,
    "https://user@vnexpress.net/a": False,
    "https://127.0.0.1/a": False,
    "mailto:a@vnexpress.net": False,
    "/a": False,
    "http://[::1/": False,
}


@pytest.mark.parametrize(("url", "external"), EXTERNAL.items(), ids=EXTERNAL.keys())
def test_a_page_of_another_site_is_one_that_a_browser_would_open(url: str, external: bool) -> None:
    assert PortalHosts(HOSTS).is_external(url) is external


class Refusals:
    """Stand for a spider: answer what the middleware asks, and keep what it records."""

    def __init__(self, hosts: PortalHosts) -> None:
        self.hosts = hosts
        self.recorder = self
        self.refused: list[tuple[Request, str]] = []

    def record_refusal(self, request: Request, reason: str) -> None:
        self.refused.append((request, reason))


def test_the_middleware_lets_a_request_pass_or_records_why_not() -> None:
    spider = Refusals(PortalHosts(HOSTS, files=frozenset({"cdn.a.vn"})))
    guard = GuardMiddleware(cast("Crawler", SimpleNamespace(spider=spider)))
    guard.process_request(Request("https://www.quangtri.gov.vn/a"))
    requests = RequestBuilder(lambda url: url, lambda failure: None)
    file = requests.info(Expect.ATTACHMENT, "https://cdn.a.vn/a.pdf", "tin")
    guard.process_request(requests.build(file, lambda response: None))
    assert spider.refused == []
    for refused in (Request("https://evil.example/"), Request("https://cdn.a.vn/a.pdf")):
        with pytest.raises(GuardDenied) as caught:
            guard.process_request(refused)
        assert spider.refused[-1] == (refused, str(caught.value))
        assert "is not one of the portal's own" in str(caught.value)


@pytest.mark.parametrize("replica", [False, True])
def test_the_resolver_has_the_crawls_settings(replica: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def look_up(self: CachingThreadedResolver, name: str, timeout: object = ()) -> Deferred[str]:
        asked.append((name, timeout))
        return fail(DNSLookupError(f"[Errno {socket.EAI_NONAME}] unknown"))

    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", look_up)
    monkeypatch.setattr(dnscache, "limit", dnscache.limit)  # set back afterwards
    values: dict[str, object] = {"DNSCACHE_ENABLED": True, "DNSCACHE_SIZE": 7, "DNS_TIMEOUT": 3.5, "REPLICA": replica}
    reactor = ReactorBase.__new__(ReactorBase)
    for enabled in (True, False):
        settings = Settings(values | {"DNSCACHE_ENABLED": enabled})
        resolver = GuardedResolver.from_crawler(cast("Crawler", SimpleNamespace(settings=settings)), reactor)
        assert dnscache.limit == (7 if enabled else 0)
        assert (resolver.timeout, resolver.reactor) == (3.5, reactor)
        found: list[object] = []
        resolver.getHostByName("a.vn", (4,)).addBoth(found.append)
        assert isinstance(found[0], Failure)
        assert isinstance(found[0].value, AddressRefused if replica else NoSuchName)
        assert str(found[0].value)
    assert asked == ([] if replica else [("a.vn", (4,))] * 2)


@pytest.mark.parametrize(
    ("number", "certain"),
    [(socket.EAI_NONAME, True), (getattr(socket, "EAI_NODATA", socket.EAI_NONAME), True), (socket.EAI_AGAIN, False)],
)
def test_only_a_name_service_that_answers_knows_that_a_name_has_no_address(number: int, certain: bool) -> None:
    class Silent(GuardedResolver):
        def look_up(self, name: str, timeout: object = ()) -> Deferred[str]:
            return fail(DNSLookupError(f"[Errno {number}] {name} {timeout}"))

    found: list[object] = []
    Silent(ReactorBase.__new__(ReactorBase), 0, 5.0).getHostByName("a.vn", (4,)).addBoth(found.append)
    assert isinstance(found[0], Failure)
    assert isinstance(found[0].value, NoSuchName) is certain
    assert f"[Errno {number}] a.vn (4,)" in str(found[0].value)

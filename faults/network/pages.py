"""Servers that answer with something else: certificates, odd heads, challenges, logins, empty and equal pages, robots, dates."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

from twisted.internet import reactor
from twisted.internet.defer import Deferred, succeed
from twisted.python.failure import Failure

from archive.model.enums import Outcome, Verdict
from crawler.downloader.guard import AddressRefused, GuardedResolver
from crawler.listings.feeds import read_sitemap
from crawler.listings.listing import ListingError
from crawler.spiders.bao_chinh_phu import BaoChinhPhu
from faults.catalogue import CheckFailure, Place, require, row
from faults.network.crawl import KEYS, crawl_failing, crawl_recovered, outcomes_of, portal
from faults.process.commands import python
from testing.ba_song_pages import article, html, listing
from testing.crawl import NIGHT
from testing.http_server import response

CHALLENGE = b'<html><script>document.cookie="a=b";location.reload(true);</script></html>'


@row("B15", "TLS: expired, self-signed, another name, an old version, a handshake that is cut, no TLS at all", weight=8)
def _b15(place: Place) -> str:
    did = python("-m", "faults.network.tls", str(place.folder))
    require(did.code == 0, did.err.strip()[-600:])
    return did.out.strip()


@row("B16", "heads: two lengths, a NUL, twenty megabytes", weight=12)
def _b16(place: Place) -> str:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n"
    one, other, third = (article(number) for number in (1, 2, 3))
    two = head + f"Content-Length: 10\r\nContent-Length: {len(one)}\r\n\r\n".encode() + one
    nul = b"HTTP/1.1 200 O\0K\r\n" + f"Content-Length: {len(other)}\r\n\r\n".encode() + other
    bomb = head + b"".join(b"X-%d: %s\r\n" % (number, b"a" * 8000) for number in range(2500)) + b"\r\n" + third
    night = crawl_failing(place, portal(b=two, c=nul, d=bomb))
    night.is_outcome("d", Outcome.TOO_LARGE)
    return f"b {night.outcomes['b'].value}, c {night.outcomes['c'].value}, d {night.outcomes['d'].value}; {crawl_recovered(night)}"


@row("B17", "a cookie challenge with status 200", weight=8)
def _b17(place: Place) -> str:
    night = crawl_failing(place, portal(b=response(CHALLENGE)), code=1)
    night.is_outcome("b", Outcome.CHALLENGE)
    night.is_verdict(Verdict.BLOCKED)
    return f"challenge, portal blocked and left alone ({night.reasons[:80]}); {crawl_recovered(night)}"


@row("B18", "a page that says `not found` with status 200", weight=8)
def _b18(place: Place) -> str:
    missing = response(html("<h1>Không tìm thấy bài viết</h1><p>Bài viết không tồn tại.</p>"))
    night = crawl_failing(place, portal(b=missing))
    night.is_outcome("b", Outcome.SOFT_404)
    return f"counted as soft_404, no text; {crawl_recovered(night, ('a', 'c', 'd'))}"


@row("B19", "an empty body, and a page of menu and frame", weight=8)
def _b19(place: Place) -> str:
    frame = response(html("<nav><a href='/'>Trang chủ</a> <a href='/lien-he'>Liên hệ</a></nav>"))
    night = crawl_failing(place, portal(b=response(b""), c=frame))
    night.is_outcome("b", Outcome.EMPTY)
    night.is_outcome("c", Outcome.EMPTY, Outcome.SOFT_404)
    return f"{outcomes_of(night)}; {crawl_recovered(night)}"


@row("B20", "a login page where the article stood", weight=8)
def _b20(place: Place) -> str:
    form = html("<h1>Đăng nhập</h1><form><input name='u'><input type='password' name='p'></form>")
    pages = portal(b=response(b"", "302 Found", Location="/dang-nhap?back=b"), c=response(form))
    night = crawl_failing(place, pages | {"/dang-nhap?back=b": response(form)})
    for key in ("b", "c"):
        night.is_outcome(key, Outcome.LOGIN)
    return f"both login, no text; {crawl_recovered(night)}"


@row("B21", "one page for every address", weight=8)
def _b21(place: Place) -> str:
    same = response(article(9))
    keys = [f"t{number}" for number in range(12)]
    pages = portal(list=response(listing(keys))) | {f"/tin/{key}.html": same for key in keys}
    night = crawl_failing(place, pages)
    texts = len(night.kept)
    if texts != 1 or night.run.verdict is not Verdict.SUSPICIOUS:
        raise CheckFailure(f"{texts} texts, {night.run.verdict.value}: {night.reasons} {night.run.events}")
    return f"one text, the rest duplicates, suspicious: {night.reasons[:110]}; {crawl_recovered(night)}"


@row("B22", "the portal was redesigned: its list shows no entry that we know", weight=8)
def _b22(place: Place) -> str:
    redesigned = response(html("<h1>Tin tức</h1><section><a href='/x/1'>Tin</a></section>"))
    night = crawl_failing(place, portal(list=redesigned), code=1)
    night.is_verdict(Verdict.BROKEN, Verdict.SUSPICIOUS)
    return f"{night.run.verdict.value}: {night.reasons[:110]}; {crawl_recovered(night)}"


class _FixedResolver(GuardedResolver):
    """Resolve every name to one address."""

    def __init__(self, answer: str) -> None:
        super().__init__(reactor, 0, 1.0)
        self._answer = answer

    def look_up(self, name: str, timeout: object = ()) -> Deferred[str]:
        return succeed(self._answer)


@row("B24", "IPv6 is broken, IPv4 is well", quick=True)
def _b24(place: Place) -> str:
    found: list[object] = []
    for answer in ("113.160.225.1", "::1"):
        _FixedResolver(answer).getHostByName("www.ba-song.vn").addBoth(found.append)
    good, bad = found
    if good != "113.160.225.1" or not isinstance(bad, Failure) or not isinstance(bad.value, AddressRefused):
        raise CheckFailure(f"the resolver hands out {found}")
    return "names are looked up for IPv4 alone, so a broken IPv6 is never tried; an address that may not be is refused"


@row("B25", "robots.txt: 404, 500, 503, a page of HTML, a mark before it, five megabytes", weight=30)
def _b25(place: Place) -> str:
    large = b"# more\n" * 750_000 + b"User-agent: *\nDisallow: /tin\n"
    forms = {
        "404": (response(b"", "404 Not Found"), True, "no rules: it was answered with 404"),
        "500": (response(b"", "500 Internal Server Error"), False, "could not be had (500)"),
        "503": (response(b"", "503 Service Unavailable"), False, "could not be had (503)"),
        "HTML": (response(html("<h1>Trang chủ</h1>")), True, "a web page in its place"),
        "BOM": (response(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", kind="text/plain"), False, "rules are kept"),
        "5 MB": (response(large, kind="text/plain"), True, "the first 512000 of 52500"),
    }
    told = []
    for name, (robots, allowed, words) in forms.items():
        night = crawl_failing(place.below(name.replace(" ", "")), portal(robots=robots))
        require((len(night.kept) == len(KEYS)) == allowed, f"{name}: kept {sorted(night.kept)}: {night.reasons}")
        require(allowed or set(night.asked) == {"/robots.txt"}, f"{name}: asked all the same: {night.asked}")
        (visit,) = night.run.hosts.values()
        require(words in (visit.robots or ""), f"{name}: recorded is `{visit.robots}`")
        told.append(f"{name} {'asked' if night.kept else 'not asked'}")
    return f"{', '.join(told)}; each decision is recorded in words"


@row("B26", "sitemaps: HTML, packed, an index of itself, a bomb, wrong dates", quick=True)
def _b26(place: Place) -> str:
    now, url = datetime(2025, 3, 5, tzinfo=UTC), "https://baochinhphu.vn/sitemap.xml"
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    one = f"<urlset {space}><url><loc>{url}</loc><lastmod>2099-02-31</lastmod></url></urlset>".encode()
    itself = f"<sitemapindex {space}>{f'<sitemap><loc>{url}</loc></sitemap>' * 500}</sitemapindex>".encode()
    refused = {
        "HTML": b"<!DOCTYPE html><html><body>404</body></html>",
        "a bomb": gzip.compress(one + b" " * (60 << 20)),
        "half": gzip.compress(one)[:-9],
    }
    for name, body in refused.items():
        try:
            found = read_sitemap(url, body, BaoChinhPhu.article_key, now)
        except ListingError:
            continue
        raise CheckFailure(f"{name} is taken for a sitemap of {len(found.entries)} entries")
    packed, index = (read_sitemap(url, body, BaoChinhPhu.article_key, now) for body in (gzip.compress(one), itself))
    if any(entry.day for entry in packed.entries) or len(index.more) > 1:
        raise CheckFailure(f"days {[entry.day for entry in packed.entries]}, {len(index.more)} further sitemaps")
    return f"{', '.join(refused)} refused; an index of itself names {len(index.more)}, a wrong date is no date"


@row("B27", "the server's clock stands at 2099", weight=8)
def _b27(place: Place) -> str:
    late = "Fri, 01 Jan 2099 00:00:00 GMT"
    first = response(article(0), Date=late, Last_Modified=late)
    night = crawl_failing(place, portal(a=first, list=response(listing(KEYS), Date=late, Last_Modified=late)))
    years = {page.fetched_at.year for page in night.pages} | {
        int((line.published or "0")[:4]) for line in night.articles
    }
    require(years == {NIGHT.year}, f"years {sorted(years)} stand in the lines")
    return f"every date of ours is of {NIGHT.year}; {crawl_recovered(night)}"

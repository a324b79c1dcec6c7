"""Networks and servers that fail while they are asked: refused, reset, cut, slow, silent, too many requests, redirects."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys

from archive.model.enums import ArchiveKind, Outcome, Verdict
from faults import checks
from faults.catalogue import CheckFailure, Place, Skip, require, row
from faults.network.crawl import (
    KEYS,
    CrawlResult,
    closed_port,
    crawl_failing,
    crawl_recovered,
    outcomes_of,
    portal,
    read_crawl,
)
from faults.process.commands import run_command
from testing.ba_song_pages import HOST, article, html, listing
from testing.crawl import NIGHT, new_archive
from testing.http_server import reset, response, silent, slow_body, slow_head, torn_chunks

_TEXT = article(1)
_QUICK = ("-s", "DOWNLOAD_TIMEOUT=2")


def _tried(night: CrawlResult, path: str, times: int) -> None:
    require(night.asked[path] == times, f"{path} was asked {night.asked[path]} times where {times} is right")


@row("B1", "the connection is refused", weight=8, quick=True)
def _b1(place: Place) -> str:
    with closed_port() as port:
        night = crawl_failing(place, {}, port=port, code=1)
    night.is_verdict(Verdict.UNREACHABLE)
    if "connection refused" not in {page.detail for page in night.pages}:
        raise CheckFailure(f"the kind of failure is not told: {[page.detail for page in night.pages]}")
    return f"unreachable, exit code 1, no night without a record; {crawl_recovered(night)}"


def _without_network(place: Place) -> CrawlResult:
    """Run a live crawl in a network namespace of its own, in which not even a name can be looked up."""
    unshare = shutil.which("unshare")
    apart = [str(unshare), "-rnm", "sh", "-c"]
    script = 'mount --bind "$0" /etc/resolv.conf && ip link set lo up && exec "$@"'
    empty = place.folder / "resolv.conf"
    empty.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n", encoding="ascii")
    if unshare is None or subprocess.run([*apart, script, str(empty), "true"], capture_output=True).returncode != 0:
        raise Skip("needs network namespaces (unshare -rnm, ip)")
    root = new_archive(place.folder / "archive", ArchiveKind.LIVE)
    crawl = [sys.executable, "-m", "scrapy", "crawl", "ba_song", "--archive", str(root), "--night", NIGHT.isoformat()]
    crawl += ["-s", "SPIDER_MODULES=testing.portals.first", "-s", "RETRY_BACKOFF=0.05", "-s", "DOWNLOAD_DELAY=0"]
    done = run_command([*apart, script, str(empty), *crawl], {"LUU_TRU_CONTACT": "a@ba-song.vn"})
    require(done.code == 1, f"exit code {done.code}: {done.err[-400:]}")
    night = read_crawl(root, done)
    checks.whole(root)
    return night


@row("B2", "the name cannot be looked up", weight=8)
def _b2(place: Place) -> str:
    night = _without_network(place)
    night.is_verdict(Verdict.UNREACHABLE)
    details = {page.detail for page in night.pages}
    # Not `name not found`, which would speak of the portal's end.
    require(details == {"name look-up failed"}, f"the kind of failure is not told: {details}")
    return f"{night.run.requests} requests, each `name look-up failed`: unreachable, exit code 1"


@row("B3", "the connection is reset in the middle of a body", weight=8)
def _b3(place: Place) -> str:
    night = crawl_failing(place, portal(b=reset(_TEXT)))
    night.is_outcome("b", Outcome.UNREACHABLE, Outcome.TRUNCATED)
    _tried(night, "/tin/b.html", 3)
    return f"tried three times, {night.outcomes['b'].value}, no text; {crawl_recovered(night)}"


@row("B4", "Content-Length is longer than the body", weight=8)
def _b4(place: Place) -> str:
    night = crawl_failing(place, portal(b=response(_TEXT, length=len(_TEXT) + 500)))
    night.is_outcome("b", Outcome.TRUNCATED)
    _tried(night, "/tin/b.html", 3)
    kept = gzip.decompress((night.root / f"{NIGHT:%Y/%m/%d}/ba_song/pages-00001.warc.gz").read_bytes())
    if kept.count(b"WARC-Truncated: disconnect") != 3:
        raise CheckFailure("the cut answers are not marked WARC-Truncated in the WARC file")
    return f"tried three times, truncated, kept raw with WARC-Truncated, no text; {crawl_recovered(night)}"


@row("B5", "Content-Length is shorter than the body", weight=8)
def _b5(place: Place) -> str:
    night = crawl_failing(place, portal(b=response(_TEXT, length=len(_TEXT) - 10)))
    detail = [page.detail for page in night.pages if page.key == "b"]
    night.is_outcome("b", Outcome.ARTICLE)
    require(detail == ["no </html>"], f"that the page has no end is not told: {detail}")
    return f"read, and flagged `no </html>`; {crawl_recovered(night)}"


@row("B6", "a chunked body is cut, or its chunks are wrong", weight=8)
def _b6(place: Place) -> str:
    night = crawl_failing(place, portal(b=torn_chunks(_TEXT, whole=False), c=torn_chunks(_TEXT, whole=True)))
    for key in ("b", "c"):
        night.is_outcome(key, Outcome.TRUNCATED, Outcome.UNREACHABLE)
        _tried(night, f"/tin/{key}.html", 3)
    return f"cut {night.outcomes['b'].value}, wrong {night.outcomes['c'].value}, no text of either; {crawl_recovered(night)}"


@row("B7", "a gzip body is cut, its length is right", weight=8, quick=True)
def _b7(place: Place) -> str:
    night = crawl_failing(place, portal(b=response(gzip.compress(_TEXT)[:-9], Content_Encoding="gzip")))
    night.is_outcome("b", Outcome.TRUNCATED)
    _tried(night, "/tin/b.html", 3)
    return f"tried three times, truncated, no text; {crawl_recovered(night)}"


@row("B8", "gzip is announced and plain text comes", weight=8)
def _b8(place: Place) -> str:
    night = crawl_failing(place, portal(b=response(article(7), Content_Encoding="gzip")))
    night.is_outcome("b", Outcome.ARTICLE)
    return f"read as it is; {crawl_recovered(night)}"


@row("B9", "a head and a body that come byte by byte", weight=25)
def _b9(place: Place) -> str:
    night = crawl_failing(place, portal(b=slow_head(8), c=slow_body(8)), *_QUICK)
    for key in ("b", "c"):
        night.is_outcome(key, Outcome.UNREACHABLE, Outcome.TRUNCATED)
    details = sorted({str(page.detail) for page in night.pages if page.key in ("b", "c")})
    return f"given up after the time of one request ({', '.join(details)}); {crawl_recovered(night)}"


@row("B10", "the server takes the connection and never answers", weight=18)
def _b10(place: Place) -> str:
    night = crawl_failing(place, portal(b=silent(8)), *_QUICK)
    night.is_outcome("b", Outcome.UNREACHABLE)
    return f"given up after the time of one request, the other articles read; {crawl_recovered(night)}"


@row("B11", "429 and 503 with a Retry-After of seconds, of an hour, of 2099, negative", weight=24)
def _b11(place: Place) -> str:
    asked = []
    cases = (
        ("429", "3600", 1),
        ("429", "Fri, 01 Jan 2099 00:00:00 GMT", 1),
        ("429", "-5", 3),
        ("429", "1", 3),
        ("503", "3600", 1),
    )
    for number, (status, after, times) in enumerate(cases):
        pages = portal(list=response(b"slow down", f"{status} No", Retry_After=after))
        night = crawl_failing(place.below(str(number)), pages, code=1)
        night.is_verdict(*((Verdict.BLOCKED,) if status == "429" else (Verdict.BROKEN, Verdict.UNREACHABLE)))
        _tried(night, "/tin-tuc", times)
        (visit,) = night.run.hosts.values()
        counted = visit.too_many if status == "429" else visit.unavailable
        if (counted, visit.requests) != (times, times + 1) or (after == "1" and (visit.spacing_p99 or 0) < 1):
            raise CheckFailure(f"the record does not tell it: {visit}")
        asked.append(f"{status} `{after}`: {times}")
    return f"asked again only within the limit (requests: {', '.join(asked)}), left for the night; {crawl_recovered(night)}"


@row("B12", "503 and a maintenance page all night", weight=8)
def _b12(place: Place) -> str:
    page = response(html("<h1>Hệ thống đang bảo trì</h1>"), "503 Service Unavailable", Retry_After="1")
    night = crawl_failing(place, portal(list=page, a=page, b=page), code=1)
    night.is_verdict(Verdict.BROKEN, Verdict.UNREACHABLE, Verdict.BLOCKED)
    if night.kept or "maintenance" not in night.run.outcomes:
        raise CheckFailure(f"outcomes {night.run.outcomes}, kept {sorted(night.kept)}")
    return f"{outcomes_of(night)}; no document; {night.run.verdict.value}; {crawl_recovered(night)}"


def _to(place: str) -> bytes:
    return response(b"", "302 Found", Location=place)


@row("B13", "redirects: a loop, growing addresses, twenty hops, to another portal", weight=8)
def _b13(place: Place) -> str:
    pages = portal(a=_to("/tin/a.html"), b=_to("/b?n=1"), c=_to("/c1"), d=_to("https://www.quangtri.gov.vn/x"))
    pages |= {f"/b?{'n=1&' * number}n=1": _to(f"/b?{'n=1&' * (number + 1)}n=1") for number in range(12)}
    pages |= {f"/c{number}": _to(f"/c{number + 1}") for number in range(1, 20)} | {"/c20": response(article(3))}
    night = crawl_failing(place, pages)
    for key in ("a", "b", "c"):
        night.is_outcome(key, Outcome.ERROR)
    night.is_outcome("d", Outcome.MOVED)  # the host is known as another province's, and nothing is asked of it
    if (most := max(night.asked.values())) > 6:
        raise CheckFailure(f"one address was asked {most} times")
    return f"each ended at five hops, the other portal was not asked; {crawl_recovered(night, ('a', 'b', 'c'))}"


@row("B14", "http and https, www and without, send to each other", weight=8)
def _b14(place: Place) -> str:
    bare = HOST.removeprefix("www.")
    pages = portal(a=_to(f"http://{HOST}/tin/a.html"), b=_to(f"https://{bare}/tin/b.html?x"))
    pages |= {"/tin/b.html?x": response(article(1)), "/tin-tuc": response(listing([*KEYS, "b"]))}
    night = crawl_failing(place, pages)
    night.is_outcome("a", Outcome.ERROR)
    if len([line for line in night.articles if line.key == "b" and line.file]) != 1:
        raise CheckFailure(f"b is kept as {[line.event.value for line in night.articles if line.key == 'b']}")
    return f"the ping-pong ends, b is one document; {crawl_recovered(night)}"


@row("B23", "the whole network is gone", weight=8)
def _b23(place: Place) -> str:
    night = _without_network(place)
    night.is_verdict(Verdict.UNREACHABLE)
    require(night.run.requests <= 9, f"{night.run.requests} requests were made into nothing")
    return f"given up after {night.run.requests} requests; {night.reasons}"

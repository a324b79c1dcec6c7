"""Secrets and forged lines: what logs, records, WARC files and databases say of passwords, cookies and line ends."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from faults.catalogue import CheckFailure, Place, require, row
from faults.content.versions import article_of
from faults.network.crawl import CrawlResult, crawl_failing, portal
from faults.process.commands import scheduler, write_settings
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, crawl, new_archive
from testing.http_server import HttpServer, response

_CANARY = "c4n4ry"
_SECRETS = {
    "http_proxy": f"http://crawl:{_CANARY}-proxy@127.0.0.1:9/",
    "no_proxy": "127.0.0.1",
    "AWS_SECRET_ACCESS_KEY": f"{_CANARY}-storage",
    "PGPASSWORD": f"{_CANARY}-database",
    "LUU_TRU_SMTP_PASSWORD": f"{_CANARY}-mail",
    "LUU_TRU_HEARTBEAT_URL": f"http://127.0.0.1:9/{_CANARY}-heartbeat",
}
_FORGED = re.compile(r"^2026", re.MULTILINE)
_WORDS = tuple(f"Xã An Bình mở lớp học bơi thứ {part} cho trẻ em trong thôn." for part in range(4))


def _contents(root: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below a folder, packed ones unpacked, databases as SQL."""
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        data = path.read_bytes()
        yield path.name, gzip.decompress(data) if path.suffix == ".gz" else data
        if path.suffix == ".db":
            with closing(sqlite3.connect(path)) as rows:
                yield path.name, "\n".join(rows.iterdump()).encode()


def _without_canary(place: Path) -> int:
    looked = 0
    for name, data in _contents(place):
        looked += 1
        if _CANARY.encode() in data:
            at = data.index(_CANARY.encode())
            raise CheckFailure(f"a secret stands in {name}: {data[max(0, at - 60) : at + 30]!r}")
    return looked


@row("D17", "secrets of the environment, of settings and of addresses, in every log, file and database", weight=16)
def _d17(place: Place) -> str:
    said = ""
    for style in ("text", "json"):
        root = new_archive(place.folder / style)
        options = ("--archive", str(root), "--night", NIGHT.isoformat(), "-L", "DEBUG", "--log", style)
        with HttpServer(dict(portal())) as server:
            done = crawl(*options, port=server.port, **_SECRETS)
        require(done.code == 0 and len(done.err.splitlines()) > 10, f"exit code {done.code}: {done.err[-300:]}")
        said += done.err + done.out
    settings = write_settings(place.folder, min_free='"900 TB"')
    with settings.open("a", encoding="utf-8") as stream:
        stream.write(
            f'[alerts]\nurls = ["json://me:{_CANARY}-word@127.0.0.1:9/{_CANARY}-token-01"]\nrehearsals = true\n'
        )
    night = scheduler(
        place.folder / "text", settings, "--once", "--night", NIGHT.isoformat(), more={"REPLICA": "1", **_SECRETS}
    )
    said += night.err + night.out
    settings.unlink()
    require(_CANARY not in said, f"a secret is logged: {said[max(0, said.find(_CANARY) - 80) :][:160]}")
    return f"none in the logs of two crawls and a scheduler, and none in {_without_canary(place.folder)} files"


@row(
    "D18",
    "line ends, bars and escapes in titles and addresses, that would forge a line of the log or of a record",
    weight=14,
)
def _d18(place: Place) -> str:
    forged = 'x\r\n2026-11-22 01:00:00 ERROR forged\r\n{"event":"new"}\x1b[2K\u2028\u0085'
    pages = portal(
        a=response(article_of(forged, *_WORDS)),
        b=response(b"", "302 Found", Location="/x%0d%0a2026-11-22%20ERROR%20forged"),
        c=response(b"", "500 \x1b[2J2026 forged"),
        list=response(listing(["a", "b", "c", "d"]).replace(b"Tin a", f"Tin {forged}".encode())),
    )
    for style in ("text", "json"):
        night = crawl_failing(place.below(style), pages, "-L", "DEBUG", "--log", style)
        for line in night.stderr.splitlines():
            json.loads(line) if style == "json" else None
            whole = style == "json" or re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z]+ |  \| ", line)
            require(whole and "2026-11-22 01:00:00 ERROR forged" != line[:34], f"a line is forged: {line[:100]!r}")
        _lines_whole(night)
    return "one line an event in both styles of the log and in both files of lines; nothing of the portal's begins one"


def _lines_whole(night: CrawlResult) -> None:
    folder = night.root / f"{NIGHT:%Y/%m/%d}/ba_song"
    for name, count in (("pages.jsonl", len(night.pages)), ("articles.jsonl", len(night.articles))):
        lines = (folder / name).read_bytes().splitlines()
        require(
            len(lines) == count and all(json.loads(line) for line in lines), f"{name} has {len(lines)} lines of {count}"
        )
    title = night.line("a").title
    require("\n" not in title and not _FORGED.search(title), f"the title is {title!r}")


@row("D19", "cookies and authorization of the crawl's own requests, in the WARC", weight=8)
def _d19(place: Place) -> str:
    pages = portal(list=response(listing(["a", "b"], "/tin-tuc?trang=2"), Set_Cookie=f"sid={_CANARY}; Path=/"))
    pages["/tin-tuc?trang=2"] = response(listing(["c", "d"]))
    root = new_archive(place.folder / "archive")
    options = ("--archive", str(root), "--night", NIGHT.isoformat(), "-L", "DEBUG", "-s", "COOKIES_DEBUG=1")
    with HttpServer(dict(pages)) as server:
        done = crawl(*options, port=server.port)
    require(
        done.code == 0 and _CANARY not in done.err,
        f"exit code {done.code}; the log shows the cookie: {_CANARY in done.err}",
    )
    require(
        any(f"Cookie: sid={_CANARY}" in head for head in server.heads),
        "no request carried the cookie: nothing is proved",
    )
    warc = b"".join(data for name, data in _contents(root) if name.endswith(".warc.gz"))
    requests = re.findall(rb"WARC-Type: request\r\n.*?\r\n\r\n(.*?)\r\n\r\n", warc, re.DOTALL)
    require(len(requests) >= 6, f"{len(requests)} request records")
    odd = [one for one in requests if re.search(rb"(?im)^(?:cookie|authorization|proxy-authorization):", one)]
    require(not odd, f"a request record has {odd[:1]}")
    require(article(0) in warc, "the responses are not as served")
    return f"{len(requests)} request records, none with a cookie that was sent; what the portal itself set stands in its response"

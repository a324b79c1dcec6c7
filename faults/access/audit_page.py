"""The audit page and exports against what portals wrote and strangers ask."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import socket
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote

import httpx

from archive.errors import ArchiveError
from archive.export.formats import ExportFormat, Record, write_records
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from faults import checks
from faults.catalogue import CheckFailure, Place, require, row
from faults.process.commands import archive, expect
from testing.archives import FIRST, at, judge
from testing.hostile_archive import BODIES, PAYLOADS, PORTAL, SIGNAL, hostile
from testing.web_page import read, serve_page

_OWN_ELEMENTS = frozenset(
    "html head meta title link script body a header div span small form label input button p nav ul li strong main section "
    "h1 h2 h3 dl dt dd table caption thead tbody tr th td abbr time code pre em bdi article footer figure figcaption svg rect "
    "path circle details summary del ins select option mark ol b".split()
)
_EVERYWHERE = (
    "/en/", "/en/nights/2025-03-03", f"/en/portals/{PORTAL}", f"/en/articles/{PORTAL}/p00", "/en/nothing", "/static/page.css",
    f"/en/texts/2025-03-03/{PORTAL}/0.txt", f"/en/proofs/2025-03-03/{PORTAL}/0.json", f"/en/captures/2025-03-03/{PORTAL}/0.txt",
)  # fmt: skip
_DANGEROUS = ("=1+1", "+84", "-5", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", " =1", "\u200a=1")


@contextlib.contextmanager
def _page(place: Place) -> Iterator[httpx.Client]:
    """Serve the audit page of an archive whose portal attacks its readers."""
    root = place.folder / "archive"
    with hostile(root) as opened, SearchIndex.of(opened) as words:
        catch_up(opened, words)
    with serve_page(root) as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def _inert(answer: httpx.Response) -> None:
    """Raise CheckFailure when a page holds an element, attribute or link that is not its own."""
    names = _Names()
    names.feed(answer.text)
    tree = read(answer.text)
    odd = sorted(names.found - _OWN_ELEMENTS) + tree.strings("//@*[starts-with(name(), 'on')]")
    odd += [node.text for node in tree.nodes("//script[not(@src)] | //*[@style]")]
    links = tree.strings("//@href | //@src | //@action")
    odd += [
        link for link in links if not link.startswith(("/", "#", "?", "http://", "https://")) or link.startswith("//")
    ]
    require(not odd and tree.strings("//script/@src") == ["/static/page.js"], f"{answer.url}: {odd[:3]}")


class _Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element's name."""
        self.found.add(tag)


@row("D7", "markup, scripts and addresses that run, in titles, texts, links and questions, on the audit page", weight=6)
def _d7(place: Place) -> str:
    with _page(place) as page:
        paths = [f"/en/articles/{PORTAL}/p{number:02d}" for number in range(len(PAYLOADS))]
        for path in (*paths, f"/en/portals/{PORTAL}", "/en/nights/2025-03-03", "/en/doubtful"):
            answer = page.get(path)
            require(answer.status_code == 200, f"{path}: {answer.status_code}")
            _inert(answer)
        for payload in PAYLOADS[:20]:
            _inert(page.get("/en/search", params={"q": payload}))
    return f"{len(PAYLOADS)} payloads shown as text in every field, {SIGNAL} nowhere an element; no script, handler or style of theirs"


@row("D8", "stored HTML, SVG, XHTML, XML and PDF, asked of the audit page", weight=4)
def _d8(place: Place) -> str:
    with _page(place) as page:
        for name, (_, body) in BODIES.items():
            links = read(page.get(f"/en/articles/{PORTAL}/{name}").text).strings("//a/@href")
            answer = page.get(next(link for link in links if "/captures/" in link) + ".txt")
            said = answer.headers
            require(answer.content == body, f"{name} is not what was served")
            safe = (
                said["content-type"] == "text/plain; charset=utf-8"
                and said["x-content-type-options"] == "nosniff"
                and said["content-disposition"].startswith("attachment;")
                and "sandbox" in said["content-security-policy"]
                and "allow-" not in said["content-security-policy"]
            )
            require(safe, f"{name} comes with {dict(said)}")
    return f"{len(BODIES)} types, each as an attachment of plain text, never sniffed, in a sandbox"


@row("D9", "titles that are formulas, in CSV and JSONL", weight=5)
def _d9(place: Place) -> str:
    records: list[Record] = [{"title": title, "key": "k", "text": title} for title in _DANGEROUS]
    target = place.folder / "a.csv"
    write_records(target, ExportFormat.CSV, records)
    with target.open(encoding="utf-8-sig", newline="") as stream:
        cells = [row_["title"] for row_ in csv.DictReader(stream)]
    require(all(cell == f"'{title}" for cell, title in zip(cells, _DANGEROUS, strict=True)), f"the cells are {cells}")
    lossless = place.folder / "a.jsonl"
    write_records(lossless, ExportFormat.JSONL, records)
    titles = [json.loads(line)["title"] for line in io.StringIO(lossless.read_text(encoding="utf-8"))]
    require(titles == list(_DANGEROUS), f"JSONL has {titles}")
    root = place.folder / "archive"
    hostile(root).close()
    done = expect(archive("export", str(place.folder / "all.csv"), root=root), 0)
    with (place.folder / "all.csv").open(encoding="utf-8-sig", newline="") as stream:
        odd = [cell for line in csv.reader(stream) for cell in line if cell[:1] in ("=", "+", "@", "\t", "\r")]
    require(not odd, f"cells begin like a formula: {odd[:3]} {done.out}")
    return f"{len(_DANGEROUS)} forms get an apostrophe in CSV, JSONL keeps them as they are; no cell of a whole export begins so"


@row("D10", "requests that change something: POST, PUT, DELETE and others, with and without an Origin", weight=4)
def _d10(place: Place) -> str:
    with _page(place) as page:
        before = checks.archive_files(place.folder / "archive")
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
            for origin in ({}, {"Origin": "https://evil.example", "Content-Type": "application/x-www-form-urlencoded"}):
                for path in ("/", "/en/", f"/en/articles/{PORTAL}/p00"):
                    answer = page.request(method, path, headers=origin)
                    require(answer.status_code == 405, f"{method} {path}: {answer.status_code}")
        for path in _EVERYWHERE:
            page.get(path)
        require(checks.archive_files(place.folder / "archive") == before, "a GET changed a file")
    return "405 each; every GET leaves the archive as it was, to the byte"


@row("D11", "a Host that is not this machine's, two, none", weight=4)
def _d11(place: Place) -> str:
    strange = (
        "evil.example",
        "127.0.0.1.nip.io",
        "127.0.0.2",
        "0.0.0.0",
        "2130706433",
        "localhost@evil.example",
        "[::1",
        ":80",
    )
    with _page(place) as page:
        for host in strange:
            answer = page.get("/en/", headers={"Host": host})
            require(answer.status_code in (400, 421) and PORTAL not in answer.text, f"{host}: {answer.status_code}")
        for host in ("localhost", "127.0.0.1:8642", "[::1]"):
            require(page.get("/en/", headers={"Host": host}).status_code == 200, f"{host} is refused")
        for hosts in ("Host: localhost\r\nHost: evil.example\r\n", ""):
            where = (page.base_url.host, page.base_url.port or 80)
            with socket.create_connection(where, 5) as connection:
                connection.sendall(f"GET /en/ HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n".encode())
                require(b" 400 " in connection.makefile("rb").readline(), f"{hosts!r} is answered")
    return f"{len(strange)} refused with 400 or 421 before anything is looked up, this machine's own answered"


@row("D12", "frames, caches, sniffing: the headers of every answer", weight=4)
def _d12(place: Place) -> str:
    wanted = {
        "x-frame-options": "DENY", "cache-control": "no-store", "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin",
    }  # fmt: skip
    with _page(place) as page:
        for path in _EVERYWHERE:
            for answer in (page.get(path), page.post(path), page.get(path, headers={"Host": "evil.example"})):
                said = answer.headers
                policy = said["content-security-policy"]
                good = (
                    policy.startswith("default-src 'none'")
                    and "frame-ancestors 'none'" in policy
                    and "unsafe" not in policy
                )
                good = good and all(said[name] == value for name, value in wanted.items())
                require(good and "set-cookie" not in said, f"{path}: {dict(said)}")
    return f"on all {len(_EVERYWHERE)} kinds of answers, refusals and errors too"


@row("D13", "paths that leave their folder: dots, escapes of escapes, NULs, overlong UTF-8, absolute ones", weight=4)
def _d13(place: Place) -> str:
    odd = (
        "..%2f..%2farchive.json",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%252f..%252fetc",
        "p00%00",
        "%c0%ae%c0%ae/x",
        "/etc/passwd",
        "a" * 5000,
    )
    places = (
        f"/en/articles/{PORTAL}/{{}}",
        "/en/articles/{}/p00",
        "/en/captures/2025-03-03/{}/0.txt",
        "/en/texts/{}/quang_tri/0.txt",
        "/static/{}",
    )
    with _page(place) as page:
        for path in (form.format(name) for form in places for name in odd):
            answer = page.get(path)
            require(
                answer.status_code in (400, 404, 414) and not answer.is_redirect, f"{path[:60]}: {answer.status_code}"
            )
            require("root:" not in answer.text and "Traceback" not in answer.text, f"{path[:60]} shows a file")
    return f"{len(odd) * len(places)} refused with 400, 404 or 414"


@row("D14", "SQL and the syntax of full-text search, in questions and filters", weight=4)
def _d14(place: Place) -> str:
    words = (
        "' OR 1=1 --",
        '" OR ""="',
        "NEAR(",
        "a NEAR/0 b",
        "col:x",
        "^a",
        "a AND",
        "{a}",
        "-",
        "*",
        "'",
        '"a" + "b"',
        "a*",
        "');DROP TABLE events;--",
    )
    names = ("portal", "since", "until", "event", "sort", "year", "issuer", "page", "start")
    with _page(place) as page:
        before = checks.archive_files(place.folder / "archive")
        everything = len(page.get(f"/en/portals/{PORTAL}").text)
        for text in words:
            for path in (
                "/en/search?q={}",
                *(f"/en/search?q=an&{name}={{}}" for name in names[:6]),
                "/en/documents?issuer={}",
            ):
                answer = page.get(path.format(quote(text)))
                require(answer.status_code in (200, 400, 404), f"{path} {text}: {answer.status_code}")
                require(
                    "SELECT" not in answer.text and "sqlite" not in answer.text.lower(), f"{path} {text} shows a query"
                )
        require(len(page.get(f"/en/portals/{PORTAL}").text) == everything, "the page changed")
    require(checks.archive_files(place.folder / "archive") == before, "a question changed a file")
    found = archive("search", words[0], root=place.folder / "archive")
    require(found.code in (0, 1, 2) and "Traceback" not in found.err, found.err[-300:])
    return f"{len(words)} texts in each filter: words or 400, never syntax; no file changed"


@row("D15", "a huge page number, wide questions, many at once; writing through the page's connection", weight=6)
def _d15(place: Place) -> str:
    with _page(place) as page:
        for path in (
            "/en/search?q=an&page=51",
            "/en/search?q=an&page=99999999999",
            f"/en/portals/{PORTAL}?year=99999999999",
            "/en/search?q=" + "a%20" * 300,
        ):
            require(page.get(path).status_code in (400, 404, 414), f"{path[:50]} is answered")
        began = time.process_time()
        for text in ("a", "an " * 60, " OR ".join(["an"] * 60)):
            require(page.get("/en/search", params={"q": text}).status_code in (200, 400), text[:20])
        require(time.process_time() - began < 20, "three questions took 20 seconds of the processor")
    with Archive.open(place.folder / "archive", read_only=True) as opened:
        try:
            opened.start(PORTAL, FIRST, at(FIRST), judge)
        except ArchiveError as error:
            said = str(error).rpartition("/")[2]
        else:
            raise CheckFailure("an archive that was opened to be read can be written")
    return f"refused with 400, 404 or 414; the page's archive is opened to be read alone ({said[:80]})"


@row("D16", "the audit page on an address that other machines reach", weight=4)
def _d16(place: Place) -> str:
    root = place.folder / "archive"
    hostile(root).close()
    for bind in ("0.0.0.0", "::", "192.0.2.7", "archive.example.vn"):
        expect(archive("serve", "--bind", bind, root=root), 2, "--token-file")
    token = place.folder / "token"
    token.write_text("short\n", encoding="ascii")
    token.chmod(0o600)
    expect(archive("serve", "--bind", "0.0.0.0", "--token-file", str(token), root=root), 2, "openssl rand")
    token.write_text("0123456789abcdef" * 2 + "\n", encoding="ascii")
    token.chmod(0o644)
    expect(archive("serve", "--bind", "0.0.0.0", "--token-file", str(token), root=root), 2, "chmod 600")
    return "refused in one line without a token of its own file, with a short one, with one that others may read"

"""Bodies that cost: without end, packed many times, nested, with attributes without number, twenty megabytes of paragraphs."""

from __future__ import annotations

import gzip
import io
import socket
import zipfile
import zlib

from archive.model.enums import Event, Outcome
from faults.catalogue import Place, require, row
from faults.content.versions import article_of
from faults.network.crawl import CrawlResult, crawl_failing, peak_memory, portal
from testing.ba_song_pages import article, listing
from testing.http_server import Misbehaviour, response

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n"


def _endless(head: bytes) -> Misbehaviour:
    """Send a body that does not end until the crawl hangs up."""

    def act(connection: socket.socket) -> None:
        connection.sendall(_HEAD + head + b"\r\n" + article(1)[:400])
        while True:
            connection.sendall(b"<p>an binh</p>" * 5000)

    return Misbehaviour(act)


def _within_memory(most: int = 600) -> str:
    """Require that no process of the crawl held so many megabytes; return it in words."""
    peak = peak_memory()
    require(peak < most, f"a process took {peak} MB")
    return f"no process took {most} MB"


def _others(night: CrawlResult, *keys: str) -> None:
    require(set(keys) <= night.kept, f"kept are {sorted(night.kept)}: {night.outcomes} {night.reasons}")


@row("C1", "bodies without end, and one that announces ten gigabytes", weight=12)
def _c1(place: Place) -> str:
    night = crawl_failing(place, portal(b=_endless(b""), c=_endless(b"Content-Length: 10000000000\r\n")))
    for key in ("b", "c"):
        night.is_outcome(key, Outcome.TOO_LARGE)
    _others(night, "a", "d")
    return f"both too_large, no text, the other articles read; {_within_memory()}"


def _packed(window: int) -> bytes:
    """Return 300 megabytes of blanks, packed a megabyte at a time: a child's peak memory begins with its parent's."""
    packer = zlib.compressobj(wbits=window)
    return b"".join([*(packer.compress(b" " * (1 << 20)) for _ in range(300)), packer.flush()])


@row("C2", "bombs: gzip, deflate, gzip in gzip, other encodings", weight=12)
def _c2(place: Place) -> str:
    once = _packed(31)
    pages = portal(
        a=response(once, Content_Encoding="gzip"),
        b=response(_packed(15), Content_Encoding="deflate"),
        c=response(gzip.compress(once), Content_Encoding="gzip, gzip"),
        list=response(listing(["a", "b", "c", "d", "br", "zstd"])),
    )
    for name in ("br", "zstd"):
        pages[f"/tin/{name}.html"] = response(once, Content_Encoding=name)
    night = crawl_failing(place, pages)
    for key in ("a", "b", "c"):
        night.is_outcome(key, Outcome.TOO_LARGE)
    for key in ("br", "zstd"):
        night.is_outcome(key, Outcome.UNSUPPORTED_TYPE, Outcome.ERROR, Outcome.TRUNCATED, Outcome.EMPTY)
    _others(night, "d")
    return f"too_large each; br and zstd, which are not asked for, {night.outcomes['br'].value}; {_within_memory()}"


def _bomb_zip(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, data)
    return packed.getvalue()


@row("C3", "attachments that are bombs: PDF, DOCX, ZIP in ZIP", weight=20)
def _c3(place: Place) -> str:
    stream = zlib.compress(b"BT (a) Tj ET\n" * 8_000_000)
    pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    pdf += (
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n4 0 obj<</Filter/FlateDecode/Length %d>>stream\n"
        % len(stream)
    )
    pdf += stream + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    word = (
        b"<w:document xmlns:w='w'><w:body>"
        + b"<w:p><w:r><w:t>an binh</w:t></w:r></w:p>" * 5_000_000
        + b"</w:body></w:document>"
    )
    files = {
        "bom.pdf": (pdf, "application/pdf"),
        "bom.docx": (_bomb_zip("word/document.xml", word), "application/octet-stream"),
        "bom.zip": (_bomb_zip("a.zip", _bomb_zip("b", bytes(200 << 20))), "application/zip"),
    }
    links = "".join(f"<p><a href='/tep/{name}'>{name}</a></p>" for name in files)
    body = article_of(
        "Xã An Bình mở lớp", *[f"Thầy Lúa dạy lớp thứ {part} trong thôn." for part in range(5)], more=links
    )
    pages = portal(b=response(body)) | {
        f"/tep/{name}": response(data, kind=kind) for name, (data, kind) in files.items()
    }
    night = crawl_failing(place, pages)
    _others(night, "a", "b", "c", "d")
    lines = {line.title: line for line in night.articles if line.event is Event.ATTACHMENT}
    require(set(lines) == set(files), f"lines of {sorted(lines)}: {night.run.outcomes}")
    require(not any(line.file for line in lines.values()), "a bomb has a text")
    flags = ", ".join(f"{name} {' '.join(line.flags)}" for name, line in lines.items())
    return f"kept raw without a text ({flags}); {_within_memory()}"


@row("C4", "300, 10,000, 100,000 and a million tags in one another", weight=25)
def _c4(place: Place) -> str:
    depths = {"t300": 300, "t10k": 10_000, "t100k": 100_000, "t1m": 1_000_000}
    pages = portal(list=response(listing([*depths, "d"])))
    for key, depth in depths.items():
        deep = "<div>" * depth + "Thầy Trần Văn Lúa ở giữa." + "</div>" * depth
        text = [f"Xã An Bình {key} mở lớp học bơi thứ {part} cho trẻ em trong thôn." for part in range(5)]
        page = article_of(f"Xã An Bình mở lớp {key}", *text, more=deep + "<p>Cuối bài.</p>")
        pages[f"/tin/{key}.html"] = response(page)
    night = crawl_failing(place, pages)
    _others(night, "d")
    events = {line.key: line.event for line in night.articles}
    for key in depths:
        # What lost text is set aside or refused, never taken for whole.
        whole = events.get(key) is not Event.NEW or ("ở giữa" in night.text(key) and "Cuối bài" in night.text(key))
        require(whole, f"{key} is kept without its inner text or its end")
    kinds = {key: (events[key] if key in events else night.outcomes[key]).value for key in depths}
    return f"{', '.join(f'{depths[key]}: {kind}' for key, kind in kinds.items())}; none lost text in silence; {_within_memory()}"


@row("C5", "100,000 attributes on one tag: with values, without, with a < in each", weight=25)
def _c5(place: Place) -> str:
    forms = {
        "values": " ".join(f'a{number}="{number}"' for number in range(100_000)),
        "bare": " ".join(f"a{number}" for number in range(100_000)),
        "less": " ".join(f'a{number}="<"' for number in range(100_000)),
    }
    pages = portal(list=response(listing([*forms, "d"])))
    for key, attributes in forms.items():
        body = article(2).replace(b"<article>", f"<div {attributes}>x</div><article>".encode())
        pages[f"/tin/{key}.html"] = response(body)
    night = crawl_failing(place, pages)
    _others(night, "d")
    kept = {page.key: page.warc for page in night.pages if page.key in forms}
    require(len(kept) == 3 and all(kept.values()), "a capture is missing")
    seen = {key: night.outcomes[key].value for key in forms}
    return f"{', '.join(f'{key}: {outcome}' for key, outcome in seen.items())}; kept raw, the others read; {_within_memory()}"


@row("C6", "100,000 paragraphs, 100,000 rows of a table, 11 megabytes of text", weight=60)
def _c6(place: Place) -> str:
    forms = {
        "small": "<p>Xã An Bình.</p>" * 100_000,
        "table": f"<table>{'<tr><td>Xã</td><td>An Bình</td></tr>' * 100_000}</table>",
        "text": "".join(f"<p>{'Thầy Lúa dạy bơi ở xã An Bình. ' * 2000}</p>" for _ in range(190)),
    }
    pages = portal(list=response(listing([*forms, "d"])))
    for key, more in forms.items():
        body = article_of(f"Xã An Bình mở lớp {key}", "Thầy Trần Văn Lúa dạy trẻ em trong thôn.", more=more)
        require(len(body) < 16 << 20, f"{key} has {len(body)} bytes")
        pages[f"/tin/{key}.html"] = response(body)
    night = crawl_failing(place, pages)
    _others(night, "d")
    seen = {key: night.outcomes[key].value for key in forms}
    return (
        f"{', '.join(f'{key}: {outcome}' for key, outcome in seen.items())}, each with its line; {_within_memory(700)}"
    )

"""Feeds that attack their reader, and names: in addresses and titles, on disks that fold case, links planted in the archive."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

from archive.model.enums import Event
from crawler.listings.feeds import read_feed, read_sitemap
from crawler.listings.listing import ListingError
from faults import checks
from faults.catalogue import CheckFailure, Place, require, row
from faults.content.versions import article_of
from faults.network.crawl import crawl_failing, portal
from faults.process.commands import archive
from testing.archives import FIRST, ComposedArticle, at, finish, judge, keep, make
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT
from testing.http_server import HttpServer, response
from testing.portals.first.ba_song import BaSong

_NOW = datetime(2025, 3, 5, tzinfo=UTC)
_FILE = re.compile(r"\d{3,}_[0-9a-f]{16}\.txt|articles\.jsonl|pages\.jsonl|run\.json|pages-\d{5}\.warc\.gz")
_WORDS = tuple(f"Xã An Bình mở lớp học bơi thứ {part} cho trẻ em trong thôn." for part in range(4))


def _refused(name: str, body: bytes) -> str:
    """Return why a feed and a sitemap of this document are refused. Raises CheckFailure where one is read."""
    for read in (read_feed, read_sitemap):
        try:
            found = read("https://www.ba-song.vn/rss", body, BaSong.entry_key, _NOW)
        except ListingError as error:
            said = str(error)
        else:
            raise CheckFailure(f"{name} is read by {read.__name__}: {len(found.entries)} entries")
    return said


def _feed(subset: str, title: str) -> bytes:
    item = f"<item><title>{title}</title><link>https://www.ba-song.vn/tin/a.html</link></item>"
    return f"<?xml version='1.0'?><!DOCTYPE rss {subset}><rss version='2.0'><channel>{item}</channel></rss>".encode()


@row("C15", "XML that names a file or an address: entities, a document type elsewhere, XInclude", quick=True)
def _c15(place: Place) -> str:
    secret = place.folder / "secret"
    secret.write_text("canary-8d1f", encoding="ascii")
    with HttpServer({"/x.dtd": response(b"<!ENTITY a 'canary-8d1f'>")}) as server:
        there = f"http://127.0.0.1:{server.port}/x.dtd"
        for name, body in {
            "a file": _feed(f"[<!ENTITY a SYSTEM 'file://{secret}'>]", "&a;"),
            "an address": _feed(f"[<!ENTITY a SYSTEM '{there}'>]", "&a;"),
            "a parameter entity": _feed(f"[<!ENTITY % a SYSTEM '{there}'> %a;]", "x"),
            "a document type": _feed(f"SYSTEM '{there}'", "x"),
        }.items():
            require("canary" not in _refused(name, body), f"{name} was read")
        include = f"<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file://{secret}' parse='text'/>"
        text = f"<rss version='2.0'><channel><item><title>T {include}</title><link>https://www.ba-song.vn/tin/a.html</link>"
        found = read_feed(
            "https://www.ba-song.vn/rss", f"{text}</item></channel></rss>".encode(), BaSong.entry_key, _NOW
        )
        require([entry.title for entry in found.entries] == ["T"], f"the entries are {found.entries}")
        require(not server.requests, f"asked was {server.requests}")
    return "each refused with a reason; an include is left out; no file read, no address asked"


@row("C16", "XML that grows: entities in entities, one long entity named often, a deep document", quick=True)
def _c16(place: Place) -> str:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10))
    refused = {
        "billion laughs": _feed(f"[<!ENTITY l0 'ha'>{laughs}]", "&l9;"),
        "quadratic": _feed(f"[<!ENTITY a '{'a' * 50_000}'>]", "&a;" * 50_000),
        "deep": b"<rss version='2.0'>" + b"<channel>" * 100_000,
    }
    said = {name: _refused(name, body) for name, body in refused.items()}
    return f"refused and said so: {'; '.join(f'{name}: {why[:50]}' for name, why in said.items())}"


@row("C17", "names that leave their folder or are none on other systems, in addresses, titles and sections", weight=8)
def _c17(place: Place) -> str:
    odd = (
        "../../../../etc/passwd",
        "/etc/passwd",
        "C:\\Windows\\x",
        "%2e%2e%2f%2e%2e%2fx",
        "CON",
        "tin.",
        "x" * 300,
        "a\nb",
    )
    keys = [f"n{number}" for number in range(len(odd))]
    named = "".join(
        f"<li class='tin'><a href='/tin/{name}.html'>{name}</a> <span>04/03/2025</span></li>" for name in odd
    )
    page = listing([*keys, "con", "nul", "y" * 200]).replace(b"<ul>", f"<ul>{named}".encode())
    pages = portal(list=response(page)) | {
        f"/tin/{key}.html": response(article_of(name, *_WORDS, key)) for key, name in zip(keys, odd, strict=True)
    }
    for number, key in enumerate(("con", "nul", "y" * 200)):
        pages[f"/tin/{key}.html"] = response(article(30 + number))
    night = crawl_failing(place, pages)
    require(night.kept == {*keys, "con", "nul", "y" * 200}, f"kept are {sorted(night.kept)}: {night.run.outcomes}")
    folder = night.root / f"{NIGHT:%Y/%m/%d}/ba_song"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    require(all(_FILE.fullmatch(name) for name in files), f"files are {sorted(files)}")
    outside = [path.name for path in place.folder.iterdir()]
    require(outside == ["archive"], f"outside the archive are {outside}")
    return f"{len(night.kept)} articles; every file is named by number and hash alone"


@row("C18", "keys that differ in case and letters alone, on a disk that folds both", quick=True)
def _c18(place: Place) -> str:
    keys = ["tin-moi", "TIN-MOI", "Tin-Moi", "tin-mo\u0301i", "tin-mói", "ｔｉｎ-moi", "tin-moi.", "tin-moi "]
    root = place.folder / "archive"
    with make(root) as store:
        run = store.start("da_nang", FIRST, at(FIRST), judge)
        for number, key in enumerate(keys):
            keep(run, ComposedArticle(key, f"Tin {number}", (f"Lời của bài {number}.",)), at(FIRST))
        finish(run, at(FIRST))
        store.seal(FIRST, {})
    checks.whole(root)
    names = [path.name for path in (root / f"{FIRST:%Y/%m/%d}/da_nang").glob("*.txt")]
    folded = {unicodedata.normalize("NFKC", name).casefold() for name in names}
    require(len(names) == len(folded) == len(keys), f"the texts are {sorted(names)}")
    require(all(_FILE.fullmatch(name) for name in names), f"the texts are {sorted(names)}")
    return f"{len(keys)} texts under {len(folded)} names, each of a number and a hash in lower case"


@row("C19", "links planted in the archive: in place of a text, of a night, of a portal's open folder", weight=10)
def _c19(place: Place) -> str:
    night = crawl_failing(place, portal(), code=0)
    folder = night.root / f"{NIGHT:%Y/%m/%d}/ba_song"
    text = folder / str(night.line("b", Event.NEW).file)
    away = place.folder / "away"
    away.mkdir()
    kept = away / "kept.txt"
    kept.write_bytes(text.read_bytes())
    text.unlink()
    text.symlink_to(kept)
    (night.root / "2025/03/07").symlink_to(away, target_is_directory=True)
    code, found = checks.verify(night.root)
    named = {path for kind, path in found if kind == "SYMLINK"}
    require(code == 1 and any(path.endswith(text.name) for path in named), f"verify exits with {code}: {sorted(found)}")
    archive("rebuild", root=night.root)
    require(
        kept.read_bytes() and [path.name for path in away.iterdir()] == ["kept.txt"],
        "something was written behind a link",
    )
    return f"verify names them as SYMLINK ({len(named)}), though what they lead to has the right bytes; nothing is written there"

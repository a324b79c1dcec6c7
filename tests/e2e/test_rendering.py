"""A portal of empty shells, read with a real Chromium: what it may reach, what is kept, what is said where it is not there."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from archive.model.enums import ArchiveKind, Event, Outcome, Verdict
from archive.store import Archive
from crawler.downloader.browser import (
    NAMES,
    BrowserRequest,
    BrowserResponse,
    Chromium,
    NotRendered,
    browser_path,
    missing,
)
from crawler.reextract.reextract import read_again
from pipelines.extract import extract
from testing.ba_song_pages import HOST, article, html, listing
from testing.crawl import NIGHT, crawl, new_archive, the_night
from testing.http_server import HttpServer, NotificationServer, Reply, response
from testing.portals.first.vo_trong import VoTrong

ARGUMENTS = ("--night", NIGHT.isoformat())
chromium = pytest.mark.skipif(
    find_spec("playwright") is None or browser_path() is None,
    reason=f"the extra `render` or Chromium ({', '.join(NAMES)}) is not installed",
)


def shell(more: str = "") -> bytes:
    return html(f'<div id="app"></div><script src="/app.js"></script>{more}', "Vỏ Trống")


def main_of(page: bytes) -> str:
    return page.decode().partition("<body>")[2].partition("</body>")[0]


SCRIPT = """
fetch('/api' + location.pathname, {headers: {'X-Requested-With': 'XMLHttpRequest'}})
  .then(answer => answer.json()).then(page => { document.getElementById('app').innerHTML = page.html; });
"""


def data(page: bytes) -> bytes:
    return response(json.dumps({"html": main_of(page)}).encode(), kind="application/json; charset=utf-8")


def portal(**more: Reply) -> dict[str, Reply]:
    return {
        "/tin-tuc": response(shell()),
        "/app.js": response(SCRIPT.encode(), kind="application/javascript"),
        "/api/tin-tuc": data(listing(["a", "b"])),
        "/tin/a.html": response(shell()),
        "/tin/b.html": response(shell()),
        "/api/tin/a.html": data(article(1)),
        "/api/tin/b.html": data(article(2)),
        **more,
    }


def records_in(folder: Path) -> list[tuple[str, str, str]]:
    found = []
    for path in sorted(folder.glob("pages-*.warc.gz")):
        with gzip.open(path) as stream:
            for record in ArchiveIterator(stream):
                named = record.rec_headers
                found.append((record.rec_type, named.get_header("WARC-Record-ID"), named.get_header("WARC-Refers-To")))
    return found


@chromium
def test_a_portal_of_shells_is_read_kept_and_read_again(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    with HttpServer(portal()) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, portal="vo_trong", port=server.port, RENDER="1")
    assert (done.code, done.err) == (0, "")
    run, pages, articles = the_night(archive, "vo_trong")
    assert (run.verdict, run.extraction["rendered"]) == (Verdict.GOOD, 3)
    assert [line.event for line in articles] == [Event.NEW, Event.NEW]
    assert run.outcomes == {"app_shell": 3, "article": 2, "listing": 1, "resource": 6, "robots": 1}
    assert server.asked["/api/tin/a.html"] == 1
    assert all("luu-tru" in head.lower() for head in server.heads)
    shells = [page.detail or "" for page in pages if page.outcome is Outcome.APP_SHELL]
    assert all(detail.startswith("read with Chromium ") and "2 requests, 0 refused" in detail for detail in shells)
    records = records_in(archive / f"{NIGHT:%Y/%m/%d}/vo_trong")
    responses = {id_ for kind, id_, _ in records if kind == "response"}
    made = [refers for kind, _, refers in records if kind == "conversion"]
    assert len(made) == 3
    assert set(made) <= responses
    with Archive.open(archive, ArchiveKind.REPLICA) as opened:
        again = read_again(opened, "vo_trong", VoTrong.read_with(), extract, 1 << 24)
    assert (again.read, again.changed, again.unreadable) == (2, [], [])


def test_without_the_browser_a_shell_says_what_it_needs(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    with HttpServer(portal()) as server:
        done = crawl("--archive", str(archive), *ARGUMENTS, portal="vo_trong", port=server.port)
    assert done.code == 1
    run, pages, _ = the_night(archive, "vo_trong")
    assert run.outcomes == {"app_shell": 1, "robots": 1}
    (shown,) = [page.detail for page in pages if page.outcome is Outcome.APP_SHELL]
    assert shown == "empty #app; this portal is read with a browser: set RENDER=1"


def test_a_machine_without_a_browser_is_answered_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("playwright") is None:
        assert "is not installed: pip install" in (missing() or "")
        return
    monkeypatch.setenv("CHROMIUM", "no-such-browser")
    assert "no Chromium is found" in (missing() or "")


ELSEWHERE = """
const there = 'http://127.0.0.1:PORT';
fetch(there + '/fetch').catch(() => 0);
navigator.sendBeacon(there + '/beacon', 'x');
new Image().src = there + '/image';
const frame = document.createElement('iframe'); frame.src = there + '/frame'; document.body.append(frame);
const script = document.createElement('script'); script.src = 'https://thong-ke.example/track.js'; document.body.append(script);
try { new WebSocket('ws://127.0.0.1:PORT/socket'); } catch (error) {}
try { const peer = new RTCPeerConnection({iceServers: [{urls: 'stun:127.0.0.1:PORT'}]});
  peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer)); } catch (error) {}
window.open(there + '/window');
navigator.serviceWorker && navigator.serviceWorker.register('/app.js').catch(() => 0);
fetch('http://169.254.169.254/latest/meta-data/').catch(() => 0);
fetch('file:///etc/passwd').catch(() => 0);
document.querySelector('#app').textContent = 'Xã An Bình mở lớp học bơi.';
"""
LEAVING = ELSEWHERE + "setTimeout(() => { location.href = there + '/location'; }, 50);"


def read(page: bytes, answers: dict[str, bytes], seconds: float = 120) -> tuple[str, list[str]]:
    """Return what Chromium makes of a page, and what it asked to have fetched."""
    asked: list[str] = []

    async def bring(wanted: BrowserRequest) -> BrowserResponse | None:
        asked.append(wanted.url)
        body = answers.get(wanted.url.removeprefix(f"https://{HOST}"))
        return None if body is None else BrowserResponse(200, (("Content-Type", "application/javascript"),), body)

    async def go() -> str:
        browser = Chromium("luu-tru", seconds)
        try:
            first = BrowserResponse(200, (("Content-Type", "text/html; charset=utf-8"),), page)
            return (await browser.read(f"https://{HOST}/tin-tuc", first, bring)).html
        finally:
            await browser.close()

    return asyncio.run(go()), asked


@chromium
def test_no_request_of_a_page_leaves_past_the_crawl() -> None:
    with NotificationServer() as listener:
        made, asked = read(shell(), {"/app.js": ELSEWHERE.replace("PORT", str(listener.port)).encode()})
        assert listener.requests == []
    assert "Xã An Bình mở lớp học bơi." in made
    assert f"https://{HOST}/app.js" in asked  # and what else it wanted went through the guard, or nowhere
    assert not [url for url in asked if "/image" in url or "/frame" in url or "/beacon" in url or "/window" in url]


@chromium
def test_a_page_that_leaves_at_once_reaches_nothing_and_is_read_as_it_was() -> None:
    with NotificationServer() as listener:
        made, _ = read(shell(), {"/app.js": LEAVING.replace("PORT", str(listener.port)).encode()})
        assert "học bơi" in made
        assert listener.requests == []


@chromium
def test_a_script_without_end_costs_the_page_and_not_the_crawl() -> None:
    with pytest.raises(NotRendered, match="did not end within 2 s"):
        read(html('<div id="app"></div><script>for (;;) {}</script>'), {}, seconds=2)


def test_the_browser_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    own = tmp_path / "own-chromium"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(own))
    assert browser_path() == str(own)
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setenv("PATH", os.defpath)
    assert browser_path() in (None, *(shutil.which(name) for name in NAMES))

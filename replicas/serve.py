"""Serve the composed portals, or a folder of recorded pages, on loopback: `python -m replicas.serve`.

Plain HTTP by Host header. Header `X-Replica-Night: YYYY-MM-DD` asks for the sites as of the end of that day in Việt Nam;
without it they answer as of the last composed night. Prints `replica on 127.0.0.1:PORT`. Exit code 2: wrong usage.
"""

from __future__ import annotations

import argparse
import gzip
import json
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import IO, Self

from replicas import LAST_NIGHT
from replicas.articles import EVERY_PORTAL, portal_site
from replicas.sites.catalogue import EVERY
from replicas.sites.composed import ComposedSite
from replicas.sites.recorded import recorded_sites
from replicas.sites.site import SUFFIX, Site, SiteRequest, SiteResponse, Suffixer, base_host

NIGHT_HEADER = "X-Replica-Night"
_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One answered request.

    `time` is the wall clock in UTC at which it had come, `done` that at which the answer was ready; `night` is what the
    request asked for, `bytes` the size of the body as it was sent.
    """

    host: str
    path: str
    night: date
    status: int
    time: datetime
    done: datetime
    bytes: int


class ComposedSites(Mapping[str, Site]):
    """The composed portals by host, each with its own articles; one is made when it is first asked for."""

    def __init__(self) -> None:
        hosts = {name: (site.host, site.file_host, *site.further) for name, site in EVERY.items()}
        self._portals = {host: portal for portal in EVERY_PORTAL for host in hosts[portal] if host}
        self._making = threading.Lock()

    def __getitem__(self, host: str) -> Site:
        with self._making:
            return portal_site(self._portals[host])

    def __iter__(self) -> Iterator[str]:
        return iter(self._portals)

    def __len__(self) -> int:
        return len(self._portals)


def _by_host(sites: Iterable[Site]) -> dict[str, Site]:
    listed = list(sites)
    further = {host: site for site in listed if isinstance(site, ComposedSite) for host in site.further}
    return further | {site.host: site for site in listed}


class ReplicaServer:
    """A replica server on 127.0.0.1 in threads of its own; a context manager.

    OSError when the port is taken. `log` grows by one entry per request; `log_file` gets the same as JSON lines.
    """

    def __init__(self, sites: Iterable[Site] | None = None, port: int = 0, log_file: Path | None = None) -> None:
        self.sites: Mapping[str, Site] = ComposedSites() if sites is None else _by_host(sites)
        self._homes = {base_host(host): host for host in self.sites}
        self.suffixer = Suffixer([*self.sites, *(site.host for site in EVERY.values())])
        self.log: list[LogEntry] = []
        self._lock = threading.Lock()
        self._count = 0
        self._file: IO[str] | None = log_file.open("a", encoding="utf-8") if log_file else None
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.replica = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        if self._file:
            self._file.close()

    def count(self) -> int:
        """Return the number of the request now answered, from 1."""
        with self._lock:
            self._count += 1
            return self._count

    def answer(self, host: str, request: SiteRequest) -> SiteResponse:
        """Return the finished answer but for compression: site chosen by host, addresses suffixed, conditions honoured."""
        home = self._homes.get(base_host(request.host)) if host.endswith(SUFFIX) else None
        if home is None:
            text = f"no such site on this replica: {host}\n".encode()
            return SiteResponse(text, 421, content_type="text/plain; charset=utf-8")
        if home != request.host:
            there = f"https://{home}{request.path}" + (f"?{request.query}" if request.query else "")
            response = SiteResponse(b"", 301, headers=(("Location", there),))
        else:
            response = self.sites[home].respond(request)
        return self._conditional(self._suffixed(response), request)

    def note(self, entry: LogEntry) -> None:
        """Add a request to the log."""
        with self._lock:
            self.log.append(entry)
            if self._file:
                self._file.write(json.dumps(asdict(entry), default=str) + "\n")
                self._file.flush()

    def _suffixed(self, response: SiteResponse) -> SiteResponse:
        headers = tuple((name, self.suffixer.text(value)) for name, value in response.headers)
        body = self.suffixer.body(response.body) if response.textual else response.body
        return replace(response, body=body, headers=headers)

    def _conditional(self, response: SiteResponse, request: SiteRequest) -> SiteResponse:
        headers = list(response.headers)
        if response.etag:
            headers.append(("ETag", response.etag))
        modified = None
        if response.last_modified:
            modified = format_datetime(response.last_modified.astimezone(UTC), usegmt=True)
            headers.append(("Last-Modified", modified))
        asked = request.headers.get("if-none-match")
        same = asked == response.etag if asked else modified == request.headers.get("if-modified-since")
        unchanged = response.status == 200 and (response.etag or modified) is not None and same
        status, body = (304, b"") if unchanged else (response.status, response.body)
        return SiteResponse(body, status, response.content_type, tuple(headers))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    replica: ReplicaServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Print nothing of a client that hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # socketserver has its own private types


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._reply()

    do_HEAD = do_GET
    do_POST = do_GET

    def _reply(self) -> None:
        replica, came = self.server.replica, datetime.now(UTC)
        length = self.headers.get("Content-Length", "0")
        sent = self.rfile.read(min(int(length), _LIMIT)) if length.isdecimal() else b""
        host = self.headers.get("Host", "").partition(":")[0].lower()
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            night = date.fromisoformat(headers.get(NIGHT_HEADER.lower(), LAST_NIGHT.isoformat()))
        except ValueError:
            night, wrong = LAST_NIGHT, f"{NIGHT_HEADER} is not a date YYYY-MM-DD\n".encode()
            response = SiteResponse(wrong, 400, content_type="text/plain")
        else:
            request = SiteRequest(
                host.removesuffix(SUFFIX), path, query, night, replica.count(), self.command, headers, sent
            )
            response = replica.answer(host, request)
        body = self._packed(response)
        size = 0 if self.command == "HEAD" or response.status == 304 else len(body)
        replica.note(LogEntry(host, self.path, night, response.status, came, datetime.now(UTC), size))
        self._send(response, body, night)

    def _packed(self, response: SiteResponse) -> bytes:
        if response.textual and len(response.body) > 500 and "gzip" in self.headers.get("Accept-Encoding", ""):
            return gzip.compress(response.body, 6, mtime=0)
        return response.body

    def _send(self, response: SiteResponse, body: bytes, night: date) -> None:
        self.send_response_only(response.status)
        self.send_header("Date", f"{night:%a, %d %b %Y} 15:30:00 GMT")
        for name, value in response.headers:
            self.send_header(name, value)
        if response.status != 304:
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(body)))
        if body is not response.body:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        if self.command != "HEAD" and response.status != 304:
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing: requests are in the log."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m replicas.serve", description="Serve the replica portals on loopback."
    )
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--folder", type=Path, help="serve the recorded pages of this folder instead")
    parser.add_argument("--log", type=Path, help="append one JSON line per request to this file")
    asked = parser.parse_args(arguments)
    try:
        sites = recorded_sites(asked.folder) if asked.folder else None
        server = ReplicaServer(sites, asked.port, asked.log)
    except (OSError, OverflowError, ValueError) as error:
        print(f"replicas.serve: {_reason(error, asked.port)}", file=sys.stderr)
        return 2
    stop = threading.Event()

    def finish(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, finish)
    signal.signal(signal.SIGINT, finish)
    with server:
        print(f"replica on 127.0.0.1:{server.port}", flush=True)
        stop.wait()
    return 0


def _reason(error: Exception, port: int) -> str:
    if isinstance(error, OSError) and error.filename is None:
        return f"port {port} on 127.0.0.1 cannot be used ({error.strerror}); choose another with --port, or 0 for a free one"
    return str(error)


if __name__ == "__main__":
    raise SystemExit(main())

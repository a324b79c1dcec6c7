"""Send a rehearsal's requests to the replica server; no other module knows of it.

`https://HOST.replica.test/…` is sent to the loopback port as plain HTTP with the Host unchanged; the response gets its
own URL back, so robots, redirects, cookies and POST pass unchanged. Outside of a rehearsal the handler is that of
`crawler.downloader.handler`. A file of `--loopback` gives hosts a loopback port of their own, with TLS or without: that
one refuses, or shows a certificate that is not valid.
"""

from __future__ import annotations

import atexit
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlunsplit

from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from archive.errors import UsageError
from crawler.downloader.guard import LOOPBACK
from crawler.downloader.handler import PoliteHandler
from crawler.urls import REPLICA_SUFFIX
from pipelines.html.addresses import split_address

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

NIGHT_HEADER = "X-Replica-Night"
_READY = re.compile(rf"replica on {re.escape(LOOPBACK)}:(\d+)")
_START_SECONDS = 60.0
_CHECKOUT = Path(__file__).resolve().parents[2]


EVERY_HOST = "*"
_ORIGIN = re.compile(rf"https?://{re.escape(LOOPBACK)}:[0-9]{{1,5}}")


def loopback_url(url: str, port: int, origins: Mapping[str, str] | None = None) -> tuple[str, str]:
    """Return the address of a rehearsal's request and its Host. Raises IgnoreRequest for any other host.

    `origins` are those of hosts, without suffix, that have a port of their own.
    """
    parts = split_address(url)
    host = parts.hostname or ""
    if not host.endswith(REPLICA_SUFFIX):
        raise IgnoreRequest(f"a rehearsal sends nothing to {host}")
    origin = (origins or {}).get(host.removesuffix(REPLICA_SUFFIX), f"http://{LOOPBACK}:{port}")
    scheme, _, place = origin.partition("://")
    return urlunsplit((scheme, place, parts.path or "/", parts.query, "")), host


def read_origins(file: Path) -> dict[str, str]:
    """Read which host is served where on loopback: lines `HOST http://127.0.0.1:PORT`, `*` for every other host.

    Raises UsageError, one line.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise UsageError(f"--loopback {file} cannot be read: {error}") from None
    origins = {}
    for number, words in ((number, line.split()) for number, line in enumerate(lines, 1) if line.strip()):
        if len(words) != 2 or not _ORIGIN.fullmatch(words[1]):
            raise UsageError(
                f"{file}, line {number}: write `HOST http://{LOOPBACK}:PORT`, or https, or `*` for the host"
            )
        origins[words[0].lower()] = words[1]
    return origins


class PortalDownloadHandler(PoliteHandler):
    """Polite handler, in a rehearsal (`REPLICA`) to the loopback port `REPLICA_PORT`."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._rehearsed = bool(crawler.settings.get("REPLICA"))
        self._port = crawler.settings.getint("REPLICA_PORT") if self._rehearsed else 0
        self._origins = crawler.settings.getdict("REPLICA_HOSTS") if self._rehearsed else {}
        self._night = str(crawler.settings.get("NIGHT") or "")
        if self._rehearsed and not self._port:
            raise NotConfigured("REPLICA is set but REPLICA_PORT is not")

    async def address_of(self, host: str) -> str:
        """Return the host itself in a rehearsal, as if the replica were many machines."""
        return host if self._rehearsed else await super().address_of(host)

    async def send(self, request: Request) -> Response:
        """Send one request; in a rehearsal to the replica, with the response under the request's URL."""
        if not self._rehearsed:
            return await super().send(request)
        url, host = loopback_url(request.url, self._port, self._origins)
        sent = request.replace(url=url, headers=request.headers.copy(), meta=dict(request.meta))
        sent.headers["Host"] = host
        sent.headers[NIGHT_HEADER] = self._night
        sent.meta.pop("proxy", None)
        response = await super().send(sent)
        if "download_latency" in sent.meta:
            request.meta["download_latency"] = sent.meta["download_latency"]
        return response.replace(url=request.url)


class ReplicaServer:
    """Replica server as a child process, for the life of one crawl.

    It ends with `stop`, and with this process even when that is killed: Linux sends it SIGTERM then.
    """

    def __init__(self, folder: str | None = None) -> None:
        command = [sys.executable, "-m", "replicas.serve", "--port", "0"]
        if folder is not None:
            command += ["--folder", str(Path(folder).resolve())]
        self._process = subprocess.Popen(
            command,
            cwd=_CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        atexit.register(self.stop)
        try:
            self.port = self._read_port()
        except BaseException:
            self.stop()
            raise

    @property
    def pid(self) -> int:
        """Process id of the server."""
        return self._process.pid

    def _read_port(self) -> int:
        pipe = self._process.stdout
        deadline = time.monotonic() + _START_SECONDS
        line = b""
        while pipe is not None and time.monotonic() < deadline and not line.endswith(b"\n"):
            if not select.select([pipe], [], [], 0.5)[0]:
                continue
            read = os.read(pipe.fileno(), 4096)
            if not read:
                break
            line += read
        found = _READY.search(line.decode("utf-8", "replace"))
        if found is None:
            raise UsageError(
                "the replica server did not start; run `python -m replicas.serve --port 0` to see why, "
                "or set REPLICA_PORT to the port of a running one"
            )
        return int(found.group(1))

    def stop(self) -> None:
        """End the server, at the latest after five seconds."""
        atexit.unregister(self.stop)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


@contextmanager
def replica_served(settings: BaseSettings, folder: str | None) -> Iterator[None]:
    """Run a replica server of our own in a rehearsal without one (`REPLICA_PORT`), as long as the visits last."""
    if not settings.get("REPLICA") or settings.get("REPLICA_PORT"):
        yield
        return
    server = ReplicaServer(folder)
    settings.set("REPLICA_PORT", server.port, priority="cmdline")
    try:
        yield
    finally:
        server.stop()


def _die_with_parent() -> None:
    """Set prctl(PR_SET_PDEATHSIG, SIGTERM): a killed crawl leaves no server behind (Linux; elsewhere by atexit)."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGTERM)

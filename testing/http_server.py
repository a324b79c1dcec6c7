"""Serve on loopback what a test wants, byte for byte, or misbehave on the socket: slow, silent, cut, reset."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """Act on the connection of one request instead of answering it."""

    act: Callable[[socket.socket], None]


Reply = bytes | Callable[[int], bytes] | Misbehaviour
"""The answer for a path: bytes, a function of how often the path was asked before, or a misbehaviour."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request as it came."""

    method: str
    path: str
    head: str
    body: str

    @property
    def title(self) -> str:
        """The title of a notification that came as JSON."""
        return str(json.loads(self.body)["title"])

    @property
    def message(self) -> str:
        """The message of a notification that came as JSON."""
        return str(json.loads(self.body)["message"])


def response(
    body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8", length: int | None = None, **more: str
) -> bytes:
    """Return a response with its head; `length` may lie; further headers are keywords with _ for -."""
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(body) if length is None else length),
        "Connection": "close",
    }
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


_NOT_FOUND = response(b"<!DOCTYPE html><html><body><h1>404</h1></body></html>", "404 Not Found")


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(65536)
            if not line:
                return
            head += line
        method, path, _ = head.decode("latin-1").split(" ", 2)
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        body = self.rfile.read(length).decode()
        with self.server.lock:
            before = self.server.asked[path]
            self.server.asked[path] += 1
            self.server.requests.append(HttpRequest(method, path, head.decode("latin-1"), body))
        reply = self.server.pages.get(path, self.server.otherwise)
        time.sleep(self.server.delay)
        with contextlib.suppress(OSError):  # a crawl that hangs up is no error here
            if isinstance(reply, Misbehaviour):
                reply.act(self.connection)
            else:
                self.wfile.write(reply(before) if callable(reply) else reply)


class _TcpServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Be silent: a crawl that hangs up is no error here."""


class _Server(_TcpServer):
    def __init__(self, pages: dict[str, Reply], otherwise: Reply, delay: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages, self.otherwise, self.delay = pages, otherwise, delay
        self.lock = threading.Lock()
        self.asked: Counter[str] = Counter()
        self.requests: list[HttpRequest] = []


class _Thread:
    """Run a server in a thread while a with block lasts."""

    def __init__(self, server: _TcpServer) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class HttpServer(_Thread):
    """Answer by path; unknown paths get `otherwise`. `asked` counts the requests by path, `requests` has them in order."""

    def __init__(self, pages: dict[str, Reply], delay: float = 0.0, otherwise: Reply = _NOT_FOUND) -> None:
        server = _Server({"/robots.txt": response(b"", "404 Not Found"), **pages}, otherwise, delay)
        super().__init__(server)
        self.pages, self.asked, self.requests = server.pages, server.asked, server.requests

    @property
    def heads(self) -> list[str]:
        """The heads of the requests so far."""
        return [request.head for request in self.requests]


class NotificationServer(HttpServer):
    """Receive alerts and heartbeats; answer 200, or `status` as long as that is set."""

    def __init__(self) -> None:
        self.status = 200
        super().__init__({}, otherwise=lambda before: response(b"", f"{self.status} -"))

    @property
    def alert(self) -> str:
        """An Apprise address that leads here."""
        return f"json://127.0.0.1:{self.port}/alert"

    @property
    def heartbeat(self) -> str:
        """The address of a dead man's switch that leads here."""
        return f"http://127.0.0.1:{self.port}/beat"


class SlowRelay(_Thread):
    """Pass connections on to a server of loopback; every part of a request waits so many seconds first."""

    def __init__(self, port: int, seconds: float) -> None:
        class Relay(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", port)) as server, contextlib.suppress(OSError):
                    back = threading.Thread(target=_relay, args=(server, self.request, 0.0), daemon=True)
                    back.start()
                    _relay(self.request, server, seconds)

        super().__init__(_TcpServer(("127.0.0.1", 0), Relay))


def _relay(source: socket.socket, target: socket.socket, seconds: float) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            time.sleep(seconds)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


_HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def reset(body: bytes) -> Misbehaviour:
    """Send half of the body, then a reset (RST, by a linger of 0 seconds)."""

    def act(connection: socket.socket) -> None:
        connection.sendall(_HTML + b"Content-Length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return Misbehaviour(act)


def _drip(head: bytes, slow: bytes, seconds: float) -> Misbehaviour:
    def act(connection: socket.socket) -> None:
        until = time.monotonic() + seconds
        connection.sendall(head)
        for byte in slow:
            if time.monotonic() > until:
                return
            connection.sendall(bytes([byte]))
            time.sleep(0.2)

    return Misbehaviour(act)


def slow_head(seconds: float) -> Misbehaviour:
    """Send a head byte by byte."""
    return _drip(b"", _HTML + b"X-Long: " + b"a" * 4000, seconds)


def slow_body(seconds: float) -> Misbehaviour:
    """Send a whole head, and a body byte by byte."""
    return _drip(_HTML + b"Content-Length: 100000\r\n\r\n", b"<html>" + b"a" * 4000, seconds)


def silent(seconds: float) -> Misbehaviour:
    """Take the connection, read the request and answer nothing."""
    return Misbehaviour(lambda connection: time.sleep(seconds))


def torn_chunks(body: bytes, *, whole: bool) -> Misbehaviour:
    """Send a chunked body with a length that is no number, or one that ends in the middle of a chunk."""

    def act(connection: socket.socket) -> None:
        half = body[: len(body) // 2]
        connection.sendall(_HTML + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(half) + half + b"\r\n")
        connection.sendall(b"zz\r\nnoise\r\n" if whole else b"%x\r\n" % len(body) + body[len(half) :][:20])

    return Misbehaviour(act)

"""A portal on loopback that misbehaves on the socket itself: slow, silent, cut, reset. The rest is testing/http_server.py."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

__all__ = ["Act", "Misbehaving", "Slowed", "reset", "silent", "slow_body", "slow_head", "torn_chunks"]

Act = Callable[[socket.socket], None]
"""What is done with the connection of one request, instead of an answer."""


def _sent(connection: socket.socket, data: bytes) -> None:
    connection.sendall(data)


def reset(body: bytes) -> Act:
    """Half of the body, then a reset (RST, by a linger of 0 seconds)."""

    def act(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        _sent(connection, head + body[: len(body) // 2])
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return act


def _dripping(data: bytes, seconds: float) -> Act:
    def act(connection: socket.socket) -> None:
        until = time.monotonic() + seconds
        for byte in data:
            if time.monotonic() > until:
                return
            _sent(connection, bytes([byte]))
            time.sleep(0.2)

    return act


def slow_head(seconds: float) -> Act:
    """A head that comes byte by byte."""
    return _dripping(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Long: " + b"a" * 4000, seconds)


def slow_body(seconds: float) -> Act:
    """A whole head, and a body that comes byte by byte."""

    def act(connection: socket.socket) -> None:
        _sent(connection, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n")
        _dripping(b"<html>" + b"a" * 4000, seconds)(connection)

    return act


def silent(seconds: float) -> Act:
    """The connection is taken, the request read, and nothing is said."""
    return lambda connection: time.sleep(seconds)


def torn_chunks(body: bytes, *, whole: bool) -> Act:
    """A chunked body: with a length that is no number, or one that ends in the middle of a chunk."""

    def act(connection: socket.socket) -> None:
        _sent(connection, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n")
        half = body[: len(body) // 2]
        _sent(connection, f"{len(half):x}\r\n".encode() + half + b"\r\n")
        _sent(connection, b"zz\r\nnoise\r\n" if whole else f"{len(body):x}\r\n".encode() + body[len(half) :][:20])

    return act


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(65536)
            if not line:
                return
            head += line
        path = head.split(b" ", 2)[1].decode()
        self.server.asked.append(path)
        said = self.server.pages.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        with contextlib.suppress(OSError):
            if callable(said):
                said(self.connection)
            else:
                self.wfile.write(said)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, pages: dict[str, bytes | Act]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages
        self.asked: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawl that hangs up is no error here."""


class Slowed:
    """A relay before a server of loopback: every part of a request waits before it is passed on."""

    def __init__(self, port: int, seconds: float) -> None:
        class Relay(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", port)) as server, contextlib.suppress(OSError):
                    back = threading.Thread(target=_relayed, args=(server, self.request, 0.0), daemon=True)
                    back.start()
                    _relayed(self.request, server, seconds)

        self._server = _Relays(("127.0.0.1", 0), Relay)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

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


class _Relays(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


def _relayed(source: socket.socket, target: socket.socket, seconds: float) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            time.sleep(seconds)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class Misbehaving:
    """The server in a thread of its own; `asked` are the paths in the order in which they were asked."""

    def __init__(self, pages: dict[str, bytes | Act]) -> None:
        self._server = _Server(pages)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.pages, self.asked = self._server.pages, self._server.asked

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

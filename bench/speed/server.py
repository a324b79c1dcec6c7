"""Serve composed pages on loopback from a process of its own: finished bytes, so that nobody waits for the server."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter
from typing import Any, Self, cast

Pages = Mapping[str, tuple[str, bytes]]
"""Content type and body by path and query."""
_MISSING = ("text/html; charset=utf-8", "<!DOCTYPE html><title>404</title><h1>Không tìm thấy trang</h1>".encode())
_CONTEXT = get_context("spawn")


class PageServer:
    """A context manager. Every Host has the same pages; a client that takes gzip gets gzip, packed beforehand.

    The process `watched` gets SIGUSR1 before the answers to the requests of the numbers `turns`, from 1.
    """

    def __init__(self, pages: Pages, turns: Iterable[int] = ()) -> None:
        ours, theirs = _CONTEXT.Pipe()
        self._count, self._watched = _CONTEXT.Value("q", 0), _CONTEXT.Value("q", 0)
        self._pipe = ours
        watch = _Watch(self._count, self._watched, frozenset(turns))
        self._process = _CONTEXT.Process(target=_serve, args=(dict(pages), theirs, watch), daemon=True)

    def watch(self, pid: int) -> None:
        """Name the process that gets the signals."""
        self._watched.value = pid

    def __enter__(self) -> Self:
        self._process.start()
        self.port = int(self._pipe.recv())
        return self

    def __exit__(self, *exc: object) -> None:
        self._process.terminate()
        self._process.join()

    @property
    def requests(self) -> int:
        """The requests answered so far."""
        return int(self._count.value)


def seconds_a_page(server: PageServer, paths: Sequence[str]) -> float:
    """Return the median time in which a client that only reads bytes gets a page over one connection."""
    connection, took = HTTPConnection("127.0.0.1", server.port), []
    for path in paths:
        began = perf_counter()
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        connection.getresponse().read()
        took.append(perf_counter() - began)
    connection.close()
    return median(took)


@dataclass(frozen=True, slots=True)
class _Watch:
    """Shared numbers: the requests up to now, and the process that gets signals at some of them."""

    count: Any
    watched: Any
    turns: frozenset[int]

    def ask(self) -> None:
        self.count.value += 1
        if self.count.value in self.turns:
            os.kill(self.watched.value, signal.SIGUSR1)


class _Answers(asyncio.Protocol):
    def __init__(self, answers: Mapping[bytes, _Page], watch: _Watch) -> None:
        self._answers, self._watch = answers, watch
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        *heads, self._head = (self._head + data).split(b"\r\n\r\n")
        for head in heads:
            self._watch.ask()
            page = self._answers.get(head.split(b" ", 2)[1]) or self._answers[b""]
            self._transport.write(page.packed if b"gzip" in head.lower() else page.plain())


def _serve(pages: dict[str, tuple[str, bytes]], pipe: Connection, watch: _Watch) -> None:
    answers = {address.encode(): _Page(200, *page) for address, page in pages.items()} | {b"": _Page(404, *_MISSING)}
    pages.clear()
    asyncio.run(_listen(answers, pipe, watch))


async def _listen(answers: Mapping[bytes, _Page], pipe: Connection, watch: _Watch) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Answers(answers, watch), "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class _Page:
    """An answer, kept packed: thousands of pages are served."""

    def __init__(self, status: int, kind: str, body: bytes) -> None:
        self._status, self._kind = status, kind
        packed = gzip.compress(body, 6, mtime=0)
        self._packed_size = len(packed)
        self.packed = self._head(len(packed), "Content-Encoding: gzip\r\n") + packed

    def plain(self) -> bytes:
        """Return the answer for a client that takes no gzip."""
        body = gzip.decompress(self.packed[-self._packed_size :])
        return self._head(len(body), "") + body

    def _head(self, size: int, more: str) -> bytes:
        return (
            f"HTTP/1.1 {self._status} {'OK' if self._status == 200 else 'Not Found'}\r\n"
            "Date: Mon, 03 Mar 2025 15:30:00 GMT\r\n"
            f"Content-Type: {self._kind}\r\nContent-Length: {size}\r\n{more}Vary: Accept-Encoding\r\n\r\n"
        ).encode()

"""A silent or slow connection ends, and leaves the others their place."""

from __future__ import annotations

import asyncio
from asyncio import Protocol, StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
import uvicorn
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from archive.web import connections
from archive.web.connections import Connections

HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = "x" * 20_000_000


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    if scope["path"] == "/parts":
        await StreamingResponse(iter([LARGE] * 3))(scope, receive, send)
        return
    await PlainTextResponse(LARGE if scope["path"] == "/large" else "answered")(scope, receive, send)


@asynccontextmanager
async def server(own: Connections) -> AsyncIterator[Callable[[], Awaitable[tuple[StreamReader, StreamWriter]]]]:
    http = cast(type[Protocol], own.connection)
    config = uvicorn.Config(own.bound(answer), http=http, ws="none", lifespan="off", log_level="critical", port=0)
    running = uvicorn.Server(config)
    serving = asyncio.ensure_future(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    opened: list[StreamWriter] = []

    async def connect() -> tuple[StreamReader, StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in opened:
            writer.transport.abort()
        running.should_exit = running.force_exit = True
        await serving


def ended(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(case(), 30))


@pytest.mark.parametrize("sent", [b"", b"GET / HT", HEAD[:-2]])
def test_a_head_that_does_not_end_ends_the_connection(sent: bytes) -> None:
    async def case() -> None:
        async with server(Connections(head_seconds=0.3)) as connect:
            reader, writer = await connect()
            writer.write(sent)
            assert await reader.read() == b""

    ended(case)


def test_a_head_in_small_pieces_ends_it_too() -> None:
    async def case() -> None:
        async with server(Connections(head_seconds=0.5)) as connect:
            reader, writer = await connect()
            reading = asyncio.ensure_future(reader.read())
            for byte in HEAD * 10:
                if reading.done():
                    break
                writer.write(bytes([byte]) if byte != 13 else b"")
                await asyncio.sleep(0.05)
            assert await reading == b""

    ended(case)


def test_the_second_head_of_a_connection_has_its_deadline_as_well() -> None:
    async def case() -> None:
        async with server(Connections(head_seconds=0.3)) as connect:
            reader, writer = await connect()
            writer.write(HEAD)
            assert b"200 OK" in await reader.readuntil(b"answered")
            writer.write(HEAD[:10])
            assert await reader.read() == b""

    ended(case)


def test_a_request_in_progress_outlives_the_head_s_deadline() -> None:
    async def case() -> None:
        async with server(Connections(head_seconds=0.2)) as connect:
            reader, writer = await connect()
            writer.write(HEAD.replace(b"/ ", b"/slow ", 1))
            assert b"200 OK" in await reader.readuntil(b"answered")

    ended(case)


def test_an_answer_that_is_not_taken_ends() -> None:
    async def case() -> None:
        own = Connections(read_seconds=0.3)
        async with server(own) as connect:
            reader, writer = await connect()
            writer.write(HEAD.replace(b"/ ", b"/large ", 1))
            await asyncio.sleep(1.5)
            try:
                taken = len(await reader.read())
            except ConnectionResetError:
                taken = 0
            assert taken < len(LARGE)
            assert own.requests == {}

    ended(case)


def test_bytes_of_a_further_request_do_not_stop_the_reader_s_clock() -> None:
    async def case() -> None:
        own = Connections(read_seconds=0.5)
        async with server(own) as connect:
            _, writer = await connect()
            writer.write(HEAD.replace(b"/ ", b"/parts ", 1))
            for _ in range(15):
                await asyncio.sleep(0.1)
                writer.write(b"G")
            assert own.requests == {}

    ended(case)


def test_the_oldest_silent_one_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_WAITING_OF_ONE", 3)

    async def case() -> None:
        own = Connections()
        async with server(own) as connect:
            silent = [await connect() for _ in range(4)]
            assert await silent[0][0].read() == b""
            silent[1][1].write(HEAD)
            assert b"200 OK" in await silent[1][0].readuntil(b"answered")
            assert len(own.waiting) == 2

    ended(case)


def test_one_address_has_a_share_of_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_REQUESTS_OF_ONE", 2)

    async def case() -> None:
        async with server(Connections()) as connect:
            pairs = [await connect() for _ in range(3)]
            for _, writer in pairs:
                writer.write(HEAD.replace(b"/ ", b"/slow ", 1))
            heads = sorted([(await reader.readuntil(b"\r\n"))[9:12] for reader, _ in pairs])
            assert heads == [b"200", b"200", b"503"]

    ended(case)

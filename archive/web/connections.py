"""Bound the connections to the page: no silent or slow one keeps the page from others.

A connection that has not yet sent a whole request head holds nothing but a socket: it ends after HEAD_SECONDS, or sooner, the
oldest first, where there are too many of them. Requests in progress are bounded in all and for each address. An answer
that its reader does not take ends after READ_SECONDS.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""Seconds from the first moment of a connection, or the first byte of a further request, to the end of the head."""
READ_SECONDS = 30.0
"""Seconds for a reader to take what the server holds of an answer, 64 KiB at the most, before more of it is sent."""
_WAITING = 256  # connections without a whole head, in all
_WAITING_OF_ONE = 64  # the same for one address
_REQUESTS_OF_ONE = 32  # requests in progress of one address: the half of all, so that one leaves room for another

_BUSY = PlainTextResponse("too many requests of this address at once\n", 503, {"Retry-After": "1"})


@dataclass(slots=True)
class Connections:
    """The connections of one server: those that wait for a head, oldest first, and the requests in progress by address."""

    waiting: dict[Connection, str] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    head_seconds: float = HEAD_SECONDS
    read_seconds: float = READ_SECONDS

    def connection(self, **arguments: object) -> Connection:
        """Make the protocol of one connection, as uvicorn calls it for `Config(http=…)`."""
        return Connection(self, **arguments)

    def bound(self, app: ASGIApp) -> ASGIApp:
        """Return the application with a bound on the requests in progress of one address."""

        async def bounded(scope: Scope, receive: Receive, send: Send) -> None:
            address = (scope.get("client") or ("",))[0]
            if self.requests[address] >= _REQUESTS_OF_ONE:
                await _BUSY(scope, receive, send)
                return
            self.requests[address] += 1
            try:
                await app(scope, receive, send)
            finally:
                self.requests[address] -= 1
                if not self.requests[address]:
                    del self.requests[address]

        return bounded

    def wait(self, connection: Connection, address: str) -> None:
        """Add a connection that waits for a head; ends the oldest one where there are too many."""
        self.waiting[connection] = address
        own = [each for each, other in self.waiting.items() if other == address]
        oldest = own if len(own) > _WAITING_OF_ONE else list(self.waiting) if len(self.waiting) > _WAITING else []
        if oldest:
            oldest[0].end()


class Connection(H11Protocol):
    """One connection, whose head and whose reader have a deadline."""

    def __init__(self, connections: Connections, **arguments: object) -> None:
        super().__init__(**arguments)  # type: ignore[arg-type]  # uvicorn's own
        self._others = connections
        # Two clocks: bytes sent while an answer waits for its reader must not stop the reader's.
        self._head: asyncio.TimerHandle | None = None
        self._reader: asyncio.TimerHandle | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Start the head's clock."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._head_came()
        self._reader_takes()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a head; the rest of it must come before the deadline."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._head_came()
        elif self not in self._others.waiting:
            self._await_head()

    def pause_writing(self) -> None:
        """Start the reader's clock: the answer no longer fits into the socket."""
        super().pause_writing()
        self._reader = self.loop.call_later(self._others.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the reader's clock."""
        super().resume_writing()
        self._reader_takes()

    def end(self) -> None:
        """Close the connection; it has no request."""
        self._head_came()
        self.transport.close()

    def _await_head(self) -> None:
        self._head = self.loop.call_later(self._others.head_seconds, self.end)
        self._others.wait(self, self._address)

    def _head_came(self) -> None:
        self._others.waiting.pop(self, None)
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _reader_takes(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            self._reader = None

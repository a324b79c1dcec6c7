"""A web server on loopback that notes who calls it: where alerts and heartbeats go in tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self

__all__ = ["Listener", "Said"]


@dataclass(frozen=True, slots=True)
class Said:
    """One request."""

    method: str
    path: str
    body: str

    @property
    def title(self) -> str:
        """Of a message that came as JSON."""
        return str(json.loads(self.body)["title"])

    @property
    def message(self) -> str:
        """Of a message that came as JSON."""
        return str(json.loads(self.body)["message"])


class Listener:
    """Answers 200, or `status` as long as that is set, and keeps what was said in `heard`."""

    def __init__(self) -> None:
        self.heard: list[Said] = []
        self.status = 200
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                listener.heard.append(Said(self.command, self.path, self.rfile.read(length).decode()))
                self.send_response(listener.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return int(self._server.server_address[1])

    @property
    def alert(self) -> str:
        """An Apprise address that leads here."""
        return f"json://127.0.0.1:{self.port}/alert"

    @property
    def heartbeat(self) -> str:
        """A dead man's switch that leads here."""
        return f"http://127.0.0.1:{self.port}/beat"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

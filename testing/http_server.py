"""A server that says exactly what a test wants, byte for byte, on loopback; and the pages of the invented Ba Sông."""

from __future__ import annotations

import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

__all__ = ["HOST", "RawServer", "Said", "article", "html", "listing", "response"]

HOST = "www.ba-song.vn.replica.test"
Said = bytes | Callable[[int], bytes]
"""What to say for a path: bytes, or a function of how often the path was asked before."""


def response(
    body: bytes, status: str = "200 OK", kind: str = "text/html; charset=utf-8", length: int | None = None, **more: str
) -> bytes:
    """A response with its head; `length` may lie; further headers as keywords with _ for -."""
    headers = {
        "Content-Type": kind,
        "Content-Length": str(len(body) if length is None else length),
        "Connection": "close",
    }
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def html(main: str, title: str = "Cổng thông tin điện tử tỉnh Ba Sông") -> bytes:
    """A whole page around its main part."""
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{main}</body></html>".encode()


def article(number: int, words: str = "") -> bytes:
    """An article's page."""
    text = "".join(
        f"<p>Xã An Bình {number} mở lớp học bơi thứ {part} cho trẻ em trong thôn, do thầy Trần Văn Lúa dạy. {words}</p>"
        for part in range(1, 5)
    )
    head = (
        f"<h1>Xã An Bình {number} mở lớp học bơi cho trẻ em</h1><div class='ngay'>04/03/2025 08:{number % 60:02d}</div>"
    )
    return html(f"<article>{head}<div class='noi-dung'>{text}</div></article>")


def listing(keys: Sequence[str], following: str = "", day: str = "04/03/2025") -> bytes:
    """A list page naming these articles."""
    items = "".join(f"<li class='tin'><a href='/tin/{key}.html'>Tin {key}</a> <span>{day}</span></li>" for key in keys)
    more = f"<a class='tiep' href='{following}'>Tiếp</a>" if following else ""
    return html(f"<h1>Tin tức</h1><ul>{items}</ul>{more}")


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
        with self.server.lock:
            before = self.server.asked[path]
            self.server.asked[path] += 1
            self.server.heads.append(head.decode("latin-1"))
        said = self.server.pages.get(path, response(html("<h1>404</h1>"), "404 Not Found"))
        time.sleep(self.server.delay)
        self.wfile.write(said(before) if callable(said) else said)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, pages: dict[str, Said], delay: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages, self.delay = pages, delay
        self.lock = threading.Lock()
        self.asked: Counter[str] = Counter()
        self.heads: list[str] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawl that hangs up is no error here."""


class RawServer:
    """The server in a thread of its own; `asked` counts requests by path, `heads` are their request heads."""

    def __init__(self, pages: dict[str, Said], delay: float = 0.0) -> None:
        everything = {"/robots.txt": response(b"", "404 Not Found"), **pages}
        self._server = _Server(everything, delay)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.pages, self.asked, self.heads = self._server.pages, self._server.asked, self._server.heads

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

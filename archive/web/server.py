"""Listen for the page's requests; who may read is checked before a socket is opened."""

from __future__ import annotations

import logging
import socket
from asyncio import Protocol
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import cast

import uvicorn

from archive.errors import ArchiveError, UsageError
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from archive.web.app import application
from archive.web.connections import Connections
from archive.web.context import PageContext
from archive.web.middleware import ENTER, LOCAL, AccessRules, host_name, is_loopback

_log = logging.getLogger(__name__)
_SHORTEST = 20  # characters of a token
_MOST = 512  # connections or requests; more are sent away for a moment
_SECONDS_IDLE = 5
_LONGEST_HEAD = 16_384  # bytes of a request's head
_EVERYWHERE = ("0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Settings:
    """Options of the command: address and port, further host names, the token's file, the report to show."""

    bind: str = "127.0.0.1"
    port: int = 0
    names: tuple[str, ...] = ()
    token_file: Path | None = None
    report: Path | None = None


def serve(root: Path, settings: Settings, ready: Callable[[str], None]) -> None:
    """Show an archive until the process ends; `ready` is called with the address once it is listened on.

    Raises UsageError for an address that others can reach without a token, and for anything that cannot be opened.
    """
    rules = rules_of(settings)
    report = settings.report
    if report is not None and not report.is_file():
        raise UsageError(f"{report} is not there; `python -m archive verify --json > {report}` writes it")
    with Archive.open(root, read_only=True) as archive, _listen(settings.bind, settings.port) as listening:
        context = PageContext(archive, report)
        bind, port = settings.bind.strip("[]"), listening.getsockname()[1]
        ready(f"http://{f'[{bind}]' if ':' in bind else bind}:{port}{f'{ENTER}?token=…' if rules.token else '/'}")
        Thread(target=_warm, args=(context,), daemon=True).start()
        connections = Connections()
        server = uvicorn.Server(
            uvicorn.Config(
                connections.bound(application(context, rules)),
                http=cast(type[Protocol], connections.connection),  # uvicorn only calls it
                access_log=False,  # addresses hold people's queries, and once the token
                log_level="warning",
                lifespan="off",
                ws="none",
                server_header=False,
                proxy_headers=False,
                limit_concurrency=_MOST,
                timeout_keep_alive=_SECONDS_IDLE,
                h11_max_incomplete_event_size=_LONGEST_HEAD,
            )
        )
        try:
            server.run([listening])
        except KeyboardInterrupt:
            return


def rules_of(settings: Settings) -> AccessRules:
    """Return the rules of access. Raises UsageError when strangers could read without a token."""
    token = read_token(settings.token_file) if settings.token_file else None
    if token is None and not is_loopback(settings.bind.strip("[]")):
        raise UsageError(
            f"{settings.bind} can be reached from other machines: say who may read with --token-file FILE, or leave --bind "
            "out and come through `ssh -L`"
        )
    return AccessRules(
        LOCAL | {name for name in map(_host, (settings.bind, *settings.names)) if name not in _EVERYWHERE}, token
    )


def _host(name: str) -> str:
    found = host_name(f"[{name}]" if name.count(":") > 1 and not name.startswith("[") else name)
    if found is None:
        raise UsageError(f"{name!r} is no host name; write it as archive.example.vn")
    return found


def read_token(path: Path) -> str:
    """Read the token in a file. Raises UsageError when it cannot be read, is short, or others may read it."""
    try:
        token = path.read_text(encoding="ascii").strip()
        readable = path.stat().st_mode & 0o077
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read as a token ({error})") from None
    if readable:
        raise UsageError(f"{path} can be read by others: chmod 600 {path}")
    if len(token) < _SHORTEST or not token.isalnum():
        raise UsageError(
            f"{path} holds no token of {_SHORTEST} letters and digits or more: openssl rand -hex 32 > {path}"
        )
    return token


def _listen(bind: str, port: int) -> socket.socket:
    name = bind.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    # asyncio sends small pieces at once only on sockets that name TCP; else each page waits 40 ms for an answer.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((name, port))
        listening.listen()  # an early request waits for the start instead of being refused
    except (OSError, OverflowError) as error:
        listening.close()
        raise UsageError(f"{bind} port {port} cannot be listened on ({error}); choose another with --port") from None
    return listening


def _warm(context: PageContext) -> None:
    """Read the last year and fill recent seals into the search index, before the first request."""
    try:
        span = context.days.span()
        if span is not None:
            context.days.year(span[1].year)
        context.numbers.read(context.archive)
        with SearchIndex.of(context.archive) as words:
            catch_up(context.archive, words)
    except ArchiveError as error:
        _log.warning("%s", error)

"""The audit page of a composed archive on loopback, as a person's browser meets it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from archive.store import Archive
from archive.web.app import application
from archive.web.context import PageContext
from archive.web.middleware import AccessRules

__all__ = ["served"]


@contextmanager
def served(root: Path, rules: AccessRules | None = None, report: Path | None = None) -> Iterator[str]:
    """The page's address, `http://127.0.0.1:port`, while the block runs."""
    with Archive.open(root, read_only=True) as archive, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            application(PageContext(archive, report), rules or AccessRules()),
            log_level="critical",
            lifespan="off",
            ws="none",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            for _ in range(400):
                if server.started:
                    break
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)

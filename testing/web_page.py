"""Serve the audit page of an archive on loopback, and read its elements, texts and words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import uvicorn
from lxml import etree, html

from archive.store import Archive
from archive.web.app import application
from archive.web.context import PageContext
from archive.web.middleware import AccessRules


@contextmanager
def serve_page(root: Path, rules: AccessRules | None = None, report: Path | None = None) -> Iterator[str]:
    """Yield the page's address, `http://127.0.0.1:port`, while the block runs."""
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


class HtmlElement:
    """An element and what is in it."""

    def __init__(self, element: etree._Element) -> None:
        self._element = element

    def nodes(self, path: str) -> list[HtmlElement]:
        """Return the elements at an XPath."""
        return [HtmlElement(element) for element in cast("list[etree._Element]", self._element.xpath(path))]

    def strings(self, path: str) -> list[str]:
        """Return the attributes or texts at an XPath."""
        return [str(text) for text in cast("list[str]", self._element.xpath(path))]

    def get(self, name: str) -> str:
        """Return an attribute, empty where there is none."""
        return str(self._element.get(name) or "")

    @property
    def words(self) -> str:
        """All its text with single blanks."""
        return " ".join(self.text.split())

    @property
    def text(self) -> str:
        """All its text as it stands."""
        return "".join(str(part) for part in self._element.itertext())


def read(text: str) -> HtmlElement:
    """Parse a page, or a piece of one."""
    return HtmlElement(html.fromstring(text))

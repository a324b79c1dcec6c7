"""Imitate a dead portal from below: names that the system does not find, and a host with another's certificate.

`NAMES` says what the system's resolver answers (`none`: there is no such name; `later`: it cannot be asked now; else
loopback), `TLS_PORT` where a host's port 443 is. Everything above them is the program's own.
"""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

from scrapy.http import Request, Response
from twisted.internet.defer import Deferred

from crawler.downloader.guard import GuardedResolver
from crawler.downloader.handler import PoliteHandler

_SAID = {
    "none": socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    "later": socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution"),
}


def _system(name: str) -> str:
    said = _SAID.get(os.environ.get("NAMES", ""))
    if said is not None:
        raise said
    return "127.0.0.1"


socket.gethostbyname = _system


class Resolver(GuardedResolver):
    """The guard's resolver over the system that `NAMES` describes; loopback is let through, where the test's server is."""

    @staticmethod
    def _checked(address: str, name: str) -> str:
        return address

    def look_up(self, name: str, timeout: object = ()) -> Deferred[str]:
        """Return the system's answer, never from an earlier one."""
        return super().look_up(name, (5,))


class Handler(PoliteHandler):
    """The live handler, which finds port 443 of every host at `TLS_PORT`."""

    async def send(self, request: Request) -> Response:
        """Send one request, now."""
        parts = urlsplit(request.url)
        port = os.environ.get("TLS_PORT")
        url = parts._replace(netloc=f"{parts.hostname}:{port}").geturl() if port else request.url
        response = await super().send(request.replace(url=url))
        return response.replace(url=request.url)

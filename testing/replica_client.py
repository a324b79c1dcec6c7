"""Requests to a replica server, for the tests."""

from __future__ import annotations

import gzip
import http.client
from dataclasses import dataclass
from datetime import date

from replicas import LAST_NIGHT
from replicas.serve import NIGHT_HEADER, ReplicaServer
from replicas.sites.site import suffixed

__all__ = ["ReplicaResponse", "ask"]


@dataclass(frozen=True, slots=True)
class ReplicaResponse:
    """A response with its body decompressed."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


def ask(
    server: ReplicaServer, host: str, path: str, night: date | str | None = LAST_NIGHT, **headers: str
) -> ReplicaResponse:
    """One request to a host of the replica, which is suffixed unless it is written with a suffix or in capitals."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    sent = {"Host": suffixed(host), **{name.replace("_", "-"): value for name, value in headers.items()}}
    if night is not None:
        sent[NIGHT_HEADER] = str(night)
    connection.request("GET", path, headers=sent)
    response = connection.getresponse()
    found = {name.lower(): value for name, value in response.getheaders()}
    body = response.read()
    connection.close()
    return ReplicaResponse(response.status, found, gzip.decompress(body) if "content-encoding" in found else body)

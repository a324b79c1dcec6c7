"""Ask a replica server, and a download handler that takes every host for one machine."""

from __future__ import annotations

import gzip
import http.client
from dataclasses import dataclass
from datetime import date

from crawler.downloader.replica import PortalDownloadHandler
from replicas import LAST_NIGHT
from replicas.serve import NIGHT_HEADER, ReplicaServer
from replicas.sites.site import suffixed


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


class SharedMachine(PortalDownloadHandler):
    """Sends as a rehearsal does, and takes every host for one at the same address."""

    async def address_of(self, host: str) -> str:
        """One address for every host; one reserved for documentation (RFC 5737), which no host answers."""
        return "192.0.2.7"

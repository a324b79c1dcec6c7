"""A rehearsal in which all hosts live on one machine, as the portals of several offices do."""

from __future__ import annotations

from crawler.downloader.replica import PortalDownloadHandler

__all__ = ["SharedMachine"]


class SharedMachine(PortalDownloadHandler):
    """Sends as a rehearsal does, and takes every host for one at the same address."""

    async def address_of(self, host: str) -> str:
        """One address for every host; of those kept for documents, and asked of nobody (RFC 5737)."""
        return "192.0.2.7"

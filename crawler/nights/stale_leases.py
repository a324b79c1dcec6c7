"""Before anything else: what nobody holds any more is taken from whoever may still sit on it.

A crawl that was paused within a commit holds the index, and no question could be asked of it: neither which night is sealed
nor which portals are done. So its lease, which stands in the ledger, is looked at first, and the process is ended.
"""

from __future__ import annotations

from datetime import datetime

from archive.ingest.placement import free
from archive.leases.ledger import AttemptResult, LeaseState, Ledger
from archive.leases.process_id import Owner
from archive.storage.paths import Paths
from crawler.nights.options import LEASE

__all__ = ["take_back"]

_LEFT = "its scheduler died or was paused"


def take_back(paths: Paths, ledger: Ledger, owner: Owner, now: datetime) -> None:
    """Owe again what ran under a lease that has ended, and end the crawl that still runs under it on this machine."""
    for row in ledger.pending(now):
        if row.state is not LeaseState.RUNNING:
            continue
        claim = ledger.claim_to_end(row.portal, row.night, owner, now, LEASE)
        if claim is not None:
            free(paths, row.portal, row.night, claim.fence)
            ledger.finish(claim, now, AttemptResult(LeaseState.PLANNED, row.reason or _LEFT, row.exit_code, due=now))

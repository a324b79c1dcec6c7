"""Audit the timestamps beside the seals: each is of its seal's head, and the last one dates every seal before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from archive.audit.findings import Audit, Code
from archive.audit.seals import ChainLink, Expectations, relative
from archive.messages.reason import Reason
from archive.storage.paths import Paths
from archive.storage.stored_file import read_stored


def check_timestamps(paths: Paths, chain: Sequence[ChainLink], expected: Expectations, audit: Audit) -> None:
    """Check every timestamp, with its signature where the auditor names authorities; note how far they reach.

    `chain` is in the order in which the seals were made.
    """
    heads = {link.name: link.head for link in chain}
    moments: dict[str, datetime] = {}
    for night in paths.nights():
        for path in sorted(paths.night(night).glob("manifest-*.tsr")):
            from archive.sealing.timestamps import LARGEST, stamped_at  # libraries that few archives need

            name = relative(paths, path)
            manifest = name.removesuffix(".tsr") + ".json"
            if manifest not in heads:
                audit.found(Code.TIMESTAMP, name, Reason.of("timestamp_unsealed"))
                continue
            try:
                moments[manifest] = stamped_at(read_stored(path, LARGEST), heads[manifest], expected.authorities)
            except OSError as error:
                audit.found(Code.TIMESTAMP, name, Reason.of("it_cannot_be_read", error=str(error.strerror)))
            except ValueError as error:
                audit.found(Code.TIMESTAMP, name, Reason.of_error(error))
    stamped = [link for link in chain if link.name in moments]
    if not stamped:
        if expected.authorities and chain:
            audit.notes.append(Reason.of("timestamps_none"))
        return
    last = stamped[-1]
    n, seals, at = len(stamped), len(chain), moments[last.name].isoformat()
    if expected.authorities:
        checked = Reason.of("timestamps_checked", n=n, seals=seals, night=last.night, number=last.number, at=at)
    else:
        checked = Reason.of("timestamps_unchecked", n=n, seals=seals, night=last.night, number=last.number, at=at)
    audit.notes.append(checked)

"""Audit withheld articles: each tombstone is whole, agrees with the seals that list it, and becomes a notice."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from archive.audit.files import walk
from archive.audit.findings import Audit, Code, Notice
from archive.audit.seals import ChainLink, Expectations, relative
from archive.messages.reason import Reason
from archive.storage.paths import Identity, Paths
from archive.storage.stored_file import read_stored
from archive.storage.tombstones import Tombstones


def check_tombstones(
    identity: Identity,
    paths: Paths,
    withheld: Tombstones,
    chain: list[ChainLink],
    expected: Expectations,
    audit: Audit,
) -> None:
    """Report missing or changed tombstones, and files that are none; add the others as notices.

    A tombstone that no seal lists is a finding for an auditor who knows anything from outside: nobody vouches for it.
    """
    for path, why in withheld.damaged:
        audit.found(Code.TOMBSTONE, relative(paths, path), why)
    sealed: set[str] = set()
    for name, entry in ((link.name, entry) for link in chain for entry in link.withheld):
        path = paths.root / entry.path
        if entry.path in sealed:
            audit.found(Code.RELISTED, entry.path, Reason.of("tombstone_listed_again", manifest=name))
        sealed.add(entry.path)
        try:
            digest = sha256(read_stored(path)).hexdigest()
        except OSError:
            audit.found(Code.TOMBSTONE, entry.path, Reason.of("sealed_missing"))
            continue
        if digest != entry.sha256:
            audit.found(Code.TOMBSTONE, entry.path, Reason.of("sealed_other"))
    for number, stone in enumerate(withheld.tombstones, start=1):
        if stone.archive != identity.id:
            audit.found(Code.TOMBSTONE, stone.name, Reason.of("of_archive", archive=stone.archive))
        elif stone.number != number and not withheld.damaged and not sealed - {one.name for one in withheld.tombstones}:
            audit.found(Code.TOMBSTONE, stone.name, Reason.of("number_missing", number=number))
            break
    known = {stone.name for stone in withheld.tombstones} | {relative(paths, path) for path, _ in withheld.damaged}
    for file in walk(paths.root / "withheld"):
        name = relative(paths, Path(file.path))
        if file.is_symlink() or name not in known:
            audit.found(Code.SYMLINK if file.is_symlink() else Code.EXTRA, name, Reason.of("no_tombstone"))
    audit.withheld += [
        Notice(
            stone.name,
            stone.articles,
            stone.reason,
            stone.who,
            stone.when.isoformat(),
            len(stone.texts),
            len(stone.records),
            stone.name in sealed,
        )
        for stone in withheld.tombstones
    ]
    for stone in withheld.tombstones:
        if stone.name in sealed:
            continue
        if expected.given:
            audit.found(Code.TOMBSTONE, stone.name, Reason.of("tombstone_unvouched"))
        else:
            audit.notes.append(Reason.of("tombstone_unsealed", tombstone=stone.name))

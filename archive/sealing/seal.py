"""Seal a night: mark duplicates across portals (`archive.sealing.cross_portal`), list every file, chain, sign.

Tombstones of lines withheld since the last seal are listed by this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.errors import ArchiveError, UsageError
from archive.index.index import Index
from archive.index.transaction import Transaction
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.sealing.cross_portal import mark_duplicates, repeat_rows
from archive.sealing.signatures import sign
from archive.storage import merkle
from archive.storage.fsync import disk_errors, make_folder, write_durably
from archive.storage.manifest import (
    LONGEST,
    Previous,
    Seal,
    describe,
    leaves,
    manifest_path,
    sealed_runs,
    seals_on_disk,
)
from archive.storage.paths import Identity, Paths
from archive.storage.run_record import RUN_FILE, read_run
from archive.storage.tombstones import tombstone_paths, unsealed

FILES = 150_000
"""Files that one seal covers at the most, where they are of several runs."""


def seal_night(
    identity: Identity,
    paths: Paths,
    index: Index,
    night: date,
    missed: Mapping[str, Reason],
    key: Ed25519PrivateKey | None,
) -> Seal:
    """Seal the closed runs of a night that no seal covers yet, and the missed portals; returns the night's last seal.

    `missed` maps a portal without any run to the reason. Repeating it without news returns the same seal and writes the
    same bytes.

    Raises:
        UsageError: a run of the night is still open, or a live night lies before the last seal's.
    """
    for open_night, folder in paths.open_runs():
        if open_night == night:
            raise UsageError(
                f"{folder.name} of {night} is still open: resume it with scheduler.py before sealing the night"
            )
    with disk_errors(f"cannot seal {night}"), index.writing() as transaction:
        _note_seals(paths, transaction)
        earlier = seals_on_disk(paths, night)
        covered = sealed_runs(earlier)
        runs = [folder for folder in paths.closed_runs(night) if folder.name not in covered]
        known_missed = {portal for seal in earlier for portal in seal.missed}
        fresh = {
            portal: reason
            for portal, reason in missed.items()
            if portal not in known_missed and not _has_run(runs, portal)
        }
        if not runs and not fresh and earlier:
            _sign_again(paths, transaction, earlier[-1], key)
            return earlier[-1]
        mark_duplicates(paths, transaction, night, runs)
        for number, some in enumerate(_parts(runs), start=len(earlier) + 1):
            seal = _seal(identity, paths, transaction, night, number, some, fresh)
            _write(paths, seal, key)
            seal = replace(seal, signed=key is not None)
            transaction.add_seal(seal)
            fresh = {}
    return seal


def _parts(runs: list[Path]) -> list[list[Path]]:
    """Return the runs of each seal to make: one, or several where their files are more than a manifest holds."""
    parts: list[list[Path]] = [[]]
    listed = 0
    for run in runs:
        files = sum(1 for _ in run.iterdir())
        if listed and listed + files > FILES:
            parts.append([])
            listed = 0
        parts[-1].append(run)
        listed += files
    return parts


def _write(paths: Paths, seal: Seal, key: Ed25519PrivateKey | None) -> None:
    data, path = seal.to_bytes(), manifest_path(paths, seal.night, seal.number)
    if len(data) > LONGEST:
        raise ArchiveError(f"{path} would have {len(data)} bytes, more than a manifest holds: no run has so many files")
    make_folder(path.parent)
    write_durably(path, data)
    write_durably(path.with_suffix(".sig"), sign(data, key))


def _has_run(runs: list[Path], portal: str) -> bool:
    """Return whether the portal has a crawl; a run that only read captures again leaves its night missed."""
    return any(folder.name.partition(".")[0] == portal and read_run(folder).crawled for folder in runs)


def _note_seals(paths: Paths, transaction: Transaction) -> None:
    """Add seals that a crash left only as files: the chain and the rows follow the files."""
    known = transaction.seals.keys()
    names = {(night, f"manifest-{number}.json") for night, number in known}
    for night in paths.nights():
        if any((night.isoformat(), path.name) not in names for path in paths.night(night).glob("manifest-*.json")):
            for seal in seals_on_disk(paths, night):
                transaction.add_seal(seal)
                if (night.isoformat(), seal.number) not in known:
                    folders = [paths.night(night) / run for run in sorted(sealed_runs([seal]))]
                    for folder in folders:
                        if (folder / RUN_FILE).exists():
                            repeat_rows(transaction, night, folder)


def _sign_again(paths: Paths, transaction: Transaction, seal: Seal, key: Ed25519PrivateKey | None) -> None:
    """Complete a seal whose process died before it signed. Raises ArchiveError for a manifest that is not as sealed."""
    path = manifest_path(paths, seal.night, seal.number)
    if path.with_suffix(".sig").exists():
        return
    # Whoever edits a manifest and deletes its signature must not be given another one.
    if all(row.head != seal.head for row in transaction.seals.of_night(seal.night)):
        raise ArchiveError(f"{path} is not the one that was sealed: restore it from a copy; `verify` says what differs")
    write_durably(path.with_suffix(".sig"), sign(path.read_bytes(), key))


def _seal(
    identity: Identity,
    paths: Paths,
    transaction: Transaction,
    night: date,
    number: int,
    runs: list[Path],
    missed: Mapping[str, Reason],
) -> Seal:
    tip = transaction.seals.tip()
    previous = Previous(tip.night, tip.number, tip.head) if tip else None
    if identity.kind is ArchiveKind.LIVE and previous and night < previous.night:
        raise UsageError(
            f"{night} lies before the last sealed night {previous.night}: a live night is never sealed late"
        )
    folder = paths.night(night)
    files = tuple(describe(folder, path) for run in runs for path in sorted(run.iterdir()))
    files = tuple(sorted(files, key=lambda entry: entry.path))
    names = sorted((run.relative_to(folder) for run in runs), key=lambda path: path.as_posix())
    # Lines withheld since the last seal; every seal is read only where there is a tombstone.
    stones = tombstone_paths(paths)
    sealed_already = {
        entry.path
        for each in paths.nights()
        if stones
        for seal in seals_on_disk(paths, each)
        for entry in seal.withheld
    }
    withheld = unsealed(paths, sealed_already)
    hashes = leaves(folder, names, files, withheld)
    return Seal(
        archive=identity.id,
        night=night,
        number=number,
        files=files,
        missed=dict(missed),
        root=merkle.root(hashes).hex(),
        leaves=len(hashes),
        chained=previous,
        withheld=withheld,
    )

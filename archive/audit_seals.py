"""The outer part of an audit: seals and their signatures, the sealed files, the chain, and what is known from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive import merkle
from archive.findings import Audit, Code
from archive.head import Head
from archive.identity import Identity, Paths
from archive.manifest import FileEntry, Seal, describe, leaves, read_seal
from archive.runs import RUN_FILE
from archive.signing import verify_signature

__all__ = ["Expected", "check_chain", "check_expected", "read_seals", "relative", "sealed_files"]


@dataclass(frozen=True, slots=True)
class Expected:
    """What an auditor brings along: a head published elsewhere, and the public keys (base64) that may seal this archive.

    No keys: whoever signed is not looked at.
    """

    head: Head | None = None
    keys: frozenset[str] = frozenset()


def relative(paths: Paths, path: Path) -> str:
    """A path as findings name it: from the archive's root."""
    return path.relative_to(paths.root).as_posix()


def read_seals(identity: Identity, paths: Paths, night: date, audit: Audit, keys: frozenset[str]) -> list[Seal]:
    """The seals of a night in the order of their numbers; `keys` are the only ones that may have signed them."""
    found = []
    folder = paths.night(night)
    for path in sorted(folder.glob("manifest-*.json")):
        name = relative(paths, path)
        data = path.read_bytes()
        try:
            seal = read_seal(data)
        except ValueError as error:
            audit.found(Code.MANIFEST, name, str(error))
            continue
        if seal.night != night or path.name != f"manifest-{seal.number}.json":
            audit.found(Code.WRONG_NIGHT, name, f"it seals {seal.night}, number {seal.number}")
        if seal.archive != identity.id:
            audit.found(Code.WRONG_ARCHIVE, name, f"it belongs to archive {seal.archive}")
        signature = path.with_suffix(".sig")
        if not signature.is_file():
            audit.found(Code.SIGNATURE, name, "its .sig file is missing")
        elif (signer := verify_signature(data, signature.read_bytes())) is None:
            audit.found(Code.SIGNATURE, relative(paths, signature), "the signature does not fit the manifest")
        elif keys and signer not in keys:
            audit.found(Code.WRONG_KEY, relative(paths, signature), _signed_by(signer))
        found.append(seal)
    for path in sorted(folder.glob("manifest-*.sig")):
        if not path.with_suffix(".json").exists():
            audit.found(Code.UNSEALED_SIGNATURE, relative(paths, path), "the manifest it signs is missing")
    return sorted(found, key=lambda seal: seal.number)


def sealed_files(paths: Paths, night: date, seals: list[Seal], audit: Audit) -> None:
    """Each file of a sealed night against its entry, and each Merkle root against the lines and entries."""
    folder = paths.night(night)
    listed = {entry.path: entry for seal in seals for entry in seal.files}
    covered = {path.split("/", 1)[0] for path in listed}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            audit.found(Code.SYMLINK, relative(paths, path), f"it points to {path.readlink()}")
        elif path.is_file():
            _sealed_file(paths, folder, path, audit, listed, covered)
        elif not path.is_dir():
            audit.found(Code.EXTRA, relative(paths, path), "neither a file nor a folder")
        listed.pop(name, None)
    for name in sorted(listed):
        audit.found(Code.MISSING, relative(paths, folder / name), "the manifest lists it and it is not there")
    for seal in seals:
        runs = sorted({Path(entry.path.split("/", 1)[0]) for entry in seal.files})
        hashes = leaves(folder, runs, seal.files)
        if len(hashes) != seal.leaves or merkle.root(hashes).hex() != seal.root:
            name = relative(paths, folder / f"manifest-{seal.number}.json")
            audit.found(Code.ROOT, name, "the Merkle root does not follow from the lines and the file entries")


def _sealed_file(
    paths: Paths, folder: Path, path: Path, audit: Audit, listed: Mapping[str, FileEntry], covered: set[str]
) -> None:
    audit.files += 1
    audit.bytes += path.stat().st_size
    name = path.relative_to(folder).as_posix()
    entry = listed.get(name)
    if entry is None:
        is_seal = "/" not in name and path.name.startswith("manifest-") and path.suffix in (".json", ".sig")
        is_unsealed_run = "/" in name and name.split("/", 1)[0] not in covered and (path.parent / RUN_FILE).exists()
        if not is_seal and not is_unsealed_run:
            audit.found(Code.EXTRA, relative(paths, path), "no manifest lists it")
        return
    if describe(folder, path) != entry:
        audit.found(Code.MISMATCH, relative(paths, path), "its size or SHA-256 is not the sealed one")


def check_chain(seals: list[Seal], audit: Audit) -> None:
    """Every seal names the one before it, and no two name the same."""
    heads = {seal.head: seal for seal in seals}
    followers = Counter(seal.previous for seal in seals)
    for seal in seals:
        name = f"{seal.night:%Y/%m/%d}/manifest-{seal.number}.json"
        before = seal.chained
        if followers[seal.previous] > 1:
            audit.found(Code.FORK, name, "another seal names the same seal before" if before else "two first seals")
        if before is None:
            continue
        found = heads.get(before.head)
        if found is None:
            audit.found(
                Code.CHAIN, name, f"the seal before, {before.night} number {before.number}, is not there as sealed"
            )
        elif (found.night, found.number) != (before.night, before.number):
            audit.found(Code.CHAIN, name, f"it names {before.night} number {before.number} by the head of another seal")


def _signed_by(signer: str) -> str:
    return "it is unsigned" if signer == "unsigned" else f"it was signed by the key {signer}"


def check_expected(identity: Identity, seals: list[Seal], expected: Expected, audit: Audit) -> None:
    """Whether the archive still stands on a head that was published: rolled back, sealed again, or gone on from it."""
    head = expected.head
    if head is None:
        return
    if head.archive != identity.id:
        audit.found(Code.WRONG_ARCHIVE, "archive.json", f"the head is that of archive {head.archive}")
        return
    told = f"the head published of {head.night} number {head.number}"
    found = next((seal for seal in seals if (seal.night, seal.number) == (head.night, head.number)), None)
    if found is None:
        last = (
            f"the last seal here is {seals[-1].night} number {seals[-1].number}" if seals else "nothing is sealed here"
        )
        audit.found(Code.ROLLED_BACK, f"{head.night:%Y/%m/%d}", f"{told} has no seal here; {last}")
    elif found.head != head.head:
        name = f"{head.night:%Y/%m/%d}/manifest-{head.number}.json"
        audit.found(Code.RESEALED, name, f"{told} was {head.head[:16]}…, the seal here has {found.head[:16]}…")
    else:
        later = len(seals) - 1 - seals.index(found)
        audit.notes.append(
            f"{told} stands; {later or 'no'} later seal{'' if later == 1 else 's'} go{'es' if later == 1 else ''} on from it"
        )

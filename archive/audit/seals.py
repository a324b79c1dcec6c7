"""Audit the seals: manifests, signatures, the list of sealed files, the chain, and an auditor's own expectations."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from archive.audit.files import colliding_names, walk
from archive.audit.findings import Audit, Code
from archive.messages.reason import Reason
from archive.sealing.head import Head
from archive.sealing.signatures import verify_signature
from archive.storage import merkle
from archive.storage.manifest import FileEntry, Previous, Seal, entry_leaves, read_seal, sealed_runs
from archive.storage.paths import Identity, Paths
from archive.storage.stored_file import read_stored


@dataclass(frozen=True, slots=True)
class Expectations:
    """An auditor's expectations: a head published elsewhere, and the public keys (base64) that may seal this archive.

    Without keys any signer is accepted.
    """

    head: Head | None = None
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ChainLink:
    """Values of a seal needed to the end: its place, its head, the seal it names before it, its tombstones."""

    night: date
    number: int
    head: str
    before: Previous | None
    withheld: tuple[FileEntry, ...]

    @property
    def name(self) -> str:
        """Its manifest, from the archive's root."""
        return f"{self.night:%Y/%m/%d}/manifest-{self.number}.json"


@dataclass(frozen=True, slots=True)
class SealFile:
    """A readable manifest, and the night in whose folder it stands."""

    seal: Seal
    night: date
    link: ChainLink


def relative(paths: Paths, path: Path) -> str:
    """Return a path as findings name it: from the archive's root."""
    return path.relative_to(paths.root).as_posix()


def read_seals(identity: Identity, paths: Paths, night: date, audit: Audit, keys: frozenset[str]) -> list[SealFile]:
    """Return the seals of a night in the order of their numbers; only `keys` may have signed them."""
    found = []
    folder = paths.night(night)
    for path in sorted(folder.glob("manifest-*.json")):
        name = relative(paths, path)
        try:
            data = read_stored(path)
            seal = read_seal(data)
        except OSError as error:
            audit.found(Code.MANIFEST, name, Reason.of("it_cannot_be_read", error=str(error.strerror)))
            continue
        except ValueError as error:
            audit.found(Code.MANIFEST, name, Reason.of_error(error))
            continue
        if seal.night != night or path.name != f"manifest-{seal.number}.json":
            audit.found(Code.WRONG_NIGHT, name, Reason.of("seals_other_night", night=seal.night, number=seal.number))
        if seal.archive != identity.id:
            audit.found(Code.WRONG_ARCHIVE, name, Reason.of("of_archive", archive=seal.archive))
        _check_signature(paths, path, data, audit, keys)
        link = ChainLink(seal.night, seal.number, seal.head_from(sha256(data).hexdigest()), seal.chained, seal.withheld)
        found.append(SealFile(seal, night, link))
    for path in sorted(folder.glob("manifest-*.sig")):
        if not path.with_suffix(".json").exists():
            audit.found(Code.UNSEALED_SIGNATURE, relative(paths, path), Reason.of("signed_missing"))
    return sorted(found, key=lambda read: read.seal.number)


def _check_signature(paths: Paths, manifest: Path, data: bytes, audit: Audit, keys: frozenset[str]) -> None:
    signature = manifest.with_suffix(".sig")
    name = relative(paths, signature)
    try:
        signer = verify_signature(data, read_stored(signature))
    except FileNotFoundError:
        audit.found(Code.SIGNATURE, relative(paths, manifest), Reason.of("signature_missing"))
    except OSError as error:
        audit.found(Code.SIGNATURE, name, Reason.of("it_cannot_be_read", error=str(error.strerror)))
    else:
        if signer is None:
            audit.found(Code.SIGNATURE, name, Reason.of("signature_unfit"))
        elif keys and signer not in keys:
            audit.found(Code.WRONG_KEY, name, _signed_by(signer))


def listed_files(seals: list[SealFile]) -> dict[str, dict[str, FileEntry]]:
    """Return the entries of a night's seals, by run and then by name; under "" those of no run."""
    found: dict[str, dict[str, FileEntry]] = {}
    for read in seals:
        for entry in read.seal.files:
            run, stroke, name = entry.path.partition("/")
            found.setdefault(run if stroke else "", {})[name if stroke else run] = entry
    return found


def check_calendar(paths: Paths, audit: Audit) -> None:
    """Report everything among the years, months and days that is no night."""
    nights = {str(paths.night(night)) for night in paths.nights()}
    for year in sorted(paths.root.glob("[0-9][0-9][0-9][0-9]")):
        _among_days(paths, year, nights, audit)


def _among_days(paths: Paths, path: Path, nights: set[str], audit: Audit) -> None:
    if path.is_symlink() or not path.is_dir():
        _outside(paths, path, audit)
    elif str(path) not in nights:
        for inside in sorted(path.iterdir()):
            _among_days(paths, inside, nights, audit)


def check_night(paths: Paths, night: date, listed: Mapping[str, Mapping[str, FileEntry]], audit: Audit) -> None:
    """Report everything in a night's folder that is neither a run nor a seal."""
    folder = paths.night(night)
    with os.scandir(folder) as entries:
        inside = {entry.name: entry for entry in sorted(entries, key=lambda entry: entry.name)}
    collisions = colliding_names(inside)
    runs = {path.name for path in paths.closed_runs(night)} | {run for run in listed if run}
    for name, entry in inside.items():
        path = Path(entry.path)
        if name in collisions:
            audit.found(Code.TWIN, relative(paths, path), Reason.of("name_twice"))
        if entry.is_symlink():
            audit.found(Code.SYMLINK, relative(paths, path), Reason.of("points_to", target=str(path.readlink())))
        elif entry.is_dir(follow_symlinks=False):
            for other in walk(path) if name not in runs else ():
                _outside(paths, Path(other.path), audit)
        elif not entry.is_file(follow_symlinks=False):
            audit.found(Code.EXTRA, relative(paths, path), Reason.of("no_file"))
        elif not (name.startswith("manifest-") and path.suffix in (".json", ".sig")):
            _outside(paths, path, audit)
        else:
            audit.files += 1
            audit.bytes += path.stat().st_size
    for name in sorted(listed.get("", {})):
        audit.found(Code.MISSING, relative(paths, folder / name), Reason.of("listed_in_no_run"))


def _outside(paths: Paths, path: Path, audit: Audit) -> None:
    if path.is_symlink():
        audit.found(Code.SYMLINK, relative(paths, path), Reason.of("points_to", target=str(path.readlink())))
        return
    audit.files += 1
    audit.found(Code.EXTRA, relative(paths, path), Reason.of("unlisted"))


def check_root(paths: Paths, read: SealFile, leaves: Mapping[str, bytes], audit: Audit) -> None:
    """Compare the Merkle root with the leaf hashes of the lines as read and the entries."""
    seal = read.seal
    runs = sorted(sealed_runs([seal]))
    lines = b"".join(leaves.get(run, b"") for run in runs)
    hashes = [lines[start : start + 32] for start in range(0, len(lines), 32)]
    hashes += entry_leaves((*seal.files, *seal.withheld))
    if len(hashes) != seal.leaves or merkle.root(hashes).hex() != seal.root:
        name = relative(paths, paths.night(read.night) / f"manifest-{seal.number}.json")
        audit.found(Code.ROOT, name, Reason.of("root_unfit"))


def check_chain(chain: list[ChainLink], audit: Audit) -> None:
    """Check that every seal names the one before it, and no two name the same."""
    heads = {link.head: link for link in chain}
    followers = Counter(link.before.head if link.before else None for link in chain)
    for link in chain:
        before = link.before
        if followers[before.head if before else None] > 1:
            detail = Reason.of("fork" if before else "two_first_seals")
            audit.found(Code.FORK, link.name, detail)
        if before is None:
            continue
        found = heads.get(before.head)
        if found is None:
            audit.found(Code.CHAIN, link.name, Reason.of("before_missing", night=before.night, number=before.number))
        elif (found.night, found.number) != (before.night, before.number):
            audit.found(Code.CHAIN, link.name, Reason.of("before_other_head", night=before.night, number=before.number))


def _signed_by(signer: str) -> Reason:
    return Reason.of("unsigned") if signer == "unsigned" else Reason.of("signed_by", key=signer)


def check_expected(identity: Identity, seals: list[ChainLink], expected: Expectations, audit: Audit) -> None:
    """Check whether the archive still contains a published head, or was rolled back or sealed again."""
    head = expected.head
    if head is None:
        return
    if head.archive != identity.id:
        audit.found(Code.WRONG_ARCHIVE, "archive.json", Reason.of("head_of_archive", archive=head.archive))
        return
    found = next((seal for seal in seals if (seal.night, seal.number) == (head.night, head.number)), None)
    named: dict[str, date | int] = {"night": head.night, "number": head.number}
    if found is None:
        lost = Reason.of("head_unsealed", **named)
        if seals:
            lost = Reason.of("head_rolled_back", **named, last=seals[-1].night, last_number=seals[-1].number)
        audit.found(Code.ROLLED_BACK, f"{head.night:%Y/%m/%d}", lost)
    elif found.head != head.head:
        heads = {"published": f"{head.head[:16]}…", "found": f"{found.head[:16]}…"}
        audit.found(Code.RESEALED, found.name, Reason.of("head_resealed", **named, **heads))
    else:
        later = len(seals) - 1 - seals.index(found)
        stands = Reason.of("head_stands", **named, n=later) if later else Reason.of("head_stands_last", **named)
        audit.notes.append(stands)

"""Audit the seals of a night: manifests, signatures, the list of sealed files, and what stands among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from archive.audit.findings import Audit, Code
from archive.messages.reason import Reason
from archive.sealing.head import Head
from archive.sealing.opentimestamps import BlockHeader
from archive.sealing.signatures import UNSIGNED_SIGNER, verify_signature
from archive.storage import merkle
from archive.storage.manifest import (
    LONGEST,
    LONGEST_SIGNATURE,
    FileEntry,
    FileList,
    Format,
    Previous,
    Seal,
    entry_leaves,
    read_seal,
    sealed_runs,
)
from archive.storage.paths import RUN_NAME, Identity, Paths
from archive.storage.stored_file import read_stored

if TYPE_CHECKING:
    from cryptography.x509 import Certificate


@dataclass(frozen=True, slots=True)
class Expectations:
    """An auditor's expectations: a head published elsewhere, and the public keys (base64) that may seal this archive.

    Without keys any signer is accepted that signed from the first signature on. `today` is the day in Asia/Ho_Chi_Minh,
    which no live night lies behind; None where no clock is trusted. `authorities` have to vouch for timestamps; without
    them a timestamp is only compared with its head. `blocks` are headers of blocks of Bitcoin by height, for receipts.
    """

    head: Head | None = None
    keys: frozenset[str] = frozenset()
    today: date | None = None
    authorities: tuple[Certificate, ...] = ()
    blocks: Mapping[int, BlockHeader] = field(default_factory=dict)

    @property
    def given(self) -> bool:
        """Return whether the auditor knows anything from outside the archive."""
        return self.head is not None or bool(self.keys)


@dataclass(frozen=True, slots=True)
class ChainLink:
    """Values of a seal needed to the end: its place, its head, the seal it names before it, its tombstones, its signer.

    `signer` is a public key (base64), `unsigned`, or None where the signature is missing or does not fit.
    """

    night: date
    number: int
    head: str
    before: Previous | None
    withheld: tuple[FileEntry, ...]
    signer: str | None
    format: Format = 2

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
            data = read_stored(path, LONGEST)
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
        signer = _check_signature(paths, path, data, seal, audit, keys)
        head = seal.head_from(sha256(data).hexdigest())
        link = ChainLink(seal.night, seal.number, head, seal.chained, seal.withheld, signer, seal.format)
        found.append(SealFile(seal, night, link))
    for path in sorted(folder.glob("manifest-*.sig")):
        if not path.with_suffix(".json").exists():
            audit.found(Code.UNSEALED_SIGNATURE, relative(paths, path), Reason.of("signed_missing"))
    return sorted(found, key=lambda read: read.seal.number)


def _check_signature(
    paths: Paths, manifest: Path, data: bytes, seal: Seal, audit: Audit, keys: frozenset[str]
) -> str | None:
    signature = manifest.with_suffix(".sig")
    name = relative(paths, signature)
    try:
        signer = verify_signature(data, read_stored(signature, LONGEST_SIGNATURE), seal)
    except FileNotFoundError:
        audit.found(Code.SIGNATURE, relative(paths, manifest), Reason.of("signature_missing"))
    except OSError as error:
        audit.found(Code.SIGNATURE, name, Reason.of("it_cannot_be_read", error=str(error.strerror)))
    else:
        if signer is None:
            audit.found(Code.SIGNATURE, name, Reason.of("signature_unfit"))
        elif keys and signer not in keys:
            unsigned = signer == UNSIGNED_SIGNER
            wrong = Reason.of("unsigned") if unsigned else Reason.of("signed_by", key=signer)
            audit.found(Code.WRONG_KEY, name, wrong)
        return signer
    return None


@dataclass(frozen=True, slots=True)
class ListedPart:
    """Entries `first` to before `stop` of the list of seal `number`; `ordered` by path, so that none is there twice."""

    number: int
    files: FileList
    first: int
    stop: int
    ordered: bool


@dataclass(frozen=True, slots=True)
class RunEntries:
    """Entries of one run in the seals of its night, which stay in the manifests; `folder` is what their paths begin with."""

    folder: str = ""
    parts: list[ListedPart] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of entries."""
        return sum(part.stop - part.first for part in self.parts)

    def names(self) -> Iterator[str]:
        """Yield the names as the manifests list them; one that is listed twice in a row comes once."""
        last, start = None, len(self.folder)
        for part in self.parts:
            for path in part.files.paths(part.first, part.stop):
                if path != last:
                    yield path[start:]
                last = path

    def of(self, names: Container[str]) -> dict[str, FileEntry]:
        """Return the first entry of each of these names that has one."""
        found: dict[str, FileEntry] = {}
        start = len(self.folder)
        for part in self.parts:
            for entry in part.files.between(part.first, part.stop):
                name = entry.path[start:]
                if name in names:
                    found.setdefault(name, entry)
        return found

    def repeated(self) -> Iterator[tuple[str, int]]:
        """Yield each path that was listed before, with the number of the seal that lists it again."""
        if len(self.parts) < 2 and all(part.ordered for part in self.parts):
            return
        # By numbers and not by names, of which a million would not fit into the memory that their manifest takes.
        hashes = sorted(hash(path) for path, _ in self._numbered())
        twice = {one for one, other in pairwise(hashes) if one == other}
        seen: set[str] = set()
        for path, number in self._numbered():
            if hash(path) in twice:
                if path in seen:
                    yield path, number
                seen.add(path)

    def _numbered(self) -> Iterator[tuple[str, int]]:
        return ((path, part.number) for part in self.parts for path in part.files.paths(part.first, part.stop))


def listed_files(paths: Paths, seals: list[SealFile], audit: Audit) -> dict[str, RunEntries]:
    """Return the entries of a night's seals by run; under "" those of no run.

    A seal lists all files of the runs that it covers, and a run is sealed once: where a path or a run is listed again,
    the first entry stands.
    """
    found: dict[str, RunEntries] = {}
    for read in seals:
        number, night, files = read.seal.number, paths.night(read.night), read.seal.entries
        again: Counter[str] = Counter()
        for each in files.runs:
            in_run = not each.loose and RUN_NAME.fullmatch(each.run)
            run, folder = (each.run, f"{each.run}/") if in_run else ("", "")
            listed = found.setdefault(run, RunEntries(folder))
            if run and listed.parts and listed.parts[0].number != number:
                again[run] += each.stop - each.first
            else:
                listed.parts.append(ListedPart(number, files, each.first, each.stop, each.ordered))
        for run, n in again.items():
            earlier = found[run].parts[0].number
            relisted = Reason.of("run_listed_again", number=number, n=n, earlier=earlier)
            audit.found(Code.RELISTED, relative(paths, night / run), relisted)
    for listed in found.values():
        for path, number in listed.repeated():
            twice = Reason.of("listed_twice", number=number)
            audit.found(Code.RELISTED, f"{relative(paths, night)}/{path}", twice)
    return found


def check_root(paths: Paths, read: SealFile, leaves: Mapping[str, bytes], audit: Audit) -> None:
    """Compare the Merkle root with the leaf hashes of the lines as read and the entries."""
    seal = read.seal
    runs = sorted(sealed_runs([seal]))
    of_lines = [leaves.get(run, b"") for run in runs]
    lines = (each[start : start + 32] for each in of_lines for start in range(0, len(each), 32))
    n = sum(map(len, of_lines)) // 32 + len(seal.files) + len(seal.withheld)
    hashes = chain(lines, entry_leaves(seal.entries), entry_leaves(seal.withheld))
    if n != seal.leaves or merkle.root(hashes).hex() != seal.root:
        name = relative(paths, paths.night(read.night) / f"manifest-{seal.number}.json")
        audit.found(Code.ROOT, name, Reason.of("root_unfit"))

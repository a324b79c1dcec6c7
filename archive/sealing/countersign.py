"""Sign seals on another host that has the key and a copy of the archive, or of its seals.

An `unsigned` seal may be signed later; a signed one is never signed again. The signer checks what it signs: the
manifest is whole, belongs to this archive and this night, and follows the seal that it names.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.errors import ArchiveError, UsageError
from archive.sealing.signatures import UNSIGNED, public_key, sign, verify_signature
from archive.storage.fsync import disk_errors, write_durably
from archive.storage.manifest import Seal, manifest_path, seals_on_disk
from archive.storage.paths import Identity, Paths


def sign_seals(identity: Identity, paths: Paths, night: date | None, key: Ed25519PrivateKey) -> list[Path]:
    """Sign the unsigned seals of a night, or of all; returns the written signature files.

    Raises UsageError when that night has no seal, ArchiveError when a seal must not be signed: none is signed then.
    """
    seals = [seal for each in paths.nights() for seal in seals_on_disk(paths, each)]
    heads = {seal.head: (seal.night, seal.number) for seal in seals}
    wanted = [seal for seal in seals if night in (None, seal.night)]
    if not wanted:
        raise UsageError(f"{night or 'no night'} is sealed in {paths.root}")
    unsigned = [seal for seal in wanted if _is_unsigned(manifest_path(paths, seal.night, seal.number), key)]
    for seal in unsigned:
        _refuse_odd(identity, seal, heads)
    written = []
    for seal in unsigned:
        path = manifest_path(paths, seal.night, seal.number).with_suffix(".sig")
        with disk_errors(f"cannot write {path}"):
            write_durably(path, sign(seal.to_bytes(), key))
        written.append(path)
    return written


def _is_unsigned(manifest: Path, key: Ed25519PrivateKey) -> bool:
    path = manifest.with_suffix(".sig")
    if not path.is_file():
        return True
    data = path.read_bytes()
    signer = verify_signature(manifest.read_bytes(), data)
    if signer is None:
        raise ArchiveError(f"{path} does not fit its manifest: `python -m archive verify`, restore it from a copy")
    if data != UNSIGNED and signer != public_key(key):
        raise UsageError(f"{path} is signed by {signer}: a signature is never replaced")
    return data == UNSIGNED


def _refuse_odd(identity: Identity, seal: Seal, heads: dict[str, tuple[date, int]]) -> None:
    named = f"the seal of {seal.night} number {seal.number}"
    if seal.archive != identity.id:
        raise ArchiveError(f"{named} belongs to archive {seal.archive}, not to this one: nothing was signed")
    before = seal.chained
    if before is not None and heads.get(before.head) != (before.night, before.number):
        raise ArchiveError(
            f"{named} follows one of {before.night} number {before.number} that is not here as it was sealed: nothing "
            "was signed; copy every manifest, and let `verify` look at them"
        )

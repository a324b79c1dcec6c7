"""Record a change of the signing key, so that a chain that goes on under another key is no finding.

`keys/000001.json` is canonical JSON with one final newline, signed by the key that sealed before:

    {"archive": "<id>", "form": "luu-tru key change 1", "key": "<base64>", "number": 1, "previous": "<base64>",
     "signature": "<base64>"}

The signature is that of the same object without it. Only the owner of the key before can name the key after, so such a
record adds nothing to a stolen key's harm: a stolen key is changed without a record, and auditors are given the new one.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import UsageError
from archive.messages.reason import Reason
from archive.model.run_metrics import Count
from archive.sealing.signatures import public_key, signature_holds
from archive.storage.fsync import disk_errors, make_folder, write_durably
from archive.storage.jsonl import canonical, decode, decoder, json_values
from archive.storage.paths import Identity, Paths
from archive.storage.stored_file import read_stored

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_FORM = "luu-tru key change 1"
_NAME = re.compile(r"[0-9]{6}\.json")
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One change: the public keys (base64) before and after, and the signature (base64) of the one before."""

    archive: str
    number: Count
    previous: str
    key: str
    signature: str = ""

    @property
    def statement(self) -> bytes:
        """Return the signed bytes."""
        values = json_values(self) | {"form": _FORM}
        del values["signature"]
        return canonical(values) + b"\n"

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        return canonical(json_values(self) | {"form": _FORM}) + b"\n"


_CHANGE = decoder(KeyChange)


def read_key_change(data: bytes, identity: Identity) -> KeyChange:
    """Read a record's bytes. Raises ValueError when they are none of this archive, signed by the key before."""
    found = decode(_CHANGE, data, "a key change")
    if found.to_bytes() != data:
        raise ValueError(Reason.of("not_canonical"))
    if found.archive != identity.id:
        raise ValueError(Reason.of("of_archive", archive=found.archive))
    if not signature_holds(found.previous, found.signature, found.statement):
        raise ValueError(Reason.of("key_change_unfit"))
    return found


def key_changes(identity: Identity, paths: Paths) -> tuple[list[KeyChange], list[tuple[Path, Reason]]]:
    """Return the records of an archive in the order of their numbers, and those that cannot be read, with the reason."""
    found, damaged = [], []
    for path in key_change_paths(paths):
        try:
            found.append(read_key_change(read_stored(path, _LONGEST), identity))
        except OSError as error:
            damaged.append((path, Reason.of("it_cannot_be_read", error=str(error.strerror))))
        except ValueError as error:
            damaged.append((path, Reason.of_error(error)))
    return found, damaged


def key_change_paths(paths: Paths) -> list[Path]:
    """Return the files of the records, in the order of their numbers."""
    folder = paths.root / "keys"
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def change_key(identity: Identity, paths: Paths, before: Ed25519PrivateKey, after: Ed25519PrivateKey) -> Path:
    """Record that seals are signed by another key from now on; returns the file. Raises UsageError for the same key."""
    if public_key(before) == public_key(after):
        raise UsageError("both files hold the same key: there is nothing to change")
    number = max((int(path.stem) for path in key_change_paths(paths)), default=0) + 1
    change = KeyChange(identity.id, number, public_key(before), public_key(after))
    signed = replace(change, signature=base64.b64encode(before.sign(change.statement)).decode())
    path = paths.root / "keys" / f"{number:06d}.json"
    with disk_errors(f"cannot write {path}"):
        make_folder(path.parent)
        write_durably(path, signed.to_bytes())
    return path

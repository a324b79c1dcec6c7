"""Sign seals with Ed25519: the manifest's bytes, and a short statement of its head that can travel alone.

`manifest-1.sig` is the word `unsigned`, or canonical JSON with base64 values:

    {"algorithm": "Ed25519", "head": "<signature of the statement>", "key": "<32 bytes>", "signature": "<of the manifest>"}

The statement (`archive.sealing.head`) is published and part of every proof: a manifest lists every file of a night and
is too long for that. Signatures made before there were statements have no `head`.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import UsageError
from archive.messages.reason import Reason
from archive.sealing.head import statement_of
from archive.storage.fsync import disk_errors, sync_folder
from archive.storage.jsonl import canonical, decode, decoder, json_values
from archive.storage.manifest import Seal, manifest_path, read_seal
from archive.storage.paths import Paths
from archive.storage.stored_file import damaged_file, read_stored

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

# `cryptography` is loaded where something is signed: a check of an unsigned archive's files takes less time than that.

UNSIGNED = b"unsigned\n"
UNSIGNED_SIGNER = "unsigned"
"""Stands for the key of a seal that is unsigned."""


@dataclass(frozen=True, slots=True)
class SignatureFile:
    """A signature file: the public key and both signatures in base64; `head` is None in those of older seals."""

    key: str
    signature: str
    head: str | None = None

    def to_bytes(self) -> bytes:
        """Return the bytes of the file; one without a `head` has no such key."""
        values = json_values(self) | {"algorithm": "Ed25519"}
        return canonical({name: value for name, value in values.items() if value is not None}) + b"\n"


_SIGNATURE = decoder(SignatureFile)


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read an Ed25519 private key (PEM, PKCS #8). Raises UsageError with the command that makes one."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            f"signing key {path} cannot be read ({error}); make one with `python -m archive key new FILE` "
            "or `openssl genpkey -algorithm ed25519 -out FILE`"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"signing key {path} is not Ed25519; make one with `openssl genpkey -algorithm ed25519`")
    return key


def new_key(path: Path) -> Ed25519PrivateKey:
    """Make a key in a new file that only its owner can read.

    Raises UsageError over another file, and inside an archive: a key in the archive is in every copy of it, and any
    reader of the archive could seal it again.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if any((folder / "archive.json").exists() for folder in path.absolute().parents):
        raise UsageError(f"{path} lies in an archive: a key is kept elsewhere, best on another machine")
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} is there already: a key is never overwritten; name another file") from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{path.parent} is no folder; make it first") from None
    with disk_errors(f"cannot write {path}"):
        with os.fdopen(handle, "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(path.parent)
    return key


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public half in base64, as in signature files."""
    from cryptography.hazmat.primitives import serialization

    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(manifest: bytes, key: Ed25519PrivateKey | None) -> bytes:
    """Return the bytes of the signature file. Ed25519 is deterministic: signing again gives the same bytes."""
    if key is None:
        return UNSIGNED
    head = base64.b64encode(key.sign(statement_of(read_seal(manifest)))).decode()
    return SignatureFile(public_key(key), base64.b64encode(key.sign(manifest)).decode(), head).to_bytes()


def read_signature(data: bytes) -> SignatureFile | None:
    """Read a signature file; None when it is unsigned. Raises ValueError when it is no signature file."""
    if data == UNSIGNED:
        return None
    found = decode(_SIGNATURE, data, "a signature")
    if found.to_bytes() != data:
        raise ValueError(Reason.of("not_canonical"))
    return found


def signature_of(paths: Paths, seal: Seal) -> SignatureFile | None:
    """Return the signature of a seal; None when it has none. Raises DamagedFile when its file is no signature."""
    path = manifest_path(paths, seal.night, seal.number).with_suffix(".sig")
    try:
        return read_signature(read_stored(path))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise damaged_file(path, error) from None


def signature_holds(key: str, signature: str, data: bytes) -> bool:
    """Return whether a base64 signature of these bytes is that of a base64 public key, both in their one spelling."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw_key, raw = (base64.b64decode(value, validate=True) for value in (key, signature))
        if [base64.b64encode(value).decode() for value in (raw_key, raw)] != [key, signature]:
            return False
        Ed25519PublicKey.from_public_bytes(raw_key).verify(raw, data)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def verify_signature(manifest: bytes, signature: bytes, seal: Seal | None = None) -> str | None:
    """Return the public key (base64) whose signatures hold, `unsigned`, or None when one does not fit.

    `seal` is what was read from the manifest, if it was.
    """
    try:
        signed = read_signature(signature)
        if signed is None:
            return UNSIGNED_SIGNER
        if not signature_holds(signed.key, signed.signature, manifest):
            return None
        if signed.head is not None:
            statement = statement_of(seal or read_seal(manifest))
            if not signature_holds(signed.key, signed.head, statement):
                return None
    except ValueError:
        return None
    return signed.key

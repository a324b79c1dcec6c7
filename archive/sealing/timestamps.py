"""Date a seal by a timestamp of RFC 3161: an authority signs the head together with the time of its own clock.

`manifest-1.tsr` beside the manifest is the authority's answer as it came (DER). What is stamped is the header of the
seal, in format 1 the manifest, so that the imprint is the head: `openssl ts -verify -digest HEAD -in manifest-1.tsr`. By
the chain it dates every seal before as well. A request has no nonce: the same seal gives the same request.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from archive.errors import ArchiveError, UsageError
from archive.messages.reason import Reason
from archive.sealing.answers import ask
from archive.sealing.head import statement_of
from archive.storage.fsync import disk_errors, write_durably
from archive.storage.manifest import Seal, manifest_path
from archive.storage.paths import Paths

LARGEST = 65_536
"""Bytes of an answer; one with its certificates has about 6,000."""

_SHA256 = "2.16.840.1.101.3.4.2.1"


def timestamp_request(seal: Seal) -> bytes:
    """Return the request (DER) for a timestamp of a seal's head, with the authority's certificates."""
    stamped = seal.to_bytes() if seal.format == 1 else statement_of(seal)
    request = TimestampRequestBuilder(stamped, HashAlgorithm.SHA256, nonce=False, cert_req=True).build()
    return request.as_bytes()


def load_authorities(path: Path) -> tuple[Certificate, ...]:
    """Read certificates of authorities (PEM). Raises UsageError when the file has none."""
    try:
        return tuple(load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} has no certificates of a timestamp authority (PEM): {error}") from None


def stamped_at(answer: bytes, head: str, authorities: Sequence[Certificate] = ()) -> datetime:
    """Return the moment (UTC) of a timestamp, after comparing it with a head (hex).

    Its signature is checked only with `authorities`, one of which has to vouch for it. Raises ValueError.
    """
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        raise ValueError(Reason.of("timestamp_unreadable", error=str(error))) from None
    try:
        if PKIStatus(response.status) is not PKIStatus.GRANTED:
            raise ValueError(Reason.of("timestamp_refused", status=response.status))
        imprint = response.tst_info.message_imprint
        if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message.hex() != head:
            raise ValueError(Reason.of("timestamp_other_head"))
        if authorities:
            VerifierBuilder(roots=list(authorities)).build().verify(response, bytes.fromhex(head))
        return response.tst_info.gen_time
    except (VerificationError, TypeError) as error:
        raise ValueError(Reason.of("timestamp_unfit", error=str(error))) from None


def timestamp_path(paths: Paths, seal: Seal) -> Path:
    """Return the path of a seal's timestamp."""
    return manifest_path(paths, seal.night, seal.number).with_suffix(".tsr")


def keep_timestamp(paths: Paths, seal: Seal, answer: bytes, authorities: Sequence[Certificate] = ()) -> datetime:
    """Write an authority's answer beside the seal; returns its moment (UTC).

    Raises UsageError when the seal has a timestamp, ArchiveError when the answer is none of this seal.
    """
    path = timestamp_path(paths, seal)
    if path.exists():
        raise UsageError(f"{path} is there already: a timestamp is never replaced")
    try:
        at = stamped_at(answer, seal.head, authorities)
    except ValueError as error:
        raise ArchiveError(f"this is no timestamp of the seal of {seal.night} number {seal.number}: {error}") from None
    with disk_errors(f"cannot write {path}"):
        write_durably(path, answer)
    return at


def ask_authority(url: str, request: bytes) -> bytes:
    """Ask an authority over HTTP (RFC 3161, 3.4); returns its answer. Raises ArchiveError."""
    return ask("timestamp authority", url, request, {"Content-Type": "application/timestamp-query"}, LARGEST)

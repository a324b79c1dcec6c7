"""Read and write receipts of OpenTimestamps: the steps from a digest to a block of Bitcoin, or to a calendar that waits for one.

A receipt is a detached timestamp file (`.ots`) of the format that https://opentimestamps.org describes: a digest, and a tree
of steps. A step appends to the message, puts something before it, or hashes it; a message is attested by the block whose
Merkle root it is, or by the address of a calendar that has promised to attest it. Whole numbers are LEB128, bytes have
their length before them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

LARGEST = 65_536
"""Bytes of a receipt; one with the blocks of four calendars has about 4,000."""

_MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
_VERSION = 1
_SHA256 = 0x08
_FORK, _ATTESTATION = 0xFF, 0x00
_PENDING, _BITCOIN = bytes.fromhex("83dfe30d2ef90c8e"), bytes.fromhex("0588960d73d71901")
_APPEND, _PREPEND = 0xF0, 0xF1
_LONGEST = 4096  # bytes of a message, and of what a step adds to it
_PAYLOAD = 8192  # bytes of an attestation
_ADDRESS_LENGTH = 1000
_DEEPEST = 256  # steps from the digest to an attestation
_ADDRESS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:")

_HASHES: dict[int, Callable[[bytes], bytes]] = {
    0x02: lambda message: hashlib.sha1(message, usedforsecurity=False).digest(),
    0x03: lambda message: hashlib.new("ripemd160", message).digest(),
    _SHA256: lambda message: hashlib.sha256(message).digest(),
    0xF2: lambda message: message[::-1],
    0xF3: lambda message: message.hex().encode(),
}


@dataclass(frozen=True, slots=True)
class Attestation:
    """Witness of a message, by its kind (`tag`) and its bytes; those of other chains are kept, and say nothing here."""

    tag: bytes
    payload: bytes

    @property
    def height(self) -> int | None:
        """Height of the block of Bitcoin whose Merkle root the message is, None for another kind."""
        return _read_number(BytesIO(self.payload)) if self.tag == _BITCOIN else None

    @property
    def calendar(self) -> str | None:
        """Address of the calendar that promised an attestation, None for another kind."""
        return _read_measured(BytesIO(self.payload), _ADDRESS_LENGTH).decode() if self.tag == _PENDING else None

    @property
    def rank(self) -> tuple[bytes, int, str, bytes]:
        """Its place among the attestations of a message."""
        return self.tag, self.height or 0, self.calendar or "", self.payload


@dataclass(frozen=True, slots=True)
class Branch:
    """Attestations of a message, and the steps that lead on from it: the code of each, what it adds, and its branch."""

    attestations: tuple[Attestation, ...] = ()
    steps: tuple[tuple[int, bytes, Branch], ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """A SHA-256 digest and what attests it."""

    digest: bytes
    branch: Branch

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        return _MAGIC + _number(_VERSION) + bytes([_SHA256]) + self.digest + branch_bytes(self.branch)

    def attested(self) -> list[tuple[bytes, Attestation]]:
        """Return every attestation with the message that it attests. Raises ValueError for a step that cannot be followed."""
        return list(_attested(self.branch, self.digest))

    @property
    def blocks(self) -> list[int]:
        """Heights of the blocks that it leads to, the first one first."""
        return sorted({each.height for _, each in self.attested() if each.height is not None})


@dataclass(frozen=True, slots=True)
class BlockHeader:
    """Values of a block of Bitcoin: its Merkle root, the moment that its miner states (UTC), and its hash as it is usually written."""

    root: bytes
    at: datetime
    name: str


def read_receipt(data: bytes) -> Receipt:
    """Read the bytes of a receipt. Raises ValueError when they are none, or of another hash than SHA-256."""
    stream = BytesIO(data)
    if len(data) > LARGEST or _taken(stream, len(_MAGIC)) != _MAGIC:
        raise ValueError("it is no detached timestamp file")
    version, kind = _read_number(stream), _taken(stream, 1)[0]
    if version != _VERSION or kind != _SHA256:
        raise ValueError(f"it is of version {version} and hash {kind:#04x}, not of version {_VERSION} and SHA-256")
    receipt = Receipt(_taken(stream, 32), _read_branch(stream))
    if stream.read(1):
        raise ValueError("something follows its end")
    receipt.attested()
    return receipt


def read_branch(data: bytes) -> Branch:
    """Read a calendar's answer: the branch of the message that it was asked about. Raises ValueError."""
    stream = BytesIO(data)
    branch = _read_branch(stream)
    if len(data) > LARGEST or stream.read(1):
        raise ValueError("something follows its end")
    return branch


def branch_bytes(branch: Branch) -> bytes:
    """Return the bytes of a branch; all but the last of its parts have the sign of a fork before them."""
    if not branch.attestations and not branch.steps:
        raise ValueError("a branch that leads nowhere")
    parts = [bytes([_ATTESTATION]) + each.tag + _measured(each.payload) for each in branch.attestations]
    for code, added, rest in branch.steps:
        parts.append(bytes([code]) + (_measured(added) if added else b"") + branch_bytes(rest))
    return b"".join(bytes([_FORK]) + part for part in parts[:-1]) + parts[-1]


def merged(one: Branch, other: Branch) -> Branch:
    """Return the attestations and steps of two branches of the same message, in the one order that the format has."""
    steps = {(code, added): rest for code, added, rest in one.steps}
    for code, added, rest in other.steps:
        steps[code, added] = merged(steps.get((code, added), Branch()), rest)
    found = sorted({*one.attestations, *other.attestations}, key=lambda each: each.rank)
    return Branch(tuple(found), tuple((code, added, steps[code, added]) for code, added in sorted(steps)))


def extended(branch: Branch, message: bytes, more: Callable[[bytes, Attestation], Branch]) -> Branch:
    """Return a branch of a message, with what `more` gives for each message that it reaches and each attestation of that."""
    steps = tuple(
        (code, added, extended(rest, _after(code, added, message), more)) for code, added, rest in branch.steps
    )
    found = Branch(branch.attestations, steps)
    for attestation in branch.attestations:
        found = merged(found, more(message, attestation))
    return found


def pending(address: str) -> Attestation:
    """Return the promise of the calendar at an address."""
    return Attestation(_PENDING, _measured(address.encode()))


def in_block(height: int) -> Attestation:
    """Return the attestation by the block of Bitcoin of a height."""
    return Attestation(_BITCOIN, _number(height))


def read_block_header(data: bytes) -> BlockHeader:
    """Read the 80 bytes of a block's header. Raises ValueError when they have not the work that they state."""
    if len(data) != 80:
        raise ValueError(f"a block header has 80 bytes, this one {len(data)}")
    digest = hashlib.sha256(hashlib.sha256(data).digest()).digest()
    size, bits = data[75], int.from_bytes(data[72:75], "little")
    if int.from_bytes(digest, "little") > bits * 256 ** max(size - 3, 0) or size > 34:
        raise ValueError("its hash has not the work that it states: copy all its digits")
    return BlockHeader(
        data[36:68], datetime.fromtimestamp(int.from_bytes(data[68:72], "little"), UTC), digest[::-1].hex()
    )


def _attested(branch: Branch, message: bytes) -> Iterator[tuple[bytes, Attestation]]:
    for attestation in branch.attestations:
        yield message, attestation
    for code, added, rest in branch.steps:
        yield from _attested(rest, _after(code, added, message))


def _after(code: int, added: bytes, message: bytes) -> bytes:
    if added:
        result = message + added if code == _APPEND else added + message
    else:
        result = _HASHES[code](message)
    if len(result) > _LONGEST:
        raise ValueError(f"a message has more than {_LONGEST} bytes")
    return result


def _read_branch(stream: BytesIO, depth: int = 0) -> Branch:
    if depth > _DEEPEST:
        raise ValueError(f"it has more than {_DEEPEST} steps")
    attestations, steps = [], []
    last = False
    while not last:
        code = _taken(stream, 1)[0]
        last = code != _FORK
        if not last:
            code = _taken(stream, 1)[0]
        if code == _ATTESTATION:
            attestations.append(_read_attestation(stream))
            continue
        if code not in (_APPEND, _PREPEND, *_HASHES):
            raise ValueError(f"its step {code:#04x} is not known here")
        added = _read_measured(stream, _LONGEST) if code in (_APPEND, _PREPEND) else b""
        if code in (_APPEND, _PREPEND) and not added:
            raise ValueError("a step adds nothing")
        steps.append((code, added, _read_branch(stream, depth + 1)))
    return Branch(tuple(attestations), tuple(steps))


def _read_attestation(stream: BytesIO) -> Attestation:
    found = Attestation(_taken(stream, 8), _read_measured(stream, _PAYLOAD))
    address = found.calendar
    known = in_block(found.height) if found.height is not None else pending(address) if address is not None else found
    if known != found or not _ADDRESS.issuperset((address or "").encode()):
        raise ValueError("an attestation is written otherwise than its kind is")
    return found


def _taken(stream: BytesIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise ValueError("it is cut off")
    return data


def _number(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _read_number(stream: BytesIO) -> int:
    value = 0
    for shift in range(0, 35, 7):
        part = _taken(stream, 1)[0]
        value |= (part & 0x7F) << shift
        if part < 0x80:
            return value
    raise ValueError("a number is too large")


def _measured(data: bytes) -> bytes:
    return _number(len(data)) + data


def _read_measured(stream: BytesIO, most: int) -> bytes:
    size = _read_number(stream)
    if size > most:
        raise ValueError(f"a part has {size} bytes, more than {most}")
    return _taken(stream, size)

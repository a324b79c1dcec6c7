"""Prove without the archive that one text was sealed that night, in that archive, word for word.

A proof is canonical JSON with one final newline:

    {"chain": ["<signed statement>", …], "index": 3, "key": "<base64>" | null, "leaves": 12, "line": "<line of articles.jsonl>",
     "path": ["<hex>", …], "proof": "luu-tru proof 1", "signature": "<base64>" | null, "statement": "<statement of the head>",
     "text": "<the text>" | null}

The text's SHA-256 stands in the line, the line is a leaf of the night's Merkle tree (RFC 9162), the audit path leads
from it to the root, the statement binds the root to the head, and the signature names the sealer. `chain` holds the
later seals up to the head of the day of the proof, as [statement, signature] pairs, so that a head published later
proves it too; all are signed by the one key: a chain ends where the key changed. There is one spelling of a proof: any
changed byte makes the file no proof.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import cast

from archive.errors import ArchiveError
from archive.sealing.head import Head, read_statement
from archive.sealing.signatures import signature_holds
from archive.storage import merkle
from archive.storage.jsonl import ArticleLine, canonical, decode_article

_FORM = "luu-tru proof 1"
_HEX = re.compile(r"[0-9a-f]{64}")


class ProofError(ArchiveError):
    """The file proves nothing; the message names the failing step."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Parts of a proof; `text` is None for a line without a text (a duplicate, a removal)."""

    text: str | None
    line: bytes
    index: int
    path: tuple[str, ...]
    head: Head
    chain: tuple[Head, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        value = {
            "chain": [[later.statement.decode(), later.signature] for later in self.chain],
            "index": self.index,
            "key": self.head.key,
            "leaves": self.head.leaves,
            "line": self.line.decode(),
            "path": list(self.path),
            "proof": _FORM,
            "signature": self.head.signature,
            "statement": self.head.statement.decode(),
            "text": self.text,
        }
        return canonical(value) + b"\n"


@dataclass(frozen=True, slots=True)
class ProofResult:
    """Result of a proof that holds: the line, the seal it leads to, and the last head it leads to."""

    line: ArticleLine
    head: Head
    last: Head


def make_proof(
    text: bytes | None, line: bytes, index: int, hashes: Sequence[bytes], head: Head, chain: Sequence[Head] = ()
) -> Proof:
    """Make the proof of the leaf `index` among a seal's leaf hashes.

    Raises ProofError when the archive's own files disagree.
    """
    path = tuple(digest.hex() for digest in merkle.audit_path(index, hashes))
    try:
        proof = Proof(text.decode("utf-8") if text is not None else None, line, index, path, head, tuple(chain))
        check_proof(proof.to_bytes())
    except UnicodeDecodeError as error:
        raise ProofError(f"the line or its text is not UTF-8: {error}") from None
    return proof


def check_proof(data: bytes, *, key: str | None = None, published: Head | None = None) -> ProofResult:
    """Check a proof by itself; `key` is the public key (base64) it must bear, `published` a head it must lead to.

    Raises ProofError with the step that fails. An unsigned proof holds only as far as its head is known from elsewhere.
    """
    proof = _read(data)
    try:
        line = decode_article(proof.line)
    except ValueError as error:
        raise ProofError(f"its line is none of an archive: {error}") from None
    if proof.text is not None and sha256(proof.text.encode()).hexdigest() != line.sha256:
        raise ProofError("the text is not the one its line names")
    if (proof.text is None) != (line.file is None):
        raise ProofError("the text its line names is missing" if proof.text is None else "its line names no text")
    path = [bytes.fromhex(digest) for digest in proof.path]
    root = merkle.root_from_path(merkle.leaf_hash(proof.line), proof.index, proof.head.leaves, path)
    if root is None or root.hex() != proof.head.root:
        raise ProofError("the line does not lead to the Merkle root of its night")
    heads = (proof.head, *proof.chain)
    _check_heads(heads, key)
    if published is not None:
        # A head names its predecessor itself, so a forger could lead a night of his own to a head that was truly
        # published: later seals count only under the key of the published head.
        _check_published(heads, published, key)
    return ProofResult(line, heads[0], heads[-1])


def _read(data: bytes) -> Proof:
    try:
        raw = cast(dict[str, object], json.loads(data))
        if raw["proof"] != _FORM:
            raise ValueError(f"its form is {raw['proof']!r}, not {_FORM!r}")
        key = cast("str | None", raw["key"])
        head = _head(cast(str, raw["statement"]), key, cast("str | None", raw["signature"]))
        links = cast(list[tuple[str, str]], raw["chain"])
        proof = Proof(
            cast("str | None", raw["text"]),
            cast(str, raw["line"]).encode(),
            cast(int, raw["index"]),
            tuple(cast(list[str], raw["path"])),
            head,
            tuple(_head(statement, key, signature) for statement, signature in links),
        )
        if type(proof.index) is not int:
            raise ValueError("its index is no whole number")
        if not all(_HEX.fullmatch(step) for step in proof.path):
            raise ValueError("its path is not one of SHA-256 hashes in small hex")
        if raw["leaves"] != head.leaves or proof.to_bytes() != data:
            raise ValueError("it was changed or written otherwise than `archive prove` writes it")
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ProofError(f"this is no proof: {error}") from None
    return proof


def _head(statement: str, key: str | None, signature: str | None) -> Head:
    return replace(read_statement(statement.encode()), key=key, signature=signature)


def _check_heads(heads: Sequence[Head], key: str | None) -> None:
    for before, head in zip((None, *heads), heads, strict=False):
        if before is not None and (head.previous != before.head or head.archive != before.archive):
            raise ProofError(f"the seal of {head.night} does not follow the one of {before.night}")
        if before is not None and head.key is None:
            raise ProofError("later seals count only when they are signed")
        if (head.key is None) != (head.signature is None):
            raise ProofError("a key without a signature, or a signature without a key")
        signed = head.key is not None and head.signature is not None
        if signed and not signature_holds(str(head.key), str(head.signature), head.statement):
            raise ProofError(f"the signature does not fit the seal of {head.night}")
    if key is not None and heads[0].key != key:
        raise ProofError(f"it is signed by {heads[0].key or 'nobody'}, not by the key that was named")


def _check_published(heads: Sequence[Head], published: Head, key: str | None) -> None:
    """Require that the proof leads to a published head, under that head's own key.

    A head names the one it follows itself, so a chain to a published head counts under its own key only.
    """
    place = next((place for place, head in enumerate(heads) if head.statement == published.statement), None)
    if place is None:
        raise ProofError(
            f"it does not lead to the head published of {published.night}: ask for one made with --until-now, or compare "
            "with a head that was published of its own night or while its key still sealed"
        )
    if place > 0 and heads[0].key != (published.key or key):
        raise ProofError(
            f"the seals between it and the head published of {published.night} are signed by {heads[0].key}, and that head "
            f"by {published.key or 'nobody: name the key that seals with --key'}"
        )

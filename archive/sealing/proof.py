"""Prove without the archive that one text was sealed that night, in that archive, word for word.

A proof is canonical JSON with one final newline:

    {"capture": {"body": "<base64>" | null, "record": "<base64>"} | null, "chain": [["<statement>", "<base64>" | null, "<base64>" | null], …],
     "dates": [{"place": 0, "receipt": "<base64>" | null, "timestamp": "<base64>" | null}, …], "index": 3, "key": "<base64>" | null,
     "line": "<line of articles.jsonl>", "manifest": "<manifest of format 1>" | null, "path": ["<hex>", …],
     "proof": "luu-tru proof 2", "signature": "<base64>" | null, "statement": "<statement of the head>", "text": "<the text>" | null}

The text's SHA-256 stands in the line, the line is a leaf of the night's Merkle tree (RFC 9162), the audit path leads
from it to the root, and the head is the SHA-256 of the statement, which has the root, the night and the seal before. Of
a manifest of format 1 the head is the SHA-256, so that one is here as a whole. `chain` holds later seals, each naming
the head before it, as [statement, key, signature]: a head published later proves the text too. `dates`, which is left out
where there are none, are timestamps and receipts of these heads (archive/sealing/proof_dates.py). `capture.record` is the
WARC record (a gzip member) that the line names by SHA-256, `capture.body` the body that a `revisit` record names by its
payload digest. There is one spelling of a proof: any changed byte makes the file no proof.

Form 1 has no capture and no manifest, repeats `leaves`, and its one key signed all of its `chain`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Literal, NotRequired, TypedDict

from warcio.exceptions import ArchiveLoadFailed

from archive.messages.reason import Reason
from archive.model.enums import Via
from archive.model.run_metrics import Count
from archive.sealing.head import Hash, Head, head_of, read_statement
from archive.sealing.proof_dates import (
    CheckedDate,
    Dating,
    HeadDate,
    ProofError,
    check_dates,
    in_order,
    packed,
)
from archive.sealing.signatures import signature_holds
from archive.storage import merkle
from archive.storage.jsonl import ArticleLine, canonical, decode, decode_article, decoder
from archive.storage.manifest import read_seal
from archive.storage.warc import is_member, parse_member

_FIRST_FORM, _SECOND_FORM = "luu-tru proof 1", "luu-tru proof 2"


@dataclass(frozen=True, slots=True)
class CapturedBytes:
    """A WARC record as stored, one gzip member, and the body that it leaves out when it is a revisit."""

    record: bytes
    body: bytes | None = None


class _AnyProof(TypedDict):
    proof: Literal["luu-tru proof 1", "luu-tru proof 2"]


class _Parts(_AnyProof):
    index: Count
    key: str | None
    line: str
    path: tuple[Hash, ...]
    signature: str | None
    statement: str
    text: str | None


class _FirstForm(_Parts):
    chain: list[tuple[str, str | None]]
    leaves: Count


class _SecondForm(_Parts):
    capture: CapturedBytes | None
    chain: list[tuple[str, str | None, str | None]]
    dates: NotRequired[tuple[HeadDate, ...]]
    manifest: str | None


_FORM, _FIRST, _SECOND = decoder(_AnyProof), decoder(_FirstForm), decoder(_SecondForm)


@dataclass(frozen=True, slots=True)
class Proof:
    """Parts of a proof; `text` is None for a line without a text (a duplicate, a removal).

    `manifest` is that of the head where it is of format 1, else None. `form` is 1 in files of an older program.
    """

    text: str | None
    line: bytes
    index: int
    path: tuple[str, ...]
    head: Head
    chain: tuple[Head, ...] = ()
    manifest: bytes | None = None
    capture: CapturedBytes | None = None
    dates: tuple[HeadDate, ...] = ()
    form: Literal[1, 2] = 2

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        value: dict[str, object] = {
            "index": self.index,
            "key": self.head.key,
            "line": self.line.decode(),
            "path": list(self.path),
            "proof": _FIRST_FORM if self.form == 1 else _SECOND_FORM,
            "signature": self.head.signature,
            "statement": self.head.statement.decode(),
            "text": self.text,
        }
        if self.form == 1:
            value["chain"] = [[later.statement.decode(), later.signature] for later in self.chain]
            return canonical(value | {"leaves": self.head.leaves}) + b"\n"
        value["chain"] = [[later.statement.decode(), later.key, later.signature] for later in self.chain]
        value["manifest"] = None if self.manifest is None else self.manifest.decode()
        value["capture"] = None
        if self.capture is not None:
            value["capture"] = {"body": packed(self.capture.body), "record": packed(self.capture.record)}
        if self.dates:
            value["dates"] = [each.plain() for each in self.dates]
        return canonical(value) + b"\n"


@dataclass(frozen=True, slots=True)
class ProofResult:
    """Result of a proof that agrees with itself: the line, the seal it leads to, and the last head it leads to.

    `before` and `after` are the nights and numbers of the seals around that seal, as far as the proof names them.
    `missing` says what else is needed before it proves anything, None where nothing is.
    """

    line: ArticleLine
    head: Head
    last: Head
    before: tuple[date, int] | None
    after: tuple[date, int] | None
    text: str | None
    body: bytes | None
    dates: tuple[CheckedDate, ...]
    missing: str | None = None


def make_proof(
    text: bytes | None,
    line: bytes,
    index: int,
    hashes: Sequence[bytes],
    head: Head,
    chain: Sequence[Head] = (),
    *,
    manifest: bytes | None = None,
    capture: CapturedBytes | None = None,
    dates: Sequence[HeadDate] = (),
) -> Proof:
    """Make the proof of the leaf `index` among a seal's leaf hashes; `manifest` is the seal's, used where it is of format 1.

    Raises ProofError when the archive's own files disagree.
    """
    path = tuple(digest.hex() for digest in merkle.audit_path(index, hashes))
    carried = manifest if head.format == 1 else None
    try:
        words = text.decode("utf-8") if text is not None else None
        proof = Proof(words, line, index, path, head, tuple(chain), carried, capture, tuple(dates))
        check_proof(proof.to_bytes())
    except UnicodeDecodeError as error:
        raise ProofError(f"the line or its text is not UTF-8: {error}") from None
    return proof


def check_proof(
    data: bytes,
    *,
    key: str | None = None,
    published: Head | None = None,
    dating: Dating = Dating(),  # noqa: B008 - it is frozen
) -> ProofResult:
    """Check a proof by itself; `key` is the public key (base64) it must bear, `published` a head it must lead to.

    `dating` is what its timestamps and receipts are checked by; without it these are compared with their heads alone.

    Raises ProofError with the step that fails. An unsigned proof, without a published head, agrees with itself only:
    `missing` of the result says so.
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
    before = _check_manifest(proof)
    body = _check_capture(proof.capture, line) if proof.capture else None
    heads = (proof.head, *proof.chain)
    _check_heads(heads, key)
    if published is not None:
        _check_published(proof, published, key)
    after = (heads[1].night, heads[1].number) if proof.chain else None
    missing = None
    if proof.head.key is None and published is None:
        missing = "it is unsigned, and no published head was given: name one with --head"
    dates = check_dates(proof.dates, heads, dating)
    return ProofResult(line, heads[0], heads[-1], before, after, proof.text, body, dates, missing)


def _check_manifest(proof: Proof) -> tuple[date, int] | None:
    """Return the seal before, after comparing the manifest of a head of format 1 with its statement."""
    if proof.head.format == 1 and proof.form == 2:
        try:
            seal = read_seal(proof.manifest or b"")
        except ValueError as error:
            raise ProofError(f"the manifest of its seal is missing or damaged: {error}") from None
        if head_of(seal).statement != proof.head.statement:
            raise ProofError("its statement is not that of its manifest")
        return (seal.chained.night, seal.chained.number) if seal.chained else None
    if proof.manifest is not None:
        raise ProofError("a manifest that its head does not need")
    return proof.head.follows


def _check_capture(capture: CapturedBytes, line: ArticleLine) -> bytes:
    """Return the body as served, after comparing the record with the line and the body with the record."""
    ref = line.warc or line.read_from
    if ref is None or len(capture.record) != ref.length or sha256(capture.record).hexdigest() != ref.sha256:
        raise ProofError("the record of the capture is not the one its line names")
    try:
        record = parse_member(capture.record, Via(line.via))
    except (ArchiveLoadFailed, ValueError, TypeError, AttributeError) as error:
        raise ProofError(f"the record of the capture is no response: {error}") from None
    if record is None or not is_member(capture.record):
        raise ProofError("the record of the capture is no response, or more than one record")
    if (record.revisit_of is None) != (capture.body is None):
        raise ProofError("the body of the capture is missing, or stands there twice")
    if record.revisit_of is None or capture.body is None:
        return record.capture.body
    if sha256(capture.body).hexdigest() != record.revisit_of.body_sha256:
        raise ProofError("the body of the capture is not the one its record names")
    return capture.body


def _read(data: bytes) -> Proof:
    try:
        if decode(_FORM, data, "a proof")["proof"] == _FIRST_FORM:
            proof = _first(decode(_FIRST, data, "a proof"))
        else:
            proof = _second(decode(_SECOND, data, "a proof"))
        if proof.to_bytes() != data:
            raise ValueError(Reason.of("not_canonical"))
    except ValueError as error:
        raise ProofError(f"this is no proof: {error}") from None
    return proof


def _first(raw: _FirstForm) -> Proof:
    head = _head(raw["statement"], raw["key"], raw["signature"])
    chain = tuple(_head(words, raw["key"], signature) for words, signature in raw["chain"])
    return Proof(raw["text"], raw["line"].encode(), raw["index"], raw["path"], head, chain, form=1)


def _second(raw: _SecondForm) -> Proof:
    head = _head(raw["statement"], raw["key"], raw["signature"])
    chain = tuple(_head(*link) for link in raw["chain"])
    manifest = None if raw["manifest"] is None else raw["manifest"].encode()
    dates = in_order(raw["dates"]) if "dates" in raw else ()
    return Proof(
        raw["text"], raw["line"].encode(), raw["index"], raw["path"], head, chain, manifest, raw["capture"], dates
    )


def _head(statement: str, key: str | None, signature: str | None) -> Head:
    return replace(read_statement(statement.encode()), key=key, signature=signature)


def _check_heads(heads: Sequence[Head], key: str | None) -> None:
    for before, head in zip((None, *heads), heads, strict=False):
        if before is not None and (head.previous != before.head or head.archive != before.archive):
            raise ProofError(f"the seal of {head.night} does not follow the one of {before.night}")
        if before is not None and head.follows not in (None, (before.night, before.number)):
            raise ProofError(f"the seal of {head.night} names another night than {before.night} before it")
        if before is not None and head.format == 1 and (head.key is None or head.key != heads[0].key):
            raise ProofError("later seals of format 1 count only when the same key signed them")
        if (head.key is None) != (head.signature is None):
            raise ProofError("a key without a signature, or a signature without a key")
        signed = head.key is not None and head.signature is not None
        if signed and not signature_holds(str(head.key), str(head.signature), head.statement):
            raise ProofError(f"the signature does not fit the seal of {head.night}")
    if key is not None and heads[0].key != key:
        raise ProofError(f"it is signed by {heads[0].key or 'nobody'}, not by the key that was named")


def _check_published(proof: Proof, published: Head, key: str | None) -> None:
    """Require that the proof leads to a published head, by heads that cannot be exchanged.

    A head of format 2 is the SHA-256 of its statement. One of format 1 is not: a forger could lead a night of his own to
    a head that was truly published, so each one before it counts only under that head's own key, or with its manifest.
    """
    heads = (proof.head, *proof.chain)
    place = next((place for place, head in enumerate(heads) if head.statement == published.statement), None)
    if place is None:
        raise ProofError(
            f"it does not lead to the head published of {published.night}: ask for one made with --until-now, or compare "
            "with a head that was published of its own night or while its key still sealed"
        )
    bound = proof.manifest is not None
    signer = published.key or key
    for head in heads[:place]:
        if head.format == 1 and not (bound and head is proof.head) and (signer is None or head.key != signer):
            raise ProofError(
                f"the seals between it and the head published of {published.night} are signed by {head.key}, and that "
                f"head by {published.key or 'nobody: name the key that seals with --key'}"
            )

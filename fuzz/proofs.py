"""The target that asks both checkers of a proof, the archive's and the one for auditors, and has them agree."""

from __future__ import annotations

import base64
import gzip
import json
import re
from hashlib import sha256
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.errors import ArchiveError
from archive.sealing.head import Head, read_head
from archive.sealing.proof import check_proof
from archive.sealing.signatures import public_key
from archive.storage import merkle
from archive.storage.jsonl import canonical
from fuzz.stored import canonical_forms
from fuzz.targets import require, require_words
from testing.proof_script import load_script

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
# The auditors' script reads of a line and of a manifest what it compares, and leaves their other fields to later programs.
_SHAPES = ("its line is none of an archive", "the manifest of its seal is missing or damaged")
_HASH = re.compile("[0-9a-f]{64}")


_SCRIPT: Any = load_script()


def compare_checkers(data: bytes) -> None:
    """Check a proof as it stands, in its one form, and mended so that its hashes and signatures fit, by both checkers."""
    for form in dict.fromkeys((*canonical_forms(data), mended(data))):
        for key in (None, public_key(KEY)):
            _compare(form, key, None)
        last = _last_head(form)
        if last is not None:
            _compare(form, None, last)


def _compare(data: bytes, key: str | None, published: Head | None) -> None:
    try:
        result = check_proof(data, key=key, published=published)
        ours = f"{'missing' if result.missing else 'holds'}: page {result.body!r}"
    except ArchiveError as error:
        require_words(error)
        ours = f"no proof: {error}"
    try:
        words = None if published is None else _SCRIPT.read_head("\n".join(published.lines()))
        _, missing, page = _SCRIPT.check(data, key, words)
        theirs = f"{'missing' if missing else 'holds'}: page {page and page[1]!r}"
    except Exception as error:  # the script's own `main` has one line for whatever its check raises
        theirs = f"no proof: {error!r:.200}"
    if not any(words in ours for words in _SHAPES):
        agree = ours == theirs or (ours.startswith("no proof") and theirs.startswith("no proof"))
        require(agree, f"both checkers agree: {ours} | {theirs}")


def _last_head(data: bytes) -> Head | None:
    """Return the last head that a proof leads to, as it would be published; None where there is none."""
    try:
        proof = json.loads(data)
        statement, key, signature = (
            proof["chain"][-1] if proof["chain"] else (proof["statement"], proof["key"], proof["signature"])
        )
        stated = json.loads(statement)
        named = {} if "head" in stated else {"head": sha256(statement.encode()).hexdigest()}
        return read_head(json.dumps({**stated, **named, "key": key, "signature": signature}))
    except (ArchiveError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None


def mended(data: bytes) -> bytes:
    """Return a proof with its hashes, root, chain and signatures made to fit what else was changed in it.

    Without that nearly every change is refused at the first hash, and nothing behind it is ever reached.
    """
    try:
        proof = cast("dict[str, Any]", json.loads(data))
        line = json.loads(proof["line"])
        if isinstance(proof["text"], str):
            line["sha256"] = sha256(proof["text"].encode()).hexdigest()
        if isinstance(proof.get("capture"), dict):
            _mend_capture(proof["capture"], line)
        proof["line"] = canonical(line).decode()
        statement = json.loads(proof["statement"])
        path = [bytes.fromhex(step) for step in proof["path"] if _HASH.fullmatch(step)]
        root = merkle.root_from_path(
            merkle.leaf_hash(proof["line"].encode()), proof["index"], statement["leaves"], path
        )
        statement["root"] = root.hex() if root is not None else statement["root"]
        if proof.get("manifest"):
            listed = json.loads(proof["manifest"])
            listed["root"] = statement["root"]
            proof["manifest"] = canonical(listed).decode() + "\n"
            statement["head"] = sha256(proof["manifest"].encode()).hexdigest()
        proof["statement"], proof["signature"] = _signed(statement, proof["key"])
        head = statement.get("head") or sha256(proof["statement"].encode()).hexdigest()
        first = proof["proof"].endswith("1")
        for link in proof["chain"]:
            later = json.loads(link[0])
            if isinstance(later["previous"], dict):
                later["previous"]["head"] = head
            elif later["previous"] is not None:
                later["previous"] = head
            link[0], link[-1] = _signed(later, proof["key"] if first else link[1])
            head = later.get("head") or sha256(link[0].encode()).hexdigest()
        return canonical(proof) + b"\n"
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError):
        return data


def _mend_capture(capture: dict[str, Any], line: dict[str, Any]) -> None:
    """Make the line name the record, which may stand here unpacked and in letters, so that its headers can be changed."""
    if capture["record"].startswith("WARC/"):
        packed = gzip.compress(capture["record"].encode(), mtime=0)
        capture["record"] = base64.b64encode(packed).decode()
    record = base64.b64decode(capture["record"])
    place = line["warc"] or line["read_from"]
    place["length"], place["sha256"] = len(record), sha256(record).hexdigest()


def _signed(statement: object, key: object) -> tuple[str, str | None]:
    """Return a statement in its one form with the signature of the key of these inputs; none where no key is named."""
    written = canonical(statement) + b"\n"
    if key != public_key(KEY):
        return written.decode(), None
    return written.decode(), base64.b64encode(KEY.sign(written)).decode()

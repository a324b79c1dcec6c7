"""Proofs made by hand: the program and the script for auditors accept the same and refuse the same."""

from __future__ import annotations

import base64
import gzip
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Literal

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.errors import ArchiveError
from archive.sealing.head import Head, head_of
from archive.sealing.proof import CapturedBytes, Proof, check_proof, make_proof
from archive.sealing.proof_dates import HeadDate, ProofError
from archive.sealing.signatures import public_key
from archive.storage import merkle
from archive.storage.jsonl import canonical
from archive.storage.manifest import Previous, Seal
from testing.proof_script import load_script

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
FIRST = date(2025, 3, 3)
TEXT = "Thông báo\n\nHai người được thưởng.\n"
BODY = b"<html>Hai ng\xc6\xb0\xe1\xbb\x9di</html>"


def line_of(text: str | None = TEXT, **changes: object) -> bytes:
    values: dict[str, object] = {
        "attachment_of": None, "attachments": [], "author": None, "bytes": 1, "changes": [], "cited": [],
        "content_sha256": "c" * 64, "documents": [], "duplicate_of": None, "event": "new", "extractor": "x",
        "fetched_at": "2025-03-03T01:02:03+07:00", "file": "000_a.txt", "flags": [], "id": "da_nang/k@0", "images": [],
        "key": "k", "layout": "x", "near": [], "portal": "da_nang", "published": None, "published_from": None,
        "published_raw": None, "read_from": None, "reasons": [], "revision_of": None, "section": "tin", "seq": 0,
        "sha256": sha256(text.encode()).hexdigest() if text is not None else None, "similarity": None,
        "title": "Thông báo", "url": "https://x/k", "via": "live", "warc": None,
    }  # fmt: skip
    if text is None:
        values |= {"file": None, "bytes": None}
    return canonical(values | changes)


def signed(head: Head, key: Ed25519PrivateKey | None) -> Head:
    if key is None:
        return replace(head, key=None, signature=None)
    signature = base64.b64encode(key.sign(head.statement)).decode()
    return replace(head, key=public_key(key), signature=signature)


@dataclass(frozen=True)
class History:
    """Some seals, one after another: the manifest of each, and its head."""

    manifests: list[bytes]
    heads: list[Head]


def history(
    root: str, leaves: int, formats: tuple[Literal[1, 2], ...], keys: tuple[Ed25519PrivateKey | None, ...]
) -> History:
    """Return seals of which the second has this root; the one before it is there to be named."""
    found = History([], [])
    before: Seal | None = None
    for place, (form, key) in enumerate(zip((formats[0], *formats), (keys[0], *keys), strict=True)):
        named = Previous(before.night, before.number, before.head) if before else None
        own = (root, leaves) if place == 1 else (f"{place:064x}", place)
        before = Seal("a" * 8, FIRST + timedelta(days=place), 1, (), {}, *own, named, format=form)
        found.manifests.append(before.to_bytes())
        found.heads.append(signed(head_of(before), key))
    return found


def proved(
    count: int = 5,
    index: int = 2,
    *,
    formats: tuple[Literal[1, 2], ...] = (2, 2, 2),
    keys: tuple[Ed25519PrivateKey | None, ...] = (KEY, KEY, KEY),
    line: bytes | None = None,
    text: str | None = TEXT,
) -> Proof:
    own = line or line_of(text)
    hashes = [merkle.leaf_hash(own if place == index else bytes([place])) for place in range(count)]
    made = history(merkle.root(hashes).hex(), count, formats, keys)
    path = tuple(step.hex() for step in merkle.audit_path(index, hashes))
    manifest = made.manifests[1] if formats[0] == 1 else None
    return Proof(text, own, index, path, made.heads[1], tuple(made.heads[2:]), manifest)


Check = Callable[..., bool | None]


@pytest.fixture
def script() -> ModuleType:
    return load_script()


@pytest.fixture
def check(script: ModuleType) -> Check:
    """Return what both checkers say: True, None when something is missing yet, False when it is no proof."""

    def verdict(proof: Proof | bytes, key: str | None = None, published: Head | None = None) -> bool | None:
        data = proof if isinstance(proof, bytes) else proof.to_bytes()
        said: list[tuple[bool | None, bytes | None]] = []
        try:
            result = check_proof(data, key=key, published=published)
            said.append((result.missing is None or None, result.body))
        except ArchiveError:
            said.append((False, None))
        said.append(_by_script(script, data, key, published))
        assert said[0] == said[1], f"the program says {said[0]}, the script {said[1]}"
        return said[0][0]

    return verdict


def _by_script(
    script: ModuleType, data: bytes, key: str | None, published: Head | None
) -> tuple[bool | None, bytes | None]:
    head = script.read_head("\n".join(published.lines())) if published is not None else None
    try:
        _, missing, page = script.check(data, key, head)
    except Exception:  # `main` turns every one into a line
        return False, None
    return missing is None or None, page[1] if page else None


@pytest.mark.parametrize("count", range(1, 10))
def test_each_leaf_of_each_tree_is_proved_and_stands_at_no_other_place(check: Check, count: int) -> None:
    for index in range(count):
        proof = proved(count, index)
        assert check(proof) is True
        for other in {-1, 0, index - 1, index + 1, count, index + count, index + 16} - {index}:
            assert check(replace(proof, index=other)) is False
        assert check(replace(proof, path=(*proof.path, "0" * 64))) is False
        if proof.path:
            assert check(replace(proof, path=proof.path[:-1])) is False
            assert check(replace(proof, path=proof.path[1:])) is False
            step = proof.path[0]
            for spelled in ("0" * 64, step.upper(), step + "\n", step[:-1], f"{step[:2]} {step[2:]}"):
                assert check(replace(proof, path=(spelled, *proof.path[1:]))) is False


@pytest.mark.parametrize("count", [4, 5])
def test_a_tree_of_another_size_does_not_fit(check: Check, count: int) -> None:
    proof = proved(count, 3)
    for leaves in (0, count - 1, count * 2, 1 << 20):
        assert check(replace(proof, head=signed(replace(proof.head, leaves=leaves), KEY), chain=())) is False


def test_text_and_line_belong_together(check: Check) -> None:
    proof = proved()
    assert check(proved(text=None)) is True
    assert check(replace(proof, text=None)) is False
    assert check(replace(proof, text=TEXT + " ")) is False
    assert check(proved(line=line_of(None), text=TEXT)) is False
    assert check(proved(line=line_of(TEXT, file=None))) is False
    assert check(proved(line=line_of(TEXT, sha256="0" * 64))) is False
    assert check(replace(proof, line=line_of(TEXT, title="Thông cáo"))) is False


def test_each_value_of_a_head_is_bound(check: Check) -> None:
    proof = proved()
    wrong: list[dict[str, object]] = [
        {"archive": "b"}, {"night": FIRST}, {"number": 2}, {"manifest": "0" * 64}, {"root": "0" * 64}, {"leaves": 6},
        {"previous": "0" * 64}, {"follows": (FIRST, 7)}, {"previous": None, "follows": None},
    ]  # fmt: skip
    for values in wrong:
        changed = replace(proof.head, **values)  # type: ignore[arg-type]  # any field
        assert check(replace(proof, head=changed)) is False
        assert check(replace(proof, head=signed(changed, KEY))) is False  # the next seal names another one
        later = replace(proof.chain[0], **values)  # type: ignore[arg-type]  # any field
        assert check(replace(proof, chain=(signed(later, KEY), proof.chain[1]))) is False


def test_a_later_seal_is_of_the_same_archive(check: Check) -> None:
    for formats in ((2, 2, 2), (1, 1, 1)):
        proof = proved(formats=formats)
        later = replace(proof.chain[0], archive="b")
        assert check(replace(proof, chain=(signed(later, KEY),))) is False
        assert check(replace(proof, chain=proof.chain[:1])) is True


@pytest.mark.parametrize("form", [1, 2])
def test_the_first_seal_of_a_chain_follows_none(check: Check, form: Literal[1, 2]) -> None:
    text, line = TEXT, line_of(TEXT)
    seal = Seal("a", FIRST, 1, (), {}, merkle.leaf_hash(line).hex(), 1, None, format=form)
    manifest = seal.to_bytes() if form == 1 else None
    proof = Proof(text, line, 0, (), signed(head_of(seal), KEY), (), manifest)
    assert check(proof) is True
    assert check(proof, published=proof.head) is True
    named = replace(proof.head, previous="0" * 64, follows=(FIRST, 1) if form == 2 else None)
    assert check(replace(proof, head=signed(named, KEY))) is (form == 2)
    empty = replace(proof.head, previous="") if form == 1 else replace(proof.head, previous="", follows=(FIRST, 1))
    assert check(replace(proof, head=signed(empty, KEY))) is False


def test_a_head_is_signed_by_the_key_that_stands_there_or_not_at_all(check: Check) -> None:
    proof = proved()
    unsigned = signed(proof.head, None)
    for head in (
        replace(unsigned, key=proof.head.key),
        replace(unsigned, signature=proof.head.signature),
        replace(proof.head, key=public_key(OTHER)),
        replace(proof.head, signature=proof.chain[0].signature),
        replace(proof.head, signature=base64.b64encode(bytes(64)).decode()),
        replace(proof.head, signature=base64.b64encode(bytes(63)).decode()),
        replace(proof.head, key=base64.b64encode(bytes(31)).decode()),
        replace(proof.head, signature=f"{proof.head.signature}\n"),
    ):
        assert check(replace(proof, head=head, chain=())) is False
        last = replace(proof.chain[1], key=head.key, signature=head.signature)
        assert check(replace(proof, chain=(proof.chain[0], last))) is False
    assert check(replace(proof, head=unsigned, chain=())) is None
    assert check(replace(proof, chain=(signed(proof.chain[0], None),))) is True
    assert check(replace(proof, chain=(signed(proof.chain[0], OTHER),))) is True


def test_a_spelling_of_base64_is_the_only_one(check: Check) -> None:
    """The last letter of 32 bytes has two bits to spare, that of 64 bytes four."""
    proof = replace(proved(), chain=())
    for name in ("key", "signature"):
        value = getattr(proof.head, name)
        place = len(value.rstrip("=")) - 1
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        other = letters[letters.index(value[place]) + 1]
        spelled = value[:place] + other + value[place + 1 :]
        assert base64.b64decode(spelled) == base64.b64decode(value)
        assert check(replace(proof, head=replace(proof.head, **{name: spelled}))) is False
        assert check(replace(proof, head=replace(proof.head, **{name: value[:4] + "." + value[4:]}))) is False


def test_the_named_key_signed_the_seal_itself(check: Check) -> None:
    proof = proved(keys=(KEY, OTHER, OTHER))
    assert check(proof, public_key(KEY)) is True
    assert check(proof, public_key(OTHER)) is False
    unsigned = proved(keys=(None, KEY, KEY))
    assert check(unsigned, public_key(KEY)) is False
    assert check(unsigned) is None


def test_later_seals_follow_one_another(check: Check) -> None:
    proof = proved()
    first, second = proof.chain
    assert check(replace(proof, chain=(second,))) is False
    assert check(replace(proof, chain=(second, first))) is False
    assert check(replace(proof, chain=(first, first))) is False
    assert check(replace(proof, chain=(first, second, proof.head))) is False
    follows = first.follows
    assert follows is not None
    for other in ((follows[0], 2), (FIRST, follows[1]), None):
        changed = signed(replace(first, follows=other, previous=first.previous if other else None), KEY)
        assert check(replace(proof, chain=(changed,))) is False


def test_a_published_head_is_one_of_those_that_it_leads_to(check: Check) -> None:
    for keys in ((KEY, KEY, KEY), (None, None, None), (KEY, None, OTHER)):
        proof = proved(keys=keys)
        for head in (proof.head, *proof.chain):
            assert check(proof, published=head) is True
            assert check(proof, published=signed(head, None)) is True
        assert check(proof, published=replace(proof.chain[-1], root="0" * 64)) is False
        assert check(replace(proof, chain=proof.chain[:1]), published=proof.chain[1]) is False
        assert check(proof, published=proved(text="other").head) is False


class TestFormat1:
    """The head of a seal of format 1 is the SHA-256 of its manifest, which its statement does not have."""

    def test_its_manifest_is_there_and_says_the_same(self, check: Check) -> None:
        proof = proved(formats=(1, 1, 2))
        assert check(proof) is True
        assert check(replace(proof, manifest=None)) is False
        assert proof.manifest is not None
        assert check(replace(proof, manifest=b"{}\n")) is False
        assert check(replace(proof, manifest=proved(formats=(1, 2, 2), text="x").manifest)) is False
        assert check(replace(proved(), manifest=proof.manifest)) is False
        other = proof.manifest.replace(b'"missed":[]', b'"missed":[{"portal":"a","reason":"x"}]')
        assert other != proof.manifest
        assert check(replace(proof, manifest=other)) is False

    @pytest.mark.parametrize(
        "values",
        [{"archive": "b"}, {"night": FIRST}, {"number": 2}, {"leaves": 6}, {"root": "0" * 64}, {"previous": "0" * 64}],
    )
    def test_a_statement_and_its_manifest_agree_in_each_value(self, check: Check, values: dict[str, object]) -> None:
        proof = replace(proved(formats=(1, 2, 2)), chain=())
        changed = signed(replace(proof.head, **values), KEY)  # type: ignore[arg-type]  # any field
        assert check(replace(proof, head=changed)) is False
        first = signed(replace(proof.head, previous=None), KEY)
        assert check(replace(proof, head=first)) is False

    def test_later_ones_count_only_under_the_key_of_the_first(self, check: Check) -> None:
        assert check(proved(formats=(1, 1, 1))) is True
        assert check(proved(formats=(1, 1, 1), keys=(KEY, KEY, OTHER))) is False
        assert check(proved(formats=(1, 1, 1), keys=(KEY, OTHER, OTHER))) is False
        assert check(proved(formats=(1, 1, 1), keys=(KEY, None, KEY))) is False
        assert check(proved(formats=(1, 1, 1), keys=(None, None, None))) is False
        assert check(proved(formats=(1, 2, 2), keys=(KEY, OTHER, None))) is True
        assert check(proved(formats=(2, 1, 2))) is True
        assert check(proved(formats=(2, 1, 2), keys=(None, None, None))) is False

    def test_before_a_published_head_each_is_bound_by_its_manifest_or_by_that_heads_key(self, check: Check) -> None:
        both = proved(formats=(1, 1, 2))
        last = both.chain[-1]
        assert check(both, published=last) is True
        assert check(both, published=signed(last, None)) is False  # what binds the second one?
        assert check(both, public_key(KEY), signed(last, None)) is True
        assert check(both, published=signed(last, OTHER)) is False
        assert check(both, public_key(KEY), signed(last, OTHER)) is False
        one = proved(formats=(1, 2, 2), keys=(None, None, None))
        assert check(one, published=one.chain[-1]) is True
        assert check(one, published=one.head) is True

    def test_proofs_of_an_older_program_have_no_manifest_and_one_key(self, check: Check) -> None:
        older = replace(proved(formats=(1, 1, 1)), form=1, manifest=None)
        assert check(older) is True
        assert check(older, public_key(KEY), older.chain[-1]) is True
        assert check(older, published=signed(older.chain[-1], None)) is False
        assert check(older, published=older.head) is True
        unsigned = replace(proved(formats=(1, 2, 2), keys=(None, None, None)), form=1, manifest=None)
        assert check(unsigned) is None
        assert check(unsigned, published=unsigned.chain[-1]) is False  # nothing binds the first
        words = json.loads(older.to_bytes())
        assert check(canonical(words | {"leaves": 6}) + b"\n") is False
        assert check(canonical(words | {"manifest": None}) + b"\n") is False


def record(kind: str, block: bytes, **more: str) -> bytes:
    """Return a WARC record as a gzip member."""
    fields = {
        "WARC-Type": kind, "WARC-Record-ID": "<urn:uuid:0>", "WARC-Target-URI": "https://x/k",
        "WARC-Date": "2025-03-02T18:02:03.000000Z", "WARC-Filename": "a: b: c", "Content-Type": "application/http; msgtype=response",
    } | more  # fmt: skip
    named = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return gzip.compress(f"WARC/1.1\r\n{named}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n")


def captured(member: bytes, body: bytes | None = None, **place: object) -> Proof:
    at = {"file": "f", "offset": 0, "length": len(member), "sha256": sha256(member).hexdigest()} | place
    return replace(proved(line=line_of(TEXT, warc=at)), capture=CapturedBytes(member, body))


HTTP = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
DIGEST = base64.b32encode(sha256(BODY).digest()).decode()
REVISIT = {
    "WARC-Payload-Digest": f"sha256:{DIGEST}",
    "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
    "WARC-Refers-To-Date": "2025-03-01T18:02:03.000000Z",
}


class TestCapture:
    def test_the_page_as_served_is_the_record_that_the_line_names(self, check: Check, script: ModuleType) -> None:
        member = record("response", HTTP + BODY + b"\r\n\r\n.")
        proof = captured(member)
        assert check(proof) is True
        assert script.check(proof.to_bytes(), None, None)[2] == (HTTP[:-4], BODY + b"\r\n\r\n.")
        member = record("response", HTTP + BODY)
        proof = captured(member)
        assert check(proof) is True
        assert check_proof(proof.to_bytes()).body == BODY
        assert check(captured(member, length=len(member) + 1)) is False
        assert check(captured(member, sha256="0" * 64)) is False
        assert check(replace(proved(), capture=CapturedBytes(member))) is False  # the line names none
        assert check(captured(member, BODY)) is False
        again = line_of(TEXT, read_from={
            "night": "2025-03-03", "run": "da_nang", "file": "f", "offset": 0, "length": len(member),
            "sha256": sha256(member).hexdigest(),
        })  # fmt: skip
        assert check(replace(proved(line=again), capture=CapturedBytes(member))) is True

    def test_a_rendered_page_has_its_bytes_alone(self, check: Check, script: ModuleType) -> None:
        made = captured(record("conversion", HTTP + BODY, **{"Content-Type": "text/html"}))
        assert check(made) is True
        assert script.check(made.to_bytes(), None, None)[2] == (b"", HTTP + BODY)
        proof = captured(record("conversion", BODY, **{"Content-Type": "text/html"}))
        assert check(proof) is True
        assert check_proof(proof.to_bytes()).body == BODY

    def test_a_revisit_has_its_body_beside_it(self, check: Check) -> None:
        member = record("revisit", HTTP, **REVISIT)
        proof = captured(member, BODY)
        assert check(proof) is True
        assert check_proof(proof.to_bytes()).body == BODY
        assert check(captured(member)) is False
        assert check(captured(member, BODY + b" ")) is False

    def test_a_record_of_another_kind_or_none_is_no_page(self, check: Check) -> None:
        assert check(captured(b"no gzip")) is False
        assert check(captured(gzip.compress(b""))) is False
        assert check(captured(zlib.compress(gzip.decompress(record("response", HTTP + BODY))))) is False
        for kind in ("request", "metadata", "resource", "warcinfo"):
            assert check(captured(record(kind, HTTP + BODY))) is False
        words = json.loads(captured(record("response", HTTP + BODY)).to_bytes())
        assert check(canonical(words) + b"\n") is True
        assert check(canonical(words | {"capture": words["capture"] | {"more": 1}}) + b"\n") is False
        spelled = words["capture"] | {"record": words["capture"]["record"] + "\n"}
        assert check(canonical(words | {"capture": spelled}) + b"\n") is False
        whole = record("response", HTTP + BODY)
        assert check(captured(whole[:-9])) is False
        assert check(captured(whole + whole)) is False
        assert check(captured(whole + b" ")) is False
        assert check(captured(record("response", HTTP + bytes(1 << 20)))) is True


@pytest.mark.parametrize(
    "change",
    [
        {"proof": "luu-tru proof 3"}, {"proof": 2}, {"more": 1}, {"index": 2.0}, {"index": "2"}, {"index": True},
        {"path": ["0"]}, {"path": [7]}, {"path": ["A" * 64]}, {"chain": [["x"]]}, {"chain": None}, {"text": 7},
        {"statement": "{}\n"}, {"statement": None}, {"line": "{}"}, {"capture": {}}, {"capture": {"body": None}},
        {"dates": []}, {"manifest": "{}"},
    ],
    ids=str,
)  # fmt: skip
def test_a_file_of_other_parts_is_no_proof(check: Check, change: dict[str, object]) -> None:
    words = json.loads(proved().to_bytes())
    assert check(canonical(words | change) + b"\n") is False


def test_there_is_one_spelling_of_a_proof(check: Check) -> None:
    data = proved().to_bytes()
    words = json.loads(data)
    assert check(data) is True
    assert check(data + b"\n") is False
    assert check(data[:-1]) is False
    assert check(b" " + data) is False
    assert check(json.dumps(words, sort_keys=True, ensure_ascii=False).encode() + b"\n") is False
    assert check(json.dumps(words, sort_keys=True, separators=(",", ":")).encode() + b"\n") is False
    for name in words:
        assert check(canonical({key: value for key, value in words.items() if key != name}) + b"\n") is False


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1}, {"manifest": "A" * 64}, {"manifest": "1" * 63}, {"manifest": 7}, {"previous": "0" * 64}, {"previous": {}},
        {"previous": {"head": "A" * 64, "night": "2025-03-03", "number": 1}}, {"previous": {"head": "0" * 64}}, {"leaves": True},
        {"previous": {"head": "0" * 64, "more": 1, "night": "2025-03-03", "number": 1}}, {"statement": "luu-tru head 1"},
    ],
    ids=str,
)  # fmt: skip
def test_a_statement_has_its_fields_and_no_other(check: Check, change: dict[str, object]) -> None:
    words = json.loads(proved().to_bytes())
    statement = (canonical(json.loads(words["statement"]) | change) + b"\n").decode()
    signature = base64.b64encode(KEY.sign(statement.encode())).decode()
    assert check(canonical(words | {"statement": statement, "signature": signature, "chain": []}) + b"\n") is False


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"leaves":5', '"leaves":5.0'), ('"leaves":5', '"leaves":"5"'), ('"number":1,"previous"', '"number":1.0,"previous"'),
        ('"night":"2025-03-04"', '"night":"2025-3-4"'), ('"night":"2025-03-04"', '"night":"20250304"'),
        ('"statement":"luu-tru head 2"', '"statement":"luu-tru head 3"'), ('"leaves":5', '"leaves":5,"more":1'),
        ('{"archive"', '{ "archive"'), ('"night":"2025-03-03","number":1}', '"night":"2025-03-03"}'),
    ],
)  # fmt: skip
def test_a_statement_has_its_fields_in_one_form(check: Check, old: str, new: str) -> None:
    words = json.loads(proved().to_bytes())
    assert old in words["statement"]
    statement = words["statement"].replace(old, new)
    signature = base64.b64encode(KEY.sign(statement.encode())).decode()
    changed = words | {"statement": statement, "signature": signature, "chain": []}
    assert check(canonical(changed) + b"\n") is False


def test_a_proof_is_made_of_an_archives_own_files_where_these_agree() -> None:
    for form in (1, 2):
        proof = proved(formats=(form, 2, 2))
        manifest = history(proof.head.root, 5, (form, 2, 2), (KEY, KEY, KEY)).manifests[1]
        hashes = [merkle.leaf_hash(proof.line if place == 2 else bytes([place])) for place in range(5)]
        own = (proof.line, 2, hashes, proof.head)
        assert make_proof(TEXT.encode(), *own, proof.chain, manifest=manifest) == proof
        assert make_proof(TEXT.encode(), *own, proof.chain, manifest=manifest).manifest == (
            manifest if form == 1 else None
        )
        with pytest.raises(ProofError, match="the text is not the one"):
            make_proof(b"other", *own, manifest=manifest)
        with pytest.raises(ProofError, match="is not UTF-8"):
            make_proof(b"\xff", *own, manifest=manifest)
        with pytest.raises(ProofError, match="is missing"):
            make_proof(None, *own, manifest=manifest)
        with pytest.raises(ProofError, match="does not lead to the Merkle root"):
            make_proof(TEXT.encode(), proof.line, 1, hashes, proof.head, manifest=manifest)
    member = record("response", HTTP + BODY)
    proof = captured(member)
    made = make_proof(
        TEXT.encode(), proof.line, 0, [merkle.leaf_hash(proof.line)], one_leaf(proof.line), capture=proof.capture
    )
    assert made.capture == proof.capture
    bare = line_of(None)
    assert make_proof(None, bare, 0, [merkle.leaf_hash(bare)], one_leaf(bare)).text is None


def one_leaf(line: bytes) -> Head:
    return signed(head_of(Seal("a", FIRST, 1, (), {}, merkle.leaf_hash(line).hex(), 1, None)), KEY)


@pytest.mark.parametrize("form", [1, 2])
def test_the_result_names_the_line_and_both_ends_of_the_chain(form: Literal[1, 2]) -> None:
    proof = proved(formats=(form, 2, 2), keys=(None, KEY, KEY))
    found = check_proof(proof.to_bytes())
    assert (found.line.id, found.text, found.body, found.dates) == ("da_nang/k@0", TEXT, None, ())
    assert (found.head, found.last) == (proof.head, proof.chain[-1])
    assert (found.before, found.after) == ((FIRST, 1), (FIRST + timedelta(days=2), 1))
    assert found.missing == "it is unsigned, and no published head was given: name one with --head"
    alone = check_proof(replace(proof, chain=()).to_bytes(), published=proof.head)
    assert (alone.last, alone.after, alone.missing) == (proof.head, None, None)
    first = Proof(TEXT, line_of(), 0, (), one_leaf(line_of()))
    assert check_proof(first.to_bytes()).before is None


def receipt(head: Head) -> bytes:
    """Return a receipt of OpenTimestamps that leads from a head to block 5 without a step."""
    magic = bytes.fromhex("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108")
    return magic + bytes.fromhex(head.head) + b"\0" + bytes.fromhex("0588960d73d71901") + b"\1\5"


def test_a_date_is_of_one_of_the_heads_in_their_order(check: Check) -> None:
    proof = proved()
    heads = (proof.head, *proof.chain)
    dates = tuple(HeadDate(place, None, receipt(head)) for place, head in enumerate(heads))
    for some in (dates, dates[:1], dates[2:], dates[::2]):
        assert check(replace(proof, dates=some)) is True
    found = check_proof(replace(proof, dates=dates).to_bytes()).dates
    assert [(each.head, each.at) for each in found] == [(head, None) for head in heads]
    for some in (
        dates[::-1], (dates[0], dates[0]), (replace(dates[0], place=1),), (replace(dates[0], place=3),),
        (replace(dates[0], place=-1),), (replace(dates[0], receipt=None),), (replace(dates[0], receipt=b"x"),),
        (replace(dates[0], timestamp=b"x"),), (replace(dates[0], place=0.0),),  # type: ignore[arg-type]  # no whole number
    ):  # fmt: skip
        assert check(replace(proof, dates=some)) is False
    older = proved(formats=(1, 1, 2))
    dates = tuple(HeadDate(place, None, receipt(head)) for place, head in enumerate((older.head, *older.chain)))
    assert check(replace(older, dates=dates[:1])) is True
    for place in (1, 2):
        assert check(replace(older, dates=(dates[place],))) is False


class TestWords:
    """Compare every line that the script prints: a stranger learns nothing else of a proof."""

    def said(
        self, script: ModuleType, capsys: pytest.CaptureFixture[str], file: Path, *options: str
    ) -> tuple[int, list[str], str]:
        capsys.readouterr()
        code = script.main([str(file), *options])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err

    def test_a_proof_is_shown_with_both_ends_of_its_chain(
        self, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        proof, file = proved(), tmp_path / "proof.json"
        file.write_bytes(proof.to_bytes())
        head, chain = proof.head, proof.chain
        shown = [
            "new  da_nang/k@0", "title      Thông báo", "address    https://x/k", "archive    aaaaaaaa",
            "sealed in  2025-03-04, number 1", f"head       {head.head}",
            f"after      the seal of 2025-03-03, number 1, head {head.previous}",
            f"before     the seal of 2025-03-05, number 1, head {chain[0].head}",
            f"leads to   the seal of 2025-03-06, number 1, head {chain[1].head}", f"signed by  {public_key(KEY)}",
            "not proved: the days are the sealer's word; only a head published by then, or a timestamp, dates them",
            "", "Thông báo", "", "Hai người được thưởng.", "", "the proof holds",
        ]  # fmt: skip
        whose = "not proved: whose key that is; compare it with one that came another way, or with a head (--head)"
        assert self.said(script, capsys, file) == (0, [*shown[:10], whose, *shown[10:]], "")
        assert self.said(script, capsys, file, public_key(KEY)) == (0, shown, "")
        file.write_bytes(replace(proof, chain=()).to_bytes())
        alone = [*shown[:7], "before     none that the proof has", *shown[9:]]
        assert self.said(script, capsys, file, public_key(KEY)) == (0, alone, "")
        file.write_bytes(replace(proof, chain=chain[:1]).to_bytes())
        assert self.said(script, capsys, file, public_key(KEY))[1] == [*shown[:8], *shown[9:]]
        code, out, err = self.said(script, capsys, file, public_key(OTHER))
        assert (code, out, err) == (1, [], "no proof: signed by another key\n")

    def test_what_is_missing_is_told(
        self, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file, head = tmp_path / "proof.json", tmp_path / "head.txt"
        proof = proved(keys=(None, None, None))
        file.write_bytes(proof.to_bytes())
        head.write_text("\n".join(proof.chain[0].lines()), encoding="utf-8")
        code, out, err = self.said(script, capsys, file)
        assert (code, out[-2], out[9]) == (1, "Hai người được thưởng.", "signed by  nobody")
        assert err == "nothing is proved yet: it is unsigned: name a head that was published elsewhere (--head HEAD)\n"
        assert self.said(script, capsys, file, "--head", str(head))[::2] == (0, "")
        head.write_text("\n".join(proof.chain[0].lines()[:-1]), encoding="utf-8")
        code, out, err = self.said(script, capsys, file, "--head", str(head))
        assert (code, out, err.count("\n")) == (2, [], 1)
        assert "is no published head, copy all its lines" in err
        code, out, err = self.said(script, capsys, tmp_path / "none.json")
        assert (code, out, err.count("\n")) == (2, [], 1)
        assert err.startswith("a file cannot be read: ")

    def test_the_page_is_written_where_the_proof_has_it(
        self, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file, page = tmp_path / "proof.json", tmp_path / "page.html"
        file.write_bytes(captured(record("response", HTTP + BODY)).to_bytes())
        code, out, err = self.said(script, capsys, file, "--page", str(page))
        assert (code, err, page.read_bytes()) == (0, "", BODY)
        assert f"page       {len(BODY)} bytes as served; --page FILE writes them" in out
        page.unlink()
        file.write_bytes(proved(text=None).to_bytes())
        code, out, err = self.said(script, capsys, file, "--page", str(page))
        assert (code, page.exists()) == (2, False)
        assert err == "the proof has no page: ask for one made with --with-capture\n"
        assert out[-1] == "(the line has no text of its own)"

    def test_a_page_steers_no_terminal(
        self, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file, odd = tmp_path / "proof.json", "a\x1b[2J\u202eb\nc\r"
        file.write_bytes(proved(line=line_of(odd, title=odd, url=odd, id=odd), text=odd).to_bytes())
        code, out, _ = self.said(script, capsys, file)
        safe = ["a\\x1b[2J\\u202eb", "c\\r"]
        assert (code, out[-3:-1]) == (0, safe)
        assert out[:2] == [f"new  {safe[0]}", safe[1]]

    def test_the_first_seal_and_one_whose_night_is_not_named_are_told(
        self, script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        file = tmp_path / "proof.json"
        older = replace(proved(formats=(1, 1, 1)), form=1, manifest=None)
        file.write_bytes(older.to_bytes())
        said = self.said(script, capsys, file)[1]
        assert f"after      a seal whose night is not named, head {older.head.previous}" in said
        seal = Seal("a", FIRST, 1, (), {}, merkle.leaf_hash(line_of()).hex(), 1, None)
        file.write_bytes(Proof(TEXT, line_of(), 0, (), signed(head_of(seal), KEY)).to_bytes())
        assert "after      none: the first seal of its chain" in self.said(script, capsys, file)[1]
        late = replace(seal, chained=Previous(FIRST + timedelta(days=1), 1, "0" * 64))
        file.write_bytes(Proof(TEXT, line_of(), 0, (), signed(head_of(late), KEY)).to_bytes())
        words = "late       it follows a later night: it was not sealed in its own"
        assert words in self.said(script, capsys, file)[1]
        same = replace(seal, number=2, chained=Previous(FIRST, 1, "0" * 64))
        file.write_bytes(Proof(TEXT, line_of(), 0, (), signed(head_of(same), KEY)).to_bytes())
        assert words not in self.said(script, capsys, file)[1]


def test_without_cryptography_openssl_says_the_same(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    key, other, data = public_key(KEY), public_key(OTHER), b"statement\n"
    signature = base64.b64encode(KEY.sign(data)).decode()
    for without in (False, True):
        if without:
            monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
        assert script.signature_holds(key, signature, data) is True
        assert script.signature_holds(key, signature, data + b"x") is False
        assert script.signature_holds(other, signature, data) is False
        assert script.signature_holds(key, base64.b64encode(bytes(64)).decode(), data) is False
        for odd in ((key[:-4], signature), (key, signature[:-4]), (key + "\n", signature)):
            with pytest.raises(Exception, match=r"."):
                script.signature_holds(*odd, data)
    monkeypatch.setenv("PATH", "")
    assert script.signature_holds(key, signature, data) is None


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def timestamp(
    digest: bytes, *, status: int = 0, kind: str = "2a864886f70d010702", inner: str = "2a864886f70d0109100104",
    algorithm: str = "608648016503040201", at: bytes = b"20250304020000Z", fill: int = 8, more: bytes = b"",
) -> bytes:  # fmt: skip
    """Return an answer of RFC 3161 without a signature, which only a checker with certificates asks for."""
    imprint = der(0x30, der(0x30, der(6, bytes.fromhex(algorithm))), der(4, digest))
    info = der(0x30, der(2, b"\1"), der(6, b"\x2a"), imprint, der(2, bytes(fill)), der(0x18, at))
    packed = der(0x30, der(6, bytes.fromhex(inner)), der(0xA0, der(4, info)))
    signed = der(0x30, der(2, b"\3"), der(0x31), packed)
    return (
        der(0x30, der(0x30, der(2, bytes([status]))), der(0x30, der(6, bytes.fromhex(kind)), der(0xA0, signed))) + more
    )


def test_a_timestamp_states_its_moment_for_one_head_alone(script: ModuleType) -> None:
    digest = sha256(b"head").digest()
    for fill in (1, 20, 31, 32, 33, 34, 60, 100, 128, 200, 256, 70_000):
        assert script.stamped_at(timestamp(digest, fill=fill), digest.hex())[:6] == (2025, 3, 4, 2, 0, 0)
    assert script.stamped_at(timestamp(digest, at=b"20250304020000.25Z"), digest.hex())[:6] == (2025, 3, 4, 2, 0, 0)
    whole = timestamp(digest)
    for wrong in (
        timestamp(sha256(b"other").digest()), timestamp(digest, status=2), timestamp(digest, kind="2a864886f70d010701"),
        timestamp(digest, inner="2a864886f70d010701"), timestamp(digest, algorithm="608648016503040203"),
        timestamp(digest, at=b"20250304020000"), timestamp(digest, at=b"20250304020000+0700"), timestamp(digest, more=b"\5\0"),
        timestamp(digest, more=whole), whole[:-1], whole[:2] + b"\x80" + whole[3:], b"",
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"."):
            script.stamped_at(wrong, digest.hex())


def test_lengths_of_der_are_whole_and_within_what_is_there(script: ModuleType) -> None:
    for size in (0, 1, 127, 128, 129, 255, 256, 65_536):
        assert script.der(der(4, bytes(size)) + der(5)) == [(4, bytes(size)), (5, b"")]
    assert script.der(b"\4\x84\0\0\0\1x") == [(4, b"x")]
    for wrong in (b"\4\x80", b"\4\x85\0\0\0\0\1x", b"\4\2x", b"\4\x81\2x", b"\4", b"\4\x82\1"):
        with pytest.raises(Exception, match=r"."):
            script.der(wrong)


def test_a_receipt_is_whole_and_of_one_head(script: ModuleType) -> None:
    digest = sha256(b"head").hexdigest()
    magic = bytes.fromhex("004f70656e54696d657374616d7073000050726f6f6600bf89e2e884e892940108") + bytes.fromhex(digest)
    bitcoin = bytes.fromhex("0588960d73d71901")
    unknown = bytes.fromhex("0102030405060708")
    assert script.Receipt(magic + b"\0" + bitcoin + b"\1\5", digest).blocks() == [(5, bytes.fromhex(digest))]
    assert script.Receipt(magic + b"\0" + bitcoin + b"\3\x80\x80\1", digest).blocks()[0][0] == 1 << 14
    assert script.Receipt(magic + b"\0" + unknown + b"\x81\1" + b"u" * 129, digest).blocks() == []
    both = magic + b"\xff\0" + bitcoin + b"\1\7\xf0\2ab\x08\0" + bitcoin + b"\1\5"
    hashed = sha256(bytes.fromhex(digest) + b"ab").digest()
    assert script.Receipt(both, digest).blocks() == [(5, hashed), (7, bytes.fromhex(digest))]
    whole = magic + b"\0" + bitcoin + b"\1\5"
    long = magic + b"\0" + unknown + b"\xf0\xff\3" + b"u" * 65_520
    for wrong in (
        whole[:-1], whole + b"\0", whole[:-2], b"x" + whole[1:], long, magic + b"\x09" + whole[len(magic) :], magic + b"\xff",
        magic + b"\0" + bitcoin + b"\x80\x80\x80\x80\x80\1", magic,
    ):  # fmt: skip
        with pytest.raises(Exception, match=r"."):
            script.Receipt(wrong, digest)
    with pytest.raises(Exception, match=r"another head"):
        script.Receipt(whole, sha256(b"other").hexdigest())

"""The seals of one night, over manifests written by hand: what stands in them, who signed them, and what they list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.audit.findings import Audit, Code
from archive.audit.seals import Expectations, SealFile, check_root, listed_files, read_seals
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.sealing.head import head_of
from archive.sealing.signatures import public_key, sign
from archive.storage import merkle
from archive.storage.manifest import FileEntry, Previous, Seal, entry_leaves
from archive.storage.paths import Identity, Paths

NIGHT = date(2025, 3, 3)
FOLDER = "2025/03/03"
IDENTITY = Identity("a", ArchiveKind.LIVE)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def entry(path: str, content: str = "x") -> FileEntry:
    return FileEntry(path, len(content), sha256(content.encode()).hexdigest())


def seal(number: int, files: Iterable[FileEntry] = (), withheld: tuple[FileEntry, ...] = ()) -> Seal:
    listed = tuple(files)
    hashes = list(entry_leaves((*listed, *withheld)))
    root = merkle.root(hashes).hex()
    before = Previous(NIGHT, number - 1, "0" * 64) if number > 1 else None
    return Seal("a", NIGHT, number, listed, {}, root, len(hashes), before, withheld)


def written(paths: Paths, made: Seal, key: Ed25519PrivateKey | None = KEY, name: str | None = None) -> Path:
    path = paths.night(NIGHT) / (name or f"manifest-{made.number}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(made.to_bytes())
    path.with_suffix(".sig").write_bytes(sign(made.to_bytes(), key))
    return path


def read(paths: Paths, *keys: str) -> tuple[list[SealFile], list[tuple[Code, str, str]], Audit]:
    audit = Audit()
    seals = read_seals(IDENTITY, paths, NIGHT, audit, frozenset(keys))
    return seals, [(finding.code, finding.path, finding.detail.code) for finding in audit.findings], audit


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def test_an_auditor_who_names_a_head_or_a_key_knows_something_from_outside() -> None:
    assert not Expectations().given
    assert not Expectations(today=NIGHT).given
    assert Expectations(keys=frozenset("K")).given
    assert Expectations(head=head_of(seal(1))).given


def test_seals_are_read_in_the_order_of_their_numbers(paths: Paths) -> None:
    for number in (10, 2, 1):
        written(paths, seal(number, [entry(f"p.{number}/t.txt")], (entry("tombstone"),)), KEY if number > 1 else None)
    seals, found, _ = read(paths)
    assert found == []
    assert [(each.link.number, each.link.signer) for each in seals] == [
        (1, "unsigned"),
        (2, public_key(KEY)),
        (10, public_key(KEY)),
    ]
    last = seals[-1]
    assert (last.night, last.link.night, last.link.name) == (NIGHT, NIGHT, f"{FOLDER}/manifest-10.json")
    assert (last.link.before, last.link.withheld) == (Previous(NIGHT, 9, "0" * 64), (entry("tombstone"),))
    assert (last.link.head, last.seal.head) == (head_of(last.seal).head, last.link.head)


def test_a_seal_of_format_1_has_its_own_digest_for_a_head(paths: Paths) -> None:
    path = written(paths, replace(seal(1), format=1))
    assert read(paths)[0][0].link.head == sha256(path.read_bytes()).hexdigest()


def test_what_cannot_be_read_is_named_and_the_others_are_read(paths: Paths) -> None:
    written(paths, seal(3))
    (paths.night(NIGHT) / "manifest-1.json").mkdir()
    (paths.night(NIGHT) / "manifest-2.json").write_text("{}\n")
    seals, found, audit = read(paths)
    assert [each.seal.number for each in seals] == [3]
    assert [each[:2] for each in found] == [
        (Code.MANIFEST, f"{FOLDER}/manifest-1.json"),
        (Code.MANIFEST, f"{FOLDER}/manifest-2.json"),
    ]
    assert audit.findings[0].detail.code == "it_cannot_be_read"


def test_a_manifest_stands_in_its_own_night_under_its_own_number_in_its_own_archive(paths: Paths) -> None:
    written(paths, seal(2), name="manifest-1.json")
    written(paths, replace(seal(3), night=date(2025, 3, 4)), name="manifest-3.json")
    written(paths, replace(seal(4), archive="b"))
    _, found, _ = read(paths)
    assert found == [
        (Code.WRONG_NIGHT, f"{FOLDER}/manifest-1.json", "seals_other_night"),
        (Code.WRONG_NIGHT, f"{FOLDER}/manifest-3.json", "seals_other_night"),
        (Code.WRONG_ARCHIVE, f"{FOLDER}/manifest-4.json", "of_archive"),
    ]


def test_a_signature_without_its_manifest_is_named(paths: Paths) -> None:
    written(paths, seal(1))
    written(paths, seal(2)).unlink()
    assert read(paths)[1] == [(Code.UNSEALED_SIGNATURE, f"{FOLDER}/manifest-2.sig", "signed_missing")]


def test_a_signature_is_there_can_be_read_and_fits(paths: Paths) -> None:
    for number in range(1, 6):
        written(paths, seal(number))
    night = paths.night(NIGHT)
    (night / "manifest-1.sig").unlink()
    (night / "manifest-2.sig").unlink()
    (night / "manifest-2.sig").mkdir()
    (night / "manifest-3.sig").write_bytes((night / "manifest-4.sig").read_bytes())
    (night / "manifest-5.sig").write_bytes(b"signed\n")
    seals, found, _ = read(paths)
    assert found == [
        (Code.SIGNATURE, f"{FOLDER}/manifest-1.json", "signature_missing"),
        (Code.SIGNATURE, f"{FOLDER}/manifest-2.sig", "it_cannot_be_read"),
        (Code.SIGNATURE, f"{FOLDER}/manifest-3.sig", "signature_unfit"),
        (Code.SIGNATURE, f"{FOLDER}/manifest-5.sig", "signature_unfit"),
    ]
    assert [each.link.signer for each in seals] == [None, None, None, public_key(KEY), None]


def test_only_named_keys_may_have_signed(paths: Paths) -> None:
    for number, key in enumerate((KEY, OTHER, None), start=1):
        written(paths, seal(number), key)
    assert read(paths)[1] == []
    seals, found, _ = read(paths, public_key(KEY))
    assert found == [
        (Code.WRONG_KEY, f"{FOLDER}/manifest-2.sig", "signed_by"),
        (Code.WRONG_KEY, f"{FOLDER}/manifest-3.sig", "unsigned"),
    ]
    assert [each.link.signer for each in seals] == [public_key(KEY), public_key(OTHER), "unsigned"]
    assert [code for code, _, _ in read(paths, public_key(KEY), public_key(OTHER))[1]] == [Code.WRONG_KEY]


def listed(paths: Paths, *seals: Seal) -> tuple[dict[str, dict[str, FileEntry]], Audit]:
    for made in seals:
        written(paths, made)
    audit = Audit()
    found = listed_files(paths, read(paths)[0], audit)
    return {run: entries.of(set(entries.names())) for run, entries in found.items()}, audit


def test_files_are_listed_by_run_and_those_of_no_run_apart(paths: Paths) -> None:
    inside, deep, apart, odd = entry("da_nang/t.txt"), entry("da_nang/a/b"), entry("notes.txt"), entry("Odd Run/t.txt")
    repeated, bare = entry("da_nang.2/t.txt"), entry("da_nang")
    found, audit = listed(paths, seal(1, [inside, deep, apart, odd, bare]), seal(2, [repeated]))
    assert audit.findings == []
    assert found == {
        "da_nang": {"t.txt": inside, "a/b": deep},
        "": {"notes.txt": apart, "Odd Run/t.txt": odd, "da_nang": bare},
        "da_nang.2": {"t.txt": repeated},
    }


def test_a_path_that_is_listed_again_is_named_and_the_first_entry_stands(paths: Paths) -> None:
    first, again = entry("da_nang/t.txt"), entry("da_nang/t.txt", "other")
    apart, apart_again = entry("notes.txt"), entry("notes.txt", "other")
    found, audit = listed(paths, seal(1, [first, again, apart]), seal(2, [apart_again]))
    assert found == {"da_nang": {"t.txt": first}, "": {"notes.txt": apart}}
    assert [(each.code, each.path, each.detail) for each in audit.findings] == [
        (Code.RELISTED, f"{FOLDER}/da_nang/t.txt", Reason.of("listed_twice", number=1)),
        (Code.RELISTED, f"{FOLDER}/notes.txt", Reason.of("listed_twice", number=2)),
    ]


def test_a_run_that_a_later_seal_lists_again_is_named_once_whatever_it_lists(paths: Paths) -> None:
    first, added = entry("da_nang/t.txt"), entry("da_nang/u.txt")
    own = entry("quang_tri/t.txt")
    found, audit = listed(paths, seal(1, [first]), seal(2, [first, added, own]))
    assert found == {"da_nang": {"t.txt": first}, "quang_tri": {"t.txt": own}}
    assert [(each.code, each.path, each.detail) for each in audit.findings] == [
        (Code.RELISTED, f"{FOLDER}/da_nang", Reason.of("run_listed_again", number=2, n=2, earlier=1))
    ]


def rooted(paths: Paths, made: Seal, leaves: dict[str, bytes]) -> list[tuple[Code, str, str]]:
    written(paths, made)
    audit = Audit()
    check_root(paths, read(paths)[0][0], leaves, audit)
    return [(finding.code, finding.path, finding.detail.code) for finding in audit.findings]


def test_the_root_follows_from_lines_entries_and_tombstones_in_their_order(paths: Paths) -> None:
    lines = {"b": b"".join(merkle.leaf_hash(bytes([n])) for n in range(3)), "a": merkle.leaf_hash(b"one")}
    files, stones = (entry("b/t.txt"), entry("a/t.txt"), entry("c/t.txt")), (entry("stone"),)
    hashes = [
        merkle.leaf_hash(b"one"),
        *(merkle.leaf_hash(bytes([n])) for n in range(3)),
        *entry_leaves(files + stones),
    ]
    whole = replace(seal(1, files, stones), root=merkle.root(hashes).hex(), leaves=len(hashes))
    wrong = [(Code.ROOT, f"{FOLDER}/manifest-1.json", "root_unfit")]
    assert rooted(paths, whole, lines | {"other": b"\0" * 32}) == []
    assert rooted(paths, replace(whole, leaves=whole.leaves + 1), lines) == wrong
    assert rooted(paths, replace(whole, root="0" * 64), lines) == wrong
    assert rooted(paths, replace(whole, withheld=()), lines) == wrong
    assert rooted(paths, whole, {"b": lines["b"]}) == wrong
    assert rooted(paths, whole, lines | {"a": merkle.leaf_hash(b"two")}) == wrong
    assert rooted(paths, replace(whole, files=files[::-1]), lines) == wrong

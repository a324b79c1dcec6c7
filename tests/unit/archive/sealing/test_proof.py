"""Prove one text by what is published of an archive: both hold alone, and nothing else passes for them."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.__main__ import main
from archive.audit.findings import Code
from archive.audit.seals import Expectations
from archive.audit.verify import verify
from archive.errors import ArchiveError, UsageError
from archive.export.proofs import prove, published_head
from archive.index.reader import Unreadable
from archive.model.enums import Event
from archive.sealing.head import Head, head_of, read_head
from archive.sealing.proof import check_proof
from archive.sealing.signatures import public_key
from archive.storage.jsonl import canonical
from archive.storage.manifest import Format, Seal
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, NIGHTS, make
from testing.proof_script import SCRIPT, load_script

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def night_of(number: int) -> date:
    return FIRST + timedelta(days=number)


def sealed(folder: Path, nights: int = len(NIGHTS), key: Ed25519PrivateKey | None = KEY) -> Archive:
    archive = make(folder)
    for number in range(nights):
        composed.run_night(archive, number)
        archive.seal(night_of(number), {}, key)
    return archive


def last_seal(archive: Archive) -> str:
    seal = archive.last_seal()
    assert seal is not None
    return "\n".join(published_head(archive, seal).lines())


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return sealed(tmp_path_factory.mktemp("proof") / "a")


@pytest.fixture(scope="module")
def proof(archive: Archive) -> bytes:
    with archive.index.reading() as queries:
        version = next(item for item in queries.events.find(article="da_nang/thong-bao") if item.event is Event.NEW)
    return prove(archive, version, until_now=True).to_bytes()


@dataclass(frozen=True, slots=True)
class Said:
    """The exit code of a run of the script, and its words."""

    returncode: int
    stdout: str
    stderr: str


def script(file: Path, *arguments: str) -> Said:
    """Run the script in this process; that it runs with Python alone is a test of its own."""
    out, err = TextIOWrapper(BytesIO(), encoding="utf-8"), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = load_script().main([str(file), *arguments])
    out.seek(0)
    return Said(code, out.read(), err.getvalue())


def test_a_head_survives_being_printed_and_typed_again(archive: Archive) -> None:
    printed = last_seal(archive)
    seal = archive.last_seal()
    assert seal is not None
    head = read_head(printed)
    assert (head.head, head.root, head.key) == (seal.head, seal.root, public_key(KEY))
    wrapped = printed.replace(" ", "\n  ").upper()
    kept = printed.splitlines()[-3:-1]  # key and signature tell case apart
    assert read_head(wrapped[: wrapped.index("KEY")].lower() + "\n".join(kept) + "\ncheck " + head.check) == head
    assert read_head(json.dumps(head.plain())) == head


@pytest.mark.parametrize("line", range(1, 12))
def test_a_typing_error_in_any_line_of_a_head_is_seen(archive: Archive, line: int) -> None:
    lines = last_seal(archive).splitlines()
    digit = max(position for position, char in enumerate(lines[line]) if char in "0123456789")
    lines[line] = lines[line][:digit] + str((int(lines[line][digit]) + 1) % 10) + lines[line][digit + 1 :]
    with pytest.raises(UsageError):
        read_head("\n".join(lines))


def test_a_published_head_stands_while_the_archive_goes_on(tmp_path: Path) -> None:
    archive = sealed(tmp_path / "a", 1)
    published = read_head(last_seal(archive))
    composed.run_night(archive, 1)
    archive.seal(night_of(1), {}, KEY)
    audit = verify(archive.identity, archive.paths, expected=Expectations(published, frozenset({public_key(KEY)})))
    assert audit.findings == []
    assert any("1 later seal goes on from it" in str(note) for note in audit.notes)


def test_an_archive_that_was_rolled_back_is_seen(tmp_path: Path) -> None:
    archive = sealed(tmp_path / "a", 1)
    shutil.copytree(tmp_path / "a", tmp_path / "backup")
    composed.run_night(archive, 1)
    archive.seal(night_of(1), {}, KEY)
    (tmp_path / "head.txt").write_text(last_seal(archive), encoding="utf-8")
    older = ["--archive", str(tmp_path / "backup")]
    assert main(["verify", *older]) == 0
    assert main(["verify", *older, "--against", str(tmp_path / "head.txt")]) == 1
    with Archive.open(tmp_path / "backup", read_only=True) as backup:
        expected = Expectations(read_head((tmp_path / "head.txt").read_text(encoding="utf-8")))
        found = [finding.code for finding in verify(backup.identity, backup.paths, expected=expected).findings]
    assert found == [Code.ROLLED_BACK]


def test_an_archive_that_was_sealed_again_is_seen_even_with_the_right_key(tmp_path: Path) -> None:
    published = read_head(last_seal(sealed(tmp_path / "a", 1)))
    other = make(tmp_path / "b")
    composed.run_night(other, 0, ["da_nang"])
    other.seal(night_of(0), {}, KEY)
    audit = verify(other.identity, other.paths, expected=Expectations(published, frozenset({public_key(KEY)})))
    assert [finding.code for finding in audit.findings] == [Code.RESEALED]


@pytest.mark.parametrize("key", [None, Ed25519PrivateKey.from_private_bytes(bytes(32))], ids=["unsigned", "another"])
def test_a_seal_of_another_key_is_named(tmp_path: Path, key: Ed25519PrivateKey | None) -> None:
    archive = sealed(tmp_path / "a", 1, key)
    audit = verify(archive.identity, archive.paths, expected=Expectations(keys=frozenset({public_key(KEY)})))
    assert [(finding.code, finding.path) for finding in audit.findings] == [
        (Code.WRONG_KEY, "2025/03/03/manifest-1.sig")
    ]


def test_a_proof_holds_alone_and_leads_to_every_later_head(archive: Archive, proof: bytes, tmp_path: Path) -> None:
    published = read_head(last_seal(archive))
    proven = check_proof(proof, key=public_key(KEY), published=published)
    assert proven.line.key == "thong-bao"
    assert (proven.head.night, proven.last.night) == (night_of(0), night_of(2))
    (tmp_path / "proof.json").write_bytes(proof)
    said = script(tmp_path / "proof.json", public_key(KEY))
    assert said.returncode == 0, said.stderr
    assert proven.head.head in said.stdout


def test_every_text_of_an_archive_can_be_proved(archive: Archive, tmp_path: Path) -> None:
    with archive.index.reading() as queries:
        versions = queries.events.find()
    for version in versions:
        data = prove(archive, version, until_now=False).to_bytes()
        assert check_proof(data).line.id == version.id
        (tmp_path / "proof.json").write_bytes(data)
        assert script(tmp_path / "proof.json").returncode == 0
    assert {version.file is None for version in versions} == {True, False}


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_proof_with_any_byte_changed_is_none(proof: bytes, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(proof) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda value: value != proof[position]))
    with pytest.raises(ArchiveError):
        check_proof(proof[:position] + bytes([value]) + proof[position + 1 :])


def test_a_proof_whose_path_is_spelled_otherwise_is_none(proof: bytes) -> None:
    words = json.loads(proof)
    step = words["path"][0]
    for other in (step.upper(), "g" + step[1:], step[:-1], step + "\n", " " + step, 7, None):
        changed = canonical(words | {"path": [other, *words["path"][1:]]}) + b"\n"
        with pytest.raises(ArchiveError, match="no proof"):
            check_proof(changed)
    with pytest.raises(ArchiveError, match="no proof"):
        check_proof(b"[" * 100_000)


def test_the_independent_script_refuses_what_was_changed(proof: bytes, tmp_path: Path) -> None:
    words = json.loads(proof)
    changed = [
        words | {"text": words["text"].replace("Hai", "Ba")},
        words | {"index": words["index"] + 1},
        words | {"path": words["path"][:-1]},
        words | {"path": [*words["path"], words["path"][0]]},
        words | {"line": words["line"].replace("thong-bao", "thong-cao")},
        words | {"statement": words["statement"].replace("2025-03-03", "2025-03-04")},
        words | {"signature": words["chain"][0][2]},
        words | {"chain": words["chain"][1:]},
        words | {"key": None},
    ]
    file = tmp_path / "proof.json"
    for value in changed:
        file.write_bytes((json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode())
        assert script(file).returncode != 0
        with pytest.raises(ArchiveError):
            check_proof(file.read_bytes())
    file.write_bytes(proof + b"\n")
    assert script(file).returncode != 0
    file.write_bytes(proof)
    assert script(file, "A" * 43 + "=").returncode != 0


def test_a_proof_of_another_archive_does_not_lead_to_a_published_head(archive: Archive, proof: bytes) -> None:
    seal = archive.last_seal()
    assert seal is not None
    head = head_of(seal)
    with pytest.raises(ArchiveError, match="does not lead to the head"):
        check_proof(proof, published=replace(head, manifest="0" * 64))
    with pytest.raises(ArchiveError, match="not by the key"):
        check_proof(proof, key="A" * 43 + "=")


def test_an_index_outside_the_tree_or_spelled_otherwise_proves_nothing(
    archive: Archive, proof: bytes, tmp_path: Path
) -> None:
    words = json.loads(proof)
    size = json.loads(words["statement"])["leaves"]
    rounded = 1 << (size - 1).bit_length()
    for other in (
        words["index"] + rounded,
        words["index"] + 2 * rounded,
        words["index"] - rounded,
        float(words["index"]),
    ):
        changed = canonical(words | {"index": other}) + b"\n"
        with pytest.raises(ArchiveError):
            check_proof(changed)
        (tmp_path / "proof.json").write_bytes(changed)
        assert script(tmp_path / "proof.json").returncode != 0


def test_a_forger_cannot_lead_to_a_published_head_with_a_key_of_his_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement of format 1 says itself which head it has and follows: between a forged night and a true head stands only the signature."""
    monkeypatch.setattr("archive.sealing.seal.Seal", partial(Seal, format=1))
    seal = sealed(tmp_path / "true").last_seal()
    assert seal is not None
    published = replace(head_of(seal), key=public_key(KEY))
    forger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    forged = sealed(tmp_path / "forged", 1, forger)
    first = forged.last_seal()
    assert first is not None
    with forged.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    own = prove(forged, version, until_now=False)

    def signed(head: Head) -> Head:
        return replace(head, key=public_key(forger), signature=base64.b64encode(forger.sign(head.statement)).decode())

    between = signed(replace(head_of(seal), manifest=str(published.previous), previous=first.head))
    chain = tuple(replace(head, archive=first.archive) for head in (between, published))
    data = replace(own, chain=tuple(map(signed, chain))).to_bytes()
    assert check_proof(data).last.head == published.head  # it agrees with itself
    theirs = replace(published, archive=first.archive)
    with pytest.raises(ArchiveError, match="and that head by"):
        check_proof(data, published=theirs)
    with pytest.raises(ArchiveError, match="nobody: name the key"):
        check_proof(data, published=replace(theirs, key=None, signature=None))
    (tmp_path / "proof.json").write_bytes(data)
    (tmp_path / "head.json").write_text(json.dumps(theirs.plain()))
    said = script(tmp_path / "proof.json", "--head", str(tmp_path / "head.json"))
    assert (said.returncode, "nothing binds" in said.stderr) == (1, True)


def test_a_head_is_recomputed_and_no_root_is_put_under_a_true_one(tmp_path: Path) -> None:
    """The forgery of the first form: a root of one's own under the head of another, which nothing but its name bound."""
    true = sealed(tmp_path / "true", 1, None).last_seal()
    forged = make(tmp_path / "forged")
    composed.run_night(forged, 0, ["da_nang"])
    forged.seal(night_of(0), {}, None)
    assert true is not None
    with forged.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    own = prove(forged, version, until_now=False)
    (tmp_path / "head.txt").write_text("\n".join(head_of(true).lines()), encoding="utf-8")
    file = tmp_path / "proof.json"
    first = replace(own.head, manifest=true.head, format=1, follows=None)
    for proof in (
        replace(own, head=first, form=1),
        replace(own, head=first, manifest=true.to_bytes()),
        replace(own, head=replace(head_of(true), root=own.head.root, leaves=own.head.leaves)),
    ):
        file.write_bytes(proof.to_bytes())
        assert main(["check-proof", str(file)]) == 1
        assert main(["check-proof", str(file), "--head", str(tmp_path / "head.txt")]) == 1
        assert script(file).returncode == 1
        assert script(file, "--head", str(tmp_path / "head.txt")).returncode == 1
    assert replace(head_of(true), root=own.head.root).head != true.head


def test_nothing_is_led_to_an_unsigned_head_from_a_seal_of_format_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement of format 1 names its head itself: without its manifest and without a key anything stands in it."""
    with monkeypatch.context() as older:
        older.setattr("archive.sealing.seal.Seal", partial(Seal, format=1))
        true = sealed(tmp_path / "true", 1, None)
    composed.run_night(true, 1)
    true.seal(night_of(1), {}, None)
    published = read_head(last_seal(true))
    forged = make(tmp_path / "forged")
    composed.run_night(forged, 0, ["da_nang"])
    forged.seal(night_of(0), {}, None)
    with forged.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    own = prove(forged, version, until_now=False)
    first = replace(own.head, archive=published.archive, manifest=str(published.previous), format=1, follows=None)
    data = replace(own, head=first, chain=(published,), form=1).to_bytes()
    assert check_proof(data).missing is not None  # it agrees with itself
    with pytest.raises(ArchiveError, match="signed by None"):
        check_proof(data, published=published)
    (tmp_path / "proof.json").write_bytes(data)
    (tmp_path / "head.txt").write_text(last_seal(true), encoding="utf-8")
    assert script(tmp_path / "proof.json", "--head", str(tmp_path / "head.txt")).returncode == 1


@pytest.mark.parametrize("format", [1, 2])
def test_an_unsigned_proof_holds_only_by_a_published_head(
    tmp_path: Path, format: Format, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("archive.sealing.seal.Seal", partial(Seal, format=format))
    archive = sealed(tmp_path / "a", 2, None)
    with archive.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    proof = prove(archive, version, until_now=True)
    file, head = tmp_path / "proof.json", tmp_path / "head.txt"
    file.write_bytes(proof.to_bytes())
    last = (proof.head, *proof.chain)[-1]
    assert (last.night, proof.manifest is None) == ((night_of(0), False) if format == 1 else (night_of(1), True))
    head.write_text("\n".join(last.lines()), encoding="utf-8")
    assert main(["check-proof", str(file)]) == 1
    assert "unsigned, and no published head" in capsys.readouterr().err
    assert main(["check-proof", str(file), "--head", str(head)]) == 0
    said = script(file)
    assert (said.returncode, "it is unsigned: name a head" in said.stderr) == (1, True)
    said = script(file, "--head", str(head))
    assert (said.returncode, said.stderr) == (0, "")


def test_a_proof_of_an_older_archive_goes_on_to_heads_of_format_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr("archive.sealing.seal.Seal", partial(Seal, format=1))
        archive = sealed(tmp_path / "a", 2)
    composed.run_night(archive, 2)
    archive.seal(night_of(2), {}, KEY)
    assert verify(archive.identity, archive.paths).findings == []
    published = read_head(last_seal(archive))
    with archive.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    data = prove(archive, version, until_now=True).to_bytes()
    proven = check_proof(data, published=published)
    assert (proven.head.format, proven.last.format, proven.after) == (1, 2, (night_of(1), 1))
    (tmp_path / "proof.json").write_bytes(data)
    (tmp_path / "head.txt").write_text(last_seal(archive), encoding="utf-8")
    assert script(tmp_path / "proof.json", public_key(KEY), "--head", str(tmp_path / "head.txt")).returncode == 0


def test_proofs_of_an_older_program_still_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.sealing.seal.Seal", partial(Seal, format=1))
    archive = sealed(tmp_path / "a")
    with archive.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    data = replace(prove(archive, version, until_now=True), form=1, manifest=None).to_bytes()
    published = read_head(last_seal(archive))
    assert check_proof(data, key=public_key(KEY), published=published).last.head == published.head
    (tmp_path / "proof.json").write_bytes(data)
    (tmp_path / "head.txt").write_text(last_seal(archive), encoding="utf-8")
    assert script(tmp_path / "proof.json", public_key(KEY), "--head", str(tmp_path / "head.txt")).returncode == 0


def test_a_proof_with_its_capture_has_the_page_as_served(archive: Archive, tmp_path: Path) -> None:
    with archive.index.reading() as queries:
        versions = queries.events.find()
    shown = 0
    for version in versions:
        try:
            place = archive.captures.place(version)
        except Unreadable:
            continue
        served = archive.captures.served(place, version.portal, archive.identity.kind)
        data = prove(archive, version, until_now=False, with_capture=True).to_bytes()
        assert check_proof(data).body == served.body
        (tmp_path / "proof.json").write_bytes(data)
        assert script(tmp_path / "proof.json", "--page", str(tmp_path / "page")).returncode == 0
        assert (tmp_path / "page").read_bytes() == served.body
        shown += 1
    assert shown >= 3


def test_no_byte_of_a_proof_can_be_changed(archive: Archive) -> None:
    """Each byte of a small proof with its capture, in turn, by both checkers."""
    with archive.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    data = prove(archive, version, until_now=False, with_capture=True).to_bytes()
    other = load_script()
    assert other.check(data, None, None)[1] is None
    for position in range(len(data)):
        changed = bytearray(data)
        changed[position] ^= 1
        with pytest.raises(ArchiveError):
            check_proof(bytes(changed))
        with pytest.raises(Exception):  # noqa: B017, PT011  `main` turns every one into a line
            other.check(bytes(changed), None, None)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"7", b"null", b'"x"', b"{}", b"[" * 100_000, b"\xff", b'{"proof":["luu-tru proof 2"]}']
)
def test_the_independent_script_never_ends_in_a_traceback(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_bytes(data)
    said = script(tmp_path / "proof.json")
    assert (said.returncode, said.stderr.count("\n"), said.stderr[:9]) == (1, 1, "no proof:")
    (tmp_path / "head.txt").write_bytes(data)
    said = script(tmp_path / "proof.json", "--head", str(tmp_path / "head.txt"))
    assert (said.returncode, said.stderr.count("\n")) == (2, 1)


def test_the_independent_script_checks_signatures_by_openssl_too(proof: bytes, tmp_path: Path) -> None:
    """Without `cryptography` `openssl` decides, and without both nothing is taken for signed."""
    (tmp_path / "proof.json").write_bytes(proof)
    plain = [sys.executable, "-I", "-S", str(SCRIPT), str(tmp_path / "proof.json")]
    said = subprocess.run(plain, capture_output=True, text=True, check=False)
    assert (said.returncode, "signed by  A6EH" in said.stdout) == (0, True)
    words = json.loads(proof)
    forged = canonical(words | {"signature": words["chain"][0][2]}) + b"\n"
    (tmp_path / "proof.json").write_bytes(forged)
    said = subprocess.run(plain, capture_output=True, text=True, check=False)
    assert (said.returncode, "does not fit" in said.stderr) == (1, True)
    (tmp_path / "proof.json").write_bytes(proof)
    said = subprocess.run(plain, capture_output=True, text=True, check=False, env={"PATH": ""})
    assert (said.returncode, "was not checked" in said.stdout) == (1, True)


def test_a_proof_says_that_its_night_was_sealed_late(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rehearsal may seal its nights in any order; the chain, and no date, says what came first."""
    archive = make(tmp_path / "a")
    for number in (1, 0, 2):
        composed.run_night(archive, number)
        archive.seal(night_of(number), {}, KEY)
    with archive.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao", night=night_of(0))[0]
    data = prove(archive, version, until_now=True).to_bytes()
    proven = check_proof(data, published=read_head(last_seal(archive)))
    assert (proven.before, proven.after) == ((night_of(1), 1), (night_of(2), 1))
    (tmp_path / "proof.json").write_bytes(data)
    assert main(["check-proof", str(tmp_path / "proof.json")]) == 0
    assert "late: it was sealed after the night of 2025-03-04" in capsys.readouterr().out
    assert "it was not sealed in its own" in script(tmp_path / "proof.json").stdout


def test_a_chain_of_format_2_goes_on_over_a_change_of_the_key(tmp_path: Path) -> None:
    archive = sealed(tmp_path / "a", 1)
    newer = Ed25519PrivateKey.from_private_bytes(bytes(32))
    composed.run_night(archive, 1)
    archive.seal(night_of(1), {}, newer)
    with archive.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    data = prove(archive, version, until_now=True).to_bytes()
    proven = check_proof(data, key=public_key(KEY), published=read_head(last_seal(archive)))
    assert (proven.head.key, proven.last.key) == (public_key(KEY), public_key(newer))
    keys = frozenset({public_key(KEY), public_key(newer)})
    assert verify(archive.identity, archive.paths, expected=Expectations(keys=keys)).findings == []


def test_a_chain_of_format_1_ends_where_the_key_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.sealing.seal.Seal", partial(Seal, format=1))
    archive = sealed(tmp_path / "a", 1)
    before = read_head(last_seal(archive))
    composed.run_night(archive, 1)
    archive.seal(night_of(1), {}, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with archive.index.reading() as queries:
        version = queries.events.find(article="da_nang/thong-bao")[0]
    data = prove(archive, version, until_now=True).to_bytes()
    assert check_proof(data, key=public_key(KEY), published=before).last == before
    with pytest.raises(ArchiveError, match="while its key still sealed"):
        check_proof(data, published=read_head(last_seal(archive)))


def test_the_commands_print_a_head_and_write_and_check_a_proof(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--archive", str(archive.paths.root)]
    assert main(["head", *own]) == 0
    printed = capsys.readouterr().out
    (tmp_path / "head.txt").write_text(printed, encoding="utf-8")
    file = str(tmp_path / "proof.json")
    assert main(["prove", *own, "da_nang/thong-bao", "-o", file, "--until-now"]) == 0
    assert main(["check-proof", file, "--head", str(tmp_path / "head.txt"), "--key", public_key(KEY)]) == 0
    assert "Thông báo lịch tiếp dân" in capsys.readouterr().out
    assert main(["verify", *own, "--against", str(tmp_path / "head.txt"), "--key", public_key(KEY)]) == 0
    (tmp_path / "proof.json").write_bytes(b"{}\n")
    assert main(["check-proof", file]) == 1
    assert main(["check-proof", str(tmp_path / "none.json")]) == 2
    assert main(["head", *own, "--night", "2024-01-01"]) == 1

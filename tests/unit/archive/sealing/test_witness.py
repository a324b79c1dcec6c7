"""A witness keeps published heads without the archive, and raises when history is rewritten."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.__main__ import main
from archive.errors import UsageError
from archive.sealing.head import Head, read_heads
from archive.sealing.signatures import public_key
from archive.sealing.witness import HistoryCode, follow
from archive.store import Archive
from testing import archives as composed
from testing.archives import FIRST, NIGHTS, make

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


def night_of(number: int) -> date:
    return FIRST + timedelta(days=number)


def sealed(folder: Path, keys: list[Ed25519PrivateKey | None], *, only: list[str] | None = None) -> Archive:
    archive = make(folder)
    for number, key in enumerate(keys):
        composed.run_night(archive, number, only if number == 1 else None)
        archive.seal(night_of(number), {}, key)
    return archive


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("witness") / "a"
    sealed(folder, [KEY] * len(NIGHTS)).close()
    return folder


def published(root: Path, capsys: pytest.CaptureFixture[str], *form: str) -> str:
    assert main(["head", "--archive", str(root), *form]) == 0
    return capsys.readouterr().out


def heads_of(root: Path, capsys: pytest.CaptureFixture[str]) -> list[Head]:
    return read_heads(published(root, capsys, "--since", str(FIRST), "--json"))


def test_heads_are_read_in_every_form_in_which_they_are_published(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    since = ["--since", str(FIRST)]
    texts = [published(root, capsys, *since, *form) for form in ([], ["--json"], ["--atom"])]
    found = [read_heads(text) for text in texts]
    assert found[0] == found[1] == found[2]
    assert [head.night for head in found[0]] == [night_of(number) for number in range(3)]
    assert [head.previous for head in found[0][1:]] == [head.head for head in found[0][:-1]]
    for wrong in ("<feed", texts[2].replace("root", "rooot"), texts[1].replace('"leaves": ', '"leaves": 1')):
        with pytest.raises(UsageError):
            read_heads(wrong)


def test_history_may_grow_and_is_kept(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = str(tmp_path / "log")
    (tmp_path / "first.txt").write_text(published(root, capsys, "--night", str(FIRST)), encoding="utf-8")
    (tmp_path / "feed.xml").write_text(published(root, capsys, "--since", str(FIRST), "--atom"), encoding="utf-8")
    (tmp_path / "last.txt").write_text(published(root, capsys), encoding="utf-8")
    assert main(["witness", log, str(tmp_path / "first.txt")]) == 0
    assert "1 new heads, 0 kept before" in capsys.readouterr().out
    assert main(["witness", log, str(tmp_path / "last.txt")]) == 1
    said = capsys.readouterr()
    assert "GAP  2025-03-05 number 1" in said.out
    assert "head --since NIGHT" in said.err
    assert main(["witness", log, str(tmp_path / "feed.xml"), "--key", public_key(KEY)]) == 0
    assert "2 new heads, 1 kept before, no contradiction; the last one is of 2025-03-05" in capsys.readouterr().out
    assert main(["witness", log, str(tmp_path / "first.txt")]) == 1
    assert "ROLLED_BACK  2025-03-03 number 1" in capsys.readouterr().out
    assert len((tmp_path / "log").read_text().splitlines()) == 3


@pytest.mark.parametrize("key", [KEY, None], ids=["by the owner of the key", "unsigned"])
def test_a_history_that_was_rewritten_is_seen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: Ed25519PrivateKey | None
) -> None:
    sealed(tmp_path / "a", [key, key, key]).close()
    kept = heads_of(tmp_path / "a", capsys)
    sealed(tmp_path / "b", [key, key, key], only=["da_nang"]).close()
    other = heads_of(tmp_path / "b", capsys)
    assert (kept[0], kept[1].head != other[1].head) == (other[0], True)
    assert {one.code for one in follow(kept, other).contradictions} == {HistoryCode.REWRITTEN}
    assert follow(kept, kept).contradictions == ()
    assert follow(kept[:1], [*kept[1:], other[1]]).contradictions[0].code is HistoryCode.REWRITTEN
    again = replace(other[1], number=2, key=None, signature=None)
    assert HistoryCode.FORK in {one.code for one in follow(kept, [again]).contradictions}
    foreign = replace(kept[2], archive="another", key=None, signature=None)
    assert follow(kept[:2], [foreign]).contradictions[0].code is HistoryCode.ARCHIVE


def test_another_signer_is_raised_unless_the_key_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(tmp_path / "a", [KEY, OTHER]).close()
    heads = heads_of(tmp_path / "a", capsys)
    assert [one.code for one in follow(heads[:1], heads).contradictions] == [HistoryCode.SIGNER]
    assert follow(heads[:1], heads[1:], {public_key(OTHER)}).added == (heads[1],)
    assert [one.code for one in follow([], heads, {public_key(OTHER)}).contradictions] == [HistoryCode.SIGNER]
    forged = replace(heads[1], key=public_key(KEY))
    assert [one.code for one in follow(heads[:1], [forged]).contradictions] == [HistoryCode.SIGNATURE]


def test_a_log_that_was_edited_is_refused(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = published(root, capsys, "--since", str(FIRST), "--json")
    lines = text.splitlines(keepends=True)
    (tmp_path / "published").write_text(text, encoding="utf-8")
    (tmp_path / "log").write_text(lines[0] + lines[2], encoding="utf-8")
    assert main(["witness", str(tmp_path / "log"), str(tmp_path / "published")]) == 2
    assert "contradicts itself" in capsys.readouterr().err
    (tmp_path / "log").write_text(json.dumps(json.loads(lines[0]) | {"leaves": 1}), encoding="utf-8")
    assert main(["witness", str(tmp_path / "log"), str(tmp_path / "published")]) == 2
    shutil.rmtree(tmp_path, ignore_errors=True)
    assert main(["witness", str(tmp_path / "log"), str(tmp_path / "none")]) == 2

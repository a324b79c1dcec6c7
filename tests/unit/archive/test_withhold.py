"""Withhold a text by law: gone from files, captures and index; everything else is proved as before."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from warcio.archiveiterator import ArchiveIterator

from archive.__main__ import main
from archive.audit.seals import Expectations
from archive.audit.verify import verify
from archive.errors import ArchiveError, UsageError
from archive.export.proofs import prove
from archive.rebuild import rebuild
from archive.sealing.proof import check_proof
from archive.sealing.signatures import public_key
from archive.storage.paths import Paths
from archive.storage.tombstones import Tombstone, read_tombstone, withheld_in
from archive.storage.warc_filler import filler
from archive.store import Archive
from archive.withhold import WithholdRequest, finish, plan, withhold
from testing import archives as composed
from testing.archives import FIRST, NIGHTS, at, make

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


KEYS = Expectations(keys=frozenset({public_key(KEY)}))


ASKED = WithholdRequest(
    (("da_nang", "thong-bao"),), "Luật Bảo vệ dữ liệu cá nhân", "Văn phòng", at(FIRST + timedelta(days=9))
)


WORDS = "tiếp dân"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = make(tmp_path_factory.mktemp("withhold") / "a")
    for number in range(len(NIGHTS)):
        composed.run_night(archive, number)
        archive.seal(FIRST + timedelta(days=number), {}, KEY)
    archive.close()
    return archive.paths.root


@pytest.fixture
def archive(sealed: Path, tmp_path: Path) -> Iterator[Archive]:
    shutil.copytree(sealed, tmp_path / "a")
    with Archive.open(tmp_path / "a") as archive:
        yield archive


def findings(archive: Archive) -> list[tuple[str, str]]:
    """Return the findings but that the next seal has yet to list the tombstone."""
    found = verify(archive.identity, archive.paths, expected=KEYS).findings
    return [(one.code.value, one.path) for one in found if one.detail.code != "tombstone_unvouched"]


def speaking(root: Path, words: str) -> set[str]:
    """Return the files, captures and databases of an archive in which these words can still be read, sealed lines apart."""
    found = set()
    for path in root.rglob("*"):
        if not path.is_file() or path.suffix == ".jsonl":
            continue
        data = path.read_bytes()
        if path.name.endswith(".warc.gz"):
            data = gzip.decompress(data)
        if words.encode() in data:
            found.add(path.relative_to(root).as_posix())
    return found


def with_night(archive: Archive, number: int) -> date:
    night = FIRST + timedelta(days=number)
    crawl = archive.start("da_nang", night, at(night), composed.judge)
    composed.walk(crawl, (), at(night))
    composed.finish(crawl, at(night))
    archive.seal(night, {}, KEY)
    return night


def test_every_version_and_capture_goes_and_the_rest_is_proved(archive: Archive) -> None:
    root = archive.paths.root
    before = composed.tree(root)
    assert speaking(root, WORDS)
    stone = withhold(archive, ASKED)
    assert stone is not None
    assert [len(stone.texts), len(stone.lines), len(stone.records)] == [2, 2, 2]
    assert speaking(root, WORDS) == set()
    audit = verify(archive.identity, archive.paths)
    assert audit.findings == []
    [notice] = audit.withheld
    assert (notice.articles, notice.who, notice.sealed) == (("da_nang/thong-bao",), "Văn phòng", False)
    after = composed.tree(root)
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {entry.path for entry in stone.texts} | {rewritten.path for rewritten in stone.files}
    assert rebuild(archive.paths) == []
    assert findings(archive) == []
    assert speaking(root, WORDS) == set()


def test_the_next_seal_lists_the_tombstone_and_then_it_cannot_be_taken_back(archive: Archive) -> None:
    withhold(archive, ASKED)
    night = with_night(archive, 5)
    [seal] = [seal for seal in [archive.last_seal()] if seal]
    assert [entry.path for entry in seal.withheld] == ["withheld/000001.json"]
    audit = verify(archive.identity, archive.paths, expected=KEYS)
    assert (audit.findings, audit.withheld[0].sealed) == ([], True)
    assert archive.seal(night, {}, KEY) == seal
    with_night(archive, 6)
    last = archive.last_seal()
    assert last is not None
    assert last.withheld == ()
    path = archive.paths.root / "withheld/000001.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"Lu\xe1\xba\xadt", b"L\xe1\xbb\x87nh"))
    assert findings(archive) == [("TOMBSTONE", "withheld/000001.json")]
    path.unlink()
    codes = {code for code, _ in findings(archive)}
    assert {"TOMBSTONE", "MISSING", "TEXT_MISSING", "MISMATCH", "CAPTURE"} <= codes


def test_every_other_line_of_those_nights_is_still_proved(archive: Archive) -> None:
    withhold(archive, ASKED)
    with_night(archive, 5)
    with archive.index.reading() as queries:
        found = queries.events.find()
    for version in found:
        if version.key == "thong-bao":
            with pytest.raises(ArchiveError, match="is withheld"):
                prove(archive, version, until_now=False)
        else:
            assert check_proof(prove(archive, version, until_now=True).to_bytes(), key=public_key(KEY))


def test_the_captures_behind_it_are_read_on_by_any_program(archive: Archive) -> None:
    stone = withhold(archive, ASKED)
    assert stone is not None
    path = archive.paths.root / stone.files[0].path
    with path.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream)]
    assert kinds.count("metadata") == 1
    assert len(kinds) == 7
    with pytest.raises(ArchiveError, match="withheld"), archive.index.reading() as queries:
        archive.captures.content(queries.events.of_article("da_nang", "thong-bao")[0])


@pytest.mark.parametrize("kept", ["tombstone only", "one text", "half a capture", "the rows"])
def test_what_a_crash_left_is_finished(archive: Archive, sealed: Path, tmp_path: Path, kept: str) -> None:
    stone = withhold(archive, ASKED)
    assert stone is not None
    root = archive.paths.root
    done = composed.tree(root)
    if kept in ("tombstone only", "one text"):
        for entry in stone.texts[: 2 if kept == "tombstone only" else 1]:
            shutil.copy(sealed / entry.path, root / entry.path)
    if kept in ("tombstone only", "half a capture"):
        record = stone.records[0]
        data = bytearray((root / record.path).read_bytes())
        old = (sealed / record.path).read_bytes()
        half = record.length // (1 if kept == "tombstone only" else 2)
        data[record.offset + half - 5 : record.offset + record.length] = old[
            record.offset + half - 5 : record.offset + record.length
        ]
        (root / record.path).write_bytes(data)
    if kept in ("tombstone only", "the rows"):
        shutil.copy(sealed / "index.db", root / "index.db")
    assert findings(archive) != []
    assert main(["withhold", "--repeat", "--archive", str(root)]) == 0
    assert composed.tree(root) == done
    assert findings(archive) == []
    assert finish(archive) == 0


def test_a_copy_that_brings_it_back_is_named(archive: Archive, sealed: Path) -> None:
    stone = withhold(archive, ASKED)
    assert stone is not None
    for path in [entry.path for entry in stone.texts] + [rewritten.path for rewritten in stone.files]:
        shutil.copy(sealed / path, archive.paths.root / path)
    back = {entry.path for entry in stone.texts} | {rewritten.path for rewritten in stone.files}
    assert set(findings(archive)) == {("WITHHELD_BACK", path) for path in back}


def test_damage_is_not_hidden_behind_a_tombstone(archive: Archive) -> None:
    wanted = plan(archive, ASKED)
    assert wanted is not None
    path = archive.paths.root / wanted.files[0].path
    data = bytearray(path.read_bytes())
    data[30] ^= 1
    path.write_bytes(data)
    withhold(archive, ASKED)
    assert ("MISMATCH", wanted.files[0].path) in findings(archive)


def test_withholding_again_changes_nothing_and_another_article_of_the_file_can_follow(archive: Archive) -> None:
    withhold(archive, ASKED)
    before = composed.tree(archive.paths.root)
    assert withhold(archive, ASKED) is None
    assert composed.tree(archive.paths.root) == before
    other = WithholdRequest((("da_nang", "thong-cao"),), "Bản án", "Tòa án", ASKED.when)
    stone = withhold(archive, other)
    assert stone is not None
    assert stone.name == "withheld/000002.json"
    assert findings(archive) == []
    # the other portal published it too, and was not asked for
    assert speaking(archive.paths.root, "Bến Đá") == {"2025/03/03/quang_tri/pages-00001.warc.gz", "index.db"}


def test_an_open_night_is_waited_for(archive: Archive) -> None:
    night = FIRST + timedelta(days=7)
    crawl = archive.start("da_nang", night, at(night), composed.judge)
    composed.keep(crawl, composed.SHORT, at(night))
    composed.finish(crawl, at(night))
    before = composed.tree(archive.paths.root)
    with pytest.raises(UsageError, match="is not sealed yet"):
        withhold(archive, ASKED)
    assert composed.tree(archive.paths.root) == before


def test_a_withheld_article_is_not_looked_at_again(archive: Archive) -> None:
    with archive.index.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE looks SET next_look = '2025-03-06'")
        before = [look.key for look in transaction.responses.due_rechecks("da_nang", FIRST + timedelta(days=9))]
    withhold(archive, ASKED)
    with archive.index.reading() as queries:
        after = [look.key for look in queries.responses.due_rechecks("da_nang", FIRST + timedelta(days=9))]
    assert set(before) - set(after) == {"thong-bao"}


def test_the_command_asks_first_then_removes_and_every_other_command_says_so(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--archive", str(archive.paths.root)]
    asked = ["withhold", "da_nang/thong-cao", "--reason", "Bản án 12", "--who", "Tòa án", *own]
    before = composed.tree(archive.paths.root)
    assert main(asked) == 2
    said = capsys.readouterr()
    assert "would be withheld: da_nang/thong-cao" in said.out
    assert "stays: quang_tri/thong-cao" in said.out
    assert "add --yes" in said.err
    assert composed.tree(archive.paths.root) == before
    assert main(["withhold", "da_nang/thong-cao", "--yes", *own]) == 2
    assert main([*asked, "--yes", "--also-duplicates"]) == 0
    assert speaking(archive.paths.root, "Bến Đá") == set()
    capsys.readouterr()
    assert main(["show", "da_nang/thong-cao", *own]) == 0
    assert "WITHHELD on 20" in capsys.readouterr().out
    assert main(["list", "--night", "2025-03-03", *own]) == 0
    assert capsys.readouterr().out.count("\tWITHHELD\n") == 2
    assert main(["list", "--title", "cầu", *own]) == 0
    assert capsys.readouterr().out == ""
    assert main(["export", str(tmp_path / "all.jsonl"), *own]) == 0
    exported = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {record["key"] for record in exported} == {"thong-bao", "mua-lon"}
    assert main(["diff", "da_nang/thong-cao", "quang_tri/thong-cao", *own]) != 0
    assert main(["prove", "da_nang/thong-cao", *own]) == 1
    capsys.readouterr()
    assert main(["verify", *own]) == 0
    said = capsys.readouterr()
    assert "WITHHELD  da_nang/thong-cao, quang_tri/thong-cao: Bản án 12, for Tòa án" in said.out
    assert main([*asked, "--yes"]) == 0


def test_the_other_articles_of_its_cluster_stand_for_it(
    archive: Archive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = ["--one-per-cluster", "--archive", str(archive.paths.root)]
    assert main(["list", *own]) == 0
    assert "\tda_nang/thong-cao@" in capsys.readouterr().out
    withhold(archive, WithholdRequest((("da_nang", "thong-cao"),), "Bản án", "Tòa án", ASKED.when))
    assert main(["list", *own]) == 0
    said = capsys.readouterr().out
    assert "quang_tri/thong-cao@" in said
    assert "WITHHELD" not in said
    assert main(["export", str(tmp_path / "all.jsonl"), *own]) == 0
    exported = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {f"{record['portal']}/{record['key']}" for record in exported} == {
        "quang_tri/thong-cao", "da_nang/thong-bao", "quang_tri/mua-lon",
    }  # fmt: skip
    with archive.index.reading() as queries:
        assert {event.key for event in queries.events.latest_of_portal("da_nang")} == {"thong-bao"}


@pytest.mark.parametrize("length", [5, 19, 20, 60, 200, 300, 5_000, 200_000])
def test_a_filler_is_as_long_as_what_it_replaces(length: int) -> None:
    data = filler(length, "withheld/000001.json", 4711)
    assert len(data) == length
    assert data == filler(length, "withheld/000001.json", 4711)
    if length >= 20:
        assert len(gzip.decompress(data)) in (0, len(gzip.decompress(filler(5_000, "withheld/000001.json", 4711))))


def test_a_tombstone_names_nothing_outside_what_can_be_withheld(archive: Archive) -> None:
    stone = withhold(archive, ASKED)
    assert stone is not None
    good = stone.to_bytes()
    assert read_tombstone(good) == stone
    text = stone.texts[0].path.encode()
    for other in (
        b"../../etc/passwd.txt",
        b"archive.json",
        b"2025/03/03/manifest-1.json",
        b"/etc/a.txt",
        b"2025/../a.txt",
    ):
        with pytest.raises(ValueError, match="cannot be withheld"):
            read_tombstone(good.replace(text, other))
    (archive.paths.root / "withheld/000002.json").write_bytes(good)
    assert [code for code, _ in findings(archive)] == ["TOMBSTONE"]
    assert len(withheld_in(Paths(archive.paths.root)).tombstones) == 1
    with pytest.raises(ArchiveError, match="restore it from a copy"):
        finish(archive)


def _planted(archive: Archive, stone: Tombstone) -> list[str]:
    (archive.paths.root / stone.name).write_bytes(stone.to_bytes())
    return [f"{finding.code}: {finding.detail}" for finding in verify(archive.identity, archive.paths).findings]


def test_a_tombstone_hides_nothing_but_what_it_names_and_puts_nothing_in_its_place(archive: Archive) -> None:
    stone = withhold(archive, ASKED)
    assert stone is not None
    assert any("does not name" in said for said in _planted(archive, replace(stone, articles=("da_nang/thong-cao",))))
    planted = replace(stone.records[0], filler="0" * 64)
    said = _planted(archive, replace(stone, records=(planted, *stone.records[1:])))
    assert any("says more than that it was withheld" in one for one in said)
    endless = replace(stone.records[0], length=1 << 40)
    said = _planted(archive, replace(stone, records=(endless, *stone.records[1:])))
    assert any("no record has" in one for one in said)
    assert _planted(archive, stone) == []

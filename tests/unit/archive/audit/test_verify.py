"""The audit names each damaged thing, and nothing else."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.audit.findings import Audit, Code
from archive.audit.verify import verify
from archive.cli.verify import signed_by
from archive.index.index import Index
from archive.index.schema import TABLES
from archive.messages.reason import Reason
from archive.rebuild import rebuild
from archive.storage.paths import Paths, read_identity
from testing import archives as composed
from testing.archive_command import archive_command

NIGHT = "2025/03/03"
ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def intact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("intact") / "a"
    composed.sealed(root).close()
    return root


@pytest.fixture
def root(intact: Path, tmp_path: Path) -> Path:
    shutil.copytree(intact, tmp_path / "a")
    return tmp_path / "a"


def findings(root: Path) -> set[tuple[str, str]]:
    audit = verify(read_identity(root), Paths(root))
    return {(finding.code.value, finding.path) for finding in audit.findings}


def first_text(root: Path) -> Path:
    return min((root / NIGHT / "da_nang").glob("*.txt"))


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(data)


def test_an_intact_archive_has_no_findings(intact: Path) -> None:
    audit = verify(read_identity(intact), Paths(intact))
    assert audit.findings == []
    assert (audit.nights, audit.runs, audit.texts) == (3, 6, 4)


def test_one_flipped_byte_in_a_text(root: Path) -> None:
    path = first_text(root)
    flip(path, 3)
    name = path.relative_to(root).as_posix()
    assert findings(root) == {("MISMATCH", name), ("TEXT_MISMATCH", name)}


@pytest.mark.parametrize("offset", range(0, 2000, 97), ids=lambda offset: f"byte {offset}")
def test_one_flipped_byte_anywhere_in_a_warc(root: Path, offset: int) -> None:
    path = root / NIGHT / "da_nang/pages-00001.warc.gz"
    flip(path, offset % path.stat().st_size)
    named = {code for code, place in findings(root) if place == path.relative_to(root).as_posix()}
    assert "MISMATCH" in named
    assert named <= {"MISMATCH", "CAPTURE", "CAPTURE_TAIL"}


def test_a_cut_warc_names_its_last_record_only(root: Path) -> None:
    path = root / NIGHT / "da_nang/pages-00001.warc.gz"
    path.write_bytes(path.read_bytes()[:-8])
    name = path.relative_to(root).as_posix()
    audit = verify(read_identity(root), Paths(root))
    assert [finding.code for finding in audit.findings if finding.path == name] == [
        Code.MISMATCH,
        Code.CAPTURE,
        Code.CAPTURE_TAIL,
    ]


def test_a_missing_text(root: Path) -> None:
    path = first_text(root)
    path.unlink()
    name = path.relative_to(root).as_posix()
    assert findings(root) == {("MISSING", name), ("TEXT_MISSING", name)}


def test_an_added_file(root: Path) -> None:
    (root / NIGHT / "da_nang/009_0123456789abcdef.txt").write_text("thêm")
    name = f"{NIGHT}/da_nang/009_0123456789abcdef.txt"
    assert findings(root) == {("EXTRA", name), ("TEXT_EXTRA", name)}


def test_an_added_file_beside_the_portals(root: Path) -> None:
    (root / NIGHT / "note.txt").write_text("thêm")
    assert findings(root) == {("EXTRA", f"{NIGHT}/note.txt")}


def test_a_renamed_text(root: Path) -> None:
    path = first_text(root)
    other = path.with_name("005_" + path.name[4:])
    path.rename(other)
    old, new = path.relative_to(root).as_posix(), other.relative_to(root).as_posix()
    assert findings(root) == {("MISSING", old), ("TEXT_MISSING", old), ("EXTRA", new), ("TEXT_EXTRA", new)}


def test_a_swapped_pair_of_nights(root: Path) -> None:
    one, other, aside = root / "2025/03/03", root / "2025/03/05", root / "2025/03/aside"
    one.rename(aside)
    other.rename(one)
    aside.rename(other)
    named = findings(root)
    assert ("WRONG_NIGHT", "2025/03/03/manifest-1.json") in named
    assert ("WRONG_NIGHT", "2025/03/05/manifest-1.json") in named


def test_a_dropped_night(root: Path) -> None:
    shutil.rmtree(root / "2025/03/04")
    assert ("CHAIN", "2025/03/05/manifest-1.json") in findings(root)


def test_a_symlink(root: Path) -> None:
    (root / NIGHT / "da_nang/link.txt").symlink_to("/etc/hostname")
    assert ("SYMLINK", f"{NIGHT}/da_nang/link.txt") in findings(root)


def test_an_edited_text_with_its_line_and_row(root: Path) -> None:
    path = first_text(root)
    folder = path.parent
    text_of = path.read_text(encoding="utf-8").replace("10/3", "11/3").encode()
    digest = sha256(text_of).hexdigest()
    path.unlink()
    (folder / f"000_{digest[:16]}.txt").write_bytes(text_of)
    lines = (folder / "articles.jsonl").read_text(encoding="utf-8").splitlines()
    line = json.loads(lines[0])
    line |= {"sha256": digest, "file": f"000_{digest[:16]}.txt", "bytes": len(text_of)}
    lines[0] = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (folder / "articles.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rebuild(Paths(root))
    named = findings(root)
    assert ("ROOT", f"{NIGHT}/manifest-1.json") in named
    assert ("MISMATCH", f"{NIGHT}/da_nang/articles.jsonl") in named
    assert ("CONTENT_MISMATCH", f"{NIGHT}/da_nang/000_{digest[:16]}.txt") in named


def test_an_edited_manifest_breaks_the_chain(root: Path) -> None:
    path = root / NIGHT / "manifest-1.json"
    path.write_bytes(path.read_bytes().replace(b'"leaves":', b'"leaves":1'))
    assert {("ROOT", f"{NIGHT}/manifest-1.json"), ("CHAIN", "2025/03/04/manifest-1.json")} <= findings(root)


def test_a_manifest_in_another_form(root: Path) -> None:
    path = root / NIGHT / "manifest-1.json"
    path.write_bytes(json.dumps(json.loads(path.read_bytes()), indent=1).encode())
    assert ("MANIFEST", f"{NIGHT}/manifest-1.json") in findings(root)


def test_a_signature_that_does_not_fit(root: Path) -> None:
    (root / NIGHT / "manifest-1.sig").write_text('{"algorithm":"Ed25519","key":"","signature":""}')
    assert findings(root) == {("SIGNATURE", f"{NIGHT}/manifest-1.sig")}


def test_two_heads_for_one_night(root: Path) -> None:
    source = root / "2025/03/05"
    seal = json.loads((source / "manifest-1.json").read_bytes())
    seal |= {"number": 2, "files": [], "missed": [], "leaves": 0}
    seal["root"] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    data = json.dumps(seal, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    (source / "manifest-2.json").write_text(data)
    (source / "manifest-2.sig").write_text("unsigned\n")
    named = {code for code, _ in findings(root)}
    assert named == {"FORK", "ROW_MISSING"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("DELETE FROM events WHERE seq = 0 AND run = 'da_nang'", {("ROW_MISSING", "index.db/events")}),
        (
            "UPDATE looks SET next_look = '2030-01-01'",
            {("ROW_MISSING", "index.db/looks"), ("ROW_EXTRA", "index.db/looks")},
        ),
        ("INSERT INTO listed VALUES ('x','y','z','0',0,'u','t',NULL,0)", {("ROW_EXTRA", "index.db/listed")}),
    ],
    ids=["a row dropped", "rows changed", "a row added"],
)
def test_rows_that_are_not_the_files(root: Path, statement: str, expected: set[tuple[str, str]]) -> None:
    index = Index(root / "index.db")
    with index.writing() as transaction:
        transaction.connection.execute(text(statement))
    index.close()
    assert findings(root) == expected
    assert rebuild(Paths(root)) == []
    assert findings(root) == set()


def test_a_missing_index_is_named_and_made_again_row_for_row(root: Path) -> None:
    def rows() -> dict[str, list[tuple[object, ...]]]:
        index = Index(root / "index.db", read_only=True)
        with index.reading() as queries:
            found = {table.name: list(queries.rows(table)) for table in TABLES}
        index.close()
        return found

    before = rows()
    assert [name for name, found in before.items() if not found] == ["records", "lookbacks", "documents"]
    (root / "index.db").unlink()
    assert findings(root) == {("INDEX", "index.db")}
    rebuild(Paths(root))
    assert rows() == before


def test_a_damaged_index_is_named(root: Path) -> None:
    (root / "index.db").write_bytes(b"not a database" * 100)
    assert findings(root) == {("INDEX", "index.db")}


def test_verify_says_intact_and_exits_0(root: Path) -> None:
    done = archive_command("verify", "--archive", str(root))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("intact\n")


def test_verify_names_the_finding_and_exits_1(root: Path) -> None:
    first_text(root).unlink()
    done = archive_command("verify", "--archive", str(root), "--json")
    assert done.returncode == 1
    assert [finding["code"] for finding in json.loads(done.stdout)["findings"]] == ["MISSING", "TEXT_MISSING"]


def test_a_report_names_archive_head_signers_program_and_options(root: Path, tmp_path: Path) -> None:
    done = archive_command("verify", "--archive", str(root), "--json", "--subset", "1/1", "--key", "KEY")
    report = json.loads(done.stdout)
    assert report["archive"] == read_identity(root).id
    assert (report["tip"]["night"], report["tip"]["number"], len(report["tip"]["head"])) == ("2025-03-05", 1, 64)
    assert report["signers"] == {"unsigned": 3}
    named: dict[str, object] = {"against": None, "authorities": [], "blocks": {}, "keys": ["KEY"]}
    assert report["options"] == named | {"files": False, "reread": False, "subset": "1/1"}
    assert report["version"] == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert datetime.fromisoformat(report["verified_at"]).utcoffset() is not None
    assert "3 seals: 3 unsigned\n" in archive_command("verify", "--archive", str(root)).stdout


def test_signers_are_counted_the_keys_first() -> None:
    assert signed_by({"unsigned": 3, "b": 1, "a": 58}) == "62 seals: 58 signed by a, 1 signed by b, 3 unsigned"
    assert signed_by({"a": 1}) == "1 seal: 1 signed by a"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--title", "thong cao CẦU"], {"da_nang/thong-cao", "quang_tri/thong-cao"}),
        (["--title", "lịch tiếp dân", "--night", "2025-03-04"], {"da_nang/thong-bao"}),
        (["--portal", "quang_tri"], {"quang_tri/thong-cao", "quang_tri/mua-lon"}),
        (["--url", "https://quangtri.gov.vn.replica.test/mua-lon"], {"quang_tri/mua-lon"}),
    ],
    ids=["words without diacritics", "words with diacritics, night", "portal", "address"],
)
def test_list_finds(root: Path, arguments: list[str], expected: set[str]) -> None:
    done = archive_command("list", "--json", "--archive", str(root), *arguments)
    found = {f"{item['portal']}/{item['key']}" for item in map(json.loads, done.stdout.splitlines())}
    assert (done.returncode, found) == (0, expected)


def test_show_tells_versions_and_where_it_also_stood(root: Path) -> None:
    done = archive_command("show", "quang_tri/thong-cao", "--archive", str(root))
    assert "also published by da_nang, archived 2025-03-03" in done.stdout
    assert done.stdout.endswith("Văn phòng\n")
    done = archive_command("show", "da_nang/thong-bao", "--archive", str(root))
    assert "revision" in done.stdout
    assert "Sáng thứ Ba" in done.stdout


def _without_identity(root: Path) -> Path:
    (root / "archive.json").unlink()
    return root


def _newer_format(root: Path) -> Path:
    path = root / "archive.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    return root


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_without_identity, "python -m archive init"),
        (_newer_format, "has format 2"),
        (lambda root: root / "nowhere", "python -m archive init"),
    ],
    ids=["no identity", "newer format", "no folder"],
)
@pytest.mark.parametrize("verb", ["verify", "rebuild", "list", "show"])
def test_an_unusable_folder_is_one_line_and_exit_4(
    root: Path, spoil: Callable[[Path], Path], why: str, verb: str
) -> None:
    folder = spoil(root)
    done = archive_command(verb, *(["x"] if verb == "show" else []), "--archive", str(folder))
    assert (done.returncode, done.stdout) == (4, "")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["list", "--night", "2025-13-01"], "is no date"),
        (["init", "{root}", "--kind", "replica"], "is an archive already"),
        (["init", "{root}/2025", "--kind", "replica"], "is not empty"),
        (["show"], "name an article"),
    ],
    ids=["wrong date", "archive there already", "folder not empty", "nothing named"],
)
def test_wrong_usage_is_exit_2(root: Path, arguments: list[str], why: str) -> None:
    before = composed.tree(root)
    shared = [] if arguments[0] == "init" else ["--archive", str(root)]
    done = archive_command(*(item.format(root=root) for item in arguments), *shared)
    assert done.returncode == 2
    assert why in done.stderr
    assert composed.tree(root) == before


def test_findings_of_one_kind_and_folder_are_a_count_beyond_the_first_thousand() -> None:
    audit, part = Audit(), Audit()
    for number in range(1500):
        part.found(Code.MISSING, f"2025/03/03/hue/{number}.txt", Reason.of("listed_missing"))
    part.found(Code.EXTRA, "2025/03/03/hue/note.txt", Reason.of("unlisted"))
    audit.join(part)
    audit.add_rest()
    assert len(audit.findings) == 1002
    last = audit.findings[-1]
    assert (last.code, last.path, str(last.detail)) == (Code.MISSING, "2025/03/03/hue", "500 more of this kind")

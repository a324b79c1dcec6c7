"""`verify` holds what search is asked of against the files, on both databases, and never makes or changes it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from archive.__main__ import main
from archive.audit.findings import Audit, Code
from archive.audit.sampling import WHOLE, Subset
from archive.audit.search import compare_search
from archive.audit.verify import VerifyOptions, verify
from archive.index.connect import VARIABLE
from archive.model.enums import Event
from archive.model.judgement import Judgement, Version
from archive.model.records import Document
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up, refill
from archive.storage.paths import Paths, read_identity
from archive.storage.tombstones import Tombstones
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make
from testing.damage_steps import unword
from testing.postgresql import PostgresServer
from testing.search_archive import SearchArchive, filled


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchArchive]:
    """Yield the archive in SQLite."""
    with filled(tmp_path_factory.mktemp("search") / "a") as found:
        yield found


@pytest.fixture
def root(made: SearchArchive, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.root, tmp_path / "a"))


def audited(root: Path, how: VerifyOptions | None = None) -> Audit:
    return verify(read_identity(root), Paths(root), how=how or VerifyOptions())


def found(root: Path, how: VerifyOptions | None = None) -> list[str]:
    return [f"{one.code} {one.path} {str(one.detail)[:10]}" for one in audited(root, how).findings]


def notes(root: Path, how: VerifyOptions | None = None) -> list[str]:
    return [str(note) for note in audited(root, how).notes if str(note).startswith("search.db")]


def change(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "search.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_words_that_fit_are_no_finding_and_are_left_as_they_are(root: Path) -> None:
    path = root / "search.db"
    before = path.read_bytes(), path.stat().st_mtime_ns
    assert (found(root), notes(root)) == ([], [])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert [file.name for file in root.glob("search.db*")] == ["search.db"]


def test_what_is_not_filled_in_yet_is_a_note_and_is_not_filled_in(root: Path) -> None:
    unword(root, root, "2025/03/05/quang_binh/000_*.txt")
    change(root, "DELETE FROM filled WHERE night = '2025-03-05'", "DELETE FROM places WHERE night = '2025-03-05'")
    change(root, "DELETE FROM contents WHERE night = '2025-03-05'")
    before = (root / "search.db").read_bytes()
    assert (found(root), notes(root)) == (
        [],
        ["search.db: seals that are not filled in yet: 1; the next search does it"],
    )
    assert (root / "search.db").read_bytes() == before
    (root / "search.db").unlink()
    assert (found(root), notes(root)) == ([], ["search.db: no words to search in yet; the next search fills them in"])
    assert not (root / "search.db").exists()


@pytest.mark.parametrize(
    ("statement", "note"),
    [
        ("UPDATE method SET archive = 'x'", "it holds no seal of this archive"),
        ("UPDATE method SET withheld = 1", "it holds no seal of this archive"),
        ("DELETE FROM filled", "it holds no seal of this archive"),
    ],
    ids=["another archive", "before a withholding", "nothing filled in"],
)
def test_words_that_the_next_search_makes_anew_are_a_note(root: Path, statement: str, note: str) -> None:
    change(root, statement)
    assert any(note in line and "the next search" in line for line in notes(root))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE filled SET head = 'x'",
        "UPDATE filled SET night = '2025-03-06' WHERE night = '2025-03-05'",
        "UPDATE filled SET number = 7",
    ],
)
def test_a_seal_that_is_not_there_is_found_and_rebuild_mends_it(root: Path, statement: str) -> None:
    change(root, statement)
    assert {line.rpartition(" ")[0] for line in found(root)} == {"WORDS_DIFFER search.db/filled"}
    assert main(["rebuild", "--only-search", "--archive", str(root)]) == 0
    assert (found(root), notes(root)) == ([], [])


def test_one_part_of_a_subset_compares_it(root: Path) -> None:
    change(
        root,
        "DELETE FROM places WHERE article = 'quang_tri/cau' AND night = '2025-03-03'",
        "INSERT INTO words (rowid, title, body, exact_title, exact) VALUES (99, 'a', 'a', 'a', 'a')",
    )
    whole = found(root)
    assert [line.split()[1] for line in whole] == ["search.db/places", "search.db/contents", "search.db/words"]
    parts = [found(root, VerifyOptions(Subset(number, 7))) for number in range(1, 8)]
    assert sorted(parts) == [[]] * 6 + [whole]
    assert found(root, VerifyOptions(sealed_only=True)) == []


def redated(document: Document, content: str, latest: Version | None, same: Version | None) -> Judgement:
    """Store the same text again, as where only its published line changed; do not store another portal's copy."""
    if latest:
        return Judgement(Event.REDATED, revision_of=latest.id)
    return Judgement(Event.DUPLICATE, duplicate_of=same.id) if same else Judgement(Event.NEW)


def sharing(root: Path) -> None:
    """Record a text that two portals published, and one of them again."""
    article = ComposedArticle("thong-cao", "Thông cáo về cầu Bến Đá", ("Cầu Bến Đá thông xe ngày 10/3.",))
    with make(root) as archive, SearchIndex.of(archive) as words:
        for night, portals in ((FIRST, ("da_nang", "quang_tri")), (FIRST + timedelta(days=1), ("da_nang",))):
            for portal in portals:
                crawl = archive.start(portal, night, at(night), redated)
                keep(crawl, article, at(night))
                finish(crawl, at(night))
            archive.seal(night, {})
        catch_up(archive, words)


def test_versions_that_share_a_text_count_it_once(tmp_path: Path) -> None:
    sharing(tmp_path / "a")
    assert found(tmp_path / "a") == []
    [path] = (tmp_path / "a/2025/03/03").glob("*/*.txt")
    path.write_bytes(b"x")
    assert main(["rebuild", "--only-search", "--archive", str(tmp_path / "a")]) == 1
    assert {line.split()[0] for line in found(tmp_path / "a")} == {"MISMATCH", "TEXT_MISMATCH"}


def test_a_damaged_text_is_its_own_finding_until_it_is_restored(root: Path) -> None:
    path = min(root.glob("2025/03/03/quang_binh/000_*.txt"))
    whole = path.read_bytes()
    path.write_bytes(whole + b"x")
    texts = {"MISMATCH", "TEXT_MISMATCH"}
    assert {line.split()[0] for line in found(root)} == texts
    assert main(["rebuild", "--only-search", "--archive", str(root)]) == 1
    assert {line.split()[0] for line in found(root)} == texts
    path.write_bytes(whole)
    assert [line.split()[:2] for line in found(root)] == [["WORDS_DIFFER", "search.db/contents"]]


def test_a_run_that_cannot_be_read_is_its_own_finding(root: Path) -> None:
    (root / "2025/03/05/quang_binh/run.json").unlink()
    assert not [line for line in found(root) if "WORDS_DIFFER" in line]


def test_a_folder_in_its_place_is_named(root: Path) -> None:
    (root / "search.db").unlink()
    (root / "search.db").mkdir()
    assert [line.split()[:2] for line in found(root)] == [["WORDS_DIFFER", "search.db"]]


def test_the_command_names_the_night_and_what_to_run(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(root, "DELETE FROM places WHERE article = 'quang_binh/moi'")
    assert main(["verify", "--json", "--archive", str(root)]) == 1
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(one["code"], one["path"]) for one in findings] == [
        ("WORDS_DIFFER", "search.db/places"),
        ("WORDS_DIFFER", "search.db/contents"),
    ]
    again = "`python -m archive rebuild --only-search` makes it again"
    assert findings[0]["detail"]["text"] == f"2025-03-05: 0 places, sealed are 1: {again}"


def test_the_same_is_named_in_postgresql(
    postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgresql.database()
    monkeypatch.setenv(VARIABLE, address)
    with filled(tmp_path / "a", address) as made:
        identity, words = made.archive.identity, made.words
        schema = f"SET LOCAL search_path = archive_{identity.id.replace('-', '')}_search"

        def differ(*statements: str) -> list[str]:
            refill(made.archive, words)
            with words.writing() as connection:
                for statement in (schema, *statements):
                    connection.execute(text(statement))
            audit = compare_search(identity, Paths(made.root), Tombstones(), WHOLE)
            assert {one.code for one in audit.findings} <= {Code.WORDS_DIFFER}
            return sorted({one.path.rpartition("/")[2] for one in audit.findings})

        of = "WHERE document IN (SELECT document FROM places WHERE night = '2025-03-05')"
        for does, wanted in {
            "DELETE FROM words": ["words"],
            "INSERT INTO words SELECT 99, 0, 1, title, body, exact_title, exact FROM words": ["words"],
            "DELETE FROM places": ["contents", "places"],
            "DELETE FROM contents": ["contents", "words"],
            "UPDATE filled SET head = 'f00d'": ["filled"],
        }.items():
            assert differ(f"{does} {of if 'filled' not in does else ''}") == wanted, does
        assert differ() == found(made.root) == []

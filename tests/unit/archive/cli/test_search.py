"""`python -m archive search`: what it prints, what it makes again by itself, and what it never shows."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.errors import ExitCode
from archive.messages.reason import Reason
from archive.rebuild import rebuild
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up, find_backlog
from archive.search.query import parse
from archive.search.results import search
from archive.search.schema import METHOD_NAME
from archive.storage.paths import Paths
from archive.store import Archive
from archive.withhold import WithholdRequest, withhold
from testing.archives import ARCHIVE_ID, FIRST, ComposedArticle, at, finish, judge, keep, make
from testing.search_archive import NIGHTS, Q, SearchArchive, filled, keys, run, search_for


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchArchive]:
    """Yield the archive in SQLite."""
    with filled(tmp_path_factory.mktemp("search") / "a") as found:
        yield found


def copied(made: SearchArchive, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.root, tmp_path / "a"))


def indexed(root: Path) -> set[str]:
    """Every word that stands in `search.db`."""
    with closing(sqlite3.connect(root / "search.db")) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab('main', 'words', 'row')")
        return {row[0] for row in connection.execute("SELECT term FROM terms")}


def test_what_is_withheld_is_found_no_more_and_its_words_are_gone(
    made: SearchArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copied(made, tmp_path)
    assert "khoi" in indexed(root)
    asked_for = ["--reason", "Luật", "--who", "Văn phòng", "--yes", "--archive", str(root)]
    assert main(["withhold", "quang_tri/cau", *asked_for]) == ExitCode.GOOD
    assert not (root / "search.db").exists() or not {"khoi", "khởi"} & indexed(root)
    capsys.readouterr()
    assert main(["search", "khởi công", "--all-versions", "--archive", str(root)]) == ExitCode.GOOD
    assert capsys.readouterr().out == "nothing was found\n"
    assert not {"khoi", "khởi"} & indexed(root)
    assert main(["search", "nghi quyet 36", "--archive", str(root)]) == ExitCode.GOOD
    assert "1 of 1 texts" in capsys.readouterr().out


def test_a_text_withheld_elsewhere_is_not_shown_before_its_words_are_gone(made: SearchArchive, tmp_path: Path) -> None:
    root = copied(made, tmp_path)
    with Archive.open(root) as archive, SearchIndex.of(archive) as words:
        withhold(archive, WithholdRequest((("quang_tri", "cau"),), "Luật", "Văn phòng", at(FIRST + timedelta(days=9))))
        answer = search(archive, words, parse("khởi công"))
        assert (answer.hits, answer.notes) == (
            (),
            (Reason.of("not_searched_nights", nights=3, first="2025-03-03", last="2025-03-05"),),
        )


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    capsys.readouterr()
    assert main(["search", *words]) == ExitCode.GOOD
    out, err = capsys.readouterr()
    return out, err


def test_the_command_tells_where_a_text_stood(made: SearchArchive, capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "xe", "buyt", "--archive", str(made.root))
    assert err == ""
    assert out.splitlines() == [
        "Thông cáo chung của hai tỉnh",
        f"  {search_for(made, 'buýt').hits[0].found.id}  2025-03-04 07:00  new, archived 2025-03-04",
        "  also published by quang_binh: https://quangbinh.gov.vn.replica.test/chung-lai",
        "  Hai tỉnh thống nhất mở tuyến [xe] [buýt].",
        "",
        "1 of 1 texts",
    ]


def test_the_command_tells_of_older_versions_and_further_pages(
    made: SearchArchive, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = search_for(made, "1.350").hits[0].found.id
    out, _ = said(capsys, "1.250", "--all-versions", "--archive", str(made.root))
    assert f"  an older version; the newest is {newest}" in out.splitlines()
    out, _ = said(capsys, "hội", "--limit", "1", "--offset", "1", "--archive", str(made.root))
    assert out.splitlines()[-1] == "2 of 3 texts; --offset 2 shows more"
    out, _ = said(capsys, "hội", "--offset", "9", "--archive", str(made.root))
    assert out == "no more was found\n"


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (["--province", "Quảng Bình", "--sort", "oldest"], 4),
        (["--portal", "quang_tri"], 4),
        (["hội", "--without", "hội nghị"], 1),
        (["--since", "2025-03-05"], 2),
        (["--until", "2025-02"], 2),
        (["--crawled-since", "2025-03-04", "--crawled-until", "2025-03-04"], 3),
        (["--event", "revision"], 1),
        (["--title", "cầu bến đá"], 1),
        (["hoà giải", "--exact"], 1),
        (["--portal", "quang_tri", "--one-per-cluster"], 4),
    ],
)  # fmt: skip
def test_options_are_filters(
    made: SearchArchive, capsys: pytest.CaptureFixture[str], options: list[str], wanted: int
) -> None:
    out, _ = said(capsys, *options, "--json", "--archive", str(made.root))
    hits = [json.loads(line) for line in out.splitlines()]
    assert len(hits) == wanted
    assert all({"id", "snippet", "title_marked", "also", "province", "newer", "problem"} <= set(hit) for hit in hits)


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (["portal:quang_trj"], "the archive has no portal 'quang_trj'; did you mean quang_tri"),
        (
            ["--portal", "x"],
            "the archive has no portal 'x'; it has bao_chung, quang_binh, quang_tri, so_tu_phap_quang_tri",
        ),
        (['"hội'], "the quotation mark at character 1 is not closed"),
        ([], "name words, a"),
        (["x", "--limit", "0"], "a page has 1 to 1000 hits"),
        (["x", "--limit", "1001"], "a page has 1 to 1000 hits"),
        (["x", "--offset", "-1"], "begins at 0"),
    ],
)
def test_a_wrong_question_is_reported_in_one_line(
    made: SearchArchive, capsys: pytest.CaptureFixture[str], words: list[str], wrong: str
) -> None:
    assert main(["search", *words, "--archive", str(made.root)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert wrong in err
    assert err.count("\n") == 1


def test_one_of_each_cluster_is_the_first_of_the_order(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("quang_tri", FIRST, at(FIRST), judge)
    paragraphs = tuple(f"Đoạn {n} kể về {' '.join(f'chữ{n * 30 + w}' for w in range(30))}." for n in range(6))
    for key, hour in (("mot", 7), ("hai", 8)):
        keep(
            night,
            ComposedArticle(key, "Tin dài", (*paragraphs, f"Ký tên {key}."), f"2025-03-03T{hour:02}:00:00+07:00"),
            at(FIRST),
        )
    keep(night, ComposedArticle("ba", "Tin khác", ("Kể về chuyện khác.",), "2025-03-03T09:00:00+07:00"), at(FIRST))
    finish(night, at(FIRST))
    archive.seal(FIRST, {})
    with SearchIndex.of(archive) as words:
        catch_up(archive, words)
        every = search(archive, words, parse("kể"))
        assert keys(every) == [Q + "ba", Q + "hai", Q + "mot"]
        one_each = search(archive, words, parse("kể"), one_per_cluster=True)
        assert (keys(one_each), one_each.total, one_each.more) == ([Q + "ba", Q + "hai"], None, False)
        first = search(archive, words, parse("kể"), one_per_cluster=True, limit=1)
        assert (keys(first), first.more) == ([Q + "ba"], True)
        assert keys(search(archive, words, parse("kể"), one_per_cluster=True, offset=1)) == [Q + "hai"]
    archive.close()


def test_what_is_not_sealed_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = make(tmp_path / "a")
    run(archive, 0)
    archive.close()
    out, err = said(capsys, "hội", "--archive", str(tmp_path / "a"))
    assert (out, err) == ("nothing was found\n", "note: not looked through before it is sealed: 2025-03-03\n")


def test_a_copy_that_was_rolled_back_is_filled_anew(made: SearchArchive, tmp_path: Path) -> None:
    root = copied(made, tmp_path)
    for path in (root / "2025/03/05").glob("manifest-1.*"):
        path.unlink()
    assert rebuild(Paths(root)) == []
    with Archive.open(root) as archive, SearchIndex.of(archive) as words:
        assert find_backlog(archive, words).anew
        assert catch_up(archive, words) == 2
        assert keys(search(archive, words, parse("bế mạc"))) == []
        assert keys(search(archive, words, parse("hòa giải"))) == ["quang_binh/hoa"]


@pytest.mark.parametrize("damage", ["bytes", "empty", "other archive", "other method"])
def test_words_that_are_damaged_are_made_again(made: SearchArchive, tmp_path: Path, damage: str) -> None:
    root = copied(made, tmp_path)
    path = root / "search.db"
    if damage == "bytes":
        path.write_bytes(b"not a database" * 1000)
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        changed = ("x", METHOD_NAME) if damage == "other archive" else (str(ARCHIVE_ID), "x")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE method SET archive = ?, name = ?", changed)
    with Archive.open(root) as archive, SearchIndex.of(archive) as words:
        assert catch_up(archive, words) == len(NIGHTS)
        assert keys(search(archive, words, parse("nghi quyet 36"))) == [Q + "nghi-quyet"]


def test_a_damaged_text_is_named_and_the_others_are_found(
    made: SearchArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copied(made, tmp_path)
    found = search_for(made, "hòa giải").hits[0].found
    text = root / "2025/03/03/quang_binh" / str(found.file)
    text.write_bytes(text.read_bytes() + b"x")
    out, _ = said(capsys, "hòa giải", "--archive", str(root))
    assert (
        f"  2025/03/03/quang_binh/{found.file} is not the text that was sealed: run `python -m archive verify`" in out
    )
    assert main(["rebuild", "--only-search", "--archive", str(root)]) == ExitCode.FINDINGS
    assert f"cannot read 2025/03/03/quang_binh/{found.file}: it is not the text of line 0" in capsys.readouterr().out
    assert said(capsys, "hòa giải", "--archive", str(root))[0] == "nothing was found\n"
    assert "1 of 1 texts" in said(capsys, "bế mạc", "--archive", str(root))[0]


def test_a_file_that_search_names_for_another_text_is_not_shown(
    made: SearchArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = copied(made, tmp_path)
    wanted = search_for(made, "hòa giải").hits[0].found
    other = search_for(made, "nghi quyet 36").hits[0].found
    with closing(sqlite3.connect(root / "search.db")) as connection, connection:
        theirs = other.night, other.run, other.file, other.sha256, wanted.content_sha256
        connection.execute("UPDATE contents SET night=?, run=?, file=?, sha256=? WHERE content_sha256=?", theirs)
    out, _ = said(capsys, "hòa giải", "--archive", str(root))
    assert f"{other.file} is not the text that was sealed: run `python -m archive verify`" in out
    assert "36" not in out.partition("sealed:")[2]


def test_an_archive_that_may_not_be_written_is_searched_as_far_as_it_goes(
    made: SearchArchive, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = copied(made, tmp_path)
    with closing(sqlite3.connect(root / "search.db")) as connection, connection:
        connection.execute("DELETE FROM filled WHERE night = '2025-03-05'")
    with closing(sqlite3.connect(root / "search.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr("archive.index.sqlite.BUSY_SECONDS", 0.1)
        out, err = said(capsys, "nghi quyet 36", "--archive", str(root))
    assert "1 of 1 texts" in out
    assert "search.db is locked by another process" in err.splitlines()[0]
    assert err.splitlines()[1:] == ["note: not looked through yet: 2025-03-05"]


def test_what_portals_wrote_does_not_speak_to_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("quang_tri", FIRST, at(FIRST), judge)
    keep(
        night,
        ComposedArticle("x", "Tin \x1b[31mđỏ\u202e [bold]", ("Nói \x1b]0;x\x07 [red]tin[/red] \u2066đỏ.",)),
        at(FIRST),
    )
    finish(night, at(FIRST))
    archive.seal(FIRST, {})
    archive.close()
    out, _ = said(capsys, "đỏ", "--archive", str(tmp_path / "a"))
    assert "Tin \\u001b[31mđỏ\\u202e [bold]" in out
    assert "\\u001b]0;x\\u0007 [red]tin[/red]" in out
    assert all(char.isprintable() or char == "\n" for char in out)

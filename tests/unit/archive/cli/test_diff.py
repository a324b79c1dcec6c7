"""`python -m archive diff`, and what a revision's line says of its change."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from archive.__main__ import main
from archive.cli.diff_view import print_difference
from archive.errors import ExitCode
from archive.export.version_diff import difference
from archive.index.rows import EventRow
from archive.model.enums import Event
from archive.storage.jsonl import ArticleLine, decode_article
from archive.store import Archive
from pipelines import dedup
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make, sealed
from testing.run_lines import ReadLines

ARTICLE = ComposedArticle("de", "Họp về đê", ("Sáng 3/3, 12 hộ hiến đất.", "Đê hoà vào đường xã."))
EDITED = replace(ARTICLE, paragraphs=("Sáng 3/3, 15 hộ hiến đất.", "Đê hòa vào đường xã."))


def kept(archive: Archive, number: int, *composed: ComposedArticle) -> list[ArticleLine]:
    """Record a night of one portal with these articles in one group; return its lines."""
    night = FIRST + timedelta(days=number)
    run = archive.start("da_nang", night, at(night), dedup.judge)
    for one in composed:
        keep(run, one, at(night))
    finish(run, at(night))
    return list(ReadLines(archive.paths.night(night) / "da_nang").articles)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with make(tmp_path / "a") as made:
        yield made


def said(archive: Archive, *ids: str, terminal: bool = False) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system="standard" if terminal else None)
    print_difference(difference(archive, *ids), console, as_json=False)
    return stream.getvalue()


def test_a_revisions_line_says_what_changed_and_how_much_stayed(archive: Archive) -> None:
    (first,) = kept(archive, 0, ARTICLE)
    assert (first.changes, first.similarity) == ((), None)
    (line,) = kept(archive, 1, EDITED)
    assert (line.event, line.revision_of) == (Event.REVISION, first.id)
    assert (line.changes, line.similarity) == (("number", "wording"), round(2 * 12 / 28, 4))


def test_a_version_is_compared_with_the_one_before_it_in_the_same_group(archive: Archive) -> None:
    _, line = kept(archive, 0, ARTICLE, EDITED)
    assert (line.event, line.changes) == (Event.REVISION, ("number", "wording"))


def test_another_published_line_alone_is_reported_so(archive: Archive) -> None:
    kept(archive, 0, ARTICLE)
    (line,) = kept(archive, 1, replace(ARTICLE, published="2025-03-04T08:00:00+07:00"))
    assert (line.event, line.changes, line.similarity) == (Event.REDATED, ("published",), 1.0)


@pytest.mark.parametrize(
    "paragraphs",
    [
        ("Sáng 3/3,  12 hộ hiến\u00a0đất.", "Đê hoà vào đường xã."),
        ("Sáng 3/3, 12 hộ", "hiến đất.", "Đê hoà vào đường xã."),
        ("Sa\u0301ng 3/3, 12 hộ hiến đất.", "Đê hoà vào đường xã."),
    ],
    ids=["blanks", "paragraphs", "decomposed"],
)
def test_spacing_alone_is_no_event_at_all(archive: Archive, paragraphs: tuple[str, ...]) -> None:
    kept(archive, 0, ARTICLE)
    assert kept(archive, 1, replace(ARTICLE, paragraphs=paragraphs)) == []


def test_a_revision_of_a_duplicate_is_compared_with_the_text_that_both_share(archive: Archive) -> None:
    twin = replace(ARTICLE, key="de-2")
    kept(archive, 0, ARTICLE)
    (copy,) = kept(archive, 1, twin)
    assert (copy.event, copy.file) == (Event.DUPLICATE, None)
    (line,) = kept(archive, 2, replace(twin, paragraphs=EDITED.paragraphs))
    assert (line.event, line.revision_of, line.changes) == (Event.REVISION, copy.id, ("number", "wording"))
    assert "[-12-] {+15+}" in said(archive, "da_nang/de-2")


def test_a_damaged_older_text_stops_no_night(archive: Archive) -> None:
    (first,) = kept(archive, 0, ARTICLE)
    (archive.paths.night(FIRST) / "da_nang" / str(first.file)).write_text("x", encoding="utf-8")
    (line,) = kept(archive, 1, EDITED)
    assert (line.event, line.changes, line.similarity) == (Event.REVISION, (), None)


def test_the_same_nights_give_the_same_lines(tmp_path: Path) -> None:
    trees = []
    for name in ("one", "two"):
        with make(tmp_path / name) as archive:
            trees.append([kept(archive, 0, ARTICLE), kept(archive, 1, EDITED)])
    assert trees[0] == trees[1]


def test_lines_written_before_similarity_was_known_can_be_read(archive: Archive) -> None:
    kept(archive, 0, ARTICLE)
    raw = (archive.paths.night(FIRST) / "da_nang/articles.jsonl").read_bytes()
    older = raw.replace(b'"similarity":null,', b"")
    assert older != raw
    assert decode_article(older).similarity is None


# the command


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("diff") / "a"
    sealed(path).close()
    return path


def run(root: Path, *arguments: str) -> int:
    return main(["diff", *arguments, "--archive", str(root)])


def test_the_last_two_versions_word_by_word(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "da_nang/thong-bao") == ExitCode.GOOD
    old, new, summary, *rest = capsys.readouterr().out.splitlines()
    assert old.startswith("- 2025-03-03  new  da_nang/thong-bao@")
    assert new.startswith("+ 2025-03-04  revision  da_nang/thong-bao@")
    assert summary == "similarity 90.9 %; changed: date"
    assert rest[-1] == "Sáng thứ [-Hai,-] {+Ba,+} tại trụ sở."


def test_versions_are_named_one_by_one(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive.open(root, read_only=True) as archive:
        first, second = (item.id for item in archive_versions(archive))
    assert run(root, second) == run(root, first, second) == run(root, first, "da_nang/thong-bao") == ExitCode.GOOD
    shown = capsys.readouterr().out
    assert shown.count("[-Hai,-] {+Ba,+}") == 3
    assert run(root, second, first) == ExitCode.GOOD
    assert "[-Ba,-] {+Hai,+}" in capsys.readouterr().out
    assert run(root, first, first) == ExitCode.GOOD
    assert "similarity 100.0 %; changed: nothing" in capsys.readouterr().out


def archive_versions(archive: Archive) -> list[EventRow]:
    with archive.index.reading() as queries:
        return list(queries.events.find(article="da_nang/thong-bao"))


def test_json_for_programs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(root, "da_nang/thong-bao", "--json") == ExitCode.GOOD
    found = json.loads(capsys.readouterr().out)
    assert (found["similarity"], found["changes"]) == (0.9091, ["date"])
    assert (found["old"]["night"], found["new"]["event"]) == ("2025-03-03", "revision")
    assert {"mark": "new", "text": "Ba,"} in found["lines"][-1]


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["da_nang/khong-co"], "no version is called 'da_nang/khong-co'"),
        (["da_nang/thong-bao", "da_nang/khong-co@00"], "no version is called 'da_nang/khong-co@00'"),
        (["da_nang/thong-cao"], "it has one version only, archived 2025-03-03"),
        (["quang_tri/thong-cao"], "it has one version only"),
    ],
    ids=["unknown", "unknown second", "one version", "one duplicate"],
)
def test_what_cannot_be_compared_is_reported_in_a_line(
    root: Path, capsys: pytest.CaptureFixture[str], ids: list[str], message: str
) -> None:
    assert run(root, *ids) == ExitCode.FINDINGS
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("archive: ")
    assert err.count("\n") == 1
    assert message in err


def test_the_first_version_has_none_before_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Archive.open(root, read_only=True) as archive:
        first = archive_versions(archive)[0].id
    assert run(root, first) == ExitCode.FINDINGS
    assert f"{first} is its first version" in capsys.readouterr().err


def test_on_a_terminal_words_are_coloured_and_whole(archive: Archive) -> None:
    kept(archive, 0, ARTICLE)
    kept(archive, 1, EDITED)
    shown = said(archive, "da_nang/de", terminal=True)
    assert "\x1b[9;31m12\x1b[0m \x1b[32m15\x1b[0m" in shown
    assert "\x1b[9;31mhoà\x1b[0m \x1b[32mhòa\x1b[0m" in shown
    assert "[-" not in shown


def test_what_a_portal_wrote_cannot_steer_the_terminal(archive: Archive) -> None:
    kept(archive, 0, ARTICLE)
    kept(
        archive,
        1,
        replace(ARTICLE, title="Họp \x1b[2J về [red]đê\u202e", paragraphs=(*ARTICLE.paragraphs, "\x9b1m :smile:")),
    )
    for terminal in (False, True):
        shown = said(archive, "da_nang/de", terminal=terminal)
        assert not {"\x1b[2J", "\u202e", "\x9b"} & {shown[i : i + n] for i in range(len(shown)) for n in (1, 4)}
        assert "[red]đê" in shown.replace("\x1b[0m", "").replace("\x1b[32m", "")
        assert ":smile:" in shown

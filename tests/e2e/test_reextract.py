"""Today's rules over the archive by the command: what it reports, what it refuses, what it never keeps."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from archive.audit.findings import Code
from archive.audit.verify import VerifyOptions, verify
from archive.messages.reason import Reason
from archive.store import Archive
from crawler.reextract.capture_reader import PortalCaptures
from crawler.reextract.reextract import accept, read_again
from pipelines.extract import extract
from pipelines.reread import Field
from testing.archives import at, tree
from testing.crawl import the_night
from testing.once import once
from testing.portals.first.ba_song import PlainSpider
from testing.portals.later.ba_song import BULLETIN
from testing.reextraction import (
    FIRST_PARAGRAPH,
    NEXT,
    SECOND_PARAGRAPH,
    copy_of,
    crawled_night,
    read_with,
    reextract,
    rows,
    spoil,
    stored_line,
)


@pytest.fixture(scope="session")
def crawled(session_folder: Path) -> Path:
    """One sealed night."""
    return once(session_folder / "crawled", crawled_night)


@pytest.fixture
def root(crawled: Path, tmp_path: Path) -> Path:
    """Copy the archive, to write into it."""
    return copy_of(crawled, tmp_path)


def test_the_rules_of_the_crawl_change_nothing(crawled: Path) -> None:
    done = reextract(crawled, later=False)
    assert (done.code, done.err) == (0, "")
    assert rows(done)[1:] == [
        ["read", "2"],
        ["unchanged", "2"],
        ["doubtful", "now", "0"],
        ["unreadable", "0"],
    ]


def test_a_new_rule_shows_what_it_would_change_and_keeps_nothing(root: Path) -> None:
    before = tree(root)
    done = reextract(root)
    assert (done.code, done.err) == (0, "")
    assert rows(done)[1:7] == [
        ["read", "2"],
        ["unchanged", "1"],
        ["changed", "body", "1"],
        ["changed", "content", "1"],
        ["doubtful", "now", "0"],
        ["unreadable", "0"],
    ]
    assert f"[-{BULLETIN}-]\n{FIRST_PARAGRAPH}\n… 1 unchanged paragraph …" in done.out
    assert done.out.endswith("nothing was kept: --accept keeps 1 of them tonight as `reread`\n")
    assert tree(root) == before


def test_the_same_for_programs(root: Path) -> None:
    said = json.loads(reextract(root, "--json").out)
    assert (said["read"], said["unchanged"], said["stored"], said["run"]) == (2, 1, 0, None)
    (changed,) = said["changed"]
    fields = {change["field"]: (change["old"], change["new"]) for change in changed["changes"]}
    assert fields["body"] == (BULLETIN, "")
    assert set(fields) == {"body", "content"}
    assert f"[-{BULLETIN}-]" in changed["diff"]


def test_a_damaged_capture_is_reported_and_the_others_are_read(root: Path) -> None:
    where = spoil(root, "ghe")
    done = reextract(root)
    assert done.code == 1
    assert f": {where}: the record of " in done.out
    assert f"[-{BULLETIN}-]" in done.out
    assert ["unreadable", "1"] in rows(done)


def test_several_processes_report_the_same(root: Path) -> None:
    spoil(root, "ghe")
    for arguments in ((), ("--json",), ("--limit", "1")):
        one, two = (reextract(root, "--jobs", jobs, *arguments) for jobs in "12")
        assert (one.code, one.out, one.err) == (two.code, two.out, "")
    said = json.loads(reextract(root, "--jobs", "2", "--json", "--accept", "--night", NEXT.isoformat()).out)
    assert (said["stored"], len(said["unreadable"])) == (1, 1)
    assert stored_line(root).key == "tau"


def test_a_reading_that_the_checks_set_aside_is_reported_and_not_stored(root: Path) -> None:
    with Archive.open(root) as archive:
        result = read_with(archive, BULLETIN, FIRST_PARAGRAPH, SECOND_PARAGRAPH)
        accept(archive, result, NEXT, at(NEXT))
    reasons = {reading.found.key: reading.reasons for reading in result.changed}
    assert reasons == {"tau": (Reason.of("no_body"),), "ghe": ()}
    _, _, lines = the_night(root, night=NEXT)
    assert [line.key for line in lines] == ["ghe"]


def test_another_layout_name_alone_is_reported_and_not_stored(root: Path) -> None:
    renamed = replace(PlainSpider.layouts[0], name="plainer")
    with Archive.open(root) as archive:
        result = read_again(archive, "ba_song", (renamed,), extract, 1 << 24)
        accept(archive, result, NEXT, at(NEXT))
    assert [[change.field for change in reading.changes] for reading in result.changed] == [[Field.LAYOUT]] * 2
    assert result.run is None
    assert not (root / "2025/03/06").exists()


@pytest.mark.parametrize(
    ("arguments", "name", "message"),
    [
        ((), "", "say which portal: ba_song"),
        ((), "ba_sog", "unknown portal 'ba_sog'; did you mean ba_song?"),
        (("--jobs", "65"), "ba_song", "--jobs 65: name 1 to 64 processes"),
        (("--limit", "none"), "ba_song", "--limit 'none' is no number of articles"),
        (("--since", "5/3"), "ba_song", "--since '5/3' is no day: write it as 2026-11-22"),
        (("--night", "2025-03-06"), "ba_song", "--night says where new readings are kept: give it with --accept"),
        (("--accept", "--night", "2025-03-04"), "ba_song", "--night 2025-03-04 lies before ba_song's last version"),
        (("--acept",), "ba_song", "unknown option --acept"),
    ],
    ids=["no portal", "unknown", "jobs", "limit", "since", "night without accept", "night before", "unknown option"],
)
def test_wrong_usage_is_one_line(crawled: Path, arguments: tuple[str, ...], name: str, message: str) -> None:
    done = reextract(crawled, *arguments, name=name)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_a_folder_that_is_no_archive_is_refused(tmp_path: Path) -> None:
    done = reextract(tmp_path)
    assert (done.code, done.out, done.err.count("\n")) == (4, "", 1)


@pytest.mark.parametrize(("option", "value"), [("--limit", "1"), ("--since", "2025-03-06")], ids=["limit", "since"])
def test_fewer_can_be_asked_for(root: Path, option: str, value: str) -> None:
    said = json.loads(reextract(root, option, value, "--json").out)
    assert said["read"] == (1 if option == "--limit" else 0)


def test_an_open_crawl_comes_first(root: Path) -> None:
    folder = root / "open/2025-03-06/ba_song"
    folder.mkdir(parents=True)
    (folder / "pages.jsonl").write_text("{}\n", encoding="utf-8")
    done = reextract(root, "--accept", "--night", "2025-03-06")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "the run of ba_song on 2025-03-06 is still open: end it first with `python scheduler.py --once" in done.err


def test_an_audit_reads_captures_again_in_a_process_of_its_own(root: Path) -> None:
    """By the rules of the crawl every text follows; by later ones the one that they change is a note."""
    spoil(root, "ghe")
    seen = {}
    for modules in ("testing.portals.first", "testing.portals.later"):
        with Archive.open(root, read_only=True) as archive:
            how = VerifyOptions(reader=PortalCaptures((modules,)))
            audit = verify(archive.identity, archive.paths, how=how)
        read = [finding.path for finding in audit.findings if finding.code is Code.READING]
        seen[modules] = read, [note.code for note in audit.notes if "read" in note.code]
    ghe = next(line for line in the_night(root)[2] if line.key == "ghe")
    assert seen == {
        "testing.portals.first": ([f"2025/03/05/ba_song/{ghe.file}"], ["reread_texts"]),
        "testing.portals.later": ([], ["read_otherwise", "reread_texts"]),
    }

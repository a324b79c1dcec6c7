"""`verify --reread` follows each text from its capture; other rules, other portals and revisits are told apart."""

from __future__ import annotations

import gzip
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.audit.findings import Audit, Code
from archive.audit.rereading import CaptureReader
from archive.audit.sampling import WHOLE, Subset
from archive.audit.verify import VerifyOptions, verify
from archive.index.reader import Unreadable
from archive.model.enums import ArchiveKind
from archive.storage.jsonl import ArticleLine, decode_article
from archive.storage.paths import Paths, read_identity
from archive.storage.warc import EarlierCapture, WarcFile, read_member, read_record
from archive.store import Archive
from testing.captured_archive import IN_PROCESS
from testing.damage_steps import STEPS, captured
from testing.once import once

TEXTS = ("2025/03/03/da_nang/000_*.txt", "2025/03/04/da_nang/000_*.txt", "2025/03/05/da_nang/000_*.txt")


@pytest.fixture
def root(session_folder: Path, tmp_path: Path) -> Path:
    once(session_folder / "damage" / "captured", captured)
    shutil.copytree(session_folder / "damage" / "captured", tmp_path / "a")
    return tmp_path / "a"


def read_again(root: Path, reader: CaptureReader = IN_PROCESS, subset: Subset = WHOLE) -> Audit:
    return verify(read_identity(root), Paths(root), how=VerifyOptions(subset, reader=reader))


def notes(audit: Audit) -> list[str]:
    return [str(note) for note in audit.notes if note.code.startswith(("read_", "reread_"))]


def line_of(root: Path) -> ArticleLine:
    return decode_article((root / "2025/03/03/da_nang/articles.jsonl").read_bytes().splitlines()[0])


def no_records(url: str, body_sha256: str) -> list[bytes]:
    return []


def edit(root: Path, pattern: str) -> None:
    """Edit a text so that nothing but its capture shows it."""
    night = "-".join(pattern.split("/")[:3])
    for name, *arguments in (
        ("edit_text", pattern, "268 tỷ", "168 tỷ"),
        ("set_content", pattern),
        ("seal_again", night, "own", True),
        ("index_again",),
    ):
        STEPS[name](root, root, *arguments)


def test_texts_of_pages_as_served_follow_from_their_captures(root: Path) -> None:
    audit = read_again(root)
    assert (audit.findings, notes(audit)) == (
        [],
        ["the captures of 3 texts were read again; 3 give the archived text"],
    )


def test_an_edited_text_that_all_else_fits_is_named_with_what_differs(root: Path) -> None:
    edit(root, TEXTS[1])
    [finding] = read_again(root).findings
    assert (finding.code, finding.path.split("_")[0]) == (Code.READING, "2025/03/04/da")
    assert str(finding.detail) == "its capture, read again by the same rules, gives another text"
    assert verify(read_identity(root), Paths(root)).findings == []


def test_what_other_rules_read_is_a_note_that_names_them(root: Path) -> None:
    STEPS["set_record"](root, root, "2025/03/03/da_nang/run.json", "software", {"rules": "0011"})
    STEPS["set_record"](root, root, "2025/03/05/da_nang/run.json", "software", {})
    edit(root, TEXTS[0])
    edit(root, TEXTS[2])
    audit = read_again(root)
    assert audit.findings == []
    first, second, last = notes(audit)
    assert first.startswith(
        "2025/03/03/da_nang: today's rules read 1 of 1 texts otherwise than the ones that read them (0011)"
    )
    assert "(not recorded)" in second
    assert last == "the captures of 3 texts were read again; 1 give the archived text"


def test_texts_of_a_portal_that_is_not_declared_are_counted(root: Path) -> None:
    audit = read_again(root, replace(IN_PROCESS, modules=("testing.portals.first",)))
    assert audit.findings == []
    assert notes(audit)[0] == "3 texts of da_nang were not read again: no portal of that name is declared here"


def test_each_text_is_read_again_in_exactly_one_part(root: Path) -> None:
    for pattern in TEXTS:
        edit(root, pattern)
    whole = [finding.path for finding in read_again(root).findings]
    parts = [read_again(root, subset=Subset(number, 3)) for number in (1, 2, 3)]
    assert sorted(finding.path for part in parts for finding in part.findings) == sorted(whole)
    assert len(whole) == 3
    again = [read_again(root, subset=Subset(number, 3)) for number in (1, 2, 3)]
    assert [part.findings for part in again] == [part.findings for part in parts]


def test_a_capture_that_is_damaged_gives_no_text(root: Path) -> None:
    line = line_of(root)
    assert line.warc is not None
    STEPS["flip"](root, root, f"2025/03/03/da_nang/{line.warc.file}", line.warc.offset + line.warc.length // 2)
    codes = {finding.code for finding in read_again(root).findings}
    assert codes == {Code.MISMATCH, Code.CAPTURE, Code.CAPTURE_TAIL, Code.READING}


def test_a_capture_that_is_no_page_gives_no_text(root: Path) -> None:
    for garbage in (b"", b"no member", gzip.compress(b"WARC/1.1\r\n\r\n"), gzip.compress(b"\0" * 100_000)):
        with pytest.raises(Unreadable):
            IN_PROCESS.read(line_of(root), ArchiveKind.LIVE, garbage, no_records)


def test_a_revisit_is_read_with_the_body_of_the_earlier_capture(root: Path, tmp_path: Path) -> None:
    line = line_of(root)
    assert line.warc is not None
    path = root / "2025/03/03/da_nang" / line.warc.file
    record = read_record(path, line.warc, ArchiveKind.LIVE)
    whole = read_member(path, line.warc)
    assert record is not None
    assert whole is not None
    capture = record.capture
    warc = WarcFile(tmp_path / "w.warc.gz", {}, capture.fetched_at)
    digest = sha256(capture.body).hexdigest()
    ref = warc.append(capture, EarlierCapture(digest, capture.fetched_at))
    other = warc.append(replace(capture, body=b"<h1>another</h1>"))
    warc.close()
    revisit, wrong = (read_member(warc.path, each) for each in (ref, other))
    assert revisit is not None
    assert wrong is not None
    asked = []

    def earlier(url: str, body_sha256: str) -> list[bytes]:
        asked.append((url, body_sha256))
        return [wrong, whole]

    read = IN_PROCESS.read(line, ArchiveKind.LIVE, revisit, earlier)
    assert (read.sha256, asked) == (line.sha256, [(capture.url, digest)])
    with pytest.raises(Unreadable):
        IN_PROCESS.read(line, ArchiveKind.LIVE, revisit, no_records)


def test_records_of_a_body_are_found_by_address_and_digest(root: Path) -> None:
    line = line_of(root)
    assert line.warc is not None
    path = root / "2025/03/03/da_nang" / line.warc.file
    record = read_record(path, line.warc, ArchiveKind.LIVE)
    assert record is not None
    digest = sha256(record.capture.body).hexdigest()
    with Archive.open(root, read_only=True) as archive:
        assert list(archive.captures.records_with_body("da_nang", line.url, digest)) == [read_member(path, line.warc)]
        assert list(archive.captures.records_with_body("da_nang", line.url, "0" * 64)) == []


def test_captures_and_nothing_but_files_are_not_asked_for_together(root: Path) -> None:
    assert main(["verify", "--files", "--reread", "--archive", str(root)]) == 2

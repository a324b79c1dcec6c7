"""The fault suite's own tests: every row is there, a sample of it runs, and each check can fail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.ingest import recovery
from archive.store import Archive
from faults import checks
from faults.catalogue import ROWS, CheckFailure, Need, Place, Row, Skip, lacking
from faults.process.composed_run import NIGHT, PORTAL, base, write_night
from faults.process.crashes import flushed_once
from faults.process.subprocesses import ChildExit, Work, run
from faults.process.syscalls import ACKNOWLEDGED, Call, Fault
from faults.process.workspace import GROUP, PLAIN, Workspace, whole_night, workspace
from faults.rows import MODULES, chosen
from faults.runner import Result, run_one
from faults.storage.disks import made, mounted
from faults.storage.power import cut
from faults.table import table

ROOT = Path(__file__).parents[2]
traces = pytest.mark.skipif(lacking(Need.TRACE), reason="needs strace with ptrace")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("whole") / "archive"
    base(root)
    assert run(lambda say: write_night(root, say, PLAIN, GROUP)).code == 0
    return root


@pytest.fixture
def root(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def one_processor() -> Iterator[None]:
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    yield
    os.sched_setaffinity(0, allowed)


def test_every_row_of_each_section_is_there() -> None:
    wanted = [f"A{number}" for number in range(1, 38)] + [f"B{number}" for number in range(1, 28)]
    wanted += [f"C{number}" for number in range(1, 36)] + [f"D{number}" for number in range(1, 26)]
    wanted += ["E1", "E2", "F1", "F2", "F3"]
    assert [row.number for row in chosen([])] == wanted
    assert {row.run.__module__ for row in ROWS.values()} == {module.__name__ for module in MODULES}


@pytest.mark.parametrize(
    ("names", "numbers"),
    [(["b3", "A1"], ["A1", "B3"]), (["A1", "A11"], ["A1", "A11"])],
    ids=["case and order", "one is no beginning of another"],
)
def test_rows_are_chosen_by_number(names: list[str], numbers: list[str]) -> None:
    assert [row.number for row in chosen(names)] == numbers


def test_a_section_is_chosen_by_its_letter() -> None:
    assert {row.number[0] for row in chosen(["B"])} == {"B"}
    assert len(chosen(["B"])) == 27


def test_the_command_knows_every_row() -> None:
    done = subprocess.run([sys.executable, "-m", "faults", "--list"], cwd=ROOT, capture_output=True, text=True)
    assert [line.split()[0] for line in done.stdout.splitlines()] == [row.number for row in chosen([])]


def test_an_unknown_row_is_one_line() -> None:
    done = subprocess.run([sys.executable, "-m", "faults", "Z9"], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "faults: no row Z9: `python -m faults --list` shows them\n"


def raising(error: Exception) -> Callable[[Place], str]:
    def run(place: Place) -> str:
        raise error

    return run


@pytest.mark.parametrize(
    ("error", "verdict", "saw"),
    [
        (CheckFailure("O2: acknowledged and not there: a"), "FAILED", "O2: acknowledged and not there: a"),
        (Skip("needs a second disk"), "skipped", "needs a second disk"),
        (KeyError("x"), "FAILED", "KeyError: 'x' | test_faults.py"),
    ],
    ids=["a check", "a lack", "a surprise"],
)
def test_a_row_that_does_not_hold_says_so(error: Exception, verdict: str, saw: str) -> None:
    found = run_one(Row("A0", "a row", raising(error)), quick=False)
    assert (found.verdict, found.saw[: len(saw)]) == (verdict, saw)


def test_the_table_is_in_the_order_of_the_catalogue_and_names_no_folder() -> None:
    lines = [
        '{"number": "A11", "title": "t", "verdict": "FAILED", "saw": "in /tmp/x/a | b"}',
        '{"number": "A2", "title": "t", "verdict": "ok", "saw": "s"}',
    ]
    rows = table(lines).splitlines()
    assert rows[2:] == ["| A2 | t | ok | s |", "| A11 | t | FAILED | in a ¦ b |", "", "`1 passed, 1 failed, 0 skipped`"]


def test_a_row_is_one_line() -> None:
    found = run_one(Row("A0", "a row", lambda place: "seen\nin two lines"), quick=False)
    assert str(found) == "A0 ok a row: seen in two lines (0 s)"
    assert isinstance(found, Result)


# each check can fail


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def run_of(root: Path) -> Path:
    return root / f"{NIGHT:%Y/%m/%d}" / PORTAL


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a text is changed": (lambda root: flip(min(run_of(root).glob("*.txt"))), "are not its own"),
    "a text is away": (lambda root: min(run_of(root).glob("*.txt")).unlink(), "which is not there"),
    "a capture is torn": (lambda root: flip(run_of(root) / "pages-00001.warc.gz"), "its WARC member is torn"),
}


@pytest.mark.parametrize("name", SPOILT)
def test_o1_sees_what_a_line_names_and_is_not_there(root: Path, name: str) -> None:
    checks.committed(root)
    how, words = SPOILT[name]
    how(root)
    with pytest.raises(CheckFailure, match=f"^O1: .*{words}"):
        checks.committed(root)
    with pytest.raises(CheckFailure, match=r"^O4: verify exits with 1"):
        checks.intact(root)


def test_o1_sees_a_row_without_its_file(root: Path) -> None:
    shutil.copy(root / "index.db", root.with_name("index.db"))
    text = next(path for path in run_of(root).glob("*.txt"))
    lines = (run_of(root) / "articles.jsonl").read_bytes().splitlines(keepends=True)
    (run_of(root) / "articles.jsonl").write_bytes(b"".join(line for line in lines if text.name.encode() not in line))
    text.unlink()
    with pytest.raises(CheckFailure, match=r"^O1: a row of 2025-03-05 ben_da names"):
        checks.committed(root)


def test_o2_sees_what_was_acknowledged_and_is_not_there(root: Path) -> None:
    found = checks.committed(root)
    checks.acknowledged(found, {"tin-00", "sua"})
    with pytest.raises(CheckFailure, match=r"^O2: acknowledged and not there: tin-99"):
        checks.acknowledged(found, {"tin-00", "tin-99"})


def test_o3_sees_a_committed_line_that_changed(root: Path) -> None:
    before = checks.committed(root)
    lines = run_of(root) / "pages.jsonl"
    lines.write_bytes(lines.read_bytes().replace(b'"status":200', b'"status":201', 1))
    with pytest.raises(CheckFailure, match=r"^O3: a committed line of .*pages.jsonl is gone or changed"):
        checks.unchanged(before, checks.committed(root))


def test_o3_sees_a_sealed_file_that_changed(root: Path) -> None:
    before = checks.committed(root)
    record = run_of(root) / "run.json"
    record.write_bytes(record.read_bytes() + b"\n")
    with pytest.raises(CheckFailure, match=r"^O3: a sealed file is gone or changed: .*run.json"):
        checks.unchanged(before, checks.committed(root))


def test_o3_sees_what_was_left_behind(root: Path) -> None:
    wanted = checks.state(root)
    (run_of(root) / ".tmp-1-0").write_bytes(b"half")
    with pytest.raises(CheckFailure, match=r"^O3: left behind"):
        checks.same_state(checks.state(root), wanted)


def test_o4_sees_an_audit_that_passes_over_damage(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.sees_damage(root)
    monkeypatch.setattr(checks, "verify", lambda root: (0, set()))
    with pytest.raises(CheckFailure, match=r"^O4: one bit of .* was flipped, and verify exits with 0"):
        checks.sees_damage(root)


# a writer that is broken on purpose is caught


def too_early(root: Path) -> Work:
    """Acknowledges before anything is committed."""

    def work(say: Callable[[str], None]) -> None:
        say("kept sua tin-00")
        write_night(root, say, PLAIN, GROUP)

    return work


@traces
@pytest.mark.usefixtures("one_processor")
def test_a_writer_that_acknowledges_too_early_is_caught(tmp_path: Path) -> None:
    with workspace(Place(tmp_path), work=too_early) as where:
        lines = [call for call in where.calls if call.place.endswith("articles.jsonl") and call.writes]
        with pytest.raises(CheckFailure, match="O2: acknowledged and not there: sua, tin-00"):
            where.each(lines[:1], Fault(), lambda call, ended: None)


@traces
@pytest.mark.usefixtures("one_processor")
def test_a_recovery_that_leaves_litter_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "TEMPORARY", ".never-")
    with workspace(Place(tmp_path)) as where:
        texts = [call for call in where.calls if "/.tmp-" in call.place and call.name == "fsync"]
        with pytest.raises(CheckFailure, match="O3: left behind"):
            where.each(texts[:1], Fault(), lambda call, ended: None)


@traces
@pytest.mark.usefixtures("one_processor")
def test_a_flush_that_is_tried_again_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flush = os.fsync

    def stubborn(handle: int) -> None:
        try:
            flush(handle)
        except OSError:
            flush(handle)

    monkeypatch.setattr("os.fsync", stubborn)
    with workspace(Place(tmp_path)) as where:
        lines = [call for call in where.calls if call.place.endswith("pages.jsonl") and call.name == "fsync"]
        with pytest.raises(CheckFailure, match="was flushed again after it had failed"):
            where.each(lines[:1], Fault("EIO"), flushed_once)


@traces
@pytest.mark.usefixtures("one_processor")
def test_a_call_that_is_never_made_proves_nothing(tmp_path: Path) -> None:
    with workspace(Place(tmp_path)) as where, pytest.raises(CheckFailure, match="was never reached"):
        where.each([Call("fsync", 9999, "index.db", True)], Fault(), lambda call, ended: None)


@pytest.mark.skipif(lacking(Need.LOOP), reason="needs root, loop devices and mkfs.ext4")
def test_a_writer_that_never_flushes_loses_what_it_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.fsync", lambda handle: None)
    seen = ended_by_a_cut(tmp_path)
    with mounted(tmp_path / "disk.img", tmp_path / "disk"), pytest.raises((CheckFailure, FileNotFoundError)):
        checks.acknowledged(checks.committed(tmp_path / "disk/archive"), seen.acknowledged, ("nhu-cu", "go-bai"))


def ended_by_a_cut(folder: Path) -> ChildExit:
    """Write the night to its end on a disk whose power is then cut."""
    with mounted(made(folder / "disk.img", 24), folder / "disk") as disk:
        base(disk / "archive")
        os.sync()
        ended = run(lambda say: write_night(disk / "archive", say, 53, 5))
        assert ended.code == 0, ended.error
        cut(disk)
    return ended


def test_the_calls_of_an_undisturbed_night_touch_every_part(tmp_path: Path, one_processor: None) -> None:
    if lacking(Need.TRACE):
        pytest.skip("needs strace with ptrace")
    with workspace(Place(tmp_path)) as where:
        assert isinstance(where, Workspace)
        names = {call.name for call in where.calls if call.writes}
        places = {call.place for call in where.calls}
    assert {"write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "mkdir", "openat"} <= names
    assert {ACKNOWLEDGED, "index.db", "index.db-journal", f"open/{NIGHT}/{PORTAL}/articles.jsonl"} <= places


def test_the_night_is_the_same_every_time(tmp_path: Path, whole: Path) -> None:
    root = tmp_path / "again"
    base(root)
    assert run(whole_night(root)).code == 0
    assert checks.archive_files(root) == checks.archive_files(whole)
    with Archive.open(root, read_only=True) as archive:
        events = archive.runs(NIGHT)[0].events
    assert set(events) == {
        "new",
        "revision",
        "redated",
        "gone",
        "duplicate",
        "near_duplicate",
        "quarantined",
        "attachment",
    }


@pytest.mark.skipif(shutil.which("cc") is None, reason="needs a C compiler")
def test_without_strace_a_shim_breaks_the_same_calls() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "faults", "--quick", "A1", "A5"],
        cwd=ROOT,
        env={**os.environ, "FAULTS_SHIM": "1"},
        capture_output=True,
        text=True,
        timeout=200,
    )
    assert done.stdout.endswith("2 passed, 0 failed, 0 skipped\n"), done.stdout + done.stderr


# One row of each way to fail: killed, no space, a flush that fails, no permission, a lock left over, network, content, access. CI runs
# every short row by `make faults-quick`, `make faults` runs all.
SAMPLE = ("A3", "A11", "A16", "A19", "A30", "B24", "B26", "C16", "D2")


def test_a_sample_of_the_suite_holds() -> None:
    assert set(SAMPLE) <= {row.number for row in chosen([], quick=True)}
    command = [sys.executable, "-m", "faults", "--quick", *SAMPLE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    *rows, last = done.stdout.splitlines()
    assert re.fullmatch(r"\d+ passed, 0 failed, \d+ skipped", last)
    assert {line.split()[0] for line in rows} == set(SAMPLE)
    assert all(line.split()[1] in ("ok", "skipped") for line in rows)

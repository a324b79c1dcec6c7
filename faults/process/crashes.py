"""kill -9, a full disk and a failing disk at every system call of the write path, one after the other."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from faults import checks
from faults.catalogue import CheckFailure, Need, Place, lacking, require, row
from faults.process.composed_run import NIGHT, PORTAL, base, close_only, recover_only, seal_only
from faults.process.subprocesses import ChildExit, run
from faults.process.syscalls import ACKNOWLEDGED, READING, Call, Fault
from faults.process.tracing import broken_at, traced
from faults.process.workspace import GROUP, PLAIN, Workspace, copied, passed, until_closed, whole_night, workspace
from faults.storage.disks import filled, in_memory

_KILL = Fault()
_TEXT = re.compile(r"(^|/)(\.tmp-\d+-\d+|\d{3}_[0-9a-f]{16}\.txt)$")
_FLUSH = ("fsync", "fdatasync")
_OPEN = f"open/{NIGHT}/{PORTAL}"


def _part(call: Call) -> str:
    """Return the part of the write path that a call belongs to."""
    if call.place == ACKNOWLEDGED:
        return "acknowledgement"
    if call.place.startswith("index.db") or call.name in ("fdatasync", "pwrite64", "pread64"):
        return "index"  # SQLite's calls; it flushes the archive's folder too
    if call.place.endswith(".warc.gz"):
        return "captures"
    if _TEXT.search(call.place):
        return "texts"
    if call.place.endswith(".jsonl") or call.place == _OPEN:
        return "lines"
    return "folders and records"


def _kills(part: str) -> Callable[[Place], str]:
    def kill(place: Place) -> str:
        with workspace(place) as where:
            calls = [call for call in until_closed(where.calls) if _part(call) == part]
            count = where.each(place.sample(calls, 6), _KILL)
        return f"killed at {count} of {len(calls)} calls; 0 lost, 0 torn, every resumed night as an undisturbed one"

    return kill


for _number, _title, _broken, _weight in (
    ("A1", "kill -9 while a response is appended to the WARC file", "captures", 4),
    ("A2", "kill -9 while texts are written and take their names", "texts", 30),
    ("A3", "kill -9 while the lines, which are the commit, are written", "lines", 8),
    ("A4", "kill -9 inside a transaction of the index", "index", 50),
    ("A5", "kill -9 after the commit, before it is acknowledged", "acknowledgement", 3),
):
    row(_number, _title, Need.TRACE, weight=_weight, quick=True)(_kills(_broken))


@row("A6", "kill -9 while a night is closed and sealed", Need.TRACE, weight=30, quick=True)
def _a6(place: Place) -> str:
    with workspace(place) as where:
        calls = [call for call in until_closed(where.calls) if _part(call) == "folders and records"]
        closing = where.each(place.sample(calls, 4), _KILL)
    with workspace(place, _closed, lambda root: lambda say: seal_only(root, say)) as where:
        run(where.work(where.fresh()))
        bytes_once = checks.archive_files(where.root)
        calls = [call for call in where.calls if call.writes and call.place != ACKNOWLEDGED]

        def same_bytes(call: Call, ended: ChildExit) -> None:
            again = run(where.work(where.root))
            if again.code != 0 or checks.archive_files(where.root) != bytes_once:
                raise CheckFailure(f"O3: sealed again ({again.code} {again.error}), other bytes")

        sealing = where.each(place.sample(calls, 6), _KILL, same_bytes)
    return f"killed at {closing} calls of closing and {sealing} of sealing; sealed again, byte for byte the same"


def _closed(root: Path) -> None:
    """Make a base with the night closed and not sealed."""
    base(root)
    run(lambda say: close_only(root, say, PLAIN, GROUP))


@row("A7", "kill -9 during recovery itself", Need.TRACE, weight=25, quick=True)
def _a7(place: Place) -> str:
    with workspace(place, _interrupted, lambda root: lambda say: recover_only(root, say)) as where:
        calls = [call for call in where.calls if call.writes]

        def nothing_thrown_away(call: Call, ended: ChildExit) -> None:
            run(where.work(where.root))
            aside = [path.read_bytes() for path in where.root.glob("quarantine/**/recovered-*/*") if path.is_file()]
            for what in (_TORN, _TAIL, _STRAY):
                require(any(what in data for data in aside), f"what was set aside is not in quarantine: {what!r}")

        count = where.each(place.sample(calls, 6), _KILL, nothing_thrown_away)
    return f"killed at {count} of {len(calls)} calls of recovering; recovered again, nothing thrown away"


_TORN, _TAIL, _STRAY = b'{"attachments":[],"auth', b"\x1f\x8b\x08\x00half a member", b"a text that no line names\n"


def _interrupted(root: Path) -> None:
    """Make a base with a night that was killed in its second group, and all that a crash can leave beside it."""
    base(root)
    probe = root.with_name("probe")
    shutil.copytree(root, probe)
    calls = traced(whole_night(probe), probe).calls
    shutil.rmtree(probe)
    lines = [call for call in calls if call.place.endswith("articles.jsonl") and call.name == "fsync"]
    broken_at(whole_night(root), root, lines[1], _KILL)
    folder = root / _OPEN
    with (folder / "articles.jsonl").open("ab") as stream:
        stream.write(_TORN)
    with (folder / "pages-00001.warc.gz").open("ab") as stream:
        stream.write(_TAIL)
    (folder / "777_0123456789abcdef.txt").write_bytes(_STRAY)
    (folder / ".tmp-1-0").write_bytes(b"half")


_NO_SPACE = ("write", "pwrite64", "openat", "mkdir", "rename", "ftruncate")


def _fails(
    place: Place,
    error: str,
    calls: Callable[[Workspace], list[Call]],
    most: int,
    check: Callable[[Call, ChildExit], None] = passed,
) -> str:
    """One error at each of the calls: reported in one line with the exit code of a disk, or harmless."""
    harmless = 0

    def stops(call: Call, ended: ChildExit) -> None:
        nonlocal harmless
        check(call, ended)
        harmless += ended.code == 0
        right = (0, 3) if call.writes else (0, 1, 3, 4)  # SQLite tells a page that cannot be read as a damaged one
        ended.require_code(*right)

    with workspace(place) as where:
        points = calls(where)
        count = where.each(place.sample(points, most), Fault(error), stops)
    stopped = count - harmless
    return (
        f"{error} at {count} of {len(points)} calls: {stopped} told in one line, {harmless} did no harm; 0 lost, 0 torn"
    )


def _ours(calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if call.place != ACKNOWLEDGED]


@row(
    "A11",
    "no space left, at every writing call; then a file system of 8 MB that fills up",
    Need.TRACE,
    weight=90,
    quick=True,
)
def _a11(place: Place) -> str:
    each = _fails(
        place,
        "ENOSPC",
        lambda where: [call for call in _ours(where.calls) if call.writes and call.name in _NO_SPACE],
        10,
    )
    return f"{each}; {_filling_up(place)}"


def _filling_up(place: Place) -> str:
    """Return a real file system that stays full, with a little more room each time."""
    if lacking(Need.ROOT):
        return "a disk that stays full needs root"
    stopped = 0
    with workspace(place) as where, in_memory(where.folder / "disk", "8m") as disk:
        root = disk / "archive"
        for left in (4096, 40960, 65536, 131072, 196608)[:: 4 if place.quick else 1]:
            copied(where.start, root)
            with filled(disk, left):
                ended = run(whole_night(root))
                ended.require_code(0, 3)
            stopped += ended.code == 3
            Workspace(where.folder, (), where.wanted, where.work, root).resume_after(ended)
    return f"8 MB that stay full: {stopped} stopped with exit code 3, all resumed"


@row(
    "A15",
    "an input or output error at every writing call, and at every sixth reading one",
    Need.TRACE,
    weight=100,
    quick=True,
)
def _a15(place: Place) -> str:
    def calls(where: Workspace) -> list[Call]:
        writing = [call for call in _ours(where.calls) if call.writes and call.name not in _FLUSH]
        return writing + [call for call in _ours(where.calls) if call.name in READING][::6]

    return _fails(place, "EIO", calls, 10)


def flushed_once(call: Call, ended: ChildExit) -> None:
    """Raise CheckFailure when a file was flushed again after its flush had failed: the data may be lost without a sign."""
    failed = next(number for number, made in enumerate(ended.calls) if made.injected)
    again = [made for made in ended.calls[failed + 1 :] if made.name in _FLUSH and made.place == call.place]
    if again and _part(call) != "index":  # SQLite restores its pages from the journal, which is its own care
        raise CheckFailure(f"{call} was flushed again after it had failed")


@row("A16", "a flush that fails: never tried again", Need.TRACE, weight=25, quick=True)
def _a16(place: Place) -> str:
    return _fails(
        place, "EIO", lambda where: [call for call in _ours(where.calls) if call.name in _FLUSH], 8, flushed_once
    )

"""Disks that are small, read-only, away or forbidden; databases that are locked or damaged; bytes that rot."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

from faults import checks
from faults.catalogue import CheckFailure, Need, Place, require, row
from faults.process.commands import archive, expect, python, scheduler
from faults.process.composed_run import NIGHT, PORTAL, base, write_night
from faults.process.subprocesses import ChildExit, Work, killed, run, run_well
from faults.process.workspace import copied, fast_folder, interrupted, resume
from faults.storage.disks import in_memory, made, mounted, remounted

_DAY = f"{NIGHT:%Y/%m/%d}"
_NOBODY = 65534


@contextmanager
def _prepared(place: Place) -> Iterator[tuple[Path, checks.State]]:
    """Make `start` and beside it `undisturbed`, which holds the whole night; yield their folder and the latter's state."""
    with fast_folder(place) as folder:
        base(folder / "start")
        copy = shutil.copytree(folder / "start", folder / "undisturbed")
        run_well(partial(write_night, copy))
        yield folder, checks.state(copy)


def _after(
    root: Path, ended: ChildExit, code: int, wanted: checks.State, mend: Callable[[], None] = lambda: None
) -> None:
    """Check that what was acknowledged is there and that, after mending, the night goes on to the state of an undisturbed one."""
    ended.require_code(code)
    before = interrupted(root, ended)
    mend()
    resume(root, before, wanted, partial(write_night, root))


@row("A10", "a torn write: zeros where a text, a capture or a line ended", quick=True)
def _a10(place: Place) -> str:
    with _prepared(place) as (folder, wanted):
        shutil.copytree(folder / "undisturbed", folder / "sealed")
        named = []
        for name in ("010_*.txt", "pages-00001.warc.gz", "articles.jsonl"):
            path = _zeroed(next((folder / "sealed" / _DAY / PORTAL).glob(name)))
            code, found = checks.verify(folder / "sealed")
            if code != 1 or not any(where.endswith(path.name) for _, where in found):
                raise CheckFailure(f"O4: the zeros at the end of {path.name} are not seen")
            named.append(path.name)
        root = shutil.copytree(folder / "start", folder / "open")
        killed(partial(write_night, root))
        run_folder = root / f"open/{NIGHT}/{PORTAL}"
        for name in ("010_*.txt", "articles.jsonl"):
            _zeroed(next(run_folder.glob(name)))
        run_well(partial(write_night, root))
        checks.same_state(checks.without_numbers(checks.state(root)), checks.without_numbers(wanted))
        checks.intact(root)
    return f"verify names {', '.join(named)}; in an open night they are set aside and asked for again"


def _zeroed(path: Path, count: int = 40) -> Path:
    path.write_bytes(path.read_bytes()[:-count] + bytes(count))
    return path


@row("A14", "no more files fit on the file system: texts are small", Need.LOOP, quick=True)
def _a14(place: Place) -> str:
    with _prepared(place) as (folder, wanted):
        with mounted(made(folder / "few.img", 16, "-N", "160"), folder / "disk") as disk:
            root = shutil.copytree(folder / "start", disk / "archive")
            ballast = disk / "ballast"
            ballast.mkdir()
            while os.statvfs(disk).f_favail > 40:
                (ballast / str(os.statvfs(disk).f_favail)).touch()
            ended = run(partial(write_night, root))
            _after(root, ended, 3, wanted, lambda: shutil.rmtree(ballast))
    return f"exit code 3 after {len(ended.acknowledged)} acknowledged documents: {ended.error[:60]}…; resumed when files fit"


@row("A17", "the file system is mounted read-only", Need.ROOT, weight=6)
def _a17(place: Place) -> str:
    with _prepared(place) as (folder, wanted), in_memory(folder / "disk", "16m") as disk:
        root = shutil.copytree(folder / "start", disk / "archive")
        remounted(disk, "ro")
        expect(scheduler(root, _settings(place), "--once", "--night", str(NIGHT), more={"REPLICA": "1"}), 3)
        ended = run(partial(write_night, root))
        _after(root, ended, 3, wanted, lambda: remounted(disk, "rw"))
    return f"exit code 3 of scheduler and writer: {ended.error[:70]}…; resumed when writable"


def _settings(place: Place) -> Path:
    path = place.folder / "nights.toml"
    path.write_text(f'logs = "{place.folder / "log"}"\n', encoding="utf-8")
    return path


@row("A18", "the archive's disk is not mounted: an empty folder", weight=6, quick=True)
def _a18(place: Place) -> str:
    root, settings = place.folder / "empty", _settings(place)
    root.mkdir()
    more = {"REPLICA": "1", "REPLICA_PORT": "9"}
    for did in (
        scheduler(root, settings, "--once", more=more),
        python("-m", "scrapy", "crawl", "quang_tri", "--archive", str(root), "--night", str(NIGHT), more=more),
        archive("verify", root=root),
    ):
        expect(did, 4, "mount its disk")
    require(not any(root.iterdir()), "something was made in the empty folder")
    return "scheduler, crawl and verify refuse with exit code 4 and make nothing in the empty folder"


@row("A19", "no permission in one night's folder", quick=True)
def _a19(place: Place) -> str:
    with _prepared(place) as (folder, wanted):
        root = shutil.copytree(folder / "start", folder / "archive")
        (root / _DAY).mkdir(parents=True)
        (root / _DAY).chmod(0)
        ended = run(_as_nobody(folder, partial(write_night, root)))
        (root / _DAY).chmod(0o755)
        _after(root, ended, 3, wanted)
    return f"exit code 3, {len(ended.acknowledged)} acknowledged documents stay: {ended.error[:60]}…; resumed when permitted"


def _as_nobody(folder: Path, work: Work) -> Work:
    """Root may write anywhere: the child gives that up first."""
    if os.geteuid() != 0:
        return work
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, _NOBODY, _NOBODY)

    def lowered(say: Callable[[str], None]) -> None:
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
        work(say)

    return lowered


@row("A20", "the index is locked by another process, shorter and longer than we wait", weight=8, quick=True)
def _a20(place: Place) -> str:
    with _prepared(place) as (folder, wanted):
        root = shutil.copytree(folder / "start", folder / "archive")

        def impatient(say: Callable[[str], None]) -> None:
            from archive.index import sqlite

            vars(sqlite)["BUSY_SECONDS"] = 1.0  # in the child alone, so that nobody waits half a minute here
            write_night(root, say)

        with closing(sqlite3.connect(root / "index.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            ended = run(impatient)
            if ended.code not in (1, 2) or "locked by another process" not in ended.error:
                raise CheckFailure(f"a locked index ends with {ended.code}: {ended.error[-300:]}")
        _after(root, ended, ended.code, wanted)
    return f"waited, then exit code {ended.code}: {ended.error.split('/')[-1][:70]}; resumed when the lock was gone"


@row("A21", "the index is deleted, or bytes of it are damaged", weight=4, quick=True)
def _a21(place: Place) -> str:
    with fast_folder(place) as folder:
        base(folder / "whole")
        run_well(partial(write_night, folder / "whole"))
        rows = _dump(folder / "whole" / "index.db")
        spoil: dict[str, Callable[[Path], object]] = {
            "deleted": lambda path: path.unlink(),
            "no database": lambda path: path.write_bytes(b"not a database" * 300),
            "noise in an early page": lambda path: _noise(path, 3),
            "noise in the last page": lambda path: _noise(path, path.stat().st_size // 4096 - 1),
        }
        for name, how in spoil.items():
            root = copied(folder / "whole", folder / "spoilt")
            how(root / "index.db")
            code, found = checks.verify(root)
            require(code == 1 and found, f"O4: {name}: verify exits with {code}")
            expect(archive("rebuild", root=root), 0)
            require(_dump(root / "index.db") == rows, f"O3: {name}: the rows that were made again are others")
            checks.intact(root)
    return f"{', '.join(spoil)}: verify exits with 1, rebuild makes the same rows again"


def _noise(path: Path, page: int) -> None:
    with path.open("r+b") as stream:
        stream.seek(4096 * page)
        stream.write(os.urandom(4096))


def _dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as rows:
        return sorted(line for line in rows.iterdump() if line.startswith("INSERT"))

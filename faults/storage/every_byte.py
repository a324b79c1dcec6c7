"""Damage every byte of a small archive in turn, and cut every file at every length: no command may fail or call it good."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive.__main__ import main
from archive.errors import ExitCode
from faults.catalogue import CheckFailure, Place, row
from faults.process.workspace import fast_folder
from testing import archives as composed
from testing.archives import FIRST, make
from testing.damage_steps import KEY

# What a night promises to prove. Locks are of running processes; the index and the words are made again from the files.
_EVIDENCE = ("*.json", "*.jsonl", "*.sig", "*.txt", "*.warc.gz")
_ARTICLE = "da_nang/thong-bao"
_READERS = (
    ("list",),
    ("coverage",),
    ("documents",),
    ("head",),
    ("show", _ARTICLE),
    ("diff", _ARTICLE),
    ("prove", _ARTICLE),
    ("search", "tiếp dân"),
    ("rebuild",),
)


@dataclass(frozen=True, slots=True)
class Harm:
    """One change of a file: the byte at `offset` gets all its bits turned, or the file ends there."""

    file: str
    offset: int
    cut: bool

    def __str__(self) -> str:
        return f"{self.file} {'cut at' if self.cut else 'changed at'} byte {self.offset}"

    def done(self, data: bytes) -> bytes:
        """Return the file's bytes with the change."""
        if self.cut:
            return data[: self.offset]
        return data[: self.offset] + bytes([data[self.offset] ^ 0xFF]) + data[self.offset + 1 :]


def small_archive(root: Path) -> Path:
    """Make an archive of one sealed night with one article: each byte costs an audit of the whole."""
    moment = composed.at(FIRST)
    with make(root) as archive:
        run = archive.start("da_nang", FIRST, moment, composed.judge)
        composed.walk(run, [composed.SHORT], moment)
        composed.keep(run, composed.SHORT, moment)
        composed.finish(run, moment)
        archive.seal(FIRST, {}, KEY)
    _run(root, "rebuild")
    return root


def harms(root: Path) -> list[Harm]:
    """Return every change of every file of evidence."""
    files = sorted(path for pattern in _EVIDENCE for path in root.rglob(pattern) if path.stat().st_size)
    return [
        Harm(path.relative_to(root).as_posix(), offset, cut)
        for path in files
        for offset in range(path.stat().st_size)
        for cut in (False, True)
        if not (cut and path.name == "archive.json" and offset == path.stat().st_size - 1)  # its final newline alone
    ]


def check_harm(root: Path, harm: Harm, readers: Sequence[tuple[str, ...]] = _READERS) -> None:
    """Do a change, let verify and the readers see it, and undo it. Raises CheckFailure."""
    path = root / harm.file
    kept = {each: each.read_bytes() for each in (path, root / "index.db", root / "search.db")}
    whole = kept[path]
    path.write_bytes(harm.done(whole))
    try:
        code, printed = _run(root, "verify")
        if code not in (ExitCode.FINDINGS, ExitCode.ARCHIVE_UNUSABLE):
            raise CheckFailure(f"O4: {harm}, and verify exits with {code}")
        if path.name not in printed:
            raise CheckFailure(f"O4: {harm}, and verify does not name it: {printed[:300]}")
        for command in readers:
            try:
                code, printed = _run(root, *command)
            except CheckFailure as error:
                raise CheckFailure(f"{harm}: {error}") from error
            if code == ExitCode.BUG or code not in set(ExitCode):
                raise CheckFailure(f"{harm}: {' '.join(command)} exits with {code}: {printed[-300:]}")
    finally:
        for each, data in kept.items():  # `rebuild` made both databases from the changed file
            if each.read_bytes() != data:
                each.write_bytes(data)


def _run(root: Path, *words: str) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            code = main([*words, "--archive", str(root)])
        except Exception as error:
            raise CheckFailure(f"{' '.join(words)} ends in a {type(error).__name__}: {error}") from error
    return code, said.getvalue()


_STRIDE = 23  # of the changes that all commands see; verify sees every one


def _try_all(place: Place, *, cut: bool) -> str:
    with fast_folder(place) as folder:
        root = small_archive(folder / "archive")
        points = place.sample([harm for harm in harms(root) if harm.cut is cut], 8)
        for number, harm in enumerate(points):
            check_harm(root, harm, _READERS if place.quick or not number % _STRIDE else ())
        return f"{len(points)} places: each named by verify, no reader ends in a traceback"


@row("E1", "every byte of every file changed", weight=400, quick=True)
def _e1(place: Place) -> str:
    return _try_all(place, cut=False)


@row("E2", "every file cut at every length", weight=400, quick=True)
def _e2(place: Place) -> str:
    return _try_all(place, cut=True)

"""How fast an archive is verified, beside `sha256sum -c` on the same files: `python -m bench.index.verify --files 20000`.

Without --archive a sealed archive of so many texts of 4 kB is composed (runs of 100, their lines and records beside them).
Both then read exactly the files that the manifests list, in turns, each `--rounds` times; medians are compared. What
`verify --files` does beyond hashing (manifests, signatures, Merkle roots, names, the chain) is in its time, and the start
of either program is not: it is measured apart (`verify` of an empty archive, `sha256sum` of nothing). With --whole the full
verify of an archive is measured too: lines, texts, captures and the index, which no other program compares.
--cold lets the system forget the files' pages before each round. The last line is JSON. Exit codes: 0 at least as fast;
1 slower, or the archive has findings; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from archive.audit.verify import VerifyOptions, sealed_bytes, verify
from archive.errors import ExitCode, UsageError
from archive.model.enums import ArchiveKind
from archive.sealing.signatures import UNSIGNED
from archive.storage import merkle
from archive.storage.jsonl import canonical
from archive.storage.manifest import Previous, Seal, describe, leaves, read_seal
from archive.storage.paths import Paths, create_identity, read_identity
from replicas import FIRST_NIGHT
from vietnam.dates import TZ

__all__ = ["Figures", "compose", "main"]

_OF_RUN = 100
_RUNS = 5
_SIZE = 4096


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians in seconds without either program's start, and files a second; `ratio` over 1: verify is faster."""

    files: int
    bytes: int
    jobs: int
    cold: bool
    sha256sum_s: float
    verify_s: float
    sha256sum_files_per_s: int
    verify_files_per_s: int
    ratio: float
    sha256sum_start_s: float
    verify_start_s: float
    whole_s: float | None = None
    findings: int = 0


def compose(root: Path, files: int) -> None:
    """A sealed archive with so many texts, in nights of 500."""
    create_identity(root, ArchiveKind.REPLICA, UUID(int=1), datetime.combine(FIRST_NIGHT, datetime.min.time(), TZ))
    before: Previous | None = None
    nights = -(-files // (_OF_RUN * _RUNS))
    left = files
    for number in range(nights):
        night = FIRST_NIGHT + timedelta(days=number)
        for run in range(_RUNS):
            count = min(_OF_RUN, left)
            left -= count
            if count:
                _compose_run(Paths(root).night(night) / f"portal_{run}", night, count)
        before = _seal(Paths(root), night, before)


def _compose_run(folder: Path, night: date, count: int) -> None:
    folder.mkdir(parents=True)
    lines = []
    for seq in range(count):
        words = f"{night} {folder.name} {seq} ".encode()
        data = (words * (_SIZE // len(words) + 1))[:_SIZE]
        digest = sha256(data).hexdigest()
        (folder / f"{seq:03d}_{digest[:16]}.txt").write_bytes(data)
        lines.append(canonical({"event": "new", "seq": seq, "sha256": digest, "url": "https://x/" + "y" * 900}))
    (folder / "articles.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    (folder / "run.json").write_bytes(b"{}\n")


def _seal(paths: Paths, night: date, before: Previous | None) -> Previous:
    folder = paths.night(night)
    runs = sorted(path.relative_to(folder) for path in folder.iterdir())
    files = tuple(describe(folder, path) for run in runs for path in sorted((folder / run).iterdir()))
    hashes = leaves(folder, runs, files)
    root = merkle.root(hashes).hex()
    seal = Seal(read_identity(paths.root).id, night, 1, files, {}, root, len(hashes), before)
    (folder / "manifest-1.json").write_bytes(seal.to_bytes())
    (folder / "manifest-1.sig").write_bytes(UNSIGNED)
    return Previous(night, 1, seal.head)


def _list(root: Path, target: Path) -> None:
    """What the manifests list, as `sha256sum -c` reads it."""
    with target.open("w", encoding="utf-8") as stream:
        for manifest in sorted(root.glob("[0-9]*/*/*/manifest-*.json")):
            for entry in read_seal(manifest.read_bytes()).files:
                stream.write(f"{entry.sha256}  {manifest.parent / entry.path}\n")


def _forget(root: Path) -> None:
    """Let the system drop the pages of every file (names and inodes stay in memory)."""
    for path in root.rglob("*"):
        if path.is_file():
            handle = os.open(path, os.O_RDONLY)
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


def _timed(work: Callable[[], object], rounds: int, before: Callable[[], object]) -> float:
    found = []
    for _ in range(rounds):
        before()
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def _command(words: Sequence[str]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


def _verify_command(root: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "archive", "verify", "--archive", str(root), *more]


def measure(root: Path, work: Path, jobs: int, rounds: int, *, cold: bool, whole: bool) -> Figures:
    """Both programs on the files of one archive, in turns."""
    listed, nothing, empty = work / "list", work / "nothing", work / "empty"
    _list(root, listed)
    nothing.write_text(f"{sha256(b'').hexdigest()}  {os.devnull}\n", encoding="utf-8")
    if not empty.exists():
        create_identity(empty, ArchiveKind.REPLICA, UUID(int=2), datetime.combine(FIRST_NIGHT, datetime.min.time(), TZ))
    identity, paths = read_identity(root), Paths(root)
    audit = verify(identity, paths, how=VerifyOptions(sealed_only=True))

    def before() -> None:
        if cold:
            _forget(root)

    sums, ours = [], []
    for _ in range(rounds):  # in turns, so that what else the machine does meets both
        sums.append(_timed(lambda: _command(["sha256sum", "--quiet", "-c", str(listed)]), 1, before))
        ours.append(_timed(lambda: _command(_verify_command(root, "--files", "--jobs", str(jobs))), 1, before))
    start_sum = _timed(lambda: _command(["sha256sum", "--quiet", "-c", str(nothing)]), rounds, lambda: None)
    start_our = _timed(lambda: _command(_verify_command(empty, "--files", "--jobs", "1")), rounds, lambda: None)
    extent = sealed_bytes(paths)
    sum_s = max(statistics.median(sums) - start_sum, 1e-9)
    our_s = max(statistics.median(ours) - start_our, 1e-9)
    whole_s = None
    if whole:
        whole_s = _timed(lambda: _command(_verify_command(root, "--jobs", str(jobs))), 1, before)
    return Figures(
        files=extent.files,
        bytes=extent.bytes,
        jobs=jobs,
        cold=cold,
        sha256sum_s=round(sum_s, 3),
        verify_s=round(our_s, 3),
        sha256sum_files_per_s=round(extent.files / sum_s),
        verify_files_per_s=round(extent.files / our_s),
        ratio=round(sum_s / our_s, 2),
        sha256sum_start_s=round(start_sum, 3),
        verify_start_s=round(start_our, 3),
        whole_s=None if whole_s is None else round(whole_s, 2),
        findings=len(audit.findings),
    )


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; see the module."""
    parser = argparse.ArgumentParser(prog="python -m bench.index.verify", description="Verify beside sha256sum -c.")
    parser.add_argument("--files", type=int, default=20_000, metavar="N", help="texts of the composed archive")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="measure this archive instead")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--cold", action="store_true", help="drop the files' pages before each round")
    parser.add_argument("--whole", action="store_true", help="the full verify, too (with --archive)")
    options = parser.parse_args(arguments)
    if shutil.which("sha256sum") is None:
        print("bench.index.verify: sha256sum is missing; it is part of GNU coreutils", file=sys.stderr)
        return ExitCode.USAGE
    if options.files < 1 or options.rounds < 1:
        raise UsageError("--files and --rounds begin at 1")
    with tempfile.TemporaryDirectory() as folder:
        root = options.archive or Path(folder) / "archive"
        if options.archive is None:
            compose(root, options.files)
        measured = [
            measure(root, Path(folder), jobs, options.rounds, cold=options.cold, whole=options.whole)
            for jobs in options.jobs
        ]
    for figures in measured:
        print(
            f"{figures.files} files, {figures.bytes / 1e6:.1f} MB, {figures.jobs} jobs: verify --files "
            f"{figures.verify_files_per_s} files/s, sha256sum -c {figures.sha256sum_files_per_s} files/s, "
            f"ratio {figures.ratio} (starts: {figures.verify_start_s} s and {figures.sha256sum_start_s} s)"
        )
    best = max(measured, key=lambda figures: figures.ratio)
    print(json.dumps([asdict(figures) for figures in measured]))
    return ExitCode.GOOD if best.ratio >= 1 and not best.findings else ExitCode.FINDINGS


if __name__ == "__main__":
    sys.exit(main())

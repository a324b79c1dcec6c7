"""`python -m bench.cores.hashing [--texts 15600] [--rounds 5] [--archive DIR] [--entries 1000000]`.

`verify --files` beside `sha256sum -c` of the same files, in turns on a warm cache, medians; then the peak of reading one
manifest with so many entries. Exit codes: 0 measured; 1 a command fails; 2 wrong usage; 11 interrupted.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median

from archive.errors import ExitCode
from archive.model.enums import ArchiveKind
from archive.sealing.signatures import UNSIGNED
from archive.storage.manifest import FileEntry, Seal, manifest_path, seals_on_disk
from archive.storage.paths import Paths, read_identity
from archive.store import Archive
from bench.runner import exit_code, new_archive, print_table
from bench.speed.contestants import Usage, measured
from bench.web.archive import fill_archive
from replicas.prose.syllables import SyllableComposer

_NIGHT = date(2025, 3, 3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.cores.hashing", description="Measure `verify --files`.")
    parser.add_argument("--texts", type=int, default=15_600, metavar="N", help="of the composed archive (15600)")
    parser.add_argument("--rounds", type=int, default=5, metavar="N")
    parser.add_argument("--archive", type=Path, metavar="DIR", help="made there if it is not, and kept")
    parser.add_argument("--entries", type=int, default=1_000_000, metavar="N", help="of the manifest; 0: leave it out")
    options = parser.parse_args(arguments)
    return exit_code("hashing", lambda: _run(options), "run it again")


def _run(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        root = (options.archive or scratch / "archive").resolve()
        if not root.exists():
            root.parent.mkdir(parents=True, exist_ok=True)
            new_archive(root)
            with Archive.open(root, ArchiveKind.REPLICA) as archive:
                fill_archive(archive, options.texts, SyllableComposer())
        sums = scratch / "sums"
        files = _write_sums(Paths(root), sums)
        verify = [sys.executable, "-m", "archive", "verify", "--files", "--archive", str(root)]
        commands = {
            "sha256sum -c": ["sha256sum", "-c", "--quiet", str(sums)],
            "verify --files --jobs 1": [*verify, "--jobs", "1"],
            "verify --files --jobs 2": [*verify, "--jobs", "2"],
        }
        taken: dict[str, list[Usage]] = {name: [] for name in commands}
        for number in range(options.rounds + 1):
            for name, command in commands.items():
                usage = measured(command, scratch)
                taken[name] += [usage] * (number > 0)  # the first one warms the cache
        _print(taken, f"{files:,} files, medians of {options.rounds} rounds")
        if options.entries:
            with _long_manifest(scratch / "long", options.entries) as long:
                usage = measured([*verify[:-1], str(long), "--jobs", "1"], scratch)
                _print({f"a manifest of {options.entries:,} entries": [usage]}, "one reading")
    return ExitCode.GOOD


def _write_sums(paths: Paths, sums: Path) -> int:
    files = 0
    with sums.open("w", encoding="utf-8") as stream:
        for night in paths.nights():
            for entry in (entry for seal in seals_on_disk(paths, night) for entry in seal.files):
                stream.write(f"{entry.sha256}  {paths.night(night) / entry.path}\n")
                files += 1
    return files


@contextmanager
def _long_manifest(root: Path, entries: int) -> Iterator[Path]:
    """Yield an archive of one seal whose files are not there."""
    new_archive(root)
    paths = Paths(root)
    listed = (FileEntry(f"quang_tri/{n:07d}_{n:016x}.txt", 4000 + n % 1000, f"{n:064x}") for n in range(entries))
    seal = Seal(read_identity(root).id, _NIGHT, 1, tuple(listed), {}, "0" * 64, entries, None)
    path = manifest_path(paths, _NIGHT, 1)
    path.parent.mkdir(parents=True)
    path.write_bytes(seal.to_bytes())
    path.with_suffix(".sig").write_bytes(UNSIGNED)
    yield root


def _print(taken: dict[str, list[Usage]], title: str) -> None:
    rows = [
        [name, *(f"{median(getattr(usage, key) for usage in usages):,.2f}" for key in ("wall", "cpu", "memory"))]
        for name, usages in taken.items()
    ]
    print_table(("command", "wall s", "CPU s", "MiB"), rows, title)


if __name__ == "__main__":
    raise SystemExit(main())

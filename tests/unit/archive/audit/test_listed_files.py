"""Lists of a night's seals are known by run, and a path that is listed again is named wherever it stands."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from archive.audit.findings import Audit
from archive.audit.seals import ChainLink, SealFile, listed_files
from archive.storage.manifest import FileEntry, Seal, read_seal
from archive.storage.paths import Paths

NIGHT = date(2025, 3, 3)


def sealed(number: int, *paths: str) -> SealFile:
    files = tuple(FileEntry(path, number, f"{number:064x}") for path in paths)
    seal = Seal("a", NIGHT, number, files, {}, "f" * 64, 0, None)
    return SealFile(read_seal(seal.to_bytes()), NIGHT, ChainLink(NIGHT, number, seal.head, None, (), None))


def test_entries_are_found_by_run_and_again_listed_ones_are_named() -> None:
    audit, paths = Audit(), Paths(Path("/a"))
    one = sealed(1, "hue/c", "hue/a", "loose", "hue.2/a", "hue/b", "hue/a", "Odd/x")
    two = sealed(2, "hue/a", "hue/d", "moc/a", "loose")
    listed = listed_files(paths, [one, two], audit)
    assert {run: list(entries.names()) for run, entries in listed.items()} == {
        "hue": ["c", "a", "b", "a"], "hue.2": ["a"], "moc": ["a"], "": ["loose", "Odd/x", "loose"],
    }  # fmt: skip
    run, *twice = audit.findings
    assert (run.path, str(run.detail)) == (
        "2025/03/03/hue",
        "manifest-2.json lists 2 files of this run, which manifest-1.json sealed",
    )
    assert [(each.path.removeprefix("2025/03/03/"), dict(each.detail.params)["number"]) for each in twice] == [
        ("hue/a", 1),
        ("loose", 2),
    ]
    assert listed["hue"].of({"a", "d"}) == {"a": FileEntry("hue/a", 1, f"{1:064x}")}
    assert len(listed["hue"]) == 4

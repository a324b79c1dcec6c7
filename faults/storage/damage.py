"""Damage an archive that lies still: bits that rot, files that go or come, a copy that is older than its head."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from faults import checks
from faults.catalogue import CheckFailure, Place, row
from faults.process.commands import archive, expect
from faults.process.composed_run import NIGHT, PORTAL, base, write_night
from faults.process.subprocesses import run, run_well
from faults.process.workspace import copied, fast_folder

_DAY = f"{NIGHT:%Y/%m/%d}"
_RUN = f"{_DAY}/{PORTAL}"


def _whole(root: Path) -> Path:
    base(root)
    run_well(partial(write_night, root))
    checks.intact(root)
    return root


@row("A35", "one bit rots in a file of each kind", weight=5, quick=True)
def _a35(place: Place) -> str:
    with fast_folder(place) as folder:
        root = _whole(folder / "whole")
        kinds = [f"{_RUN}/{name}" for name in ("*.txt", "*.warc.gz", "articles.jsonl", "pages.jsonl", "run.json")]
        for kind in (*kinds, f"{_DAY}/manifest-1.json", f"{_DAY}/manifest-1.sig"):
            copy = copied(root, folder / "copy")
            path = min(copy.glob(kind))
            checks.flip_bit(path)
            name = path.relative_to(copy).as_posix()
            code, found = checks.verify(copy)
            seen = {where for _, where in found}
            if code != 1 or name not in seen:
                raise CheckFailure(f"O4: a flipped bit of {name}: exit code {code}, found {sorted(found)[:4]}")
            others = {where for where in seen if where != name and where.endswith((".txt", ".gz"))}
            if others and not path.name.startswith(("articles", "pages.jsonl", "manifest-1.json")):  # those name others
                raise CheckFailure(f"O4: a flipped bit of {name} is laid to {sorted(others)[:3]} too")
    return "text, capture, both files of lines, record, manifest and signature: each is named, and no other text or capture"


@row("A36", "a file is deleted, added, renamed, or swapped with another night's", weight=4, quick=True)
def _a36(place: Place) -> str:
    def swap(copy: Path) -> None:
        one, other, aside = copy / _DAY, copy / "2025/03/03", copy / "2025/03/aside"
        one.rename(aside)
        other.rename(one)
        aside.rename(other)

    def first(copy: Path) -> Path:
        return min((copy / _RUN).glob("*.txt"))

    done: dict[str, tuple[Callable[[Path], object], str]] = {
        "deleted": (lambda copy: first(copy).unlink(), "MISSING"),
        "added": (lambda copy: (copy / _RUN / "note.txt").write_text("a note"), "EXTRA"),
        "renamed": (lambda copy: first(copy).rename(first(copy).with_name("900_0123456789abcdef.txt")), "EXTRA"),
        "swapped": (swap, "WRONG_NIGHT"),
        "night dropped": (lambda copy: shutil.rmtree(copy / "2025/03/04"), "CHAIN"),
    }
    with fast_folder(place) as folder:
        root = _whole(folder / "whole")
        for name, (how, wanted) in done.items():
            copy = copied(root, folder / "copy")
            how(copy)
            code, found = checks.verify(copy)
            if code != 1 or wanted not in {kind for kind, _ in found}:
                raise CheckFailure(f"O4: {name}: exit code {code}, {wanted} is not among {sorted(found)[:4]}")
    return ", ".join(f"{name} {wanted}" for name, (_, wanted) in done.items())


@row("A37", "an older backup is put back: the chain's head is not the one that was published", weight=4, quick=True)
def _a37(place: Place) -> str:
    with fast_folder(place) as folder:
        root, head = folder / "whole", folder / "head.txt"
        base(root)
        backup = shutil.copytree(root, folder / "backup")
        run(partial(write_night, root))
        head.write_text(expect(archive("head", root=root), 0).out, encoding="utf-8")
        checks.intact(backup)  # by itself an older copy is whole
        did = archive("verify", "--against", str(head), root=backup)
        if did.code != 1:
            raise CheckFailure(
                f"O4: verify --against the newer head ends with {did.code} on the older copy: {did.last[:200]}"
            )
        if archive("verify", "--against", str(head), root=root).code != 0:
            raise CheckFailure("O4: verify --against its own head is refused")
    return "an older copy is whole by itself, and verify against the published head ends with exit code 1"

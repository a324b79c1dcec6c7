"""Attack a sealed archive in every way of tests/data/attacks.toml, and record what `verify` reports.

    python -m testing.attacks > docs/measurements/attacks.md

Each attack starts from a small archive of three live nights whose last head was published. It is read three times: alone,
with that head (`--against`), and with the key of the seals (`--key`).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.audit.seals import Expectations
from archive.audit.verify import VerifyOptions, verify
from archive.errors import ArchiveError
from archive.export.proofs import published_head
from archive.sealing.head import Head
from archive.sealing.signatures import public_key
from archive.storage.paths import Paths, read_identity
from archive.store import Archive
from testing.captured_archive import IN_PROCESS
from testing.damage_steps import BASES, KEY, STEPS

ROWS = Path(__file__).parents[1] / "tests" / "data" / "attacks.toml"
PAGE = ROWS.parents[2] / "docs" / "measurements" / "attacks.md"
REFUSED = "REFUSED"
"""Stands for an archive that `verify` does not open: one line, exit code 4."""
_TODAY = date(2025, 3, 7)
_KEYS = frozenset({public_key(KEY)})


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack: its words, the archive it starts from, the steps, and the codes that each reading reports.

    `reread` are those of `--reread`, None where its captures are composed and no rules read them. `why` is the reason that
    an attack cannot be noticed, for one that no reading reports.
    """

    what: str
    steps: Sequence[Sequence[object]]
    alone: Sequence[str] = ()
    against: Sequence[str] = ()
    key: Sequence[str] = ()
    reread: Sequence[str] | None = None
    base: str = "signed"
    why: str = ""

    @property
    def codes(self) -> list[Sequence[str]]:
        """The codes of each reading, those of `--reread` last."""
        return [self.alone, self.against, self.key, *([] if self.reread is None else [self.reread])]


def attacks() -> list[tuple[str, Attack]]:
    """Return every attack with the heading that it stands under."""
    groups = tomllib.loads(ROWS.read_text(encoding="utf-8"))
    return [(heading, Attack(**raw)) for heading, rows in groups.items() for raw in rows]


def head_of(root: Path) -> Head:
    """Return the head that was published of an archive."""
    with Archive.open(root, read_only=True) as archive:
        seal = archive.last_seal()
        assert seal is not None, root
        return published_head(archive, seal)


def reported(attack: Attack, bases: Mapping[str, Path], root: Path) -> list[list[str]]:
    """Attack a copy at `root` and return the codes that each of its readings reports, sorted."""
    base = bases[attack.base]
    shutil.copytree(base, root, symlinks=True)
    for name, *arguments in attack.steps:
        STEPS[str(name)](root, bases["sealed"], *arguments)
    expectations = (
        Expectations(today=_TODAY),
        Expectations(head_of(base), today=_TODAY),
        Expectations(keys=_KEYS, today=_TODAY),
    )
    found = [_codes(root, expected) for expected in expectations]
    if attack.reread is not None:
        found.append(_codes(root, expectations[0], VerifyOptions(reader=IN_PROCESS)))
    return found


def _codes(root: Path, expected: Expectations, how: VerifyOptions = VerifyOptions()) -> list[str]:  # noqa: B008 - frozen
    try:
        audit = verify(read_identity(root), Paths(root), expected=expected, how=how)
    except ArchiveError:
        return [REFUSED]
    return sorted({finding.code.value for finding in audit.findings})


def page(found: Sequence[tuple[str, Attack]]) -> str:
    """Return docs/measurements/attacks.md."""
    lines = [_INTRODUCTION.format(attacks=len(found), unnoticed=sum(bool(attack.why) for _, attack in found))]
    last = None
    for heading, attack in found:
        if heading != last:
            columns = ["attack", "`verify`", "`--against HEAD`", "`--key KEY`", "`--reread`"][: len(attack.codes) + 1]
            lines += [f"\n## {heading}\n", f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
            last = heading
        cells = [_cell(codes, attack) for codes in attack.codes]
        why = f". *Not noticed: {attack.why}*" if attack.why else ""
        lines.append(f"| {attack.what}{why} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(codes: Sequence[str], attack: Attack) -> str:
    return ", ".join(f"`{code}`" if code != REFUSED else "refused" for code in codes) or "–"


_INTRODUCTION = """# What an attack on the archive leaves to be found

    .venv/bin/python -m testing.attacks > docs/measurements/attacks.md

makes a small archive of three live nights, publishes its last head, and attacks a copy of it in {attacks} ways as somebody would
who can write into the archive. Each copy is read by `python -m archive verify` alone, with the published head, and with the public
key of the seals. A cell holds the codes of the findings ([operations.md](../operations.md#findings-of-verify) says what each
means); – is none. The archive is signed where the row does not say otherwise. *The key* is the key of the seals, *another key* one
that the attacker made. Where the captures are pages as served, `--reread` reads these again. {unnoticed} of the attacks cannot be
noticed, and say why. `tests/unit/archive/audit/test_attacks.py` holds each row to this table."""


def main() -> int:
    """Print the page; 1 when an attack is reported otherwise than its row says."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        bases = {name: Path(folder) / name for name in {"sealed", *(attack.base for _, attack in attacks())}}
        for name, root in bases.items():
            BASES[name](root)
        for number, (_, attack) in enumerate(attacks()):
            found = reported(attack, bases, Path(folder) / str(number))
            shutil.rmtree(Path(folder) / str(number))
            if found != list(map(sorted, attack.codes)):
                sys.stderr.write(f"{attack.what}: {found}\n")
                wrong += 1
    sys.stdout.write(page(attacks()))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

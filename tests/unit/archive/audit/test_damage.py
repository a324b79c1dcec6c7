"""tests/audit/ has a folder for each code of a finding, named after it: `verify` names what was damaged, and nothing else."""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import cast

import pytest

from archive.__main__ import main
from archive.audit.findings import Audit, Code
from archive.audit.sampling import Subset
from archive.audit.seals import Expectations
from archive.audit.verify import VerifyOptions, verify
from archive.errors import ArchiveError
from archive.export.proofs import published_head
from archive.model.enums import Event
from archive.rebuild import rebuild
from archive.sealing.head import Head
from archive.sealing.signatures import public_key
from archive.storage.paths import Paths, read_identity
from archive.store import Archive
from testing.captured_archive import IN_PROCESS
from testing.damage_steps import BASES, KEY, STEPS
from testing.once import once

ROOT = Path(__file__).parents[3] / "data" / "audit"


@dataclass(frozen=True, slots=True)
class Damage:
    """One recipe: the steps, the findings (`CODE path`, patterns allowed), and the texts that are lost to readers.

    `also`: further findings follow that are not listed. `reread`: the captures are read again. `index`: only the index is
    damaged; `rebuild` mends it. `words`: only what search is asked of; `rebuild --only-search` mends it.
    """

    code: str
    what: str
    base: str
    steps: list[list[object]]
    found: list[str]
    harmed: list[str]
    against: bool
    key: bool
    index: bool
    words: bool
    also: bool
    reread: bool


def recipes() -> list[Damage]:
    found = []
    for file in sorted(ROOT.glob("*/damage.toml")):
        for raw in tomllib.loads(file.read_text(encoding="utf-8"))["damage"]:
            plain = {
                "base": "sealed",
                "harmed": [],
                "against": False,
                "key": False,
                "index": False,
                "words": False,
                "also": False,
                "reread": False,
            } | raw
            found.append(Damage(code=file.parent.name, **plain))
    return found


RECIPES = recipes()


def test_every_code_has_its_folder_and_every_folder_its_code() -> None:
    assert {folder.name for folder in ROOT.iterdir()} == {code.value for code in Code}
    assert {recipe.code for recipe in RECIPES} == {code.value for code in Code}
    assert all(any(finding.split()[0] == recipe.code for finding in recipe.found) for recipe in RECIPES)


def test_every_code_is_explained() -> None:
    page = (Path(__file__).parents[4] / "docs/operations.md").read_text(encoding="utf-8")
    assert [code for code in Code if f"`{code.value}`" not in page] == []


@pytest.fixture(scope="session")
def bases(session_folder: Path) -> dict[str, Path]:
    for name, make in BASES.items():
        once(session_folder / "damage" / name, make)
    return {name: session_folder / "damage" / name for name in BASES}


def head_of(root: Path) -> Head:
    with Archive.open(root, read_only=True) as archive:
        seal = archive.last_seal()
        assert seal is not None
        return published_head(archive, seal)


def texts(root: Path) -> dict[str, str]:
    """Every text of an archive that readers can have, by its path."""
    found = {}
    with Archive.open(root, read_only=True) as archive, archive.index.reading() as queries:
        for event in queries.events.find():
            if event.file is not None and event.event is not Event.QUARANTINED:
                path = f"{date.fromisoformat(event.night):%Y/%m/%d}/{event.run}/{event.file}"
                try:
                    found[path] = archive.captures.text(event)
                except ArchiveError:
                    continue
    return found


texts_of_base = cache(texts)


def damaged(recipe: Damage, bases: dict[str, Path], root: Path) -> Expectations:
    base = bases[recipe.base]
    shutil.copytree(base, root)
    for name, *arguments in recipe.steps:
        STEPS[cast(str, name)](root, bases["sealed"], *arguments)
    keys = frozenset({public_key(KEY)}) if recipe.key else frozenset[str]()
    return Expectations(head_of(base) if recipe.against else None, keys)


def audited(root: Path, expected: Expectations, how: VerifyOptions | None = None) -> Audit:
    return verify(read_identity(root), Paths(root), expected=expected, how=how or VerifyOptions())


@pytest.mark.parametrize("base", sorted(BASES))
def test_what_is_not_damaged_has_no_findings(bases: dict[str, Path], base: str) -> None:
    keys = frozenset() if base.endswith("unsigned") else frozenset({public_key(KEY)})
    expected = Expectations(head_of(bases[base]), keys)
    audit = audited(bases[base], expected)
    assert audit.findings == []
    assert len(audit.withheld) == (base == "withheld")
    assert audited(bases[base], expected, VerifyOptions(sealed_only=True)).findings == []


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: f"{recipe.code}: {recipe.what}")
def test_what_is_damaged_is_named_and_the_rest_can_be_read(
    recipe: Damage, bases: dict[str, Path], tmp_path: Path
) -> None:
    root = tmp_path / "a"
    expected = damaged(recipe, bases, root)
    findings = audited(root, expected, VerifyOptions(reader=IN_PROCESS if recipe.reread else None)).findings
    reported = {f"{finding.code.value} {finding.path}" for finding in findings}
    unnamed = [pattern for pattern in recipe.found if not any(fnmatchcase(name, pattern) for name in reported)]
    wrongly = [name for name in reported if not any(fnmatchcase(name, pattern) for pattern in recipe.found)]
    assert unnamed == [], f"not named; what was: {sorted(reported)}"
    assert recipe.also or wrongly == []
    uncoded = [str(finding.detail) for finding in findings if not finding.detail.code]
    pythons = ("(char ", "is not a valid ")  # its words stay English
    assert [detail for detail in uncoded if not any(words in detail for words in pythons)] == []
    if recipe.index:
        assert rebuild(Paths(root)) == []
        assert audited(root, expected).findings == []
    if recipe.words:
        assert main(["rebuild", "--only-search", "--archive", str(root)]) == 0
        assert audited(root, expected).findings == []
    whole, left = texts_of_base(bases[recipe.base]), texts(root)
    lost = {path for path in whole if any(fnmatchcase(path, pattern) for pattern in recipe.harmed)}
    if not recipe.also:
        assert {path for path in whole if left.get(path) != whole[path]} == lost


def test_a_report_for_programs_and_an_exit_code(
    bases: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "a"
    shutil.copytree(bases["withheld"], root)
    assert main(["verify", "--archive", str(root), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["findings"], said["withheld"][0]["articles"]) == ([], ["da_nang/thong-bao"])
    STEPS["delete"](root, root, "2025/03/05/quang_tri/000_*.txt")
    assert main(["verify", "--archive", str(root), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert [finding["code"] for finding in said["findings"]] == ["MISSING", "TEXT_MISSING"]


PARTS = 7


def test_each_file_is_read_in_exactly_one_part(bases: dict[str, Path], tmp_path: Path) -> None:
    whole = audited(bases["sealed"], Expectations())
    parts = [
        audited(bases["sealed"], Expectations(), VerifyOptions(Subset(number, PARTS))) for number in range(1, PARTS + 1)
    ]
    assert [audit.findings for audit in parts] == [[]] * PARTS
    assert sum(audit.texts for audit in parts) == whole.texts
    assert sum(audit.captures for audit in parts) == whole.captures
    files = [path for path in bases["sealed"].rglob("*") if path.is_file()]
    for path in files:
        assert sum(path.as_posix() in Subset(number, PARTS) for number in range(1, PARTS + 1)) == 1
    root = tmp_path / "a"
    shutil.copytree(bases["sealed"], root)
    STEPS["flip"](root, root, "2025/03/03/da_nang/000_*.txt", 3)
    seen = [
        bool(audited(root, Expectations(), VerifyOptions(Subset(number, PARTS))).findings)
        for number in range(1, PARTS + 1)
    ]
    assert seen.count(True) == 1


@pytest.mark.parametrize("part", ["0/7", "8/7", "7", "a/b", "1/0", "-1/7"])
def test_a_part_that_is_none_is_refused(bases: dict[str, Path], part: str) -> None:
    assert main(["verify", "--archive", str(bases["sealed"]), f"--subset={part}"]) == 2

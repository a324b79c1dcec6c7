"""Each attack is reported as its row says, and the page has every row."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.audit.findings import Code
from testing.attacks import PAGE, REFUSED, Attack, attacks, page, reported
from testing.damage_steps import BASES
from testing.once import once

ATTACKS = attacks()


@pytest.fixture(scope="session")
def bases(session_folder: Path) -> dict[str, Path]:
    for name, make in BASES.items():
        once(session_folder / "damage" / name, make)
    return {name: session_folder / "damage" / name for name in BASES}


def test_a_row_names_codes_and_one_that_is_not_noticed_says_why() -> None:
    assert len(ATTACKS) >= 40
    codes = {code.value for code in Code} | {REFUSED}
    for _, attack in ATTACKS:
        noticed = {code for codes in attack.codes for code in codes}
        assert noticed <= codes, attack.what
        assert bool(attack.why) != bool(noticed), attack.what


@pytest.mark.parametrize(("heading", "attack"), ATTACKS, ids=lambda value: getattr(value, "what", value))
def test_an_attack_is_reported_as_its_row_says(
    heading: str, attack: Attack, bases: dict[str, Path], tmp_path: Path
) -> None:
    found = reported(attack, bases, tmp_path / "a")
    assert found == list(map(sorted, attack.codes))


def test_the_page_has_every_row() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(ATTACKS)

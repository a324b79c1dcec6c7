"""Mutation testing names nothing that is not there: modules, their tests, and the modules of judged survivors."""

from __future__ import annotations

import tomllib
from pathlib import Path

from bench.mutation.areas import MODULES

ROOT = Path(__file__).parents[3]


def test_every_module_and_every_test_is_there() -> None:
    named = {name for module in MODULES for name in (module.path, *(test.partition("::")[0] for test in module.tests))}
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_survivors_are_of_modules_that_are_tried_and_each_has_its_reason() -> None:
    judged = tomllib.loads((ROOT / "bench/mutation/survivors.toml").read_text(encoding="utf-8"))
    assert judged.keys() <= {module.path for module in MODULES}
    for groups in judged.values():
        assert all(group["why"] and group["mutants"] for group in groups)

"""The shape of the code: imports go one way, files stay small, drawers have names."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("scheduler", "crawler", "pipelines", "archive", "vietnam")
BESIDE = ("replicas", "bench", "faults", "tests")
MODULES = sorted(path for layer in LAYERS for path in [*ROOT.glob(f"{layer}.py"), *ROOT.glob(f"{layer}/**/*.py")])


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the whole name"
            found.add((node.module or "").split(".")[0])
    return found


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_imports_upward(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    above = set(LAYERS[: LAYERS.index(own)]) | set(BESIDE)
    assert not imported(path) & above, f"{named(path)} imports from a layer above: {imported(path) & above}"


def test_every_layer_is_there() -> None:
    assert {named(path).split("/")[0].removesuffix(".py") for path in MODULES} == set(LAYERS)


@pytest.mark.parametrize("name", ["utils", "util", "helpers", "helper", "common", "misc", "manager"])
def test_no_drawer_without_a_name(name: str) -> None:
    assert not [path for path in ROOT.glob(f"**/{name}*") if ".venv" not in path.parts and path.stem == name]


def test_no_clock_is_read_but_at_the_edges() -> None:
    """`now` is an argument: only the commands and the crawl's clock may ask what time it is."""
    edges = {"scheduler.py", "archive/commands/clock.py", "crawler/clock.py", "crawler/bell.py", "pipelines/extract.py"}
    asking = {"now", "today", "utcnow"}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in asking:
                owner = ast.unparse(node.func.value)
                if owner.split(".")[-1] in {"datetime", "date"}:
                    assert named(path) in edges, f"{named(path)}:{node.lineno} reads the clock"

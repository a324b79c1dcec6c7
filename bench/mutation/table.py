"""Write docs/measurements/mutation.md: the outcomes by module, and each survivor with the reason that it is harmless."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from string import Template

from bench.mutation.areas import MODULES, MutatedModule

PAGE = Path(__file__).parents[2] / "docs" / "measurements" / "mutation.md"
_JUDGED = Path(__file__).parent / "survivors.toml"
_TEMPLATE = Path(__file__).parent / "mutation.md.in"
KILLED = ("killed", "timeout")
UNTRIED = "untried"
"""Outcome of a mutant that a run which was ended had not come to."""
_COLUMNS = ("mutants", "killed", "survived", "harmless", "untried")


def outcome_file(results: Path, module: MutatedModule) -> Path:
    """Return the file with the outcomes of a module."""
    return results / f"{module.path.replace('/', '.')}.jsonl"


def _outcomes(results: Path, module: MutatedModule) -> list[tuple[str, str]]:
    file = outcome_file(results, module)
    if not file.exists():
        return []
    return [(name, outcome) for name, outcome in map(json.loads, file.read_text(encoding="utf-8").splitlines())]


def _judged() -> dict[str, dict[str, str]]:
    """Return the reasons of survivors that are harmless, by module and then by the name of the mutant."""
    found: dict[str, dict[str, str]] = {}
    for module, groups in tomllib.loads(_JUDGED.read_text(encoding="utf-8")).items():
        found[module] = {name: group["why"] for group in groups for name in group["mutants"]}
    return found


def unjudged(results: Path, modules: Iterable[MutatedModule]) -> list[str]:
    """Return the survivors that nobody has judged, each with its module."""
    judged = _judged()
    return [
        f"{module.path}: {name} ({outcome})"
        for module in modules
        for name, outcome in _outcomes(results, module)
        if outcome not in KILLED and name not in judged.get(module.path, {})
    ]


def page(results: Path) -> str:
    """Return the page for the outcomes that are kept."""
    rows, survivors = list[str](), list[str]()
    total: Counter[str] = Counter()
    for module in MODULES:
        outcomes = _outcomes(results, module)
        if not outcomes:
            rows.append(f"| {module.area} | `{module.path}` | not tried | | | | |")
            continue
        why = _judged().get(module.path, {})
        untried = sum(outcome == UNTRIED for _, outcome in outcomes)
        left = [name for name, outcome in outcomes if outcome not in (*KILLED, UNTRIED)]
        harmless = sum(name in why for name in left)
        counts = (len(outcomes), len(outcomes) - len(left) - untried, len(left), harmless, untried)
        total.update(dict(zip(_COLUMNS, counts, strict=True)))
        rows.append(f"| {module.area} | `{module.path}` | {' | '.join(map(str, counts))} |")
        if left:
            survivors += [f"### `{module.path}`", "", *_listed(left, why), ""]
    rows.append(f"| all | | {' | '.join(str(total[name]) for name in _COLUMNS)} |")
    template = Template(_TEMPLATE.read_text(encoding="utf-8"))
    return template.substitute(rows="\n".join(rows), survivors="\n".join(survivors).rstrip())


def _listed(left: list[str], why: dict[str, str]) -> Iterator[str]:
    """Yield each reason with the mutants that it is one of."""
    grouped: dict[str, list[str]] = {}
    for name in left:
        grouped.setdefault(why.get(name, "not judged yet"), []).append(name)
    for reason, names in grouped.items():
        yield f"- {reason}:"
        yield from (f"  - `{name}`" for name in names)

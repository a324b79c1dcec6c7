"""The floors below which nothing may fall: `floors.toml`, a table per family, a line per kind, read and raised here.

A figure is a share in per cent, or a count. `residue` and `moved` are ceilings: they may be lower. `pages` keeps the
measured pages from becoming fewer without a word.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from archive.errors import UsageError
from bench.extraction.measure import PARTS, Score

FLOORS = Path(__file__).with_name("floors.toml")

Cell = tuple[str, str]
"""One row of the table: a way of reading or a family, and a kind."""
Figures = Mapping[str, float]

_CEILINGS = ("residue", "moved", "leaked")
_HEAD = """\
# The floors of the quality gate: `python -m bench.extraction --check` fails below one, `--update` raises them.
# A table per family, a line per kind: shares in per cent, counts of pages; residue (lines that are no part of the article) and
# moved (pages whose blocks stand in another order) are ceilings. Composed portals and quality corpus together;
# "without layout" is the generic path on the same pages; "real" is measured where LUU_TRU_DATA names recorded pages.
# "strangers" are drawn pages, read without layout: "right" is the share of pages without any fault, for a single choice of a
# grammar in whole steps of five; `--check` reads the first hundred, `make quality` and `--update` all.
"""


def figures(score: Score) -> dict[str, float]:
    """Return a measure as the figures that floors are about."""
    found: dict[str, float] = {"pages": score.pages}
    for part in PARTS:
        if (percent := score.parts[part].percent if part in score.parts else None) is not None:
            found[part] = percent
    if (named := score.named.percent) is not None:
        found["named"] = named
    return {**found, "residue": score.residue, "moved": score.moved}


def read_floors(path: Path = FLOORS) -> dict[Cell, Figures]:
    """All floors; UsageError when the file is missing or is no TOML."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"no floors at {path}; write them with python -m bench.extraction --update") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}") from error
    return {
        (family, kind): cast("Figures", found)
        for family, kinds in tables.items()
        for kind, found in cast("Mapping[str, object]", kinds).items()
    }


def below(floors: Mapping[Cell, Figures], measured: Mapping[Cell, Figures], required: bool = True) -> list[str]:
    """Return a sentence for every figure under its floor or over its ceiling.

    With `required` an unmeasured cell is one too.
    """
    found = []
    for cell, floor in floors.items():
        name = " / ".join(cell)
        if cell not in measured:
            if required:
                found.append(f"{name}: not measured, and the floors have it")
            continue
        for figure, least in floor.items():
            value = measured[cell].get(figure)
            if value is None:
                found.append(f"{name}: {figure} is not measured any more, the floor is {least:g}")
            elif figure in _CEILINGS and value > least:
                found.append(f"{name}: {figure} {value:g} is above the ceiling {least:g}")
            elif figure not in _CEILINGS and value < least:
                found.append(f"{name}: {figure} {value:g} is below the floor {least:g}")
    return found


def raised(
    floors: Mapping[Cell, Figures], measured: Mapping[Cell, Figures], allow_regression: bool = False
) -> dict[Cell, Figures]:
    """Return the floors as measured; UsageError naming the figures that would fall, unless that is allowed."""
    falling = below(floors, measured, required=False)
    if falling and not allow_regression:
        raise UsageError(f"would lower {len(falling)} floors ({falling[0]}); mend it, or say --allow-regression")
    return {**floors, **measured}


def write_floors(floors: Mapping[Cell, Figures], path: Path = FLOORS) -> None:
    """Write the file anew, families and kinds in the order given, one line a cell."""
    lines = [_HEAD]
    for family in dict.fromkeys(family for family, _ in floors):
        lines.append(f'["{family}"]')
        for kind in [kind for each, kind in floors if each == family]:
            values = (f'"{name}" = {value:g}' for name, value in floors[family, kind].items())
            lines.append(f'"{kind}" = {{ {", ".join(values)} }}')
        lines.append("")
    path.write_text("\n".join(lines), "utf-8")

"""The measures as a table for the terminal and as one JSON record."""

from __future__ import annotations

from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bench.extraction.floors import figures
from bench.extraction.measure import PARTS, Score
from bench.extraction.readers import GENERIC, LIBRARY, OURS

Measured = Mapping[tuple[str, str, str], Mapping[str, Score]]
"""Source, family and kind to the measure of every way."""

_BESIDE = (GENERIC, LIBRARY)
_TITLE = (
    "composed portals and quality corpus: by layout, kept % of each part and lines of residue; beside it on the same pages, "
    "kept % of all blocks / lines of residue"
)


def by_cell(measured: Measured) -> Table:
    """One row per family and kind: ours part by part, the others by all blocks kept and lines left."""
    table = Table(title=_TITLE, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("family", "kind", "pages", *PARTS, "residue", *_BESIDE):
        left = name in ("family", "kind")
        table.add_column(name.replace(" ", "\n"), justify="left" if left else "right", no_wrap=True)
    cells = list(dict.fromkeys((family, kind) for _, family, kind in measured))
    for family in dict.fromkeys(family for family, _ in cells):
        for kind in [kind for each, kind in cells if each == family]:
            table.add_row(family, kind, *_row(_merged(measured, family, kind)))
        table.add_row(family, "all", *_row(_merged(measured, family)), style="bold", end_section=True)
    table.add_row("all", "all", *_row(_merged(measured)), style="bold")
    return table


def _merged(measured: Measured, family: str | None = None, kind: str | None = None) -> dict[str, Score]:
    """Return the measures of a family and kind from all sources, of every way."""
    ways: dict[str, list[Score]] = {}
    for (_, each, its_kind), scores in measured.items():
        if family in (None, each) and kind in (None, its_kind):
            for way, score in scores.items():
                ways.setdefault(way, []).append(score)
    return {way: Score.of(scores) for way, scores in ways.items()}


def _row(ways: Mapping[str, Score]) -> list[str]:
    ours = ways[OURS]
    shares = [_percent(ours.parts[part].percent if part in ours.parts else None) for part in PARTS]
    beside = [f"{_percent(ways[way].blocks.percent)} / {ways[way].residue}" if way in ways else "" for way in _BESIDE]
    return [str(ours.pages), *shares, str(ours.residue), *beside]


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:g}"


def by_source(rows: Mapping[str, Mapping[str, Score]]) -> Table:
    """One row per source and way: on what it was measured, and what came out."""
    table = Table(title="on what it was measured", box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("measured on", "read", "pages", "blocks kept %", "title %", "published %", "residue", "out of order"):
        table.add_column(name, justify="left" if name in ("measured on", "read") else "right")
    for source, ways in rows.items():
        for way, score in ways.items():
            shares = [_percent(score.parts[part].percent if part in score.parts else None) for part in PARTS[:2]]
            kept = _percent(score.blocks.percent)
            table.add_row(source, way, str(score.pages), kept, *shares, str(score.residue), str(score.moved))
        table.add_section()
    return table


def record(measured: Measured, rows: Mapping[str, Mapping[str, Score]], failed: list[str]) -> dict[str, object]:
    """All of it for a program: per source and way, and ours per family."""
    families = dict.fromkeys(family for _, family, _ in measured)
    return {
        "sources": {
            source: {way: {**figures(score), "kept": score.blocks.percent} for way, score in ways.items()}
            for source, ways in rows.items()
        },
        "families": {family: figures(_merged(measured, family)[OURS]) for family in families},
        "below": failed,
    }

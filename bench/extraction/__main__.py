"""`python -m bench.extraction`: the quality table; `--check` holds it against the floors, `--update` raises them.

Exit codes: 0 good; 1 something is below a floor; 2 wrong usage, or an update that would lower a floor.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from rich.console import Console

from archive.errors import ExitCode, UsageError
from bench.extraction.corpus import COMPOSED, CORPUS, KINDS, composed, corpus
from bench.extraction.floors import FLOORS, Cell, Figures, below, figures, raised, read_floors, write_floors
from bench.extraction.measure import Score, measure
from bench.extraction.readers import GENERIC, OURS, Reader, readers
from bench.extraction.real import real_pages, samples
from bench.extraction.strangers.pages import SOURCE as STRANGERS
from bench.extraction.strangers.pages import strangers
from bench.extraction.strangers.scores import DRAWS, FIRST, StrangerScores, read_strangers
from bench.extraction.strangers.scores import table as strangers_table
from bench.extraction.table import Measured, by_cell, by_source, record
from bench.runner import report_error
from replicas.sites.catalogue import SITES
from testing.recorded import ABSENT

_SEEDS = 3
_REAL: Cell = ("real", "pages without layout")
_CLEANED: Cell = ("real", "samples cleaned")
_FAMILIES = tuple(dict.fromkeys(site.family for site in SITES.values()))


def measured_by(ways: Mapping[str, Reader], seeds: range, families: Sequence[str], kinds: Sequence[str]) -> Measured:
    """Every chosen composed page, read by every way."""
    found: dict[tuple[str, str, str], dict[str, Score]] = {}
    for sample in chain(composed(), corpus(seeds)):
        if sample.family in families and sample.kind in kinds:
            cell = found.setdefault((sample.source, sample.family, sample.kind), {way: Score() for way in ways})
            for way, read in ways.items():
                cell[way].add(measure(sample, read(sample)))
    return dict(sorted(found.items(), key=lambda item: (_FAMILIES.index(item[0][1]), list(KINDS).index(item[0][2]))))


def cells(measured: Measured, real: Mapping[str, Score], cleaned: Score) -> dict[Cell, Figures]:
    """Return the cells that have floors: ours per family and kind, the generic path per family, real input where present."""
    ours: dict[Cell, Score] = {}
    for (_, family, kind), ways in measured.items():
        for cell, way in (((family, kind), OURS), (("without layout", family), GENERIC)):
            if way in ways:
                ours.setdefault(cell, Score()).add(ways[way])
    # Families first, as the table has them.
    ordered = sorted(ours.items(), key=lambda item: item[0][0] == "without layout")
    found: dict[Cell, Figures] = {cell: figures(score) for cell, score in ordered}
    if GENERIC in real:
        found[_REAL] = figures(real[GENERIC])
    if cleaned.pages:
        found[_CLEANED] = figures(cleaned)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.extraction", description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="hold ours against the floors, print only what is below")
    parser.add_argument("--update", action="store_true", help="write what is measured as the floors")
    parser.add_argument("--allow-regression", action="store_true", help="with --update: floors may become lower")
    parser.add_argument(
        "--floors", type=Path, default=FLOORS, help="the file of the floors (default: the repository's)"
    )
    parser.add_argument("--show", action="store_true", help="print every line lost or left by our layouts")
    parser.add_argument("--family", action="append", choices=_FAMILIES, help="only this family (repeatable)")
    parser.add_argument("--kind", action="append", choices=tuple(KINDS), help="only this kind (repeatable)")
    parser.add_argument("--seeds", type=int, default=_SEEDS, help=f"pages per family and kind (default {_SEEDS})")
    options = parser.parse_args(arguments)
    return report_error("quality", lambda: _run(options))


def _run(options: argparse.Namespace) -> int:
    gate = options.check or options.update
    if gate and (options.family or options.kind or options.seeds != _SEEDS):
        raise UsageError("the floors are for all families, kinds and three seeds: leave out --family, --kind, --seeds")
    ways = readers()
    if gate or options.show:
        ways = {way: ways[way] for way in (OURS, GENERIC)}
    measured = measured_by(ways, range(options.seeds), options.family or _FAMILIES, options.kind or tuple(KINDS))
    real, cleaned = real_pages(ways), samples()
    found = cells(measured, real, cleaned)
    whole = not (options.family or options.kind or options.seeds != _SEEDS)
    drawn = _strangers(options, whole, ways)
    found |= drawn.cells() if drawn else {}
    if options.update:
        write_floors(raised(_known(options.floors), found, options.allow_regression), options.floors)
        print(f"floors written for {len(found)} cells")
        return ExitCode.GOOD
    failed = _below(found, options.floors) if whole else []
    if options.show:
        print("\n".join(chain.from_iterable(scores[OURS].notes for scores in measured.values())))
    elif not options.check:
        _print(measured, real, cleaned, drawn, failed)
    for sentence in failed:
        print(f"quality: {sentence}", file=sys.stderr)
    if options.check and not failed:
        print(f"quality: {len(found)} cells on {_pages(measured)} composed pages, none below its floor")
    return ExitCode.FINDINGS if failed else ExitCode.GOOD


def _strangers(options: argparse.Namespace, whole: bool, ways: Mapping[str, Reader]) -> StrangerScores | None:
    """Read the drawn pages: the first of them for a quick check, none for a part of the table."""
    if not whole or options.show:
        return None
    return read_strangers(strangers(FIRST if options.check else DRAWS), ways[GENERIC])


def _known(path: Path) -> dict[Cell, Figures]:
    """Return the floors so far; none where there is no file yet."""
    return read_floors(path) if path.exists() else {}


def _below(found: Mapping[Cell, Figures], path: Path) -> list[str]:
    """Return the cells below their floor or without one; real input that is not present is left out, and strangers not drawn."""
    floors = {
        cell: floor for cell, floor in read_floors(path).items() if cell in found or cell[0] not in ("real", STRANGERS)
    }
    without = [f"{' / '.join(cell)}: has no floor yet; --update sets it" for cell in found if cell not in floors]
    return below(floors, found) + without


def _pages(measured: Measured) -> int:
    return sum(scores[OURS].pages for scores in measured.values())


def _print(
    measured: Measured, real: Mapping[str, Score], cleaned: Score, drawn: StrangerScores | None, failed: list[str]
) -> None:
    console = Console(width=None if sys.stdout.isatty() else 192)
    console.print(by_cell(measured))
    rows: dict[str, Mapping[str, Score]] = {}
    for source in (COMPOSED, CORPUS):
        of_source = [scores for (each, _, _), scores in measured.items() if each == source]
        ways = list(of_source[0]) if of_source else []
        rows[source] = {way: Score.of(scores[way] for scores in of_source) for way in ways}
    if real:
        rows["real pages, passages checked by hand"] = real
    if cleaned.pages:
        rows["real samples, plain text"] = {"clean": cleaned}
    if not (real and cleaned.pages):
        console.print(f"{ABSENT}: nothing was measured on real pages or samples")
    console.print(by_source(rows))
    if drawn:
        rows["strangers"] = {GENERIC: drawn.whole.score}
        console.print(strangers_table(drawn, worst=True))
    print(json.dumps(record(measured, rows, failed), ensure_ascii=False))


if __name__ == "__main__":
    sys.exit(main())

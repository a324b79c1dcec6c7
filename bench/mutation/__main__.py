"""`python -m bench.mutation [MODULE …]`: every mutant of the modules that decide what is kept or accepted, by the tests.

A MODULE is an area (`proof`, `chain`, `guard`, …) or a file. Outcomes are kept in `--results`, a file of JSON lines for
each module; `--page` makes docs/measurements/mutation.md of those that are there.
Exit codes: 0 every mutant was killed or is judged in survivors.toml; 1 one is not; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from archive.errors import ExitCode, UsageError
from bench.mutation.areas import MODULES, MutatedModule
from bench.mutation.table import KILLED, PAGE, outcome_file, page, unjudged
from bench.runner import report_error

ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutation", description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="an area or a file (default: all)")
    parser.add_argument("--results", type=Path, default=Path("var/mutation"), metavar="DIR", help="kept outcomes")
    parser.add_argument(
        "--page", action="store_true", help="write the page from the outcomes that are kept, try nothing"
    )
    parser.add_argument("--left", action="store_true", help="try only what is kept as left, and what is new")
    asked = parser.parse_args(arguments)
    return report_error("mutation", lambda: _run(asked))


def _run(asked: argparse.Namespace) -> int:
    unknown = set(asked.modules) - {each.area for each in MODULES} - {each.path for each in MODULES}
    if unknown:
        raise UsageError(f"{', '.join(sorted(unknown))}: no area and no module; see bench/mutation/areas.py")
    chosen = [each for each in MODULES if not asked.modules or {each.area, each.path} & set(asked.modules)]
    os.nice(10)
    asked.results.mkdir(parents=True, exist_ok=True)
    if asked.page:
        PAGE.write_text(page(asked.results), encoding="utf-8")
    else:
        for module in chosen:
            _try_module(module, outcome_file(asked.results, module), left=asked.left)
    left = unjudged(asked.results, chosen)
    for name in left:
        print(name)
    return ExitCode.FINDINGS if left else ExitCode.GOOD


def _try_module(module: MutatedModule, results: Path, *, left: bool) -> None:
    """Try the mutants of one module in a copy of the tree and a process of its own.

    `left`: those that were killed before are taken for killed.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="mutation-", dir=memory if memory.is_dir() else None) as folder:
        copy = Path(folder) / "copy"
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).write_bytes((ROOT / name).read_bytes())
        known = str(results.resolve()) if left and results.exists() else ""
        command = [sys.executable, "-m", "bench.mutation.forked_tests", module.path, folder, known, *module.tests]
        partial = results.with_suffix(".part")
        with partial.open("w", encoding="utf-8") as out:
            subprocess.run(command, cwd=copy, stdout=out, check=True)
        partial.replace(results)
    kept = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    killed = sum(outcome in KILLED for _, outcome in kept)
    print(f"{module.path}: {killed} of {len(kept)} killed", flush=True)


if __name__ == "__main__":
    sys.exit(main())

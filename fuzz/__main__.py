"""`python -m fuzz [TARGET …]`: search each target for some seconds, and print what that gave as a table.

Runs under the interpreter of `make fuzz`, which has atheris. Exits 0 when nothing was found, 1 when something was, 2 for
wrong usage. Findings lie below `--folder`, each with what it is and shrunk.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from archive.errors import ExitCode
from fuzz.findings import fails_as, shrink
from fuzz.targets import TARGETS, load, seeds

_COVERED = re.compile(r"\b(?:INITED|DONE)\s+cov: (\d+) ft: (\d+) corp: (\d+)/")
_EXECUTED = re.compile(r"number_of_executed_units: (\d+)")
_ARTIFACTS = ("crash-", "timeout-", "oom-", "leak-")


@dataclass(frozen=True, slots=True)
class Search:
    """The search of one target: inputs tried, places covered and inputs kept at its begin and end, seconds of the slowest, findings."""

    target: str
    tried: int
    covered: tuple[int, int]
    kept: tuple[int, int]
    slowest: float
    found: tuple[str, ...]

    def row(self) -> str:
        """Return a row of the table."""
        places, inputs = (f"{begin:,} → {end:,}" for begin, end in (self.covered, self.kept))
        return f"| {self.target} | {self.tried:,} | {places} | {inputs} | {self.slowest:.2f} | {len(self.found)} |"


def search(name: str, seconds: int, folder: Path) -> Search:
    """Search one target in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "log"
    with log.open("wb") as stream:
        command = [sys.executable, "-m", "fuzz.engine", name, str(seconds), str(folder)]
        ended = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, check=False).returncode
    words = log.read_text(encoding="utf-8", errors="replace")
    stages = [tuple(map(int, stage)) for stage in _COVERED.findall(words)] or [(0, 0, 0)]
    tried = _EXECUTED.search(words)
    slowest = folder / "slowest.json"
    found = [*_found(name, folder), *(path.name for path in folder.iterdir() if path.name.startswith(_ARTIFACTS))]
    if ended and not found:
        found.append(f"ended with {ended}: {log}")
    return Search(
        name,
        int(tried[1]) if tried else 0,
        (stages[0][0], stages[-1][0]),
        (len(seeds(name)), stages[-1][2]),
        json.loads(slowest.read_text())["seconds"] if slowest.exists() else 0.0,
        tuple(found),
    )


def _found(name: str, folder: Path) -> list[str]:
    """Shrink what was found, and return what it is, each in a line."""
    lines = []
    for said in sorted((folder / "found").glob("*.txt")):
        what, path = said.read_text(encoding="utf-8").partition("\n")[0], said.with_suffix("")
        fails = fails_as(load(name), what)
        data = path.read_bytes()
        if fails(data):
            path.write_bytes(shrink(data, fails))
        lines.append(f"{what}: {path}")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m fuzz", description="Feed the readers what a coverage-guided mutator makes."
    )
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"{', '.join(TARGETS)} (default: all)")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each target (default 60)")
    parser.add_argument(
        "--folder", type=Path, default=Path("var/fuzz"), help="for grown corpora and findings (default var/fuzz)"
    )
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.targets) - TARGETS.keys())
    if unknown or options.seconds < 1:
        print(f"fuzz: unknown target {unknown[0]}" if unknown else "fuzz: --seconds begins at 1", file=sys.stderr)
        return int(ExitCode.USAGE)
    if find_spec("atheris") is None:
        print("fuzz: atheris is not installed here; `make fuzz` runs this with it", file=sys.stderr)
        return int(ExitCode.USAGE)
    print(
        "| target | inputs | places covered | inputs kept | slowest, CPU s | findings |\n|---|---:|---:|---:|---:|---:|"
    )
    searches = []
    for name in options.targets or TARGETS:
        searches.append(search(name, options.seconds, options.folder / name))
        print(searches[-1].row(), flush=True)
    for one in searches:
        for line in one.found:
            print(f"{one.target}: {line}")
    return int(ExitCode.FINDINGS if any(one.found for one in searches) else ExitCode.GOOD)


if __name__ == "__main__":
    raise SystemExit(main())

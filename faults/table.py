"""The table of `docs/reference/faults.md`, from a run: `python -m faults --json | python -m faults.table docs/reference/faults.md`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from faults.catalogue import order

_BEGIN, _END = "<!-- the rows, written by faults/table.py -->\n", "<!-- end of the rows -->\n"


def table(lines: Iterable[str]) -> str:
    """Return a Markdown table of the results, and how many there were of each kind."""
    found = sorted((json.loads(line) for line in lines if line.startswith("{")), key=lambda one: order(one["number"]))
    rows = [f"| {one['number']} | {one['title']} | {one['verdict']} | {_cell(one['saw'])} |" for one in found]
    counts = [sum(one["verdict"] == word for one in found) for word in ("ok", "FAILED", "skipped")]
    said = "{} passed, {} failed, {} skipped".format(*counts)
    return "\n".join(["| row | what is broken | | what was seen |", "|---|---|---|---|", *rows, "", f"`{said}`", ""])


def _cell(text: str) -> str:
    """One line that breaks no table and names no folder of the machine it ran on."""
    words = [Path(word).name if word.startswith(("/tmp/", "/dev/shm/")) else word for word in text.split()]
    return " ".join(words).replace("|", "¦").replace("<", "&lt;")


def with_table(page: str, rows: str) -> str:
    """Return the page with the rows between its two marks. Raises ValueError when it has none."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"the page should have the lines {_BEGIN.strip()} and {_END.strip()}")
    return f"{before}{begin}\n{rows}\n{end}{after}"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(with_table(page.read_text(encoding="utf-8"), table(sys.stdin)), encoding="utf-8")

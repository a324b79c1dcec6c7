"""`python -m faults [ROW …]`: faults made on purpose, a line a row, against the real program on loopback."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from dataclasses import asdict

from archive.errors import ExitCode
from faults.rows import chosen
from faults.runner import results


def main(arguments: list[str] | None = None) -> int:
    """Run the command; end with 1 when a row failed."""
    parser = argparse.ArgumentParser(
        prog="python -m faults", description="Break the real program on purpose and check what is left."
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="A3, B11, or a section: A, B (default: all)")
    parser.add_argument("--list", action="store_true", help="name the rows and what they need, and run nothing")
    parser.add_argument("--quick", action="store_true", help="the shorter rows, each with a sample of its points")
    parser.add_argument("--json", action="store_true", help="one JSON object a row")
    parser.add_argument(
        "--jobs", type=int, default=2, choices=range(1, 65), metavar="N", help="rows at once (default 2)"
    )
    options = parser.parse_args(arguments)
    try:
        rows = chosen(options.rows, quick=options.quick)
    except ValueError as error:
        print(f"faults: {error}", file=sys.stderr)
        return int(ExitCode.USAGE)
    if options.list:
        for row in rows:
            needs = f" (needs {', '.join(need.value for need in row.needs)})" if row.needs else ""
            print(f"{row.number:<4} {row.title}{needs}")
        return int(ExitCode.GOOD)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(int(ExitCode.INTERRUPTED)))
    found = []
    for result in results(rows, options.jobs, quick=options.quick):
        found.append(result)
        print(json.dumps(asdict(result), ensure_ascii=False) if options.json else result, flush=True)
    passed, failed, skipped = (sum(one.verdict == word for one in found) for word in ("ok", "FAILED", "skipped"))
    print(f"{passed} passed, {failed} failed, {skipped} skipped", file=sys.stderr if options.json else sys.stdout)
    return int(ExitCode.FINDINGS if failed else ExitCode.GOOD)


if __name__ == "__main__":
    raise SystemExit(main())

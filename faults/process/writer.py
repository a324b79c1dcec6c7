"""The program that is broken: it writes the composed night and says on stdout what is committed, after it is.

`python -m faults.process.writer DIR` makes an archive in DIR, or goes on with the one that is there. Exit codes: archive/errors.py.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from archive.errors import ArchiveError, ExitCode
from faults.process.composed_run import Report, base, write_night


def coded(work: Callable[[Report], None], say: Report, complain: Report) -> int:
    """Do the work as a command does: our errors are one line and their exit code, anything else is a bug."""
    try:
        work(say)
    except ArchiveError as error:
        complain(str(error))
        return int(error.exit_code)
    except Exception:  # a bug, which has a code of its own
        complain(traceback.format_exc())
        return int(ExitCode.BUG)
    return int(ExitCode.GOOD)


def main(arguments: list[str]) -> int:
    """Write the night into the folder that is named."""
    if len(arguments) != 1:
        print("usage: python -m faults.process.writer DIR", file=sys.stderr)
        return int(ExitCode.USAGE)
    root = Path(arguments[0])

    def work(say: Report) -> None:
        if not (root / "archive.json").exists():
            base(root)
        write_night(root, say)

    return coded(work, lambda line: print(line, flush=True), lambda line: print(line, file=sys.stderr))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

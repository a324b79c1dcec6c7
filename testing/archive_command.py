"""Run `python -m archive …` in this process."""

from __future__ import annotations

import contextlib
import io
import subprocess

from archive.__main__ import main


def archive_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Return the exit code and what the command printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code: object = main(list(arguments))
        except SystemExit as end:
            code = end.code
    return subprocess.CompletedProcess(arguments, code if isinstance(code, int) else 1, out.getvalue(), err.getvalue())

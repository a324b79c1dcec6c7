"""Run `python -m archive serve`: the audit page, on this machine only by default."""

from __future__ import annotations

import argparse
from pathlib import Path

from archive.cli.arguments import Commands
from archive.errors import ExitCode

_PORT = 8642


def add(commands: Commands) -> None:
    """Declare the command."""
    command = commands.add("serve", _run, "show the archive in a browser, read-only")
    command.add_argument("--port", type=int, default=_PORT, metavar="N", help=f"default {_PORT}; 0 takes a free one")
    command.add_argument(
        "--bind", default="127.0.0.1", metavar="ADDRESS", help="default 127.0.0.1; another one needs --token-file"
    )
    command.add_argument("--token-file", type=Path, metavar="FILE", help="whoever asks must show what stands in it")
    command.add_argument(
        "--name", action="append", default=[], metavar="HOST", help="a further host name to answer for; may be repeated"
    )
    command.add_argument(
        "--report", type=Path, metavar="FILE", help="show the audit that `verify --json` wrote into this file"
    )


def _run(options: argparse.Namespace) -> ExitCode:
    from archive.web.server import Settings, serve  # no other command waits for the web server's modules

    settings = Settings(options.bind, options.port, tuple(options.name), options.token_file, options.report)
    serve(options.archive, settings, lambda address: print(f"{address}  (Ctrl-C ends it)", flush=True))
    return ExitCode.GOOD

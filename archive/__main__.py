"""`python -m archive`: the auditor's commands. Each prints one clear line when it cannot do what was asked."""

from __future__ import annotations

import argparse
import sys

from archive.cli import (
    coverage,
    diff,
    documents,
    export,
    head,
    init,
    prove,
    rebuild,
    search,
    serve,
    show,
    sign,
    timestamp,
    verify,
    withhold,
    witness,
)
from archive.cli import list as list_
from archive.cli.arguments import Commands
from archive.errors import ArchiveError, ExitCode

COMMANDS = (
    init,
    verify,
    rebuild,
    list_,
    search,
    show,
    diff,
    export,
    head,
    prove,
    sign,
    timestamp,
    witness,
    withhold,
    coverage,
    documents,
    serve,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code (docs/operations.md)."""
    parser = argparse.ArgumentParser(prog="python -m archive", description="Examine and prove an archive.")
    commands = Commands(parser)
    for command in COMMANDS:
        command.add(commands)
    options = parser.parse_args(arguments)
    try:
        code: ExitCode = options.run(options)
    except ArchiveError as error:
        print(f"archive: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("archive: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.GOOD
    return code


if __name__ == "__main__":
    sys.exit(main())

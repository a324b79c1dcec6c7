"""`python -m archive`: the auditor's commands. Each prints one clear line when it cannot do what was asked."""

from __future__ import annotations

import argparse
import sys
import traceback
from importlib import import_module

from archive.audit.rereading import CaptureReader
from archive.cli.arguments import Commands
from archive.errors import ArchiveError, ExitCode
from archive.messages.printable import printable
from archive.storage.fsync import close_to_others

COMMANDS = (
    "init",
    "verify",
    "rebuild",
    "list",
    "search",
    "show",
    "diff",
    "export",
    "head",
    "prove",
    "sign",
    "timestamp",
    "receipt",
    "witness",
    "withhold",
    "coverage",
    "documents",
    "serve",
)
"""Modules of `archive.cli`, in the order of the help."""


def portal_captures() -> CaptureReader:
    """Return the reader of captures by this checkout's portals: the program knows them, the archive below it does not."""
    from crawler.reextract.capture_reader import PortalCaptures  # half a second that no other command needs

    return PortalCaptures()


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code (docs/operations.md)."""
    close_to_others()
    parser = argparse.ArgumentParser(prog="python -m archive", description="Examine and prove an archive.")
    commands = Commands(parser, portal_captures)
    words = sys.argv[1:] if arguments is None else arguments
    # Only the named one: what all import, calendars and tables and the audit, takes as long as making a small index.
    for name in words[:1] if words[:1] and words[0] in COMMANDS else COMMANDS:
        import_module(f"archive.cli.{name}").add(commands)
    options = parser.parse_args(words)
    try:
        code: ExitCode = options.run(options)
    except ArchiveError as error:
        print(f"archive: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("archive: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return ExitCode.GOOD
    except Exception:  # a bug: Python's own exit code for it is 1, which here says that something was found
        traceback.print_exc()
        print("archive: a bug: please report it with the lines above", file=sys.stderr)
        return ExitCode.BUG
    return code


if __name__ == "__main__":
    sys.exit(main())

"""Define the errors whose message a person can act on, and the exit code of each.

ArchiveError
├── UsageError          2   wrong usage or settings
├── DiskFull            3   no space left, or a file system that refuses writes
├── ArchiveUnusable     4   no identity, the other kind, an unknown format, a folder that is not an archive
├── DamagedFile         1   a stored file is not what the archive writes
├── TimeLimit           1   a query had a time limit and took longer
├── RunBusy             2   the portal's night is being written by another process
└── Interrupted        11   the run was stopped and can go on
    └── StaleClaim     11   the portal's night was taken over by another process

Every message is one line and names the remedy. Exit codes are those of docs/operations.md.
"""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of every command."""

    GOOD = 0
    FINDINGS = 1
    USAGE = 2
    DISK_FULL = 3
    ARCHIVE_UNUSABLE = 4
    INTERRUPTED = 11
    TIME_LIMIT = 15
    BUG = 70


class ArchiveError(Exception):
    """Common root: a one-line message and an exit code."""

    exit_code: ExitCode = ExitCode.FINDINGS


class UsageError(ArchiveError):
    """The command or a setting is wrong; the message names it and the right form."""

    exit_code = ExitCode.USAGE


class DiskFull(ArchiveError):
    """Writing failed for want of space or permission; nothing of the batch counts as stored."""

    exit_code = ExitCode.DISK_FULL


class ArchiveUnusable(ArchiveError):
    """The folder cannot be used as the requested archive."""

    exit_code = ExitCode.ARCHIVE_UNUSABLE


class DamagedFile(ArchiveError, ValueError):
    """A stored file does not hold what the archive writes there; the message names the file and the remedy."""


class TimeLimit(ArchiveError):
    """A query to the index had a time limit and took longer; a narrower one may do."""


class RunBusy(UsageError):
    """Another process holds this portal's night."""


class Interrupted(ArchiveError):
    """The run was stopped before its end; committed lines stay, and a later start goes on from there."""

    exit_code = ExitCode.INTERRUPTED


class StaleClaim(Interrupted):
    """The portal's night was taken over by another process; the old holder must stop and write nothing."""


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return the end of an error line about an unknown word: the known word that is close to it, or all of them."""
    close = get_close_matches(word, known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(sorted(known))}"

"""Read and write `archive.json`, which makes a folder an archive, and name the paths inside it.

`{"format": 1, "id": "<uuid>", "kind": "live" | "replica", "made_at": "<ISO 8601>"}`, written once by `archive init`. A
folder without it is refused: an unmounted disk must not be mistaken for a new empty archive.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import msgspec

from archive.errors import ArchiveUnusable, UsageError
from archive.model.enums import ArchiveKind
from archive.model.run_metrics import Instant
from archive.storage.fsync import disk_errors, make_folder, write_durably
from archive.storage.stored_file import read_stored

FORMAT = 1
_NIGHT = re.compile(r"(\d{4})/(\d{2})/(\d{2})")
RUN_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[1-9]\d*)?")


@dataclass(frozen=True, slots=True)
class Identity:
    """The contents of `archive.json`: id, kind, version of the format, and the moment it was made."""

    id: str
    kind: ArchiveKind
    format: int = FORMAT
    made_at: Instant | None = None


_IDENTITY = msgspec.json.Decoder(Identity)
_LONGEST = 1 << 16  # bytes of an identity: it has about 130


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths below an archive's root. Names are made only of a night, a portal's name and a hash."""

    root: Path

    @property
    def identity(self) -> Path:
        """The archive's id, kind and format."""
        return self.root / "archive.json"

    @property
    def index(self) -> Path:
        """The index in SQLite."""
        return self.root / "index.db"

    @property
    def search(self) -> Path:
        """The words to search in, in SQLite."""
        return self.root / "search.db"

    @property
    def ledger(self) -> Path:
        """The leases of running crawls."""
        return self.root / "ledger.db"

    @property
    def open(self) -> Path:
        """The folder of runs that are not closed."""
        return self.root / "open"

    def lock(self, portal: str) -> Path:
        """Return the lock file of a portal's open run."""
        return self.open / f"{portal}.lock"

    def open_night(self, night: date) -> Path:
        """Return the folder of a night's open runs."""
        return self.open / night.isoformat()

    def night(self, night: date) -> Path:
        """Return the dated folder of a night."""
        return self.root / f"{night:%Y/%m/%d}"

    def quarantine(self, night: date, portal: str) -> Path:
        """Return the folder of a portal's quarantined texts of a night."""
        return self.root / "quarantine" / f"{night:%Y/%m/%d}" / portal

    def nights(self) -> list[date]:
        """Return every night with a dated folder, oldest first."""
        found = []
        for folder in self.root.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]"):
            match = _NIGHT.fullmatch(folder.relative_to(self.root).as_posix())
            if match and folder.is_dir():
                with suppress(ValueError):  # no day of the calendar is no night
                    found.append(date(int(match[1]), int(match[2]), int(match[3])))
        return sorted(found)

    def closed_runs(self, night: date) -> list[Path]:
        """Return the folders of a night's closed runs, in name order."""
        return sorted(_run_folders(self.night(night)), key=lambda path: run_order(path.name))

    def open_runs(self) -> list[tuple[date, Path]]:
        """Return night and folder of every run in `open/`, oldest night first."""
        found = []
        if self.open.is_dir():
            for folder in sorted(self.open.iterdir()):
                if folder.is_dir() and re.fullmatch(r"\d{4}-\d{2}-\d{2}", folder.name):
                    runs = sorted(_run_folders(folder), key=lambda path: run_order(path.name))
                    found += [(date.fromisoformat(folder.name), run) for run in runs]
        return found


def _run_folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        with disk_errors(f"cannot look into {folder}"), os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        yield from (folder / name for name in names if RUN_NAME.fullmatch(name))


def run_folder(paths: Paths, night: date, run: str) -> Path:
    """Return the folder of a run: in its dated place, or under `open/` until it is closed."""
    closed = paths.night(night) / run
    return closed if closed.is_dir() else paths.open_night(night) / run


def run_order(run: str) -> tuple[str, int]:
    """Return the portal of a run and its ordinal in that night, from 1: `quang_tri.2` → (`quang_tri`, 2)."""
    portal, _, ordinal = run.partition(".")
    return portal, int(ordinal or 1)


def create_identity(root: Path, kind: ArchiveKind, archive_id: UUID, now: datetime) -> Identity:
    """Make `archive.json` in an empty or new folder.

    Raises UsageError when the folder holds anything: an archive is made once, and never around other files.
    """
    if (root / "archive.json").exists():
        raise UsageError(f"{root} is an archive already; choose another folder or use it as it is")
    if root.is_dir() and any(root.iterdir()):
        raise UsageError(f"{root} is not empty; an archive is made only in a new or empty folder")
    with disk_errors(f"cannot make an archive in {root}"):
        make_folder(root)
        identity = {"format": FORMAT, "id": str(archive_id), "kind": kind.value, "made_at": now.isoformat()}
        make_folder(root / "open")
        write_durably(root / "archive.json", (json.dumps(identity, sort_keys=True) + "\n").encode())
    return Identity(str(archive_id), kind, made_at=now)


def read_identity(root: Path, kind: ArchiveKind | None = None) -> Identity:
    """Read `archive.json`. Raises ArchiveUnusable with the command to type when the folder cannot serve."""
    path = root / "archive.json"
    wanted = kind or ArchiveKind.LIVE
    try:
        raw = _IDENTITY.decode(read_stored(path, _LONGEST).decode("utf-8"))
        identity = Identity(str(UUID(raw.id)), raw.kind, raw.format, raw.made_at)
    except (FileNotFoundError, NotADirectoryError):
        raise ArchiveUnusable(
            f"{root} is no archive (archive.json is missing): mount its disk, or make one with "
            f"`python -m archive init {root} --kind {wanted.value}`"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise ArchiveUnusable(f"{path} cannot be read ({why}): restore it from a backup") from None
    if identity.format != FORMAT:
        raise ArchiveUnusable(f"{root} has format {identity.format}; this program reads format {FORMAT}: upgrade it")
    if kind is not None and identity.kind is not kind:
        raise ArchiveUnusable(
            f"{root} is a {identity.kind.value} archive and this is a {kind.value} run: the two never share one; "
            f"name another folder with --archive"
        )
    return identity

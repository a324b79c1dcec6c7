"""Open an archive: `Archive` is the one entry to writing and finding.

    with Archive.open(Path("var/archive"), ArchiveKind.LIVE) as archive:
        writer = archive.start("quang_tri", date(2026, 11, 22), now, judge)

docs/format.md describes every file below its root.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.errors import ArchiveUnusable, UsageError
from archive.index.connect import database_of
from archive.index.index import Index
from archive.index.reader import ArchiveReader
from archive.index.stale import refuse_left_behind
from archive.ingest.placement import LockHolder, free, hold, place_run
from archive.ingest.run_writer import RunWriter
from archive.leases.fencing import Fence, drop_fences
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind
from archive.model.judgement import Judge
from archive.model.records import Run
from archive.sealing.seal import seal_night
from archive.storage.manifest import Seal, runs_of, sealed_runs, seals_on_disk
from archive.storage.paths import Identity, Paths, create_identity, read_identity, run_order
from archive.storage.run_record import RUN_FILE, read_run


class Archive(AbstractContextManager["Archive"]):
    """One archive folder. Opening it never makes or repairs anything but a missing index of an empty archive."""

    def __init__(self, paths: Paths, identity: Identity, *, read_only: bool = False) -> None:
        self.paths, self.identity = paths, identity
        database = database_of(paths, identity.id)
        if not database.exists():
            if any(paths.nights()) or read_only:
                raise ArchiveUnusable(
                    f"{database.name} is missing: make it again with `python -m archive rebuild --archive {paths.root}`"
                )
            Index.create(database).close()
        self.index = Index(database, read_only=read_only)
        self.captures = ArchiveReader(paths, self.index)
        try:
            self.index.refuse_older()
            refuse_left_behind(paths, self.index, read_only=read_only)
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, root: Path, kind: ArchiveKind, archive_id: UUID, now: datetime) -> Archive:
        """Make an archive in a new or empty folder. Raises UsageError when there is anything."""
        # An unreachable database is reported before anything is made.
        database_of(Paths(root), str(archive_id)).exists()
        identity = create_identity(root, kind, archive_id, now)
        return cls(Paths(root), identity)

    @classmethod
    def open(cls, root: Path, kind: ArchiveKind | None = None, *, read_only: bool = False) -> Archive:
        """Open an archive. Raises ArchiveUnusable without an identity, for the other kind or another format."""
        return cls(Paths(root), read_identity(root, kind), read_only=read_only)

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self.index.close()

    def start(self, portal: str, night: date, now: datetime, judge: Judge, fence: int | None = None) -> RunWriter:
        """Begin or resume a portal's night, under the number of its claim if it was claimed in the ledger.

        Raises RunBusy when another process writes it, StaleClaim when its claim was taken over, UsageError for a live
        night before the last seal's.
        """
        guard = Fence(self.paths, portal, night, fence)
        guard.check()
        self._refuse_past(night)
        self._finish_closing(portal)
        open_runs = [
            folder for when, folder in self.paths.open_runs() if when == night and run_order(folder.name)[0] == portal
        ]
        run = open_runs[0].name if open_runs else self._free_run(portal, night)
        return RunWriter(self.paths, self.index, guard, run, self.identity.kind, now, judge)

    def raise_fence(self, portal: str, night: date, fence: int) -> None:
        """Allow only the process with this number to write the portal's night from now on.

        To be called with each claim before anything else. Raises StaleClaim when a higher number is in force.
        """
        with self.index.writing():
            Fence(self.paths, portal, night, fence).enforce()

    def free(self, portal: str, night: date, fence: int) -> Reason | None:
        """End a process that writes the portal's night under a lower number.

        Returns the reason that the portal is still held; None when it is free.
        """
        return free(self.paths, portal, night, fence)

    def _refuse_past(self, night: date) -> None:
        last = self.last_seal()
        if self.identity.kind is ArchiveKind.LIVE and last is not None and night < last.night:
            raise UsageError(
                f"{night} lies before the last sealed night {last.night}: a live page cannot be fetched as of then; "
                f"run --night {last.night} or later"
            )

    def _free_run(self, portal: str, night: date) -> str:
        taken = {folder.name for folder in self.paths.closed_runs(night)}
        ordinal = 1
        while (name := portal if ordinal == 1 else f"{portal}.{ordinal}") in taken:
            ordinal += 1
        return name

    def _finish_closing(self, portal: str) -> None:
        """Move a finished run that a crash between `run.json` and the move left in `open/`."""
        for night, folder in self.paths.open_runs():
            if run_order(folder.name)[0] == portal and (folder / RUN_FILE).exists():
                with hold(self.paths, LockHolder.here(portal, night)):
                    place_run(self.paths, self.index, folder, read_run(folder))

    def finish_closing(self, portal: str | None = None) -> None:
        """Move every run (of one portal) that has its record but was not moved when its process died."""
        for name in {run_order(folder.name)[0] for _, folder in self.paths.open_runs()}:
            if portal in (None, name):
                self._finish_closing(name)

    def open_runs(self, night: date) -> list[str]:
        """Return the portals whose run of this night is still in `open/`: running, or interrupted."""
        return [run_order(folder.name)[0] for when, folder in self.paths.open_runs() if when == night]

    def runs(self, night: date, portal: str | None = None) -> list[Run]:
        """Return the records of a night's closed runs (of one portal), in name order."""
        folders = self.paths.closed_runs(night)
        return [read_run(folder) for folder in folders if portal in (None, run_order(folder.name)[0])]

    def history(self, portal: str, before: date, nights: int) -> list[Run]:
        """Return the last records of a portal before a night, newest first."""
        with self.index.reading() as queries:
            return queries.runs.history(portal, before, nights)

    def seal(self, night: date, missed: Mapping[str, Reason], key: Ed25519PrivateKey | None = None) -> Seal:
        """Seal a night (`archive.sealing.seal`). `missed` maps portals that never ran to the reason."""
        seal = seal_night(self.identity, self.paths, self.index, night, missed, key)
        drop_fences(self.paths, night)
        return seal

    def last_seal(self) -> Seal | None:
        """Return the last seal of the chain."""
        with self.index.reading() as queries:
            tip = queries.seals.tip()
        if tip is None:
            return None
        seals = seals_on_disk(self.paths, tip.night)
        return next((seal for seal in seals if seal.number == tip.number), None)

    def runs_sealed_after(self, night: date) -> list[tuple[date, str]]:
        """Return the runs of nights up to this one whose seal was made after that of a later night (a rehearsal's)."""
        with self.index.reading() as queries:
            late = queries.seals.made_after(night)
        seals = [seal for each in {each for each, _ in late} for seal in seals_on_disk(self.paths, each)]
        return sorted(
            (seal.night, run)
            for seal in seals
            if (seal.night, seal.number) in late
            for run in runs_of(self.paths, seal)
        )

    def unsealed_nights(self) -> list[date]:
        """Return nights with closed runs that no seal covers, oldest first."""
        found = []
        for night in self.paths.nights():
            covered = sealed_runs(seals_on_disk(self.paths, night))
            if any(folder.name not in covered for folder in self.paths.closed_runs(night)):
                found.append(night)
        return found

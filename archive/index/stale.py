"""Refuse a stale index: an old copy, or `index.db` of nights that were recorded in PostgreSQL.

A stale index would answer, and every article of those nights would be new again. The last night on disk shows it: a closed run
with lines is in every index written since. Only its record may be missing, if the process died or the database was lost
between the two: then the record is added.
"""

from __future__ import annotations

from archive.errors import ArchiveUnusable, DamagedFile
from archive.index.index import Index
from archive.storage.paths import Paths
from archive.storage.run_record import RUN_FILE, read_lines, read_run


def refuse_left_behind(paths: Paths, index: Index, *, read_only: bool) -> None:
    """Raise ArchiveUnusable when the index lacks a run of the last night on disk; add a record that alone is missing."""
    night = next((night for night in reversed(paths.nights()) if paths.closed_runs(night)), None)
    if night is None:
        return
    with index.reading() as queries:
        recorded = queries.runs.names(night)
        missing = [folder for folder in paths.closed_runs(night) if folder.name not in recorded]
        for folder in missing:
            if any(read_lines(folder / "pages.jsonl")) and not queries.runs.has_lines(night, folder.name):
                raise ArchiveUnusable(
                    f"{index.database.name} knows nothing of {folder.name} of {night}: it was left behind by another "
                    f"index (ARCHIVE_INDEX?); name that one, or `python -m archive rebuild --archive {paths.root}`"
                )
    for folder in missing if not read_only else ():
        if (folder / RUN_FILE).is_file():
            try:
                record = read_run(folder)
            except (OSError, DamagedFile):
                continue  # the audit names it; the lines are there
            with index.writing() as transaction:
                transaction.add_run(record)

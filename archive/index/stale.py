"""An index that others were written beside: an old copy, or `index.db` of nights that went to PostgreSQL.

It would answer, and every article of those nights would be new again. The last night on disk tells: a run that was placed
there and has lines is in every index that was written since. Only its record may be missing, when the process died or the
database was lost between the two: then the record is repeated.
"""

from __future__ import annotations

from archive.errors import ArchiveUnusable
from archive.index.index import Index
from archive.storage.paths import Paths
from archive.storage.run_record import RUN_FILE, read_lines, read_run

__all__ = ["refuse_left_behind"]


def refuse_left_behind(paths: Paths, index: Index, *, read_only: bool) -> None:
    """Raises ArchiveUnusable when the index knows nothing of a run of the last night on disk."""
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
            record = read_run(folder)
            with index.writing() as transaction:
                transaction.add_run(record)

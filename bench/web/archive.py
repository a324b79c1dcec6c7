"""The composed archive that finding and the page are measured on: made for the time of it, or kept in a folder for the next."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select

from archive.model.enums import ArchiveKind
from archive.search.engine import SearchIndex
from archive.search.indexer import refill
from archive.search.schema import CONTENTS
from archive.store import Archive
from bench.web.search_texts import Composer, fill_archive
from vietnam.dates import TZ

__all__ = ["ComposedArchive", "composed_archive"]


@dataclass(frozen=True, slots=True)
class ComposedArchive:
    """An archive with its words. `filled` is the seconds that filling those in took, None when they were there already."""

    archive: Archive
    words: SearchIndex
    texts: int
    filled: float | None


@contextmanager
def composed_archive(kept: Path | None, size: int, composer: Composer) -> Iterator[ComposedArchive]:
    """The archive at `kept`, with so many texts if it has to be made first; a temporary one without a folder.

    Raises ArchiveError for a folder that holds something else.
    """
    with ExitStack() as stack:
        root = kept or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "archive"
        if kept is not None and kept.exists():
            archive = stack.enter_context(Archive.open(root, read_only=True))
            words, filled = stack.enter_context(SearchIndex.of(archive)), None
        else:
            root.parent.mkdir(parents=True, exist_ok=True)
            made = Archive.create(root, ArchiveKind.REPLICA, uuid4(), datetime(2024, 1, 1, tzinfo=TZ))
            archive = stack.enter_context(made)
            words = stack.enter_context(SearchIndex.of(archive))
            fill_archive(archive, size, composer)
            began = time.perf_counter()
            refill(archive, words)
            filled = time.perf_counter() - began
        with words.reading() as connection:
            texts = connection.execute(select(func.count()).select_from(CONTENTS)).scalar_one()
        yield ComposedArchive(archive, words, texts, filled)

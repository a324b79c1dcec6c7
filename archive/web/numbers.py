"""The series of numbered documents, read once a night: every mention of a number goes into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from archive.document_series import read_documents
from archive.numbered import Numbered
from archive.page_queries import Stamp
from archive.store import Archive

__all__ = ["Numbers"]


@dataclass(slots=True)
class Numbers:
    """The series of one archive, remembered until a night brings something."""

    _known: tuple[Stamp, Numbered] | None = None
    _lock: Lock = field(default_factory=Lock)

    def read(self, archive: Archive) -> Numbered:
        """All series that count."""
        with self._lock:
            with archive.index.reading() as questions:
                stamp = questions.stamp(date.min, date.max)
            if self._known is None or self._known[0] != stamp:
                self._known = stamp, read_documents(archive)
            return self._known[1]

"""What a crawl asks of the archive while it writes a portal's night."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from archive.index.index import Index
from archive.index.queries.attachments import PendingAttachment
from archive.index.queries.lookbacks import LastLookBack, Position
from archive.index.queries.removals import Removal
from archive.index.rows import PendingEntry, Recheck
from archive.ingest.commit import QueuedLine

__all__ = ["RunLookups"]


class RunLookups:
    """The questions of one portal's night; each is answered from what is committed."""

    portal: str
    night: date
    _index: Index
    _pending: list[QueuedLine]

    def has_walked(self, section: str) -> bool:
        """Whether a complete walk of the section was ever committed."""
        with self._index.reading() as queries:
            return queries.listings.last_walk(self.portal, section) is not None

    def known_before_last_walk(self, section: str, keys: Collection[str]) -> set[str]:
        """Which keys the section had shown by the end of its last complete walk."""
        with self._index.reading() as queries:
            at = queries.listings.last_walk(self.portal, section)
            return queries.listings.shown_by(self.portal, section, list(keys), at) if at else set()

    def is_kept(self, key: str) -> bool:
        """Whether an event of this article was committed, or waits in the open group."""
        if any(pending.document is not None and pending.document.key == key for pending in self._pending):
            return True
        with self._index.reading() as queries:
            return queries.events.is_recorded(self.portal, key)

    def first_kept(self, key: str) -> date | None:
        """The night in which an article was first kept."""
        with self._index.reading() as queries:
            return queries.events.first_night(self.portal, key)

    def listed_day(self, key: str) -> date | None:
        """The day that the portal's lists showed beside an article."""
        with self._index.reading() as queries:
            return queries.listings.first_day(self.portal, key)

    def vanished_since(self, key: str) -> date | None:
        """The first night in which the article had vanished, with no good answer since; None while it stands."""
        with self._index.reading() as queries:
            return min(queries.removals.vanished_nights(self.portal, key), default=None)

    def removal(self, key: str) -> Removal | None:
        """Whether the article was last recorded as gone or as returned."""
        with self._index.reading() as queries:
            return queries.removals.latest(self.portal, key)

    def waiting(self, keys: Collection[str]) -> set[str]:
        """Which of these answered with something that is no article, and wait for a look after tonight."""
        with self._index.reading() as queries:
            return queries.responses.awaiting_recheck(self.portal, list(keys), self.night)

    def owed(self) -> list[PendingEntry]:
        """Entries of earlier nights and attempts that were listed and never kept."""
        with self._index.reading() as queries:
            return queries.listings.pending(self.portal)

    def last_lookback(self, since: date | None = None) -> LastLookBack | None:
        """The portal's last monthly look-back, or the last backfill to this day."""
        with self._index.reading() as queries:
            return queries.lookbacks.latest(self.portal, since)

    def lookback_positions(self, began: date, since: date | None) -> dict[str, Position]:
        """How far this look-back came, by section."""
        with self._index.reading() as queries:
            return queries.lookbacks.positions(self.portal, began, since)

    def first_walk(self) -> date | None:
        """The first night with a complete walk of a section of this portal."""
        with self._index.reading() as queries:
            return queries.lookbacks.first_walk(self.portal)

    def first_wanted(self, section: str) -> date | None:
        """The first day that the section's first complete walk still wanted."""
        with self._index.reading() as queries:
            return queries.lookbacks.first_wanted(self.portal, section)

    def due_looks(self) -> list[Recheck]:
        """Articles whose next look is due by tonight."""
        with self._index.reading() as queries:
            return queries.responses.due_rechecks(self.portal, self.night)

    def owed_attachments(self, since: date, per_article: int) -> list[PendingAttachment]:
        """Files that committed articles name and that are still to be fetched (archive/index/queries/attachments.py)."""
        with self._index.reading() as queries:
            return queries.attachments.pending(self.portal, since, per_article)

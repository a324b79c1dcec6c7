"""Leave out a recheck where a feed or sitemap that was found honest says that the article has not changed.

Of many portals each `lastmod` is today, or never moves. A source is believed once its time moved with three changes of
articles and never stood still at one. It decides only when it states the very time that it stated when the article was
last read, a time that was past by then. The last recheck of an article is always made, and so is a sample of the others:
one that finds a change at which the time stood still ends the belief.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from archive.index.rows import Recheck
from archive.ingest.lookups import RunLookups
from archive.model.enums import Outcome
from archive.model.records import Modification, Reading
from crawler.listings.listing import Entry
from vietnam.date_forms import TZ

_WITNESSED = 3  # changes of articles with which a source's time moved, before it is believed
_STANDS = (Outcome.ARTICLE, Outcome.NOT_MODIFIED)


@dataclass(eq=False)
class ModificationTimes:
    """Hold the modification times that tonight's lists, feeds and sitemaps state, and decide by those of honest sources."""

    lookups: RunLookups
    _stated: dict[str, Modification] = field(default_factory=dict, init=False)

    def note(self, source: str, entries: Iterable[Entry]) -> None:
        """Note what a source states. The first source of an article counts."""
        for entry in entries:
            if entry.modified is not None:
                self._stated.setdefault(entry.key, Modification(source, entry.modified.isoformat()))

    def stated(self, key: str | None) -> Modification | None:
        """Return what tonight's lists state of an article."""
        return self._stated.get(key) if key is not None else None

    def needless(self, due: Iterable[Recheck]) -> set[str]:
        """Return the keys of the articles that an honest source says have not changed since they were last read."""
        asked = {one.key for one in due if one.outcome in _STANDS and one.key in self._stated}
        if not asked:
            return set()
        sources = self.lookups.sources()
        honest = {name for name, record in sources.items() if record.moved >= _WITNESSED and not record.stood}
        standing = self.lookups.readings(asked)
        return {key for key, found in standing.items() if self._is_unmodified(key, found.reading, honest)}

    def _is_unmodified(self, key: str, reading: Reading, honest: Collection[str]) -> bool:
        stated = self._stated[key]
        return stated.source in honest and stated == reading.modified and _ended(stated.at) <= reading.read_at


def _ended(at: str) -> datetime:
    """Return when a stated day, or a stated minute, was over."""
    if "T" not in at:
        return datetime.fromisoformat(at).replace(tzinfo=TZ) + timedelta(days=1)
    return datetime.fromisoformat(at) + timedelta(minutes=1)

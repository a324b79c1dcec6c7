"""Tell which first versions were put online late (archive/index/queries/lookbacks.py) while a portal's night is committed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from archive.index.queries.lookbacks import LATE_DAYS
from archive.index.transaction import Queries
from archive.model.records import Document


@dataclass(slots=True)
class LateArticles:
    """Find the late articles of a portal.

    The answers about walks of earlier nights are kept: only this process writes the portal.
    """

    portal: str
    _walks: dict[tuple[str, str], str | None] = field(default_factory=dict, init=False)
    _wanted: dict[str, date | None] = field(default_factory=dict, init=False)

    def among(self, queries: Queries, documents: Iterable[Document]) -> set[str]:
        """Return the keys of those of these articles that are late."""
        dated = [document for document in documents if document.published is not None]
        places = queries.listings.places(self.portal, {document.key for document in dated})
        shown = {(section, key): at[:10] for section, key, at, _ in places}
        return {
            document.key
            for document in dated
            if self._is_late(queries, document, shown.get((document.section, document.key)))
        }

    def _is_late(self, queries: Queries, document: Document, shown: str | None) -> bool:
        """Return True if the section's walks before the night `shown` should have shown the article and had not."""
        published = date.fromisoformat((document.published or "")[:10])
        after = (published + timedelta(days=LATE_DAYS)).isoformat()
        if shown is None or shown <= after:
            return False
        walk = document.section, shown
        if walk not in self._walks:
            self._walks[walk] = queries.listings.last_walk(self.portal, *walk)
        if (self._walks[walk] or "") < after:
            return False
        if document.section not in self._wanted:
            self._wanted[document.section] = queries.lookbacks.first_wanted(self.portal, document.section)
        wanted = self._wanted[document.section]
        return wanted is not None and published >= wanted

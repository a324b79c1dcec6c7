"""Find the article of a list's entry by the id of its record, where the portal's CMS shows one.

The address gives an article's key, because it is all that every list, link and earlier night has. The record's id is an
alternate key: it finds the article whose slug was changed, and tells apart two whose slugs were cut to the same letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from archive.index.queries.removals import same_page
from archive.ingest.lookups import RunLookups
from crawler.listings.listing import Entry

_MARK = "~"


def address_key(key: str, landed: str) -> str:
    """Return the key of a page's address, or the article's own where the address has it but for the record's id."""
    return key if key.startswith(landed + _MARK) else landed


@dataclass(eq=False)
class RecordKeys:
    """Give each entry with a record's id the key of its article.

    `renamed` holds the articles that lists show tonight under an address of another key: the new address's key to the
    article's own.
    """

    lookups: RunLookups
    renamed: dict[str, str] = field(default_factory=dict, init=False)
    _known: dict[str, str] = field(default_factory=dict, init=False)

    def resolve(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return the entries of a list page, each under its article's key."""
        shown = {entry.record: entry.key for entry in entries if entry.record is not None}
        if shown:
            self._known = self.lookups.records(list(shown), list(shown.values())) | self._known
        return tuple(entry if entry.record is None else self._resolved(entry, entry.record) for entry in entries)

    def _resolved(self, entry: Entry, record: str) -> Entry:
        key = self._known.get(record)
        if key is None:
            key = entry.key if self._is_free(entry) else f"{entry.key}{_MARK}{record}"
        elif address_key(key, entry.key) != key:
            self.renamed[entry.key] = key
        self._known[record] = key
        return replace(entry, key=key)

    def _is_free(self, entry: Entry) -> bool:
        """Return whether the key of an entry's address belongs to no other record.

        An article that was stored before its record was known is this one if it stood at the address, or has the title.
        """
        if entry.key in self._known.values():
            return False
        latest = self.lookups.latest(entry.key)
        if latest is None or latest[0].title == entry.title:
            return True
        return any(same_page(entry.url, url) for url in self.lookups.addresses(entry.key))

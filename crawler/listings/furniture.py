"""Recognise the block that every list page of a portal repeats: `Tin xem nhiều`, `Bài mới`, a banner of articles. Pure.

One page cannot tell it from the list. Over a night it stands on the first page of every section, which no section's own
article does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from crawler.listings.listing import Listing

_OTHERS = 3  # sections besides the own one that must show an entry, all that were read before


@dataclass(slots=True)
class Furniture:
    """Follow the first list pages of a night. `first` holds the keys that each section's first page shows."""

    first: dict[str, frozenset[str]] = field(default_factory=dict)

    def shared(self, section: str) -> frozenset[str]:
        """Return the keys that the first pages of all other sections read so far show."""
        others = [keys for name, keys in self.first.items() if name != section and keys]
        return frozenset.intersection(*others) if others else frozenset()

    def without(self, section: str, number: int, listing: Listing) -> Listing:
        """Return a list page without the entries that all other sections read so far repeat.

        They were listed there already, so none is lost; a section of which nothing is left is empty. Fewer than three
        other sections say nothing: a parent and its children share articles. Neither do sections that all show the same.
        """
        shown = frozenset(entry.key for entry in listing.entries)
        if number == 1:
            self.first.setdefault(section, shown)
        others = [keys for name, keys in self.first.items() if name != section and keys]
        repeated = shown.intersection(*others) if len(others) >= _OTHERS else frozenset()
        if not repeated or all(keys == repeated for keys in others):
            return listing
        return replace(listing, entries=tuple(entry for entry in listing.entries if entry.key not in repeated))

"""Which events are of which kind: what is asked of the lines again and again."""

from __future__ import annotations

from collections.abc import Mapping

from archive.vocabulary import Event

__all__ = ["FIRST_TEXTS", "VERSIONS", "WITHHELD", "first_texts"]

FIRST_TEXTS = (Event.NEW, Event.NEAR_DUPLICATE)
"""An article's first version, with a text of its own."""

VERSIONS = (*FIRST_TEXTS, Event.REVISION, Event.REDATED, Event.REREAD, Event.DUPLICATE)
"""A version of an article: what it said, stored here or where the text was first."""

WITHHELD = "withheld"
"""The flag that the index gives an event whose words were withheld (archive/tombstones.py); no line has it."""


def first_texts(events: Mapping[str, int]) -> int:
    """How many articles a run kept with a text of their own for the first time, from its counts by event."""
    return sum(events.get(event.value, 0) for event in FIRST_TEXTS)

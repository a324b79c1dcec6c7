"""Which events are of which kind: what is asked of the lines again and again."""

from __future__ import annotations

from archive.records import Event

__all__ = ["FIRST_TEXTS", "VERSIONS"]

FIRST_TEXTS = (Event.NEW, Event.NEAR_DUPLICATE)
"""An article's first version, with a text of its own."""

VERSIONS = (*FIRST_TEXTS, Event.REVISION, Event.REDATED, Event.REREAD, Event.DUPLICATE)
"""A version of an article: what it said, stored here or where the text was first."""

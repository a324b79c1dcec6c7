"""What is asked and answered when an article is about to be kept: new, changed, or nothing to store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archive.model.enums import Event
from archive.model.records import Document

__all__ = ["Judge", "Judgement", "Version"]


@dataclass(frozen=True, slots=True)
class Version:
    """A version the archive already knows: its id, where it stands, what it said and when it was published."""

    id: str
    portal: str
    key: str
    night: str
    run: str
    event: Event
    content_sha256: str
    published: str | None
    file: str | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The event to record, or None when nothing changed; and the version it is a revision or a duplicate of."""

    event: Event | None
    revision_of: str | None = None
    duplicate_of: str | None = None


Judge = Callable[[Document, str, Version | None, Version | None], Judgement]
"""`(document, content_sha256, latest version of the same article, earliest stored text with the same content)`."""

"""Define the judgement of an article against stored versions: new, changed, or nothing to store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archive.model.enums import Event
from archive.model.records import Document


@dataclass(frozen=True, slots=True)
class Version:
    """A recorded version: its id, its place, the hash of its content and its published line."""

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
    """The event to record, None when nothing changed, and the version it revises or duplicates."""

    event: Event | None
    revision_of: str | None = None
    duplicate_of: str | None = None


Judge = Callable[[Document, str, Version | None, Version | None], Judgement]
"""`(document, content_sha256, latest version of the same article, earliest stored text with the same content)`."""

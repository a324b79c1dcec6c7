"""The closed vocabularies: what the layers and the files call kinds of archives, answers, events, verdicts and ends of walks.

Every word of an enum here is final: it appears in Scrapy's stats, in the files, in the index, in the night's report and
on the audit page, and sealed files are never rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

__all__ = [
    "FIRST_TEXTS",
    "LATE",
    "REMOVALS",
    "STORED",
    "VERSIONS",
    "WITHHELD",
    "ArchiveKind",
    "Event",
    "FinishReason",
    "Outcome",
    "Verdict",
    "Via",
    "WalkEnd",
    "first_texts",
]

LATE = "late"
"""The flag of an article's first line when the portal's lists were walked days after its own date and did not show it."""


class ArchiveKind(StrEnum):
    """What an archive holds: real captures or a rehearsal's. The two never share an archive."""

    LIVE = "live"
    REPLICA = "replica"


Via = ArchiveKind


class Outcome(StrEnum):
    """What one request brought back. Only ARTICLE can reach the archive as text."""

    ARTICLE = "article"
    LISTING = "listing"
    ATTACHMENT = "attachment"
    RESOURCE = "resource"  # what a page's scripts asked for while a browser read it
    ROBOTS = "robots"
    NOT_MODIFIED = "not_modified"
    REDIRECTED = "redirected"
    MOVED = "moved"  # sent on to a host that is known as somebody else's: the successor's
    FRONT_PAGE = "front_page"  # asked for where no list could be read
    GONE = "gone"
    SOFT_404 = "soft_404"
    CHALLENGE = "challenge"
    ROBOT_CHECK = "robot_check"
    APP_SHELL = "app_shell"
    LOGIN = "login"
    MAINTENANCE = "maintenance"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    WRONG_HOST = "wrong_host"
    TOO_LARGE = "too_large"
    UNSUPPORTED_TYPE = "unsupported_type"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    ROBOTS_DENIED = "robots_denied"
    GUARD_DENIED = "guard_denied"
    EXTRACT_TIMEOUT = "extract_timeout"
    ERROR = "error"


class Event(StrEnum):
    """What one line of `articles.jsonl` says of an article."""

    NEW = "new"
    REVISION = "revision"
    REDATED = "redated"
    REREAD = "reread"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    GONE = "gone"
    RETURNED = "returned"
    MOVED = "moved"
    ATTACHMENT = "attachment"
    QUARANTINED = "quarantined"


class FinishReason(StrEnum):
    """The end of a run: how its crawl ended, or which other work made the run.

    A value that another version of the program wrote is kept as it is: its member has no name of its own.
    """

    FINISHED = "finished"
    BLOCKED = "blocked"  # by the portal
    UNREACHABLE = "unreachable"
    SHUTDOWN = "shutdown"  # the crawl was asked to stop
    TIME_LIMIT = "closespider_timeout"
    LOW_DISK = "low_disk"
    ARCHIVE_ERROR = "archive_error"
    PARTIAL = "partial"  # closed by the scheduler at the cut-off or a deadline
    FAILED = "failed"  # closed by the scheduler after the last try
    MISSED = "missed"  # closed by the scheduler; nothing was fetched
    REEXTRACT = "reextract"  # archived captures were read again, nothing was fetched
    BACKFILL = "backfill"  # the lists were walked further back because a person asked for it

    @classmethod
    def _missing_(cls, value: object) -> FinishReason | None:
        if not isinstance(value, str):
            return None
        other = str.__new__(cls, value)
        other._name_, other._value_ = "OTHER", value
        return other


class Verdict(StrEnum):
    """How a portal's night went, judged against its own history."""

    GOOD = "good"
    QUIET = "quiet"
    THIN = "thin"
    SUSPICIOUS = "suspicious"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    INTERRUPTED = "interrupted"
    MOVED = "moved"  # its lists or its front page redirect to its successor
    GONE = "gone"  # it was dissolved and nobody has been there for many nights


class WalkEnd(StrEnum):
    """Why the walk of a section ended. Only a complete end moves the stop rule forward."""

    KNOWN = "known"  # a page that was wholly known before the last complete walk
    LAST_PAGE = "last_page"  # the list names no further page
    REPEATED = "repeated"  # a page that brought no key this walk had not seen
    SINCE = "since"  # the first walk reached its look-back
    PAGE_LIMIT = "page_limit"  # incomplete: the bound on pages of one walk
    EMPTY = "empty"  # incomplete: a first page without entries, an alarm
    FAILED = "failed"  # incomplete: a list page that could not be fetched or read

    @property
    def complete(self) -> bool:
        """Whether everything the stop rule asks for was listed."""
        return self in (WalkEnd.KNOWN, WalkEnd.LAST_PAGE, WalkEnd.REPEATED, WalkEnd.SINCE)


STORED = (Event.NEW.value, Event.NEAR_DUPLICATE.value, Event.DUPLICATE.value)


FIRST_TEXTS = (Event.NEW, Event.NEAR_DUPLICATE)
"""An article's first version, with a text of its own."""


VERSIONS = (*FIRST_TEXTS, Event.REVISION, Event.REDATED, Event.REREAD, Event.DUPLICATE)
"""A version of an article: what it said, stored here or where the text was first."""


WITHHELD = "withheld"
"""The flag that the index gives an event whose words were withheld (archive/storage/tombstones.py); no line has it."""


def first_texts(events: Mapping[str, int]) -> int:
    """How many articles a run kept with a text of their own for the first time, from its counts by event."""
    return sum(events.get(event.value, 0) for event in FIRST_TEXTS)


REMOVALS = (Event.GONE, Event.RETURNED, Event.MOVED)

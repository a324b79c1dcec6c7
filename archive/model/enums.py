"""Define the closed vocabularies of the files: kinds of archives, outcomes, events, verdicts and ends of walks.

Every value is final: it appears in Scrapy's stats, in the files, in the index, in the night's report and on the audit page, and
sealed files are never rewritten.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

LATE = "late"
"""The flag of an article's first line when the portal's lists were walked days after its own date and did not show it."""


class ArchiveKind(StrEnum):
    """The kind of an archive's captures: real ones or a rehearsal's. No archive holds both."""

    LIVE = "live"
    REPLICA = "replica"


Via = ArchiveKind


class Outcome(StrEnum):
    """The outcome of one request. Only ARTICLE can reach the archive as text."""

    ARTICLE = "article"
    LISTING = "listing"
    ATTACHMENT = "attachment"
    RESOURCE = "resource"  # asked for by a page's scripts in a browser, or a sitemap that no section is walked by
    ROBOTS = "robots"
    NOT_MODIFIED = "not_modified"
    REDIRECTED = "redirected"
    MOVED = "moved"  # redirected to a host that is known as another portal's: the successor's
    FRONT_PAGE = "front_page"  # the homepage, requested where no list could be read
    GONE = "gone"
    SOFT_404 = "soft_404"
    CHALLENGE = "challenge"
    ROBOT_CHECK = "robot_check"
    FIREWALL = "firewall"  # a page of the firewall in front of the portal, which refuses the request
    APP_SHELL = "app_shell"
    LOGIN = "login"
    MAINTENANCE = "maintenance"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    WRONG_HOST = "wrong_host"
    EXTERNAL_LINK = "external_link"  # an article's address that redirects to a page of another site
    TOO_LARGE = "too_large"
    UNSUPPORTED_TYPE = "unsupported_type"
    REFUSED = "refused"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNREACHABLE = "unreachable"
    ROBOTS_DENIED = "robots_denied"
    GUARD_DENIED = "guard_denied"
    EXTRACT_TIMEOUT = "extract_timeout"
    EXTRACT_MEMORY = "extract_memory"  # the process that read it died: at its memory limit, or of a crash
    ERROR = "error"


REFUSALS = (Outcome.CHALLENGE, Outcome.ROBOT_CHECK, Outcome.FIREWALL)
STOPPING = (*REFUSALS, Outcome.RATE_LIMITED)
"""The outcomes that end a portal's night: it does not want to be asked on."""


class Event(StrEnum):
    """The kind of one line of `articles.jsonl`."""

    NEW = "new"
    REVISION = "revision"
    REDATED = "redated"
    REREAD = "reread"
    DUPLICATE = "duplicate"
    NEAR_DUPLICATE = "near_duplicate"
    GONE = "gone"
    RETURNED = "returned"
    MOVED = "moved"
    MOVED_ADDRESS = "moved_address"  # the article answers at another address of its own portal
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
    """The judgement of a portal's night against its own history."""

    GOOD = "good"
    QUIET = "quiet"
    THIN = "thin"
    SUSPICIOUS = "suspicious"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"
    INTERRUPTED = "interrupted"
    MOVED = "moved"  # its lists or its homepage redirect to its successor
    GONE = "gone"  # it was dissolved and has not answered for many nights


class WalkEnd(StrEnum):
    """The end of a section's walk. Only a complete end moves the stop rule forward."""

    KNOWN = "known"  # a page that was wholly known before the last complete walk
    LAST_PAGE = "last_page"  # the list names no further page
    REPEATED = "repeated"  # a page that brought no key this walk had not seen
    SINCE = "since"  # the first walk reached its look-back
    FIRST_AGAIN = "first_again"  # incomplete: page 2 is page 1 again, so the paging is not understood
    PAGE_LIMIT = "page_limit"  # incomplete: the bound on pages of one walk
    EMPTY = "empty"  # incomplete: a first page without entries, an alarm
    FAILED = "failed"  # incomplete: a list page that could not be fetched or read

    @property
    def complete(self) -> bool:
        """True when every entry that the stop rule asks for was listed."""
        return self in (WalkEnd.KNOWN, WalkEnd.LAST_PAGE, WalkEnd.REPEATED, WalkEnd.SINCE)


STORED = (Event.NEW.value, Event.NEAR_DUPLICATE.value, Event.DUPLICATE.value)


FIRST_TEXTS = (Event.NEW, Event.NEAR_DUPLICATE)
"""An article's first version, with a text of its own."""


VERSIONS = (*FIRST_TEXTS, Event.REVISION, Event.REDATED, Event.REREAD, Event.DUPLICATE)
"""A version of an article, its text stored with it or with the first of its copies."""


WITHHELD = "withheld"
"""The flag that the index gives an event whose words were withheld (archive/storage/tombstones.py); no line has it."""


def first_texts(events: Mapping[str, int]) -> int:
    """Return how many articles a run stored for the first time with a text of their own, from its counts by event."""
    return sum(events.get(event.value, 0) for event in FIRST_TEXTS)


REMOVALS = (Event.GONE, Event.RETURNED, Event.MOVED, Event.MOVED_ADDRESS)
"""Lines without a text that name the article's last version."""

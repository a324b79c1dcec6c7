"""What a request was for, and the line that records what came of it. Pure."""

from __future__ import annotations

from datetime import date, datetime

from OpenSSL.SSL import Error as TlsError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from service_identity import VerificationError

from archive.model.decommission import BAD_CERTIFICATE, NO_NAME
from archive.model.enums import Outcome, WalkEnd
from archive.model.records import ListEntry, PageRecord
from crawler.downloader.decompression import CUT, DATALOSS
from crawler.downloader.guard import AddressRefused, GuardDenied, NoSuchName
from crawler.downloader.handler import HeadTooLarge
from crawler.downloader.robots import RobotsDenied, RobotsUnreachable
from crawler.downloader.successor import SuccessorRedirect
from crawler.requests import RequestInfo
from pipelines.capture import StoredResponse

__all__ = ["answer_page", "failure_page", "judge_failure", "passing_outcome"]


def answer_page(
    ask: RequestInfo,
    captured: StoredResponse,
    outcome: Outcome,
    detail: str | None = None,
    *,
    listed: tuple[ListEntry, ...] = (),
    walk_end: WalkEnd | None = None,
    next_look: date | None = None,
) -> PageRecord:
    """The line of a captured response."""
    return PageRecord(
        url=ask.address or captured.url,
        outcome=outcome,
        fetched_at=captured.fetched_at,
        status=captured.status,
        key=ask.key,
        section=ask.section or None,
        etag=captured.etag,
        last_modified=captured.last_modified,
        warc=captured.ref,
        listed=listed,
        page_number=ask.number,
        walk_end=walk_end,
        next_look=next_look,
        detail=detail,
        attachment_of=ask.attachment_of,
        lookback=ask.lookback,
        asked_at=captured.asked_at,
        size=captured.size,
        unanswered=captured.unanswered,
        request=ask.request.for_later() if ask.request else None,
    )


def failure_page(
    ask: RequestInfo,
    url: str,
    now: datetime,
    outcome: Outcome,
    detail: str | None,
    walk_end: WalkEnd | None = None,
    unanswered: int | None = None,
) -> PageRecord:
    """The line of a request that brought no response; `unanswered` is how often it was sent, None when it never was."""
    return PageRecord(
        url=ask.address or url,
        outcome=outcome,
        fetched_at=now,
        key=ask.key,
        section=ask.section or None,
        page_number=ask.number,
        walk_end=walk_end,
        detail=detail,
        attachment_of=ask.attachment_of,
        lookback=ask.lookback,
        asked_at=now if unanswered else None,
        unanswered=unanswered or None,
        request=ask.request.for_later() if ask.request else None,
    )


def passing_outcome(response: Response) -> Outcome:
    """The outcome of a response that is asked for again."""
    if DATALOSS in response.flags or CUT in response.flags:
        return Outcome.TRUNCATED
    return Outcome.RATE_LIMITED if response.status == 429 else Outcome.SERVER_ERROR


def judge_failure(error: BaseException) -> tuple[Outcome, str]:
    """The outcome of a request without a response, and the kind of failure in words."""
    if isinstance(error, SuccessorRedirect):
        return Outcome.MOVED, error.host
    if isinstance(error, GuardDenied):
        return Outcome.GUARD_DENIED, str(error)
    if isinstance(error, RobotsDenied):
        return Outcome.ROBOTS_DENIED, str(error)
    if isinstance(error, RobotsUnreachable):
        return judge_failure(error.__cause__) if error.__cause__ else (Outcome.UNREACHABLE, str(error))
    if isinstance(error, CannotResolveHostError):
        if isinstance(error.__cause__, AddressRefused):
            return Outcome.GUARD_DENIED, str(error.__cause__)
        return Outcome.UNREACHABLE, NO_NAME if isinstance(error.__cause__, NoSuchName) else "name look-up failed"
    reasons = getattr(error.__cause__, "reasons", ())
    if any(_is_certificate(reason.value) for reason in reasons):
        return Outcome.UNREACHABLE, BAD_CERTIFICATE
    if any(isinstance(reason.value, HeadTooLarge) for reason in reasons):
        return Outcome.TOO_LARGE, "headers larger than the limit"
    for kind, outcome, words in _KINDS:
        if isinstance(error, kind):
            return outcome, words
    if isinstance(error, IgnoreRequest):
        return Outcome.ERROR, str(error)
    if isinstance(error, OSError):
        return Outcome.UNREACHABLE, type(error).__name__
    return Outcome.ERROR, f"{type(error).__name__}: {error}"[:200]


def _is_certificate(error: BaseException | None) -> bool:
    """Whether a handshake failed of the certificate: it has expired, is nobody's we trust, or another host's."""
    if isinstance(error, VerificationError):
        return True
    return isinstance(error, TlsError) and "certificate verify failed" in str(error)


_KINDS: tuple[tuple[type[BaseException], Outcome, str], ...] = (
    (DownloadTimeoutError, Outcome.UNREACHABLE, "timeout"),
    (DownloadConnectionRefusedError, Outcome.UNREACHABLE, "connection refused"),
    (ResponseDataLossError, Outcome.TRUNCATED, "connection lost in the body"),
    (DownloadCancelledError, Outcome.TOO_LARGE, "larger than the limit"),
    (UnsupportedURLSchemeError, Outcome.GUARD_DENIED, "scheme not fetched"),
    (DownloadFailedError, Outcome.UNREACHABLE, "connection failed"),
)

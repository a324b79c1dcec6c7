"""What a request was for, and the line that records what came of it. Pure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urljoin

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
from scrapy.http import Request, Response
from service_identity import VerificationError
from twisted.python.failure import Failure

from archive.away import BAD_CERTIFICATE, NO_NAME
from archive.records import Listed, ListRequest, LookBackMark, Page
from archive.vocabulary import Outcome, WalkEnd
from crawler.body import CUT, DATALOSS
from crawler.guard import AddressRefused, GuardDenied, NoSuchName
from crawler.outcome import Expect
from crawler.robots import RobotsDenied, RobotsUnreachable
from crawler.successor import Moved
from crawler.wire import HeadTooLarge
from pipelines.keep import Captured

__all__ = ["Ask", "answer_page", "failure_page", "judge_failure", "passing_outcome", "redirect_target", "request_of"]

Callback = Callable[[Response], AsyncIterator[object]]

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Ask:
    """What was asked for: an article (with its key), a page of a section's list (with its number, from 1) or a file (with
    its key and the id of the article's version that names it); `lookback` marks what a look-back asks, `request` is how
    it is asked where the address alone does not say it, `address` the article's own where an interface holds its text."""

    expect: Expect
    url: str
    section: str
    key: str | None = None
    number: int | None = None
    attachment_of: str | None = None
    lookback: LookBackMark | None = None
    request: ListRequest | None = None
    address: str | None = None


def request_of(
    ask: Ask,
    here: Callable[[str], str],
    callback: Callback,
    errback: Callable[[Failure], None],
    priority: int,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """The request for an answer. `here` gives an address as this crawl asks it, which a header may carry as well."""
    asked = ask.request
    own = (
        {name: here(value) if value.startswith("https://") else value for name, value in asked.headers} if asked else {}
    )
    return Request(
        ask.url,
        callback,
        method=asked.method if asked else "GET",
        headers=own | dict(headers or {}),
        body=asked.body if asked else "",
        errback=errback,
        priority=priority,
        meta={"ask": ask},
    )


def answer_page(
    ask: Ask,
    captured: Captured,
    outcome: Outcome,
    detail: str | None = None,
    *,
    listed: tuple[Listed, ...] = (),
    walk_end: WalkEnd | None = None,
    next_look: date | None = None,
) -> Page:
    """The line of a captured response."""
    return Page(
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
    ask: Ask,
    url: str,
    now: datetime,
    outcome: Outcome,
    detail: str | None,
    walk_end: WalkEnd | None = None,
    unanswered: int | None = None,
) -> Page:
    """The line of a request that brought no response; `unanswered` is how often it was sent, None when it never was."""
    return Page(
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


def redirect_target(url: str, response: Response) -> str | None:
    """Where a response sends us on (RFC 9110, 15.4), None when it does not."""
    location = response.headers.get("Location")
    if response.status not in _REDIRECTS or not location:
        return None
    try:
        return urljoin(url, location.decode("utf-8", "replace"))
    except ValueError:
        return None


def passing_outcome(response: Response) -> Outcome:
    """The outcome of a response that is asked for again."""
    if DATALOSS in response.flags or CUT in response.flags:
        return Outcome.TRUNCATED
    return Outcome.RATE_LIMITED if response.status == 429 else Outcome.SERVER_ERROR


def judge_failure(error: BaseException) -> tuple[Outcome, str]:
    """The outcome of a request without a response, and the kind of failure in words."""
    if isinstance(error, Moved):
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

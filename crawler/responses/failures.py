"""Judge requests that brought no response, and responses after which the same is asked again. Pure."""

from __future__ import annotations

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
from archive.model.enums import Outcome
from crawler.downloader.guard import AddressRefused, GuardDenied, NoSuchName
from crawler.downloader.handler import HeadTooLarge
from crawler.downloader.redirects import ExternalLink
from crawler.downloader.robots import RobotsDenied, RobotsUnreachable
from crawler.downloader.successor import SuccessorRedirect
from pipelines.html.decoding import CUT, DATALOSS


def passing_outcome(response: Response) -> Outcome:
    """Return the outcome of a response after which the same is asked again."""
    if DATALOSS in response.flags or CUT in response.flags:
        return Outcome.TRUNCATED
    return Outcome.RATE_LIMITED if response.status == 429 else Outcome.SERVER_ERROR


def judge_failure(error: BaseException) -> tuple[Outcome, str]:
    """Return the outcome of a request without a response, and the kind of failure in words."""
    if isinstance(error, SuccessorRedirect):
        return Outcome.MOVED, error.host
    if isinstance(error, ExternalLink):
        return Outcome.EXTERNAL_LINK, error.target[:200]
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
    """Return whether a handshake failed for its certificate: expired, of an unknown authority, or another host's."""
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

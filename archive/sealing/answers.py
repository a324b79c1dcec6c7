"""Ask a server of others over HTTP for what dates a seal."""

from __future__ import annotations

from archive.errors import ArchiveError, UsageError

_SECONDS = 30.0  # until a server that says nothing is given up


class NoAnswer(ArchiveError):
    """The server did not answer, or with more than was wanted; `status` is that of HTTP, None where there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def ask(name: str, url: str, body: bytes | None, headers: dict[str, str], most: int) -> bytes:
    """Return the answer, of at most `most` bytes, to a POST of `body`, or to a GET without one; `name` says who is asked.

    Raises UsageError for an address that is none of HTTP, NoAnswer otherwise.
    """
    import urllib.request  # which an audit of what is there does not need
    from http.client import HTTPException

    if not url.startswith(("https://", "http://")):
        raise UsageError(f"{url} is no address of a {name}; it begins with https:// or http://")
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=_SECONDS) as answer:
            data: bytes = answer.read(most + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(f"the {name} {url} did not answer: {error}", getattr(error, "code", None)) from None
    if len(data) > most:
        raise NoAnswer(f"the {name} {url} answered with more than {most} bytes")
    return data

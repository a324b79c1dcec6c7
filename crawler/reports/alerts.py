"""Send alerts through Apprise, and call or touch the heartbeat of a dead man's switch.

A failure is returned in words and never raised: it must not end a night. Addresses are shown as Apprise shows them in
public, with their secrets hidden.
"""

from __future__ import annotations

import logging
import urllib.error
import urllib.request
import warnings
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from apprise import Apprise, NotifyBase, NotifyFormat, NotifyType

from archive.errors import UsageError
from archive.messages.printable import printable
from archive.storage.fsync import write_durably

_SECONDS = 60
_CALL_SECONDS = 20
_USER_AGENT = "luu-tru heartbeat"


def _service(address: str) -> NotifyBase | None:
    logging.getLogger("apprise").propagate = False  # its errors are returned by `send`
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # loading its hundred services brings in modules that Python will drop
        service = Apprise.instantiate(address)
    return service if isinstance(service, NotifyBase) else None


def public_form(address: str) -> str:
    """Return an address without its secrets."""
    service = _service(address)
    if service is None:
        return f"{urlsplit(address).scheme or '?'}://***"
    shown: str = service.url(privacy=True)  # type: ignore[no-untyped-call]  # Apprise leaves this one untyped
    return shown.partition("?")[0]


def check_addresses(addresses: Sequence[str]) -> None:
    """Raise UsageError for an address that Apprise does not understand; name only its place and scheme."""
    for number, address in enumerate(addresses, start=1):
        if _service(address) is None:
            scheme = address.partition("://")[0] if "://" in address else "none"
            raise UsageError(
                f"alert address {number} (scheme `{printable(scheme)[:20]}`) is none that Apprise understands: "
                "see https://appriseit.com for its form"
            )


def send(address: str, title: str, body: str, *, good: bool) -> str | None:
    """Send one message (Markdown) to one address. Return None when it was accepted, else the error in words."""
    service = _service(address)
    if service is None:
        return f"{public_form(address)} is no address that Apprise understands"
    box = Apprise()
    box.add(service)
    kind = NotifyType.INFO if good else NotifyType.WARNING
    try:
        result = box.notify(
            body=body, title=title, notify_type=kind, body_format=NotifyFormat.MARKDOWN, timeout=_SECONDS
        )
    except Exception as error:  # a service of Apprise's that breaks is a message that was not sent
        return f"{public_form(address)}: {printable(str(error))[:200]}"
    if result:
        return None
    errors = [printable(entry.message) for entry in result.logs()]
    return f"{public_form(address)}: {errors[-1][:200] if errors else 'not taken'}"


def call_heartbeat(url: str) -> str | None:
    """Call a heartbeat address (GET). Return None when it answered 2xx or 3xx, else the error in words."""
    request = urllib.request.Request(url, headers={"User-Agent": _USER_AGENT})
    host = urlsplit(url).hostname or "?"
    try:
        with urllib.request.urlopen(request, timeout=_CALL_SECONDS) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        with error:
            return f"the heartbeat at {host} answered {error.code}"
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return f"the heartbeat at {host} could not be called: {printable(str(reason))[:200]}"
    return None


def touch_heartbeat(path: Path, line: str) -> str | None:
    """Write the heartbeat file, whose modification time counts. Return None when it was written, else the error in words."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, f"{line}\n".encode())
    except OSError as error:
        return f"the heartbeat file {path} cannot be written: {error.strerror or error}"
    return None

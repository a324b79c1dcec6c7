"""Hide secrets in logs, reports and alerts: known ones, and text that looks like one, become `***`.

Known are the values of environment variables whose names say so (PASSWORD, TOKEN, SECRET …), the password of every
address that stands in the environment (proxies, ARCHIVE_INDEX), and what the caller names (alert and heartbeat
addresses with their parts). Recognised by their form are `scheme://user:password@host`, the value
of Authorization, Cookie and API key headers, and `token=`, `key=`, `signature=` in an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote, urlsplit

HIDDEN = "***"
_SECRET_NAME = re.compile(
    r"PASS(WORD|WD|PHRASE)?($|_)|SECRET|TOKEN|API_?KEY|CREDENTIAL|COOKIE|(^|_)AUTH|PRIVATE_?KEY|_ALERT_URLS|HEARTBEAT_\w*URL",
    re.IGNORECASE,
)
_SHORTEST_VALUE = 6  # a shorter one would hide everyday words
_SHORTEST_PART = 10  # of an alert address: long parts are tokens, short ones are names
_NOT_FOR_CRAWLS = {"LUU_TRU_ALERT_URLS", "LUU_TRU_HEARTBEAT_URL", "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"}
_WEB_SCHEMES = {"http", "https"}

_USERINFO = re.compile(r"(?P<scheme>[A-Za-z0-9+.-]://)(?P<user>[^\s/@:'\"]*):(?P<password>[^\s/'\"]+)@")
_HEADER = re.compile(
    r"(?P<name>(?:(?<![A-Za-z0-9-])|(?<=\\[nr]))"  # also behind a line end that was written as an escape
    r"(?:(?:proxy-)?authorization|set-cookie2?|cookie|x-[a-z-]*(?:key|token|secret)|api-key))"
    r"(?P<between>[\"']?\s*[:=]\s*+(?:\[\s*+)?)(?:b?(?P<quote>[\"']).*?(?P=quote)|[^\r\n]+)",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    r"(?P<name>[?&;\s](?:[a-z_-]*token|[a-z_-]*key|password|passwd|pwd|secret|signature|sig|auth))=(?P<value>[^\s&;#'\"]+)",
    re.IGNORECASE,
)


class Redactor:
    """A function that hides secrets in text. Longer ones go first, so that a part never uncovers the whole."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if secret}, key=lambda secret: (-len(secret), secret))
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """Return the text without its secrets."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        text = _USERINFO.sub(rf"\g<scheme>\g<user>:{HIDDEN}@", text)
        text = _HEADER.sub(rf"\g<name>\g<between>{HIDDEN}", text)
        return _PARAMETER.sub(rf"\g<name>={HIDDEN}", text)


def secrets_of_environment(environment: Mapping[str, str]) -> Iterator[str]:
    """Yield the secrets of an environment."""
    for name, value in environment.items():
        if _SECRET_NAME.search(name) and len(value) >= _SHORTEST_VALUE:
            yield value
            yield from secrets_of_addresses(value.split())
        elif "://" in value:
            yield from _passwords(value)


def for_crawl(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a crawl: without alert addresses and the variables of the service manager."""
    return {name: value for name, value in environment.items() if name not in _NOT_FOR_CRAWLS}


def secrets_of_addresses(addresses: Iterable[str]) -> Iterator[str]:
    """Yield each alert or heartbeat address, and the parts of it that error messages may show alone."""
    for address in addresses:
        if "://" not in address:
            continue
        yield address
        yield from _passwords(address)
        parts = urlsplit(address)
        hosts = [] if parts.scheme in _WEB_SCHEMES else [parts.netloc.rpartition("@")[2]]
        pieces = [*parts.path.split("/"), *hosts, *re.split(r"[&=]", parts.query)]
        for piece in pieces:
            if len(piece) >= _SHORTEST_PART and ("." not in piece or any(sign.isdigit() for sign in piece)):
                yield piece
                yield unquote(piece)


def _passwords(text: str) -> Iterator[str]:
    for match in _USERINFO.finditer(text):
        password = match["password"]
        if len(password) >= _SHORTEST_VALUE:
            yield password
            yield unquote(password)

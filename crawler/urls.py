"""Read addresses as pages write them: made absolute, split, counted up, never normalised."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, urldefrag, urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from pipelines.html.addresses import split_address

LONGEST = 2048  # characters; a longer link is a broken editor or an attack

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@lru_cache(maxsize=1024)  # pages of a portal lead to the same addresses
def absolute(base: str, href: str) -> str | None:
    """Return the address a link leads to, percent-encoded as a request would be, without fragment.

    None for an address that cannot be fetched as a page: scripts, mail, other schemes, backslashes, over-long or broken
    ones. Escapes in the link are left as they are: files exist under decomposed Vietnamese names.
    """
    href = href.strip()
    if not href or href.startswith("#") or "\\" in href or len(href) > LONGEST:
        return None
    if _SCHEME.match(href) and not href.lower().startswith(("http://", "https://")):
        return None
    try:
        url = safe_url_string(urldefrag(urljoin(base, href)).url)
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return url if host and url.startswith(("http://", "https://")) and len(url) <= LONGEST else None


def as_key(path: str) -> str:
    """Return a piece of a path as a key: raw letters percent-encoded, escapes in capitals, needless escapes undone.

    One address gives one key whether a browser, a list or the request wrote it; letters are not composed or decomposed.
    """
    return quote(_ESCAPE.sub(_plain_escape, path), safe="%/!$&'()*+,;=:@~-._")


def parameters(query: str) -> tuple[tuple[str, str], ...]:
    """Return the query's parameters in order, still percent-encoded; at most the first hundred."""
    pairs = (part.partition("=") for part in query.split("&")[:100] if part)
    return tuple((name, value) for name, _, value in pairs)


def with_parameter(url: str, name: str, value: str) -> str:
    """Return the address with one query parameter set in place, else appended; all others stay as they are."""
    parts = split_address(url)
    pairs = [part.partition("=") for part in parts.query.split("&") if part]
    written = [(n, value if n == name else v, eq or ("=" if n == name else "")) for n, eq, v in pairs]
    if all(n != name for n, _, _ in written):
        written.append((name, value, "="))
    return urlunsplit(parts._replace(query="&".join(n + eq + v for n, v, eq in written), fragment=""))


def without_parameter(url: str, name: str) -> str:
    """Return the address without a query parameter."""
    parts = split_address(url)
    remaining = [part for part in parts.query.split("&") if part and part.partition("=")[0] != name]
    return urlunsplit(parts._replace(query="&".join(remaining)))


def _plain_escape(match: re.Match[str]) -> str:
    octet = int(match[1], 16)
    return chr(octet) if octet in _UNRESERVED else f"%{octet:02X}"


REPLICA_SUFFIX = ".replica.test"


def is_homepage(url: str) -> bool:
    """Return whether an address is that of a host's homepage."""
    parts = split_address(url)
    return bool(parts.netloc) and parts.path in ("", "/")


def host_of(url: str) -> str:
    """Return the host of an address in lower case without port, empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def real_host(host: str) -> str:
    """Return the host without the suffix of a rehearsal."""
    return host.removesuffix(REPLICA_SUFFIX)


def real_url(url: str) -> str:
    """Return an address as the portal itself names it, without the suffix of a rehearsal."""
    return url.replace(REPLICA_SUFFIX, "")


def replica_url(url: str) -> str:
    """Return a portal's URL in the rehearsal: the suffix behind the host, once."""
    parts = split_address(url)
    host = parts.hostname or ""
    if not host or host.endswith(REPLICA_SUFFIX):
        return url
    netloc = parts.netloc.replace(host, host + REPLICA_SUFFIX) if host in parts.netloc else host + REPLICA_SUFFIX
    return urlunsplit(parts._replace(netloc=netloc))

"""Split and join addresses as strangers write them: a broken one (`http://[::1/`) has no parts, and is no error."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

_BROKEN = SplitResult("", "", "", "", "")


def split_address(address: str) -> SplitResult:
    """Return the parts of an address; all are empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return _BROKEN


def join_address(base: str, address: str) -> str:
    """Return an address as it is meant on a page; the base where either is none."""
    try:
        return urljoin(base, address)
    except ValueError:
        return base

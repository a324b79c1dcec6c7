"""The language of a page."""

from __future__ import annotations

from archive.messages.catalogue import DEFAULT, LANGUAGES

_MOST = 16  # languages of a header that are looked at


def preferred(header: str) -> str:
    """Return the page's language that an `Accept-Language` header likes best (RFC 9110, 12.5.4); Vietnamese when it likes none."""
    best, liked = DEFAULT, 0.0
    for part in header.split(",")[:_MOST]:
        tag, _, weight = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and quality > liked:
            best, liked = language, quality
    return best

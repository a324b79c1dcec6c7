"""Recognise alternate URLs of a page: for the printer, a pop-up window, AMP, a feed reader, another language menu.

They identify nothing: a copy has the key of its article. No article is read from one, though, since it has another
layout or none; lists pass over it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from crawler.urls import parameters

_SESSION = re.compile(r";jsessionid=[^/?#]*", re.IGNORECASE)
_LANGUAGE = re.compile(r"/vi(?:[_-]vn)?(?=/)", re.IGNORECASE)
_BEFORE = re.compile(r"/(?:print|amp)(?=/.)", re.IGNORECASE)
_BEHIND = re.compile(r"(?<=.)(?:/(?:print|amp|pop_up|rss)/?|\.amp)$", re.IGNORECASE)
_ARCHIVE = re.compile(
    r"(?:/page[/-]\d{1,6}|/(?:19|20)\d\d/\d{1,2}(?:/\d{1,2})?|/(?:tags?|authors?|tac-gia)(?:/[^/]+)+)/?$", re.IGNORECASE
)
_INSIDE = re.compile(r"\.amp(?=\.(?:html?|aspx)$)", re.IGNORECASE)


def page_path(path: str) -> str:
    """Return the path of the page that a copy was made of, without session id and without `/vi`."""
    path = _SESSION.sub("", path)
    for before in (_BEFORE, _LANGUAGE):
        found = before.match(path)
        path = path[found.end() :] if found else path
    return _INSIDE.sub("", _BEHIND.sub("", path))


def is_archive(url: str) -> bool:
    """Return whether an address is a page of a list by its form: `/page/2/`, a month's, a tag's or an author's archive."""
    try:
        path = urlsplit(url.strip()).path
    except ValueError:
        return False
    return bool(_ARCHIVE.search(path))


def is_alternate(url: str) -> bool:
    """Return whether no article should be read from an address. `/vi` and a session id alone are harmless."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return False
    path = _SESSION.sub("", parts.path)
    if _BEFORE.match(path) or _BEHIND.search(path) or _INSIDE.search(path):
        return True
    query = {name.lower(): value.lower() for name, value in parameters(parts.query)}
    made = query.get("p_p_state") in ("pop_up", "exclusive") or query.get("outputtype") == "amp"
    return made or "print" in query or "amp" in query

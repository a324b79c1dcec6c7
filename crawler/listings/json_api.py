"""Convert records of JSON to entries, for all lists of interfaces. Pure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from crawler.listings.listing import Entry, ListingError
from pipelines.article import JsonShape
from pipelines.readers.json_api import plain_text
from pipelines.readers.json_values import JsonError, json_text, value_of
from vietnam.date_forms import TZ
from vietnam.dates import read_machine, read_published
from vietnam.letters import fold_spaces, nfc

# A list may announce tomorrow; whether a date lies after the fetch is judged when the article itself is read.
_ANY_TIME = datetime(2100, 1, 1, tzinfo=TZ)
_EPOCHS = {10: 1, 13: 1000}  # digits of a time stamp of this century, and its parts of a second


class _KeyedSpider(Protocol):
    """Part of the spider's class that entries need."""

    @classmethod
    def entry_key(cls, url: str) -> str | None:
        """Return the key of an address that an article can be read from."""


def json_of(text: str) -> object:
    """Return the value of an answer. Raises ListingError for no JSON."""
    found = json_text(text)
    if found is None:
        raise ListingError("JSON rejected: the answer holds none")
    try:
        return value_of(found)
    except JsonError as error:
        raise ListingError(str(error)) from None


def entry_of(
    portal: type[_KeyedSpider], url: str | None, title: str, shown: str, shape: JsonShape | None = None
) -> Entry | None:
    """Return a record as an entry; None where its address is no article of the portal. `shown` is its date as sent."""
    key = portal.entry_key(url) if url else None
    if url is None or key is None:
        return None
    words = plain_text(title, shape) if shape else title
    return Entry(url=url, key=key, title=fold_spaces(nfc(words)).strip(), day=day_of(shown))


def day_of(shown: str) -> date | None:
    """Return the day of a date as interfaces send it: ISO 8601, a visible line, or (milli)seconds since 1970 in UTC."""
    shown = shown.strip()
    if shown.isdecimal() and len(shown) in _EPOCHS:
        return datetime.fromtimestamp(int(shown) / _EPOCHS[len(shown)], TZ).date()
    moment = read_machine(shown, _ANY_TIME) or read_published(shown, _ANY_TIME)
    return moment.day if moment else None

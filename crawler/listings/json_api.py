"""Convert records of JSON to entries, for all lists of interfaces. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Protocol

from crawler.listings.listing import Entry, ListingError
from pipelines.article import JsonShape
from pipelines.html.json_values import JsonError, JsonRecord, json_text, text_value, value_of
from pipelines.readers.json_api import plain_text
from vietnam.date_forms import TZ
from vietnam.dates import Moment, read_machine, read_published
from vietnam.letters import fold_spaces, nfc

# A list may announce tomorrow; whether a date lies after the fetch is judged when the article itself is read.
_ANY_TIME = datetime(2100, 1, 1, tzinfo=TZ)
_EPOCHS = {10: 1, 13: 1000}  # digits of a time stamp of this century, and its parts of a second
_NO_LETTERS = re.compile(r"[^a-z]")
_MODIFIED = (
    "modified modifieddate modifiedtime modifiedat modifiedon datemodified lastmodified lastmodifieddate lastmodifiedtime "
    "lastmodifiedondate updated updateddate updatedtime updatedat updatedon updatedate updatetime dateupdated lastupdate "
    "lastupdated lastupdatetime lastupdateddate editeddate edittime ngaycapnhat ngaysua"
).split()
"""Names, in letters alone, under which the interfaces of content management systems state when a record was changed."""


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
    portal: type[_KeyedSpider],
    url: str | None,
    record: JsonRecord,
    title: str,
    day: str,
    shape: JsonShape | None = None,
) -> Entry | None:
    """Return a record as an entry; None where its address is no article of the portal.

    `title` and `day` are the names of the record's title and date.
    """
    key = portal.entry_key(url) if url else None
    if url is None or key is None:
        return None
    words = text_value(record, title)
    words = fold_spaces(nfc(plain_text(words, shape) if shape else words)).strip()
    return Entry(url, key, words, day_of(text_value(record, day)), modified=modified_of(record))


def day_of(shown: str) -> date | None:
    """Return the day of a date as interfaces send it: ISO 8601, a visible line, or (milli)seconds since 1970 in UTC."""
    moment = _moment_of(shown)
    return moment.day if moment else None


def modified_of(record: JsonRecord) -> Moment | None:
    """Return when a record was last changed, as it states it under one of the usual names; None where it does not.

    The time decides nothing before it was found honest (`crawler.spider.modification_times`), so no name need be certain.
    """
    names = {_NO_LETTERS.sub("", name.lower()): name for name in record if isinstance(name, str)}
    moments = (_moment_of(text_value(record, names[each])) for each in _MODIFIED if each in names)
    return next((moment for moment in moments if moment is not None), None)


def _moment_of(shown: str) -> Moment | None:
    shown = shown.strip()
    if shown.isdecimal() and len(shown) in _EPOCHS:
        at = datetime.fromtimestamp(int(shown) / _EPOCHS[len(shown)], TZ)
        return Moment(at.date(), at.time().replace(microsecond=0))
    return read_machine(shown, _ANY_TIME) or read_published(shown, _ANY_TIME)

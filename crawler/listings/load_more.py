"""Lists that grow by a button (`Xem thêm`): the request it sends for the next piece, and what comes back. Pure.

A form is sent with its own fields; a button names an address in one of its attributes. What a button's script makes up
of other values is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from parsel import Selector

from crawler.listings.forms import SCRIPTED, form_field, posted, with_field
from crawler.listings.listing import Entry, KeyOf, ListRequest
from crawler.urls import absolute, host_of, parameters, real_host, with_parameter
from pipelines.readers.json_values import JsonError, json_text, value_of
from vietnam.letters import fold, fold_spaces, nfc

__all__ = ["BUTTON_ADDRESSES", "answered", "counted_up", "counters", "is_more", "next_piece"]

_MORE_WORDS = frozenset(
    {"xem thêm", "tải thêm", "xem tiếp", "hiển thị thêm", "xem thêm tin", "thêm tin", "tin tiếp theo", "load more", "show more"}
)  # fmt: skip
BUTTON_ADDRESSES = ("data-url", "data-href", "data-next-url", "data-next", "data-link", "data-action", "data-src")
_COUNTERS = (
    "page",
    "trang",
    "p",
    "pageindex",
    "pagenumber",
    "pageno",
    "currentpage",
    "start",
    "offset",
    "skip",
    "from",
)
_TITLES = re.compile(r"title|tieu_?de|name|^ten|subject|headline", re.IGNORECASE)
_VISIT = re.compile(r"^__|token|csrf|viewstate", re.IGNORECASE)
_MOST_VALUES = 20_000


def next_piece(page: Selector, button: str, base: str, *, json: bool = False) -> ListRequest | None:
    """The request behind the first element that `button` selects and that leads somewhere on the portal's own host."""
    for element in page.css(button):
        form = element if element.root.tag == "form" else None
        asked = _sent(form, base, json=json) if form is not None else _addressed(element, base, json=json)
        if asked is not None:
            return asked
    return None


def _addressed(element: Selector, base: str, *, json: bool) -> ListRequest | None:
    for name in BUTTON_ADDRESSES:
        value = element.attrib.get(name, "")
        there = absolute(base, value) if "/" in value or "?" in value else None
        if there and _own(there, base):
            return ListRequest(there, headers=(SCRIPTED,), json=json)
    return None


def _sent(form: Selector, base: str, *, json: bool) -> ListRequest | None:
    there = absolute(base, form.attrib.get("action", "") or base)
    if there is None or not _own(there, base):
        return None
    fields = [
        (each.attrib["name"], each.attrib.get("value", ""))
        for each in form.css("input[name], button[name]")
        if each.attrib.get("type", "text").lower() in ("hidden", "text", "submit")
    ]
    if form.attrib.get("method", "get").lower() == "post":
        return posted(there, fields, json=json, of_visit=any(_VISIT.search(name) for name, _ in fields))
    for name, value in fields:
        there = with_parameter(there, name, value)
    return ListRequest(there, json=json)


def counters(asked: ListRequest) -> list[str]:
    """Names of parameters or fields that may count the pieces, the likeliest first."""
    told = parameters(urlsplit(asked.url).query) if asked.method == "GET" else parameters(asked.body)
    numbers = [name for name, value in told if value.isdecimal()]
    known = [name for name in numbers if name.lower() in _COUNTERS]
    return known or (numbers if len(numbers) == 1 else [])


def counted_up(asked: ListRequest, name: str, number: int) -> ListRequest | None:
    """The request for the piece after the one that `asked` brought as page `number`; None without a count in it.

    Pages count by one, entries by the size of a piece: page 2 begins where the first one ended.
    """
    query = dict(parameters(urlsplit(asked.url).query))
    value = query.get(name, "") if asked.method == "GET" else form_field(asked, name)
    if not name or not value.isdecimal() or number < 2:
        return None
    told = int(value)
    step = told // (number - 1) if told > number and told % (number - 1) == 0 else 1
    if asked.method == "GET":
        return ListRequest(with_parameter(asked.url, name, str(told + step)), headers=asked.headers, json=asked.json)
    return with_field(asked, name, str(told + step))


def answered(text: str, base: str, key_of: KeyOf) -> tuple[tuple[Entry, ...], str] | None:
    """Entries of a JSON answer, and the pieces of HTML that it carries; None where it is no JSON."""
    data = json_text(text)
    if data is None:
        return None
    try:
        value = value_of(data)
    except JsonError:
        return None
    entries: dict[str, Entry] = {}
    pieces: list[str] = []
    for record in _records(value):
        pieces.extend(said for said in record.values() if isinstance(said, str) and "<a " in said)
        address = next((there for said in record.values() if (there := _article(said, base, key_of))), None)
        if address is not None and (key := key_of(address)):
            entries.setdefault(key, Entry(url=address, key=key, title=_title(record)))
    return tuple(entries.values()), "\n".join(pieces)


def _records(value: object) -> Iterator[dict[str, object]]:
    waiting, seen = [value], 0
    while waiting and seen < _MOST_VALUES:
        each = waiting.pop(0)
        seen += 1
        if isinstance(each, dict):
            yield each
            waiting += list(each.values())
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str) and "<a " in each and seen == 1:
            yield {"": each}


def _article(said: object, base: str, key_of: KeyOf) -> str | None:
    if not isinstance(said, str) or " " in said.strip() or not ("/" in said or "?" in said):
        return None
    there = absolute(base, said)
    return there if there and _own(there, base) and key_of(there) else None


def _title(record: dict[str, object]) -> str:
    for name, said in record.items():
        if isinstance(said, str) and _TITLES.search(name) and "<" not in said:
            return fold_spaces(nfc(said)).strip()
    return ""


def _own(one: str, other: str) -> bool:
    return real_host(host_of(one)).removeprefix("www.") == real_host(host_of(other)).removeprefix("www.")


def is_more(words: str) -> bool:
    """Whether words are those of such a button."""
    return fold(words).strip(" .…»>+↓") in _MORE_WORDS

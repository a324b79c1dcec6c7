"""Compose the request of a list's button (`Xem thêm`) for the next piece, and read the answer. Pure.

A form is sent with its own fields; a button names an address in one of its attributes. Requests that a button's script
makes of other values are not supported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsel import Selector

from archive.model.records import ListRequest
from crawler.listings.forms import SCRIPTED, form_field, post_form, with_field
from crawler.listings.json_api import modified_of
from crawler.listings.listing import Entry, KeyOf
from crawler.listings.pagination import attribute, number_of
from crawler.urls import absolute, host_of, parameters, real_host, with_parameter
from pipelines.html.addresses import split_address
from pipelines.html.json_values import JsonError, json_text, value_of
from vietnam.letters import fold, fold_spaces, nfc

_MORE_WORDS = frozenset(
    {"xem thêm", "tải thêm", "xem tiếp", "hiển thị thêm", "xem thêm tin", "thêm tin", "tin tiếp theo", "load more", "show more"}
)  # fmt: skip
BUTTON_ADDRESSES = ("data-url", "data-href", "data-next-url", "data-next", "data-link", "data-action", "data-src")
_COUNTERS = "page trang p pageindex pagenumber pageno currentpage start offset skip from".split()
_TITLES = re.compile(r"title|tieu_?de|name|^ten|subject|headline", re.IGNORECASE)
_VISIT = re.compile(r"^__|token|csrf|viewstate", re.IGNORECASE)
_MOST_VALUES = 20_000


def next_piece(page: Selector, button: str, base: str, *, json: bool = False) -> ListRequest | None:
    """Return the request behind the first element that `button` selects and that stays on the portal's own host."""
    for element in page.css(button):
        form = element if element.root.tag == "form" else None
        request = _form_request(form, base, json=json) if form is not None else _link_request(element, base, json=json)
        if request is not None:
            return request
    return None


def _link_request(element: Selector, base: str, *, json: bool) -> ListRequest | None:
    for name in BUTTON_ADDRESSES:
        value = attribute(element, name)
        there = absolute(base, value) if "/" in value or "?" in value else None
        if there and _own(there, base):
            return ListRequest(there, headers=(SCRIPTED,), json=json)
    return None


def _form_request(form: Selector, base: str, *, json: bool) -> ListRequest | None:
    there = absolute(base, attribute(form, "action") or base)
    if there is None or not _own(there, base):
        return None
    fields = [
        (attribute(each, "name"), attribute(each, "value"))
        for each in form.css("input[name], button[name]")
        if attribute(each, "type", "text").lower() in ("hidden", "text", "submit")
    ]
    if attribute(form, "method", "get").lower() == "post":
        return post_form(there, fields, json=json, of_visit=any(_VISIT.search(name) for name, _ in fields))
    for name, value in fields:
        there = with_parameter(there, name, value)
    return ListRequest(there, json=json)


def counters(request: ListRequest) -> list[str]:
    """Return names of parameters or fields that may count the pieces, the likeliest first."""
    count = parameters(split_address(request.url).query) if request.method == "GET" else parameters(request.body)
    numbers = [name for name, value in count if value.isdecimal()]
    known = [name for name in numbers if name.lower() in _COUNTERS]
    return known or (numbers if len(numbers) == 1 else [])


def count_up(request: ListRequest, name: str, number: int) -> ListRequest | None:
    """Return the request after the one of page `number`; None without a count in it.

    Pages count by one, entries by the size of a piece: page 2 begins where the first one ended.
    """
    query = dict(parameters(split_address(request.url).query))
    value = query.get(name, "") if request.method == "GET" else form_field(request, name)
    count = number_of(value)
    if not name or count is None or number < 2:
        return None
    step = count // (number - 1) if count > number and count % (number - 1) == 0 else 1
    if request.method == "GET":
        return ListRequest(
            with_parameter(request.url, name, str(count + step)), headers=request.headers, json=request.json
        )
    return with_field(request, name, str(count + step))


def read_piece(text: str, base: str, key_of: KeyOf) -> tuple[tuple[Entry, ...], str] | None:
    """Return entries of a JSON answer, and the pieces of HTML that it carries; None where it is no JSON."""
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
        pieces.extend(
            value_text for value_text in record.values() if isinstance(value_text, str) and "<a " in value_text
        )
        address = next((there for value_text in record.values() if (there := _article(value_text, base, key_of))), None)
        if address is not None and (key := key_of(address)):
            entries.setdefault(key, Entry(url=address, key=key, title=_title(record), modified=modified_of(record)))
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


def _article(value_text: object, base: str, key_of: KeyOf) -> str | None:
    if not isinstance(value_text, str) or " " in value_text.strip() or not ("/" in value_text or "?" in value_text):
        return None
    there = absolute(base, value_text)
    return there if there and _own(there, base) and key_of(there) else None


def _title(record: dict[str, object]) -> str:
    for name, value_text in record.items():
        if isinstance(value_text, str) and _TITLES.search(name) and "<" not in value_text:
            return fold_spaces(nfc(value_text)).strip()
    return ""


def _own(one: str, other: str) -> bool:
    return real_host(host_of(one)).removeprefix("www.") == real_host(host_of(other)).removeprefix("www.")


def is_more(words: str) -> bool:
    """Return whether words are those of such a button."""
    return fold(words).strip(" .…»>+↓") in _MORE_WORDS

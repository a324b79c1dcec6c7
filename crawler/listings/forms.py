"""Compose forms as a page's script or button sends them: the request for the next piece of a list. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from archive.model.records import ListRequest

FORM = ("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
SCRIPTED = ("X-Requested-With", "XMLHttpRequest")
"""The header of a script's request."""


def post_form(
    url: str,
    fields: Iterable[tuple[str, str]],
    headers: Iterable[tuple[str, str]] = (),
    *,
    json: bool = False,
    of_visit: bool = False,
) -> ListRequest:
    """Return the request that posts a form."""
    return ListRequest(url, "POST", (FORM, *headers), urlencode(list(fields)), json=json, of_visit=of_visit)


def form_field(request: ListRequest, name: str) -> str:
    """Return the first value of a field of a posted form, empty when it has none."""
    return next((value for key, value in _fields(request) if key == name), "")


def with_field(request: ListRequest, name: str, value: str) -> ListRequest:
    """Return the form with one field set, in place or at the end."""
    fields = [(key, value if key == name else old) for key, old in _fields(request)]
    if all(key != name for key, _ in fields):
        fields.append((name, value))
    return replace(request, body=urlencode(fields))


def _fields(request: ListRequest) -> list[tuple[str, str]]:
    return parse_qsl(request.body, keep_blank_values=True)


def with_values(request: ListRequest, name: str, values: Iterable[str]) -> ListRequest:
    """Return the form with further values of a field that stands several times, each value once."""
    fields = _fields(request)
    known = {value for key, value in fields if key == name}
    fields += [(name, value) for value in dict.fromkeys(values) if value not in known]
    return replace(request, body=urlencode(fields))

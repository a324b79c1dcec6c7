"""Parse untrusted JSON of portals' interfaces: plain, or in a line of a page's script.

A missing, null or differently typed value is empty, never an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

JsonRecord = Mapping[str, object]
"""An object of the answer."""

_SCRIPT = re.compile(r"\b(?:data|items|result)\s*=\s*'(?P<json>[\[{](?:[^'\\\n]|\\.)*[\]}])'\s*;")
_ESCAPE = re.compile(r"\\(?:u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})|(?P<sign>.))", re.DOTALL)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_DEEPEST = 64  # levels of nesting; interfaces have five
_MOST_SIGNS = 1_000_000  # commas, colons and brackets; a list of 50,000 entries with ten fields each has as many
# A string without its end goes to the end of the text: so the scan is linear.
_BRACKETS = re.compile(r"""[\[{}\]]|"(?:[^"\\]++|\\(?:.|\Z))*+(?:"|\Z)""", re.DOTALL)


class JsonError(ValueError):
    """A text is no readable JSON; `cut` is set when it only lacks its end."""

    def __init__(self, reason: str, *, cut: bool = False) -> None:
        super().__init__(reason)
        self.cut = cut


@dataclass(frozen=True, slots=True)
class JsonFacts:
    """Hold what an answer's JSON says for its outcome: why it is none that can be read, or that it holds nothing.

    `cut`: it only lacks its end.
    """

    error: str = ""
    cut: bool = False
    empty: bool = False


def json_facts(text: str) -> JsonFacts | None:
    """Return the facts of the JSON of an answer, None where there is none."""
    found = json_text(text)
    if found is None:
        return None
    try:
        return JsonFacts(empty=value_of(found) in (None, [], {}, ""))
    except JsonError as error:
        return JsonFacts(str(error), error.cut)


def json_text(text: str) -> str | None:
    """Return the JSON of an answer: all of it, or the value given to a script of the page. None where there is none."""
    body = text.lstrip("\ufeff \t\r\n")
    if body.startswith(("{", "[")) or body.rstrip() == "null":
        return body
    found = _SCRIPT.search(text)
    return unescaped(found["json"]) if found else None


def unescaped(text: str) -> str:
    r"""Resolve the escapes of a script's string: `\\u003d`, `\\x26`, `\\/`."""
    return _ESCAPE.sub(_unescaped, text)


def _unescaped(escape: re.Match[str]) -> str:
    """Resolve one escape of a JavaScript string (ECMA-262, 12.9.4): JSON's own escapes stand in it doubled."""
    code = escape["unit"] or escape["byte"]
    if code:
        return chr(int(code, 16))
    return _SIGNS.get(escape["sign"], escape["sign"])


def value_of(text: str, *, strict: bool = True) -> object:
    """Parse a JSON text. With `strict` false control characters may stand in strings, as in a page's script.

    Raises:
        JsonError: The text is no valid JSON, or more values or deeper nesting than any interface's answer; it is not parsed.
    """
    if excess := _excess(text):
        raise JsonError(f"JSON rejected: {excess}")
    try:
        value: object = json.loads(text, strict=strict)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
        raise JsonError(
            f"JSON rejected: {error.msg.lower()} (line {error.lineno}, column {error.colno})", cut=cut
        ) from None
    except (RecursionError, ValueError):
        raise JsonError("JSON rejected: nested too deeply, or a number without end") from None
    return value


def _excess(text: str) -> str:
    """Return in words which bound a JSON text exceeds, by a scan that is linear in its length; empty for none."""
    if sum(map(text.count, ",:[{")) > _MOST_SIGNS:
        return "too many values"
    if sum(map(text.count, "[{")) <= _DEEPEST:
        return ""
    depth = 0
    for found in _BRACKETS.finditer(text):
        sign = found[0]
        if sign in "[{":
            depth += 1
            if depth > _DEEPEST:
                return f"nested deeper than {_DEEPEST} levels"
        elif sign in "]}":
            depth -= 1
    return ""


def value_at(value: object, path: str) -> object:
    """Return what stands in nested objects at names joined by dots; None where a name is missing."""
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def records_in(value: object, *names: str) -> list[JsonRecord] | None:
    """Return the records of a value under the first of these names, or the value's own; None where it holds no list."""
    if isinstance(value, dict):
        held = next((value[name] for name in names if isinstance(value.get(name), list)), None)
    else:
        held = value if isinstance(value, list) else None
    if held is None:
        return None
    return [cast(JsonRecord, record) for record in held if isinstance(record, dict)]


def text_value(record: JsonRecord, name: str) -> str:
    """Return a record's text under a name; a number as its digits, anything else as nothing."""
    value = record.get(name)
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a pair can be sent, not kept
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def number_in(value: object, name: str) -> int | None:
    """Return a whole number from 0 under a name, also where it is written as text."""
    digits = text_value(cast(JsonRecord, value), name).strip() if isinstance(value, dict) else ""
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else None

"""What of a page changes between two visits: counters, clocks, tokens, banners in turn. Pure."""

from __future__ import annotations

import difflib
import re

from crawler.probe.page import VisitedPage
from pipelines.html.tree import tag_of

__all__ = ["changing_parts"]

_TOKEN = re.compile(r"[0-9a-f]{16,}|[A-Za-z0-9+/_-]{24,}={0,2}")
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?::\d{2})?")
_MOST = 12


def changing_parts(first: VisitedPage, second: VisitedPage) -> tuple[str, ...]:
    """The lines that differ, each with what it looks like and where it stands; none when the bytes are the same."""
    if first.body == second.body:
        return ()
    one, two = _told(first), _told(second)
    found: dict[str, None] = {}
    same = difflib.SequenceMatcher(None, one, two, autojunk=False)
    for kind, start, end, other, last in same.get_opcodes():
        if kind == "equal":
            continue
        for place, value in [*two[other:last], *(one[start:end] if kind == "delete" else [])]:
            found[f"{_kind(value)} in {place}"] = None
    if not found:
        found["bytes outside of the page's elements"] = None
    return tuple(found)[:_MOST]


def _told(visited: VisitedPage) -> list[tuple[str, str]]:
    """Texts and attribute values of a page with their places."""
    found = []
    for element in visited.page().root.iter():
        tag = tag_of(element)
        if not tag:
            continue
        names = (element.get("id") or "").strip() or (element.get("class") or "").strip().split(" ")[0]
        place = f"<{tag}{' ' + names if names else ''}>"
        if (element.text or "").strip():
            found.append((place, (element.text or "").strip()[:200]))
        found += [(place, value) for name, value in element.items() if name in ("value", "content", "href", "src")]
        if (element.tail or "").strip():
            found.append((place + " (behind it)", (element.tail or "").strip()[:200]))
    return found


def _kind(value: str) -> str:
    if _CLOCK.search(value):
        return "a clock"
    if _TOKEN.search(value):
        return "a token"
    if re.fullmatch(r"[\d.,\s]+|.{0,40}\D[\d.,]+\D{0,20}", value) and any(char.isdigit() for char in value):
        return "a counter"
    return "a text in turn"

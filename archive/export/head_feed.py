"""Write heads as an Atom feed (RFC 4287), so that many follow them and keep what they read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lxml import etree

from archive.sealing.head import ATOM, TITLE, Head


def atom_feed(heads: Sequence[Head]) -> str:
    """Return a feed of heads that stand oldest first, one at least; the newest entry comes first.

    A seal has no time of its own: `updated` is the end of its night in Việt Nam.
    """
    archive = heads[-1].archive
    feed = etree.Element("feed", {"xmlns": ATOM})
    _add(feed, "id", f"urn:uuid:{archive}")
    _add(feed, "title", f"{TITLE}: {archive}")
    _add(feed, "updated", _end(max(head.night for head in heads)))
    _add(_add(feed, "author"), "name", heads[-1].key or "unsigned")
    for head in reversed(heads):
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:sha256:{head.head}")
        _add(entry, "title", f"{head.night} number {head.number}")
        _add(entry, "updated", _end(head.night))
        _add(entry, "content", "\n".join(head.lines())).set("type", "text")
    return etree.tostring(feed, pretty_print=True, encoding="unicode")


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, name)
    element.text = text
    return element


def _end(night: date) -> str:
    return f"{night}T23:59:59+07:00"

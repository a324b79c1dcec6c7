"""Print results of the archive's commands: tables for a terminal, plain lines for a pipe, JSON for programs.

Titles and addresses come from portals: control characters are made visible before they reach a terminal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from math import floor
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.diff.words import Span, SpanKind
from archive.index.queries.attachments import AttachmentState
from archive.index.queries.clusters import Article, VersionLink
from archive.index.rows import EventRow
from archive.messages.printable import printable
from archive.model.enums import WITHHELD, Event
from archive.storage.jsonl import iso

_STYLES = {SpanKind.SAME: "", SpanKind.OLD: "red strike", SpanKind.NEW: "green", SpanKind.GAP: "dim"}
_MARKS = {SpanKind.SAME: "{}", SpanKind.OLD: "[-{}-]", SpanKind.NEW: "{{+{}+}}", SpanKind.GAP: "… {} …"}


def print_json(value: object) -> None:
    """Print a value as JSON on one line, days and moments in ISO 8601."""
    print(json.dumps(value, ensure_ascii=False, sort_keys=True, default=iso))


def print_articles(found: Sequence[EventRow], *, as_json: bool) -> None:
    """Print one line per event."""
    if as_json:
        for item in found:
            print_json(asdict(item))
        return
    if not sys.stdout.isatty():
        for item in found:
            print("\t".join([item.night, item.portal, item.event.value, item.id, item.published or "", _title(item)]))
        return
    table = Table(box=None, pad_edge=False)
    for name in ("night", "portal", "event", "published", "title", "id"):
        table.add_column(name, no_wrap=name != "title", overflow="fold")
    for item in found:
        cells = (item.night, item.portal, item.event.value, item.published or "–", _title(item), item.id)
        table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


def _title(item: EventRow) -> str:
    return WITHHELD.upper() if WITHHELD in item.flags else printable(item.title)


def print_attached(file: AttachmentState, path: Path | None) -> None:
    """Print one line: the file's name as the article gives it, then the place of its text, or the reason for none."""
    if file.event is not None:
        words = [word.replace("_", " ") for word in file.flags]
        words += ["quarantined"] * (file.event is Event.QUARANTINED)
    else:
        words = [file.answer.value.replace("_", " ") if file.answer else "not fetched"]
    stands = f" → {path}" if path else ""
    print(f"attachment: {printable(file.name)}{stands}{''.join(f', {word}' for word in words)}")


def print_near(link: VersionLink, place: EventRow | None, canonical: Article) -> None:
    """Print one line: the nearly equal version, its similarity, its place."""
    where = f" {place.portal}, {place.night}, {printable(place.url)}" if place else ""
    last = "; canonical of its cluster" if link.article == canonical else ""
    print(f"near: {link.id} similarity {floor(100 * link.similarity) / 100:.2f}{where}{last}")


def marked(console: Console, spans: Sequence[Span]) -> Text:
    """Return one line of a word diff: coloured on a terminal, `[-old-]` and `{+new+}` elsewhere."""
    if not console.is_terminal:
        return Text(plain_line(spans))
    line = Text()
    for number, span in enumerate(spans):
        line.append(" " if number else "")
        line.append(printable(span.text) if span.mark is not SpanKind.GAP else f"… {span.text} …", _STYLES[span.mark])
    return line


def plain_line(spans: Sequence[Span]) -> str:
    """Return one line of a word diff without colours."""
    return " ".join(_MARKS[span.mark].format(printable(span.text)) for span in spans)

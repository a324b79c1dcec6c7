"""Print the result of `scrapy reextract`: a table of the changes, then the changed words of each text.

On a terminal words are coloured; elsewhere they are marked `[-old-]` and `{+new+}`. Control characters of a portal are made
visible.
"""

from __future__ import annotations

import json
from collections import Counter

from rich.console import Console
from rich.table import Column, Table

from archive.cli.output import marked, plain_line
from archive.diff.words import Span, SpanKind, diff_paragraphs
from archive.messages.printable import printable
from crawler.reextract.reading import NewReading
from crawler.reextract.reextract import ReextractResult
from pipelines.reread import Field

_TEXT = (Field.TITLE, Field.LEAD, Field.BODY, Field.CAPTIONS)


def print_report(result: ReextractResult, console: Console, *, accepted: bool) -> None:
    """Print the table, unreadable captures, each article that changed, and what was stored."""
    console.print(_table(result))
    for version, reason in result.unreadable:
        console.print(f"unreadable {printable(version)}: {printable(reason)}", markup=False, highlight=False)
    for reading in result.changed:
        console.print()
        _print_one(reading, console)
    if result.changed:
        console.print()
        console.print(_end(result, accepted=accepted), markup=False, highlight=False)


def _end(result: ReextractResult, *, accepted: bool) -> str:
    if result.run is not None:
        where = f"{result.run.night} as {result.run.run}"
        count = f"{result.stored} new reading{'s' if result.stored > 1 else ''}"
        return f"kept {count} in {where}; what was kept before is as it was"
    good = sum(reading.worth_storing for reading in result.changed)
    if accepted or not good:
        return "nothing was kept: no reading that says anything else of an article passed the checks"
    return f"nothing was kept: --accept keeps {good} of them tonight as `reread`"


def _table(result: ReextractResult) -> Table:
    table = Table(result.portal, Column("articles", justify="right"), box=None, pad_edge=False)
    table.add_row("read", str(result.read))
    table.add_row("unchanged", str(result.unchanged))
    fields = Counter(change.field for reading in result.changed for change in reading.changes)
    for name in Field:
        if fields[name]:
            table.add_row(f"changed {name.value}", str(fields[name]))
    table.add_row("doubtful now", str(sum(bool(reading.reasons) for reading in result.changed)))
    table.add_row("unreadable", str(len(result.unreadable)))
    return table


def _print_one(reading: NewReading, console: Console) -> None:
    names = ", ".join(change.field.value for change in reading.changes)
    console.print(f"{reading.found.id}  {names}", markup=False, highlight=False, style="bold")
    console.print(printable(reading.line.url), markup=False, highlight=False)
    for reason in reading.reasons:
        console.print(f"not kept, today's rules set it aside: {printable(str(reason))}", markup=False, highlight=False)
    for change in reading.changes:
        if change.field in _TEXT or change.field is Field.CONTENT:
            continue
        console.print(marked(console, (Span(SpanKind.SAME, f"{change.field.value}:"), *_pair(change.old, change.new))))
    if any(change.field in (*_TEXT, Field.CONTENT) for change in reading.changes):
        for spans in diff_paragraphs(reading.before, reading.after):
            console.print(marked(console, spans))


def _pair(old: str, new: str) -> list[Span]:
    return [Span(mark, text) for mark, text in ((SpanKind.OLD, old), (SpanKind.NEW, new)) if text]


def as_json(result: ReextractResult) -> str:
    """Return the result for programs, as one JSON object."""
    return json.dumps(
        {
            "portal": result.portal,
            "read": result.read,
            "unchanged": result.unchanged,
            "unreadable": [{"id": version, "reason": reason} for version, reason in result.unreadable],
            "changed": [_plain(reading) for reading in result.changed],
            "stored": result.stored,
            "run": f"{result.run.night}/{result.run.run}" if result.run else None,
        },
        ensure_ascii=False,
        indent=1,
    )


def _plain(reading: NewReading) -> dict[str, object]:
    return {
        "id": reading.found.id,
        "night": reading.found.night,
        "url": reading.line.url,
        "changes": [{"field": one.field.value, "old": one.old, "new": one.new} for one in reading.changes],
        "diff": [plain_line(spans) for spans in diff_paragraphs(reading.before, reading.after)],
        "doubtful": [reason.reported() for reason in reading.reasons],
    }

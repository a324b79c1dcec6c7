"""Print results of the archive's commands: tables for a terminal, plain lines for a pipe, JSON for programs.

Titles and addresses come from portals: control characters are made visible before they reach a terminal.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import floor
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from archive.audit.findings import Audit
from archive.diff.words import Span, SpanKind
from archive.index.queries.attachments import AttachmentState
from archive.index.queries.clusters import Article, VersionLink
from archive.index.rows import EventRow
from archive.messages.printable import printable
from archive.model.enums import WITHHELD, Event
from archive.sealing.signatures import UNSIGNED_SIGNER
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


def print_audit(audit: Audit, origin: Mapping[str, object], *, as_json: bool) -> None:
    """Print the findings first, then the signers and the amount read; as JSON with the origin of the report beside them."""
    if as_json:
        findings = [
            {"code": one.code.value, "path": one.path, "detail": one.detail.reported()} for one in audit.findings
        ]
        plain = asdict(audit) | {"findings": findings, "notes": [note.reported() for note in audit.notes]}
        del plain["counted"]  # the findings have it
        print(json.dumps({**plain, **origin}, ensure_ascii=False, sort_keys=True, indent=1, default=iso))
        return
    for finding in audit.findings:
        print(f"{finding.code}  {printable(finding.path)}: {printable(str(finding.detail))}")
    for notice in audit.withheld:
        named = ", ".join(printable(article) for article in notice.articles)
        print(
            f"WITHHELD  {named}: {printable(notice.reason)}, for {printable(notice.who)}, {notice.when[:10]} ({notice.path})"
        )
    for note in audit.notes:
        print(f"note  {printable(str(note))}")
    if audit.signers:
        print(signed_by(audit.signers))
    size = f"{audit.bytes / 1e6:.1f} MB"
    print(
        f"read {audit.nights} nights, {audit.runs} portal-nights, {audit.texts} texts, {audit.captures} captures, "
        f"{audit.files} files, {size}"
    )
    count = len(audit.findings)
    print("intact" if not count else f"{count} finding{'s' if count > 1 else ''}")


def signed_by(signers: Mapping[str, int]) -> str:
    """Return how many seals which key signed: `60 seals: 58 signed by 3f2a…, 2 unsigned`, the most first."""
    order = sorted(signers.items(), key=lambda each: (each[0] == UNSIGNED_SIGNER, -each[1], each[0]))
    parts = [f"{n} {'' if key == UNSIGNED_SIGNER else 'signed by '}{key}" for key, n in order]
    n = sum(signers.values())
    return f"{n} seal{'s' if n > 1 else ''}: {', '.join(parts)}"


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

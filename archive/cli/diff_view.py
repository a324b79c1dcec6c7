"""Print two versions of an article side by side, word by word, with the classes of their changes."""

from __future__ import annotations

import json

from rich.console import Console
from rich.text import Text as Line

from archive.cli.output import marked
from archive.diff.words import diff_paragraphs
from archive.export.version_diff import Difference, paragraphs_of
from archive.index.rows import EventRow
from archive.messages.printable import printable


def print_difference(found: Difference, console: Console, *, as_json: bool) -> None:
    """Print similarity and classes, then the text, without unchanged paragraphs but one around each change."""
    lines = diff_paragraphs(paragraphs_of(found.old_text), paragraphs_of(found.new_text))
    if as_json:
        plain = {
            "old": _plain(found.old),
            "new": _plain(found.new),
            "similarity": found.comparison.similarity,
            "changes": [change.value for change in found.comparison.classes],
            "lines": [[{"mark": span.mark.value, "text": span.text} for span in spans] for spans in lines],
        }
        console.file.write(json.dumps(plain, ensure_ascii=False, sort_keys=True) + "\n")
        return
    for sign, item in (("-", found.old), ("+", found.new)):
        _print_line(console, f"{sign} {item.night}  {item.event.value}  {printable(item.id)}")
    classes = ", ".join(change.value.replace("_", " ") for change in found.comparison.classes) or "nothing"
    _print_line(console, f"similarity {found.percent:.1f} %; changed: {classes}", style="bold")
    for spans in lines:
        _print_line(console, "")
        _print_line(console, marked(console, spans))


def _print_line(console: Console, text: str | Line, style: str | None = None) -> None:
    """Print one line, which only a terminal's width may break."""
    console.print(text, markup=False, highlight=False, emoji=False, style=style, soft_wrap=not console.is_terminal)


def _plain(item: EventRow) -> dict[str, str | None]:
    names = ("id", "night", "event", "url", "title", "published", "sha256")
    return {name: getattr(item, name) for name in names}

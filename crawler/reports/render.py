"""A night's report for one screen of a terminal, as Markdown, and as JSON. Pure."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from archive.messages.printable import printable
from archive.messages.reason import format_size
from archive.model.enums import Verdict
from archive.model.records import HostVisit
from archive.storage.jsonl import json_values
from crawler.reports.night_report import NightReport, PortalLine

_TABLE_WIDTH = 100  # a narrower terminal has no room for the reasons beside the figures
_MORE = "`scheduler.py report --markdown` has every reason"
_STYLES = {"good": "green", "quiet": "green", "thin": "yellow", "interrupted": "yellow", "partial": "yellow"}
_HEADS = "verdict portal listed new rev. dup. gone asked kept took"
_VISIT_HEADS = "| host | requests | no answer | bytes | seconds between, p50 | p99 | 429 | 503 | robots.txt |"
_PLAIN_FIELDS = (
    "portal", "verdict", "state", "good", "listed", "new", "revisions", "duplicates", "gone", "quarantined", "requests",
    "bytes", "tries",
)  # fmt: skip
_MARKS = re.compile(r"([\\`*_\[\]<>|#])")


def on_screen(report: NightReport, width: int, height: int) -> list[Text]:
    """Return lines that fit into a terminal: a table where there is room, else bad portals in words, the rest in columns.

    Without room for every reason, only those of the worst portals are shown; the others are named.
    """
    head = _head(report, width)
    tail = [_cut(Text(f"! {remark}", "yellow"), width) for remark in report.remarks[:3]]
    table = [*head, *_table(report, width), *_skipped(report, width), *tail]
    if width >= _TABLE_WIDTH and len(table) <= height:
        return [*table, *_all_reasons(report, width, height - len(table))]
    bad, in_words_count = report.bad, len(report.bad)
    while True:
        lines = [*head, *(_in_words(line, width) for line in bad[:in_words_count])]
        lines += _columns([Text(f"{line.portal} {line.verdict}", _style(line)) for line in bad[in_words_count:]], width)
        lines += _columns([_counted(line) for line in report.scheduled if line.good], width)
        lines += [*_skipped(report, width), *tail]
        if len(lines) <= height or in_words_count == 0:
            break
        in_words_count -= 1
    if len(lines) > height:
        lines = [*lines[: height - 1], _cut(Text(f"… {len(lines) - height + 1} more lines: {_MORE}", "dim"), width)]
    return lines


def print_report(report: NightReport, console: Console) -> None:
    """Print the report to fit a terminal's screen; into a file or a mail with every reason."""
    width, height = (console.width, console.height - 2) if console.is_terminal else (160, 10_000)
    for line in on_screen(report, width, height):
        console.print(line, soft_wrap=True)


def plain(lines: Sequence[Text]) -> str:
    """Return the lines without colours."""
    return "\n".join(line.plain.rstrip() for line in lines)


def _head(report: NightReport, width: int) -> list[Text]:
    kind = "" if report.kind == "live" else " (rehearsal)"
    free = "" if report.free is None else f"; {format_size(report.free)} free"
    style = "bold" if report.good else "bold red"
    lines = [Text(line, style) for line in _wrapped(f"night {report.night}{kind}: {report.headline}", width)]
    return [*lines, _cut(Text(report.sealed + free, "dim"), width)]


def _wrapped(text: str, width: int) -> list[str]:
    """Break the headline behind its `;` and `,` where it is wider than the terminal."""
    lines = [""]
    for part in re.split(r"(?<=[;,]) ", text):
        joined = f"{lines[-1]} {part}".lstrip()
        if len(joined) <= width or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(part)
    return [line[:width] for line in lines]


def _table(report: NightReport, width: int) -> list[Text]:
    names = max((len(line.portal) for line in report.scheduled), default=6)
    form = f"{{:<12}}{{:<{names + 1}}}{{:>7}}{{:>6}}{{:>6}}{{:>6}}{{:>6}}{{:>7}}{{:>9}}{{:>7}}  {{}}"
    rows = [_cut(Text(form.format(*_HEADS.split(), "why, or what else came"), "dim"), width)]
    for line in report.scheduled:
        counts = (line.listed, line.new, line.revisions, line.duplicates, line.gone, line.requests)
        size = format_size(line.bytes) if line.bytes else "–"
        cells = (line.verdict, line.portal, *(count or "–" for count in counts), size, _took(line), line.first_reason)
        rows.append(_cut(Text(form.format(*cells), _style(line)), width))
    return rows


def _all_reasons(report: NightReport, width: int, room: int) -> list[Text]:
    """Return the whole reasons of as many portals as there is room for, where the table cuts them."""
    lines: list[Text] = []
    for line in report.scheduled:
        words = f"{line.portal}: {'; '.join(line.texts)}"
        if not line.reasons or (line.good and len(words) <= width // 2):
            continue
        wrapped = [Text(part) for part in textwrap.wrap(words, width, subsequent_indent="  ")]
        if len(lines) + len(wrapped) > room:
            break
        lines += wrapped
    return lines


def _took(line: PortalLine) -> str:
    if line.took is None:
        return "–"
    seconds = round(line.took.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02d}"


def _in_words(line: PortalLine, width: int) -> Text:
    why = f": {line.first_reason}" if line.first_reason else ""
    return _cut(Text(f"{line.verdict} {line.portal}{why}", _style(line)), width)


def _counted(line: PortalLine) -> Text:
    return Text(f"{line.portal} {line.new}" + (f"+{line.revisions}" if line.revisions else ""), _style(line))


def _columns(cells: Sequence[Text], width: int) -> list[Text]:
    """Set the cells in as many columns as fit, to be read from top to bottom."""
    if not cells:
        return []
    wide = max(cell.cell_len for cell in cells) + 2
    across = max(1, (width + 2) // wide)
    down = -(-len(cells) // across)
    rows = []
    for number in range(down):
        row = Text()
        for cell in cells[number::down]:
            padded = cell.copy()
            padded.pad_right(wide - cell.cell_len)
            row.append_text(padded)
        row.rstrip()
        rows.append(_cut(row, width))
    return rows


def _skipped(report: NightReport, width: int) -> list[Text]:
    names = [_left_out(line) for line in report.portals if line.skipped]
    return [_cut(Text(f"{len(names)} skipped: {', '.join(names)}", "dim"), width)] if names else []


def _left_out(line: PortalLine) -> str:
    """Return the portal's name, with a word when it has moved or is gone."""
    word = line.texts[0].split(" ", 1)[0] if line.reasons else ""
    return f"{line.portal} ({word})" if word in (Verdict.MOVED, Verdict.GONE) else line.portal


def _style(line: PortalLine) -> str:
    return _STYLES.get(line.verdict, "red") if line.good or line.verdict in _STYLES else "red"


def _cut(text: Text, width: int) -> Text:
    text.truncate(width, overflow="ellipsis")
    return text


def as_markdown(report: NightReport) -> str:
    """Return the whole report with every reason, for a mail or a page."""
    title = f"# Night {report.night}" + ("" if report.kind == "live" else " (rehearsal)")
    blocks = [title, markdown_safe(report.headline) + ".", markdown_safe(report.sealed) + "."]
    if report.bad:
        blocks.append("## What wants a look\n\n" + "\n".join(map(_bad_item, report.bad)))
    if report.remarks:
        blocks.append("## Remarks\n\n" + "\n".join(f"- {markdown_safe(remark)}" for remark in report.remarks))
    heads = "| portal | verdict | listed | new | revisions | duplicates | gone | requests | kept | took |"
    rows = [heads, "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|", *map(_row, report.scheduled)]
    blocks.append("## Every portal\n\n" + "\n".join(rows))
    noted = [line for line in report.scheduled if line.good and line.reasons]
    skipped = [line for line in report.portals if line.skipped]
    for name, lines in (("Worth knowing", noted), ("Not on the schedule", skipped)):
        if lines:
            items = (f"- `{line.portal}`: {markdown_safe('; '.join(line.texts))}" for line in lines)
            blocks.append(f"## {name}\n\n" + "\n".join(items))
    visits = [_visit_row(host, visit) for line in report.portals for host, visit in line.hosts]
    if visits:
        blocks.append(
            "## How they were asked\n\n" + "\n".join([_VISIT_HEADS, "|---|--:|--:|--:|--:|--:|--:|--:|---|", *visits])
        )
    return "\n\n".join(blocks) + "\n"


def _bad_item(line: PortalLine) -> str:
    reasons = [f"  - {markdown_safe(text)}" for text in line.texts]
    return "\n".join([f"- `{line.portal}` **{line.verdict}**", *reasons])


def _row(line: PortalLine) -> str:
    counts = (line.listed, line.new, line.revisions, line.duplicates, line.gone, line.requests)
    cells = (f"`{line.portal}`", line.verdict, *map(str, counts), format_size(line.bytes), _took(line))
    return f"| {' | '.join(cells)} |"


def _visit_row(host: str, visit: HostVisit) -> str:
    """Return the requests to a host: evidence for a portal that complains of too many."""
    spacing = (f"{value:.1f}" if value is not None else "–" for value in (visit.spacing_p50, visit.spacing_p99))
    counts = (str(visit.too_many), str(visit.unavailable))
    cells = (f"`{host}`", str(visit.requests), str(visit.unanswered), format_size(visit.bytes), *spacing, *counts)
    return f"| {' | '.join(cells)} | {markdown_safe(visit.robots or '–')} |"


def markdown_safe(text: str) -> str:
    """Escape the markup in words that portals may have written."""
    return _MARKS.sub(r"\\\1", text)


def as_json(report: NightReport) -> str:
    """Return the report for programs: one object, portals in the order of the report. Sizes in bytes, times in seconds."""
    seal = report.seal
    plain_report = {
        "night": report.night.isoformat(),
        "kind": report.kind.value,
        "good": report.good,
        "headline": report.headline,
        "verdicts": report.verdicts,
        "began": report.began.isoformat(timespec="seconds") if report.began else None,
        "ended": report.ended.isoformat(timespec="seconds") if report.ended else None,
        "seal": {"number": seal.number, "head": seal.head, "signed": seal.signed} if seal else None,
        "free_bytes": report.free,
        "nights_left": report.nights_left,
        "remarks": report.remarks,
        "portals": [_plain_portal(line) for line in report.portals],
    }
    return json.dumps(plain_report, ensure_ascii=False, indent=1) + "\n"


def _plain_portal(line: PortalLine) -> dict[str, object]:
    return {
        **{name: getattr(line, name) for name in _PLAIN_FIELDS},
        "seconds": line.took.total_seconds() if line.took is not None else None,
        "outcomes": dict(line.outcomes),
        "hosts": {host: json_values(visit) for host, visit in line.hosts},
        "reasons": [_visible(reason.reported()) for reason in line.reasons],
    }


def _visible(value: object) -> object:
    """Return JSON values without characters that could hide or turn around what a portal wrote."""
    if isinstance(value, dict):
        return {name: _visible(each) for name, each in value.items()}
    return printable(value) if isinstance(value, str) else value

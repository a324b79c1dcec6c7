"""Show quarantined texts, and portals whose articles seem to repeat the portal's own lines."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from archive.index.reader import ArchiveReader, Unreadable
from archive.index.rows import EventRow
from archive.model.enums import WITHHELD
from archive.model.records import Run
from archive.storage.jsonl import ArticleLine
from archive.web.context import ROWS, PageContext, PageRequest

_CANDIDATES_COUNT = "residue suspects"


def doubtful(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show quarantined texts with their reasons, newest first, and portals with boilerplate candidates."""
    before = request.before()
    with context.reading() as queries:
        found = queries.web.quarantined(ROWS + 1, before or None)
        runs = queries.runs.latest()
    captures = context.archive.captures
    return context.show(
        request,
        "doubtful.html",
        rows=[(item, readable_line(captures, item)) for _, item in found[:ROWS]],
        following=found[ROWS - 1][0] if len(found) > ROWS else None,
        before=before,
        suspects=[(run, candidates_of(run)) for run in runs if candidates_of(run)],
    )


def readable_line(captures: ArchiveReader, found: EventRow) -> ArticleLine | None:
    """Return the line of an event; None where it is withheld or cannot be read."""
    if WITHHELD in found.flags:
        return None  # the line on disk still has the withheld words
    try:
        return captures.line(found)
    except Unreadable:
        return None


def candidates_of(run: Run) -> int:
    """Return the count of lines that a portal's articles seem to repeat, by its night's record."""
    return run.extraction.get(_CANDIDATES_COUNT, 0)

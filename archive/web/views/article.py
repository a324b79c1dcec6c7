"""Show an article: its text, versions, other places, files, capture and proof."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import HTMLResponse

from archive.diff.words import diff_paragraphs
from archive.errors import ArchiveError
from archive.export.version_diff import NothingToCompare, difference, paragraphs_of
from archive.index.queries.clusters import Article, Cluster, VersionLink, article_of
from archive.index.reader import ArchiveReader, Unreadable
from archive.index.rows import EventRow
from archive.index.transaction import Queries
from archive.messages.reason import Reason
from archive.model.enums import REMOVALS, VERSIONS, WITHHELD, Event
from archive.storage.jsonl import ArticleLine
from archive.storage.manifest import sealed_runs, seals_on_disk
from archive.storage.paths import RUN_NAME
from archive.storage.tombstones import Tombstone, withheld_in
from archive.web.context import BadRequest, PageContext, PageNotFound, PageRequest, TextWithheld, check_request
from archive.web.views.calendar import PORTAL
from archive.web.views.quarantine import readable_line

KEY = re.compile(r"[^\x00-\x1f\x7f]{1,1000}")
_VERSION_ID = re.compile(r"[a-z][a-z0-9_]{0,80}/[^\x00-\x1f\x7f]{1,1000}@[0-9a-f]{16}")
_EVENT_AT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})/([^/]{1,90})/([0-9]{1,9})")
EVENTS_SHOWN, PLACES_SHOWN, LINKED_SHOWN, ANSWERS_SHOWN = 40, 40, 20, 10
LONGEST = 200_000
"""Characters of a text on a page, and of two texts that are compared here; longer ones are for the commands."""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One event of an article, with its line where that can be read; `before` is the version before it."""

    event: EventRow
    line: ArticleLine | None
    before: str | None


@dataclass(frozen=True, slots=True)
class RelatedVersions:
    """Neighbours of an article: the same words, nearly the same, its cluster's first article, its files."""

    places: Sequence[EventRow]
    near: Sequence[tuple[VersionLink, EventRow | None]]
    canonical: tuple[str, str] | None
    together: int


def article(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show an article or file, as its last version left it or as the event named by `?at=` did."""
    portal, key = request.values["portal"], request.values["key"]
    check_request(PORTAL.fullmatch(portal) and KEY.fullmatch(key), Reason.of("form_article"))
    with context.reading() as queries:
        history = queries.web.history(portal, key, EVENTS_SHOWN + 1)
        if not history:
            raise PageNotFound(Reason.of("no_article"))
        shown = _shown(history, request.query.get("at", ""))
        beside = _beside(queries, shown)
        files = queries.attachments.of_article(portal, key)[:EVENTS_SHOWN]
        answers = queries.responses.latest(portal, key, ANSWERS_SHOWN)
        owner = queries.events.find(article=shown.attachment_of, limit=1) if shown.attachment_of else []
        late = queries.seals.late_of(date.fromisoformat(shown.night))
    captures = context.archive.captures
    text, trouble = _text(context, captures, shown)
    return context.show(
        request,
        "article.html",
        item=shown,
        last=history[-1],
        line=readable_line(captures, shown),
        versions=_rows(captures, history[-EVENTS_SHOWN:])[::-1],
        earlier=len(history) > EVENTS_SHOWN,
        paragraphs=[part for part in re.split(r"\n{2,}", text[:LONGEST].strip()) if part],
        cut=len(text) > LONGEST,
        trouble=trouble,
        unsealed=bool(text) and not captures.sealed(shown),
        beside=beside,
        files=files,
        answers=answers,
        owner=owner[0] if owner else None,
        gone=history[-1].event is Event.GONE,
        late=_sealed_late(context, shown, late),
        removals=REMOVALS,
        own=_own_article(shown),
        stone=_tombstone(context, shown),
    )


def _sealed_late(context: PageContext, shown: EventRow, late: Mapping[int, date]) -> date | None:
    """Return the latest night that was sealed before the seal of an event, where that is a later one than its own."""
    if not late:
        return None
    try:
        seals = seals_on_disk(context.archive.paths, date.fromisoformat(shown.night))
    except ArchiveError:
        return max(late.values())  # which seal covers it cannot be read: it may be a late one
    return next((late.get(seal.number) for seal in seals if shown.run in sealed_runs([seal])), None)


def _own_article(shown: EventRow) -> Article | None:
    """Return the article that a key of a new address belongs to; None for an article's own key."""
    own = article_of(shown.id)
    return own if own != (shown.portal, shown.key) else None


def _shown(history: Sequence[EventRow], at: str) -> EventRow:
    """Return the event to show: the one of `?at=`, else the last that made a version, else the last."""
    if at:
        named = _EVENT_AT.fullmatch(at)
        if not named:
            raise BadRequest(Reason.of("form_at"))
        found = [item for item in history if (item.night, item.run, str(item.seq)) == named.groups()]
        if not found:
            raise PageNotFound(Reason.of("no_version"))
        return found[0]
    kinds = (*VERSIONS, Event.ATTACHMENT)
    return next((item for item in reversed(history) if item.event in kinds), history[-1])


def _beside(queries: Queries, shown: EventRow) -> RelatedVersions:
    places = [
        item
        for item in queries.web.same_content(shown.content_sha256, PLACES_SHOWN)
        if (item.portal, item.key) != (shown.portal, shown.key)
    ]
    linked = queries.clusters.near_duplicates(shown.portal, shown.key)[:LINKED_SHOWN]
    near = [(link, next(iter(queries.events.find(article=link.id, limit=1)), None)) for link in linked]
    cluster: Cluster = queries.clusters.of_article(shown.portal, shown.key) if near or places else ()
    return RelatedVersions(places, near, cluster[0] if len(cluster) > 1 else None, len(cluster))


def _rows(captures: ArchiveReader, history: Sequence[EventRow]) -> list[VersionRow]:
    rows, before = [], None
    for item in history:
        rows.append(VersionRow(item, readable_line(captures, item), before))
        before = item.id if item.event in VERSIONS else before
    return rows


def stored_text(context: PageContext, captures: ArchiveReader, found: EventRow) -> str:
    """Return the text of an event, or of the version that it repeats; empty where it stores none. Raises Unreadable."""
    if WITHHELD in found.flags:
        raise TextWithheld(Reason.of("withheld_page", article=found.id))
    if found.file is not None:
        return captures.text(found)
    named = found.duplicate_of or (found.revision_of if found.event in REMOVALS else None)
    if named is None:
        return ""
    with context.reading() as queries:
        holders = [item for item in queries.events.find(article=named, limit=EVENTS_SHOWN) if item.file]
        if not holders:
            holders = [item for item in queries.web.same_content(found.content_sha256, PLACES_SHOWN) if item.file]
    if not holders:
        raise Unreadable(Reason.of("repeated_text_missing", article=found.id, version=named))
    return stored_text(context, captures, holders[0])


def _tombstone(context: PageContext, found: EventRow) -> Tombstone | None:
    if WITHHELD not in found.flags:
        return None
    place = (date.fromisoformat(found.night), found.run, found.seq)
    stones = withheld_in(context.archive.paths).tombstones
    return next(
        (stone for stone in stones if any((line.night, line.run, line.seq) == place for line in stone.lines)), None
    )


def _text(context: PageContext, captures: ArchiveReader, found: EventRow) -> tuple[str, Reason | None]:
    """Return the text, or the reason for none."""
    try:
        return stored_text(context, captures, found), None
    except ArchiveError as error:
        return "", Reason.of_error(error)


def changes(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show two versions side by side, word by word."""
    old, new = request.query.get("old", ""), request.query.get("new", "")
    check_request(_VERSION_ID.fullmatch(old) and _VERSION_ID.fullmatch(new), Reason.of("form_versions"))
    with context.heavy():
        _refuse_long(context, old, new)
        try:
            found = difference(context.archive, old, new)
        except NothingToCompare:
            raise PageNotFound(Reason.of("no_version_of_two")) from None
        lines = diff_paragraphs(paragraphs_of(found.old_text), paragraphs_of(found.new_text))
    return context.show(request, "changes.html", found=found, lines=lines, percent=found.percent)


def _refuse_long(context: PageContext, *versions: str) -> None:
    """Refuse long texts: the cost of comparing grows with the product of the lengths."""
    for version in versions:
        with context.reading() as queries:
            named = [item for item in queries.events.find(article=version, limit=EVENTS_SHOWN) if item.file]
        for item in named[:1]:
            folder = context.archive.paths.night(date.fromisoformat(item.night)) / item.run
            path = folder / str(item.file)
            short = not path.is_file() or path.stat().st_size <= LONGEST
            check_request(short, Reason.of("too_long_to_compare", portal=item.portal))


def event_named(context: PageContext, request: PageRequest) -> EventRow:
    """Return the event that a path of night, run and line names. Raises BadRequest, PageNotFound."""
    day, run, seq = request.day("night"), request.values["run"], request.values["seq"]
    check_request(
        RUN_NAME.fullmatch(run) and len(run) <= 90 and re.fullmatch(r"[0-9]{1,9}", seq), Reason.of("form_line")
    )
    with context.reading() as queries:
        found = queries.events.at(day, run, int(seq))
    if found is None:
        raise PageNotFound(Reason.of("no_line"))
    return found

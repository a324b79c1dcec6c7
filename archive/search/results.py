"""Turn the contents that a query finds into hits for people: the words select them, index and files give the rest.

Withheld lines are never shown, and a damaged text is shown as damaged instead of being passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from hashlib import sha256

from archive.errors import UsageError
from archive.index.column_types import place
from archive.index.queries.clusters import Article
from archive.index.rows import EventRow
from archive.index.transaction import Queries
from archive.messages.reason import Reason
from archive.model.enums import REMOVALS, WITHHELD, Event
from archive.search.engine import ContentRow, Order, SearchIndex
from archive.search.indexer import Backlog, find_backlog
from archive.search.query import Query
from archive.search.snippet import Segment, marks, snippet
from archive.storage.paths import Paths, run_folder
from archive.storage.stored_file import read_stored
from archive.storage.texts import text_paragraphs
from archive.store import Archive

LARGEST_PAGE = 1000
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found: the version that stands for it, its words marked, and its other places.

    `province` is the one it was published under; `newer` the id of its article's newest version when this is an older
    one; `also` the last event of each other article with the same text; `problem` the reason for a missing snippet.
    """

    found: EventRow
    province: str | None
    newer: str | None
    title: tuple[Segment, ...]
    snippet: tuple[Segment, ...]
    also: tuple[EventRow, ...]
    problem: Reason | None = None


@dataclass(frozen=True, slots=True)
class HitPage:
    """Hits of a page. `total` counts all contents, None where only one of each cluster is shown.

    `more` is set when another page follows; `notes` name in words the part of the archive that was not searched.
    """

    total: int | None
    hits: tuple[Hit, ...]
    more: bool
    notes: tuple[Reason, ...]


def search(
    archive: Archive,
    words: SearchIndex,
    query: Query,
    *,
    order: Order = Order.BEST,
    limit: int = 20,
    offset: int = 0,
    one_per_cluster: bool = False,
) -> HitPage:
    """Return the hits of a query, from the `offset`th on; nothing is changed.

    Raises UsageError for a portal that the archive does not know or a page that is too large, ArchiveError where the
    words cannot be read.
    """
    if not 1 <= limit <= LARGEST_PAGE or offset < 0:
        raise UsageError(f"a page has 1 to {LARGEST_PAGE} hits and begins at 0 or later")
    missing = find_backlog(archive, words)
    notes = _notes(archive, missing)
    if missing.anew:
        return HitPage(0, (), False, notes)
    _refuse_unknown(words, query)
    if one_per_cluster:
        found, more = _one_each(archive, words, query, order, limit, offset)
        return HitPage(None, tuple(found), more, notes)
    results = words.find(query, order=order, limit=limit, offset=offset)
    with archive.index.reading() as queries:
        hits = [hit for content in results.contents if (hit := _hit(archive.paths, queries, content, query))]
    return HitPage(results.total, tuple(hits), offset + len(results.contents) < results.total, notes)


def _notes(archive: Archive, missing: Backlog) -> tuple[Reason, ...]:
    notes = []
    if missing.seals:
        nights = sorted({seal[0] for seal in missing.seals})
        if len(nights) == 1:
            notes.append(Reason.of("not_searched", night=nights[0]))
        else:
            notes.append(Reason.of("not_searched_nights", nights=len(nights), first=nights[0], last=nights[-1]))
    with archive.index.reading() as queries:
        last, tip = queries.coverage.last_night(), queries.seals.tip()
    if last is not None and (tip is None or last > tip.night):
        notes.append(Reason.of("not_searched_open", night=last))
    return tuple(notes)


def _refuse_unknown(words: SearchIndex, query: Query) -> None:
    named = query.portals.any_of | query.portals.none_of
    known = words.portals() if named else []
    for name in sorted(named - set(known)):
        close = get_close_matches(name, known, n=3)
        if close:
            raise UsageError(Reason.of("query_portal_close", asked=repr(name), close=", ".join(close)))
        raise UsageError(Reason.of("query_portal", asked=repr(name), portals=", ".join(known[:40])))


def _one_each(
    archive: Archive, words: SearchIndex, query: Query, order: Order, limit: int, offset: int
) -> tuple[list[Hit], bool]:
    """Return the first hit of each cluster, in order; reads as many contents as that takes."""
    seen: set[Article] = set()
    hits: list[Hit] = []
    with archive.index.reading() as queries:
        for content in _every(words, query, order):
            portal, _, key = content.place.article.partition("/")
            if (portal, key) in seen:
                continue
            seen.update(queries.clusters.of_article(portal, key))
            offset -= 1
            if offset >= 0:
                continue
            if len(hits) == limit:
                return hits, True
            hit = _hit(archive.paths, queries, content, query)
            hits += [hit] if hit else []
    return hits, False


def _every(words: SearchIndex, query: Query, order: Order) -> Iterator[ContentRow]:
    start = 0
    while contents := words.find(query, order=order, limit=_AT_ONCE, offset=start).contents:
        yield from contents
        start += len(contents)


def _hit(paths: Paths, queries: Queries, content: ContentRow, query: Query) -> Hit | None:
    """Return the hit of a content, None where the index shows the version no more: it was withheld."""
    events = [
        event for event in queries.events.with_content(content.content_sha256) if event.event is not Event.QUARANTINED
    ]
    events = [event for event in events if WITHHELD not in event.flags]
    found = next((event for event in events if _at(event) == (content.place.portal, content.place.at)), None)
    if found is None:
        return None
    newest = None if content.place.newest else _newest(queries, found)
    paragraphs, problem = _read(paths, content, {event.sha256 for event in events})
    body = paragraphs[1:] if found.attachment_of is None else paragraphs
    others = {(event.portal, event.key): event for event in events if event.event not in REMOVALS}
    others.pop((found.portal, found.key), None)
    return Hit(
        found, content.place.province, newest, marks(found.title, query), snippet(body, query),
        tuple(others[article] for article in sorted(others)), problem,
    )  # fmt: skip


def _at(event: EventRow) -> tuple[str, str]:
    return event.portal, place(event.night, event.run, event.seq)


def _newest(queries: Queries, found: EventRow) -> str | None:
    version = queries.events.latest_version(found.portal, found.key)
    return version.id if version else None


def _read(paths: Paths, content: ContentRow, sealed: Set[str | None]) -> tuple[Sequence[str], Reason | None]:
    """Return the paragraphs of a text, or why they cannot be shown: search.db does not vouch for the file it names."""
    path = run_folder(paths, date.fromisoformat(content.night), content.run) / content.file
    name = str(path.relative_to(paths.root))
    try:
        data = read_stored(path)
    except OSError as error:
        return (), Reason.of("hit_unreadable", file=name, error=str(error.strerror))
    if sha256(data).hexdigest() not in sealed:
        return (), Reason.of("hit_changed", file=name)
    return text_paragraphs(data.decode("utf-8", "replace"), content.published_raw), None

"""Every question that is asked of the index, by a crawl and by people."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import cast

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, Table, and_, exists, func, or_, select

from archive.index.queries.attachments import AttachmentQueries
from archive.index.queries.clusters import ClusterQueries
from archive.index.queries.coverage import CoverageQueries
from archive.index.queries.documents import DocumentQueries
from archive.index.queries.listings import SETTLED, ListQueries
from archive.index.queries.removals import REMOVALS, LastVersion, RemovalQueries
from archive.index.queries.runs import RunQueries
from archive.index.queries.similar import NearQueries
from archive.index.queries.web import PageQueries
from archive.index.queries.withheld import WithheldQueries, not_withheld
from archive.index.rows import EventRow, PendingEntry, Recheck, found_of, version_of
from archive.index.schema import EVENTS, LISTED, LOOKS, PAGES, RUNS, SEALS
from archive.model.enums import VERSIONS, WITHHELD, Event, Outcome
from archive.model.judgement import Version
from vietnam.letters import strip_diacritics

__all__ = ["SETTLED", "EventRow", "PendingEntry", "Queries", "Recheck"]

_VERSION = EVENTS.c.event.in_([event.value for event in VERSIONS])


class Queries(
    NearQueries,
    ClusterQueries,
    RemovalQueries,
    AttachmentQueries,
    ListQueries,
    RunQueries,
    CoverageQueries,
    DocumentQueries,
    PageQueries,
    WithheldQueries,
):
    """The questions, on one connection."""

    # what a crawl asks

    def latest_version(self, portal: str, key: str) -> Version | None:
        """The last version of an article or attachment."""
        query = (
            select(EVENTS)
            .where(EVENTS.c.portal == portal, EVENTS.c.key == key)
            .where(EVENTS.c.event.in_([event.value for event in (*VERSIONS, Event.ATTACHMENT)]))
            .order_by(EVENTS.c.at.desc())
            .limit(1)
        )
        return version_of(self.connection.execute(query).first())

    def stored_content(
        self, content: str, before: date, portal: str, *, of_attachments: bool = False
    ) -> Version | None:
        """The earliest stored text of an article, or of an attachment, with this content: of an earlier night, or of this
        portal tonight.

        Tonight's texts of other portals are left to the sealing of the night, so that the judgement does not depend on
        which portal came first.
        """
        query = (
            select(EVENTS)
            .where(EVENTS.c.content_sha256 == content, EVENTS.c.file.is_not(None))
            .where(EVENTS.c.event != Event.QUARANTINED.value)
            .where(EVENTS.c.attachment_of.is_not(None) if of_attachments else EVENTS.c.attachment_of.is_(None))
            .where(or_(EVENTS.c.night < before.isoformat(), EVENTS.c.portal == portal))
            .order_by(
                EVENTS.c.night, func.coalesce(EVENTS.c.published, "9999"), EVENTS.c.portal, EVENTS.c.key, EVENTS.c.at
            )
            .limit(1)
        )
        return version_of(self.connection.execute(query).first())

    def is_kept(self, portal: str, key: str) -> bool:
        """Whether any event of this article was committed, a quarantined one included."""
        query = select(EVENTS.c.seq).where(EVENTS.c.portal == portal, EVENTS.c.key == key).limit(1)
        return self.connection.execute(query).first() is not None

    def first_kept(self, portal: str, key: str) -> date | None:
        """The night of an article's first event."""
        query = select(func.min(EVENTS.c.night)).where(EVENTS.c.portal == portal, EVENTS.c.key == key)
        night = cast("str | None", self.connection.execute(query).scalar())
        return date.fromisoformat(night) if night else None

    def tip(self) -> Row[tuple[object, ...]] | None:
        """The last seal of the chain: the one that no other seal names as its previous."""
        later = SEALS.alias()
        query = select(SEALS).where(~exists().where(later.c.previous == SEALS.c.head))
        query = query.order_by(SEALS.c.night.desc(), SEALS.c.number.desc()).limit(1)
        return cast("Row[tuple[object, ...]] | None", self.connection.execute(query).first())

    def sealed(self) -> set[tuple[str, int]]:
        """The night and number of every seal."""
        return {(row.night, row.number) for row in self.connection.execute(select(SEALS.c.night, SEALS.c.number))}

    def due_looks(self, portal: str, night: date) -> list[Recheck]:
        """Articles to look at again by this night, the longest due first."""
        query = (
            select(LOOKS)
            .where(LOOKS.c.portal == portal, LOOKS.c.next_look <= night.isoformat(), not_withheld())
            .order_by(LOOKS.c.next_look, LOOKS.c.at)
        )
        return [self._look(row) for row in self.connection.execute(query).all()]

    def _look(self, row: Row[tuple[object, ...]]) -> Recheck:
        outcome = Outcome(row.outcome)
        if outcome in (Outcome.ARTICLE, Outcome.NOT_MODIFIED):
            return Recheck(row.section, row.key, row.url, outcome, row.etag, row.last_modified)
        # What answered was no article: its validators are not the article's, and it may have been the front page.
        version = self.latest_event(row.portal, row.key)
        listed = select(LISTED.c.url).where(LISTED.c.portal == row.portal, LISTED.c.key == row.key)
        shown = self.connection.execute(listed.order_by(LISTED.c.at, LISTED.c.position).limit(1)).scalar()
        url = version.url if version else shown or row.url
        return Recheck(row.section, row.key, url, outcome, None, None)

    def last_page(self, portal: str, url: str) -> Row[tuple[object, ...]] | None:
        """The last response of an address that had a body."""
        query = (
            select(PAGES)
            .where(PAGES.c.portal == portal, PAGES.c.url == url, PAGES.c.body_sha256.is_not(None))
            .order_by(PAGES.c.at.desc())
            .limit(1)
        )
        return cast("Row[tuple[object, ...]] | None", self.connection.execute(query).first())

    # what a second reading asks

    def latest_event(self, portal: str, key: str) -> EventRow | None:
        """The event of an article's last version."""
        query = select(EVENTS).where(_VERSION, EVENTS.c.portal == portal, EVENTS.c.key == key)
        row = self.connection.execute(query.order_by(EVENTS.c.at.desc()).limit(1)).first()
        return found_of(row) if row else None

    def last_version(self, portal: str, key: str) -> LastVersion | None:
        """What a line of removal repeats of an article; None when it was never kept as a text."""
        last = self.latest_event(portal, key)
        if last is None:
            return None
        return LastVersion(
            last.id, last.section, last.url, last.title, last.published, last.author, last.content_sha256
        )

    def latest_events(self, portal: str, since: date | None = None, limit: int | None = None) -> list[EventRow]:
        """The event of every article's last version, oldest first: those of a night and later, the newest `limit`.

        Withheld articles are left out: there is nothing of them to read again.
        """
        later = EVENTS.alias()
        is_later = and_(later.c.portal == EVENTS.c.portal, later.c.key == EVENTS.c.key, later.c.at > EVENTS.c.at)
        query = select(EVENTS).where(
            EVENTS.c.portal == portal,
            EVENTS.c.at >= (since or date.min).isoformat(),
            _VERSION,
            ~EVENTS.c.flags.contains(WITHHELD),
            ~exists().where(is_later, later.c.event.in_([event.value for event in VERSIONS])),
        )
        rows = self.connection.execute(query.order_by(EVENTS.c.at.desc()).limit(limit)).all()
        return [found_of(row) for row in reversed(rows)]

    def served_with(self, portal: str, url: str, body_sha256: str) -> list[tuple[str, str, int]]:
        """Night, run and line of `pages.jsonl` of every response of an address with this body, the first one first."""
        query = (
            select(PAGES.c.night, PAGES.c.run, PAGES.c.line)
            .where(PAGES.c.portal == portal, PAGES.c.url == url, PAGES.c.body_sha256 == body_sha256)
            .order_by(PAGES.c.at)
        )
        return [(row.night, row.run, row.line) for row in self.connection.execute(query)]

    # what people ask

    def find(
        self,
        *,
        portal: str | None = None,
        night: date | None = None,
        words: str | None = None,
        url: str | None = None,
        digest: str | None = None,
        article: str | None = None,
        provinces: Collection[str] = (),
        until: date | None = None,
        standing: bool = False,
        limit: int | None = None,
    ) -> list[EventRow]:
        """Events by portal, night, words of the title (with or without diacritics), address, hash or id, or published
        under one of these provinces (slugs): under the one that the portal belonged to that night.

        `until` leaves out what came after a night; `standing` leaves of each article only its last event, so that it is
        told as it stood then. What was set aside is no event of that.
        """
        query: Select[tuple[object, ...]] = select(EVENTS)
        if portal:
            query = query.where(EVENTS.c.portal == portal)
        if provinces:
            run = and_(RUNS.c.night == EVENTS.c.night, RUNS.c.run == EVENTS.c.run)
            query = query.where(exists().where(run, RUNS.c.province.in_(sorted(provinces))))
        if night:
            query = query.where(EVENTS.c.night == night.isoformat())
        for word in strip_diacritics(words or "").split():
            query = query.where(EVENTS.c.title_plain.contains(word, autoescape=True))
        if url:
            query = query.where(EVENTS.c.url == url)
        if digest:
            query = query.where(or_(_begins(EVENTS.c.sha256, digest), _begins(EVENTS.c.content_sha256, digest)))
        if article:
            owner, _, key = article.partition("/")  # no name of a portal has a stroke in it
            query = query.where(or_(EVENTS.c.id == article, and_(EVENTS.c.portal == owner, EVENTS.c.key == key)))
        if until:
            query = query.where(EVENTS.c.night <= until.isoformat())
        if standing:
            query = query.where(EVENTS.c.event != Event.QUARANTINED.value, EVENTS.c.at == _last_at(until))
        query = query.order_by(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq).limit(limit)
        return [found_of(row) for row in self.connection.execute(query)]

    def relatives(self, content: str, until: date | None = None) -> list[EventRow]:
        """Every event with this content (of the nights until one): the places where a text also stood."""
        places = EVENTS.c.event.not_in([event.value for event in REMOVALS])
        query = select(EVENTS).where(EVENTS.c.content_sha256 == content, places)
        if until:
            query = query.where(EVENTS.c.night <= until.isoformat())
        query = query.order_by(EVENTS.c.night, EVENTS.c.portal, EVENTS.c.run, EVENTS.c.seq)
        return [found_of(row) for row in self.connection.execute(query)]

    def rows(self, table: Table) -> Iterable[tuple[object, ...]]:
        """All rows of a table in the order of its primary key: what two indexes are compared by."""
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
        return (tuple(row) for row in self.connection.execute(query))


def _last_at(until: date | None) -> ScalarSelect[str]:
    """Where the last event of the row's article stands."""
    later = EVENTS.alias()
    query = select(func.max(later.c.at)).where(later.c.portal == EVENTS.c.portal, later.c.key == EVENTS.c.key)
    query = query.where(later.c.event != Event.QUARANTINED.value)
    if until:
        query = query.where(later.c.at < _after(until))
    return query.scalar_subquery()


def _after(night: date) -> str:
    """What is greater than every place of a night and less than those of the next one."""
    return f"{night.isoformat()}~"


def _begins(column: ColumnElement[str | None], digest: str) -> ColumnElement[bool]:
    """Hex digits that begin with these, in either case, as a range: an index answers it on every database."""
    first = digest.lower()
    return and_(column >= first, column < first + "~")

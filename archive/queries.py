"""Every question that is asked of the index, by a crawl and by people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import cast

from sqlalchemy import Row, Select, Table, and_, func, or_, select

from archive.answers import Found, Look, Owed, found_of, version_of
from archive.attached import AttachmentQueries
from archive.clusters import ClusterQueries
from archive.events import VERSIONS
from archive.judgement import Version
from archive.lookbacks import LookBackQueries
from archive.near_queries import NearQueries
from archive.records import Event, LookBackMark, Outcome, Run, WalkEnd
from archive.removal import REMOVALS, LastVersion, RemovalQueries
from archive.run_queries import RunQueries
from archive.runs import run_from
from archive.schema import EVENTS, LISTED, LOOKBACKS, LOOKS, PAGES, RUNS, SEALS
from vietnam.letters import strip_diacritics

__all__ = ["SETTLED", "Found", "Look", "Owed", "Queries"]

SETTLED = tuple(
    outcome.value
    for outcome in (
        Outcome.GONE,
        Outcome.SOFT_404,
        Outcome.WRONG_HOST,
        Outcome.TOO_LARGE,
        Outcome.UNSUPPORTED_TYPE,
        Outcome.GUARD_DENIED,
        Outcome.ROBOTS_DENIED,
        Outcome.EMPTY,
        Outcome.LOGIN,
    )
)
_VERSION = EVENTS.c.event.in_([event.value for event in VERSIONS])
COMPLETE = tuple(end.value for end in WalkEnd if end.complete)


class Queries(NearQueries, ClusterQueries, RemovalQueries, AttachmentQueries, LookBackQueries, RunQueries):
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

    def first_listed_from(self, portal: str, section: str, at: str) -> int:
        """How many keys the section showed for the first time at this place or later, pages of look-backs apart."""
        deeper = select(LOOKBACKS.c.at).where(LOOKBACKS.c.portal == portal, LOOKBACKS.c.at >= at)
        query = select(func.count()).where(LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.at >= at)
        query = query.where(LISTED.c.at.not_in(deeper))
        return self.connection.execute(query).scalar_one()

    def tip(self) -> Row[tuple[object, ...]] | None:
        """The last seal of the chain: the one that no other seal names as its previous."""
        named = select(SEALS.c.previous).where(SEALS.c.previous.is_not(None))
        query = select(SEALS).where(SEALS.c.head.not_in(named)).order_by(SEALS.c.night.desc(), SEALS.c.number.desc())
        return cast("Row[tuple[object, ...]] | None", self.connection.execute(query).first())

    def sealed(self) -> set[tuple[str, int]]:
        """The night and number of every seal."""
        return {(row.night, row.number) for row in self.connection.execute(select(SEALS.c.night, SEALS.c.number))}

    def owed(self, portal: str) -> list[Owed]:
        """Entries that were listed, and neither kept nor answered for good, in the order in which they were listed."""
        kept = select(EVENTS.c.key).where(EVENTS.c.portal == portal)
        settled = select(LOOKS.c.key).where(LOOKS.c.portal == portal, LOOKS.c.outcome.in_(SETTLED))
        query = (
            select(LISTED)
            .where(LISTED.c.portal == portal, LISTED.c.key.not_in(kept), LISTED.c.key.not_in(settled))
            .order_by(LISTED.c.at, LISTED.c.position)
        )
        first = {row.key: row for row in reversed(self.connection.execute(query).all())}
        deeper = self.lookback_places(portal) if first else {}
        found = [(row, deeper.get(row.at)) for row in reversed(first.values())]
        return [Owed(row.section, row.key, row.url, row.title, LookBackMark(*of) if of else None) for row, of in found]

    def due_looks(self, portal: str, night: date) -> list[Look]:
        """Articles to look at again by this night, the longest due first."""
        query = (
            select(LOOKS)
            .where(LOOKS.c.portal == portal, LOOKS.c.next_look <= night.isoformat())
            .order_by(LOOKS.c.next_look, LOOKS.c.at)
        )
        return [self._look(row) for row in self.connection.execute(query).all()]

    def _look(self, row: Row[tuple[object, ...]]) -> Look:
        outcome = Outcome(row.outcome)
        if outcome in (Outcome.ARTICLE, Outcome.NOT_MODIFIED):
            return Look(row.section, row.key, row.url, outcome, row.etag, row.last_modified)
        # What answered was no article: its validators are not the article's, and it may have been the front page.
        version = self.latest_event(row.portal, row.key)
        listed = select(LISTED.c.url).where(LISTED.c.portal == row.portal, LISTED.c.key == row.key)
        shown = self.connection.execute(listed.order_by(LISTED.c.at, LISTED.c.position).limit(1)).scalar()
        url = version.url if version else shown or row.url
        return Look(row.section, row.key, url, outcome, None, None)

    def last_walk(self, portal: str, section: str) -> str | None:
        """Where the last complete walk of a section ended."""
        query = select(func.max(PAGES.c.at)).where(
            PAGES.c.portal == portal, PAGES.c.section == section, PAGES.c.walk_end.in_(COMPLETE)
        )
        return cast("str | None", self.connection.execute(query).scalar())

    def walked_before(self, portal: str, section: str, at: str) -> bool:
        """Whether a walk of a section was complete before this place."""
        query = select(PAGES.c.at).where(
            PAGES.c.portal == portal, PAGES.c.section == section, PAGES.c.walk_end.in_(COMPLETE), PAGES.c.at < at
        )
        return self.connection.execute(query.limit(1)).first() is not None

    def listed_by(self, portal: str, section: str, keys: Sequence[str], at: str) -> set[str]:
        """Which of these keys the section had shown by then."""
        query = select(LISTED.c.key).where(
            LISTED.c.portal == portal, LISTED.c.section == section, LISTED.c.key.in_(keys), LISTED.c.at <= at
        )
        return set(self.connection.execute(query).scalars())

    def last_page(self, portal: str, url: str) -> Row[tuple[object, ...]] | None:
        """The last response of an address that had a body."""
        query = (
            select(PAGES)
            .where(PAGES.c.portal == portal, PAGES.c.url == url, PAGES.c.body_sha256.is_not(None))
            .order_by(PAGES.c.at.desc())
            .limit(1)
        )
        return cast("Row[tuple[object, ...]] | None", self.connection.execute(query).first())

    def history(self, portal: str, before: date, nights: int) -> list[Run]:
        """The records of a portal's crawls before a night, newest first; a run of `reextract` is no crawl."""
        query = (
            select(RUNS.c.record)
            .where(RUNS.c.portal == portal, RUNS.c.night < before.isoformat())
            .order_by(RUNS.c.night.desc(), RUNS.c.run.desc())
        )
        runs = map(run_from, self.connection.execute(query).scalars())
        return list(islice((run for run in runs if run.crawled), nights))

    # what a second reading asks

    def latest_event(self, portal: str, key: str) -> Found | None:
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

    def latest_events(self, portal: str, since: date | None = None, limit: int | None = None) -> list[Found]:
        """The event of every article's last version, oldest first: those of a night and later, the newest `limit`."""
        last = (
            select(EVENTS.c.key, func.max(EVENTS.c.at).label("at"))
            .where(_VERSION, EVENTS.c.portal == portal)
            .group_by(EVENTS.c.key)
            .subquery()
        )
        query = select(EVENTS).join(last, and_(EVENTS.c.key == last.c.key, EVENTS.c.at == last.c.at))
        query = query.where(EVENTS.c.portal == portal, EVENTS.c.night >= (since or date.min).isoformat())
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
        limit: int | None = None,
    ) -> list[Found]:
        """Events by portal, night, words of the title (with or without diacritics), address, hash or id."""
        query: Select[tuple[object, ...]] = select(EVENTS)
        if portal:
            query = query.where(EVENTS.c.portal == portal)
        if night:
            query = query.where(EVENTS.c.night == night.isoformat())
        for word in strip_diacritics(words or "").split():
            query = query.where(EVENTS.c.title_plain.contains(word, autoescape=True))
        if url:
            query = query.where(EVENTS.c.url == url)
        if digest:
            query = query.where(or_(EVENTS.c.sha256.startswith(digest), EVENTS.c.content_sha256.startswith(digest)))
        if article:
            query = query.where(or_(EVENTS.c.id == article, EVENTS.c.portal + "/" + EVENTS.c.key == article))
        query = query.order_by(EVENTS.c.night, EVENTS.c.run, EVENTS.c.seq).limit(limit)
        return [found_of(row) for row in self.connection.execute(query)]

    def relatives(self, content: str) -> list[Found]:
        """Every event with this content: the places where a text also stood."""
        places = EVENTS.c.event.not_in([event.value for event in REMOVALS])
        query = select(EVENTS).where(EVENTS.c.content_sha256 == content, places)
        query = query.order_by(EVENTS.c.night, EVENTS.c.portal)
        return [found_of(row) for row in self.connection.execute(query)]

    def rows(self, table: Table) -> Iterable[tuple[object, ...]]:
        """All rows of a table in the order of its primary key: what two indexes are compared by."""
        query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=1000)
        return (tuple(row) for row in self.connection.execute(query))

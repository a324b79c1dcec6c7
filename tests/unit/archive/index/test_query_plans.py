"""Questions that a crawl asks every night do not read the whole archive, and answer as the plain question would."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import and_, event, func, select

from archive.audit.verify import verify
from archive.index.index import Index
from archive.index.queries.listings import SETTLED
from archive.index.schema import EVENTS, LISTED, LOOKS, PAGES, TABLES
from archive.index.transaction import Queries, Transaction
from archive.model.enums import VERSIONS, Event, Outcome, WalkEnd
from archive.model.records import ListEntry, PageRecord
from archive.similarity.minhash import Signature
from archive.storage.jsonl import ArticleLine
from archive.storage.paths import Paths
from archive.store import Archive
from testing.archives import FIRST, at
from testing.index_archive import LAST, composed

PORTAL = "da_nang"
KEYS = ("a", "b", "c")
MOST = 4  # lines of one commit
Change = Callable[[Transaction, int], None]


def listing(keys: frozenset[str], section: str, end: WalkEnd | None) -> PageRecord:
    entries = tuple(ListEntry(key, f"https://x/{key}", key) for key in sorted(keys))
    page = PageRecord("https://x/", Outcome.LISTING, at(FIRST), 200, section=section, listed=entries, page_number=1)
    return replace(page, walk_end=end)


def response(key: str, outcome: Outcome) -> PageRecord:
    return PageRecord(f"https://x/{key}", outcome, at(FIRST), 200, key=key, section="tin")


def answered(pages: list[PageRecord]) -> Change:
    return lambda transaction, number: transaction.add_pages(
        night(number), PORTAL, {number * MOST + each: page for each, page in enumerate(pages)}
    )


def recorded(events: list[tuple[str, Event]]) -> Change:
    return lambda transaction, number: transaction.add_events(
        night(number), PORTAL, [line(key, kind, number * MOST + each) for each, (key, kind) in enumerate(events)]
    )


def forgotten(number: int) -> Change:
    return lambda transaction, _: transaction.drop_events(night(number), PORTAL)


def night(number: int) -> date:
    return FIRST + timedelta(days=number % 5)


def line(key: str, kind: Event, number: int) -> ArticleLine:
    return ArticleLine(
        event=kind, id=f"{PORTAL}/{key}@{number:016x}", seq=number, portal=PORTAL, section="tin",
        url=f"https://x/{key}", key=key, title=key, published=None, published_raw=None, published_from=None, author=None,
        fetched_at=at(FIRST), via="replica", file=f"{number}.txt", sha256="0", content_sha256="0", bytes=1, warc=None,
        layout="none", extractor="",
    )  # fmt: skip


PAGES_OF_ONE_COMMIT = st.one_of(
    st.builds(
        listing,
        st.frozensets(st.sampled_from(KEYS)),
        st.sampled_from(("tin", "hop")),
        st.sampled_from((None, *WalkEnd)),
    ),
    st.builds(
        response, st.sampled_from(KEYS), st.sampled_from((Outcome.ARTICLE, Outcome.GONE, Outcome.EMPTY, Outcome.ERROR))
    ),
)
EVENTS_OF_ONE_COMMIT = st.tuples(
    st.sampled_from(KEYS), st.sampled_from((Event.NEW, Event.REVISION, Event.GONE, Event.QUARANTINED))
)
CHANGES = st.one_of(
    st.builds(answered, st.lists(PAGES_OF_ONE_COMMIT, min_size=1, max_size=MOST)),
    st.builds(recorded, st.lists(EVENTS_OF_ONE_COMMIT, min_size=1, max_size=MOST)),
    st.builds(forgotten, st.integers(0, 4)),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(CHANGES, max_size=14))
def test_they_answer_as_the_plain_questions(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Index.create(Path(folder) / "index.db")
        with index.writing() as transaction:
            for number, change in enumerate(changes):
                change(transaction, number)
            owed = [(entry.section, entry.key) for entry in transaction.listings.pending(PORTAL)]
            assert owed == plainly_owed(transaction)
            for section in ("tin", "hop"):
                assert transaction.listings.last_walk(PORTAL, section) == plain_last_walk(transaction, section)
            for since, limit in ((None, None), (None, 2), (FIRST + timedelta(days=2), None)):
                found = [
                    (event.night, event.seq) for event in transaction.events.latest_of_portal(PORTAL, since, limit)
                ]
                assert found == plain_latest(transaction, since, limit)
        index.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(PAGES_OF_ONE_COMMIT, max_size=8), st.lists(EVENTS_OF_ONE_COMMIT, max_size=5))
def test_lines_give_the_same_rows_together_as_one_by_one(
    pages: list[PageRecord], events: list[tuple[str, Event]]
) -> None:
    rows = []
    lines = [line(key, kind, number) for number, (key, kind) in enumerate(events)]
    with tempfile.TemporaryDirectory() as folder:
        for size in (1, len(pages) + len(lines) + 1):
            index = Index.create(Path(folder) / f"{size}.db")
            with index.writing() as transaction:
                for first in range(0, len(pages), size):
                    some = dict(list(enumerate(pages))[first : first + size])
                    transaction.add_pages(FIRST, PORTAL, some)
                for first in range(0, len(lines), size):
                    transaction.add_events(FIRST, PORTAL, lines[first : first + size])
                rows.append({table.name: list(transaction.rows(table)) for table in TABLES})
            index.close()
    assert rows[0] == rows[1]


def plainly_owed(transaction: Transaction) -> list[tuple[str, str]]:
    kept = select(EVENTS.c.key).where(EVENTS.c.portal == PORTAL)
    settled = select(LOOKS.c.key).where(LOOKS.c.portal == PORTAL, LOOKS.c.outcome.in_(SETTLED))
    query = select(LISTED.c.section, LISTED.c.key).where(LISTED.c.key.not_in(kept), LISTED.c.key.not_in(settled))
    rows = transaction.connection.execute(query.order_by(LISTED.c.at, LISTED.c.position)).all()
    first: dict[str, str] = {}
    for row in rows:
        first.setdefault(row.key, row.section)
    return [(section, key) for key, section in first.items()]


def plain_last_walk(transaction: Transaction, section: str) -> str | None:
    complete = [end.value for end in WalkEnd if end.complete]
    query = select(func.max(PAGES.c.at)).where(PAGES.c.section == section, PAGES.c.walk_end.in_(complete))
    found: str | None = transaction.connection.execute(query).scalar()
    return found


def plain_latest(transaction: Transaction, since: date | None, limit: int | None) -> list[tuple[str, int]]:
    versions = EVENTS.c.event.in_([event.value for event in VERSIONS])
    last = select(EVENTS.c.key, func.max(EVENTS.c.at).label("at")).where(versions).group_by(EVENTS.c.key).subquery()
    query = select(EVENTS.c.night, EVENTS.c.seq).join(last, and_(EVENTS.c.key == last.c.key, EVENTS.c.at == last.c.at))
    query = query.where(EVENTS.c.night >= (since or date.min).isoformat()).order_by(EVENTS.c.at)
    rows = [(row.night, row.seq) for row in transaction.connection.execute(query)]
    return rows[-limit:] if limit else rows


# What one night of one portal asks; each has to be answered by an index, however much else there is.
NIGHTLY: dict[str, Callable[[Queries], object]] = {
    "by key": lambda q: [
        q.events.latest_version(PORTAL, "k"),
        q.events.latest_events(PORTAL, ["k", "l"]),
        q.events.latest(PORTAL, "k"),
        q.events.first_nights(PORTAL, ["k"]),
    ],
    "the first night of an article": lambda q: q.events.first_nights(PORTAL, ["k", "l"]),
    "by address": lambda q: [
        q.responses.last_with_body(PORTAL, ["u", "v"]),
        q.events.find(url="u"),
        q.responses.with_body(PORTAL, "u", "0"),
    ],
    "exact content": lambda q: [q.events.stored_texts(["0", "1"], LAST, PORTAL), q.events.with_content("0")],
    "near content": lambda q: q.similar.candidates([Signature(tuple(range(32)), bytes(96))], LAST),
    "one article of a person": lambda q: [
        q.events.find(article="a/b"),
        q.events.find(article="a/b@0"),
        q.events.find(digest="0a"),
    ],
    "owed": lambda q: q.listings.pending(PORTAL),
    "due looks": lambda q: q.responses.due_rechecks(PORTAL, LAST),
    "waiting": lambda q: q.responses.awaiting_recheck(PORTAL, ["k", "l"], LAST),
    "walks": lambda q: [
        q.listings.last_walk(PORTAL, "tin"),
        q.listings.walked_before(PORTAL, "tin", "~"),
        q.lookbacks.first_wanted(PORTAL, "tin"),
    ],
    "what a list showed": lambda q: [
        q.listings.shown_by(PORTAL, "tin", ["k"], "~"),
        q.listings.count_first_listed(PORTAL, "tin", "~"),
        q.listings.records(PORTAL, ["a", "b"], ["k", "l"]),
    ],
    "look-backs": lambda q: [
        q.lookbacks.latest(PORTAL),
        q.lookbacks.positions(PORTAL, LAST, None),
        q.lookbacks.first_walk(PORTAL),
    ],
    "late": lambda q: [q.listings.places(PORTAL, ["k", "l"]), q.listings.last_walk(PORTAL, "tin", "2025-03-09")],
    "removal": lambda q: [
        q.removals.vanished_nights(PORTAL, ["k", "l"]),
        q.removals.latest_of(PORTAL, ["k", "l"]),
        q.responses.last_bodies(PORTAL, ["k", "l"]),
    ],
    "moved articles": lambda q: [
        q.removals.own_keys(PORTAL, ["k", "l"]),
        q.removals.namesakes(PORTAL, "k", "0", "Tin", "2025-03-03T08:00:00+07:00"),
        q.removals.namesakes(PORTAL, "k", "0", "Tin", None),
        q.removals.published_until(PORTAL, "2025-03-03~"),
        [q.removals.living_copy(found) for found in q.events.find(url="u")],
        q.listings.addresses(PORTAL, ["k", "l"], LAST),
        q.events.known_address(PORTAL, "k"),
    ],
    "files": lambda q: [q.attachments.pending("bac_giang", FIRST, 10), q.attachments.of_article("bac_giang", "an")],
    "the newest texts": lambda q: q.events.latest_of_portal(PORTAL, limit=20),
    "history": lambda q: q.runs.history(PORTAL, LAST, 28),
    "a portal's end": lambda q: [q.runs.last_conclusive(PORTAL, LAST), q.runs.offline_nights(PORTAL, [FIRST, LAST])],
    "runs of a night": lambda q: [q.runs.names(LAST), q.runs.has_lines(LAST, PORTAL)],
    "clusters": lambda q: [q.clusters.of_article(PORTAL, "k"), q.clusters.near_duplicates(PORTAL, "k")],
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("growing") / "a"
    composed(root).close()
    return root


@pytest.mark.parametrize("name", NIGHTLY)
def test_an_index_answers_what_is_asked_every_night(archive: Path, name: str) -> None:
    index = Index(archive / "index.db", read_only=True)
    asked: list[tuple[str, object]] = []
    with index.reading() as queries:

        @event.listens_for(queries.connection, "before_cursor_execute")
        def _note(_c: object, _k: object, statement: str, parameters: object, _x: object, _m: bool) -> None:
            asked.append((statement, parameters))

        NIGHTLY[name](queries)
        plans = [
            row[3]
            for statement, parameters in list(asked)
            if statement.startswith("SELECT")
            for row in queries.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        ]
    index.close()
    assert plans
    named = {table.name for table in TABLES} - {"near_method"}  # one row
    scanned = [plan for plan in plans if plan.startswith("SCAN") and plan.split()[1].partition("_")[0] in named]
    assert scanned == []


def test_articles_of_one_time_are_found_without_the_others_of_the_portal(archive: Path) -> None:
    index = Index(archive / "index.db", read_only=True)
    with index.reading() as queries:
        asked: list[tuple[str, object]] = []

        @event.listens_for(queries.connection, "before_cursor_execute")
        def _note(_c: object, _k: object, statement: str, parameters: object, _x: object, _m: bool) -> None:
            asked.append((statement, parameters))

        queries.removals.namesakes(PORTAL, "k", "0", "Tin", "2025-03-03T08:00:00+07:00")
        queries.removals.namesakes(PORTAL, "k", "0", "Tin", "2025-03-03")
        queries.removals.published_until(PORTAL, "2025-03-03~")
        plans = [
            row[3]
            for statement, parameters in list(asked)
            for row in queries.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)  # type: ignore[arg-type]
        ]
    index.close()
    used = [plan.partition("INDEX ")[2].split()[0] for plan in plans if "INDEX " in plan]
    assert used == ["events_published", "events_content", "events_published"]
    assert [plan for plan in plans if plan.startswith(("SCAN", "USE TEMP"))] == []


def test_the_whole_archive_is_compared_without_holding_it(archive: Path) -> None:
    with Archive.open(archive, read_only=True) as opened:
        assert verify(opened.identity, Paths(archive)).findings == []

"""One conformance suite for both databases: the same archive, every question, the same answers row for row."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from archive.audit.verify import verify
from archive.index.connect import VARIABLE
from archive.index.queries.removals import DatedContents
from archive.index.rows import KnownRuns
from archive.index.schema import TABLES
from archive.index.transaction import Queries
from archive.model.enums import VERSIONS
from archive.rebuild import rebuild
from archive.storage.paths import Paths
from archive.store import Archive
from testing.archives import FIRST, tree
from testing.index_archive import LAST, WORDS, composed
from testing.postgresql import PostgresServer

Question = Callable[[Queries], object]
BEFORE = date(2025, 3, 6)
KNOWN = KnownRuns(BEFORE, ((BEFORE, "da_nang"),))
FAR = date(2026, 1, 1)
NIGHTS = [FIRST + timedelta(days=day) for day in range(21)]
RECORDS = [f"{number:024x}" for number in range(6)]
KEYS = [
    *WORDS,
    "ơn-mới",
    "dài",
    "dài-2",
    "sâu-3",
    "con-nợ",
    "Còn-nợ",
    "mới",
    "thong-bao",
    "thong-cao",
    "nghi-ngờ",
    "nowhere",
]
PORTALS = ("bac_giang", "da_nang", "quang_tri", "nowhere")


def each_key(ask: Callable[[Queries, str, str], object]) -> Question:
    """Ask the same question of every article, and of every file of one."""

    def asked(queries: Queries) -> object:
        files = [(file.key) for word in WORDS for file in queries.attachments.of_article("bac_giang", word)]
        return {(portal, key): ask(queries, portal, key) for portal in PORTALS[:2] for key in [*KEYS, *files]}

    return asked


def each_portal(ask: Callable[[Queries, str], object]) -> Question:
    """Ask the same question of every portal."""
    return lambda queries: {portal: ask(queries, portal) for portal in PORTALS}


def each_run(ask: Callable[[Queries, date, str], object]) -> Question:
    """Ask the same question of every run."""
    return lambda queries: [ask(queries, night, portal) for night in NIGHTS for portal in PORTALS]


def plain(row: object) -> object:
    """Return a row as a tuple, for comparing."""
    return tuple(row) if isinstance(row, tuple) else row


SILENT = {
    "withheld.among",
    "similar.check_method",
    "similar.missing",
    "seals.late_of",
    "seals.made_after",
}  # nothing is withheld or sealed late here; what the others would answer is a damage


def says_something(answer: object) -> bool:
    """Return whether any part of an answer is one: a suite of empty lists proves nothing."""
    if isinstance(answer, dict):
        return any(map(says_something, answer.values()))
    if isinstance(answer, (list, tuple)):
        return any(map(says_something, answer))
    return bool(answer)


def in_order(found: DatedContents) -> tuple[str, str, list[tuple[str, list[str]]]]:
    """Return the same without sets, whose order is that of their making."""
    return found.last, found.oldest, [(at, sorted(held)) for at, held in sorted(found.contents.items())]


def contents(queries: Queries) -> list[str]:
    return sorted({found.content_sha256 for found in queries.events.find()})


CHANGES = {
    "listings.clear_pending", "listings.recompute_pending", "similar.add",
    "readings.renew", "readings.replace", "similar.record_method", "similar.remove", "similar.replace", "withheld.blank_titles",
    "withheld.overwrite_deleted",
}  # fmt: skip
QUESTIONS: dict[str, Question] = {
    "readings.standing": each_portal(lambda q, portal: q.readings.standing(portal, KEYS)),
    "readings.sources": each_portal(lambda q, portal: q.readings.sources(portal)),
    "runs.answered_after": lambda q: [q.runs.answered_after("can_tho", night, "can_tho") for night in NIGHTS],
    "responses.latest": each_key(lambda q, portal, key: [q.responses.latest(portal, key, limit) for limit in (1, 9)]),
    "attachments.of_article": each_key(
        lambda q, portal, key: [q.attachments.of_article(portal, key), q.attachments.of_article(portal, key, KNOWN)]
    ),
    "clusters.of_article": each_key(
        lambda q, portal, key: [q.clusters.of_article(portal, key), q.clusters.of_article(portal, key, KNOWN)]
    ),
    "clusters.all": lambda q: [sorted(q.clusters.all(KnownRuns(until)).items()) for until in (None, FIRST, LAST)],
    "runs.offline_nights": lambda q: [sorted(q.runs.offline_nights(portal, NIGHTS)) for portal in PORTALS],
    "responses.due_rechecks": each_portal(
        lambda q, portal: [q.responses.due_rechecks(portal, night) for night in (BEFORE, LAST, FAR)]
    ),
    "runs.decommissions": lambda q: [q.runs.decommissions("can_tho"), q.runs.decommissions("da_nang")],
    "events.at": lambda q: [
        *(q.events.at(date.fromisoformat(found.night), found.run, found.seq) for found in q.events.find()),
        q.events.at(FIRST, "bac_giang", 99),
    ],
    "events.of_article": each_key(lambda q, portal, key: q.events.of_article(portal, key)),
    "web.events_of_night": lambda q: [
        [
            q.web.events_of_night(night, 3),
            q.web.events_of_night(night, 9, ("bac_giang", 1)),
            q.web.events_of_night(night, 9, None, VERSIONS),
        ]
        for night in NIGHTS
    ],
    "web.events_of_portal": each_portal(
        lambda q, portal: [
            q.web.events_of_portal(portal, limit, before) for limit in (1, 50) for before in (None, "2025-03-05")
        ]
    ),
    "events.find": lambda q: [
        q.events.find(),
        q.events.find(limit=3),
        *(q.events.find(until=night, standing=True) for night in (FIRST, BEFORE, LAST, FAR)),
        q.events.find(standing=True),
        *(q.events.find(article=f"bac_giang/{key}", until=BEFORE) for key in KEYS),
        q.events.find(portal="bac_giang", night=LAST),
        *(q.events.find(words=words) for words in (*WORDS, "THONG cao", "thông CÁO", "50%", "_", "khong co")),
        *(q.events.find(article=f"bac_giang/{key}") for key in KEYS),
        *(q.events.find(article=found.id) for found in q.events.find()),
        *(q.events.find(url=found.url) for found in q.events.find()),
        *(q.events.find(digest=found.content_sha256[:n]) for found in q.events.find() for n in (1, 6, 64)),
        *(q.events.find(digest=digest) for digest in ("zz", "%", "_")),
    ],
    "similar.fingerprints": each_run(lambda q, night, run: sorted(q.similar.fingerprints(night, run).items())),
    "coverage.first_night": lambda q: [
        q.coverage.first_night(),
        *(q.coverage.first_night(portal) for portal in PORTALS),
    ],
    "events.first_nights": each_portal(lambda q, portal: sorted(q.events.first_nights(portal, KEYS).items())),
    "listings.count_first_listed": each_portal(
        lambda q, portal: [q.listings.count_first_listed(portal, "tin", at) for at in ("", "2025-03-04", "~")]
    ),
    "lookbacks.first_walk": each_portal(lambda q, portal: q.lookbacks.first_walk(portal)),
    "lookbacks.first_wanted": each_portal(lambda q, portal: q.lookbacks.first_wanted(portal, "tin")),
    "runs.has_lines": each_run(lambda q, night, run: q.runs.has_lines(night, run)),
    "runs.history": each_portal(lambda q, portal: [q.runs.history(portal, FAR, nights) for nights in (1, 2, 60)]),
    "web.history": each_key(lambda q, portal, key: [q.web.history(portal, key, limit) for limit in (1, 9)]),
    "withheld.among": each_portal(lambda q, portal: q.withheld.among(portal, KEYS)),
    "listings.places": each_portal(lambda q, portal: sorted(map(tuple, q.listings.places(portal, KEYS)))),
    "listings.record_places": each_portal(
        lambda q, portal: sorted(map(tuple, q.listings.record_places(portal, [f"{3:024x}", f"{4:024x}", "0"])))
    ),
    "responses.last_places": each_portal(lambda q, portal: sorted(map(tuple, q.responses.last_places(portal, KEYS)))),
    "responses.last_bodies": each_portal(lambda q, portal: sorted(q.responses.last_bodies(portal, KEYS).items())),
    "lookbacks.latest": each_portal(lambda q, portal: [q.lookbacks.latest(portal), q.lookbacks.latest(portal, FIRST)]),
    "coverage.last_night": lambda q: q.coverage.last_night(),
    "responses.last_with_body": lambda q: [
        q.responses.last_with_body(found.portal, [found.url]) for found in q.events.find()
    ],
    "runs.latest": lambda q: q.runs.latest(),
    "runs.last_conclusive": lambda q: [
        q.runs.last_conclusive("can_tho", night) for night in (LAST, LAST - timedelta(days=1))
    ],
    "listings.last_walk": each_portal(
        lambda q, portal: [q.listings.last_walk(portal, section) for section in ("tin", "x")]
    ),
    "events.latest": each_key(lambda q, portal, key: q.events.latest(portal, key)),
    "events.latest_of_portal": each_portal(
        lambda q, portal: [
            q.events.latest_of_portal(portal),
            q.events.latest_of_portal(portal, LAST),
            q.events.latest_of_portal(portal, limit=4),
        ]
    ),
    "events.latest_version": each_key(lambda q, portal, key: q.events.latest_version(portal, key)),
    "similar.candidates": lambda q: [
        sorted(text.id for text in found)
        for night in NIGHTS
        for found in q.similar.candidates(
            [seen.signature for seen in q.similar.fingerprints(night, "bac_giang").values()], FAR
        )
    ],
    "clusters.near_duplicates": each_key(
        lambda q, portal, key: [
            q.clusters.near_duplicates(portal, key),
            q.clusters.near_duplicates(portal, key, KNOWN),
        ]
    ),
    "listings.shown_by": each_portal(lambda q, portal: sorted(q.listings.shown_by(portal, "tin", KEYS, "2025-03-08"))),
    "listings.records": each_portal(
        lambda q, portal: [
            sorted(q.listings.records(portal, RECORDS, []).items()),
            sorted(q.listings.records(portal, [], KEYS).items()),
        ]
    ),
    "listings.first_day": each_key(lambda q, portal, key: q.listings.first_day(portal, key)),
    "lookbacks.pages": each_portal(lambda q, portal: sorted(q.lookbacks.pages(portal).items())),
    "lookbacks.positions": each_portal(
        lambda q, portal: [q.lookbacks.positions(portal, LAST, since) for since in (None, FIRST)]
    ),
    "documents.mentions": lambda q: [q.documents.mentions(), q.documents.mentions(12), q.documents.mentions(9)],
    "coverage.adjacent_night": lambda q: [
        q.coverage.adjacent_night(night, later=later) for night in NIGHTS for later in (False, True)
    ],
    "listings.pending": each_portal(lambda q, portal: q.listings.pending(portal)),
    "attachments.pending": each_portal(lambda q, portal: [q.attachments.pending(portal, FIRST, n) for n in (1, 10)]),
    "web.same_content": lambda q: [q.web.same_content(content, limit) for content in contents(q) for limit in (1, 9)],
    "coverage.portals": lambda q: q.coverage.portals(),
    "coverage.portals_of": lambda q: [
        sorted(q.coverage.portals_of(slugs)) for slugs in (["haugiang", "cantho"], ["hue"], [])
    ],
    "coverage.published_by_day": each_portal(
        lambda q, portal: sorted(q.coverage.published_by_day(portal, FIRST, FAR).items())
    ),
    "runs.names": lambda q: [sorted(q.runs.names(night)) for night in NIGHTS],
    "events.with_content": lambda q: [
        q.events.with_content(content, KnownRuns(until)) for content in contents(q) for until in (None, FIRST)
    ],
    "removals.latest": each_key(lambda q, portal, key: q.removals.latest(portal, key)),
    "withheld.stored_responses": each_key(lambda q, portal, key: q.withheld.stored_responses(portal, key)),
    "rows": lambda q: {table.name: list(q.rows(table)) for table in TABLES},
    "runs.of_night": lambda q: [q.runs.of_night(night) for night in NIGHTS],
    "runs.between": each_portal(
        lambda q, portal: [q.runs.between(portal, FIRST, BEFORE), q.runs.between(portal, LAST, FAR)]
    ),
    "similar.check_method": lambda q: q.similar.check_method(),
    "seals.follower": lambda q: [q.seals.follower(seal.head) for seal in q.seals.newest(9)],
    "seals.keys": lambda q: sorted(q.seals.keys()),
    "seals.late_of": lambda q: [q.seals.late_of(night) for night in NIGHTS],
    "seals.made_after": lambda q: [q.seals.made_after(night) for night in NIGHTS],
    "seals.newest": lambda q: [q.seals.newest(9), q.seals.newest(1), q.seals.newest(9, (LAST, 1))],
    "seals.of_night": lambda q: [q.seals.of_night(night) for night in NIGHTS],
    "responses.with_body": lambda q: [
        q.responses.with_body(
            found.portal, found.url, str(q.responses.last_bodies(found.portal, [found.key]).get(found.key))
        )
        for found in q.events.find()
    ],
    "web.quarantined": lambda q: [q.web.quarantined(9), q.web.quarantined(9, "2025-03-05")],
    "web.cache_stamp": lambda q: q.web.cache_stamp(FIRST, FAR),
    "events.stored_texts": lambda q: [
        sorted(q.events.stored_texts(contents(q), before, portal).items())
        for before in (FIRST, FIRST + timedelta(days=1), FAR)
        for portal in PORTALS
    ],
    "events.latest_events": each_portal(lambda q, portal: sorted(q.events.latest_events(portal, KEYS).items())),
    "similar.of_runs": lambda q: [sorted(text.id for text in q.similar.of_runs(night, PORTALS)) for night in NIGHTS],
    "seals.tip": lambda q: plain(q.seals.tip()),
    "similar.missing": lambda q: sorted(str(text) for text in q.similar.missing()),
    "events.known_address": each_key(lambda q, portal, key: q.events.known_address(portal, key)),
    "listings.addresses": each_portal(
        lambda q, portal: [
            {key: sorted(urls) for key, urls in sorted(q.listings.addresses(portal, KEYS, before).items())}
            for before in (None, BEFORE)
        ]
    ),
    "removals.living_copy": lambda q: [q.removals.living_copy(found) for found in q.events.find()],
    "removals.namesakes": lambda q: [
        q.removals.namesakes(found.portal, key, content, found.title, found.published)
        for found in q.events.find()
        for key in (found.key, "")
        for content in (found.content_sha256, "")
    ],
    "removals.published_until": each_portal(
        lambda q, portal: [in_order(q.removals.published_until(portal, last)) for last in ("2025-03-04~", "9")]
    ),
    "removals.own_keys": each_portal(lambda q, portal: sorted(q.removals.own_keys(portal, KEYS).items())),
    "removals.vanished_nights": each_portal(lambda q, portal: sorted(q.removals.vanished_nights(portal, KEYS).items())),
    "removals.latest_of": each_portal(lambda q, portal: sorted(q.removals.latest_of(portal, KEYS).items(), key=str)),
    "events.versions": lambda q: [q.events.versions(None, None, None), q.events.versions("bac_giang", BEFORE, LAST)],
    "responses.awaiting_recheck": each_portal(
        lambda q, portal: [sorted(q.responses.awaiting_recheck(portal, KEYS, night)) for night in (FIRST, LAST, FAR)]
    ),
    "listings.walked_before": each_portal(
        lambda q, portal: [q.listings.walked_before(portal, "tin", at) for at in ("2025-03-04", "~")]
    ),
}


@pytest.fixture(scope="module")
def archives(postgresql: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """Make the same archive through each database; return its folder and the address of its index."""
    made = {}
    for name, address in (("sqlite", ""), ("postgresql", postgresql.database())):
        root = tmp_path_factory.mktemp(name) / "a"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, address)
            composed(root).close()
        made[name] = (root, address)
    return made


def asked(where: tuple[Path, str], question: Question, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setenv(VARIABLE, where[1])
    with Archive.open(where[0], read_only=True) as archive, archive.index.reading() as queries:
        return question(queries)


def test_every_query_is_tested() -> None:
    public = {"rows"}
    with create_engine("sqlite://").connect() as connection:
        for area, held in vars(Queries(connection)).items():
            if held is not connection:
                public |= {
                    f"{area}.{name}" for name, _ in inspect.getmembers(type(held), inspect.isfunction) if name[0] != "_"
                }
    assert public == set(QUESTIONS) | CHANGES


@pytest.fixture(scope="module")
def opened(archives: dict[str, tuple[Path, str]]) -> Iterator[list[Archive]]:
    """Both archives, open for reading."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        found = []
        for root, address in archives.values():
            patch.setenv(VARIABLE, address)
            found.append(stack.enter_context(Archive.open(root, read_only=True)))
        yield found


def answer(archive: Archive, question: Question) -> object:
    with archive.index.reading() as queries:
        return question(queries)


@pytest.mark.parametrize("name", QUESTIONS)
def test_both_databases_answer_the_same(opened: list[Archive], name: str) -> None:
    answers = [answer(archive, QUESTIONS[name]) for archive in opened]
    assert answers[0] == answers[1]
    assert says_something(answers[0]) or name in SILENT
    assert repr(answers[0]) == repr(answers[1])  # the order of sets and dicts apart, down to the types


def test_both_made_the_same_files(archives: dict[str, tuple[Path, str]]) -> None:
    (one, _), (other, _) = archives.values()
    assert tree(one) == tree(other)
    assert (one / "index.db").exists()
    assert not (other / "index.db").exists()


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_rebuilding_makes_the_same_rows(
    archives: dict[str, tuple[Path, str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def every(queries: Queries) -> object:
        return {table.name: list(queries.rows(table)) for table in TABLES}

    root, _ = archives[name]
    before = asked(archives[name], every, monkeypatch)
    assert not verify_findings(root)
    assert rebuild(Paths(root)) == []
    assert asked(archives[name], every, monkeypatch) == before


def verify_findings(root: Path) -> list[str]:
    with Archive.open(root, read_only=True) as archive:
        return [f"{found.code} {found.path} {found.detail}" for found in verify(archive.identity, Paths(root)).findings]


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_words_stand_in_the_order_of_their_bytes(
    archives: dict[str, tuple[Path, str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def keys(queries: Queries) -> list[str]:
        looked = next(table for table in TABLES if table.name == "looks")
        return [str(row[1]) for row in queries.rows(looked) if row[0] == "bac_giang" and row[1] in WORDS]

    found = asked(archives[name], keys, monkeypatch)
    assert found == sorted(WORDS, key=str.encode)


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_title_with_nul_is_found_without_it(
    archives: dict[str, tuple[Path, str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = asked(
        archives[name], lambda queries: [entry.title for entry in queries.listings.pending("bac_giang")], monkeypatch
    )
    assert owed == ["Còn\ufffdnợ", "Cũng còn nợ", "Mới", "Sâu", "Sâu"]

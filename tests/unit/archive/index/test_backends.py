"""One conformance suite for both databases: the same archive, every question, the same answers row for row."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.audit.verify import verify
from archive.index.connect import VARIABLE
from archive.index.index import Transaction
from archive.index.queries.transaction import Queries
from archive.index.schema import TABLES
from archive.model.enums import VERSIONS
from archive.rebuild import rebuild
from archive.storage.paths import Paths
from archive.store import Archive
from testing.archives import FIRST, tree
from testing.index_archive import LAST, WORDS, composed
from testing.postgresql import Server

Question = Callable[[Transaction], object]
BEFORE = date(2025, 3, 6)
FAR = date(2026, 1, 1)
NIGHTS = [FIRST + timedelta(days=day) for day in range(21)]
KEYS = [*WORDS, "dài", "dài-2", "sâu-3", "con-nợ", "Còn-nợ", "mới", "thong-bao", "thong-cao", "nghi-ngờ", "nowhere"]
PORTALS = ("bac_giang", "da_nang", "quang_tri", "nowhere")


def each_key(ask: Callable[[Transaction, str, str], object]) -> Question:
    """The same question of every article, and of every file of one."""

    def asked(questions: Transaction) -> object:
        files = [(file.key) for word in WORDS for file in questions.attachments_of("bac_giang", word)]
        return {(portal, key): ask(questions, portal, key) for portal in PORTALS[:2] for key in [*KEYS, *files]}

    return asked


def each_portal(ask: Callable[[Transaction, str], object]) -> Question:
    """The same question of every portal."""
    return lambda questions: {portal: ask(questions, portal) for portal in PORTALS}


def each_run(ask: Callable[[Transaction, date, str], object]) -> Question:
    """The same question of every run."""
    return lambda questions: [ask(questions, night, portal) for night in NIGHTS for portal in PORTALS]


def plain(row: object) -> object:
    """A row as a tuple, for comparing."""
    return tuple(row) if isinstance(row, tuple) else row


SILENT = {
    "is_withheld",
    "same_method",
    "unread_texts",
}  # nothing is withheld here; what the others would answer is a damage


def says_something(answer: object) -> bool:
    """Whether any part of an answer is one: a suite of empty lists proves nothing."""
    if isinstance(answer, dict):
        return any(map(says_something, answer.values()))
    if isinstance(answer, (list, tuple)):
        return any(map(says_something, answer))
    return bool(answer)


def contents(questions: Transaction) -> list[str]:
    return sorted({found.content_sha256 for found in questions.find()})


CHANGES = {
    "add_documents", "add_links", "add_text", "forget_text", "forget_titles", "note_method", "overwrite_what_goes",
    "owe_nothing", "set_texts", "weigh",
}  # fmt: skip
QUESTIONS: dict[str, Question] = {
    "answered_after": lambda q: [q.answered_after("can_tho", night, "can_tho") for night in NIGHTS],
    "answers_of": each_key(lambda q, portal, key: [q.answers_of(portal, key, limit) for limit in (1, 9)]),
    "attachments_of": each_key(
        lambda q, portal, key: [q.attachments_of(portal, key), q.attachments_of(portal, key, BEFORE)]
    ),
    "cluster_of": each_key(lambda q, portal, key: [q.cluster_of(portal, key), q.cluster_of(portal, key, FIRST)]),
    "clusters": lambda q: [sorted(q.clusters(until).items()) for until in (None, FIRST, LAST)],
    "deaf_nights": lambda q: [sorted(q.deaf_nights(portal, NIGHTS)) for portal in PORTALS],
    "due_looks": each_portal(lambda q, portal: [q.due_looks(portal, night) for night in (BEFORE, LAST, FAR)]),
    "endings": lambda q: [q.endings("can_tho"), q.endings("da_nang")],
    "event_at": lambda q: [
        *(q.event_at(date.fromisoformat(found.night), found.run, found.seq) for found in q.find()),
        q.event_at(FIRST, "bac_giang", 99),
    ],
    "events_of": each_key(lambda q, portal, key: q.events_of(portal, key)),
    "events_of_night": lambda q: [
        [
            q.events_of_night(night, 3),
            q.events_of_night(night, 9, ("bac_giang", 1)),
            q.events_of_night(night, 9, None, VERSIONS),
        ]
        for night in NIGHTS
    ],
    "events_of_portal": each_portal(
        lambda q, portal: [
            q.events_of_portal(portal, limit, before) for limit in (1, 50) for before in (None, "2025-03-05")
        ]
    ),
    "find": lambda q: [
        q.find(),
        q.find(limit=3),
        *(q.find(until=night, standing=True) for night in (FIRST, BEFORE, LAST, FAR)),
        q.find(standing=True),
        *(q.find(article=f"bac_giang/{key}", until=BEFORE) for key in KEYS),
        q.find(portal="bac_giang", night=LAST),
        *(q.find(words=words) for words in (*WORDS, "THONG cao", "thông CÁO", "50%", "_", "khong co")),
        *(q.find(article=f"bac_giang/{key}") for key in KEYS),
        *(q.find(article=found.id) for found in q.find()),
        *(q.find(url=found.url) for found in q.find()),
        *(q.find(digest=found.content_sha256[:n]) for found in q.find() for n in (1, 6, 64)),
        *(q.find(digest=digest) for digest in ("zz", "%", "_")),
    ],
    "fingerprints": each_run(lambda q, night, run: sorted(q.fingerprints(night, run).items())),
    "first_night": lambda q: [q.first_night(), *(q.first_night(portal) for portal in PORTALS)],
    "first_kept": each_key(lambda q, portal, key: q.first_kept(portal, key)),
    "first_listed_from": each_portal(
        lambda q, portal: [q.first_listed_from(portal, "tin", at) for at in ("", "2025-03-04", "9999")]
    ),
    "first_walk": each_portal(lambda q, portal: q.first_walk(portal)),
    "first_wanted": each_portal(lambda q, portal: q.first_wanted(portal, "tin")),
    "has_lines_of": each_run(lambda q, night, run: q.has_lines_of(night, run)),
    "history": each_portal(lambda q, portal: [q.history(portal, FAR, nights) for nights in (1, 2, 60)]),
    "history_of": each_key(lambda q, portal, key: [q.history_of(portal, key, limit) for limit in (1, 9)]),
    "is_kept": each_key(lambda q, portal, key: q.is_kept(portal, key)),
    "is_late": each_key(lambda q, portal, key: q.is_late(portal, "tin", key, FIRST - timedelta(days=9))),
    "is_owed": each_key(lambda q, portal, key: q.is_owed(portal, key)),
    "is_withheld": each_key(lambda q, portal, key: q.is_withheld(portal, key)),
    "last_body": each_key(lambda q, portal, key: q.last_body(portal, key)),
    "last_lookback": each_portal(lambda q, portal: [q.last_lookback(portal), q.last_lookback(portal, FIRST)]),
    "last_night": lambda q: q.last_night(),
    "last_page": lambda q: [plain(q.last_page(found.portal, found.url)) for found in q.find()],
    "last_runs": lambda q: q.last_runs(),
    "last_telling": lambda q: [q.last_telling("can_tho", night) for night in (LAST, LAST - timedelta(days=1))],
    "last_version": each_key(lambda q, portal, key: q.last_version(portal, key)),
    "last_walk": each_portal(lambda q, portal: [q.last_walk(portal, section) for section in ("tin", "x")]),
    "latest_event": each_key(lambda q, portal, key: q.latest_event(portal, key)),
    "latest_events": each_portal(
        lambda q, portal: [q.latest_events(portal), q.latest_events(portal, LAST), q.latest_events(portal, limit=4)]
    ),
    "latest_version": each_key(lambda q, portal, key: q.latest_version(portal, key)),
    "likely_near": lambda q: [
        sorted(text.id for text in q.likely_near(seen.signature, FAR))
        for night in NIGHTS
        for seen in q.fingerprints(night, "bac_giang").values()
    ],
    "linked": each_key(lambda q, portal, key: [q.linked(portal, key), q.linked(portal, key, BEFORE)]),
    "listed_by": each_portal(lambda q, portal: sorted(q.listed_by(portal, "tin", KEYS, "2025-03-08"))),
    "listed_day": each_key(lambda q, portal, key: q.listed_day(portal, key)),
    "lookback_places": each_portal(lambda q, portal: sorted(q.lookback_places(portal).items())),
    "lookback_positions": each_portal(
        lambda q, portal: [q.lookback_positions(portal, LAST, since) for since in (None, FIRST)]
    ),
    "mentions": lambda q: [q.mentions(), q.mentions(12), q.mentions(9)],
    "night_beside": lambda q: [q.night_beside(night, later=later) for night in NIGHTS for later in (False, True)],
    "owed": each_portal(lambda q, portal: q.owed(portal)),
    "owed_attachments": each_portal(lambda q, portal: [q.owed_attachments(portal, FIRST, n) for n in (1, 10)]),
    "places_of": lambda q: [q.places_of(content, limit) for content in contents(q) for limit in (1, 9)],
    "portals": lambda q: q.portals(),
    "portals_of": lambda q: [sorted(q.portals_of(slugs)) for slugs in (["haugiang", "cantho"], ["hue"], [])],
    "published_by_day": each_portal(lambda q, portal: sorted(q.published_by_day(portal, FIRST, FAR).items())),
    "recorded_runs": lambda q: [sorted(q.recorded_runs(night)) for night in NIGHTS],
    "relatives": lambda q: [q.relatives(content, until) for content in contents(q) for until in (None, FIRST)],
    "removal": each_key(lambda q, portal, key: q.removal(portal, key)),
    "responses_of": each_key(lambda q, portal, key: q.responses_of(portal, key)),
    "rows": lambda q: {table.name: list(q.rows(table)) for table in TABLES},
    "runs_of": lambda q: [q.runs_of(night) for night in NIGHTS],
    "runs_between": each_portal(
        lambda q, portal: [q.runs_between(portal, FIRST, BEFORE), q.runs_between(portal, LAST, FAR)]
    ),
    "same_method": lambda q: q.same_method(),
    "sealed": lambda q: sorted(q.sealed()),
    "seals": lambda q: [q.seals(9), q.seals(1), q.seals(9, (LAST, 1))],
    "seals_of": lambda q: [q.seals_of(night) for night in NIGHTS],
    "served_with": lambda q: [
        q.served_with(found.portal, found.url, str(q.last_body(found.portal, found.key))) for found in q.find()
    ],
    "set_aside": lambda q: [q.set_aside(9), q.set_aside(9, "2025-03-05")],
    "stamp": lambda q: q.stamp(FIRST, FAR),
    "stored_content": lambda q: [
        q.stored_content(content, before, portal, of_attachments=files)
        for content in contents(q)
        for before in (FIRST, FIRST + timedelta(days=1), FAR)
        for portal in PORTALS
        for files in (False, True)
    ],
    "texts_of": lambda q: [sorted(text.id for text in q.texts_of(night, PORTALS)) for night in NIGHTS],
    "tip": lambda q: plain(q.tip()),
    "unread_texts": lambda q: sorted(str(text) for text in q.unread_texts()),
    "vanished": each_key(lambda q, portal, key: q.vanished(portal, key)),
    "versions": lambda q: [q.versions(None, None, None), q.versions("bac_giang", BEFORE, LAST)],
    "waiting": each_portal(lambda q, portal: [sorted(q.waiting(portal, KEYS, night)) for night in (FIRST, LAST, FAR)]),
    "walked_before": each_portal(lambda q, portal: [q.walked_before(portal, "tin", at) for at in ("2025-03-04", "9")]),
}


@pytest.fixture(scope="module")
def archives(postgresql: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """The same archive made through each database, and where its index is."""
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
    with Archive.open(where[0], read_only=True) as archive, archive.index.reading() as questions:
        return question(questions)


def test_every_question_is_asked() -> None:
    public = {name for name, _ in inspect.getmembers(Queries, inspect.isfunction) if not name.startswith("_")}
    assert public == set(QUESTIONS) | CHANGES


@pytest.mark.parametrize("name", QUESTIONS)
def test_both_databases_answer_the_same(
    archives: dict[str, tuple[Path, str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [asked(where, QUESTIONS[name], monkeypatch) for where in archives.values()]
    assert answers[0] == answers[1]
    assert says_something(answers[0]) or name in SILENT
    assert repr(answers[0]) == repr(answers[1])  # the order of sets and dicts apart, down to the types


def test_both_made_the_same_files(archives: dict[str, tuple[Path, str]]) -> None:
    (one, _), (other, _) = archives.values()
    assert tree(one) == tree(other)
    assert (one / "index.db").exists()
    assert not (other / "index.db").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_rebuilding_makes_the_same_rows(
    archives: dict[str, tuple[Path, str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def every(questions: Transaction) -> object:
        return {question: ask(questions) for question, ask in QUESTIONS.items()}

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
    def keys(questions: Transaction) -> list[str]:
        looked = next(table for table in TABLES if table.name == "looks")
        return [str(row[1]) for row in questions.rows(looked) if row[0] == "bac_giang" and row[1] in WORDS]

    found = asked(archives[name], keys, monkeypatch)
    assert found == sorted(WORDS, key=str.encode)


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_a_title_with_nul_is_found_without_it(
    archives: dict[str, tuple[Path, str]], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owed = asked(archives[name], lambda questions: [entry.title for entry in questions.owed("bac_giang")], monkeypatch)
    assert owed == ["Còn\ufffdnợ", "Cũng còn nợ", "Mới", "Sâu", "Sâu"]

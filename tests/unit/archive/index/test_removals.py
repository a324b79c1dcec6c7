"""Withdrawn articles: `gone` after it held for its time, `returned` when it stands again, nothing lost by it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.audit.verify import verify
from archive.index.index import Index
from archive.index.queries.removals import VANISHED, held
from archive.index.schema import TABLES
from archive.model.enums import ArchiveKind, Event, Outcome
from archive.model.records import Capture, Document, PageRecord
from archive.rebuild import rebuild
from archive.storage.jsonl import ArticleLine, decode_article
from archive.storage.run_record import read_lines
from archive.store import Archive
from crawler.spider.stop_rule import next_recheck_of_vanished
from pipelines.dedup import judge
from testing.archive_command import archive_command
from testing.archives import EDITED, FIRST, SHORT, ComposedArticle, at, finish, keep, make, walk

PORTAL, KEY = "da_nang", SHORT.key


URL = f"https://danang.gov.vn.replica.test/{KEY}"


AFTER = 14


TRANSIENT = (
    Outcome.UNREACHABLE,
    Outcome.SERVER_ERROR,
    Outcome.CHALLENGE,
    Outcome.RATE_LIMITED,
    Outcome.MAINTENANCE,
    Outcome.TRUNCATED,
    Outcome.REFUSED,
    Outcome.LOGIN,
    Outcome.EMPTY,
)


Answer = ComposedArticle | Outcome


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def look(archive: Archive, number: int, answer: Answer, *, lists: bool = True, doubtful: bool = False) -> None:
    """One night in which the article was asked for and this came."""
    night, moment = day(number), at(day(number))
    crawl = archive.start(PORTAL, night, moment, judge)
    if lists:
        walk(crawl, [SHORT], moment)
    if isinstance(answer, ComposedArticle):
        keep(crawl, answer, moment, ("a doubt",) if doubtful else ())
    elif answer in VANISHED:
        status = 404 if answer is Outcome.GONE else 200
        ref = crawl.capture(Capture(URL, status, (), f"no {number}".encode(), moment, ArchiveKind.REPLICA))
        page = PageRecord(URL, answer, moment, status, key=KEY, section="tin", warc=ref, next_look=night)
        crawl.write(page, gone_after=AFTER)
    else:
        crawl.write(PageRecord(URL, answer, moment, key=KEY, section="tin"))
    finish(crawl, moment)
    archive.seal(night, {})


def lines_of(archive: Archive) -> list[tuple[int, ArticleLine]]:
    """Every line but those of the texts' own portal walk, with the number of its night."""
    return [
        ((night - FIRST).days, decode_article(raw))
        for night in archive.paths.nights()
        for run in archive.paths.closed_runs(night)
        for raw in read_lines(run / "articles.jsonl")
    ]


def removals(archive: Archive) -> list[tuple[int, str]]:
    return [(number, line.event.value) for number, line in lines_of(archive)]


def intact(archive: Archive) -> bool:
    """Nothing is damaged, and the index follows from the files row for row."""
    before = rows(archive)
    good = verify(archive.identity, archive.paths).findings == [] and rebuild(archive.paths) == []
    return good and rows(archive) == before


def rows(archive: Archive) -> list[list[tuple[object, ...]]]:
    with archive.index.reading() as queries:
        return [list(queries.rows(table)) for table in TABLES]


NEW = (0, "new")


CASES: dict[str, tuple[list[tuple[int, Answer]], list[tuple[int, str]]]] = {
    "gone on its day and reported once": (
        [(4, Outcome.GONE), (5, Outcome.GONE), (18, Outcome.GONE), (48, Outcome.GONE)],
        [NEW, (18, "gone")],
    ),
    "a day before its time": ([(4, Outcome.GONE), (17, Outcome.GONE)], [NEW]),
    "a soft 404 counts as much": ([(4, Outcome.SOFT_404), (18, Outcome.GONE)], [NEW, (18, "gone")]),
    "the first answer starts the time": ([(40, Outcome.GONE)], [NEW]),
    "a portal that is down removes nothing": ([(number, Outcome.UNREACHABLE) for number in (1, 2, 20, 40)], [NEW]),
    "what passes neither ends nor completes it": (
        [(4, Outcome.GONE), (10, Outcome.SERVER_ERROR), (18, Outcome.UNREACHABLE), (19, Outcome.GONE)],
        [NEW, (19, "gone")],
    ),
    "a good answer between starts it again": ([(4, Outcome.GONE), (7, SHORT), (8, Outcome.GONE), (18, Outcome.GONE)], [NEW]),
    "an unchanged answer between starts it again": (
        [(4, Outcome.GONE), (7, Outcome.NOT_MODIFIED), (8, Outcome.GONE), (18, Outcome.GONE), (22, Outcome.GONE)],
        [NEW, (22, "gone")],
    ),
    "returned as it was": (
        [(4, Outcome.GONE), (18, Outcome.GONE), (20, SHORT), (21, SHORT)],
        [NEW, (18, "gone"), (20, "returned")],
    ),
    "returned and changed": (
        [(4, Outcome.GONE), (18, Outcome.GONE), (20, EDITED)],
        [NEW, (18, "gone"), (20, "returned"), (20, "revision")],
    ),
    "back before it was gone": ([(4, Outcome.GONE), (10, SHORT)], [NEW]),
    "twice gone": (
        [(4, Outcome.GONE), (18, Outcome.GONE), (20, SHORT), (21, Outcome.GONE), (35, Outcome.GONE), (36, SHORT)],
        [NEW, (18, "gone"), (20, "returned"), (35, "gone"), (36, "returned")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("answers", "expected"), CASES.values(), ids=CASES.keys())
def test_what_is_reported_of_a_withdrawn_article(
    tmp_path: Path, answers: list[tuple[int, Answer]], expected: list[tuple[int, str]]
) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    for number, answer in answers:
        look(archive, number, answer)
    assert removals(archive) == expected
    assert intact(archive)


def test_a_line_of_removal_names_the_last_version_and_the_answer_that_showed_it(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    look(archive, 1, EDITED)
    look(archive, 2, Outcome.GONE)
    look(archive, 2 + AFTER, Outcome.GONE)
    lines = [line for _, line in lines_of(archive)]
    version, gone = lines[-2:]
    assert (version.event, gone.event) == (Event.REVISION, Event.GONE)
    assert (gone.id, gone.revision_of) == (version.id, version.id)
    assert (gone.key, gone.title, gone.url, gone.section) == (KEY, version.title, version.url, "tin")
    assert (gone.file, gone.sha256, gone.content_sha256) == (None, None, version.content_sha256)
    assert gone.fetched_at == at(day(2 + AFTER))
    assert gone.warc is not None
    assert [run.events for run in archive.runs(day(2 + AFTER))] == [{"gone": 1}]
    with archive.index.reading() as queries:
        latest = queries.events.latest_version(PORTAL, KEY)
        assert latest is not None
        assert (latest.id, latest.event) == (version.id, Event.REVISION)
        assert queries.events.first_nights(PORTAL, [KEY])
        assert queries.listings.pending(PORTAL) == []
        assert [found.event for found in queries.events.with_content(gone.content_sha256)] == [Event.REVISION]


def test_an_article_that_was_never_kept_is_never_gone(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    for number in (0, 14, 28):
        look(archive, number, Outcome.GONE)
    assert removals(archive) == []


def test_not_found_everywhere_is_a_portal_that_is_down(tmp_path: Path) -> None:
    """An answer counts only in a night in which the portal showed a list."""
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    look(archive, 4, Outcome.GONE, lists=False)
    look(archive, 18, Outcome.GONE)
    look(archive, 32, Outcome.GONE, lists=False)
    assert removals(archive) == [NEW]
    look(archive, 33, Outcome.GONE)
    assert removals(archive) == [NEW, (33, "gone")]


def test_a_doubtful_article_brings_nothing_back_and_lets_nothing_go(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    look(archive, 4, Outcome.GONE)
    look(archive, 10, EDITED, doubtful=True)
    look(archive, 18, Outcome.GONE)
    look(archive, 32, Outcome.GONE)
    look(archive, 33, EDITED, doubtful=True)
    assert removals(archive) == [NEW, (10, "quarantined"), (32, "gone"), (33, "quarantined")]
    assert intact(archive)


def test_a_killed_run_tells_it_once(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    look(archive, 4, Outcome.GONE)
    for _ in range(2):
        crawl = archive.start(PORTAL, day(18), at(day(18)), judge)
        walk(crawl, [SHORT], at(day(18)))
        ref = crawl.capture(Capture(URL, 404, (), b"no", at(day(18)), ArchiveKind.REPLICA))
        crawl.write(PageRecord(URL, Outcome.GONE, at(day(18)), 404, key=KEY, section="tin", warc=ref), gone_after=AFTER)
        crawl.commit()
        crawl.abandon()
    finish(archive.start(PORTAL, day(18), at(day(18)), judge), at(day(18)))
    archive.seal(day(18), {})
    assert removals(archive) == [NEW, (18, "gone")]
    assert intact(archive)


def test_what_did_not_show_the_article_lends_neither_its_address_nor_its_validators(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    crawl = archive.start(PORTAL, day(1), at(day(1)), judge)
    front = "https://danang.gov.vn.replica.test/"
    ref = crawl.capture(Capture(front, 200, (), b"front", at(day(1)), ArchiveKind.REPLICA))
    page = PageRecord(front, Outcome.SOFT_404, at(day(1)), 200, KEY, "tin", '"front"', warc=ref, next_look=day(2))
    crawl.write(page, gone_after=AFTER)
    crawl.commit()
    assert crawl.lookups.due_rechecks() == []
    assert (crawl.lookups.waiting([KEY]), crawl.lookups.waiting(["khac"])) == ({KEY}, set())
    crawl.suspend()
    with archive.index.reading() as queries:
        (due,) = queries.responses.due_rechecks(PORTAL, day(2))
    assert (due.url, due.outcome, due.etag) == (URL, Outcome.SOFT_404, None)


def test_show_tells_the_nights_and_the_text_that_was_kept(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    look(archive, 4, Outcome.GONE)
    look(archive, 18, Outcome.GONE)
    look(archive, 20, SHORT)
    shown = archive_command("show", f"{PORTAL}/{KEY}", "--archive", str(tmp_path / "a")).stdout
    version = shown.splitlines()[0]
    assert shown.splitlines()[2:5] == [
        f"2025-03-03  new  {version}",
        f"2025-03-21  gone  {version}",
        f"2025-03-23  returned  {version}",
    ]
    assert shown.endswith(f"{SHORT.paragraphs[-1]}\n")
    listed = archive_command("list", "--night", "2025-03-21", "--archive", str(tmp_path / "a")).stdout
    assert listed.split("\t")[:4] == ["2025-03-21", PORTAL, "gone", version]


@pytest.mark.parametrize(
    ("vanished", "night", "expected"),
    [
        ((), 20, False),
        ((4,), 4, False),
        ((4, 17), 17, False),
        ((4, 18), 18, True),
        ((4, 30), 30, True),
        ((4, 18), 19, False),
    ],
    ids=["it stands", "the first night", "a day short", "on its day", "later", "tonight says nothing"],
)
def test_when_an_article_is_gone(vanished: Sequence[int], night: int, expected: bool) -> None:
    assert held([day(number) for number in vanished], day(night), AFTER) is expected


@pytest.mark.parametrize(
    ("gone_after", "nights"),
    [(14, [1, 3, 7, 14, 44, 74]), (2, [1, 2, 3, 7, 14, 44]), (20, [1, 3, 7, 14, 20, 44]), (60, [1, 3, 7, 14, 44, 60])],
)
def test_the_looks_at_what_vanished(gone_after: int, nights: list[int]) -> None:
    found, night = [], 0
    for _ in nights:
        night = (next_recheck_of_vanished(FIRST, day(night), gone_after) - FIRST).days
        found.append(night)
    assert found == nights


DECIDING = st.sampled_from([Outcome.ARTICLE, Outcome.NOT_MODIFIED, *VANISHED])


PASSING = st.tuples(st.integers(0, 29), st.sampled_from(TRANSIENT))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.integers(0, 29), DECIDING, max_size=10), st.lists(PASSING, max_size=10), st.randoms())
def test_what_passes_changes_nothing_in_whatever_order_the_lines_arrive(
    answers: dict[int, Outcome], passing: list[tuple[int, Outcome]], random: object
) -> None:
    plain = [(number, 1, outcome) for number, outcome in answers.items()]
    mixed = [*plain, *((number, 2 + place, outcome) for place, (number, outcome) in enumerate(passing))]
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' own Random
    last_good = max((number for number, outcome in answers.items() if outcome not in VANISHED), default=-1)
    expected = [day(number) for number in sorted(answers) if number > last_good and answers[number] in VANISHED]
    assert vanished_by(plain) == vanished_by(mixed) == tuple(expected)


def vanished_by(lines: list[tuple[int, int, Outcome]]) -> tuple[date, ...]:
    """Return what an index answers after these lines: number of the night, of the line, outcome."""
    with tempfile.TemporaryDirectory() as folder:
        index = Index.create(Path(folder) / "index.db")
        with index.writing() as transaction:
            for number in {number for number, _, _ in lines}:
                page = PageRecord(URL, Outcome.LISTING, at(day(number)), 200, section="tin", page_number=1)
                transaction.add_pages(day(number), PORTAL, {0: page})
            for number, place, outcome in lines:
                page = PageRecord(URL, outcome, at(day(number)), key=KEY, section="tin")
                transaction.add_pages(day(number), PORTAL, {place: page})
            found = transaction.removals.vanished_nights(PORTAL, [KEY]).get(KEY, ())
        index.close()
    return found


OLD = f"https://danang.gov.vn.replica.test/{KEY}"


def moving(archive: Archive, number: int, key: str, *, new_key: str | None = None, url: str | None = None) -> None:
    """One night in which the article's text stands under a key, at the key's address or another."""
    night, moment = day(number), at(day(number))
    crawl = archive.start(PORTAL, night, moment, judge)
    walk(crawl, [SHORT], moment)
    address = url or f"https://danang.gov.vn.replica.test/{new_key or key}"
    ref = crawl.capture(Capture(address, 200, (), f"{key} {number}".encode(), moment, ArchiveKind.REPLICA))
    content = "\n".join([SHORT.title, *SHORT.paragraphs])
    document = Document(
        portal=PORTAL, section="tin", url=address, key=key, title=SHORT.title, text=content, content=content,
        fetched_at=moment, via=ArchiveKind.REPLICA, warc=ref, published=SHORT.published, published_raw="08:00 03/03/2025",
    )  # fmt: skip
    page = PageRecord(address, Outcome.ARTICLE, moment, 200, key=key, section="tin", warc=ref)
    crawl.write(page, document, new_key=new_key)
    finish(crawl, moment)
    archive.seal(night, {})


def moves(archive: Archive) -> list[tuple[int, str, str, str]]:
    return [(number, line.key, line.event.value, line.url.rpartition("/")[2]) for number, line in lines_of(archive)]


def test_a_new_key_names_the_article_that_it_belongs_to(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    moving(archive, 1, KEY, new_key="ten-moi")
    moving(archive, 2, KEY, new_key="ten-moi")
    moving(archive, 3, KEY, new_key="ten-nua")
    assert moves(archive)[1:] == [
        (1, KEY, "moved_address", "ten-moi"),
        (1, "ten-moi", "moved_address", "ten-moi"),
        (3, KEY, "moved_address", "ten-nua"),
        (3, "ten-nua", "moved_address", "ten-nua"),
    ]
    version = lines_of(archive)[0][1].id
    assert {line.revision_of for _, line in lines_of(archive)[1:]} == {version}
    with archive.index.reading() as queries:
        assert queries.removals.own_keys(PORTAL, ["ten-moi", "ten-nua", KEY, "la"]) == {"ten-moi": KEY, "ten-nua": KEY}
        assert (queries.events.known_address(PORTAL, KEY) or "").endswith("/ten-nua")
        assert [event.key for event in queries.events.find(article=f"{PORTAL}/{KEY}")] == [KEY] * 3
    assert intact(archive)


def test_what_was_wrongly_recorded_as_gone_and_as_another_article_is_corrected(tmp_path: Path) -> None:
    """Older programs recorded both: the article is removed, and its text is stored again under the new address's key."""
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    look(archive, 1, Outcome.GONE)
    look(archive, 1 + AFTER, Outcome.GONE)
    moving(archive, 2 + AFTER, "ten-moi")
    look(archive, 31 + AFTER, Outcome.GONE)
    look(archive, 61 + AFTER, Outcome.GONE)
    assert moves(archive)[1:] == [
        (1 + AFTER, KEY, "gone", KEY),
        (2 + AFTER, "ten-moi", "duplicate", "ten-moi"),
        (31 + AFTER, KEY, "moved_address", "ten-moi"),
        (31 + AFTER, "ten-moi", "moved_address", "ten-moi"),
    ]
    assert intact(archive)


def test_a_removed_article_that_is_read_at_another_address_has_returned_there(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    look(archive, 1, Outcome.GONE)
    look(archive, 1 + AFTER, Outcome.GONE)
    moving(archive, 2 + AFTER, KEY, url=f"https://danang.gov.vn.replica.test/muc-khac/{KEY}")
    assert moves(archive)[2:] == [(2 + AFTER, KEY, "returned", KEY), (2 + AFTER, KEY, "moved_address", KEY)]
    assert intact(archive)


def test_the_same_address_written_otherwise_is_no_move(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    for number, url in enumerate(
        (f"{OLD}/", OLD.replace("https://", "http://www."), f"{OLD};jsessionid=A1B2"), start=1
    ):
        moving(archive, number, KEY, url=url)
    assert [event for _, event in removals(archive)] == ["new"]


@pytest.mark.parametrize(
    ("title", "published", "content", "found"),
    [
        (SHORT.title, SHORT.published, "as stored", True),
        (SHORT.title, SHORT.published, "edited", True),
        ("Tên khác", SHORT.published, "edited", False),
        (SHORT.title, "2025-03-03", "edited", False),
        (SHORT.title, None, "as stored", False),
    ],
)
def test_an_article_may_be_one_of_the_same_time_and_of_the_same_text_or_title(
    tmp_path: Path, title: str, published: str | None, content: str, *, found: bool
) -> None:
    archive = make(tmp_path / "a")
    look(archive, 0, SHORT)
    stored = lines_of(archive)[0][1].content_sha256
    with archive.index.reading() as queries:
        digest = stored if content == "as stored" else "0" * 64
        assert queries.removals.namesakes(PORTAL, "ten-moi", digest, title, published) == ([KEY] if found else [])
        assert queries.removals.namesakes(PORTAL, KEY, digest, title, published) == []

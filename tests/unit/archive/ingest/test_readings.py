"""The page that an article was last read from is known as long as its latest version was read then and it stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.audit.verify import verify
from archive.index.schema import READINGS, TABLES
from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome
from archive.model.records import Modification, PageRecord, Reading
from archive.rebuild import rebuild
from archive.store import Archive
from archive.withhold import WithholdRequest, withhold
from pipelines.dedup import judge
from testing.archives import EDITED, FIRST, SHORT, at, finish, keep, make

PORTAL, KEY = "da_nang", SHORT.key
READING = Reading(at(FIRST), b"r" * 16, b"w" * 16, b"g" * 16, at(FIRST), {"layout title-detail": 1}, "no </html>")
OTHER = replace(READING, whole=b"v" * 16, until=None, region=None, detail=None)


@contextmanager
def run(archive: Archive, night: date) -> Iterator[RunWriter]:
    writer = archive.start(PORTAL, night, at(night), judge)
    yield writer
    finish(writer, at(night))


def known(archive: Archive) -> Reading | None:
    with archive.index.reading() as queries:
        found = queries.readings.standing(PORTAL, [KEY, "unknown"]).get(KEY)
    return found.reading if found else None


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with make(tmp_path / "archive") as made:
        with run(made, FIRST) as writer:
            keep(writer, SHORT, at(FIRST), reading=READING)
        yield made


def test_the_last_reading_of_an_article_is_known(archive: Archive) -> None:
    assert known(archive) == READING
    with run(archive, FIRST + timedelta(days=1)) as writer:
        keep(writer, SHORT, at(FIRST), reading=OTHER)
    assert known(archive) == OTHER


def test_a_recheck_that_is_not_read_is_noted(archive: Archive) -> None:
    night = FIRST + timedelta(days=1)
    later = replace(READING, read_at=at(night), whole=b"n" * 16, modified=Modification("feed", "2025-03-01"))
    with run(archive, night) as writer:
        page = PageRecord(
            f"https://danang.gov.vn.replica.test/{KEY}", Outcome.ARTICLE, at(night), 200, key=KEY, section="tin"
        )
        writer.write(page, again=later)
    assert known(archive) == later
    assert not list(writer.articles)


def test_a_version_that_was_not_read_so_leaves_no_reading(archive: Archive) -> None:
    edited = replace(EDITED, key=KEY)
    with run(archive, FIRST + timedelta(days=1)) as writer:
        keep(writer, edited, at(FIRST), reading=None)
    assert known(archive) is None


def test_a_row_that_is_older_than_the_lines_is_not_believed(archive: Archive) -> None:
    with archive.index.reading() as queries:
        rows = queries.connection.execute(READINGS.select()).mappings().all()
    with run(archive, FIRST + timedelta(days=1)) as writer:
        keep(writer, replace(EDITED, key=KEY), at(FIRST), reading=OTHER)
    with archive.index.writing() as transaction:
        transaction.connection.execute(READINGS.delete())
        transaction.connection.execute(READINGS.insert(), [dict(row) for row in rows])
    assert known(archive) is None


def test_a_doubtful_article_is_read_again(archive: Archive) -> None:
    with run(archive, FIRST + timedelta(days=1)) as writer:
        keep(writer, SHORT, at(FIRST), ("no title",), reading=OTHER)
    assert known(archive) is None


def test_an_article_that_is_gone_is_read_when_it_answers(archive: Archive) -> None:
    url = f"https://danang.gov.vn.replica.test/{KEY}"
    for day in (1, 20):
        night = FIRST + timedelta(days=day)
        with run(archive, night) as writer:
            writer.write(PageRecord(url + "/tin", Outcome.LISTING, at(night), 200, section="tin", page_number=1))
            writer.write(PageRecord(url, Outcome.GONE, at(night), 404, key=KEY, section="tin"), gone_after=14)
    assert known(archive) is None


def test_no_file_holds_it_and_the_audit_does_not_miss_it(archive: Archive) -> None:
    archive.seal(FIRST, {})
    assert verify(archive.identity, archive.paths).findings == []
    rebuild(archive.paths)
    with Archive.open(archive.paths.root) as again:
        assert known(again) is None
        assert verify(archive.identity, archive.paths).findings == []
    assert READINGS not in TABLES


def test_a_withheld_article_has_none(archive: Archive) -> None:
    archive.seal(FIRST, {})
    withhold(archive, WithholdRequest(((PORTAL, KEY),), "a request", "an office", at(FIRST)))
    with archive.index.reading() as queries:
        assert queries.connection.execute(READINGS.select()).all() == []

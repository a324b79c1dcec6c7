"""No page reads a whole table: every question a page asks is answered through an index, whatever the archive's size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event

from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up
from archive.store import Archive
from archive.web.app import ROUTES
from archive.web.context import PageContext, PageRequest
from testing.archives import sealed

GROWING = ("events", "pages", "attachments", "listed", "looks", "links", "signatures", "bands", "lookbacks")
"""Tables with a row or more for each article; runs and seals grow with the nights alone."""

PAGES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("/", {}, {}),
    ("/nights/{night}", {"night": "2025-03-04"}, {}),
    ("/nights/{night}", {"night": "2025-03-04"}, {"after": "da_nang/0", "kind": "changed"}),
    ("/coverage/{month}", {"month": "2025-03"}, {}),
    ("/portals/{portal}", {"portal": "da_nang"}, {"before": "2025-03-04/001/0000001"}),
    ("/articles/{portal}/{key:path}", {"portal": "da_nang", "key": "thong-bao"}, {}),
    ("/articles/{portal}/{key:path}", {"portal": "quang_tri", "key": "thong-cao"}, {}),
    ("/texts/{night}/{run}/{seq}.txt", {"night": "2025-03-04", "run": "da_nang", "seq": "0"}, {}),
    ("/proofs/{night}/{run}/{seq}.json", {"night": "2025-03-04", "run": "da_nang", "seq": "0"}, {}),
    ("/captures/{night}/{run}/{seq}", {"night": "2025-03-04", "run": "da_nang", "seq": "0"}, {}),
    ("/search", {}, {"q": "cầu"}),
    ("/doubtful", {}, {}),
    ("/doubtful", {}, {"before": "2025-03-04/001/0000001"}),
    ("/integrity", {}, {}),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    root = tmp_path_factory.mktemp("growth") / "archive"
    with sealed(root) as made, SearchIndex.of(made) as words:
        catch_up(made, words)
    with Archive.open(root, read_only=True) as opened:
        yield opened


@contextmanager
def asked(engine: Engine) -> Iterator[list[tuple[str, object]]]:
    """Collect the statements sent to the database meanwhile, with their values."""
    found: list[tuple[str, object]] = []

    def note(_one: object, _two: object, statement: str, values: object, *_rest: object) -> None:
        found.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(connection: Connection, statement: str, values: object) -> list[str]:
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]  # as they were given
    return [str(row[-1]) for row in rows]


@pytest.mark.parametrize(("path", "values", "query"), PAGES, ids=[f"{path} {query}" for path, _, query in PAGES])
def test_no_question_of_a_page_reads_a_table_from_its_beginning(
    archive: Archive, path: str, values: dict[str, str], query: dict[str, str]
) -> None:
    desk = PageContext(archive)
    desk.days.year(2025)  # remembered: it is read once for each night, whoever looks
    with asked(archive.index._reader) as statements:
        ROUTES[path](desk, PageRequest("en", f"/en{path}", values, query))
    assert statements
    with archive.index.reading() as transaction:
        for statement, given in statements:
            if statement.lstrip().upper().startswith("SELECT"):
                steps = plan(transaction.connection, statement, given)
                scans = [step for step in steps if step.split()[0] == "SCAN" and step.split()[1] in GROWING]
                assert not [step for step in scans if "events_set_aside" not in step], f"{statement}\n{steps}"

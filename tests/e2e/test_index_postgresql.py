"""An index in PostgreSQL: what befalls a server, what stands in messages, and whole nights by the commands.

Rows of the catalogue of faults: A22, A23.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, literal, select, text

from archive.__main__ import main
from archive.audit.verify import verify
from archive.errors import ArchiveError, ArchiveUnusable, DiskFull, ExitCode, UsageError
from archive.index.connect import VARIABLE, database_of
from archive.index.index import Index
from archive.index.postgresql import PostgresqlSchema
from archive.model.enums import ArchiveKind
from archive.model.judgement import Judgement, Version
from archive.model.records import Document
from archive.storage.paths import Paths
from archive.storage.run_record import read_lines
from archive.store import Archive
from replicas import FIRST_NIGHT
from testing import archives as composed
from testing.archives import FIRST, ComposedArticle, at, finish, judge, keep, make, walk
from testing.ba_song_pages import article, listing
from testing.crawl import NIGHT, ROOT, crawl, environment, new_archive, the_night
from testing.http_server import HttpServer, response
from testing.postgresql import PASSWORD, PostgresServer, missing, serve_postgresql

COMPOSED = [ComposedArticle(f"k{number}", f"Tin {number}", (f"Đoạn {number}.",)) for number in range(4)]
CLOSED_PORT = "postgresql://luu_tru:bí-mật@127.0.0.1:9/archive"  # nobody listens on the discard port


@pytest.fixture
def address(postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a new database, which the environment names."""
    made = postgresql.database()
    monkeypatch.setenv(VARIABLE, made)
    return made


@pytest.fixture(scope="module")
def restarted() -> Iterator[PostgresServer]:
    """Yield a server that no other test uses: these stop it."""
    if (why := missing()) is not None:
        pytest.skip(why)
    with serve_postgresql() as server:
        yield server


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch, restarted: PostgresServer) -> Iterator[PostgresServer]:
    """Name a new database of that server in the environment; start the server again at the end."""
    monkeypatch.setenv(VARIABLE, restarted.database())
    yield restarted
    restarted.control("restart", "-m", "immediate")


def ids(root: Path, portal: str = "da_nang") -> list[str]:
    with Archive.open(root, read_only=True) as archive, archive.index.reading() as queries:
        return [found.id for found in queries.events.find(portal=portal)]


def findings(root: Path) -> list[str]:
    with Archive.open(root, read_only=True) as archive:
        return [f"{found.code} {found.path} {found.detail}" for found in verify(archive.identity, Paths(root)).findings]


def undisturbed(root: Path) -> list[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE)
        archive = make(root)
        crawl = archive.start("da_nang", FIRST, at(FIRST), judge)
        walk(crawl, COMPOSED, at(FIRST))
        for one in COMPOSED:
            keep(crawl, one, at(FIRST))
        finish(crawl, at(FIRST))
        archive.close()
        return ids(root)


@pytest.mark.parametrize("moment", ["while judging", "at the commit"])
def test_a22_a_server_that_restarts_in_a_transaction_loses_nothing(
    own_server: PostgresServer, tmp_path: Path, moment: str
) -> None:
    restarts = iter([True])

    def restart() -> None:
        if next(restarts, False):
            own_server.control("restart", "-m", "immediate")

    def restarting(document: Document, content: str, latest: Version | None, same: Version | None) -> Judgement:
        if moment == "while judging" and document.key == "k3":
            restart()
        return judge(document, content, latest, same)

    archive = make(tmp_path / "a")
    crawl = archive.start("da_nang", FIRST, at(FIRST), restarting)
    walk(crawl, COMPOSED, at(FIRST))
    for one in COMPOSED[:2]:
        keep(crawl, one, at(FIRST))
    crawl.commit()
    if moment == "at the commit":
        event.listen(archive.index._writer, "commit", lambda connection: restart())
    for one in COMPOSED[2:]:
        keep(crawl, one, at(FIRST))
    with pytest.raises(ArchiveError, match=r"the connection was lost .* run the night again: nothing kept is lost"):
        crawl.commit()
    crawl.abandon()
    committed = read_lines(crawl.folder / "articles.jsonl")
    assert len(committed) == (4 if moment == "at the commit" else 2)

    again = archive.start("da_nang", FIRST, at(FIRST) + timedelta(minutes=5), judge)
    assert [entry.key for entry in again.lookups.pending()] == ([] if moment == "at the commit" else ["k2", "k3"])
    for entry in again.lookups.pending():
        keep(again, next(one for one in COMPOSED if one.key == entry.key), at(FIRST))
    finish(again, at(FIRST) + timedelta(minutes=6))
    archive.seal(FIRST, {})
    archive.close()
    assert ids(tmp_path / "a") == undisturbed(tmp_path / "b")
    assert findings(tmp_path / "a") == []


def test_a22_a_run_that_was_placed_when_the_server_went_is_recorded_at_the_next_start(
    own_server: PostgresServer, tmp_path: Path
) -> None:
    archive = make(tmp_path / "a")
    crawl = archive.start("da_nang", FIRST, at(FIRST), judge)
    keep(crawl, COMPOSED[0], at(FIRST))
    crawl.commit()

    def down(connection: object) -> None:
        if not crawl.folder.exists():  # moved to its dated place: what follows is its record
            own_server.control("stop", "-m", "immediate")

    event.listen(archive.index._writer, "commit", down)
    with pytest.raises(ArchiveError, match="the connection was lost"):
        finish(crawl, at(FIRST))
    crawl.abandon()
    archive.close()
    own_server.control("start")
    with Archive.open(tmp_path / "a", read_only=True) as archive:
        assert archive.history("da_nang", FIRST + timedelta(days=1), 5) == []
    with Archive.open(tmp_path / "a") as archive:
        assert len(archive.history("da_nang", FIRST + timedelta(days=1), 5)) == 1
    assert findings(tmp_path / "a") == []


def test_a23_a_night_without_its_server_fails_and_leaves_no_text_without_a_line(
    own_server: PostgresServer, tmp_path: Path
) -> None:
    archive = make(tmp_path / "a")
    crawl = archive.start("da_nang", FIRST, at(FIRST), judge)
    keep(crawl, COMPOSED[0], at(FIRST))
    crawl.commit()
    keep(crawl, COMPOSED[1], at(FIRST))
    own_server.control("stop", "-m", "immediate")
    with pytest.raises(ArchiveError, match="nothing kept is lost"):
        crawl.commit()
    crawl.abandon()
    archive.close()
    with pytest.raises(ArchiveUnusable, match=r"cannot be reached .*start PostgreSQL"):
        Archive.open(tmp_path / "a")
    own_server.control("start")
    with Archive.open(tmp_path / "a") as archive:
        again = archive.start("da_nang", FIRST, at(FIRST), judge)
        assert [line.key for line in again.articles] == ["k0"]
        assert [path.name[:3] for path in again.folder.glob("*.txt")] == ["000"]
        keep(again, COMPOSED[1], at(FIRST))
        finish(again, at(FIRST))
    assert findings(tmp_path / "a") == []


def archive_command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "archive", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(**more),
        check=False,
    )


def test_a23_the_commands_say_in_one_line_that_the_server_is_down(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "a")
    for command in (["list"], ["rebuild"], ["show", "x/y"]):
        done = archive_command(*command, "--archive", str(root), ARCHIVE_INDEX=CLOSED_PORT)
        assert (done.returncode, done.stdout) == (ExitCode.ARCHIVE_UNUSABLE, "")
        assert done.stderr.startswith("archive: postgresql://luu_tru@127.0.0.1:9/archive cannot be reached (")
        assert done.stderr.count("\n") == 1
        assert "mật" not in done.stderr
    done = archive_command("init", str(tmp_path / "b"), "--kind", "replica", ARCHIVE_INDEX=CLOSED_PORT)
    assert done.returncode == ExitCode.ARCHIVE_UNUSABLE
    assert not (tmp_path / "b").exists()
    done = archive_command("verify", "--archive", str(root), ARCHIVE_INDEX=CLOSED_PORT)
    assert done.returncode == ExitCode.FINDINGS
    assert "INDEX" in done.stdout
    assert "mật" not in done.stdout + done.stderr


def test_a23_a_crawl_without_its_server_asks_the_portal_nothing(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "a")
    with HttpServer({"/tin-tuc": response(listing(["a"])), "/tin/a.html": response(article(1))}) as server:
        done = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=server.port, ARCHIVE_INDEX=CLOSED_PORT)
        assert server.asked == {}
    assert done.code == ExitCode.ARCHIVE_UNUSABLE
    assert "cannot be reached" in done.err
    assert "mật" not in done.err + done.out
    assert not (root / "open" / NIGHT.isoformat()).exists()


def test_a_night_by_the_commands(address: str, tmp_path: Path) -> None:
    root = new_archive(tmp_path / "a")
    with HttpServer({"/tin-tuc": response(listing(["a"])), "/tin/a.html": response(article(1))}) as server:
        done = crawl("--archive", str(root), "--night", NIGHT.isoformat(), port=server.port)
    assert (done.code, done.err) == (0, "")
    assert not (root / "index.db").exists()
    run, _, articles = the_night(root)
    assert (run.complete, [line.key for line in articles]) == (True, ["a"])
    for command in (["list"], ["show", "ba_song/a"], ["verify"], ["rebuild"], ["verify"]):
        answer = archive_command(*command, "--archive", str(root))
        unsealed = "no readable seal covers 2025-03-05/ba_song: the text was compared with its line alone\n"
        assert (answer.returncode, answer.stderr) == (0, unsealed if command[0] == "show" else ""), command
        assert PASSWORD not in answer.stdout
    assert articles[0].id in archive_command("list", "--archive", str(root)).stdout


def test_an_index_that_was_left_behind_is_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "a"
    monkeypatch.delenv(VARIABLE)
    archive = make(root)
    composed.run_night(archive, 0)
    archive.close()
    monkeypatch.setenv(VARIABLE, address)
    with pytest.raises(ArchiveUnusable, match="is missing: make it again with `python -m archive rebuild"):
        Archive.open(root)
    assert archive_command("rebuild", "--archive", str(root)).returncode == 0
    with Archive.open(root) as archive:
        composed.run_night(archive, 1)
    monkeypatch.delenv(VARIABLE)
    for read_only in (True, False):
        with pytest.raises(
            ArchiveUnusable, match=r"index\.db knows nothing of da_nang of 2025-03-04: it was left behind"
        ):
            Archive.open(root, read_only=read_only)
    assert archive_command("rebuild", "--archive", str(root)).returncode == 0
    assert findings(root) == []


def test_two_archives_share_a_database(address: str, tmp_path: Path) -> None:
    first = make(tmp_path / "a")
    second = Archive.create(tmp_path / "b", ArchiveKind.REPLICA, UUID(int=7), at(FIRST))
    composed.run_night(first, 0)
    composed.run_night(second, 2)
    with first.index.writing(), second.index.writing():  # one's lock is not the other's
        pass
    first.close()
    second.close()
    assert ids(tmp_path / "b", "quang_tri") == [
        found for found in ids(tmp_path / "b", "quang_tri") if "mua-lon" in found
    ]
    assert findings(tmp_path / "a") == findings(tmp_path / "b") == []


def test_one_writes_at_a_time_and_sees_what_the_other_wrote(address: str, tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    seen: list[int] = []
    waiting = threading.Event()

    def judged() -> None:
        waiting.set()
        with archive.index.writing() as transaction:
            seen.append(len(transaction.events.find()))

    with archive.index.writing() as transaction:
        other = threading.Thread(target=judged)
        other.start()
        waiting.wait()
        other.join(0.3)
        assert other.is_alive()
        transaction.drop_events(FIRST, "da_nang")
    other.join()
    archive.close()
    assert seen == [1]


def test_a_lock_held_for_long_is_said(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.index.postgresql.BUSY_SECONDS", 1)
    archive = make(tmp_path / "a")
    with archive.index.writing(), pytest.raises(ArchiveError, match="is locked by another process for over 1 s"):
        archive.index.writing().__enter__()
    archive.close()


def test_a_reader_changes_nothing_and_sees_one_state(address: str, tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    composed.run_night(archive, 0)
    with archive.index.reading() as queries:
        before = len(queries.events.find())
        with archive.index.writing() as transaction:
            transaction.drop_events(FIRST, "da_nang")
        assert len(queries.events.find()) == before
        with pytest.raises(ArchiveError, match="read-only"), archive.index.reading() as reader:
            reader.listings.recompute_pending("da_nang", ["k"])
    archive.close()


@pytest.mark.parametrize(
    ("state", "kind", "said"),
    [
        ("40P01", ArchiveError, "the batch was rolled back: run the night again: nothing kept is lost"),
        ("40001", ArchiveError, "the batch was rolled back: run the night again: nothing kept is lost"),
        ("53100", DiskFull, "free space on the server"),
        ("25006", DiskFull, "name the primary server"),
        ("53300", ArchiveUnusable, "cannot be reached"),
        ("42501", ArchiveUnusable, "GRANT CREATE ON DATABASE"),
        ("42P01", ArchiveError, "`python -m archive rebuild`"),
        ("XX001", ArchiveError, "`python -m archive rebuild`"),
    ],
)
def test_what_the_server_refuses_is_one_line(
    address: str, tmp_path: Path, state: str, kind: type[ArchiveError], said: str
) -> None:
    archive = make(tmp_path / "a")
    raised = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = E'two\\nlines {PASSWORD}'; END $$"
    with pytest.raises(ArchiveError) as caught, archive.index.writing() as transaction:
        transaction.connection.exec_driver_sql(raised)
    archive.close()
    assert type(caught.value) is kind
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


def test_a_value_that_no_text_can_hold_is_one_line(address: str, tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    with (
        pytest.raises(ArchiveError, match="the batch was rolled back") as caught,
        archive.index.writing() as transaction,
    ):
        transaction.connection.execute(text("SELECT CAST(:x AS TEXT)"), {"x": "a\0b"})
    archive.close()
    assert "NUL" in str(caught.value)


def test_a_wrong_password_is_not_said(postgresql: PostgresServer) -> None:
    database = database_of(Paths(Path("x")), str(UUID(int=1)), postgresql.url("postgres", password="sai-rồi"))
    with pytest.raises(ArchiveUnusable, match="cannot be reached") as caught:
        database.exists()
    assert "sai-rồi" not in str(caught.value)
    assert "password authentication failed" in str(caught.value)
    assert "sai-rồi" not in database.name + database.label + repr(database)


def test_a_database_that_cannot_hold_every_letter_is_refused(
    postgresql: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, postgresql.database("ENCODING 'LATIN1' LOCALE 'C'"))
    with pytest.raises(ArchiveUnusable, match="has the encoding LATIN1; make a database with ENCODING 'UTF8'"):
        make(tmp_path / "a")


def test_a_role_without_the_right_to_make_a_schema_is_answered_with_what_it_lacks(
    address: str, postgresql: PostgresServer
) -> None:
    name = address.rpartition("/")[2]
    postgresql.run(f"CREATE ROLE poor_{name} LOGIN PASSWORD 'x'")
    database = database_of(Paths(Path("x")), str(UUID(int=1)), postgresql.url(name, user=f"poor_{name}", password="x"))
    with pytest.raises(ArchiveUnusable, match=f"GRANT CREATE ON DATABASE {name} TO poor_{name}"):
        Index.create(database)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("mysql://root:bí-mật@host/db", "names mysql database"),
        ("bí-mật", "names no database"),
        ("postgresql://u:bí-mật@host:port/db", "is no address of a database"),
        ("postgresql://u:bí@mật@host/db", "write an @ of the password as %40"),
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(named: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        database_of(Paths(Path("var/archive")), str(UUID(int=1)), named)
    assert "mật" not in str(caught.value)


def test_the_socket_of_a_server_is_an_address(postgresql: PostgresServer) -> None:
    named = f"postgresql://luu_tru@/postgres?host={postgresql.folder}&port={postgresql.port}"
    database = database_of(Paths(Path("x")), str(UUID(int=1)), named)
    assert not database.exists()
    assert str(postgresql.folder) in database.name


def test_words_are_compared_by_bytes_whatever_the_database_sorts_by(address: str) -> None:
    database = database_of(Paths(Path("x")), str(UUID(int=1)))
    assert isinstance(database, PostgresqlSchema)
    index = Index.create(database)
    with index.reading() as queries:
        default = queries.connection.execute(select(literal("Zalo") < literal("an"))).scalar()
    index.close()
    assert default is False, "this server's default order is that of the bytes: the test proves nothing"
    assert replace(database, archive="other").schema != database.schema


def test_nights_of_the_scheduler_and_what_people_ask_are_the_same_as_in_sqlite(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = new_archive(tmp_path / "a")
    settings = tmp_path / "nights.toml"
    settings.write_text('logs = "log"\nreports = "reports"\nmin_free = "1 MB"\n', encoding="utf-8")
    for day in (0, 1):
        asked = ["--once", "--night", (FIRST_NIGHT + timedelta(days=day)).isoformat(), "--portal", "da_nang"]
        start = [sys.executable, "scheduler.py", *asked, "--archive", str(root), "--settings", str(settings)]
        done = subprocess.run(start, cwd=ROOT, env=environment(REPLICA="1"), capture_output=True, text=True)
        assert done.returncode in (0, 1), done.stderr
    assert not (root / "index.db").exists()

    def printed(*command: str) -> str:
        assert main([*command, "--archive", str(root)]) == ExitCode.GOOD
        return capsys.readouterr().out

    revised = next(
        line["id"] for line in map(json.loads, printed("list", "--json").splitlines()) if line["revision_of"]
    )
    questions = [
        ["list", "--json"],
        ["list", "--province", "da nang", "--one-per-cluster"],
        ["diff", revised],
        ["diff", revised, "--json"],
        ["show", revised],
        ["coverage", "--csv"],
    ]
    there = [printed(*question) for question in questions]
    printed("verify")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(VARIABLE)
        printed("rebuild")
        here = [printed(*question) for question in questions]
    assert (root / "index.db").exists()
    assert there == here
    assert all(there)

"""A process that was paused and taken over writes nothing when it wakes up: fences, locks and who may end whom."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from archive.errors import ArchiveUnusable, StaleClaim
from archive.ingest.placement import LockHolder, hold
from archive.leases.fencing import highest_fence
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.storage.paths import Paths
from crawler.nights.runner import LEASE
from testing.archives import FIRST, RELEASE, SHORT, at, finish, judge, keep, make
from testing.staged_nights import NIGHT, START


def test_a_group_that_was_queued_under_an_old_fence_is_not_kept(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    archive.raise_fence("da_nang", FIRST, 1)
    night = archive.start("da_nang", FIRST, at(FIRST), judge, 1)
    keep(night, RELEASE, at(FIRST))
    night.commit()
    keep(night, SHORT, at(FIRST))
    archive.raise_fence("da_nang", FIRST, 2)
    before = {path.name: path.read_bytes() for path in night.folder.iterdir()}
    with pytest.raises(StaleClaim):
        night.commit()
    with pytest.raises(StaleClaim):
        keep(night, SHORT, at(FIRST))
    assert {path.name: path.read_bytes() for path in night.folder.iterdir()} == before
    night.abandon()
    again = archive.start("da_nang", FIRST, at(FIRST), judge, 2)
    keep(again, SHORT, at(FIRST))
    assert finish(again, at(FIRST)).events == {"new": 2}


def test_the_fence_is_compared_inside_the_transaction_of_the_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = make(tmp_path / "a")
    archive.raise_fence("da_nang", FIRST, 1)
    night = archive.start("da_nang", FIRST, at(FIRST), judge, 1)
    keep(night, RELEASE, at(FIRST))
    syncing = night._warc.sync

    def paused() -> None:
        syncing()
        archive.raise_fence("da_nang", FIRST, 2)  # behind the first look at the fence, before the transaction

    monkeypatch.setattr(night._warc, "sync", paused)
    with pytest.raises(StaleClaim, match="taken over under fence 2"):
        night.commit()
    assert not (night.folder / "pages.jsonl").exists()
    night.abandon()


@pytest.mark.parametrize(
    ("stands", "message"),
    [
        pytest.param(None, "has ended and this process holds fence 3", id="none: the night was sealed"),
        pytest.param(2, "was taken over under fence 2", id="a lower one"),
        pytest.param(4, "was taken over under fence 4", id="a higher one"),
    ],
)
def test_no_other_fence_than_the_one_in_force_opens_a_run(tmp_path: Path, stands: int | None, message: str) -> None:
    archive = make(tmp_path / "a")
    if stands is not None:
        archive.raise_fence("da_nang", FIRST, stands)
    with pytest.raises(StaleClaim, match=message):
        archive.start("da_nang", FIRST, at(FIRST), judge, 3)
    assert archive.open_runs(FIRST) == []


def test_a_fence_never_falls_and_goes_with_the_seal(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    archive.raise_fence("da_nang", FIRST, 3)
    with pytest.raises(StaleClaim):
        archive.raise_fence("da_nang", FIRST, 2)
    finish(archive.start("da_nang", FIRST, at(FIRST), judge, 3), at(FIRST))
    assert highest_fence(archive.paths.open) == 3
    archive.seal(FIRST, {})
    assert highest_fence(archive.paths.open) == 0
    assert not archive.paths.open_night(FIRST).exists()


def test_an_archive_whose_disk_is_gone_is_not_begun_anew(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = archive.start("da_nang", FIRST, at(FIRST), judge)
    keep(night, RELEASE, at(FIRST))
    (tmp_path / "a").rename(tmp_path / "elsewhere")
    (tmp_path / "a").mkdir()  # the empty mount point
    with pytest.raises(ArchiveUnusable, match="is gone: mount its disk"):
        night.commit()
    assert list((tmp_path / "a").iterdir()) == []
    night.abandon()


def test_a_ledger_of_the_first_format_is_carried_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger(path):
        pass
    with closing(sqlite3.connect(path)) as old, old:
        old.execute("ALTER TABLE nights DROP COLUMN unanswered")
        old.execute("ALTER TABLE nights DROP COLUMN beat")
        old.execute("DROP TABLE fences")
        old.execute(
            "INSERT INTO nights (portal, night, state, due_at, fence) VALUES ('a', '2026-03-01', 'done', '', 17)"
        )
        old.execute("UPDATE nights SET due_at = '2026-03-01T00:00:00+00:00'")
        old.execute("PRAGMA user_version=1")
    with Ledger(path) as ledger:
        ledger.plan(NIGHT, ["a"], START)
        claim = ledger.claim("a", NIGHT, Owner.current(), START, LEASE)
        assert claim is not None
        assert (claim.fence, claim.unanswered) == (18, 0)


def test_a_lock_file_that_was_removed_lets_no_two_processes_in(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    first = hold(paths, LockHolder.here("a", NIGHT, 1))
    paths.lock("a").unlink()
    second = hold(paths, LockHolder.here("a", NIGHT, 2))  # which is why the fence is there as well
    assert os.fstat(first.fileno()).st_ino != os.fstat(second.fileno()).st_ino
    first.close()
    second.close()

"""Search at once what the scheduler sealed; hold up no night where search cannot be filled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from archive.audit.seals import Expectations
from archive.audit.verify import verify
from archive.errors import RunBusy
from archive.leases.ledger import Ledger
from archive.leases.process_id import Owner
from archive.leases.states import AttemptResult, LeaseState
from archive.model.enums import ArchiveKind
from archive.sealing.opentimestamps import read_block_header
from archive.sealing.timestamps import load_authorities, stamped_at
from archive.search.engine import SearchIndex
from archive.search.indexer import catch_up, find_backlog, search_lock
from archive.search.query import parse
from archive.search.results import search
from archive.store import Archive
from crawler.catalog.portals import PortalInfo
from crawler.config.settings_file import NightSettings
from crawler.nights.runner import LEASE
from crawler.nights.schedule import Schedule
from crawler.portal import Sure
from testing.archives import FIRST, make
from testing.calendar_server import Calendar
from testing.search_archive import NIGHTS, PROVINCES, keys, run
from testing.timestamp_authority import TimestampAuthority
from vietnam.date_forms import TZ

SETTINGS = NightSettings()


def sealed_by_the_schedule(archive: Archive, root: Path, number: int) -> list[str]:
    """Run a composed night as the scheduler does; returns its trouble."""
    night = FIRST + timedelta(days=number)
    now = datetime(night.year, night.month, night.day, 1, tzinfo=TZ)
    portals = {
        name: PortalInfo(name, name, frozenset({f"{name}.vn"}), Sure.RECORDED, PROVINCES[name])
        for name in NIGHTS[number]
    }
    with Ledger(root / "ledger.db") as ledger:
        schedule = Schedule(archive, ledger, SETTINGS, portals)
        schedule.plan(night, now)
        claims = [ledger.claim(name, night, Owner.current(), now, LEASE) for name in portals]
        run(archive, number)
        for claim in claims:
            assert claim is not None
            ledger.finish(claim, now, AttemptResult(LeaseState.DONE, run=claim.portal))
        assert len(schedule.seal(night)) == 1
        return schedule.trouble


def test_a_seal_of_the_scheduler_fills_in_the_words(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    with archive, SearchIndex.of(archive) as words:
        for number in (0, 1):
            assert sealed_by_the_schedule(archive, tmp_path / "a", number) == []
            assert find_backlog(archive, words).seals == ()
        assert keys(search(archive, words, parse("nghi quyet 36"))) == ["quang_tri/nghi-quyet"]


def test_a_search_that_cannot_be_filled_holds_up_no_night(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    with archive, SearchIndex.of(archive) as words:
        archive.paths.search.mkdir()
        (trouble,) = sealed_by_the_schedule(archive, tmp_path / "a", 0)
        assert trouble.startswith("the texts of the last night cannot be searched yet: ")
        archive.paths.search.rmdir()
        assert sealed_by_the_schedule(archive, tmp_path / "a", 1) == []
        assert find_backlog(archive, words).seals == ()
        assert catch_up(archive, words) == 0
        assert keys(search(archive, words, parse("nghi quyet 36"))) == ["quang_tri/nghi-quyet"]


def test_every_live_seal_of_the_scheduler_gets_a_timestamp_and_none_is_held_up_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = TimestampAuthority(tmp_path / "tsa")
    archive = make(tmp_path / "a")
    with archive, authority.serve() as url:
        monkeypatch.setattr("tests.e2e.test_search_nights.SETTINGS", NightSettings(timestamp_url=url))
        assert sealed_by_the_schedule(archive, tmp_path / "a", 0) == []
        assert not list((tmp_path / "a").rglob("*.tsr"))  # a rehearsal
        monkeypatch.setattr(Schedule, "kind", ArchiveKind.LIVE)
        assert sealed_by_the_schedule(archive, tmp_path / "a", 1) == []
        [stamp] = (tmp_path / "a").rglob("*.tsr")
        seal = archive.last_seal()
        assert seal is not None
        assert stamped_at(stamp.read_bytes(), seal.head, load_authorities(authority.root))
    with archive:
        (trouble,) = sealed_by_the_schedule(archive, tmp_path / "a", 2)
        assert trouble.startswith("the seal of 2025-03-05 has no timestamp: the timestamp authority")
        assert verify(archive.identity, archive.paths).findings == []


def test_every_live_seal_of_the_scheduler_gets_a_receipt_which_the_next_one_completes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calendar, archive = Calendar(), make(tmp_path / "a")
    monkeypatch.setattr(Schedule, "kind", ArchiveKind.LIVE)
    with archive, calendar.serve() as url:
        monkeypatch.setattr("tests.e2e.test_search_nights.SETTINGS", NightSettings(calendars=(url,)))
        assert sealed_by_the_schedule(archive, tmp_path / "a", 0) == []
        header = calendar.confirm(840_000, 1_760_000_000)
        assert sealed_by_the_schedule(archive, tmp_path / "a", 1) == []
        expected = Expectations(blocks={840_000: read_block_header(header)})
        notes = [str(note) for note in verify(archive.identity, archive.paths, expected=expected).notes]
        assert any("every seal up to 2025-03-03 number 1 was there on 2025-10-09" in note for note in notes)
        assert any("1 of 2 seals have a receipt that calendars have only promised" in note for note in notes)
    with archive:
        (tmp_path / "a/2025/03/03/manifest-1.ots").write_bytes(b"none")
        lost, damaged = sealed_by_the_schedule(archive, tmp_path / "a", 2)
        assert lost.startswith("the seal of 2025-03-05 has no receipt: the calendar")
        assert damaged.startswith("a receipt of 2025-03-03 cannot be completed: ")
        assert [finding.code for finding in verify(archive.identity, archive.paths).findings] == ["RECEIPT"]


def test_many_that_find_the_words_missing_at_once_fill_them_in_once(tmp_path: Path) -> None:
    root = tmp_path / "a"
    with make(root) as archive:
        for number in (0, 1):
            run(archive, number)
            archive.seal(FIRST + timedelta(days=number), {})
    for _ in range(8):
        (root / "search.db").unlink(missing_ok=True)
        at_once = Barrier(4)

        def fill(start: Barrier = at_once) -> list[str]:
            with Archive.open(root, read_only=True) as opened, SearchIndex.of(opened) as words:
                start.wait()
                catch_up(opened, words)
                return keys(search(opened, words, parse("nghi quyet 36")))

        with ThreadPoolExecutor(4) as workers:
            found = [worker.result() for worker in [workers.submit(fill) for _ in range(4)]]
        assert found == [["quang_tri/nghi-quyet"]] * 4
    with Archive.open(root, read_only=True) as opened:
        assert verify(opened.identity, opened.paths).findings == []


def test_a_turn_that_another_keeps_is_given_up_in_time(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    with archive, SearchIndex.of(archive) as words:
        with search_lock(archive.paths), pytest.raises(RunBusy, match="another process is filling"):
            with search_lock(archive.paths, patience=0.2):
                pass
        assert catch_up(archive, words) == 0

"""What the scheduler seals can be searched at once, and a search that cannot be filled holds up no night."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from archive.hits import search
from archive.ledger import Ending, Ledger, State
from archive.owner import Owner
from archive.search import parse
from archive.search_fill import behind, catch_up
from archive.search_index import SearchIndex
from archive.store import Archive
from crawler.nightsettings import NightSettings
from crawler.portal import Sure
from crawler.portals import Portal
from crawler.running import LEASE
from crawler.schedule import Schedule
from tests.composed_archive import FIRST, make
from tests.composed_texts import NIGHTS, PROVINCES, run
from tests.finding import keys
from vietnam.dates import TZ


def sealed_by_the_schedule(archive: Archive, root: Path, number: int) -> list[str]:
    """Run a composed night as the scheduler does; returns its trouble."""
    night = FIRST + timedelta(days=number)
    now = datetime(night.year, night.month, night.day, 1, tzinfo=TZ)
    portals = {
        name: Portal(name, name, frozenset({f"{name}.vn"}), Sure.RECORDED, PROVINCES[name]) for name in NIGHTS[number]
    }
    with Ledger(root / "ledger.db") as ledger:
        schedule = Schedule(archive, ledger, NightSettings(), portals)
        schedule.plan(night, now)
        claims = [ledger.claim(name, night, Owner.here(), now, LEASE) for name in portals]
        run(archive, number)
        for claim in claims:
            assert claim is not None
            ledger.finish(claim, now, Ending(State.DONE, run=claim.portal))
        assert len(schedule.seal(night)) == 1
        return schedule.trouble


def test_a_seal_of_the_scheduler_fills_in_the_words(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    with archive, SearchIndex.of(archive) as words:
        for number in (0, 1):
            assert sealed_by_the_schedule(archive, tmp_path / "a", number) == []
            assert behind(archive, words).seals == ()
        assert keys(search(archive, words, parse("nghi quyet 36"))) == ["quang_tri/nghi-quyet"]


def test_a_search_that_cannot_be_filled_holds_up_no_night(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    with archive, SearchIndex.of(archive) as words:
        archive.paths.search.mkdir()
        (trouble,) = sealed_by_the_schedule(archive, tmp_path / "a", 0)
        assert trouble.startswith("the texts of the last night cannot be searched yet: ")
        archive.paths.search.rmdir()
        assert sealed_by_the_schedule(archive, tmp_path / "a", 1) == []
        assert behind(archive, words).seals == ()
        assert catch_up(archive, words) == 0
        assert keys(search(archive, words, parse("nghi quyet 36"))) == ["quang_tri/nghi-quyet"]

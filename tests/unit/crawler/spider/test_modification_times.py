"""A source's modification times leave out a recheck only after they were found honest, and only where nothing speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from archive.index.rows import Recheck
from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome
from archive.model.records import Modification, Reading
from archive.store import Archive
from crawler.listings.listing import Entry
from crawler.spider.modification_times import ModificationTimes
from crawler.spider.stop_rule import is_sampled_recheck
from pipelines.dedup import judge
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make
from vietnam.dates import Moment

PORTAL, SOURCE = "da_nang", "https://danang.gov.vn/feed"
KEYS = ("a", "b", "c", "d")


def stated(day: int, source: str = SOURCE) -> Modification:
    return Modification(source, Moment(FIRST + timedelta(days=day), time(8)).isoformat())


def due(key: str, outcome: Outcome = Outcome.ARTICLE) -> Recheck:
    return Recheck("tin", key, f"https://danang.gov.vn.replica.test/{key}", outcome, None, None)


class Nights:
    """The nights of one portal, each article with its text and what the feed states of it."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.number = archive, 0

    def run(self, **articles: tuple[str, Modification | None]) -> None:
        night = FIRST + timedelta(days=self.number)
        writer = self.archive.start(PORTAL, night, at(night), judge)
        for key, (text, modified) in articles.items():
            reading = Reading(at(night), b"r", b"w", modified=modified)
            keep(writer, ComposedArticle(key, f"Tin {key}", (text * 50,)), at(night), reading=reading)
        finish(writer, at(night))
        self.number += 1

    def needless(
        self, modified: Modification, keys: Sequence[str] = KEYS, outcome: Outcome = Outcome.ARTICLE
    ) -> set[str]:
        night = FIRST + timedelta(days=self.number)
        writer: RunWriter = self.archive.start(PORTAL, night, at(night), judge)
        times = ModificationTimes(writer.lookups)
        moment = datetime.fromisoformat(modified.at)
        told = Moment(moment.date(), moment.time() if "T" in modified.at else None)
        times.note(modified.source, [Entry("https://x", key, modified=told) for key in keys])
        found = times.needless([due(key, outcome) for key in keys])
        writer.abandon()
        return found


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Nights]:
    with make(tmp_path / "archive") as archive:
        yield Nights(archive)


def honest(nights: Nights) -> None:
    """Three articles change with their times; the fourth keeps both."""
    nights.run(**{key: (f"Tin {key}. ", stated(-1)) for key in KEYS})
    nights.run(**{key: (f"Tin mới {key}. ", stated(0)) for key in KEYS[:3]})


def test_a_source_whose_times_moved_with_three_changes_decides(nights: Nights) -> None:
    honest(nights)
    assert nights.needless(stated(-1)) == {"d"}
    assert nights.needless(stated(0)) == {"a", "b", "c"}
    assert nights.needless(stated(1)) == set()  # newer than what was read
    assert nights.needless(stated(-2)) == set()  # older: it is not what was stated then


def test_a_time_that_never_moved_or_moves_every_night_decides_nothing(nights: Nights) -> None:
    nights.run(**{key: (f"Tin {key}. ", stated(-1)) for key in KEYS})
    for number in range(3):
        nights.run(**{key: (f"Tin {key}. ", stated(number)) for key in KEYS})
    assert nights.needless(stated(2)) == set()


def test_one_change_at_which_a_time_stood_still_ends_the_belief(nights: Nights) -> None:
    honest(nights)
    nights.run(d=("Tin khác hẳn. ", stated(-1)))
    assert nights.needless(stated(0)) == nights.needless(stated(-1)) == set()
    nights.run(d=("Tin khác hẳn. ", None))
    assert nights.needless(stated(0)) == set()  # a reading without a time forgets nothing


def test_another_source_is_not_believed_for_it(nights: Nights) -> None:
    honest(nights)
    assert nights.needless(stated(-1, "tin-tuc")) == set()


def test_what_vanished_is_asked_for(nights: Nights) -> None:
    honest(nights)
    assert nights.needless(stated(-1), outcome=Outcome.GONE) == set()


def test_a_day_that_was_not_over_at_the_reading_may_have_had_a_further_change(nights: Nights) -> None:
    day = Modification(SOURCE, FIRST.isoformat())
    nights.run(**{key: (f"Tin {key}. ", stated(-1)) for key in KEYS[:3]}, d=("Tin d. ", day))
    nights.run(**{key: (f"Tin mới {key}. ", stated(0)) for key in KEYS[:3]})
    assert nights.needless(day, ["d"]) == set()
    nights.run(d=("Tin d. ", day))
    assert nights.needless(day, ["d"]) == {"d"}


def test_one_look_in_twenty_is_made_all_the_same() -> None:
    sampled = [is_sampled_recheck(f"bai-{number}", date(2026, 11, 22)) for number in range(4000)]
    assert 120 < sum(sampled) < 280
    other = [is_sampled_recheck(f"bai-{number}", date(2026, 11, 23)) for number in range(4000)]
    assert sampled != other

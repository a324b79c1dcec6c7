"""The end of a walk, as pure logic, interrupted walks included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model.enums import WalkEnd
from archive.model.records import ListEntry
from crawler.spider.stop_rule import LATER_PAGES, UNDATED_PAGES, SectionProgress, first_walk_since, next_recheck

NIGHT = date(2025, 3, 5)
SINCE = date(2025, 2, 3)


def listed(*keys: str, day: date | None = None) -> list[ListEntry]:
    return [ListEntry(key, f"https://a.replica.test/{key}", day=day) for key in keys]


def later() -> SectionProgress:
    return SectionProgress(first=False, since=SINCE)


def first() -> SectionProgress:
    return SectionProgress(first=True, since=SINCE)


def test_a_page_wholly_known_before_the_last_complete_walk_ends_the_walk() -> None:
    walk = later()
    assert walk.page(listed("c", "b"), True, {"b"}) is None
    assert walk.page(listed("b", "a"), True, {"a", "b"}) is WalkEnd.KNOWN


def test_one_new_entry_among_known_ones_keeps_the_walk_going() -> None:
    assert later().page(listed("pinned", "new", "a"), True, {"pinned", "a"}) is None


def test_a_first_walk_does_not_stop_at_known_entries() -> None:
    assert first().page(listed("b", "a", day=NIGHT), True, {"a", "b"}) is None


@pytest.mark.parametrize("walk", [first(), later()], ids=["first walk", "later walk"])
def test_a_second_page_that_is_the_first_again_leaves_the_walk_incomplete(walk: SectionProgress) -> None:
    assert walk.page(listed("b", "a", day=NIGHT), True, set()) is None
    end = walk.page(listed("a", "b", day=NIGHT), True, set())
    assert end is WalkEnd.FIRST_AGAIN
    assert not end.complete


def test_the_first_page_again_is_recognised_while_the_portal_publishes() -> None:
    walk = later()
    assert walk.page(listed("d", "c", "b", "a"), True, set()) is None
    assert walk.page(listed("e", "d", "c", "b"), True, set()) is None  # `e` came in between
    assert walk.page(listed("e", "d", "c", "b"), True, set()) is WalkEnd.FIRST_AGAIN


@pytest.mark.parametrize("behind", [("d", "c"), ("b", "a"), ()], ids=["the last page", "the first page", "nothing"])
def test_a_list_that_moved_on_ends_with_whatever_stands_behind_its_end(behind: tuple[str, ...]) -> None:
    walk = later()
    assert walk.page(listed("b", "a", day=NIGHT), True, set()) is None
    assert walk.page(listed("d", "c", day=NIGHT), True, set()) is None
    assert walk.page(listed(*behind, day=NIGHT), True, set()) is WalkEnd.REPEATED


def test_what_was_pushed_down_to_page_two_is_its_end() -> None:
    walk = later()
    assert walk.page(listed("d", "c", "b", "a"), True, set()) is None
    assert walk.page(listed("a"), True, set()) is WalkEnd.REPEATED


def test_a_larger_second_page_that_begins_with_the_first_goes_on() -> None:
    walk = later()
    assert walk.page(listed("d", "c"), True, set()) is None
    assert walk.page(listed("d", "c", "b", "a", "z"), True, set()) is None
    assert walk.page(listed("d", "c", "b", "a", "z"), True, set()) is WalkEnd.REPEATED


@pytest.mark.parametrize("walk", [first(), later()], ids=["first walk", "later walk"])
def test_a_first_page_without_entries_is_an_alarm(walk: SectionProgress) -> None:
    end = walk.page([], True, set())
    assert end is WalkEnd.EMPTY
    assert not end.complete


def test_a_later_page_without_entries_is_the_end_of_the_list() -> None:
    walk = later()
    walk.page(listed("a"), True, set())
    assert walk.page([], True, set()) is WalkEnd.REPEATED


def test_no_next_page_ends_the_walk() -> None:
    assert later().page(listed("a"), False, set()) is WalkEnd.LAST_PAGE


def test_a_first_walk_ends_when_every_dated_entry_is_older_than_its_look_back() -> None:
    walk = first()
    assert walk.page([*listed("b", day=SINCE), *listed("a", day=SINCE - timedelta(days=1))], True, set()) is None
    assert walk.page(listed("c", day=SINCE - timedelta(days=1)), True, set()) is WalkEnd.SINCE


def test_a_later_walk_over_pages_that_no_walk_reached_goes_back_as_far_as_a_first_one() -> None:
    """Nights that took page 1 for the whole list leave everything behind it unknown."""
    walk, old = later(), SINCE - timedelta(days=1)
    ends = [walk.page(listed(str(number), day=old), True, set()) for number in range(UNDATED_PAGES)]
    assert ends == [None] * (UNDATED_PAGES - 1) + [WalkEnd.SINCE]
    wanted = later()
    assert {wanted.page(listed(str(number), day=SINCE), True, set()) for number in range(UNDATED_PAGES + 5)} == {None}


def test_undated_entries_do_not_hold_a_dated_page_back() -> None:
    assert first().page([*listed("a"), *listed("b", day=date(2020, 1, 1))], True, set()) is WalkEnd.SINCE


def test_a_first_walk_over_an_undated_list_looks_back_ten_pages() -> None:
    walk = first()
    ends = [walk.page(listed(str(number)), True, set()) for number in range(UNDATED_PAGES)]
    assert ends == [None] * (UNDATED_PAGES - 1) + [WalkEnd.SINCE]


def test_a_first_walk_that_met_a_day_is_not_bounded_by_ten_pages() -> None:
    walk = first()
    walk.page(listed("first", day=NIGHT), True, set())
    assert all(walk.page(listed(str(number)), True, set()) is None for number in range(UNDATED_PAGES + 5))


def test_an_endless_list_ends_at_the_bound_and_is_not_complete() -> None:
    walk = later()
    ends = [walk.page(listed(str(number)), True, set()) for number in range(LATER_PAGES)]
    assert ends[-1] is WalkEnd.PAGE_LIMIT
    assert ends[:-1] == [None] * (LATER_PAGES - 1)
    assert not WalkEnd.PAGE_LIMIT.complete


def test_a_failed_page_leaves_the_walk_incomplete() -> None:
    walk = later()
    walk.page(listed("a"), True, set())
    assert walk.fail() is WalkEnd.FAILED
    assert not WalkEnd.FAILED.complete


def test_sitemaps_are_read_one_after_another_and_an_empty_one_is_no_alarm() -> None:
    walk = later()
    assert walk.document([], True) is None
    assert walk.document(listed("a"), True) is None
    assert walk.document([], False) is WalkEnd.LAST_PAGE


def test_a_feed_without_entries_is_an_alarm() -> None:
    assert later().document([], False) is WalkEnd.EMPTY


def test_the_look_back_is_thirty_days_or_as_given() -> None:
    assert first_walk_since(NIGHT, 30, None) == SINCE
    assert first_walk_since(NIGHT, 30, date(2024, 1, 1)) == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        (NIGHT, NIGHT + timedelta(days=1)),
        (NIGHT - timedelta(days=1), NIGHT + timedelta(days=1)),
        (NIGHT - timedelta(days=2), NIGHT + timedelta(days=2)),
        (NIGHT - timedelta(days=29), NIGHT + timedelta(days=1)),
        (NIGHT - timedelta(days=30), None),
    ],
    ids=["tonight", "yesterday", "two days ago", "the day before the last look", "after the last look"],
)
def test_the_next_look_follows_the_schedule_from_the_first_night(kept: date, expected: date | None) -> None:
    assert next_recheck(kept, NIGHT, (1, 2, 4, 7, 14, 30)) == expected


@dataclass
class Site:
    """A list that grows at its head, with what every walk of it has shown."""

    size: int = 5
    articles: list[str] = field(default_factory=list)
    shown: list[tuple[str, int]] = field(default_factory=list)
    complete_at: int | None = None
    clock: int = 0

    def publish(self, count: int) -> None:
        self.articles[:0] = [f"n{len(self.articles) + number}" for number in range(count)]

    def walk(self, interrupted_after: int | None = None) -> None:
        """One night's walk; interrupted means that the process died after so many pages."""
        progress = SectionProgress(first=self.complete_at is None, since=SINCE)
        for number in range(len(self.articles) // self.size + 1):
            if interrupted_after is not None and number >= interrupted_after:
                return
            page = self.articles[number * self.size : (number + 1) * self.size]
            more = (number + 1) * self.size < len(self.articles)
            end = progress.page(listed(*page, day=NIGHT), more, self._known(page))
            self.clock += 1
            self.shown += [(key, self.clock) for key in page]
            if end is not None:
                if end.complete:
                    self.complete_at = self.clock
                return

    def _known(self, page: Sequence[str]) -> set[str]:
        mark = self.complete_at
        return set() if mark is None else {key for key, at in self.shown if key in page and at <= mark}


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.integers(0, 23), st.one_of(st.none(), st.integers(0, 4))),
        min_size=1,
        max_size=12,
    )
)
def test_interrupted_walks_lose_no_article(nights: list[tuple[int, int | None]]) -> None:
    """Whatever was published and however often the walk died: after the next whole walk everything was listed."""
    site = Site()
    site.publish(7)
    for published, interrupted in nights:
        site.publish(published)
        site.walk(interrupted)
    site.walk()
    assert {key for key, _ in site.shown} == set(site.articles)


def test_a_walk_on_a_quiet_night_reads_one_page() -> None:
    site = Site()
    site.publish(23)
    site.walk()
    before = site.clock
    site.walk()
    assert site.clock - before == 1

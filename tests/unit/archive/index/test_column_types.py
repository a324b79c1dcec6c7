"""Places, moments and digests take fewer bytes than their text and come back as they were written, in the same order."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.dialects import sqlite

from archive.index.column_types import IsoMoment, Place, Sha256, line_at, place, place_number, run_places

DIALECT = sqlite.dialect()
NIGHTS = st.dates(date(1990, 1, 1), date(2200, 1, 1))
PLACES = st.builds(
    lambda night, ordinal, line: place(night, "p" if ordinal == 1 else f"p.{ordinal}", line),
    NIGHTS,
    st.integers(1, 999),
    st.integers(0, 2**22 - 1),
)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(st.lists(PLACES, max_size=20))
def test_places_keep_their_order(places: list[str]) -> None:
    numbers = [place_number(each) for each in places]
    assert [Place().process_result_value(number, DIALECT) for number in numbers] == places
    assert sorted(places) == [places[numbers.index(number)] for number in sorted(numbers)]


@given(PLACES)
def test_a_beginning_of_a_place_stands_before_or_after_its_places(at: str) -> None:
    night, number = at[:10], place_number(at)
    assert place_number("") < place_number(night) <= number < place_number(f"{night}~") < place_number("~")
    later = (date.fromisoformat(night) + timedelta(days=1)).isoformat()
    assert place_number(f"{night}~") == place_number(later)
    _, run, line = line_at("p", at)
    assert place(night, run, line) == at
    first, last = run_places(night, run)
    assert first <= at <= last


@pytest.mark.parametrize("at", ["9", "2025-02-30", "2025-03-03/001", "2025-03-03/1024/0", "2025-03-03/001/4194304"])
def test_what_is_no_place_is_refused(at: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        place_number(at)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2112, 1, 1)), ZONES)
def test_moments_come_back(moment: datetime, zone: timezone) -> None:
    written = moment.replace(tzinfo=zone).isoformat()
    number = IsoMoment().process_bind_param(written, DIALECT)
    assert IsoMoment().process_result_value(number, DIALECT) == written


@pytest.mark.parametrize(
    "moment", ["2199-03-05T23:59:59+07:00", "9999-12-31T00:00:00+00:00", "0001-01-02T00:00:00+00:00"]
)
def test_a_moment_without_room_is_still_a_number_of_the_database(moment: str) -> None:
    number = IsoMoment().process_bind_param(moment, DIALECT)
    assert number is not None
    assert -(1 << 63) <= number < 1 << 63
    assert IsoMoment().process_result_value(number, DIALECT) is not None


@given(st.one_of(HEX, st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=70)))
def test_digests_come_back(digest: str) -> None:
    held = Sha256().process_bind_param(digest, DIALECT)
    assert held is not None
    assert Sha256().process_result_value(held, DIALECT) == digest
    assert (len(held) == 32) == (len(digest) == 64 and set(digest) <= set("0123456789abcdef"))


def test_a_damaged_row_is_read() -> None:
    table = Table("t", MetaData(), Column("at", Place()), Column("moment", IsoMoment()), Column("digest", Sha256()))
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(insert(table).values(at=None, moment=None, digest=None))
        connection.execute(text("INSERT INTO t VALUES ('x', 'y', 'z'), (4611686018427387904, 0, 5)"))
        rows = [tuple(row) for row in connection.execute(select(table))]
    assert rows == [(None, None, None), ("x", "y", "z"), ("4611686018427387904", "0", "5")]
    engine.dispose()

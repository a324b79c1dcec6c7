"""Records of JSON become entries, with the time at which they say that they were changed."""

from __future__ import annotations

from datetime import date, time

import pytest

from crawler.listings.json_api import entry_of, modified_of
from crawler.listings.load_more import read_piece
from vietnam.dates import Moment

URL = "https://congan.hanoi.gov.vn/tin-tuc/mua-lon-7.html"
AT = Moment(date(2026, 1, 19), time(8, 50, 12))


class _Portal:
    @classmethod
    def entry_key(cls, url: str) -> str | None:
        return url.rpartition("-")[2] if "/tin-tuc/" in url else None


@pytest.mark.parametrize(
    "record",
    [
        {"Modified": "2026-01-19T01:50:12Z"},
        {"modifiedDate": 1768787412000},
        {"updated_at": "2026-01-19 08:50:12"},
        {"LastUpdate": "1768787412", "Created": "2026-01-01T08:00:00"},
        {"modified_gmt": "2026-01-19T01:50:12", "modified": "2026-01-19T08:50:12"},
        {"modified": {"by": "quantri"}, "NgayCapNhat": "2026-01-19T08:50:12"},
    ],
    ids=lambda record: next(iter(record)),
)
def test_a_record_states_its_change_under_the_names_of_the_usual_systems(record: dict[str, object]) -> None:
    assert modified_of(record) == AT


@pytest.mark.parametrize(
    "record",
    [{}, {"modified": True}, {"updated": "3"}, {"Created": "2026-01-19T08:50:12"}, {"modifiedBy": "2026-01-19"}],
)
def test_what_is_no_time_of_a_change_states_none(record: dict[str, object]) -> None:
    assert modified_of(record) is None


def test_an_entry_has_the_day_and_the_change_of_its_record() -> None:
    record: dict[str, object] = {
        "Name": " Mưa  lớn ",
        "PublishTime": "2026-01-18T07:00:00",
        "ModifiedDate": AT.isoformat(),
    }
    entry = entry_of(_Portal, URL, record, "Name", "PublishTime")
    assert entry is not None
    assert (entry.title, entry.day, entry.modified) == ("Mưa lớn", date(2026, 1, 18), AT)
    assert entry_of(_Portal, "https://congan.hanoi.gov.vn/gioi-thieu", record, "Name", "PublishTime") is None


def test_a_piece_that_a_button_loads_states_changes_too() -> None:
    found = read_piece(
        f'[{{"url": "{URL}", "title": "Mưa lớn", "updatedAt": "{AT.isoformat()}"}}]', URL, _Portal.entry_key
    )
    assert found is not None
    assert [entry.modified for entry in found[0]] == [AT]

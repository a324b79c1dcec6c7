"""Small simulated years: the floors under what bench/verdicts/years.py measures at length."""

from __future__ import annotations

from functools import cache

import pytest

from bench.verdicts.faults import FAULTS
from bench.verdicts.years import Year, main, simulate, summary

SEED, PORTALS = 31, 4  # neither among the seeds of building nor among those of the report
SAME_NIGHT = (
    "total outage",
    "lists redesigned: no links",
    "lists redesigned: a few old links",
    "one section redesigned",
    "challenge",
    "paging repeats page 1",
)


@cache
def simulated() -> Year:
    return simulate(SEED, PORTALS, 1)


def test_healthy_portals_raise_at_most_one_alarm_a_year() -> None:
    year = simulated()
    assert len(year.per_portal) == PORTALS
    assert year.nights > 330 * PORTALS
    assert len(year.alarms) <= PORTALS, "\n".join(year.alarms)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(fault: str) -> None:
    year = simulated()
    late = year.late[fault]
    if fault in SAME_NIGHT:
        assert set(late) == {0}
    seen = [delay for delay in late if delay is not None]
    assert len(seen) >= 0.75 * len(late)


def test_the_same_seed_gives_the_same_year() -> None:
    portals = [simulate(7, 1, 1, ("challenge",)) for _ in range(2)]
    assert portals[0] == portals[1]


def test_the_summary_counts_what_was_not_seen() -> None:
    year = Year(
        1, nights=365, per_portal=[2], alarms=["a", "b"], delays={"challenge": [0, None]}, late={"challenge": [0, None]}
    )
    found = summary([year])
    assert found["portals_with"] == {"none": 0.0, "at_most_one": 0.0, "most": 2}
    faults = found["faults"]
    assert isinstance(faults, dict)
    assert (faults["challenge"]["seen"], faults["challenge"]["same_night"]) == (0.5, 0.5)


def test_the_command_refuses_what_it_does_not_know() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--seed", "x"])
    assert stopped.value.code == 2

"""What several test modules start once a session: a PostgreSQL of our own; what Hypothesis draws; how many tests run at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from testing.postgresql import Server, missing, served

__all__ = ["postgresql"]

# The same code draws the same examples everywhere, so a red run can be repeated; HYPOTHESIS_PROFILE=drawn looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("drawn", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than processors: much of the suite waits for other processes, for disks and for pauses."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server on loopback; its tests are skipped where PostgreSQL is not installed."""
    if (why := missing()) is not None:
        pytest.skip(why)
    with served() as server:
        yield server

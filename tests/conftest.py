"""What several test modules start once a session: a PostgreSQL of our own; what Hypothesis draws; how many tests run at once."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from testing import fork_server
from testing.postgresql import Server, missing, served

__all__ = ["postgresql"]

# The same code draws the same examples everywhere, so a red run can be repeated; HYPOTHESIS_PROFILE=drawn looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("drawn", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of this suite."""
    parser.addoption("--exec", action="store_true", help="start every process anew instead of forking it warm")


def pytest_configure(config: pytest.Config) -> None:
    """Fork the programs that tests start from a process that has imported them, once a worker."""
    starts_workers = bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")
    if not config.getoption("--exec") and not starts_workers:
        config.add_cleanup(fork_server.install().close)


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

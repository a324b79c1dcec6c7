"""What several test modules start once a session: a PostgreSQL of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.postgresql_server import Server, missing, served

__all__ = ["postgresql"]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A server on loopback; its tests are skipped where PostgreSQL is not installed."""
    if (why := missing()) is not None:
        pytest.skip(why)
    with served() as server:
        yield server

"""Portals are resolved beside the night's work, once each, and a resolver that hangs holds nothing up for good."""

from __future__ import annotations

import time
from threading import Event

from crawler.nights.portal_addresses import PortalAddresses

HOSTS = frozenset({"ba-song.replica.test"})
FOUND = HOSTS | {"192.0.2.7"}


def answer(portals: PortalAddresses, name: str) -> frozenset[str]:
    """Return the addresses when they are there, at the most ten seconds later."""
    for _ in range(1000):
        if (found := portals.of(name, HOSTS, 0.0)) is not None:
            return found
        time.sleep(0.01)
    raise AssertionError(f"{name} was not resolved")


def test_a_portal_is_resolved_once_and_nobody_waits_for_it() -> None:
    go, asked = Event(), list[frozenset[str]]()

    def resolve(hosts: frozenset[str]) -> frozenset[str]:
        asked.append(hosts)
        go.wait(10)
        return FOUND

    portals = PortalAddresses(resolve)
    assert portals.of("ba_song", HOSTS, 0.0) is None
    assert portals.of("ba_song", HOSTS, 1.0) is None
    go.set()
    assert answer(portals, "ba_song") == FOUND
    assert asked == [HOSTS]


def test_a_resolver_that_hangs_leaves_the_hosts_alone_after_a_while() -> None:
    hang = Event()

    def resolve(hosts: frozenset[str]) -> frozenset[str]:
        hang.wait(60)
        return FOUND

    portals = PortalAddresses(resolve)
    names = [f"portal_{number}" for number in range(9)]
    assert [portals.of(name, HOSTS, 0.0) for name in names] == [None] * 9
    assert [portals.of(name, HOSTS, 31.0) for name in names] == [HOSTS] * 9
    hang.set()


def test_a_resolver_that_fails_leaves_the_hosts() -> None:
    def resolve(hosts: frozenset[str]) -> frozenset[str]:
        raise UnicodeError("label too long")

    assert answer(PortalAddresses(resolve), "ba_song") == HOSTS

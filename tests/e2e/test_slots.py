"""One request at a time and address: inside a crawl, between crawls of other portals, and between processes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.downloader.slots import AddressSlots, SlotClosed
from testing.crawl import ROOT

Visit = tuple[float, float]


def turns(folder: Path | None, pause: float = 0.0, going: Callable[[], bool] = lambda: True) -> AddressSlots:
    return AddressSlots(folder, pause, 0.05, 60.0, 61.0, going)


async def ask(at: AddressSlots, host: str, seconds: float = 0.02) -> Visit:
    """Make a request that takes so long."""
    async with at.hold(host):
        began = time.monotonic()
        await asyncio.sleep(seconds)
        return began, time.monotonic()


async def all_of(*asked: Awaitable[Visit]) -> list[Visit]:
    return sorted(await asyncio.gather(*asked))


def apart(visits: list[Visit], pause: float) -> bool:
    """Return whether none began before the one before it had ended and the pause was over."""
    return all(later[0] - earlier[1] >= pause - 0.005 for earlier, later in pairwise(visits))


def test_hosts_at_one_address_share_its_pause(tmp_path: Path) -> None:
    at = turns(tmp_path, 0.1)
    for host in ("a.vn", "b.vn"):
        at.set_address(host, "113.160.225.1")
    visits = asyncio.run(all_of(*(ask(at, host) for host in ("a.vn", "b.vn", "a.vn"))))
    assert apart(visits, 0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["113.160.225.1"]


def test_two_crawls_take_turns_at_one_address(tmp_path: Path) -> None:
    one, other = turns(tmp_path, 0.05), turns(tmp_path, 0.1)
    for at, host in ((one, "a.vn"), (other, "b.vn")):
        at.set_address(host, "113.160.225.1")
    visits = asyncio.run(all_of(*(ask(at, host) for _ in range(3) for at, host in ((one, "a.vn"), (other, "b.vn")))))
    assert len(visits) == 6
    assert apart(visits, 0.05)


def test_two_crawls_at_two_addresses_do_not_wait_for_each_other(tmp_path: Path) -> None:
    one, other = turns(tmp_path), turns(tmp_path)
    visits = asyncio.run(all_of(ask(one, "a.vn", 0.3), ask(other, "b.vn", 0.3)))
    assert visits[1][0] < visits[0][1]


def test_a_pause_that_one_crawl_was_asked_for_holds_for_another(tmp_path: Path) -> None:
    one, other = turns(tmp_path), turns(tmp_path)
    one.pace("a.vn").hold(0.3, time.monotonic())
    one.share_pace("a.vn")
    began = time.monotonic()
    asyncio.run(ask(other, "a.vn"))
    assert time.monotonic() - began >= 0.3


def test_a_clock_that_jumped_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "a.vn").touch()
    os.utime(tmp_path / "a.vn", (time.time() + 7200, time.time() + 7200))
    began = time.monotonic()
    asyncio.run(ask(turns(tmp_path), "a.vn"))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "host", ["../../etc/passwd", "a/b", "x" * 300, "::1"], ids=["climbs", "slash", "long", "colons"]
)
def test_no_host_leads_out_of_the_folder(host: str, tmp_path: Path) -> None:
    folder = tmp_path / "turns"
    asyncio.run(ask(turns(folder), host))
    assert len(list(folder.iterdir())) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["turns"]


def test_without_a_folder_the_crawl_itself_still_waits(tmp_path: Path) -> None:
    at = turns(tmp_path / "missing" / "turns", 0.1)
    assert apart(asyncio.run(all_of(ask(at, "a.vn"), ask(at, "a.vn"))), 0.1)


def test_a_stop_ends_the_wait_and_nothing_is_sent() -> None:
    going = True

    async def stopped() -> None:
        nonlocal going
        at = turns(None, 30.0, lambda: going)
        await ask(at, "a.vn", 0.0)
        waiting = asyncio.ensure_future(ask(at, "a.vn"))
        await asyncio.sleep(0.05)
        going = False
        with pytest.raises(SlotClosed):
            await asyncio.wait_for(waiting, 2)

    asyncio.run(stopped())


OTHER = """
import asyncio, sys, time
from pathlib import Path
from crawler.downloader.slots import AddressSlots

async def work():
    at = AddressSlots(Path(sys.argv[1]), 0.02, 0.05, 60.0, 61.0, lambda: True)
    for _ in range(8):
        async with at.hold("a.vn"):
            began = time.monotonic()
            await asyncio.sleep(0.01)
            print(began, time.monotonic(), flush=True)

asyncio.run(work())
"""


def test_processes_take_turns_and_one_that_is_killed_holds_nobody_up(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER, str(tmp_path)]
    killed = subprocess.Popen([*command], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert killed.stdout is not None
    killed.stdout.readline()
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    killed.kill()
    killed.communicate()
    said = [process.communicate(timeout=60)[0] for process in running]
    visits = sorted(tuple(map(float, line.split())) for text in said for line in text.splitlines())
    assert len(visits) == 16
    assert apart([(began, ended) for began, ended in visits], 0.02)

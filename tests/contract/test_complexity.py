"""Hold the cost of reading to the length of what is read: twice the text, at most about twice the work."""

from __future__ import annotations

import gc
import inspect
import pkgutil
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import count

import pytest

from archive.errors import ArchiveError
from crawler.listings.listing import ListingError
from tests.contract.complexity_registry import REGISTRY, Measured
from tests.contract.complexity_rooms import NO_TEXT, OPERATORS_WORDS, ROOMS
from tests.contract.pumped_texts import Pump

GROWTH = 2.7  # linear work doubles, n log n stays below 2.3; quadratic work grows fourfold
SURE = 0.025  # seconds of processor time that other work on the machine hardly disturbs
SMALLEST, LARGEST = 500, 32_000  # characters
NOTHING = 0.0003  # seconds at LARGEST that are no cost, whatever their growth
ATTEMPTS = 5  # other work on the machine disturbs one attempt, hardly all; each is of a larger text


_RUN = count()


def seconds(read: Callable[[str], object], text: str, runs: int) -> float:
    """Return the least processor time of some runs; a text that is refused counts as read."""
    least = float("inf")
    for _ in range(runs):
        fresh = f"{text} {next(_RUN)}"  # a text that was read before may be kept
        begin = time.process_time()
        try:
            read(fresh)
        except (ArchiveError, ListingError, ValueError):
            pass
        least = min(least, time.process_time() - begin)
    return least


def growth(measured: Measured, pump: Pump) -> tuple[int, float, float]:
    """Return a size, the time that it takes and that of twice the size, at the least growth of some attempts."""
    size, best = SMALLEST, (0, 1.0, float("inf"))
    one = seconds(measured.read, pump(size), 2)  # the first run is of something new
    while one < measured.long_enough and size < LARGEST:
        size *= 2
        one = seconds(measured.read, pump(size), 1)
    for attempt in range(ATTEMPTS):
        if attempt:
            one = seconds(measured.read, pump(size), 1 + attempt)
        two = seconds(measured.read, pump(2 * size), 1 + attempt)
        if two / one < best[2] / best[1]:
            best = size, one, two
        if two < NOTHING or two / one < GROWTH or (attempt > 1 and one > SURE):
            break
        if one < 2 * SURE and size < 8 * LARGEST:
            size *= 2
    return best


@pytest.mark.parametrize("name", REGISTRY)
def test_twice_the_text_is_about_twice_the_work(name: str) -> None:
    measured, slow = REGISTRY[name], []
    gc.collect()
    gc.disable()
    try:
        for label, pump in measured.pumps.items():
            size, one, two = growth(measured, pump)
            if two >= NOTHING and two / one >= GROWTH:
                slow.append(f"{label}: {one:.4f} s for {size} characters, {two:.4f} s for twice as many")
    finally:
        gc.enable()
    assert not slow, "\n".join(slow)


def test_quadratic_work_is_seen() -> None:
    quadratic = Measured(lambda text: sum(1 for _ in text for _ in text), {})
    _, one, two = growth(quadratic, lambda size: "a" * (size // 5))
    assert two / one >= GROWTH


def test_every_function_that_takes_a_strangers_text_is_registered() -> None:
    taking = set(_taking_texts())
    assert sorted(taking - REGISTRY.keys() - NO_TEXT.keys()) == []
    assert sorted(NO_TEXT.keys() - taking) == []
    assert sorted(NO_TEXT.keys() & REGISTRY.keys()) == []


def _taking_texts() -> Iterator[str]:
    """Yield the public functions of the rooms that have a parameter of text or bytes that no operator writes."""
    for room in ROOMS:
        package = import_module(room)
        inside = pkgutil.walk_packages(package.__path__, f"{room}.") if hasattr(package, "__path__") else ()
        for module in (package, *(import_module(each.name) for each in inside)):
            for name, function in vars(module).items():
                if name.startswith("_") or getattr(function, "__module__", None) != module.__name__:
                    continue
                if inspect.isfunction(inspect.unwrap(function)) and _takes_text(function):
                    yield f"{module.__name__}.{name}"


def _takes_text(function: Callable[..., object]) -> bool:
    kinds = ("str", "bytes", "Sequence[str]", "Iterable[str]", "list[str]", "tuple[str")
    return any(
        str(parameter.annotation).startswith(kinds) and parameter.name not in OPERATORS_WORDS
        for parameter in inspect.signature(function).parameters.values()
    )

"""Worker processes: results in order, memory bounded, and an end for every process whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest

from archive.errors import ArchiveUnusable, Interrupted, UsageError
from archive.processes.workers import HERE, MANY_FILES, cores, jobs_of, workers

ROOT = Path(__file__).parents[2]


def square(number: int) -> int:
    return number * number


def slow_when_even(number: int) -> tuple[int, int]:
    time.sleep(0.02 * (number % 2 == 0))
    return number, os.getpid()


def die_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def fail_at_three(number: int) -> int:
    if number == 3:
        raise ArchiveUnusable("three is damaged")
    return number


def take(work: Callable[[int], int], tasks: Iterable[int], taken: list[int]) -> None:
    """Note every task whose result came."""
    with workers(2) as pool:
        for number, _ in pool.map(work, tasks):
            taken.append(number)  # those before an error count


@pytest.mark.parametrize("size", [1, 4])
def test_results_come_in_the_order_of_the_tasks(size: int) -> None:
    with workers(3) as pool:
        found = list(pool.map(slow_when_even, range(20), size))
    assert [(task, outcome[0]) for task, outcome in found] == [(number, number) for number in range(20)]
    assert os.getpid() not in {pid for _, (_, pid) in found}
    assert len({pid for _, (_, pid) in found}) > 1


def test_one_job_works_in_this_process_when_the_result_is_taken() -> None:
    with workers(1) as pool:
        assert pool is HERE
        assert [outcome[1] for _, outcome in pool.map(slow_when_even, (1, 3))] == [os.getpid()] * 2
        begun = pool.start(os.getpid)
    assert begun() == os.getpid()


def test_a_process_with_threads_starts_fresh_ones() -> None:
    held = threading.Event()
    thread = threading.Thread(target=held.wait)
    thread.start()
    try:
        with workers(2) as pool:
            assert list(pool.map(square, range(3))) == [(0, 0), (1, 1), (2, 4)]
    finally:
        held.set()
        thread.join()


def test_few_tasks_are_made_ahead_of_the_result_that_is_taken() -> None:
    made: list[int] = []

    def tasks() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    ahead = 0
    with workers(2) as pool:
        for taken, _ in enumerate(pool.map(square, tasks(), 2)):
            ahead = max(ahead, len(made) - taken)
    assert len(made) == 100
    assert ahead <= 2 * (3 * 2 + 1)


def test_a_killed_worker_is_an_error_and_no_result_is_left_out() -> None:
    taken: list[int] = []
    with pytest.raises(Interrupted, match="a worker process was killed"):
        take(die_at_three, range(10_000), taken)
    assert taken == list(range(len(taken)))
    assert len(taken) <= 3
    assert active_children() == []


def test_an_error_of_the_work_is_raised_at_its_place() -> None:
    taken: list[int] = []
    with pytest.raises(ArchiveUnusable, match="three is damaged"):
        take(fail_at_three, range(10), taken)
    assert taken == [0, 1, 2]
    assert active_children() == []


def test_an_error_in_making_a_task_comes_after_the_results_before_it() -> None:
    def tasks() -> Iterator[int]:
        yield from range(5)
        raise ArchiveUnusable("the sixth is damaged")

    taken: list[int] = []
    with pytest.raises(ArchiveUnusable, match="the sixth is damaged"):
        take(square, tasks(), taken)
    assert taken == list(range(5))


_ENDLESS = r"""
import os, signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored where the tests run
from archive.processes.workers import workers
def stay(number):
    os.write(1, b"begun\n")
    time.sleep(600)
with workers(2) as pool:
    for _ in pool.map(stay, range(100)):
        pass
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_workers_end_with_the_command(number: signal.Signals, tmp_path: Path) -> None:
    program = tmp_path / "endless.py"
    program.write_text(_ENDLESS, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(program)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        end = threading.Timer(120, process.kill)  # a hang ends here, and is seen in what is missing
        end.start()
        try:
            begun = [process.stdout.readline() for _ in range(2)]
            if number is signal.SIGINT:
                os.killpg(process.pid, number)  # a terminal's Ctrl-C reaches every process
            else:
                process.kill()
            out, said = process.communicate()  # the pipes end with the last process that holds them
        finally:
            end.cancel()
            process.kill()
    assert begun == ["begun\n"] * 2
    assert out == ""
    if number is signal.SIGINT:
        assert said.count("Traceback") == 1, "the workers say nothing"
        assert said.endswith("KeyboardInterrupt\n")


def test_the_number_of_processes() -> None:
    assert jobs_of(3, 0) == 3
    assert jobs_of(None, MANY_FILES - 1) == 1
    assert jobs_of(None, MANY_FILES) == min(cores(), 64)
    for wrong in (0, 65):
        with pytest.raises(UsageError, match=f"--jobs {wrong}: name 1 to 64 processes"):
            jobs_of(wrong, 0)

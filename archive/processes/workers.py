"""Do the work of one command in worker processes and take the results in the order of the tasks.

At most a few tasks for each process are begun ahead of the result that is waited for, so memory stays bounded. Ctrl-C, an
error and the end of the command end every process. A process that is killed ends the command with one line: no result is
left out.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from archive.errors import ArchiveError, Interrupted, UsageError
from archive.processes.lifetime import die_with

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

MOST_JOBS = 64
MANY_FILES = 500
"""Files of an archive from which on reading them takes longer than starting processes."""
_AHEAD = 3  # tasks begun for each process
_Task = TypeVar("_Task")
_Outcome = TypeVar("_Outcome")


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def jobs_of(asked: int | None, items: int, many: int = MANY_FILES) -> int:
    """Return the number of processes: as asked, otherwise every core, and one for less than `many` items.

    Raises UsageError for a number that is not from 1 to 64.
    """
    if asked is None:
        return min(cores(), MOST_JOBS) if items >= many else 1
    if not 1 <= asked <= MOST_JOBS:
        raise UsageError(f"--jobs {asked}: name 1 to {MOST_JOBS} processes")
    return asked


class Workers:
    """Worker processes of one command. With one job the work is done in this process, when its result is taken."""

    def __init__(self, jobs: int, pool: ProcessPoolExecutor | None = None) -> None:
        self.jobs, self._pool = jobs, pool

    def start(self, work: Callable[[], _Outcome]) -> Callable[[], _Outcome]:
        """Begin a piece of work; the function that is returned waits for its result.

        Work, tasks and results are pickled. The function raises what the work raised, Interrupted when the process was
        killed.
        """
        if self._pool is None:
            return work
        return partial(_result, self._submit(self._pool, work))

    def map(
        self, work: Callable[[_Task], _Outcome], tasks: Iterable[_Task], size: int = 1
    ) -> Iterator[tuple[_Task, _Outcome]]:
        """Yield each task with its result, in the order of the tasks; `size` of them are given to a process at once.

        An error in making a task comes after the results of the tasks before it, as with one job.
        """
        if self._pool is None:
            yield from ((task, work(task)) for task in tasks)
            return
        begun: deque[tuple[list[_Task], Future[list[_Outcome]]]] = deque()
        wrong: list[Exception] = []
        for some in _grouped(tasks, size, wrong):
            begun.append((some, self._submit(self._pool, partial(_each, work, some))))
            if len(begun) > _AHEAD * self.jobs:
                yield from _results(*begun.popleft())
        while begun:
            yield from _results(*begun.popleft())
        if wrong:
            raise wrong[0]

    @staticmethod
    def _submit(pool: ProcessPoolExecutor, work: Callable[[], _Outcome]) -> Future[_Outcome]:
        from concurrent.futures.process import BrokenProcessPool

        try:
            return pool.submit(work)
        except BrokenProcessPool:
            raise _killed() from None


HERE = Workers(1)
"""No process: all work is done in this one."""


@contextmanager
def workers(jobs: int) -> Iterator[Workers]:
    """Open worker processes, none for one job. They end with the block, however it ends.

    What is opened inside the block, a database or a thread, is not in their memory.
    """
    if jobs < 2:
        yield HERE
        return
    # Loaded where there is more than one: of a short command it is a tenth.
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    others = set(active_children())
    # Forked: a worker needs no more than this process has, and a fresh interpreter takes as long to start as thousands of
    # files. A lock that another thread holds would stay locked in the copy, so a process with threads starts fresh ones.
    method = get_context("fork" if threading.active_count() == 1 else "spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=method, initializer=_begin, initargs=(os.getpid(),))
    try:
        pool.submit(int)  # starts them now
        yield Workers(jobs, pool)
    except BaseException:
        for process in set(active_children()) - others:
            process.kill()  # what it does may take minutes, and its result is not wanted
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end with it."""
    gc.freeze()  # collecting would write to what the processes share
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if not die_with(parent):
        sys.exit(1)


def _grouped(tasks: Iterable[_Task], size: int, wrong: list[Exception]) -> Iterator[list[_Task]]:
    rest = iter(tasks)
    try:
        while some := list(islice(rest, size)):
            yield some
    except (ArchiveError, OSError) as error:
        wrong.append(error)


def _each(work: Callable[[_Task], _Outcome], tasks: list[_Task]) -> list[_Outcome]:
    return [work(task) for task in tasks]


def _results(tasks: list[_Task], future: Future[list[_Outcome]]) -> Iterator[tuple[_Task, _Outcome]]:
    outcomes = _result(future)
    return zip(tasks, outcomes, strict=True)


def _result(future: Future[_Outcome]) -> _Outcome:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return future.result()
    except BrokenProcessPool:
        raise _killed() from None


def _killed() -> Interrupted:
    return Interrupted("a worker process was killed (out of memory?): run it again, with a smaller --jobs")

"""Run the tests of one module over each of its mutants, each in a process forked from one that has collected them.

Code that runs while a module is imported changes nothing in a process that has imported it: such mutants start from a
process that has imported libraries only. All others replace the code of the functions that they change, and only tests
that reached their statement run, the quickest first. Fixtures of the whole session were made without the mutant. The
processor time of each test is bounded, and one that waits for nothing is ended by the clock.
"""

from __future__ import annotations

import functools
import gc
import importlib
import itertools
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType, SimpleNamespace
from typing import Any, cast

import pytest
from _pytest.runner import runtestprotocol
from coverage import Coverage
from hypothesis import Phase, settings

from bench.mutation.mutants import Mutant, mutants

KILLED, SURVIVED, TIMEOUT, UNREACHED = "killed", "survived", "timeout", "unreached"
_LIBRARIES = (
    "cryptography.x509",
    "hypothesis",
    "lxml.html",
    "msgspec",
    "pydantic",
    "scrapy.http",
    "sqlalchemy",
    "warcio",
)
_LEAST = 2
"""Seconds of processor time of a test over a mutant, beside ten times what it takes without."""
_WAITING = 20
"""Multiple of that time that it has by the clock."""


class UnreadyTests(Exception):
    """A test fails without any mutant."""


class ModuleFile:
    """A module in a copy of the tree, and its mutants; programs that a test starts read it there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.source = path.read_text(encoding="utf-8")
        self.loaded_by_tests = not (path.parent / "__init__.py").exists()
        """Stands in no package: nothing imports it but its own tests, each anew."""
        self._changes = itertools.count(1_000_000_000)

    def write(self, source: str) -> None:
        """Write the module with a time of change of its own: compiled modules are known by time and size."""
        self.path.write_text(source, encoding="utf-8")
        moment = next(self._changes)
        os.utime(self.path, (moment, moment))


def try_mutants(
    path: Path,
    tests: Sequence[str],
    scratch: Path,
    record: Callable[[Mutant, str], None],
    killed: Mapping[str, str],
) -> None:
    """Record each mutant of a module with its outcome; the current folder is a copy of the tree, `scratch` one for tests.

    `killed` are the outcomes of mutants, by name, that were killed before.

    Raises UnreadyTests when a test fails without any mutant.
    """
    for name in _LIBRARIES:
        importlib.import_module(name)
    scratch.parent.mkdir(parents=True, exist_ok=True)
    file = ModuleFile(path)
    every = mutants(path)
    made = [mutant for mutant in every if mutant.name not in killed]
    for mutant in every:
        if mutant.name in killed:
            record(mutant, killed[mutant.name])
    arguments = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests]
    first = [mutant for mutant in made if mutant.imported and not file.loaded_by_tests]
    for mutant in first:
        file.write(mutant.source)
        record(mutant, _forked(lambda: pytest.main(arguments) == 0, 60, scratch))
    file.write(file.source)
    loop = MutantLoop(file, [mutant for mutant in made if mutant not in first], scratch, record)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(scratch.parent)
    pytest.main(arguments, plugins=[loop])
    if loop.failed is not None:
        raise UnreadyTests(f"{path}: a test fails without any mutant: {loop.failed}")


def main(arguments: Sequence[str]) -> None:
    """Print the name and the outcome of each mutant, a line of JSON each, on what standard output was."""
    path, folder, known, *tests = arguments
    lines = Path(known).read_text(encoding="utf-8").splitlines() if known else []
    killed = {name: outcome for name, outcome in map(json.loads, lines) if outcome in (KILLED, TIMEOUT)}
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # pytest's words

        def record(mutant: Mutant, outcome: str) -> None:
            print(json.dumps([mutant.name, outcome], ensure_ascii=False), file=out, flush=True)

        try_mutants(Path(path), tests, Path(folder) / "tests" / "scratch", record, killed)


def _forked(passes: Callable[[], bool], seconds: float, scratch: Path) -> str:
    """Return the outcome of tests in a forked process, which has this many seconds of processor time."""
    scratch.mkdir(parents=True, exist_ok=True)
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        quiet = os.open(os.devnull, os.O_RDWR)
        for number in range(3):
            os.dup2(quiet, number)
        os.environ.update(FRESH_PROCESS="1", PYTEST_DEBUG_TEMPROOT=str(scratch))
        _bound(seconds)
        try:
            os._exit(0 if passes() else 1)
        except BaseException:  # whatever a mutant raises, it was noticed
            os._exit(1)
    until, pause = time.monotonic() + seconds * _WAITING, 0.001
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    shutil.rmtree(scratch)
    status = ended[1]
    if os.WIFSIGNALED(status):
        return TIMEOUT if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else KILLED
    return KILLED if os.WEXITSTATUS(status) else SURVIVED


def _bound(seconds: float) -> None:
    """End this process when it has taken this many more seconds of processor time."""
    most = int(sum(os.times()[:2]) + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of every function of a module, in the order of the source."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


class MutantLoop:
    """A plugin of pytest: instead of the tests, each mutant with the tests that reach it."""

    def __init__(
        self, file: ModuleFile, made: Sequence[Mutant], scratch: Path, record: Callable[[Mutant, str], None]
    ) -> None:
        self.failed: str | None = "none ran"
        self._file, self._made, self._scratch, self._record = file, made, scratch, record
        self._name = str(file.path.resolve())
        self._unchanged = compile(file.source, self._name, "exec")
        self._functions: list[FunctionType] = []
        self._caches: list[functools._lru_cache_wrapper[Any]] = []
        self._seconds: dict[str, float] = {}
        self._kills: Counter[str] = Counter()
        self._reached: dict[int, set[str]] = {}

    def pytest_collection(self) -> None:
        """Draw examples as ever, but look for no smaller one: that a test fails is enough."""
        settings.register_profile("mutants", settings(), phases=(Phase.explicit, Phase.generate), database=None)
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run every test once, then the mutants."""
        self.failed = self._run_unchanged(session)
        if self.failed is None:
            self._find_functions()
            for mutant in self._made:
                self._record(mutant, self._outcome(session, mutant))
            self._file.write(self._file.source)
        return True

    def _run_unchanged(self, session: pytest.Session) -> str | None:
        """Note the lines that each test reaches and its processor time. Fixtures stay that cannot have the mutant in them."""
        last = session.items[-1].listchain()[:-1] if self._file.loaded_by_tests else [session]
        rest = cast(Any, SimpleNamespace(listchain=lambda: last))
        coverage = Coverage(data_file=None, include=[self._name])
        coverage.start()
        for item, following in zip(session.items, [*session.items[1:], rest], strict=True):
            coverage.switch_context(item.nodeid)
            before = sum(os.times()[:4])  # with that of programs which it starts
            reports = runtestprotocol(item, log=False, nextitem=following)
            self._seconds[item.nodeid] = sum(os.times()[:4]) - before
            if bad := [report for report in reports if report.failed]:
                return f"{item.nodeid}: {bad[0].longreprtext}"
        coverage.stop()
        lines = coverage.get_data().contexts_by_lineno(self._name)
        self._reached = {line: set(tests) for line, tests in lines.items()}
        return None

    def _find_functions(self) -> None:
        gc.unfreeze()
        for value in gc.get_objects():
            if isinstance(value, FunctionType) and value.__code__.co_filename == self._name:
                self._functions.append(value)
            elif isinstance(value, functools._lru_cache_wrapper):
                self._caches.append(value)
        gc.freeze()

    def _outcome(self, session: pytest.Session, mutant: Mutant) -> str:
        lines = self._reached if mutant.imported else mutant.lines
        reaching = set().union(*(self._reached.get(line, set()) for line in lines))
        chosen = [item for item in session.items if item.nodeid in reaching]
        chosen.sort(key=lambda item: (self._seconds[item.nodeid] + 0.01) / (self._kills[item.nodeid] + 1))
        if not chosen:
            return UNREACHED
        seconds = _LEAST + 10 * sum(self._seconds[item.nodeid] for item in chosen)
        replaced = self._replaced(mutant)
        running = self._scratch.parent / "running"

        def passes() -> bool:
            for function, code in replaced:
                function.__code__ = code
            for cache in self._caches:
                cache.cache_clear()
            cast(Any, session.config)._tmp_path_factory._basetemp = self._scratch
            for item, following in itertools.zip_longest(chosen, chosen[1:]):
                running.write_text(item.nodeid)
                _bound(_LEAST + 10 * self._seconds[item.nodeid])
                if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
                    return False
            return True

        self._file.write(mutant.source)
        outcome = _forked(passes, seconds, self._scratch)
        self._kills[running.read_text()] += outcome != SURVIVED
        return outcome

    def _replaced(self, mutant: Mutant) -> list[tuple[FunctionType, CodeType]]:
        """Return the functions of this process that the mutant changes, and their new code."""
        versions: list[dict[str, list[CodeType]]] = []
        for module in (self._unchanged, compile(mutant.source, self._name, "exec")):
            versions.append({})
            for code in _codes(module):
                versions[-1].setdefault(code.co_qualname, []).append(code)
        before, after = versions
        new = {
            code: changed
            for name, codes in before.items()
            for code, changed in zip(codes, after.get(name, []), strict=False)
        }
        found = [(function, new.get(function.__code__, function.__code__)) for function in self._functions]
        return [pair for pair in found if len(pair[1].co_freevars) == len(pair[0].__closure__ or ())]


if __name__ == "__main__":
    main(sys.argv[1:])

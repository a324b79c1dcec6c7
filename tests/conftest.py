"""Options of the suite, and what its modules share: warm processes, recorded data, one PostgreSQL, Hypothesis."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.util import cache_from_source
from itertools import groupby
from pathlib import Path

import pytest
from hypothesis import settings

from testing import fork_server
from testing.postgresql import PostgresServer, missing, shared

TESTS = Path(__file__).parent
E2E = "tests/e2e/"

# Thousands of flushes wait for a disk otherwise. What a flush guards is tested by cutting system calls, not by losing power.
_MEMORY, _ROOM = Path("/dev/shm"), 6 << 30
if (
    _MEMORY.is_dir()
    and min(shutil.disk_usage(_MEMORY).free, os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) > _ROOM
):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# The same code draws the same examples everywhere, so a red run can be repeated; HYPOTHESIS_PROFILE=drawn looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("drawn", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of this suite."""
    parser.addoption("--exec", action="store_true", help="start every process anew instead of forking it warm")
    parser.addoption(
        "--data", metavar="DIR", help="recorded pages and texts (default: $LUU_TRU_DATA; without: skipped)"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Name the recorded data; fork the programs that tests start from a process that has imported them, once a worker."""
    gc.disable()  # until the tests are collected: thousands of objects that all stay, searched again and again
    if (folder := config.getoption("--data")) is not None:
        if not Path(folder).is_dir():
            raise pytest.UsageError(f"--data {folder} is no folder")
        os.environ["LUU_TRU_DATA"] = str(Path(folder).resolve())
    # Modules are compiled once: each worker and each process would rewrite and compile all of them in every run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    starts_workers = bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")
    if starts_workers and config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        _compile()
    if not config.getoption("--exec") and not starts_workers:
        config.add_cleanup(fork_server.install().close)


def _compile() -> None:
    """Let two processes collect half of the tests each in a new checkout: each of four workers would compile all of them."""
    tests = sorted(TESTS.rglob("test_*.py"))
    compiled = [Path(cache_from_source(str(path))).parent.glob(f"{path.stem}.*-pytest-*.pyc") for path in tests]
    if sum(map(any, compiled)) > len(tests) / 2:
        return
    collect = [sys.executable, "-m", "pytest", "--collect-only", "-qqq", "-n0", "-p", "no:cacheprovider"]
    halves = [
        subprocess.Popen([*collect, *map(str, tests[start::2])], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for start in range(2)
    ]
    for half in halves:
        half.wait()


def pytest_collection_finish() -> None:
    """Leave all that was imported and collected out of later garbage collections."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as `e2e` what stands in tests/e2e, and what asks for PostgreSQL: it starts processes or nights."""
    for item in items:
        if item.nodeid.startswith(E2E) or "postgresql" in getattr(item, "fixturenames", ()):
            item.add_marker("e2e")
    if workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "0")):
        items[:] = _shared_out(items, workers)


def _shared_out(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """Order the modules so that each worker's part, one after another of equal length, begins with its share of tests/e2e.

    The long tests would stand in one part and be left over at the end; short ones at the end fill every worker.
    """
    modules = [list(tests) for _, tests in groupby(items, key=lambda item: item.nodeid.partition("::")[0])]
    modules.sort(key=lambda tests: (not tests[0].nodeid.startswith(E2E), -len(tests), tests[0].nodeid))
    parts: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for tests in modules:
        min(parts, key=len).extend(tests)
    return [item for part in parts for item in part]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers more than processors: much of the suite waits for other processes, for disks and for pauses."""
    return (os.cpu_count() or 1) + 2


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start every process of this test anew, so that what a program lacks when nothing is imported yet is seen."""
    monkeypatch.setenv(fork_server.FRESH, "1")


@pytest.fixture(scope="session", autouse=True)
def temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the temporary files of the programs under test where the tests' own stand: in memory where there is room."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("tmp")))
        patch.setattr(tempfile, "tempdir", None)
        yield


@pytest.fixture(scope="session")
def session_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this session share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "session"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def postgresql(session_folder: Path) -> Iterator[PostgresServer]:
    """Yield a server on loopback that all workers share; its tests are skipped where PostgreSQL is not installed."""
    if (why := missing()) is not None:
        pytest.skip(why)
    with shared(session_folder / "postgresql") as server:
        yield server

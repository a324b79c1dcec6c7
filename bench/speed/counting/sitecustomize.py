"""Count in this process what a crawl does, from before its first import: statements, connections, parses, flushes, calls.

With this folder in PYTHONPATH every Python process of a crawl imports this module. The counts stand in a mapped file of
COUNTS_FOLDER, one file a process, so that those of a killed process are whole. SIGUSR1 begins and ends tracing the main
thread, which makes the program several times as slow; each end, and that of the process, leaves a reading: `PID.N.json`.
"""

from __future__ import annotations

import atexit
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import mmap
import os
import signal
import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

NAMES = ("statements", "transactions", "connections", "parses", "flushes", "opened", "calls")
"""Names of the counters, in the order of the file's 64-bit numbers.

`statements` at the cursor of SQLite, whatever stands above it; `parses` of HTML of a whole page's size; `flushes` are
fsync(2) and its like; `opened` files that are no part of a program; `calls` of Python functions while they are traced.
"""
FOLDER = "COUNTS_FOLDER"
_PAGE = 16 * 1024  # letters; less is a part of a page
_PROGRAM = (".py", ".pyc", ".so")
_ROOT = f"{Path(__file__).resolve().parents[3]}/"
_OURS = tuple(f"{_ROOT}{layer}/" for layer in ("archive", "crawler", "pipelines", "vietnam"))
_FORM = f"{len(NAMES)}q"
_AT = {name: number for number, name in enumerate(NAMES)}


class _Counts:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.statements: dict[str, int] = {}
        # Never freed: the mapping of the parent would close a descriptor of the child.
        self._mapped: list[memoryview] = []
        self.begin()

    def begin(self) -> None:
        size = struct.calcsize(_FORM)
        with (self._folder / f"{os.getpid()}.counts").open("w+b") as stream:
            stream.truncate(size)
            self.numbers = memoryview(mmap.mmap(stream.fileno(), size)).cast("q")
        self._mapped.append(self.numbers)

    def total(self) -> dict[str, int]:
        read = [struct.unpack(_FORM, file.read_bytes()) for file in self._folder.glob("*.counts")]
        return dict(zip(NAMES, map(sum, zip(*read, strict=True)), strict=True))

    def write(self, name: str, value: object) -> None:
        (self._folder / name).write_text(json.dumps(value), encoding="utf-8")

    def add(self, name: str) -> None:
        self.numbers[_AT[name]] += 1

    def add_statement(self, sql: str) -> None:
        self.add("statements")
        self.statements[sql] = self.statements.get(sql, 0) + 1


class _Loader(importlib.abc.Loader):
    def __init__(self, loader: importlib.abc.Loader, changed: Callable[[ModuleType], None]) -> None:
        self._loader, self._changed = loader, changed

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._changed(module)


class _Finder(importlib.abc.MetaPathFinder):
    """Lets modules be changed as soon as they are loaded, before anyone has taken a name out of them."""

    def __init__(self, changes: dict[str, Callable[[ModuleType], None]]) -> None:
        self._changes = changes

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        changed = self._changes.pop(name, None)
        spec = importlib.util.find_spec(name) if changed else None
        if spec is not None and spec.loader is not None and changed is not None:
            spec.loader = _Loader(spec.loader, changed)
        return spec


def _count_statements(dbapi: ModuleType, counts: _Counts) -> None:
    class CountingCursor(dbapi.Cursor):  # type: ignore[name-defined, misc]  # the module is known when it is loaded
        def execute(self, sql: str, *values: Any) -> Any:
            counts.add_statement(sql)
            if sql[:5].upper() == "BEGIN":
                counts.add("transactions")
            return super().execute(sql, *values)

        def executemany(self, sql: str, *values: Any) -> Any:
            counts.add_statement(sql)
            return super().executemany(sql, *values)

    class CountingConnection(dbapi.Connection):  # type: ignore[name-defined, misc]  # the same
        def cursor(self, factory: Any = CountingCursor) -> Any:
            return super().cursor(factory)

    connect = dbapi.connect

    def counted(*values: Any, **named: Any) -> Any:
        counts.add("connections")
        return connect(*values, **{"factory": CountingConnection} | named)

    dbapi.connect = counted  # type: ignore[attr-defined]  # every caller takes it from here


def _count_parses(etree: ModuleType, counts: _Counts) -> None:
    fromstring, html, parser_of = etree.fromstring, etree.HTML, etree.HTMLParser

    def counted_fromstring(text: Any, parser: Any = None, **named: Any) -> Any:
        if len(text) >= _PAGE and isinstance(parser, parser_of):
            counts.add("parses")
        return fromstring(text, parser, **named)

    def counted_html(text: Any, *values: Any, **named: Any) -> Any:
        if len(text) >= _PAGE:
            counts.add("parses")
        return html(text, *values, **named)

    etree.fromstring, etree.HTML = counted_fromstring, counted_html  # type: ignore[attr-defined]  # as above


def _count_parsers(*names: str) -> Callable[[ModuleType, _Counts], None]:
    """Count the making of parsers that hold one page each (selectolax)."""

    def change(module: ModuleType, counts: _Counts) -> None:
        for name in names:
            original = getattr(module, name)

            def made(text: Any, *values: Any, _original: Any = original, **named: Any) -> Any:
                if len(text) >= _PAGE:
                    counts.add("parses")
                return _original(text, *values, **named)

            setattr(module, name, made)

    return change


def _by_number_alone(writer: ModuleType, counts: _Counts) -> None:
    """Let batches end by their number of articles and not by the clock: a slow machine then commits as often as a quick one."""
    writer.BATCH_SECONDS = 3600  # type: ignore[attr-defined]  # read at every article


def _count_opened(counts: _Counts) -> Callable[[str, tuple[Any, ...]], None]:
    def audited(event: str, values: tuple[Any, ...]) -> None:
        if event == "open" and not str(values[0]).endswith(_PROGRAM):
            counts.add("opened")

    return audited


def _count_flushes(counts: _Counts) -> None:
    for name in ("fsync", "fdatasync"):
        flush = getattr(os, name)

        def counted(file: Any, _flush: Any = flush) -> None:
            counts.add("flushes")
            _flush(file)

        setattr(os, name, counted)


class _Trace:
    """Counts the calls of Python functions, and the lines run in each function of ours, of the main thread."""

    def __init__(self, counts: _Counts) -> None:
        self._counts, self._readings = counts, 0
        self._lines: dict[CodeType, int] = {}

    def turn(self, number: int, frame: FrameType | None) -> None:
        """Begin tracing, or end it and leave a reading."""
        if sys.gettrace() is None:
            sys.settrace(self._called)
        else:
            self.read()

    def read(self) -> None:
        """Leave what all processes counted up to now, and this one's statements and traced lines since the last reading.

        `kept` are the blocks of memory that this process holds (pymalloc's, so without blobs), `read` the bytes that it read.
        """
        sys.settrace(None)
        gc.collect()
        reading = {
            "counts": self._counts.total() | {"read": int(Path("/proc/self/io").read_text().split()[1])},
            "kept": sys.getallocatedblocks(),
            "statements": self._counts.statements,
            "lines": {f"{code.co_filename[len(_ROOT) :]}:{code.co_qualname}": n for code, n in self._lines.items()},
        }
        self._counts.write(f"{os.getpid()}.{self._readings}.json", reading)
        self._counts.statements.clear()
        self._lines.clear()
        self._readings += 1

    def at_exit(self) -> None:
        """Leave a last reading where there were others."""
        if self._readings:
            self.read()

    def _called(self, frame: FrameType, event: str, value: object) -> Callable[..., Any] | None:
        self._counts.add("calls")
        return self._line if frame.f_code.co_filename.startswith(_OURS) else None

    def _line(self, frame: FrameType, event: str, value: object) -> Callable[..., Any]:
        if event == "line":
            self._lines[frame.f_code] = self._lines.get(frame.f_code, 0) + 1
        return self._line


def _begin(folder: Path) -> None:
    counts = _Counts(folder)
    os.register_at_fork(after_in_child=counts.begin)
    changes: dict[str, Callable[[ModuleType, _Counts], None]] = {
        "sqlite3.dbapi2": _count_statements,
        "lxml.etree": _count_parses,
        "selectolax.lexbor": _count_parsers("LexborHTMLParser"),
        "selectolax.parser": _count_parsers("HTMLParser"),
        "archive.ingest.run_writer": _by_number_alone,
    }

    def changing(change: Callable[[ModuleType, _Counts], None]) -> Callable[[ModuleType], None]:
        return lambda module: change(module, counts)

    sys.meta_path.insert(0, _Finder({name: changing(change) for name, change in changes.items()}))
    sys.addaudithook(_count_opened(counts))
    _count_flushes(counts)
    trace = _Trace(counts)
    signal.signal(signal.SIGUSR1, trace.turn)
    atexit.register(trace.at_exit)


if os.environ.get(FOLDER):
    _begin(Path(os.environ[FOLDER]))

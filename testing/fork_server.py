"""Fork the suite's Python programs from a process that has imported them already, instead of starting a new interpreter.

A crawl spends most of its processor time importing libraries. `install` replaces the system call below
`subprocess.Popen`: a command of this checkout (`python -m archive …`, `scheduler.py`) is forked from a server which has
imported the libraries and run nothing. The new process has its own pid, the caller as its parent, the environment, folder,
descriptors, session and signals of an executed one, and runs the same module as `__main__`. What it starts itself is forked
from it in the same way. Anything else is executed as ever: other folders, `LD_PRELOAD`, interpreter options, `exec` set.

`pytest --exec` leaves all this out.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import importlib.util
import io
import json
import logging
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import types
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

from vietnam import residue_forms

ROOT = Path(__file__).resolve().parents[1]
WARM = (
    "aiohttp",
    "archive.__main__",
    "archive.web.server",
    "holidays.countries",
    "itemadapter",
    "pipelines.extract",
    "pipelines.sandbox.crosscheck",
    "replicas.serve",
    "scheduler",
    "scrapy.cmdline",
    "scrapy.core.downloader.handlers.http11",
    "scrapy.core.engine",
    "scrapy.core.scheduler",
    "scrapy.core.scraper",
    "scrapy.dupefilters",
    "scrapy.extensions.closespider",
    "scrapy.extensions.corestats",
    "scrapy.extensions.logstats",
    "scrapy.extensions.memusage",
    "scrapy.extensions.remote_control",
    "scrapy.extensions.spiderstate",
    "scrapy.extensions.telnet",
    "scrapy.extensions.throttle",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "tldextract",
    "trafilatura",
)
WARM_FOLDERS = (
    "crawler.commands",
    "crawler.downloader",
    "crawler.families",
    "crawler.listings",
    "crawler.spiders",
    "scrapy.commands",
    "scrapy.downloadermiddlewares",
    "scrapy.spidermiddlewares",
)
"""The modules that the server imports before its first fork. None of it may import the reactor: that is chosen by each crawl."""
FRESH = "FRESH_PROCESS"
"""In the environment of a command: execute it and what it starts."""
_OF_A_PROCESS = "crawler.settings"
"""Reads the environment as it is imported, so every program imports it anew."""
_STEERING = ("LD_PRELOAD", "PYTHONHASHSEED", "PYTHONSAFEPATH", "PYTHONIOENCODING", "PYTHONWARNINGS", FRESH)
_ARGUMENTS = (22, 23)
"""The number of arguments of `_fork_exec` in the versions of Python known here. With others every program is executed."""
_LEAST_MEMORY = 1536 << 20
"""The smallest bound on address space that a warm process fits under. Programs with a smaller one are executed."""
_PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
_FOLDERS = ("archive", "bench", "crawler", "faults", "pipelines", "replicas", "scrapy", "testing")


@dataclass(frozen=True, slots=True)
class Program:
    """A Python program as its command line asks for it: `-m module`, a script or `-c code`."""

    kind: str
    target: str
    arguments: tuple[str, ...]
    strict: bool
    unbuffered: bool

    @classmethod
    def of(cls, command: Sequence[str]) -> Program | None:
        """Return the program of a command line, or None when it must be executed."""
        words = list(command)
        if not words or words.pop(0) != sys.executable:
            return None
        strict = unbuffered = False
        while words and words[0] in ("-W", "-u"):
            unbuffered |= words[0] == "-u"
            if words.pop(0) == "-W":
                if not words or words.pop(0) != "error":
                    return None
                strict = True
        if len(words) >= 2 and words[0] == "-m" and words[1].split(".")[0] in _FOLDERS and words[1] != __name__:
            if _bound(words[1], words[2:]) < _LEAST_MEMORY:
                return None
            return cls("module", words[1], tuple(words[2:]), strict, unbuffered)
        if len(words) >= 2 and words[0] == "-c":
            return cls("code", words[1], tuple(words[2:]), strict, unbuffered)
        if words and words[0].endswith(".py") and (ROOT / words[0]).is_relative_to(ROOT):
            return cls("script", words[0], tuple(words[1:]), strict, unbuffered)
        return None

    def main(self) -> tuple[types.CodeType, types.ModuleType, list[str]]:
        """Return the code, its empty `__main__` and `sys.argv`."""
        module = types.ModuleType("__main__")
        if self.kind == "code":
            return compile(self.target, "<string>", "exec"), module, ["-c", *self.arguments]
        if self.kind == "script":
            path = ROOT / self.target
            module.__file__ = str(path)
            return compile(path.read_bytes(), str(path), "exec"), module, [self.target, *self.arguments]
        spec = importlib.util.find_spec(self.target)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{self.target}.__main__")
        if spec is None or spec.origin is None:
            raise ImportError(f"No module named {self.target}")
        module.__spec__, module.__file__, module.__package__ = spec, spec.origin, spec.parent
        loader: Any = spec.loader
        return loader.get_code(spec.name), module, [spec.origin, *self.arguments]


def _bound(module: str, arguments: Sequence[str]) -> int:
    """Return the bytes of address space that a program keeps to by its arguments; without one, as many as are enough."""
    place = {"crawler.nights.rlimits": 1, "pipelines.files.text": 0, "pipelines.sandbox.extraction_worker": 0}.get(
        module
    )
    if place is None or len(arguments) <= place or not arguments[place].isdigit():
        return _LEAST_MEMORY
    return int(arguments[place])


@dataclass(frozen=True, slots=True)
class Start:
    """Start of a process, without its three standard descriptors."""

    command: list[str]
    folder: str
    environment: dict[str, str]
    keep: list[int]
    session: bool
    group: int


FILTERS = list(warnings.filters)


class _Warm:
    """State of this interpreter when everything was imported and nothing had run."""

    def __init__(self) -> None:
        self.path = sys.path[1:]
        self.filters = warnings.filters[: len(warnings.filters) - len(FILTERS)]
        self.root = self._logger(logging.root)
        self.loggers = {
            name: self._logger(logger)
            for name, logger in logging.root.manager.loggerDict.items()
            if isinstance(logger, logging.Logger)
        }
        self.replaced: list[object] = []  # never freed: a file of the parent would close a descriptor of the child

    def restore(self, strict: bool) -> None:
        """Bring warnings, logging and hooks back to that."""
        for name, logger in logging.root.manager.loggerDict.items():
            if isinstance(logger, logging.Logger):
                self._set(logger, self.loggers.get(name, (logging.NOTSET, True, False, [], [])))
        self._set(logging.root, self.root)
        logging.captureWarnings(False)
        logging.disable(logging.NOTSET)
        warnings.resetwarnings()
        own = (
            [("error", None, Warning, None, 0)] if strict else []
        )  # what libraries add while imported stands before -W
        warnings.filters[:] = [*self.filters, *own, *FILTERS]  # type: ignore[index]  # typeshed says Sequence; it is a list
        sys.excepthook, sys.unraisablehook = sys.__excepthook__, sys.__unraisablehook__
        threading.excepthook = threading.__excepthook__

    def _logger(self, logger: logging.Logger) -> tuple[int, bool, bool, list[Any], list[Any]]:
        return logger.level, logger.propagate, logger.disabled, list(logger.handlers), list(logger.filters)

    def _set(self, logger: logging.Logger, state: tuple[int, bool, bool, list[Any], list[Any]]) -> None:
        self.replaced += [*logger.handlers, *logger.filters]
        level, logger.propagate, logger.disabled, handlers, filters = state
        logger.setLevel(level)
        logger.handlers[:], logger.filters[:] = handlers, filters


_warm: _Warm | None = None


def _run(program: Program, start: Start) -> NoReturn:
    """Be the program until it ends. The descriptors stand already; nothing of the parent runs any more."""
    assert _warm is not None
    atexit._clear()
    _warm.replaced += [sys.stdin, sys.stdout, sys.stderr]
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN):
            signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # ignored in the background, and Python leaves it so
        signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(start.environment)
    time.tzset()
    _streams(program.unbuffered or bool(start.environment.get("PYTHONUNBUFFERED")))
    _warm.restore(program.strict)
    atexit.register(logging.shutdown)
    first = {"script": str((ROOT / program.target).parent), "module": str(ROOT), "code": ""}[program.kind]
    own = [entry for entry in start.environment.get("PYTHONPATH", "").split(os.pathsep) if entry]
    sys.path[:] = [first, *own, *_warm.path]
    importlib.invalidate_caches()
    sys.modules.pop(_OF_A_PROCESS, None)
    os._exit(_code(program))


def _streams(unbuffered: bool) -> None:
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]
    for name, number in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(number, "w", closefd=False)
        stream = io.TextIOWrapper(
            raw if unbuffered else io.BufferedWriter(raw),  # as Python does with -u
            encoding="utf-8",
            errors="backslashreplace" if number == 2 else "strict",
            line_buffering=number == 2 or raw.isatty(),
            write_through=unbuffered,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def _code(program: Program) -> int:
    """Run the program and what it left to be done at its end; return its exit code."""
    code = 0
    try:
        text, module, sys.argv[:] = program.main()
        sys.modules["__main__"] = module
        exec(text, module.__dict__)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        if code == 1 and end.code != 1:
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
        code = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except OSError:
        code = 120  # as Python does
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    return code & 0xFF


def _descriptors(standard: Sequence[int], keep: Mapping[int, int]) -> None:
    """Make `standard` the descriptors 0 to 2 and `keep` (wanted number → present number) the only others."""
    wanted = {0: standard[0], 1: standard[1], 2: standard[2], **keep}
    above = max([*wanted, *wanted.values()]) + 1
    spare = {number: os.dup2(present, above + place) for place, (number, present) in enumerate(wanted.items())}
    for number, present in spare.items():
        os.dup2(present, number, inheritable=True)
    last = -1
    for number in sorted(wanted):
        if number > last + 1:
            os.closerange(last + 1, number)
        last = number
    os.closerange(last + 1, 1 << 16)


def _enter(program: Program, start: Start, standard: Sequence[int], keep: Mapping[int, int]) -> NoReturn:
    """Turn this fork into the program."""
    try:
        gc.freeze()
        _descriptors(standard, keep)
        os.chdir(start.folder)
        if start.session:
            os.setsid()
        elif start.group >= 0:
            os.setpgid(0, start.group)
        _run(program, start)
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        os._exit(1)


class ForkServer:
    """The caller's side: a server process for this one, started with its first command."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._execute: Callable[..., int] = vars(subprocess)["_fork_exec"]

    def fork_exec(self, *asked: Any) -> int:
        """Stand for `subprocess._fork_exec`: return the pid of the started program."""
        start = _asked(asked)
        if start is None or start.folder != str(ROOT) or asked[21] is not None:
            return self._execute(*asked)
        standard = [given if given >= 0 else number for number, given in enumerate((asked[6], asked[9], asked[11]))]
        with self._lock:
            sent = json.dumps(asdict(start)).encode()
            connection = self._connected()
            _subreaper(True)
            try:
                socket.send_fds(connection, [sent], [*standard, *start.keep])
                return int(connection.recv(64))
            finally:
                _subreaper(False)

    def close(self) -> None:
        """End the server; the system call is what it was."""
        vars(subprocess)["_fork_exec"] = self._execute
        if self._socket is not None and self._server is not None:
            self._socket.close()
            self._server.wait()

    def _connected(self) -> socket.socket:
        if self._socket is None or self._server is None or self._server.poll() is not None:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                environment = {**os.environ, FRESH: "1"}
                command = [sys.executable, "-m", __name__, str(theirs.fileno())]
                self._server = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[theirs.fileno()])
            ours.recv(64)
            self._socket = ours
        return self._socket


def _asked(asked: Sequence[Any]) -> Start | None:
    """Return what a call of `_fork_exec` asks for, or None when the program must be executed."""
    if len(asked) not in _ARGUMENTS:
        return None
    command, _, close, keep, folder, environment = asked[:6]
    words = [os.fsdecode(word) for word in command]
    pairs = (
        {os.fsdecode(k): os.fsdecode(v) for k, v in os.environb.items()}
        if environment is None
        else dict(os.fsdecode(pair).split("=", 1) for pair in environment)
    )
    if not close or any(name in pairs for name in _STEERING) or Program.of(words) is None:
        return None
    if any(value not in (None, -1) for value in asked[17:21]):  # another user or umask
        return None
    kept = [number for number in keep if number != asked[13]]
    return Start(words, os.fsdecode(folder or Path.cwd()), pairs, kept, bool(asked[15]), int(asked[16]))


def _subreaper(on: bool) -> None:
    """Take in orphans: what the server forks twice becomes a child of this process."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)


def _serve(connection: socket.socket) -> None:
    """Fork what is asked for until the caller is gone."""
    while True:
        sent, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 64)
        if not sent:
            return
        start = Start(**json.loads(sent))
        program = Program.of(start.command)
        assert program is not None
        reader, writer = os.pipe()
        between = os.fork()
        if between == 0:
            parent = os.getpid()
            child = os.fork()
            if child == 0:
                while os.getppid() == parent:  # until the caller has taken it in
                    os.sched_yield()
                _enter(program, start, descriptors[:3], dict(zip(start.keep, descriptors[3:], strict=True)))
            os.write(writer, str(child).encode())
            os._exit(0)
        os.waitpid(between, 0)
        connection.send(os.read(reader, 64))
        for number in (reader, writer, *descriptors):
            os.close(number)


def _fork_here(*asked: Any) -> int:
    """Stand for `subprocess._fork_exec` in a forked program: what it starts is forked from itself."""
    start = _asked(asked)
    program = Program.of(start.command) if start is not None else None
    if start is None or program is None or start.folder != str(ROOT):
        return _execute(*asked)
    if program.target == "scrapy" and "twisted.internet.reactor" in sys.modules:
        return _execute(*asked)
    standard = [given if given >= 0 else number for number, given in enumerate((asked[6], asked[9], asked[11]))]
    child = os.fork()
    if child:
        return child
    if asked[21] is not None:
        asked[21]()
    _enter(program, start, standard, {number: number for number in start.keep})


def _become(path: str, command: Sequence[str]) -> NoReturn:
    """Stand for `os.execv` in a forked program."""
    program = Program.of(command)
    if program is None or any(name in os.environ for name in _STEERING) or Path.cwd() != ROOT:
        _execv(path, command)
    keep = [int(name) for name in os.listdir("/proc/self/fd")]  # noqa: PTH208
    kept = [number for number in keep if number > 2 and _inherited(number)]
    start = Start(list(command), str(ROOT), dict(os.environ), kept, False, -1)
    _enter(program, start, (0, 1, 2), {number: number for number in kept})


def _inherited(number: int) -> bool:
    try:
        return os.get_inheritable(number)
    except OSError:
        return False


_execute: Callable[..., int] = vars(subprocess)["_fork_exec"]
_execv: Callable[[str, Sequence[str]], NoReturn] = vars(os)["execv"]


def install() -> ForkServer:
    """Let this process fork its Python programs from a server of its own, until that is closed."""
    server = ForkServer()
    if sys.platform == "linux":
        vars(subprocess)["_fork_exec"] = server.fork_exec
    return server


def main(number: int) -> int:
    """Be the server: import, say so, serve."""
    global _warm
    for name in WARM:
        importlib.import_module(name)
    for folder in WARM_FOLDERS:
        for module in pkgutil.iter_modules(importlib.import_module(folder).__path__, f"{folder}."):
            importlib.import_module(module.name)
    for pattern in (residue_forms.any_form, residue_forms.any_token):
        pattern()  # a tenth of a second to compile, in every crawl that stores a new text
    for form in residue_forms.FORMS + residue_forms.PROPER + residue_forms.BUTTONS + residue_forms.COMPANIONS:
        assert form.pattern  # compiled once for all crawls
    assert "twisted.internet.reactor" not in sys.modules
    vars(subprocess)["_fork_exec"] = _fork_here
    vars(os)["execv"] = _become
    gc.collect()
    gc.freeze()
    _warm = _Warm()
    with socket.socket(fileno=number) as connection:
        connection.send(b"ready")
        _serve(connection)
    return 0


if __name__ == "__main__":
    sys.modules["testing.fork_server"] = sys.modules["__main__"]
    raise SystemExit(main(int(sys.argv[1])))

"""Bring a forked interpreter into the state of one that has just started, and run a program in it."""

from __future__ import annotations

import atexit
import contextlib
import importlib
import io
import logging
import os
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pipelines.prefork.program import Program

_OF_A_PROCESS = "crawler.settings"
"""Reads the environment as it is imported, so every program imports it anew."""
_STRICT = ("error", None, Warning, None, 0)
"""The warning filter of `-W error`."""


class FreshState:
    """Warnings, logging and module path of this interpreter when everything was imported and nothing had run.

    `filters` are the warning filters with which the interpreter started. Its own `-W error` is no part of the state.
    """

    def __init__(self, filters: Sequence[Any]) -> None:
        self._path = sys.path[1:]
        self._started = filters
        added = warnings.filters[: len(warnings.filters) - len(filters)]
        self._filters = [each for each in added if each != _STRICT]
        self._root = _logger_state(logging.root)
        self._loggers = {
            name: _logger_state(logger)
            for name, logger in logging.root.manager.loggerDict.items()
            if isinstance(logger, logging.Logger)
        }
        self.replaced: list[object] = []  # never freed: a file of the parent would close a descriptor of the child

    def restore(self, program: Program, environment: Mapping[str, str]) -> None:
        """Bring environment, streams, signals, warnings, logging, hooks and module path to a program's start."""
        atexit._clear()
        self.replaced += [sys.stdin, sys.stdout, sys.stderr]
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # ignored in the background, and Python leaves it so
            signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(environment)
        time.tzset()
        _open_streams(unbuffered=program.unbuffered or bool(environment.get("PYTHONUNBUFFERED")))
        self._restore_logging()
        # What libraries add while they are imported stands before -W.
        own: list[Any] = [_STRICT] if program.strict else []
        warnings.resetwarnings()
        warnings.filters[:] = [*self._filters, *own, *self._started]  # type: ignore[index]  # typeshed says Sequence; it is a list
        sys.excepthook, sys.unraisablehook = sys.__excepthook__, sys.__unraisablehook__
        threading.excepthook = threading.__excepthook__
        atexit.register(logging.shutdown)
        sys.path[:] = [program.folder, *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)), *self._path]
        importlib.invalidate_caches()
        sys.modules.pop(_OF_A_PROCESS, None)

    def _restore_logging(self) -> None:
        for name, logger in logging.root.manager.loggerDict.items():
            if isinstance(logger, logging.Logger):
                self._set(logger, self._loggers.get(name, (logging.NOTSET, True, False, [], [])))
        self._set(logging.root, self._root)
        logging.captureWarnings(False)
        logging.disable(logging.NOTSET)

    def _set(self, logger: logging.Logger, state: tuple[int, bool, bool, list[Any], list[Any]]) -> None:
        self.replaced += [*logger.handlers, *logger.filters]
        level, logger.propagate, logger.disabled, handlers, filters = state
        logger.setLevel(level)
        logger.handlers[:], logger.filters[:] = handlers, filters


def _logger_state(logger: logging.Logger) -> tuple[int, bool, bool, list[Any], list[Any]]:
    return logger.level, logger.propagate, logger.disabled, list(logger.handlers), list(logger.filters)


def _open_streams(*, unbuffered: bool) -> None:
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", closefd=False)  # type: ignore[misc]  # declared Final
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


def reset_signals() -> None:
    """Let signals that have a handler of Python do again what they do in a new process."""
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN):
            signal.signal(number, signal.SIG_DFL)


def run(program: Program, state: FreshState, environment: Mapping[str, str]) -> NoReturn:
    """Be the program until it ends. The descriptors stand already; nothing of the parent runs any more."""
    state.restore(program, environment)
    os._exit(_exit_code(program))


def _exit_code(program: Program) -> int:
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
    except BaseException:  # as an interpreter: any error is a traceback and code 1
        traceback.print_exc()
        code = 1
    with contextlib.suppress(BaseException):
        threading._shutdown()  # type: ignore[attr-defined]  # as an interpreter does at its end
        atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except OSError:
        code = 120  # as Python does
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    return code & 0xFF

"""Be the child that reads untrusted bodies: answer frames over two pipes, confined in memory and gone with its parent.

A frame is a length (8 bytes, big endian) and as many bytes. A request is three frames: the question (JSON), its context
and the body; an empty context stands for that of the request before. An answer is as many frames as the question has
parts. A part begins with `+`; a frame that begins with `-` is a line of words on an error and ends the answer.
`pipelines.sandbox.reader_process` is the parent's side.
"""

from __future__ import annotations

import errno
import gc
import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

import msgspec

from archive.messages.reason import Reason
from archive.processes.lifetime import die_with

LENGTH = 8  # bytes of a frame's length
OUT_OF_MEMORY = errno.ENOMEM
"""The exit code of a child at its memory limit."""
PART, FAILED = b"+", b"-"

Answer = Callable[[bytes, bytes, bytes], Iterable[bytes]]
"""A reading function: from question, context and body to the parts of the answer. An unchanged context is the same object."""


def _plain(value: object) -> object:
    if isinstance(value, Reason):
        return value.plain()
    raise TypeError(f"{type(value).__name__} is no part of a frame")


encode = msgspec.json.Encoder(enc_hook=_plain).encode


def serve(arguments: Sequence[str], load: Callable[[], Answer]) -> None:
    """Answer requests until the pipe ends, confined to MEMORY bytes and the life of PARENT.

    `load` imports the reader's libraries and returns the reading function; an error of that function becomes one line.
    """
    if len(arguments) == 2:
        _confine(int(arguments[0]), int(arguments[1]))
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not fall among the frames.
    os.dup2(2, 1)
    gc.disable()  # while modules come, which all stay
    read = load()
    gc.freeze()
    gc.set_threshold(20_000)  # a page is a thousand objects, none of them in a circle
    gc.enable()
    _put(sink, PART)
    context = b""
    try:
        while (question := _frame(source)) is not None:
            context = _frame(source) or context
            body = _frame(source) or b""
            try:
                for part in read(question, context, body):
                    _put(sink, PART + part)
            except MemoryError:
                raise
            except Exception as error:
                _put(sink, FAILED + f"{type(error).__name__}: {error}".splitlines()[0].encode("utf-8", "replace"))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # nothing that an interpreter does at its end, which needs memory too


def framed(data: bytes) -> bytes:
    """Return data as a frame."""
    return len(data).to_bytes(LENGTH, "big") + data


def _frame(source: BinaryIO) -> bytes | None:
    header = source.read(LENGTH)
    return source.read(int.from_bytes(header, "big")) if len(header) == LENGTH else None


def _put(sink: BinaryIO, data: bytes) -> None:
    sink.write(framed(data))
    sink.flush()


def _confine(memory: int, parent: int) -> None:
    """Die with the parent, leave Ctrl-C to it, hold the memory limit, write no core."""
    if not die_with(parent):
        sys.exit(1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

"""Log lines: one line an event, as text or as JSON, with nothing in it that forges a line or gives a secret away.

Text: `2026-11-22 01:00:03 WARNING message`; control characters are written as escapes, and the lines of a traceback follow
behind `  | `, so that a line which begins with a date is always an event of its own. JSON: one object a line with `time`
(ISO 8601, +07:00), `level`, `logger`, `message`, and `traceback` where there is one. A stream that cannot be written (a full
disk) never stops what is being logged.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TextIO

from pythonjsonlogger.core import LogData
from pythonjsonlogger.json import JsonFormatter

from archive.cli.output import printable
from archive.errors import UsageError
from crawler.log.redaction import Redactor, secrets_of_environment
from vietnam.dates import TZ

__all__ = [
    "LOG_STYLE",
    "JsonLines",
    "LogStyle",
    "SureHandler",
    "TextLines",
    "event_line",
    "install",
    "last_event",
    "one_line",
    "refuse",
    "style_of",
]

LOG_STYLE = "LUU_TRU_LOG"
"""The environment variable that tells a crawl how to write its log."""
_BEHIND = "  | "


class LogStyle(StrEnum):
    """How log lines are written."""

    TEXT = "text"
    JSON = "json"


def style_of(word: str) -> LogStyle:
    """The style of this name. Raises UsageError."""
    try:
        return LogStyle(word or "text")
    except ValueError:
        raise UsageError(f"log style `{word}` is unknown: write text or json") from None


def one_line(text: str) -> str:
    """The text on one line: line ends and control characters, bidi overrides included, are written as escapes."""
    return printable(text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", " "))


class TextLines(logging.Formatter):
    """One line an event for people."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self.default_msec_format = ""
        self.converter = lambda seconds: datetime.fromtimestamp(seconds or 0, TZ).timetuple()
        self._redact = redact

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The event's own line."""
        # Redact before line ends are escaped: an escaped end joined `\n` and `Cookie:` to one word, and the cookie was
        # shown.
        record.message = one_line(self._redact(record.message))  # a line end bounds what a secret is told by
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """The event's line, and behind it the traceback, each line marked."""
        whole = super().format(record)
        head, *rest = whole.split("\n")
        behind = [f"{_BEHIND}{one_line(self._redact(line))}" for line in rest if line.strip()]
        return "\n".join([head, *behind])


class JsonLines(JsonFormatter):
    """One JSON object an event for programs."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", json_ensure_ascii=False)
        self._redact = redact

    def process_log_record(self, log_data: LogData) -> LogData:
        """The fields in the words of the text form, without secrets."""
        names = {"levelname": "level", "name": "logger", "exc_info": "traceback", "stack_info": "stack"}
        said = {names.get(name, name): value for name, value in log_data.items() if value is not None}
        return {name: self._clean(value) for name, value in said.items()}

    def add_fields(self, log_data: LogData, record: logging.LogRecord, message_dict: LogData) -> None:
        """The moment first."""
        log_data["time"] = datetime.fromtimestamp(record.created, TZ).isoformat(timespec="milliseconds")
        super().add_fields(log_data, record, message_dict)

    def _clean(self, value: object) -> object:
        if isinstance(value, str):  # JSON escapes control characters, but not the overrides of bidi
            return "\n".join(printable(line) for line in self._redact(value).split("\n"))
        return value if isinstance(value, int | float) else self._redact(str(value))


class SureHandler(logging.Handler):
    """Writes to a stream (None: standard error as it is then) and passes over what the stream refuses.

    A log is not worth a night.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """One event."""
        try:
            stream = self._stream or sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # as the standard library: a log line ends nothing
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """A refused write is passed over; a mistake of ours in a message is shown as the standard library does."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def install(
    style: LogStyle,
    level: int | str = logging.INFO,
    secrets: tuple[str, ...] = (),
    stream: TextIO | None = None,
    environment: Mapping[str, str] = os.environ,
) -> None:
    """Send every log line of this process to one stream (default: standard error), in this style, without secrets."""
    redact = Redactor([*secrets_of_environment(environment), *secrets])
    handler = SureHandler(stream)
    make: Callable[[Redactor], logging.Formatter] = JsonLines if style is LogStyle.JSON else TextLines
    handler.setFormatter(make(redact))
    handler.setLevel(level)
    for other in logging.root.handlers[:]:
        if isinstance(other, SureHandler):
            logging.root.removeHandler(other)
    logging.root.addHandler(handler)
    logging.root.setLevel(level)


def event_line(style: LogStyle, moment: datetime, message: str) -> str:
    """A line of a log that is written from outside: when a crawl was started and how it ended."""
    local = moment.astimezone(TZ)
    if style is LogStyle.JSON:
        said = {
            "time": local.isoformat(timespec="milliseconds"),
            "level": "INFO",
            "logger": "scheduler",
            "message": message,
        }
        return json.dumps(said, ensure_ascii=False)
    return f"{local:%Y-%m-%d %H:%M:%S} INFO {one_line(message)}"


def refuse(message: str, style: LogStyle, secrets: tuple[str, ...] = ()) -> None:
    """The one line on standard error with which a command ends that cannot do what was asked."""
    if style is LogStyle.JSON:
        logging.getLogger("refused").error("%s", message)
        return
    with contextlib.suppress(OSError):
        sys.stderr.write(Redactor([*secrets_of_environment(os.environ), *secrets])(message) + "\n")


def last_event(line: str) -> str:
    """What the last line of a log says, whatever its style, for a reason in words."""
    try:
        said = json.loads(line)
        line = str(said["traceback"]).splitlines()[-1] if "traceback" in said else str(said["message"])
    except (ValueError, KeyError, TypeError, IndexError):
        line = line.removeprefix(_BEHIND.rstrip()).removeprefix(_BEHIND)
    return "".join(sign for sign in line if sign.isprintable()).strip()

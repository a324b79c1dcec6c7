"""Log lines: one line an event, as text or as JSON, without forged lines and secrets.

Text: `2026-11-22 01:00:03 WARNING message`; control characters are written as escapes, and the lines of a traceback follow
behind `  | `, so that a line that begins with a date is always an event of its own. JSON: one object a line with `time`
(ISO 8601, +07:00), `level`, `logger`, `message`, and `traceback` where there is one. A stream that cannot be written (a full
disk) stops nothing.
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
from typing import Any, TextIO

from pythonjsonlogger.core import LogData
from pythonjsonlogger.json import JsonFormatter
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from archive.errors import UsageError
from archive.messages.printable import printable, printable_lines
from crawler.log.redaction import Redactor, secrets_of_environment
from vietnam.date_forms import TZ

LOG_STYLE = "LUU_TRU_LOG"
"""The environment variable with the log style of a crawl."""
_BEHIND = "  | "


class LogStyle(StrEnum):
    """The form of log lines."""

    TEXT = "text"
    JSON = "json"


def style_of(word: str) -> LogStyle:
    """Return the style of this name. Raises UsageError."""
    try:
        return LogStyle(word or "text")
    except ValueError:
        raise UsageError(f"log style `{word}` is unknown: write text or json") from None


class TextLines(logging.Formatter):
    """A formatter that writes one line an event, for people."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self.default_msec_format = ""
        self.converter = lambda seconds: datetime.fromtimestamp(seconds or 0, TZ).timetuple()
        self._redact = redact

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the event's own line."""
        # Redact before line ends are escaped: an escaped end joined `\n` and `Cookie:` to one word, and the cookie was
        # shown.
        record.message = printable(self._redact(record.message))  # a line end bounds the form of a secret
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        """Return the event's line, and behind it the traceback, each line marked."""
        whole = super().format(record)
        head, *rest = whole.split("\n")
        behind = [f"{_BEHIND}{printable(self._redact(line))}" for line in rest if line.strip()]
        return "\n".join([head, *behind])


class JsonLines(JsonFormatter):
    """A formatter that writes one JSON object an event, for programs."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", json_ensure_ascii=False)
        self._redact = redact

    def process_log_record(self, log_data: LogData) -> LogData:
        """Return the fields by their names in our format, without secrets."""
        names = {"levelname": "level", "name": "logger", "exc_info": "traceback", "stack_info": "stack"}
        fields = {names.get(name, name): value for name, value in log_data.items() if value is not None}
        return {name: self._clean(value) for name, value in fields.items()}

    def add_fields(self, log_data: LogData, record: logging.LogRecord, message_dict: LogData) -> None:
        """Add the time before the other fields."""
        log_data["time"] = datetime.fromtimestamp(record.created, TZ).isoformat(timespec="milliseconds")
        super().add_fields(log_data, record, message_dict)

    def _clean(self, value: object) -> object:
        if isinstance(value, str):  # JSON escapes control characters, but not the overrides of bidi
            return printable_lines(self._redact(value))
        return value if isinstance(value, int | float) else self._redact(str(value))


class SureHandler(logging.Handler):
    """A handler that writes to a stream (None: standard error at that moment) and ignores a stream that refuses writes."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event."""
        try:
            stream = self._stream or sys.stderr
            stream.write(self.format(record) + "\n")
            stream.flush()
        except Exception:  # as the standard library: a log line ends nothing
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """Ignore a refused write; show a mistake of ours in a message as the standard library does."""
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
    """Return a log line that the scheduler adds to a crawl's log: its start and its end."""
    local = moment.astimezone(TZ)
    if style is LogStyle.JSON:
        when = local.isoformat(timespec="milliseconds")
        event = {"time": when, "level": "INFO", "logger": "scheduler", "message": message}
        return json.dumps(event, ensure_ascii=False)
    return f"{local:%Y-%m-%d %H:%M:%S} INFO {printable(message)}"


def refuse(message: str, style: LogStyle, secrets: tuple[str, ...] = ()) -> None:
    """Write the one line on standard error with which a command ends on an error."""
    if style is LogStyle.JSON:
        logging.getLogger("refused").error("%s", message)
        return
    with contextlib.suppress(OSError):
        sys.stderr.write(Redactor([*secrets_of_environment(os.environ), *secrets])(message) + "\n")


def last_event(line: str) -> str:
    """Return the message of a log's last line, in either style, for a reason in words."""
    try:
        event = json.loads(line)
        line = str(event["traceback"]).splitlines()[-1] if "traceback" in event else str(event["message"])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        line = line.removeprefix(_BEHIND.rstrip()).removeprefix(_BEHIND)
    return "".join(sign for sign in line if sign.isprintable()).strip()


class QuietFormatter(LogFormatter):
    """A formatter of Scrapy's own lines that logs no pages and no items: the run's records hold one line for each."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]  # Scrapy's engine takes None
        """Log nothing: `pages.jsonl` has the page."""
        return None

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]  # as above
        """Log nothing: `articles.jsonl` has the article, and its text must not reach the log."""
        return None

    def dropped(  # type: ignore[override]  # as above
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        """Log nothing: a dropped item has its page line."""
        return None

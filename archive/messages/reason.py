"""Reasons of verdicts, outcomes and refusals: a code with parameters, rendered in English or Vietnamese.

The messages are those of the catalogue under `reason.<code>`. The format of a parameter in them says how it is written:

    {n}             a number or a name as it is; another reason is rendered in its place
    {since:day}     an ISO date        {at:moment}   an ISO date with or without a time
    {free:size}     bytes              {detail:en}   English that no catalogue has: a line of a log, an error of the system
    {by:blocking}   one value of a vocabulary: the catalogue's `blocking.<value>`

Records that were written before reasons had codes hold English sentences. Such a sentence is a reason without a code, and is
shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from enum import StrEnum
from string import Formatter
from typing import cast

from archive.messages.catalogue import MessageCatalogue, catalogue
from vietnam.date_forms import TZ

_DEEPEST = 8  # reasons within a reason of a file that somebody else wrote


class Source(StrEnum):
    """The author of a part of a rendered reason."""

    OURS = "ours"  # the catalogue, with numbers and days
    QUOTED = "quoted"  # a name, a portal's text
    ENGLISH = "english"  # an older record's sentence, a log, the system


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a rendered reason. Only `ours` holds nothing that a stranger may have written."""

    text: str
    source: Source


class Reason:
    """A code of the catalogue and its parameters by name; without a code, the sentence of an older record. Immutable."""

    # No dataclass: msgspec would write its two fields instead of calling the hooks of archive/storage/jsonl.py.
    __slots__ = ("code", "params")
    code: str
    params: tuple[tuple[str, Value], ...]

    def __init__(self, code: str, params: tuple[tuple[str, Value], ...] = ()) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "params", params)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} of a reason cannot be changed")

    def __reduce__(self) -> tuple[type[Reason], tuple[object, ...]]:
        return Reason, (self.code, self.params)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and (self.code, self.params) == (other.code, other.params)

    def __hash__(self) -> int:
        return hash((self.code, self.params))

    def __repr__(self) -> str:
        return f"Reason({self.code!r}, {self.params!r})"

    @classmethod
    def of(cls, code: str, /, **params: Value | date) -> Reason:
        """Make a reason; days are kept as ISO 8601."""
        plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in params.items()}
        return cls(code, tuple(sorted(plain.items())))

    @classmethod
    def sentence(cls, text: str) -> Reason:
        """Make a reason of an English sentence that has no code."""
        return cls("", (("text", text),))

    @classmethod
    def of_error(cls, error: BaseException) -> Reason:
        """Return the reason that an error was raised with, else its message as a sentence."""
        first = error.args[0] if len(error.args) == 1 else None
        return first if isinstance(first, Reason) else cls.sentence(str(error))

    @classmethod
    def parse(cls, raw: object, depth: int = 0) -> Reason:
        """Read what `plain` returned. Raises TypeError for anything else."""
        if isinstance(raw, str):
            return cls.sentence(raw)
        if not isinstance(raw, dict) or not isinstance(code := raw.get("code"), str) or not code or depth > _DEEPEST:
            raise TypeError(f"{str(raw)[:80]!r} is no reason")
        params = {}
        for name, value in cast("dict[str, object]", raw).items():
            if isinstance(value, dict):
                params[name] = cls.parse(value, depth + 1)
            elif isinstance(value, (str, int, float)):
                params[name] = value  # type: ignore[assignment]  # a scalar or a reason: Value
            else:
                raise TypeError(f"{str(value)[:80]!r} is no parameter of a reason")
        del params["code"]
        return cls(code, tuple(sorted(params.items())))

    def plain(self) -> object:
        """Return the JSON form: an object with the code and the parameters, a string for a sentence."""
        if not self.code:
            return self.params[0][1]
        return {"code": self.code} | {
            name: value.plain() if isinstance(value, Reason) else value for name, value in self.params
        }

    def reported(self) -> object:
        """Return the JSON form with the English text, for the output of commands."""
        plain = self.plain()
        return {**(plain if isinstance(plain, dict) else {}), "text": str(self)}

    def __str__(self) -> str:
        """Render it in English."""
        return "".join(part.text for part in parts(self, catalogue("en")))


Value = str | int | float | Reason
"""A parameter: a JSON scalar, or another reason."""


def parts(reason: Reason, words: MessageCatalogue) -> Iterator[Part]:
    """Render a reason in a language. One that the catalogue does not know is shown as its code and parameters."""
    params = dict(reason.params)
    if not reason.code:
        yield Part(str(params["text"]), Source.ENGLISH)
        return
    try:
        yield from _fill(words.template(f"reason.{reason.code}", params), params, words)
    except (KeyError, TypeError, ValueError):  # a later program wrote it, or not a program
        told = "".join(f" {name}={value}" for name, value in reason.params)
        yield Part(reason.code + told, Source.ENGLISH)


def joined(reasons: Iterable[Reason]) -> str:
    """Return reasons in English on one line."""
    return "; ".join(map(str, reasons))


def sentences(raw: object) -> tuple[Reason, ...]:
    """Read a JSON list of reasons. Raises TypeError when it is none."""
    return tuple(Reason.parse(one) for one in cast("list[object]", raw or []))


def format_size(size: int) -> str:
    """Write bytes for people in powers of ten, as disks are sold: `87 MB`, `1.2 GB`."""
    value, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if abs(value) < 999.5 or unit == "TB":
            break
        value /= 1000
    digits = 0 if unit in ("B", "kB") or value >= 9.95 else 1
    return f"{value:.{digits}f}".removesuffix(".0") + f" {unit}"


def _fill(template: str, params: Mapping[str, Value], words: MessageCatalogue) -> list[Part]:
    found: list[Part] = []
    for literal, name, kind, _ in Formatter().parse(template):
        if literal:
            found.append(Part(literal, Source.OURS))
        if name is not None:
            value = params[name]
            found += parts(value, words) if isinstance(value, Reason) else [_written(value, kind or "", words)]
    return found


def _written(value: str | float, kind: str, words: MessageCatalogue) -> Part:
    if kind == "en":
        return Part(str(value), Source.ENGLISH)
    if kind in ("day", "moment"):
        return Part(_day(str(value), words.language), Source.OURS)
    if kind == "size":
        return Part(_decimal(format_size(int(value)), words), Source.OURS)
    if kind and isinstance(value, str):
        known = words.texts.get(f"{kind}.{value}")
        return Part(known or value, Source.OURS if known else Source.ENGLISH)
    if isinstance(value, str):
        return Part(value, Source.QUOTED)
    return Part(_decimal(f"{value:g}" if isinstance(value, float) else str(value), words), Source.OURS)


def _decimal(text: str, words: MessageCatalogue) -> str:
    return text if words.language == "en" else text.replace(".", ",")


def _day(text: str, language: str) -> str:
    """Write a day, with the time of day and its zone where it has one. Raises ValueError for what is no day."""
    day = date.fromisoformat(text[:10])
    if language == "en":
        return text
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None and day.year not in (MINYEAR, MAXYEAR):  # the zone could lead out of the calendar
        return f"{moment.astimezone(TZ):%d/%m/%Y %H:%M} UTC+7"
    return f"{day:%d/%m/%Y} {text[11:16]}".rstrip()

"""Parse a search query from one line: words, phrases and filters.

    nghị quyết 36               all of these words, with or without diacritics, in any order
    "ủy ban nhân dân"           side by side, in one paragraph
    36-NQ/TW                    a word with signs in it: its parts side by side
    -hội  -"hội nghị"           texts without it
    nghi*                       words that begin so (three letters at least)
    title:cầu                   in the title
    province:"Quảng Trị"        published under this province or those merged into it
    portal:da_nang              of this portal
    published:2025-03..2025-04  by the day that the text gives; a year, a month or a day, and either end may be open
    crawled:2025-03-04..        by the night of the crawl
    event:revision              new, near_duplicate, revision, redated, reread, duplicate, attachment

The same filter twice means either (dates only once), and a minus before `province:`, `portal:`, `event:` or `title:`
leaves those out. Nothing of a line reaches a database as syntax: only the words of `vietnam.words` do.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from archive.errors import UsageError
from archive.messages.reason import Reason
from archive.model.enums import VERSIONS, Event
from vietnam.provinces import UnknownProvince, find_province, with_predecessors
from vietnam.words import words

FILTERS = ("province", "portal", "published", "crawled", "event", "title")
EVENTS = (*VERSIONS, Event.ATTACHMENT)
"""The events whose texts are looked through."""

_LONGEST_LINE = 1000
_MOST_WORDS = 64
_SHORTEST_PREFIX = 3
_OPENING = {'"': '"', "“": '”“"', "„": '”“"', "«": "»"}
_NAME = re.compile(r"([a-z]+):(?=\S)")
_EMPTY_NAME = re.compile(rf"({'|'.join(FILTERS)}):(?=\s|$)")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")


@dataclass(frozen=True, slots=True)
class Term:
    """Words side by side, the last of which may only begin so; `without` selects texts that lack them."""

    exact: tuple[str, ...]
    plain: tuple[str, ...]
    prefix: bool = False
    without: bool = False
    in_title: bool = False

    def forms(self, exact: bool) -> tuple[str, ...]:
        """Return the words with their diacritics, or without."""
        return self.exact if exact else self.plain


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Any of these, whatever they are when there are none, and none of those."""

    any_of: frozenset[str] = frozenset()
    none_of: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class DayRange:
    """Days from `since` to `until`, both included; None is an open end."""

    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Parsed query. `exact`: diacritics must match; `all_versions`: older versions of an article count as well."""

    terms: tuple[Term, ...] = ()
    provinces: TermGroup = TermGroup()
    portals: TermGroup = TermGroup()
    events: TermGroup = TermGroup()
    published: DayRange = DayRange()
    crawled: DayRange = DayRange()
    exact: bool = False
    all_versions: bool = False

    @property
    def wanted(self) -> tuple[Term, ...]:
        """Terms that a text must have."""
        return tuple(term for term in self.terms if not term.without)


def parse(
    line: str, *, options: Iterable[tuple[str, str]] = (), exact: bool = False, all_versions: bool = False
) -> Query:
    """Parse one line, with filters given beside it by name and value; `without` is one here.

    Raises UsageError in one line with the right form.
    """
    if len(line) > _LONGEST_LINE:
        raise UsageError(Reason.of("query_too_long", characters=len(line), most=_LONGEST_LINE))
    draft = _QueryDraft()
    for name, value in ((name, _printable(value)) for name, value in options):
        if name == "without":
            draft.words(value, without=True, quoted=True)
        else:
            draft.filter(name, value, without=False)
    for part in _parts(_printable(line)):
        if part.name is None:
            draft.words(part.value, without=part.without, quoted=part.quoted)
        else:
            draft.filter(part.name, part.value, without=part.without, quoted=part.quoted)
    query = draft.query(exact=exact, all_versions=all_versions)
    narrowed = query != Query(terms=query.terms, exact=exact, all_versions=all_versions)
    if not query.wanted and not narrowed:
        raise UsageError(Reason.of("query_empty"))
    return query


def _printable(line: str) -> str:
    """Replace line ends and control characters by blanks: they part words and must stand in no message."""
    return "".join(char if char.isprintable() else " " for char in line)


@dataclass(frozen=True, slots=True)
class _QueryPart:
    value: str
    name: str | None
    without: bool
    quoted: bool


def _parts(line: str) -> Iterable[_QueryPart]:
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        without = line[at] == "-" and at + 1 < len(line) and not line[at + 1].isspace()
        at += without
        name = None
        if empty := _EMPTY_NAME.match(line, at):
            raise UsageError(Reason.of("query_names_nothing", asked=empty[0], example=_example(empty[1])))
        if (found := _NAME.match(line, at)) and _known(found[1], line[found.end() :]):
            name, at = found[1], found.end()
        value, at, quoted = _value(line, at)
        yield _QueryPart(value, name, without, quoted)


def _value(line: str, at: int) -> tuple[str, int, bool]:
    """Return a phrase in quotation marks, or the text before the next blank or quotation mark; and its end."""
    closing = _OPENING.get(line[at])
    if closing is None:
        end = next((i for i in range(at, len(line)) if line[i].isspace() or line[i] in '"“„«'), len(line))
        return line[at:end], max(end, at + 1), False
    end = next((i for i in range(at + 1, len(line)) if line[i] in closing), -1)
    if end < 0:
        raise UsageError(Reason.of("query_open_quote", character=at + 1))
    return line[at + 1 : end], end + 1, True


def _known(name: str, rest: str) -> bool:
    """Return whether it is a filter's name. A misspelled one is an error: as a word it would find nothing."""
    if name in FILTERS:
        return True
    close = get_close_matches(name, FILTERS, n=1, cutoff=0.75)
    if close and not rest.startswith("//"):
        raise UsageError(Reason.of("query_no_filter", name=name, example=_example(close[0])))
    return False


def _example(name: str) -> str:
    examples = {
        "province": "province:quangtri",
        "portal": "portal:da_nang",
        "published": "published:2025-03..2025-04",
        "crawled": "crawled:2025-03-04",
        "event": "event:revision",
        "title": "title:cầu",
    }
    return examples[name]


@dataclass(slots=True)
class _QueryDraft:
    """Parts of a line read so far."""

    terms: list[Term] = field(default_factory=list)
    chosen: dict[tuple[str, bool], set[str]] = field(default_factory=dict)
    days: dict[str, DayRange] = field(default_factory=dict)

    def words(self, value: str, *, without: bool, quoted: bool, in_title: bool = False) -> None:
        """Add words that stand side by side."""
        bare = value.removesuffix("*")
        prefix = bare != value
        if "*" in bare:
            raise UsageError(Reason.of("query_star", asked=value))
        found = list(words(bare))
        if not found:
            if quoted or prefix or in_title:
                if value:
                    raise UsageError(Reason.of("query_no_word", asked=value))
                raise UsageError(Reason.of("query_no_word_quoted"))
            return
        if prefix and len(found[-1].plain) < _SHORTEST_PREFIX:
            raise UsageError(Reason.of("query_prefix", asked=value, letters=_SHORTEST_PREFIX))
        exact, plain = tuple(word.exact for word in found), tuple(word.plain for word in found)
        self.terms.append(Term(exact, plain, prefix, without, in_title))
        if sum(len(term.plain) for term in self.terms) > _MOST_WORDS:
            raise UsageError(Reason.of("query_many_words", most=_MOST_WORDS))

    def filter(self, name: str, value: str, *, without: bool, quoted: bool = False) -> None:
        """Add a filter."""
        value = value.strip()
        if name == "title":
            self.words(value, without=without, quoted=quoted, in_title=True)
        elif name in ("published", "crawled"):
            if without or name in self.days:
                raise UsageError(Reason.of("query_once", name=name, example=_example(name)))
            self.days[name] = _days(name, value)
        else:
            self.chosen.setdefault((name, without), set()).update(_CHOICES[name](value))

    def query(self, *, exact: bool, all_versions: bool) -> Query:
        """Return the whole query."""
        provinces, portals, events = (self._choice(name) for name in ("province", "portal", "event"))
        published, crawled = (self.days.get(name, DayRange()) for name in ("published", "crawled"))
        terms = tuple(dict.fromkeys(self.terms))
        return Query(terms, provinces, portals, events, published, crawled, exact, all_versions)

    def _choice(self, name: str) -> TermGroup:
        any_of, none_of = (self.chosen.get((name, without), set()) for without in (False, True))
        return TermGroup(frozenset(any_of), frozenset(none_of))


def _provinces(value: str) -> frozenset[str]:
    try:
        return with_predecessors(find_province(value).slug)
    except UnknownProvince as error:
        asked, close = repr(error.slug), ", ".join(error.close)
        if close:
            raise UsageError(Reason.of("query_province_close", asked=asked, close=close)) from None
        raise UsageError(Reason.of("query_province", asked=asked)) from None


def _portal(value: str) -> frozenset[str]:
    return frozenset({value})


def _event(value: str) -> frozenset[str]:
    known = [event.value for event in EVENTS]
    if value not in known:
        raise UsageError(Reason.of("query_event", asked=repr(value), events=", ".join(known)))
    return frozenset({value})


_CHOICES = {"province": _provinces, "portal": _portal, "event": _event}


def _days(name: str, value: str) -> DayRange:
    first, dots, last = value.partition("..")
    try:
        since = _span(first)[0] if first else None
        until = _span(last)[1] if last else (None if dots else _span(first)[1])
    except ValueError:
        raise UsageError(Reason.of("query_span", asked=repr(value), example=_example(name))) from None
    if (since is None and until is None) or (since and until and until < since):
        raise UsageError(Reason.of("query_no_day", asked=repr(value), example=_example(name)))
    return DayRange(since, until)


def _span(written: str) -> tuple[date, date]:
    """Return the first and the last day of a year, a month or a day. Raises ValueError."""
    found = _DAY.fullmatch(written)
    if not found:
        raise ValueError(written)
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    first = date(year, month, day)
    if found[3]:
        return first, first
    month = month if found[2] else 12
    return first, date(year, month, calendar.monthrange(year, month)[1])

"""Render a page: the archive, cached years and the templates, with every part escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.errors import ArchiveError, TimeLimit
from archive.index.column_types import is_place
from archive.index.transaction import Queries
from archive.messages.catalogue import LANGUAGES, MessageCatalogue, catalogue
from archive.messages.reason import Reason
from archive.store import Archive
from archive.web import formatting as shown
from archive.web.day_cache import DayCache, SeriesCache
from archive.web.reasons import ReasonMarkup
from archive.web.urls import Links, with_query
from vietnam.provinces import PROVINCES

ROWS = 50
"""Rows of a list on one page."""

SECONDS = 5.0
"""For each question of a page to the index."""

_HEAVY = 2  # comparisons, proofs and checks at a time; others are sent away for a moment
_FOLDER = Path(__file__).parent
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{3,6}/[0-9]{7,9}")


class PageNotFound(ArchiveError):
    """Nothing in the archive has that name: 404."""


class BadRequest(ArchiveError):
    """The address or a value in it is not one: 400."""


class TextWithheld(ArchiveError):
    """The text was withheld: 451."""


class TooBusy(ArchiveError):
    """Too many costly requests at once: 503."""


def check_request(holds: object, reason: Reason) -> None:
    """Raise BadRequest with this reason unless something holds."""
    if not holds:
        raise BadRequest(reason)


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request: the language, the path as it was sent, the values of path and query."""

    language: str
    path: str
    values: Mapping[str, str]
    query: Mapping[str, str]

    @classmethod
    def of(cls, request: Request) -> PageRequest:
        """Read a request whose path begins with a language."""
        values = {name: str(value) for name, value in request.path_params.items()}
        raw = request.scope.get("raw_path", b"").decode("ascii", "replace").partition("?")[0]
        return cls(values.pop("language", LANGUAGES[0]), raw, values, dict(request.query_params))

    def day(self, name: str) -> date:
        """Return a day of the path. Raises BadRequest."""
        return day_of(self.values[name])

    def before(self) -> str:
        """Return the place of an event before which a list begins, empty for its start. Raises BadRequest."""
        before = self.query.get("before", "")
        check_request(not before or (_AT.fullmatch(before) and is_place(before)), Reason.of("form_before"))
        return before


def day_of(text: str) -> date:
    """Parse `2025-03-04`. Raises BadRequest for anything else."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text or not 1990 <= found.year <= 2999:
        raise BadRequest(Reason.of("form_day"))
    return found


@dataclass(slots=True)
class PageContext:
    """One archive, opened for reading.

    `report` is the file of the last audit, `wait` the seconds for which costly work waits.
    """

    archive: Archive
    report: Path | None = None
    wait: float = SECONDS
    days: DayCache = field(init=False)
    numbers: SeriesCache = field(init=False, default_factory=SeriesCache)
    _heavy: BoundedSemaphore = field(init=False, default_factory=lambda: BoundedSemaphore(_HEAVY))
    _templates: Environment = field(init=False)
    _words: Mapping[str, MessageCatalogue] = field(init=False)
    _reasons: Mapping[str, ReasonMarkup] = field(init=False)

    def __post_init__(self) -> None:
        self.days = DayCache(self.archive)
        self._words = {language: catalogue(language) for language in LANGUAGES}
        self._reasons = {name: ReasonMarkup(words) for name, words in self._words.items()}
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates.filters |= {
            "archived": shown.archived,
            "clock": shown.clock,
            "inline": shown.inline,
            "visible": shown.visible,
            "followed": shown.as_link,
        }

    @contextmanager
    def reading(self) -> Iterator[Queries]:
        """Open queries to the index, for a bounded time. Raises TimeLimit."""
        with self.archive.index.reading(SECONDS) as queries:
            yield queries

    @contextmanager
    def heavy(self) -> Iterator[None]:
        """Hold one of a few places for costly work. Raises TooBusy."""
        if not self._heavy.acquire(timeout=self.wait):
            raise TooBusy(Reason.of("too_busy"))
        try:
            yield
        finally:
            self._heavy.release()

    def show(self, request: PageRequest, template: str, code: int = 200, /, **values: object) -> HTMLResponse:
        """Render a page."""
        language, words, reasons = request.language, self._words[request.language], self._reasons[request.language]
        context: dict[str, object] = {
            "t": words,
            "lang": language,
            "reason": reasons.one,
            "reasons": reasons.all,
            "robots": reasons.robots,
            "url": Links(language),
            "others": [(other, _in_language(request, other)) for other in LANGUAGES if other != language],
            "query": request.query,
            "num": partial(shown.number, language=language),
            "size": partial(shown.size, language=language),
            "day": partial(shown.short_day, language=language),
            "full_day": partial(shown.full_day, language=language),
            "place_name": place_name,
            "archive": self.archive.identity,
            "page": template.removesuffix(".html"),
        }
        html = self._templates.get_template(template).render(context | values)
        return HTMLResponse(html, code, {"Content-Language": language})

    def refuse(self, request: PageRequest, error: ArchiveError) -> HTMLResponse:
        """Render the page that explains an error."""
        status = _STATUS.get(type(error), 500)
        return self.show(request, "error.html", status, status=status, message=Reason.of_error(error))


_STATUS: dict[type[ArchiveError], int] = {
    PageNotFound: 404,
    BadRequest: 400,
    TextWithheld: 451,
    TooBusy: 503,
    TimeLimit: 503,
}


def _in_language(request: PageRequest, other: str) -> str:
    return with_query(f"/{other}{request.path[len(request.language) + 1 :]}", **request.query)


def place_name(slug: str | None) -> str:
    """Return the name of a province by its slug."""
    known = PROVINCES.get(slug) if slug else None
    return known.name if known else ""

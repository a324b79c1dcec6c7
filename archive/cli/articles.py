"""Find an article by the arguments that name one."""

from __future__ import annotations

import argparse
from datetime import date

from archive.cli.output import print_articles
from archive.coverage.reader import require_known
from archive.errors import ArchiveError, UsageError
from archive.index.rows import EventRow, KnownRuns
from archive.store import Archive


class NotFound(ArchiveError):
    """Nothing, or more than one article, fits."""


def known_until(archive: Archive, night: date | None) -> date | None:
    """Return the night of `--as-of`. Raises UsageError when it lies before the archive's first one."""
    if night is None:
        return None
    with archive.index.reading() as queries:
        first = queries.coverage.first_night()
    if first is None or night < first:
        raise UsageError(f"nothing was known on {night}: the archive's first night is {first or 'still to come'}")
    return night


def known_runs(archive: Archive, night: date | None) -> KnownRuns:
    """Return what was known that night by the chain of seals; everything without a night."""
    return KnownRuns(night, archive.runs_sealed_after(night) if night else ())


def find(
    archive: Archive, options: argparse.Namespace, article: str | None, limit: int | None, *, standing: bool = False
) -> list[EventRow]:
    """Find the events that fit the filters, with `--as-of` none of later nights; `standing`: only last ones.

    Raises UsageError for a portal or a night that the archive does not have.
    """
    require_known(archive, options.portal, options.night, options.night)
    until = known_until(archive, getattr(options, "as_of", None))
    with archive.index.reading() as queries:
        return queries.events.find(
            portal=options.portal,
            night=options.night,
            words=options.title,
            url=options.url,
            digest=options.hash,
            article=article,
            provinces=options.province or (),
            until=until,
            without=archive.runs_sealed_after(until) if until else (),
            standing=standing,
            limit=limit,
        )


def find_one(archive: Archive, options: argparse.Namespace) -> list[EventRow]:
    """Return every event of the one article that fits, oldest first.

    Raises UsageError when nothing was named, NotFound when no article or more than one fits (they are listed).
    """
    wanted: str | None = options.article
    if wanted and wanted.startswith(("http://", "https://")):
        options.url, wanted = wanted, None
    elif wanted and "/" not in wanted:
        options.hash, wanted = wanted, None
    filters = (options.portal, options.province, options.night, options.title, options.url, options.hash)
    if not any([wanted, *filters]):
        raise UsageError("name an article: an id, a hash, an address, or --portal, --province, --night, --title")
    found = find(archive, options, wanted, None)
    if not found:
        as_of = getattr(options, "as_of", None)
        then = f" on {as_of}: what came later is left out" if as_of else ""
        raise NotFound(f"no article fits{then}; `python -m archive list` shows what is there")
    articles = {(item.portal, item.key) for item in found}
    if len(articles) > 1:
        print_articles(found, as_json=False)
        raise NotFound(f"{len(articles)} articles fit; name one of them by its id")
    return found

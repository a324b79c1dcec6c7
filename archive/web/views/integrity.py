"""Show the archive's seals, the head to compare with a published one, and the findings of the last audit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from starlette.responses import HTMLResponse

from archive.errors import ArchiveError
from archive.export.proofs import published_head
from archive.messages.reason import Reason
from archive.storage.jsonl import decode, decoder
from archive.storage.manifest import Previous
from archive.web.context import ROWS, BadRequest, PageContext, PageRequest, check_request, day_of
from vietnam.date_forms import TZ

_LARGEST = 20_000_000  # bytes of a report
_SHOWN = 500  # findings


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """A finding of a report, whose code may be of another version of the program."""

    code: str
    path: str
    detail: Reason


@dataclass(frozen=True, slots=True)
class TombstoneView:
    """A lawful removal: the articles, why, for whom, when, and the tombstone."""

    articles: tuple[str, ...]
    reason: str
    who: str
    when: str
    path: str


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """Options of the audit: a part of the files, or only the sealed files."""

    files: bool = False
    subset: str | None = None


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Output of `python -m archive verify --json` in a file, and the time of that file.

    `archive` is the id, `tip` the last seal of the archive that it read; both are missing in reports of older versions.
    """

    findings: tuple[ReportFinding, ...]
    nights: int
    texts: int
    captures: int
    files: int
    bytes: int
    notes: tuple[Reason, ...] = ()
    withheld: tuple[TombstoneView, ...] = ()
    archive: str = ""
    tip: Previous | None = None
    signers: Mapping[str, int] = field(default_factory=dict)
    verified_at: datetime | None = None
    version: str = ""
    options: ReportOptions = ReportOptions()
    written: datetime | None = None

    @property
    def partial(self) -> bool:
        """Return whether it read only a part of the archive."""
        return self.options.files or self.options.subset is not None


_REPORT = decoder(VerifyReport)


def read_report(path: Path) -> VerifyReport | None:
    """Read the report in a file; None where there is no file. Raises BadRequest when it is no report."""
    try:
        at = path.stat()
        check_request(at.st_size <= _LARGEST, Reason.of("report_too_large", file=path.name))
        report = decode(_REPORT, path.read_bytes(), "a report")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BadRequest(Reason.of("no_report", file=path.name, error=str(error))) from None
    return replace(report, written=datetime.fromtimestamp(at.st_mtime, TZ))


def integrity(context: PageContext, request: PageRequest) -> HTMLResponse:
    """Show the chain of seals, the head in its lines, and the last audit's report."""
    before = _before(request.query.get("before", ""))
    with context.reading() as queries:
        found = queries.seals.newest(ROWS + 1, before)
    report, trouble, past = None, None, None
    try:
        report = read_report(context.report) if context.report else None
        past = _past(context, report) if report else None
    except BadRequest as error:
        report, trouble = None, Reason.of_error(error)
    head, unreadable = _head(context)
    return context.show(
        request,
        "integrity.html",
        seals=found[:ROWS],
        following=f"{found[ROWS - 1].night}/{found[ROWS - 1].number}" if len(found) > ROWS else None,
        before=request.query.get("before", ""),
        head=head,
        unreadable=unreadable,
        report=report,
        past=past,
        findings=report.findings[:_SHOWN] if report else (),
        trouble=trouble,
    )


def _past(context: PageContext, report: VerifyReport) -> Reason | None:
    """Return the reason that a report says nothing of the archive as it is now. Raises BadRequest for another archive's."""
    if not report.archive:
        return Reason.of("report_unbound")
    check_request(report.archive == context.archive.identity.id, Reason.of("report_of_archive", archive=report.archive))
    with context.reading() as queries:
        tip = queries.seals.tip()
    if (report.tip.head if report.tip else None) == (tip.head if tip else None):
        return None
    return Reason.of("report_past", head=report.tip.head[:16]) if report.tip else Reason.of("report_before_seals")


def _head(context: PageContext) -> tuple[list[str], Reason | None]:
    """Return the lines of `python -m archive head`, or the reason for none."""
    try:
        seal = context.archive.last_seal()
        return (published_head(context.archive, seal).lines() if seal else []), None
    except (ArchiveError, ValueError) as error:
        return [], Reason.of_error(error)


def _before(text: str) -> tuple[date, int] | None:
    if not text:
        return None
    night, _, number = text.partition("/")
    check_request(re.fullmatch(r"[0-9]{1,4}", number), Reason.of("form_before_seal"))
    return day_of(night), int(number)

"""The report of a night: a headline, bad portals first, then the rest. Pure: rows in, report out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from archive.leases.states import LeaseState
from archive.messages.printable import printable
from archive.messages.reason import Reason, format_size
from archive.model.enums import ArchiveKind, Event, Verdict
from archive.model.records import HostVisit
from archive.storage.manifest import Seal
from crawler.reports.night_table import NightRow, other_outcomes
from vietnam.date_forms import TZ

_GRAVITY = (
    LeaseState.FAILED, LeaseState.MISSED, Verdict.BROKEN, Verdict.MOVED, Verdict.GONE, Verdict.UNREACHABLE, Verdict.BLOCKED,
    Verdict.SUSPICIOUS, LeaseState.PARTIAL, Verdict.INTERRUPTED, Verdict.THIN, LeaseState.PLANNED, LeaseState.RUNNING,
)  # fmt: skip
_ORDER = {word.value: place for place, word in enumerate(_GRAVITY)}
_NO_HISTORY = "no history yet"
_NEW = (Event.NEW, Event.NEAR_DUPLICATE)


@dataclass(frozen=True, slots=True)
class PortalLine:
    """One portal's night. `bytes` are those of its stored responses; `took` is None where the ledger has no times.

    `expected` is set for a dissolved portal that does not answer, after that was reported once.
    """

    portal: str
    verdict: str
    state: str
    good: bool
    tries: int = 0
    took: timedelta | None = None
    reasons: tuple[Reason, ...] = ()
    listed: int = 0
    new: int = 0
    revisions: int = 0
    duplicates: int = 0
    gone: int = 0
    quarantined: int = 0
    requests: int = 0
    bytes: int = 0
    expected: bool = False
    outcomes: tuple[tuple[str, int], ...] = ()
    hosts: tuple[tuple[str, HostVisit], ...] = ()

    @property
    def skipped(self) -> bool:
        """Return whether it is off the schedule."""
        return self.state == LeaseState.SKIPPED

    @property
    def texts(self) -> tuple[str, ...]:
        """The reasons in English, one line each."""
        return tuple(printable(str(reason)) for reason in self.reasons)

    @property
    def first_reason(self) -> str:
        """The most important reason; without one, the outcomes beside articles and lists."""
        if self.reasons:
            # Every portal lacks history in its first week.
            return next((text for text in self.texts if text != _NO_HISTORY), self.texts[0])
        return ", ".join(f"{name} {count}" for name, count in self.outcomes)


@dataclass(frozen=True, slots=True)
class NightReport:
    """The whole night, portals in the order of reading. `remarks` concern no single portal."""

    night: date
    kind: ArchiveKind
    portals: tuple[PortalLine, ...]
    began: datetime | None = None
    ended: datetime | None = None
    seal: Seal | None = None
    free: int | None = None
    nights_left: int | None = None
    remarks: tuple[str, ...] = ()

    @property
    def scheduled(self) -> list[PortalLine]:
        """The portals that were on the schedule."""
        return [line for line in self.portals if not line.skipped]

    @property
    def bad(self) -> list[PortalLine]:
        """The portals that need attention, worst first."""
        return [line for line in self.portals if not line.good]

    @property
    def good(self) -> bool:
        """Return whether no portal needs attention."""
        return not self.bad

    @property
    def verdicts(self) -> dict[str, int]:
        """The number of portals by verdict: good and quiet first, then by gravity, the lightest first."""
        counts = Counter(line.verdict for line in self.scheduled)
        return dict(sorted(counts.items(), key=lambda item: (-_ORDER.get(item[0], len(_ORDER)), item[0])))

    @property
    def headline(self) -> str:
        """`34 portals: 30 good, 2 quiet, 1 thin, 1 blocked; 412 new, 13 revisions, 2 gone; 87 MB; 01:00–01:48`."""
        lines = self.scheduled
        word = "portal" if len(lines) == 1 else "portals"
        verdicts = ", ".join(f"{count} {verdict}" for verdict, count in self.verdicts.items())
        new, revisions, gone = (sum(getattr(line, name) for line in lines) for name in ("new", "revisions", "gone"))
        parts = [
            f"{len(lines)} {word}: {verdicts or 'none ran'}",
            f"{new} new, {revisions} {'revision' if revisions == 1 else 'revisions'}, {gone} gone",
            format_size(sum(line.bytes for line in lines)),
        ]
        if self.began is not None and self.ended is not None:
            parts.append(f"{self.began.astimezone(TZ):%H:%M}–{self.ended.astimezone(TZ):%H:%M}")
        return "; ".join(parts)

    @property
    def sealed(self) -> str:
        """The seal in words."""
        if self.seal is None:
            return "not sealed yet"
        signed = "signed" if self.seal.signed else "unsigned"
        return f"sealed as manifest-{self.seal.number}, {signed}, head {self.seal.head[:16]}"


def report_of(
    night: date,
    kind: ArchiveKind,
    rows: Sequence[NightRow],
    seal: Seal | None,
    *,
    free: int | None = None,
    nights_left: int | None = None,
    remarks: Sequence[str] = (),
) -> NightReport:
    """Return the report of a night from its rows: bad ones first, by gravity, then good ones by name, skipped ones last."""
    lines = sorted((_line(row) for row in rows), key=_place)
    began = [row.began for row in rows if row.began is not None]
    ended = [row.ended for row in rows if row.ended is not None and row.began is not None]
    return NightReport(
        night,
        kind,
        tuple(lines),
        min(began, default=None),
        max(ended, default=None),
        seal if seal is not None and seal.night == night else None,
        free,
        nights_left,
        tuple(printable(remark) for remark in remarks),
    )


def _place(line: PortalLine) -> tuple[bool, bool, int, str]:
    return line.skipped, line.good, _ORDER.get(line.verdict, len(_ORDER)), line.portal


def _line(row: NightRow) -> PortalLine:
    took = row.ended - row.began if row.began is not None and row.ended is not None else None
    line = PortalLine(row.portal, row.verdict, row.state, row.good, row.tries, took, row.shown_reasons)
    if row.run is None:
        return line
    return replace(
        line,
        listed=row.run.listed,
        new=sum(row.events(event) for event in _NEW),
        revisions=row.events(Event.REVISION),
        duplicates=row.events(Event.DUPLICATE),
        gone=row.events(Event.GONE),
        quarantined=row.events(Event.QUARANTINED),
        requests=row.run.requests,
        bytes=row.run.bytes,
        expected=row.expected,
        outcomes=tuple(other_outcomes(row.run).items()),
        hosts=tuple(row.run.hosts.items()),
    )

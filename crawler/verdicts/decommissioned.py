"""Decide whether a portal is decommissioned: moved to a successor, or gone.

One night is enough for a redirect to a known host. Without an answer it takes many nights, because a name server or a
certificate may be repaired, and a cause: its province was merged or its declaration says so. A night in which no portal
answered is not counted, because the network here was down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.decommission import BAD_CERTIFICATE, GONE_NIGHTS, NO_NAME, Decommission, DecommissionSign
from archive.model.enums import Outcome, Verdict
from archive.model.records import PageRecord, Run
from archive.store import Archive
from crawler.urls import is_homepage
from crawler.verdicts.counts import VerdictFinding
from vietnam.provinces import province, province_of_host, successor

_SIGNS = {NO_NAME: DecommissionSign.NO_NAME, BAD_CERTIFICATE: DecommissionSign.CERTIFICATE}
_NO_SIGN = (Outcome.ROBOTS, Outcome.REDIRECTED)  # robots.txt and the way to a response show nothing
_SILENT = (Verdict.UNREACHABLE, Verdict.INTERRUPTED)


@dataclass(frozen=True, slots=True)
class DecommissionRule:
    """The number of nights without an answer after which a portal is gone.

    `dissolved` is the reason for which it may be gone; None when it may not.
    """

    dissolved: Reason | None = None
    nights: int = GONE_NIGHTS


@dataclass(frozen=True, slots=True)
class DecommissionAssessment:
    """The assessment of one night.

    `sign` is what the night shows, `denied` what had been recorded and this night's answers contradict.
    """

    sign: Decommission | None = None
    denied: Decommission | None = None
    rule: DecommissionRule = DecommissionRule()


def dissolution(slug: str | None, declared: date | None, night: date) -> Reason | None:
    """Return why a portal may be gone by a night: declared so, or its province (a slug) was merged; else None."""
    if declared is not None and declared <= night:
        return Reason.of("declared_dissolved", day=declared)
    known = province(slug) if slug is not None else None
    if known is None or known.since is None or known.since > night:
        return None
    return Reason.of("province_merged", province=known.name, into=successor(known.slug).name, day=known.since)


def sign_of(pages: Iterable[PageRecord]) -> tuple[DecommissionSign, str | None] | None:
    """Return the sign that a run's lines show, and the host that the portal moved to; None where they show none."""
    outcomes = {page.outcome for page in pages}.difference(_NO_SIGN)
    if not outcomes & {Outcome.LISTING, Outcome.FRONT_PAGE, Outcome.EMPTY}:
        hosts = Counter(page.detail for page in pages if page.outcome is Outcome.MOVED and page.key is None)
        if hosts:
            return DecommissionSign.MOVED, hosts.most_common(1)[0][0]
    if outcomes == {Outcome.UNREACHABLE}:
        signs = {_SIGNS.get(page.detail or "") for page in pages if page.outcome is Outcome.UNREACHABLE}
        known = [sign for sign in DecommissionSign if sign in signs]
        return (known[0], None) if None not in signs else None
    if outcomes == {Outcome.GONE} and any(is_homepage(page.url) for page in pages if page.outcome is Outcome.GONE):
        return DecommissionSign.NOT_FOUND, None
    return None


def assess(
    archive: Archive, writer: RunWriter, before: Sequence[Run], rule: DecommissionRule
) -> DecommissionAssessment:
    """Assess the committed lines of a run with the portal's crawls before it, newest first."""
    nights = {writer.night, *(run.night for run in before if run.away is not None)}
    with archive.index.reading() as queries:
        offline = queries.runs.offline_nights(writer.portal, nights)
    return assess_lines(writer.pages, writer.night, before, rule, offline)


def assess_lines(
    pages: Iterable[PageRecord],
    night: date,
    before: Sequence[Run],
    rule: DecommissionRule,
    offline: Collection[date] = (),
) -> DecommissionAssessment:
    """Assess a night's lines with the portal's crawls before it, newest first. In `offline` nights no portal answered."""
    earlier = _recorded_before(before)
    sign = _sign_tonight(pages, night, before, rule, offline, earlier)
    answered = any(page.outcome not in (Outcome.UNREACHABLE, Outcome.ROBOTS) for page in pages)
    return DecommissionAssessment(sign, earlier if sign is None and answered else None, rule)


def _recorded_before(before: Sequence[Run]) -> Decommission | None:
    run = next((run for run in before if run.complete and run.verdict not in _SILENT), None)
    return run.away if run is not None and run.verdict in (Verdict.MOVED, Verdict.GONE) else None


def _sign_tonight(
    pages: Iterable[PageRecord],
    night: date,
    before: Sequence[Run],
    rule: DecommissionRule,
    offline: Collection[date],
    earlier: Decommission | None,
) -> Decommission | None:
    shown = sign_of(pages)
    moved = earlier is not None and earlier.sign is DecommissionSign.MOVED
    gone = None if moved else earlier
    if shown is None or (night in offline and shown[0] is not DecommissionSign.MOVED):
        silent = {page.outcome for page in pages}.difference(_NO_SIGN) == {Outcome.UNREACHABLE}
        return gone if silent else None  # a portal that was gone and does not answer is still gone
    sign, host = shown
    if sign is DecommissionSign.MOVED:
        if earlier is not None and moved and earlier.to == host:
            return replace(earlier, nights=earlier.nights + 1)
        return Decommission(sign, night, to=host, recorded=night)
    if gone is not None:
        return replace(gone, sign=sign, nights=gone.nights + 1)
    nights = {night, *_nights_with_sign(before, offline)}
    found = Decommission(sign, min(nights), len(nights), dissolved=rule.dissolved is not None)
    return replace(found, recorded=night) if found.dissolved and len(nights) >= rule.nights else found


def _nights_with_sign(before: Sequence[Run], offline: Collection[date]) -> Iterator[date]:
    """Yield the nights just before that showed a sign as well, without those that showed nothing at all."""
    for run in before:
        if run.away is not None and run.away.sign is not DecommissionSign.MOVED:
            if run.night not in offline:
                yield run.night
        elif run.complete and run.verdict not in _SILENT:
            return


def decommission_findings(found: DecommissionAssessment) -> Iterator[VerdictFinding]:
    """Yield the verdict `moved` or `gone`, or a note on a portal that may be ending or answers again."""
    sign, dissolved = found.sign, found.rule.dissolved
    if found.denied is not None:
        again = Reason.of("answers_again", day=str(found.denied.recorded), was=found.denied.reason)
        yield VerdictFinding(None, again, 3)
    if sign is None:
        return
    if sign.sign is DecommissionSign.MOVED:
        known = province_of_host(sign.to or "")
        moved = sign.reason
        if known is not None:
            moved = Reason.of("moved_to_province", host=str(sign.to), province=known.name)
        yield VerdictFinding(Verdict.MOVED, Reason.of("redirects", moved=moved), 3)
    elif dissolved is None:
        yield VerdictFinding(None, Reason.of("ending_undeclared", sign=sign.sign.value, n=sign.nights), 1)
    elif sign.recorded is not None:
        yield VerdictFinding(Verdict.GONE, Reason.of("gone", gone=sign.reason, cause=dissolved), 3)
    else:
        limit = found.rule.nights
        ending = Reason.of("ending_dissolved", sign=sign.sign.value, n=sign.nights, nights=limit, cause=dissolved)
        yield VerdictFinding(None, ending, 1)


def why_unscheduled(archive: Archive, portal: str, night: date, ask_days: int) -> Reason | None:
    """Return why a decommissioned portal is not on a night's schedule; None when it is.

    One that is gone is tried again `ask_days` days after the last try. One that moved waits for a person to run it by
    name; that record then decides.
    """
    last = _last_record(archive, portal, night)
    if last is None:
        return None
    tried, found = last
    if found.sign is DecommissionSign.MOVED:
        return Reason.of("off_moved", was=found.reason, day=str(found.recorded))
    again = tried + timedelta(days=ask_days)
    return None if night >= again else Reason.of("off_gone", was=found.reason, day=again)


def decommissioned_portals(archive: Archive, portals: Iterable[str], night: date, ask_days: int) -> dict[str, Reason]:
    """Return the portals that are recorded as moved or gone by the end of a night, with the reason."""
    later, found = night + timedelta(days=1), {}
    for portal in portals:
        reason = why_unscheduled(archive, portal, later, ask_days)
        if reason is None and (last := _last_record(archive, portal, later)) is not None:
            reason = Reason.of("off_gone_due", was=last[1].reason)
        if reason is not None:
            found[portal] = reason
    return found


def _last_record(archive: Archive, portal: str, night: date) -> tuple[date, Decommission] | None:
    with archive.index.reading() as queries:
        run = queries.runs.last_conclusive(portal, night)
    return (run.night, run.away) if run is not None and run.away is not None and run.away.recorded is not None else None

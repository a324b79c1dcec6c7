"""Moved, gone, or only silent: what a night's lines say of the portal's end, and what follows from it with those before.

A redirect to a known host is said by one night. That nobody is there any more takes many: a name server or a certificate
may be mended. It also takes a reason: of a portal that nobody dissolved, silence is silence. Where no portal answered that
night, the network here was away, and the night is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from archive.messages.reason import Reason
from archive.model.decommission import BAD_CERTIFICATE, NO_NAME, EndSign, Sign
from archive.model.enums import Outcome, Verdict
from archive.model.records import PageRecord, Run
from crawler.config.decommission import DecommissionRule, is_front
from crawler.verdicts.counts import VerdictFinding
from vietnam.provinces import province, province_of_host, successor

__all__ = ["away_findings", "away_of", "dissolution", "ended_before", "sign_of"]

_SIGNS = {NO_NAME: Sign.NO_NAME, BAD_CERTIFICATE: Sign.CERTIFICATE}
_ASIDE = (Outcome.ROBOTS, Outcome.REDIRECTED)  # an answer to robots.txt, and the way to an answer, say nothing
_SILENT = (Verdict.UNREACHABLE, Verdict.INTERRUPTED)


def dissolution(slug: str | None, declared: date | None, night: date) -> Reason | None:
    """Why a portal may have ended by this night, in words: declared so, or its province (a slug) was merged; else None."""
    if declared is not None and declared <= night:
        return Reason.of("declared_dissolved", day=declared)
    known = province(slug) if slug is not None else None
    if known is None or known.since is None or known.since > night:
        return None
    return Reason.of("province_merged", province=known.name, into=successor(known.slug).name, day=known.since)


def sign_of(pages: Sequence[PageRecord]) -> tuple[Sign, str | None] | None:
    """The sign that a run's lines show, and the host that the portal moved to; None where they show none."""
    told = [page for page in pages if page.outcome not in _ASIDE]
    outcomes = {page.outcome for page in told}
    if not outcomes & {Outcome.LISTING, Outcome.FRONT_PAGE, Outcome.EMPTY}:
        hosts = Counter(page.detail for page in told if page.outcome is Outcome.MOVED and page.key is None)
        if hosts:
            return Sign.MOVED, hosts.most_common(1)[0][0]
    if outcomes == {Outcome.UNREACHABLE}:
        signs = {_SIGNS.get(page.detail or "") for page in told}
        known = [sign for sign in Sign if sign in signs]
        return (known[0], None) if None not in signs else None
    if outcomes == {Outcome.GONE} and any(is_front(page) for page in told):
        return Sign.NOT_FOUND, None
    return None


def ended_before(before: Sequence[Run]) -> EndSign | None:
    """What was recorded of the portal's end and still holds; `before` are its crawls, newest first."""
    run = next((run for run in before if run.complete and run.verdict not in _SILENT), None)
    return run.away if run is not None and run.verdict in (Verdict.MOVED, Verdict.GONE) else None


def away_of(
    pages: Sequence[PageRecord], night: date, before: Sequence[Run], ends: DecommissionRule, deaf: Collection[date] = ()
) -> EndSign | None:
    """What tonight's lines say, with the nights before: newest first, as the archive hands them over.

    `deaf` are the nights in which no portal answered. A portal that was gone and does not answer is still gone.
    """
    sign = sign_of(pages)
    if night in deaf and sign is not None and sign[0] is not Sign.MOVED:
        sign = None
    earlier = ended_before(before)
    gone = earlier if earlier is not None and earlier.sign is not Sign.MOVED else None
    if sign is None:
        told = [page for page in pages if page.outcome not in _ASIDE]
        silent = bool(told) and all(page.outcome is Outcome.UNREACHABLE for page in told)
        return gone if silent else None
    kind, host = sign
    if kind is Sign.MOVED:
        same = earlier is not None and earlier.sign is Sign.MOVED and earlier.to == host
        return (
            replace(earlier, nights=earlier.nights + 1)
            if same and earlier
            else EndSign(kind, night, to=host, recorded=night)
        )
    if gone is not None:
        return replace(gone, sign=kind, nights=gone.nights + 1)
    nights = {night, *_same_nights(before, deaf)}
    away = EndSign(kind, min(nights), len(nights), dissolved=ends.dissolved is not None)
    return replace(away, recorded=night) if away.dissolved and len(nights) >= ends.nights else away


def _same_nights(before: Sequence[Run], deaf: Collection[date]) -> Iterator[date]:
    """The nights just before that showed a sign as well; those that said nothing are passed over."""
    for run in before:
        if run.away is not None and run.away.sign is not Sign.MOVED:
            if run.night not in deaf:
                yield run.night
        elif run.complete and run.verdict not in _SILENT:
            return


def away_findings(away: EndSign | None, back: EndSign | None, ends: DecommissionRule) -> Iterator[VerdictFinding]:
    """The verdict `moved` or `gone`, or what a person should know of a portal that may be ending or has come back."""
    if back is not None:
        yield VerdictFinding(None, Reason.of("answers_again", day=str(back.recorded), was=back.reason), 3)
    if away is None:
        return
    if away.sign is Sign.MOVED:
        known = province_of_host(away.to or "")
        moved = away.reason
        if known is not None:
            moved = Reason.of("moved_to_province", host=str(away.to), province=known.name)
        yield VerdictFinding(Verdict.MOVED, Reason.of("redirects", moved=moved), 3)
    elif away.recorded is not None and ends.dissolved is not None:
        yield VerdictFinding(Verdict.GONE, Reason.of("gone", gone=away.reason, cause=ends.dissolved), 3)
    elif ends.dissolved is not None:
        ending = Reason.of(
            "ending_dissolved", sign=away.sign.value, n=away.nights, nights=ends.nights, cause=ends.dissolved
        )
        yield VerdictFinding(None, ending, 1)
    else:
        yield VerdictFinding(None, Reason.of("ending_undeclared", sign=away.sign.value, n=away.nights), 1)

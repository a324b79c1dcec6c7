"""Findings of the answers: nobody there, not let in, articles that could not be read or do not look like the portal's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archive.messages.reason import Reason
from archive.model.enums import STOPPING, Outcome, Verdict, WalkEnd
from crawler.verdicts.baseline import more
from crawler.verdicts.counts import TRANSIENT, NightCounts, VerdictFinding
from crawler.verdicts.history import NightVolume

_SHARE = 0.3  # of the articles asked for or read: above it, something is wrong unless it always was so
_SAME = 0.5
_FEW = 3
_GONE_FROM = 10  # articles asked for from which vanished ones are counted as a share

_BLOCKING = (*STOPPING, Outcome.REFUSED, Outcome.ROBOTS_DENIED)
_NO_ANSWER = (Outcome.UNREACHABLE, Outcome.GUARD_DENIED, Outcome.ROBOTS)
# Everything else means that an article was there, or may have been, and could not be read.
_READ = (Outcome.ARTICLE, Outcome.NOT_MODIFIED)
_UNREADABLE = (
    Outcome.EXTRACT_TIMEOUT,
    Outcome.EXTRACT_MEMORY,
    Outcome.ERROR,
)  # there, and our reading failed: never usual
_QUARTER = 0.25
_VANISHED = (Outcome.GONE, Outcome.SOFT_404)


def answer_findings(night: NightCounts) -> Iterator[VerdictFinding]:
    """Judge whether the crawl was stopped, any host answered, and the portal let it in."""
    if night.stopped is not None:
        yield VerdictFinding(Verdict.INTERRUPTED, Reason.of("stopped_early", why=night.stopped))
    failed = night.outcomes.get(Outcome.UNREACHABLE, 0)
    if failed and not any(count for outcome, count in night.outcomes.items() if outcome not in _NO_ANSWER):
        robots = bool(night.outcomes.get(Outcome.ROBOTS))
        found = Reason.of("robots_only" if robots else "none_answered", requests=failed)
        yield VerdictFinding(Verdict.UNREACHABLE, found)
    walks_failed = any(walk.end is WalkEnd.FAILED for walk in night.sections.values())
    for outcome in _BLOCKING:
        count = night.outcomes.get(outcome, 0)
        if count and (outcome in STOPPING or walks_failed or night.share(outcome) > _SHARE):
            yield VerdictFinding(Verdict.BLOCKED, Reason.of("not_let_in", n=count, by=outcome.value), count)


def article_findings(night: NightCounts, before: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Compare the outcomes of the requested articles with their usual outcomes."""
    yield from _unread(night, before)
    gone = night.count(*_VANISHED)
    if night.articles and night.wanted >= _GONE_FROM and more(gone, night.wanted, _asked(before, _VANISHED), _SHARE):
        yield VerdictFinding(Verdict.SUSPICIOUS, Reason.of("articles_gone", percent=_percent(gone, night.wanted)), 1)
    aside = ((seen.measures.set_aside, _articles(seen)) for seen in before)
    if more(night.quarantined, night.articles, aside, _SHARE, least=_FEW if before else 1):
        found = Reason.of("articles_quarantined", count=night.quarantined, articles=night.articles)
        yield VerdictFinding(Verdict.SUSPICIOUS, found, 1)
    yield from _same(night, before)


def _unread(night: NightCounts, before: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    unread = {outcome: count for outcome, count in night.of_articles.items() if outcome not in (*_READ, *_VANISHED)}
    vanished, read = night.count(*_VANISHED), night.count(*_READ)
    missing = sum(unread.values())
    lists_read = any(walk.end is not None and walk.end.complete for walk in night.sections.values())
    if missing and missing + vanished < _FEW and set(unread) <= TRANSIENT and lists_read and before:
        missed = Reason.of("articles_missed", count=missing, articles=night.wanted, most=_most(night))
        yield VerdictFinding(None, missed, 1)
        return
    if night.wanted and not read and not (night.withdrawn == night.wanted < _FEW):
        if more(night.wanted, night.wanted, _asked(before, night.of_articles), _SAME):
            found = Reason.of("none_read", articles=night.wanted, most=_most(night))
            yield VerdictFinding(Verdict.BROKEN, found, 2)
    elif more(missing, night.wanted, _asked(before, unread), _SHARE) or (
        read and night.count(*_UNREADABLE) >= _QUARTER * night.wanted
    ):
        share = _percent(missing, night.wanted)
        moment = set(unread) <= TRANSIENT and lists_read and before and not _failed(before[-1]) and read >= missing
        found = Reason.of("unread_once" if moment else "unread", percent=share, most=_most(night))
        yield VerdictFinding(None if moment else Verdict.SUSPICIOUS, found, 2)


def _same(night: NightCounts, before: Sequence[NightVolume]) -> Iterator[VerdictFinding]:
    """Judge texts that repeat: one page for every address is an outage, known texts under others are new addresses."""
    same = night.measures.identical + night.measures.near
    counts = ((seen.measures.identical + seen.measures.near, _articles(seen)) for seen in before)
    if (same > 2 or same == night.articles > 1) and more(same, night.articles, counts, _SAME):
        yield VerdictFinding(Verdict.SUSPICIOUS, Reason.of("same_text", count=same, articles=night.articles), 2)
    known = night.measures.repeated
    counts = ((seen.measures.repeated, _articles(seen)) for seen in before)
    if known >= _GONE_FROM and more(known, night.articles, counts, _SAME):
        yield VerdictFinding(Verdict.SUSPICIOUS, Reason.of("other_addresses", count=known, articles=night.articles), 1)


def _percent(count: int, of: int) -> int:
    return round(100 * count / of)


def _failed(seen: NightVolume) -> bool:
    """Return whether a share of that night's articles, and more than one, could not be had for a moment."""
    asked = seen.measures.asked
    count = sum(asked.get(outcome.value, 0) for outcome in TRANSIENT)
    return count > 1 and count > _SHARE * sum(asked.values())


def _articles(seen: NightVolume) -> int:
    return seen.measures.asked.get(Outcome.ARTICLE.value, 0)


def _asked(before: Sequence[NightVolume], outcomes: Iterable[Outcome]) -> Iterator[tuple[int, int]]:
    names = [outcome.value for outcome in outcomes]
    for seen in before:
        asked = seen.measures.asked
        yield sum(asked.get(name, 0) for name in names), sum(asked.values())


def _most(night: NightCounts) -> Reason:
    """Return the outcome of most of the other articles, as the record names it."""
    bad = {outcome: count for outcome, count in night.of_articles.items() if outcome not in _READ and count}
    if not bad:
        return Reason.of("no_answer_came")
    outcome = max(bad, key=lambda key: bad[key])
    return Reason.of("mostly", outcome=outcome.value, count=bad[outcome])

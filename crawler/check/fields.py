"""Compare a list and an article with a portal's declaration, field by field. Pure: the responses are arguments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from archive.messages.reason import Reason
from archive.model.enums import REFUSALS, Outcome
from crawler.catalog.check_results import FieldFinding, FieldStatus
from crawler.check.article import article_findings
from crawler.listings.listing import Entry, Listing, SectionKind
from crawler.urls import host_of, real_host
from pipelines.article import Article
from vietnam.provinces import is_commune_host, province_of_host

_SILENT = frozenset(
    {Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.RATE_LIMITED, Outcome.MAINTENANCE, Outcome.REFUSED}
)
_REFUSING = (
    Outcome.ROBOTS_DENIED,
    Outcome.GUARD_DENIED,
    *REFUSALS,
)
_MOST = 0.8
_FEW = 3  # a list shows hardly fewer
_MANY = 5  # entries from which a list without a next page is odd


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """One list page. `requested` and `url` are as the portal names them, without the suffix of a rehearsal.

    `sent_to` is the address on another host to which it redirects, `tls` the error of the certificate or the handshake,
    `lines` are the page's folded texts.
    """

    section: str
    requested: str
    url: str
    outcome: Outcome
    detail: str | None = None
    listing: Listing | None = None
    kind: SectionKind = SectionKind.PAGES
    sent_to: str | None = None
    tls: str | None = None
    lines: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ArticleAnswer:
    """An article of a list: the response under its address and the extracted article.

    `key` is that of the address that answered, `reasons` are those for which its text would be quarantined.
    `from_interface` is set when an interface sent it and not a page.
    """

    entry: Entry
    url: str
    outcome: Outcome
    detail: str | None = None
    key: str | None = None
    article: Article | None = None
    reasons: tuple[Reason, ...] = ()
    from_interface: bool = False


@dataclass(frozen=True, slots=True)
class PortalResponses:
    """Every response of a portal: a section's list, its second page, an article, the first pages of further sections.

    Before the article stand entries that were none. `whole` is set when no section was left out. `tls` is the declared
    exception; a rehearsal goes around TLS.
    """

    first: ListAnswer
    second: ListAnswer | None = None
    articles: tuple[ArticleAnswer, ...] = ()
    further: tuple[ListAnswer, ...] = ()
    tls: str = "plain"
    rehearsed: bool = False
    whole: bool = False
    today: date = date.max


def findings(responses: PortalResponses) -> tuple[FieldFinding, ...]:
    """Return the finding of every field that could be tried, in the order in which a night would meet them.

    `wrong` is what would archive a portal wrongly or not at all, `doubtful` needs a person and fails no check, `not tried`
    is what the pages did not show and confirms nothing.
    """
    return tuple(_findings(responses))


def _findings(responses: PortalResponses) -> Iterator[FieldFinding]:
    first = responses.first
    yield _address(first)
    yield _tls(responses)
    yield _section(first, "section", whole=responses.whole)
    if first.listing is not None:
        yield from _list(first.listing, responses.today)
        yield _next(responses)
        yield from _articles(responses)
    for answer in responses.further:
        yield _section(answer, f"section {answer.section}", whole=responses.whole)


def _address(first: ListAnswer) -> FieldFinding:
    """Return whether the portal's own host answers."""
    finding = partial(FieldFinding, "address", statement="home")
    if first.sent_to:
        return finding(FieldStatus.WRONG, f"{first.requested} sends on to {first.sent_to}: {_meaning(first.sent_to)}")
    if first.outcome in _SILENT:
        return finding(FieldStatus.UNTRIED, f"{first.requested} did not answer: {_outcome(first)}")
    if first.outcome in _REFUSING:
        return finding(FieldStatus.WRONG, f"{first.requested} may not be asked: {_outcome(first)}")
    redirected = f", from {first.requested}" if first.url != first.requested else ""
    return finding(FieldStatus.OK, f"{first.url} answered{redirected}")


def _meaning(target: str) -> str:
    """Return what a redirect to another host, or an address there, may mean."""
    host = real_host(host_of(target) or target)
    if is_commune_host(host):
        return "a commune's portal, which continues no province's"
    if province_of_host(host) is None:
        return "a host of no province; a person has to see whose it is"
    return "the portal may have moved"


def _tls(responses: PortalResponses) -> FieldFinding:
    if responses.rehearsed:
        return FieldFinding("tls", FieldStatus.UNTRIED, "a rehearsal goes around it")
    if responses.first.tls:
        return FieldFinding("tls", FieldStatus.WRONG, f"{responses.first.tls}; declared is `{responses.tls}`")
    if responses.first.outcome is Outcome.UNREACHABLE:
        return FieldFinding("tls", FieldStatus.UNTRIED, "no connection")
    exception = "" if responses.tls == "plain" else ", which may not be needed any more: that was not tried"
    return FieldFinding("tls", FieldStatus.OK, f"`{responses.tls}` as declared{exception}")


def _section(answer: ListAnswer, field: str, *, whole: bool) -> FieldFinding:
    """Return whether a section's address still gives its list. One section alone confirms nothing of the others."""
    if answer.listing is None:
        held = FieldStatus.UNTRIED if answer.outcome in _SILENT else FieldStatus.WRONG
        return FieldFinding(field, held, f"no list at {answer.requested}: {_outcome(answer)}", "sections")
    if field == "section":  # its entries are a field of their own
        return FieldFinding(field, FieldStatus.OK, f"a list at {answer.url}", "sections" if whole else "")
    count = len(answer.listing.entries)
    if not count:
        return FieldFinding(field, FieldStatus.WRONG, f"no entry at {answer.requested}", "sections")
    return FieldFinding(field, FieldStatus.OK, f"{count} entries at {answer.url}", "sections" if whole else "")


def _outcome(answer: ListAnswer | ArticleAnswer) -> str:
    return f"{answer.outcome.value}{f' ({answer.detail})' if answer.detail else ''}"


def _list(listing: Listing, today: date) -> Iterator[FieldFinding]:
    entries = listing.entries
    count = len(entries)
    held = FieldStatus.WRONG if not count else FieldStatus.DOUBTFUL if count < _FEW else FieldStatus.OK
    yield FieldFinding("list", held, f"{count} entries" if count else "no entry: the selectors find no article", "list")
    if not count:
        return
    titled = sum(bool(entry.title) for entry in entries)
    held = FieldStatus.OK if titled >= _MOST * count else FieldStatus.DOUBTFUL
    yield FieldFinding("list titles", held, f"{titled} of {count} entries have a title", "list")
    yield _days([entry.day for entry in entries if entry.day is not None], count, today)


def _days(days: list[date], count: int, today: date) -> FieldFinding:
    if not days:
        return FieldFinding("list days", FieldStatus.UNTRIED, "the list shows no day, or none that is read")
    ahead = sum(day > today + timedelta(days=1) for day in days)
    falling = days == sorted(days, reverse=True)
    finding = partial(FieldFinding, "list days", statement="list")
    range_of_days = f"{len(days)} of {count} entries have a day, {min(days)} to {max(days)}"
    if ahead:
        wrong_way = f"{ahead} lie ahead: day and month may be read the wrong way"
        return finding(FieldStatus.WRONG, f"{range_of_days}; {wrong_way}")
    if not falling:
        return finding(FieldStatus.DOUBTFUL, f"{range_of_days}; not the newest first")
    return finding(FieldStatus.OK if len(days) >= _MOST * count else FieldStatus.DOUBTFUL, range_of_days)


def _next(responses: PortalResponses) -> FieldFinding:
    first, second = responses.first, responses.second
    assert first.listing is not None  # noqa: S101  the caller has checked
    if first.kind is not SectionKind.PAGES:
        return FieldFinding("next page", FieldStatus.UNTRIED, f"a {first.kind.value} has none")
    finding = partial(FieldFinding, "next page", statement="paging")
    if second is None:
        if len(first.listing.entries) < _MANY:
            return FieldFinding("next page", FieldStatus.UNTRIED, "a short list, and nothing leads on")
        return finding(FieldStatus.DOUBTFUL, "nothing leads to a second page")
    if second.listing is None:
        return finding(FieldStatus.WRONG, f"{second.requested}: {_outcome(second)}")
    shown = {entry.key for entry in first.listing.entries}
    new = sum(entry.key not in shown for entry in second.listing.entries)
    if not new:
        return finding(FieldStatus.WRONG, f"{second.requested} brings no other entry than the first page")
    return finding(FieldStatus.OK, f"{second.requested} brings {new} other entries")


def _articles(responses: PortalResponses) -> Iterator[FieldFinding]:
    if not responses.articles:
        return
    last = responses.articles[-1]
    before = "".join(f"; before it {each.url}: {_outcome(each)}" for each in responses.articles[:-1])
    if last.article is None:
        yield FieldFinding("article", FieldStatus.WRONG, f"{last.url}: {_outcome(last)}{before}", "layout")
        return
    yield FieldFinding("article", FieldStatus.DOUBTFUL if before else FieldStatus.OK, f"{last.url}{before}", "layout")
    if last.key == last.entry.key:
        yield FieldFinding("key", FieldStatus.OK, last.entry.key, "key")
    else:
        keys = f"listed as {last.entry.key}, the address that answered says {last.key or 'none'}"
        yield FieldFinding("key", FieldStatus.WRONG, keys, "key")
    yield from article_findings(
        last.article, last.entry, last.reasons, responses.first.lines, from_interface=last.from_interface
    )

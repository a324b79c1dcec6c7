"""What one list and one article say of a portal's declaration, field by field. Pure: what was brought is an argument."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from archive.model.enums import Outcome
from crawler.catalog.check_results import FieldFinding, FieldStatus
from crawler.check.article import article_findings
from crawler.listings.listing import Entry, Listing, SectionKind
from pipelines.article import Article

__all__ = ["ArticleAnswer", "ListAnswer", "PortalResponses", "findings"]

_SILENT = frozenset(
    {Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.RATE_LIMITED, Outcome.MAINTENANCE, Outcome.REFUSED}
)
_MOST = 0.8
_FEW = 3  # a list shows hardly fewer
_MANY = 5  # entries from which a list without a next page is odd


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """One list page. `asked` and `url` as the portal names them, without the suffix of a rehearsal; `sent_to` is the
    address on another host that it sends on to; `tls` names what went wrong with the certificate or the handshake;
    `lines` are the page's texts, folded."""

    section: str
    asked: str
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
    """An article that a list named: what came back under its address, and what was read; `key` is that of the address
    that answered, `reasons` why its text would be set aside. `told`: an interface sent it, not a page."""

    entry: Entry
    url: str
    outcome: Outcome
    detail: str | None = None
    key: str | None = None
    article: Article | None = None
    reasons: tuple[str, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class PortalResponses:
    """Everything that was asked of a portal: a section's list, its second page, an article (with those before it that were
    none), and the first pages of further sections. `whole`: no section was left out. `tls` is the declared exception; a
    rehearsal goes around TLS."""

    first: ListAnswer
    second: ListAnswer | None = None
    articles: tuple[ArticleAnswer, ...] = ()
    further: tuple[ListAnswer, ...] = ()
    tls: str = "plain"
    rehearsed: bool = False
    whole: bool = False
    today: date = date.max


# `wrong` is what would archive a portal wrongly or not at all; `doubtful` is for a person and holds nothing up; what was
# not shown is `not tried` and confirms nothing.
def findings(brought: PortalResponses) -> tuple[FieldFinding, ...]:
    """Every field that could be tried, in the order in which a night would meet them."""
    return tuple(_findings(brought))


def _findings(brought: PortalResponses) -> Iterator[FieldFinding]:
    first = brought.first
    yield _address(first)
    yield _tls(brought)
    yield _section(first, "section", whole=brought.whole)
    if first.listing is not None:
        yield from _list(first.listing, brought.today)
        yield _next(brought)
        yield from _articles(brought)
    for answer in brought.further:
        yield _section(answer, f"section {answer.section}", whole=brought.whole)


def _address(first: ListAnswer) -> FieldFinding:
    """Whether the portal's own host answers at all."""
    if first.sent_to:
        return FieldFinding(
            "address",
            FieldStatus.WRONG,
            f"{first.asked} sends on to {first.sent_to}: the portal may have moved",
            "home",
        )
    if first.outcome in _SILENT:
        return FieldFinding("address", FieldStatus.UNTRIED, f"{first.asked} did not answer: {_said(first)}", "home")
    if first.outcome in (Outcome.ROBOTS_DENIED, Outcome.GUARD_DENIED):
        return FieldFinding("address", FieldStatus.WRONG, f"{first.asked} may not be asked: {_said(first)}", "home")
    redirected = f", from {first.asked}" if first.url != first.asked else ""
    return FieldFinding("address", FieldStatus.OK, f"{first.url} answered{redirected}", "home")


def _tls(brought: PortalResponses) -> FieldFinding:
    if brought.rehearsed:
        return FieldFinding("tls", FieldStatus.UNTRIED, "a rehearsal goes around it")
    if brought.first.tls:
        return FieldFinding("tls", FieldStatus.WRONG, f"{brought.first.tls}; declared is `{brought.tls}`")
    if brought.first.outcome is Outcome.UNREACHABLE:
        return FieldFinding("tls", FieldStatus.UNTRIED, "no connection")
    exception = "" if brought.tls == "plain" else ", which may not be needed any more: that was not tried"
    return FieldFinding("tls", FieldStatus.OK, f"`{brought.tls}` as declared{exception}")


def _section(answer: ListAnswer, field: str, *, whole: bool) -> FieldFinding:
    """Whether a section's address still brings its list; one section alone bears nothing out of the others."""
    if answer.listing is None:
        held = FieldStatus.UNTRIED if answer.outcome in _SILENT else FieldStatus.WRONG
        return FieldFinding(field, held, f"no list at {answer.asked}: {_said(answer)}", "sections")
    if field == "section":  # its entries are a field of their own
        return FieldFinding(field, FieldStatus.OK, f"a list at {answer.url}", "sections" if whole else "")
    count = len(answer.listing.entries)
    if not count:
        return FieldFinding(field, FieldStatus.WRONG, f"no entry at {answer.asked}", "sections")
    return FieldFinding(field, FieldStatus.OK, f"{count} entries at {answer.url}", "sections" if whole else "")


def _said(answer: ListAnswer | ArticleAnswer) -> str:
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
    told = f"{len(days)} of {count} entries have a day, {min(days)} to {max(days)}"
    if ahead:
        return FieldFinding(
            "list days",
            FieldStatus.WRONG,
            f"{told}; {ahead} lie ahead: day and month may be read the wrong way",
            "list",
        )
    if not falling:
        return FieldFinding("list days", FieldStatus.DOUBTFUL, f"{told}; not the newest first", "list")
    return FieldFinding(
        "list days", FieldStatus.OK if len(days) >= _MOST * count else FieldStatus.DOUBTFUL, told, "list"
    )


def _next(brought: PortalResponses) -> FieldFinding:
    first, second = brought.first, brought.second
    assert first.listing is not None  # noqa: S101  the caller has looked
    if first.kind is not SectionKind.PAGES:
        return FieldFinding("next page", FieldStatus.UNTRIED, f"a {first.kind.value} has none")
    if second is None:
        if len(first.listing.entries) < _MANY:
            return FieldFinding("next page", FieldStatus.UNTRIED, "a short list, and nothing leads on")
        return FieldFinding("next page", FieldStatus.DOUBTFUL, "nothing leads to a second page", "paging")
    if second.listing is None:
        return FieldFinding("next page", FieldStatus.WRONG, f"{second.asked}: {_said(second)}", "paging")
    shown = {entry.key for entry in first.listing.entries}
    new = sum(entry.key not in shown for entry in second.listing.entries)
    if not new:
        return FieldFinding(
            "next page", FieldStatus.WRONG, f"{second.asked} brings no other entry than the first page", "paging"
        )
    return FieldFinding("next page", FieldStatus.OK, f"{second.asked} brings {new} other entries", "paging")


def _articles(brought: PortalResponses) -> Iterator[FieldFinding]:
    if not brought.articles:
        return
    last = brought.articles[-1]
    before = "".join(f"; before it {each.url}: {_said(each)}" for each in brought.articles[:-1])
    if last.article is None:
        yield FieldFinding("article", FieldStatus.WRONG, f"{last.url}: {_said(last)}{before}", "layout")
        return
    yield FieldFinding("article", FieldStatus.DOUBTFUL if before else FieldStatus.OK, f"{last.url}{before}", "layout")
    same = last.key == last.entry.key
    told = (
        f"{last.entry.key}"
        if same
        else f"listed as {last.entry.key}, the address that answered says {last.key or 'none'}"
    )
    yield FieldFinding("key", FieldStatus.OK if same else FieldStatus.WRONG, told, "key")
    yield from article_findings(last.article, last.entry, last.reasons, brought.first.lines, told=last.told)

"""Walk each section's list from its first page down to what an earlier walk had shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scrapy.http import Request, Response

from archive.model.enums import Outcome, WalkEnd
from archive.model.records import ListEntry, PageRecord
from crawler.listings.listing import Following, Listing, Section, SectionKind
from crawler.requests import Callback, Exchange, Expect, RequestBuilder, exchange_of
from crawler.sandbox.response_reader import answer_of
from crawler.spider.articles import Articles
from crawler.spider.listings import DeclaredPortal, ListingReader
from crawler.spider.recorder import RunRecorder
from crawler.spider.stop_rule import Paging, SectionProgress, first_walk_since
from crawler.urls import is_homepage
from pipelines.stages import ArticleResponse

EMPTIED = "a first page that says that it has no articles"  # a line's detail
LISTS_FIRST = 10  # the priority of list pages: what is listed stays pending, whatever happens to the night


@dataclass(eq=False)
class NightlyWalk:
    """Walk the lists of one night. `first_day` is the first day that the first walk of a section still wants.

    `beyond` holds, by section, where the list goes on behind a walk that came to its end tonight: the way and the number
    of the next page, None where there is none; `paging` what the walk saw of the list's pages.
    """

    portal: type[DeclaredPortal]
    builder: RequestBuilder
    recorder: RunRecorder
    reader: ListingReader
    articles: Articles
    on_listing: Callback
    first_day: date
    beyond: dict[str, tuple[Following, int] | None] = field(default_factory=dict, init=False)
    paging: dict[str, Paging] = field(default_factory=dict, init=False)
    _progress: dict[str, SectionProgress] = field(default_factory=dict, init=False)
    _sitemaps: dict[str, list[str]] = field(default_factory=dict, init=False)
    _sitemaps_named: set[str] = field(default_factory=set, init=False)

    def first_requests(self) -> Iterator[Request]:
        """Yield the request for the first page of every section."""
        lookups = self.recorder.writer.lookups
        for section in self.portal.sections:
            last = lookups.last_walk(section.name)
            since = first_walk_since(last, self.portal.first_walk_days, None) if last else self.first_day
            progress = SectionProgress(last is None, since)
            self._progress[section.name], self.paging[section.name] = progress, progress.paging
            self._sitemaps[section.name] = []
            yield self._request(section, self.portal.first_page(section))

    def _request(self, section: Section, way: Following) -> Request:
        info = self.builder.info(Expect.LISTING, way, section.name)
        info = replace(info, number=self._progress[section.name].pages + 1)
        return self.builder.build(info, self.on_listing, LISTS_FIRST)

    def read(self, exchange: Exchange, response: Response) -> Sequence[Request | ArticleResponse]:
        """Record a list page; return requests for its new articles and, unless the walk ends here, for its next page."""
        recorder, section = self.recorder, self.reader.section(exchange.info.section)
        progress, page = self._progress[section.name], self.reader.read(exchange, response)
        listing, outcome, detail = page.listing, page.outcome, page.detail
        if listing is None:
            end = progress.fail()
            if outcome is Outcome.EMPTY:
                end, detail = WalkEnd.EMPTY, _emptied(response) or detail
                progress.end = end
            recorder.write(exchange.page(outcome, detail, walk_end=end))
            recorder.react(outcome)
            return []
        following = self._following(section, listing)
        if listing.door and following is not None:
            recorder.write(exchange.page(outcome, detail, page_number=None))
            return [self._request(section, following)]
        entries = entries_of(listing)
        keys = {entry.key for entry in entries}
        if section.kind is SectionKind.PAGES:
            known = recorder.writer.lookups.known_before_last_walk(section.name, keys)
            ended = progress.page(entries, following is not None, known)
        else:
            ended = progress.document(entries, following is not None)
        if ended is WalkEnd.EMPTY:
            outcome, detail = Outcome.EMPTY, _emptied(response) or "a first page without entries"
        recorder.listed |= keys
        recorder.write(exchange.page(outcome, detail, listed=entries, walk_end=ended, total=listing.total))
        recorder.react(outcome)
        wanted = [*self.articles.wanted(entries), *self.articles.moved(entries)]
        requests = self.articles.in_list(exchange, response, entries)
        requests += [one for entry in wanted for one in self.articles.request(section.name, entry.key, entry.url)]
        if ended is None and following is not None:
            requests.insert(0, self._request(section, following))
        elif ended is not None and ended.complete:
            self.beyond[section.name] = (following, progress.pages + 1) if following else None
        return requests

    def fail(self, section: str) -> WalkEnd:
        """End the walk of a section whose list page could not be had."""
        return self._progress[section].fail()

    def _following(self, section: Section, listing: Listing) -> Following | None:
        queue = self._sitemaps[section.name]
        queue.extend(url for url in listing.more if url not in self._sitemaps_named)
        self._sitemaps_named.update(listing.more)  # an index may name itself
        return listing.next or (queue.pop(0) if queue else None)


def _emptied(response: Response) -> str | None:
    return EMPTIED if answer_of(response).emptied else None


def entries_of(listing: Listing) -> tuple[ListEntry, ...]:
    """Return a list page's entries as its line records them."""
    return tuple(ListEntry(one.key, one.url, one.title, one.day, one.record) for one in listing.entries)


_GONE = (Outcome.GONE, Outcome.SOFT_404, Outcome.WRONG_HOST, Outcome.GUARD_DENIED)


def wants_homepage(pages: Iterable[PageRecord]) -> bool:
    """Return whether every section's list last answered that it is no more, and the home page was not asked yet."""
    gone = {
        page.section: page.walk_end is WalkEnd.FAILED and page.outcome in _GONE
        for page in pages
        if page.section and page.page_number and page.lookback is None
    }
    return (
        bool(gone)
        and all(gone.values())
        and not any(is_homepage(page.url) for page in pages if page.outcome is not Outcome.REDIRECTED)
    )


class Homepage:
    """Ask for the home page, once, when everything else was asked and answered."""

    def __init__(self, home: str, builder: RequestBuilder, recorder: RunRecorder) -> None:
        self._home, self._builder, self._recorder = home, builder, recorder

    def requests(self) -> list[Request]:
        """Return the request for the home page where it is wanted."""
        if not wants_homepage(self._recorder.writer.pages):
            return []
        info = self._builder.info(Expect.FRONT_PAGE, f"{self._home}/", "")
        return [self._builder.build(info, self.on_response)]

    def on_response(self, response: Response) -> None:
        """Record what stands there. Nothing is read from it: a section's list is what its declaration says."""
        exchange = exchange_of(response)
        answer = answer_of(response)
        self._recorder.write(exchange.page(answer.outcome, answer.detail))
        self._recorder.react(answer.outcome)

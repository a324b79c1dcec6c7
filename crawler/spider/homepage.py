"""Ask for the home page of a portal whose lists are all gone: one request more, which tells a redesign from its end."""

from __future__ import annotations

from collections.abc import Sequence

from scrapy.http import Request, Response

from archive.model.enums import Outcome, WalkEnd
from archive.model.records import PageRecord
from crawler.config.decommission import is_front
from crawler.requests import Expect, RequestBuilder, exchange_of
from crawler.responses.facts import see
from crawler.responses.outcome import classify
from crawler.spider.recorder import RunRecorder

__all__ = ["Homepage", "wants_homepage"]

_GONE = (Outcome.GONE, Outcome.SOFT_404, Outcome.WRONG_HOST, Outcome.GUARD_DENIED)


def wants_homepage(pages: Sequence[PageRecord]) -> bool:
    """Return whether every section's list last answered that it is no more, and the home page was not asked yet."""
    last = {page.section: page for page in pages if page.section and page.page_number and page.lookback is None}
    gone = all(page.walk_end is WalkEnd.FAILED and page.outcome in _GONE for page in last.values())
    return bool(last) and gone and not any(is_front(page) for page in pages if page.outcome is not Outcome.REDIRECTED)


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
        outcome, detail = classify(see(response, exchange.info, self._home, self._recorder.hosts.asked, ()))
        self._recorder.write(exchange.page(outcome, detail))
        self._recorder.react(outcome)

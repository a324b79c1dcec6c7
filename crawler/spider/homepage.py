"""The front page of a portal whose lists are all away: one request more, which tells a redesign from a portal's end."""

from __future__ import annotations

from collections.abc import Sequence

from scrapy.http import Request, Response

from archive.errors import ArchiveError
from archive.model.enums import Outcome, WalkEnd
from archive.model.records import PageRecord
from crawler.config.decommission import is_front
from crawler.requests import Expect, RequestInfo
from crawler.responses.facts import see
from crawler.responses.outcome import classify
from crawler.responses.records import answer_page
from crawler.spider.attachments import AttachmentWalk

__all__ = ["HomepageBase", "wants_front"]

_AWAY = (Outcome.GONE, Outcome.SOFT_404, Outcome.WRONG_HOST, Outcome.GUARD_DENIED)


def wants_front(pages: Sequence[PageRecord]) -> bool:
    """Whether every section's list was last answered with an address that is no more, and the front page was not asked."""
    last = {page.section: page for page in pages if page.section and page.page_number and page.lookback is None}
    away = all(page.walk_end is WalkEnd.FAILED and page.outcome in _AWAY for page in last.values())
    return bool(last) and away and not any(is_front(page) for page in pages if page.outcome is not Outcome.REDIRECTED)


class HomepageBase(AttachmentWalk):
    """The part of a spider's run that asks for the front page, once, when everything else was asked and answered."""

    def more_requests(self) -> list[Request]:
        """The front page first, where it is wanted; then what the other parts want."""
        self.night.commit()
        return [self._front_request()] if wants_front(self.night.pages) else super().more_requests()

    def _front_request(self) -> Request:
        ask = RequestInfo(Expect.FRONT_PAGE, self.here(f"{self.home}/"), "")
        return Request(ask.url, self.on_front_page, errback=self.on_failure, meta={"ask": ask})

    def on_front_page(self, response: Response) -> None:
        """Record what stands there. Nothing is read from it: a section's list is what its declaration says."""
        ask: RequestInfo = response.meta["ask"]
        outcome, detail = classify(see(response, ask, self.home, self.own_here(), ()))
        try:
            self.write(answer_page(ask, response.meta["captured"], outcome, detail))
        except ArchiveError as error:
            self.failed(error)
        self.heed(outcome)

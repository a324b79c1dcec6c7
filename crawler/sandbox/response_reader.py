"""Have the extraction process judge and read what is no article, before the downloader lets the next request go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from scrapy.http import Request, Response

from archive.model.enums import Outcome
from crawler.downloader.guard import PortalHosts
from crawler.downloader.recorder import CrawlerMiddleware
from crawler.downloader.robots import READ, RobotsDecision
from crawler.listings.listing import SectionKind
from crawler.requests import Exchange, Expect, ReadAs, exchange_of
from crawler.responses.facts import charset_of, head_of
from crawler.responses.outcome import OutcomeDetail, ResponseFacts, classify, needs_tree
from crawler.sandbox.response_answer import ListedPortal, name_of
from crawler.sandbox.response_question import ANSWER, OF_RESPONSE, ResponseAnswer, ResponseQuestion
from pipelines.article import Layout
from pipelines.sandbox.child_process import encode
from pipelines.sandbox.extraction_worker import ExtractFailed, ExtractionWorker, ExtractTimeout, outcome_of
from pipelines.sandbox.page_question import layouts_context
from pipelines.sandbox.reader_process import ReadRequest

_NOT_READ = "could not be had (the answer cannot be read): nothing is asked for now"
_ANSWER = "answer"  # the key in a response's meta
_JUDGED = frozenset({Expect.LISTING, Expect.FRONT_PAGE, Expect.ATTACHMENT, Expect.ROBOTS})
_KINDS = {
    SectionKind.PAGES: ReadAs.LIST,
    SectionKind.FEED: ReadAs.FEED,
    SectionKind.SITEMAP: ReadAs.SITEMAP,
}


@dataclass(eq=False)
class ResponseReader:
    """Ask the extraction process of one crawl. `home` is the portal's front page, `hosts` those that it is asked at.

    `shared` gives the keys that the first pages of all sections but one show. `robots` are the product that robots.txt
    knows us by, and the longest crawl-delay in seconds that is observed.
    """

    worker: ExtractionWorker
    portal: type[ListedPortal]
    layouts: tuple[Layout, ...]
    home: str
    hosts: PortalHosts
    now: Callable[[], datetime]
    shared: Callable[[str], frozenset[str]]
    robots: tuple[str, float]

    async def read(self, exchange: Exchange, response: Response) -> None:
        """Leave the answer with the response, for `answer_of`, and that of a robots.txt for its gate."""
        response.meta[_ANSWER] = answer = await self._answer(exchange, response)
        if exchange.info.expect is Expect.ROBOTS:
            response.meta[READ] = answer.robots or RobotsDecision(_NOT_READ, waits=True)

    async def is_shell(self, exchange: Exchange, response: Response) -> bool:
        """Return whether a page is an empty shell that scripts would fill."""
        if exchange.info.expect is Expect.LISTING:
            return answer_of(response).outcome is Outcome.APP_SHELL
        question = self._question(exchange, response, ReadAs.NOTHING)
        return (await self._ask(question, response)).outcome is Outcome.APP_SHELL

    async def _answer(self, exchange: Exchange, response: Response) -> ResponseAnswer:
        info, read_as = exchange.info, exchange.info.read_as
        if info.expect is Expect.LISTING:
            read_as = next(_KINDS[each.kind] for each in self.portal.sections if each.name == info.section)
        return await self._ask(self._question(exchange, response, read_as), response)

    def _question(self, exchange: Exchange, response: Response, read_as: ReadAs) -> ResponseQuestion:
        info = exchange.info
        files = info.expect in (Expect.ATTACHMENT, Expect.ROBOTS)
        return ResponseQuestion(
            head_of(response, info, self.home, self.hosts.asked_for_files if files else self.hosts.asked),
            name_of(self.portal),
            self.now(),
            charset_of(response),
            read_as,
            info.section,
            info.number or 1,
            info.request,
            self.shared(info.section) if read_as is ReadAs.LIST else frozenset(),
            *self.robots,
        )

    async def _ask(self, question: ResponseQuestion, response: Response) -> ResponseAnswer:
        head = question.facts
        is_read = head.expect is Expect.ROBOTS or (
            question.read_as is not ReadAs.NOTHING and head.expect is not Expect.LISTING
        )
        if not needs_tree(head) and not is_read:
            return ResponseAnswer(*classify(head))
        asked = OF_RESPONSE + encode(replace(question, facts=replace(head, body=b"")))
        request = ReadRequest(asked, response.body, response.url, context=layouts_context(self.layouts))
        (part,) = self.worker.ask(request)
        try:
            return ANSWER.decode(await part)
        except (ExtractTimeout, ExtractFailed) as error:
            return _unread(head, outcome_of(error), error)


def _unread(head: ResponseFacts, outcome: Outcome, error: Exception) -> ResponseAnswer:
    """Return the answer of a response that cannot be read: what its status says, where that says that it is none."""
    judged = classify(head)
    if judged[0].value != head.expect.value:
        return ResponseAnswer(*judged, unread=str(error)[:200])
    return ResponseAnswer(outcome, str(error)[:200], unread=str(error)[:200])


def answer_of(response: Response) -> ResponseAnswer:
    """Return what the extraction process answered of a response."""
    answer: ResponseAnswer = response.meta[_ANSWER]
    return answer


def with_reason(exchange: Exchange, judged: OutcomeDetail) -> OutcomeDetail:
    """Return an outcome with its detail; of a shell that was not rendered also why not."""
    outcome, detail = judged
    why = exchange.not_rendered if outcome is Outcome.APP_SHELL else None
    return outcome, f"{detail}; {why}"[:200] if why else detail


class ReadingMiddleware(CrawlerMiddleware):
    """Have each response read that is no article: number 20, the last that sees it before the spider.

    The request counts as under way until then. So no other one is chosen before the list has named its articles and its
    next page.
    """

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the response, read."""
        reader: ResponseReader | None = getattr(self._crawler.spider, "responses", None)
        exchange = exchange_of(request)
        info = exchange.info
        if reader is not None and (info.expect in _JUDGED or info.read_as is not ReadAs.NOTHING):
            if response.request is None:
                response.request = request
            await reader.read(exchange, response)
        return response

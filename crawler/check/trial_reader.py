"""Read each page of a visit in the extraction process first, so that what kills its reader ends no command.

A check, a sample and a probe read pages in their own process as well, to compare and to explain. Each of those pages was
read before within the deadline and the memory of a night: one that was not is an outcome in one line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from scrapy.http import Response

from archive.model.enums import Outcome
from crawler.downloader.guard import PortalHosts
from crawler.portal import PortalSpider
from crawler.requests import Exchange, Expect, RequestInfo
from crawler.responses.facts import charset_of, head_of
from crawler.responses.outcome import OutcomeDetail, needs_tree
from crawler.sandbox.response_reader import ResponseReader, answer_of
from pipelines.sandbox.extraction_worker import (
    ExtractFailed,
    ExtractionWorker,
    ExtractTimeout,
    outcome_of,
    page_request,
)
from pipelines.sandbox.page_question import PageQuestion

_KILLED = (Outcome.EXTRACT_TIMEOUT, Outcome.EXTRACT_MEMORY)


@dataclass(eq=False)
class TrialReader:
    """Have the extraction process read what visits bring. It is started with the first page, and ended with the last visit."""

    worker: ExtractionWorker
    visits: int

    async def failure(
        self,
        portal: type[PortalSpider],
        hosts: PortalHosts,
        info: RequestInfo,
        response: Response,
        now: Callable[[], datetime],
    ) -> OutcomeDetail | None:
        """Return the outcome of a page that killed its reader; None for one that may be read here."""
        if not needs_tree(head_of(response, info, portal.home, hosts.asked)):
            return None
        layouts = portal.read_with()
        if info.expect is Expect.LISTING:
            reader = ResponseReader(
                self.worker, portal, layouts, portal.home, hosts, now, lambda _: frozenset(), ("", 0.0)
            )
            await reader.read(Exchange(info), response)
            answer = answer_of(response)
            return (answer.outcome, answer.detail) if answer.outcome in _KILLED else None
        question = PageQuestion(info.address or response.url, now(), charset_of(response), judge=True, extract=True)
        try:
            for part in self.worker.ask(page_request(question, response.body, layouts)):
                await part
        except (ExtractTimeout, ExtractFailed) as error:
            killed = outcome_of(error)
            return (killed, str(error)[:200]) if killed in _KILLED else None  # what it raised is raised here as well
        return None

    def end_visit(self) -> None:
        """Count one visit as ended, from the event loop."""
        self.visits -= 1
        if self.visits == 0:
            self.worker.close()

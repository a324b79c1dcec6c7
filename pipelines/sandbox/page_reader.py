"""Read a crawl's pages in its one extraction process, one after the other, and cross-check a sample of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import date

from archive.model.records import PageRecord
from pipelines.article import Article, Layout
from pipelines.sandbox.crosscheck_stats import Crosscheck, is_sampled
from pipelines.sandbox.extraction_worker import ExtractionWorker, page_request
from pipelines.sandbox.page_question import CROSSCHECK, FACTS, READING, REGION, ArticleReading, PageFacts, PageQuestion


@dataclass(eq=False, slots=True)
class PageAnswer:
    """The parts of an answer as they come; each may raise ExtractTimeout or ExtractFailed.

    `facts` comes where the page is judged, `article` where it is extracted. `crosscheck` is None for a page that is not
    sampled or that no layout read.
    """

    facts: asyncio.Future[PageFacts] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    article: asyncio.Future[ArticleReading] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    crosscheck: asyncio.Future[Crosscheck | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class PageReader:
    """Ask the extraction process of one crawl. It is started with the first question, or with `start`."""

    def __init__(self, night: date, worker: ExtractionWorker | None = None) -> None:
        self._night = night
        self._worker = worker or ExtractionWorker()
        self._turn = asyncio.Lock()
        self._sections: set[str | None] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Start the process ahead of the first page, from a coroutine."""
        self._worker.start()

    def close(self) -> None:
        """End the process."""
        self._worker.close()

    def read(self, page: PageRecord, question: PageQuestion, body: bytes, layouts: Sequence[Layout]) -> PageAnswer:
        """Ask this of the page of a line; the answer comes when those before it have come."""
        answer = PageAnswer()
        task = asyncio.ensure_future(self._answer(answer, page, question, body, layouts))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return answer

    async def region(self, question: PageQuestion, body: bytes, layouts: Sequence[Layout]) -> bytes | None:
        """Return the known digest of a page's region or of all of it; None for another. Raises ExtractTimeout or ExtractFailed."""
        asked = replace(question, region=True, judge=False, extract=False)
        (part,) = self._worker.ask(page_request(asked, body, layouts))
        return REGION.decode(await part)

    async def reread(self, question: PageQuestion, body: bytes, layouts: Sequence[Layout]) -> Article:
        """Return the article of an earlier capture. Raises ExtractTimeout or ExtractFailed."""
        (part,) = self._worker.ask(page_request(question, body, layouts))
        return READING.decode(await part).article

    async def _answer(
        self, answer: PageAnswer, page: PageRecord, question: PageQuestion, body: bytes, layouts: Sequence[Layout]
    ) -> None:
        try:
            await self._ask(answer, page, question, body, layouts)
        except Exception as error:  # whatever it is, who awaits a part decides what it costs
            for part in (answer.facts, answer.article, answer.crosscheck):
                if not part.done():
                    part.set_exception(error)
                    part.exception()  # a part that nobody awaits is no error in the log

    async def _ask(
        self, answer: PageAnswer, page: PageRecord, question: PageQuestion, body: bytes, layouts: Sequence[Layout]
    ) -> None:
        async with AsyncExitStack() as turn:
            await turn.enter_async_context(self._turn)
            sampled = question.extract and self.is_sampled_page(page)
            request = page_request(replace(question, crosscheck=sampled), body, layouts)
            parts = iter(self._worker.ask(request))
            if not question.extract or page.lookback is not None or page.section in self._sections:
                await turn.aclose()  # else whether the next page is sampled depends on this one
            if question.judge:
                answer.facts.set_result(FACTS.decode(await next(parts)))
            if question.extract:
                reading = READING.decode(await next(parts))
                answer.article.set_result(reading)
                if page.lookback is None and reading.article.layout != "none":
                    self._sections.add(page.section)
        answer.crosscheck.set_result(CROSSCHECK.decode(await next(parts)) if sampled else None)

    def is_sampled_page(self, page: PageRecord) -> bool:
        """Return whether whole-page trafilatura reads the page too: the first of a section, and one in ten by key and night.

        Old pages have old layouts: what a look-back reads says nothing of how the layouts fit tonight.
        """
        first = page.section not in self._sections
        return page.lookback is None and (first or self.is_sampled(page.key or page.url))

    def is_sampled(self, key: str) -> bool:
        """Return whether an article is one of those of this night that whole-page trafilatura reads too."""
        return is_sampled(key, self._night)

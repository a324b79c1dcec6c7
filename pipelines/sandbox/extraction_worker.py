"""Run extraction in a child process with a deadline: 890 kB of hostile HTML can block it for 42 seconds."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

from archive.model.enums import Outcome
from pipelines.article import Article, Layout
from pipelines.sandbox.child_process import Answer, encode, serve
from pipelines.sandbox.page_question import QUESTION, READING, PageQuestion, layouts_context, layouts_of
from pipelines.sandbox.reader_process import ReaderDied, ReaderProcess, ReadFailed, ReadRequest, ReadTimeout

DEADLINE = 5.0  # seconds of processor time for one part of an answer
MEMORY = 1536 * 1024 * 1024  # bytes of address space; libraries alone take about 400 MB of it

ExtractTimeout = ReadTimeout
ExtractFailed = ReadFailed


def outcome_of(error: ReadTimeout | ReadFailed) -> Outcome:
    """Return the outcome of a response whose reading failed so."""
    if isinstance(error, ReadTimeout):
        return Outcome.EXTRACT_TIMEOUT
    return Outcome.EXTRACT_MEMORY if isinstance(error, ReaderDied) else Outcome.ERROR


class ExtractionWorker(ReaderProcess):
    """Read pages in a child process. `module` is the child's program: this one, or one that answers more."""

    def __init__(
        self, module: str = "pipelines.sandbox.extraction_worker", deadline: float = DEADLINE, memory: int = MEMORY
    ) -> None:
        super().__init__(module, deadline, memory)

    def read(
        self, body: bytes, url: str, layouts: Sequence[Layout], now: datetime, declared_encoding: str | None = None
    ) -> Article:
        """Run `pipelines.extract.extract` in the child; raises ExtractTimeout or ExtractFailed."""
        question = PageQuestion(url, now, declared_encoding, clean=False)
        return READING.decode(self.call(page_request(question, body, layouts))[0]).article


def page_request(question: PageQuestion, body: bytes, layouts: Sequence[Layout]) -> ReadRequest:
    """Return the request that asks this of a page."""
    return ReadRequest(encode(question), body, question.url, question.parts, layouts_context(tuple(layouts)))


def load() -> Answer:
    """Return the child's reading function, with its libraries loaded: before the first page's clock runs."""
    import trafilatura  # noqa: F401

    from pipelines.sandbox.page_answer import answer_page

    def read(question: bytes, context: bytes, body: bytes) -> Iterator[bytes]:
        for part in answer_page(QUESTION.decode(question), layouts_of(context), body):
            yield encode(part)

    return read


if __name__ == "__main__":
    serve(sys.argv[1:], load)  # started by ExtractionWorker with MEMORY PARENT, not by hand

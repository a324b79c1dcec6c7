"""Be the extraction process of a crawl: read its articles' pages, and what is no article by the portal's own class."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator

from pipelines.sandbox import extraction_worker
from pipelines.sandbox.child_process import Answer, encode, serve
from pipelines.sandbox.extraction_worker import ExtractionWorker
from pipelines.sandbox.page_question import layouts_of

_ABOVE = "crawler.portal"  # what every portal's class stands on; the class itself is imported by the name in a question


def crawl_worker() -> ExtractionWorker:
    """Return an extraction process of a crawl, to be started with the first question."""
    return ExtractionWorker("crawler.sandbox.portal_worker")


def load() -> Answer:
    """Return the child's reading function, with its libraries loaded: before the first page's clock runs."""
    importlib.import_module(_ABOVE)
    from crawler.sandbox.block_places import BLOCKS_QUESTION, OF_BLOCKS, answer_blocks
    from crawler.sandbox.response_answer import answer_response
    from crawler.sandbox.response_question import OF_RESPONSE, QUESTION

    read_page = extraction_worker.load()

    def read(question: bytes, context: bytes, body: bytes) -> Iterator[bytes]:
        if question.startswith(OF_RESPONSE):
            asked = QUESTION.decode(question[len(OF_RESPONSE) :])
            yield encode(answer_response(asked, layouts_of(context), body))
        elif question.startswith(OF_BLOCKS):
            yield encode(answer_blocks(BLOCKS_QUESTION.decode(question[len(OF_BLOCKS) :]), layouts_of(context), body))
        else:
            yield from read_page(question, context, body)

    return read


if __name__ == "__main__":
    serve(sys.argv[1:], load)  # started by ReaderProcess with MEMORY PARENT, not by hand

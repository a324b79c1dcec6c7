"""Locate the blocks of stored articles' captures in the extraction process: what the end of a night reads again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec

from pipelines.article import Layout
from pipelines.boilerplate.positions import BlockPosition, locate_blocks
from pipelines.sandbox.child_process import encode
from pipelines.sandbox.extraction_worker import ExtractFailed, ExtractionWorker, ExtractTimeout
from pipelines.sandbox.page_question import layouts_context
from pipelines.sandbox.reader_process import ReadRequest

OF_BLOCKS = b"B"
"""The first byte of such a question."""
LocateBlocks = Callable[[bytes, str, tuple[Layout, ...], datetime, str | None], tuple[BlockPosition, ...] | None]
"""Return the blocks of a page as `locate_blocks` does; None for a page that cannot be read."""


@dataclass(frozen=True, slots=True)
class BlocksQuestion:
    """Say of which page the blocks are located: its address, the moment of the fetch, the declared encoding."""

    url: str
    now: datetime
    declared: str | None = None


BLOCKS_QUESTION = msgspec.json.Decoder(BlocksQuestion)
_BLOCKS = msgspec.json.Decoder(tuple[BlockPosition, ...])


def located_by(worker: ExtractionWorker) -> LocateBlocks:
    """Return a function that has a crawl's extraction process locate the blocks of a page."""

    def locate(
        body: bytes, url: str, layouts: tuple[Layout, ...], now: datetime, declared: str | None
    ) -> tuple[BlockPosition, ...] | None:
        question = OF_BLOCKS + encode(BlocksQuestion(url, now, declared))
        try:
            return _BLOCKS.decode(worker.call(ReadRequest(question, body, url, context=layouts_context(layouts)))[0])
        except (ExtractTimeout, ExtractFailed):
            return None

    return locate


def answer_blocks(question: BlocksQuestion, layouts: tuple[Layout, ...], body: bytes) -> tuple[BlockPosition, ...]:
    """Return the blocks of a page, in the extraction process."""
    return locate_blocks(body, question.url, layouts, question.now, question.declared)

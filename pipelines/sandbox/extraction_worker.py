"""Run extraction in a child process with a deadline: 890 kB of hostile HTML can block it for 42 seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from pipelines.article import Article, Layout, StatedMetadata
from pipelines.article_json import article_from_json, article_to_json, layout_from_json, layout_to_json
from pipelines.sandbox.child_process import Json, ReaderProcess, ReadFailed, ReadTimeout, serve
from pipelines.sandbox.crosscheck_stats import Crosscheck

DEADLINE = 5.0  # seconds of processor time for one page
MEMORY = 1536 * 1024 * 1024  # bytes of address space; libraries alone take about 400 MB of it

ExtractTimeout = ReadTimeout  # the outcome is `extract_timeout`
ExtractFailed = ReadFailed


class ExtractionWorker(ReaderProcess):
    """Read pages in a child process: `read` blocks, `read_async` does not block the event loop."""

    def __init__(self, deadline: float = DEADLINE, memory: int = MEMORY) -> None:
        super().__init__("pipelines.sandbox.extraction_worker", deadline, memory)

    def read(
        self, body: bytes, url: str, layouts: Sequence[Layout], now: datetime, declared_encoding: str | None = None
    ) -> Article:
        """Run `pipelines.extract.extract` in the child; raises ExtractTimeout or ExtractFailed."""
        return _article_of(self.call(_request(url, layouts, now, declared_encoding), body, url))

    async def read_async(
        self, body: bytes, url: str, layouts: Sequence[Layout], now: datetime, declared_encoding: str | None = None
    ) -> Article:
        """Run `pipelines.extract.extract` in the child, from a coroutine."""
        return _article_of(await self.call_async(_request(url, layouts, now, declared_encoding), body, url))

    async def crosscheck_async(self, body: bytes, article: Article, declared_encoding: str | None = None) -> Crosscheck:
        """Run `pipelines.sandbox.crosscheck.crosscheck` of the page that `article` was read from, in the child."""
        request = {"crosscheck": article_to_json(article), "encoding": declared_encoding}
        answer = await self.call_async(request, body, article.url)
        found = answer["crosscheck"]
        return Crosscheck(**{**found, "missing": tuple(found["missing"])})


def _request(url: str, layouts: Sequence[Layout], now: datetime, declared: str | None) -> Json:
    plain = [layout_to_json(layout) for layout in layouts]
    return {"url": url, "layouts": plain, "now": now.isoformat(), "encoding": declared}


def _article_of(answer: Json) -> Article:
    return replace(article_from_json(answer["article"]), stated=StatedMetadata(**answer["stated"]))


def _load() -> Callable[[Json, bytes], Json]:
    import trafilatura  # noqa: F401  before the first page's clock runs

    from pipelines.extract import extract
    from pipelines.html.tree import parse
    from pipelines.sandbox.crosscheck import crosscheck

    def read(request: Json, body: bytes) -> Json:
        if "crosscheck" in request:
            article = article_from_json(request["crosscheck"])
            return {"crosscheck": asdict(crosscheck(parse(body, article.url, request["encoding"]), article))}
        layouts = tuple(layout_from_json(layout) for layout in request["layouts"])
        now = datetime.fromisoformat(request["now"])
        article = extract(body, request["url"], layouts, now, request["encoding"])
        return {"article": article_to_json(article), "stated": asdict(article.stated)}

    return read


if __name__ == "__main__":
    serve(sys.argv[1:], _load)  # started by ExtractionWorker with MEMORY PARENT, not by hand

"""Log lines of a crawl: an item's text never reaches the log, and a line cannot be forged by an address."""

from __future__ import annotations

from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

__all__ = ["QuietFormatter"]


class QuietFormatter(LogFormatter):
    """Says nothing of pages and items: they are recorded in the night, one line each."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]  # Scrapy's engine takes None
        """Nothing: `pages.jsonl` has it."""
        return None

    def scraped(self, item: Any, response: Response | Failure | None, spider: Spider) -> LogFormatterResult | None:  # type: ignore[override]  # as above
        """Nothing: `articles.jsonl` has it."""
        return None

    def dropped(  # type: ignore[override]  # as above
        self, item: Any, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        """Nothing: what was dropped has its page line."""
        return None

"""Crawl the portal with Scrapy as a person would write it in an afternoon: `python -m bench.speed.naive MODE …`.

Modes: `alone` fetches and reads nothing but the lists; `xpath` takes title, time, lead and paragraphs by XPaths made for
this one markup; `fast` and `default` call trafilatura in the callback. Articles go to a file as JSON lines. Nothing is
archived, checked or known from one night to the next.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import scrapy
import trafilatura
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

MODES = ("alone", "xpath", "fast", "default")
_TRAFILATURA: dict[str, dict[str, Any]] = {"fast": {"fast": True}, "default": {"with_metadata": True}}
_LISTS = (
    "/tin-tuc-su-kien", "/le-hoi-su-kien", "/noi-o", "/lang-nghe-truyen-thong",
    "/vi/chinh-quyen", "/vi/cong-dan", "/vi/doanh-nghiep", "/vi/du-khach",
)  # fmt: skip


class NaiveSpider(scrapy.Spider):
    """Follow the lists to their end and read each article once."""

    name = "naive"

    def __init__(self, mode: str, port: int, **more: Any) -> None:
        super().__init__(**more)
        self.mode = mode
        self.start_urls = [f"http://127.0.0.1:{port}{path}" for path in _LISTS]

    def parse(self, response: Response, **more: Any) -> Iterator[Any]:
        """Read a list."""
        for address in response.css("h3.asset-title a::attr(href)").getall():
            yield response.follow(address, self.parse_article)
        following = response.xpath("//ul[contains(@class, 'pagination')]//a[.='Tiếp theo']/@href").get()
        if following and not following.startswith("javascript"):
            yield response.follow(following)

    def parse_article(self, response: Response, **more: Any) -> Iterator[dict[str, Any]]:
        """Read an article in the way of the mode."""
        if self.mode == "xpath":
            yield _by_xpath(response)
        elif self.mode in _TRAFILATURA and (
            read := trafilatura.extract(
                response.text, url=response.url, output_format="json", **_TRAFILATURA[self.mode]
            )
        ):
            yield {"url": response.url} | json.loads(read)


def _by_xpath(response: Response) -> dict[str, Any]:
    shown = response.xpath("//span[@class='date-publish']/text()").get("")
    return {
        "url": response.url,
        "title": response.xpath("normalize-space(//h1[@class='title-detail'])").get(),
        "published": datetime.strptime(shown.strip(), "%d/%m/%Y %H:%M").isoformat(),
        "lead": response.xpath("//meta[@name='description']/@content").get(),
        "paragraphs": [
            paragraph.xpath("normalize-space(.)").get()
            for paragraph in response.xpath("//div[contains(@class, 'journal-content-article')]//p")
        ],
    }


def main(arguments: list[str] | None = None) -> int:
    """Crawl; the exit code is 0 when Scrapy ended by itself."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.naive")
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--at-once", type=int, default=1, help="requests at a time")
    parser.add_argument("--output", type=Path, required=True, help="file of JSON lines")
    asked = parser.parse_args(arguments)
    settings = {
        "CONCURRENT_REQUESTS_PER_DOMAIN": asked.at_once,
        "DOWNLOAD_DELAY": 0,
        "FEEDS": {str(asked.output): {"format": "jsonlines", "encoding": "utf-8"}},
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(NaiveSpider, mode=asked.mode, port=asked.port)
    process.start()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

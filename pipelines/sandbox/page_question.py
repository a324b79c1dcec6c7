"""Define what the extraction process is asked of one page, and the parts of its answer, as JSON on the pipe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import msgspec

from archive.messages.reason import Reason
from archive.storage.jsonl import decoder
from pipelines.article import Article, Layout
from pipelines.html.json_values import JsonFacts
from pipelines.html.page_shape import PageShape
from pipelines.sandbox.child_process import encode
from pipelines.sandbox.crosscheck_stats import Crosscheck


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """Say what is wanted of a page: each of `region`, `judge`, `extract` and `crosscheck` adds a part to the answer.

    `url` is the article's address, `now` (aware) the moment of the fetch, `declared` the header's encoding, `day` what the
    list showed beside it, for pages that show no date. `interface`: the body may be JSON or rows that a layout describes;
    `json`: an interface was asked that answers in JSON. With `clean` the article is cleaned and checked as well.
    `given` digests all that the reading depends on besides the body: the digest of the page's region is made under it.
    `known` is the digest that was made of an earlier page.
    """

    url: str
    now: datetime
    declared: str | None = None
    day: date | None = None
    interface: bool = True
    json: bool = False
    judge: bool = False
    extract: bool = True
    clean: bool = True
    crosscheck: bool = False
    region: bool = False
    given: bytes = b""
    known: bytes = b""

    @property
    def parts(self) -> int:
        """The number of parts of the answer."""
        return self.region + self.judge + self.extract + self.crosscheck


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Hold what a page says for the outcome of its response; `shape` is None where there is no tree.

    `data` has the facts of its JSON where an interface was asked that answers in JSON, None for any other text.
    """

    shape: PageShape | None
    has_article: bool
    data: JsonFacts | None = None


@dataclass(frozen=True, slots=True)
class ArticleReading:
    """An article with the number of lines that cleaning removed and the reasons against storing it.

    `region` is the digest of the part of the page that it was read from, None where no digest covers that or nothing is
    `given`. `until` is the earliest moment that the reading refused because it is still to come, None for none.
    """

    article: Article
    removed: int = 0
    reasons: tuple[Reason, ...] = ()
    region: bytes | None = None
    until: datetime | None = None


FACTS = decoder(PageFacts)
READING = decoder(ArticleReading)
REGION: msgspec.json.Decoder[bytes | None] = msgspec.json.Decoder(bytes | None)
CROSSCHECK: msgspec.json.Decoder[Crosscheck | None] = msgspec.json.Decoder(Crosscheck | None)
QUESTION = msgspec.json.Decoder(PageQuestion)
_LAYOUTS = msgspec.json.Decoder(tuple[Layout, ...])


@lru_cache(maxsize=64)
def layouts_context(layouts: tuple[Layout, ...]) -> bytes:
    """Return the layouts as the context of a request: a crawl's articles share them."""
    return encode(layouts)


@lru_cache(maxsize=64)
def layouts_of(context: bytes) -> tuple[Layout, ...]:
    """Return the layouts of a context."""
    return _LAYOUTS.decode(context)

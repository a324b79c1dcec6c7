"""Convert articles and layouts to JSON and back, for the command and for the extraction worker's pipe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any, TypedDict, cast

import msgspec

from pipelines.article import Article
from vietnam.dates import Moment


class ArticleJson(TypedDict):
    """Fields of an `Article`; `published` is ISO 8601, a day or a moment with `+07:00`."""

    url: str
    title: str
    published: str | None
    published_raw: str | None
    published_from: str
    author: str | None
    blocks: list[dict[str, str]]
    attachments: list[dict[str, str]]
    images: list[dict[str, str]]
    layout: str
    extractor: str
    restored: int
    removed: list[str]
    flags: list[str]


def article_to_json(article: Article) -> ArticleJson:
    """Convert an article to plain values."""
    # Through JSON, not `to_builtins`, which leaves tuples: what is compared with a saved expectation has lists.
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(article))
    plain["published"] = article.published.isoformat() if article.published else None
    return cast("ArticleJson", {name: plain[name] for name in ArticleJson.__annotations__})


def article_from_json(data: ArticleJson) -> Article:
    """Restore the article that `article_to_json` wrote."""
    article = msgspec.convert({**data, "published": None}, Article)
    return replace(article, published=_moment(data["published"]))


def _moment(text: str | None) -> Moment | None:
    if text is None:
        return None
    day, _, clock = text.partition("T")
    return Moment(date.fromisoformat(day), time.fromisoformat(clock.split("+")[0]) if clock else None)

"""Convert articles and layouts to JSON and back, for the command and for the extraction worker's pipe."""

from __future__ import annotations

from datetime import date, time
from typing import Any, TypedDict

from archive.model.records import Attachment, Image
from pipelines.article import Article, Block, BlockKind, Layout, PublishedFrom
from vietnam.dates import Moment

__all__ = ["ArticleJson", "article_from_json", "article_to_json", "layout_from_json", "layout_to_json"]


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
    return {
        "url": article.url,
        "title": article.title,
        "published": article.published.isoformat() if article.published else None,
        "published_raw": article.published_raw,
        "published_from": article.published_from.value,
        "author": article.author,
        "blocks": [{"kind": block.kind.value, "text": block.text} for block in article.blocks],
        "attachments": [{"name": a.name, "url": a.url, "type": a.type} for a in article.attachments],
        "images": [{"url": image.url, "caption": image.caption} for image in article.images],
        "layout": article.layout,
        "extractor": article.extractor,
        "restored": article.restored,
        "removed": list(article.removed),
        "flags": list(article.flags),
    }


def article_from_json(data: ArticleJson) -> Article:
    """Restore the article that `article_to_json` wrote."""
    return Article(
        url=data["url"],
        title=data["title"],
        blocks=tuple(Block(BlockKind(block["kind"]), block["text"]) for block in data["blocks"]),
        published=_moment(data["published"]),
        published_raw=data["published_raw"],
        published_from=PublishedFrom(data["published_from"]),
        author=data["author"],
        attachments=tuple(Attachment(a["name"], a["url"], a["type"]) for a in data["attachments"]),
        images=tuple(Image(image["url"], image["caption"]) for image in data["images"]),
        layout=data["layout"],
        extractor=data["extractor"],
        restored=data["restored"],
        removed=tuple(data["removed"]),
        flags=tuple(data["flags"]),
    )


def _moment(text: str | None) -> Moment | None:
    if text is None:
        return None
    day, _, clock = text.partition("T")
    return Moment(date.fromisoformat(day), time.fromisoformat(clock.split("+")[0]) if clock else None)


def layout_to_json(layout: Layout) -> dict[str, Any]:
    """Convert a layout to plain values, without `json` and `rows`: the worker is sent a page that is HTML already."""
    return {name: getattr(layout, name) for name in Layout.__slots__ if name not in ("json", "rows")}


def layout_from_json(data: dict[str, Any]) -> Layout:
    """Restore the layout that `layout_to_json` wrote."""
    values: dict[str, Any] = {name: value if isinstance(value, str) else tuple(value) for name, value in data.items()}
    return Layout(**values)

"""An article as JSON and back: what the command prints and what the extraction worker sends over its pipe."""

from __future__ import annotations

from datetime import date, time
from typing import TypedDict

from archive.model.records import Attachment, Image
from pipelines.article import Article, Block, BlockKind, Layout, PublishedFrom
from vietnam.dates import Moment

__all__ = ["ArticleJson", "article_from_json", "article_to_json", "layout_from_json", "layout_to_json"]


class ArticleJson(TypedDict):
    """The fields of an `Article`; `published` is ISO 8601, a day or a moment with `+07:00`."""

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
    """The article as plain values."""
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
    """The article that `article_to_json` wrote."""
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


def layout_to_json(layout: Layout) -> dict[str, str | list[str]]:
    """A layout's fields as plain values, without `json` and `rows`: what a worker is sent is a page by then."""
    fields: dict[str, str | list[str]] = {}
    for name in Layout.__slots__:
        if name in ("json", "rows"):
            continue
        value = getattr(layout, name)
        fields[name] = value if isinstance(value, str) else list(value)
    return fields


def layout_from_json(data: dict[str, str | list[str]]) -> Layout:
    """The layout that `layout_to_json` wrote."""

    def words(name: str) -> tuple[str, ...]:
        return tuple(data[name])

    return Layout(
        name=str(data["name"]),
        fits=str(data["fits"]),
        title=words("title"),
        published=words("published"),
        body=words("body"),
        lead=words("lead"),
        author=words("author"),
        captions=words("captions"),
        drop=words("drop"),
        cut=words("cut"),
        attachments=words("attachments"),
        labels=words("labels"),
        boxes=words("boxes"),
        before=words("before"),
        among=words("among"),
        after=words("after"),
    )

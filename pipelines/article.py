"""An article as it was read, and where a CMS family puts its parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from archive.model.records import Attachment, Image
from vietnam.dates import Moment

__all__ = ["Article", "Block", "BlockKind", "JsonShape", "Layout", "PublishedFrom", "RowShape"]


class BlockKind(StrEnum):
    """What a block of the text is. The order of blocks is the order of the page."""

    LEAD = "lead"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    SIGNOFF = "signoff"


class PublishedFrom(StrEnum):
    """Where the publication time was read."""

    TITLE_BLOCK = "title_block"
    METADATA = "metadata"
    URL = "url"
    FEED = "feed"  # the list, feed or interface that named the article
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, caption, heading, list item, table row or sign-off: one line of text, spaces folded, NFC."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class JsonShape:
    """Where an interface's answer holds an article.

    `records` are the names under which an answer holds its records (it may be the record itself), `id` is the name of a
    record's id and `address` a regular expression whose group `id` is that id in the article's address. `title` is the name
    of its title, `html` are names of values that are HTML; `signs` are no words and taken out of titles.
    """

    id: str
    address: str
    title: str
    html: tuple[str, ...]
    records: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowShape:
    """Where a list's row is the article: `row` is the rows' tag, `address` a regular expression whose group `id` is the id
    that the article's address and its row share, in any letter case."""

    row: str
    address: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one skin of a family puts an article's parts. All values but `name` and the lines are CSS selectors.

    `fits` tells whether a page has this layout. Of `title`, `published`, `lead`, `author` and `body` the first selector
    that matches with text wins. `drop` is removed inside lead and body before anything is read; `cut` removes its first
    match and all that follows it inside the body. `captions` marks paragraphs that are captions. `labels` are whole
    lines the portal prints in the body that are not text (section labels), compared folded. `boxes` are dropped like
    `drop`, and `before`, `among` and `after` are shapes (`pipelines.line_shape`) of lines before the text, anywhere in it and
    after it: what the portal was found to repeat (docs/residue.md), told in `Article.removed`. With `json` the article
    comes from an interface, and the selectors name the elements of `pipelines.readers.json_api.record_page`; with `rows` it is a
    row of a list.
    """

    name: str
    fits: str
    title: tuple[str, ...]
    published: tuple[str, ...]
    body: tuple[str, ...]
    lead: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    json: JsonShape | None = None
    rows: RowShape | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """What a page says. `published_raw` is the published line as the page shows it; `layout` is the layout's name, or
    `none` when trafilatura read the whole page; `restored` counts blocks trafilatura lost and the stage put back."""

    url: str
    title: str
    blocks: tuple[Block, ...]
    published: Moment | None = None
    published_raw: str | None = None
    published_from: PublishedFrom = PublishedFrom.NONE
    author: str | None = None
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    layout: str = "none"
    extractor: str = ""
    restored: int = 0
    removed: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def lead(self) -> str | None:
        """The lead's text, if the page has one; several lead blocks are joined by a blank."""
        parts = [block.text for block in self.blocks if block.kind is BlockKind.LEAD]
        return " ".join(parts) if parts else None

    def text(self) -> str:
        """The archived file: title, published line, lead, blocks, one blank line between them, one final newline."""
        parts = [self.title, self.published_raw or "", *(block.text for block in self.blocks)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def content(self) -> str:
        """Title, lead and body with folded spaces and without the published line: what `content_sha256` covers."""
        parts = [self.title, *(block.text for block in self.blocks)]
        return "\n".join(re.sub(r"\s+", " ", part).strip() for part in parts if part)

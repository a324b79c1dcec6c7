"""Define an extracted article, and the layout that names where a CMS family puts its parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from archive.model.records import Attachment, Image
from vietnam.dates import Moment
from vietnam.letters import fold_spaces


class BlockKind(StrEnum):
    """Kind of a text block. Blocks stand in the order of the page."""

    LEAD = "lead"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    SIGNOFF = "signoff"


class PublishedFrom(StrEnum):
    """Source of the publication time."""

    TITLE_BLOCK = "title_block"
    METADATA = "metadata"
    URL = "url"
    FEED = "feed"  # the list, feed or interface that named the article
    UPLOAD = "upload"  # the names of the article's files: the day of the last upload
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, caption, heading, list item, table row or sign-off: one line of text, spaces folded, NFC."""

    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class JsonShape:
    """Place of an article in the JSON answer of an interface.

    `records` are the names under which an answer holds its records, dots between those of objects in each other; the
    answer may be the record itself. `id` is the
    name of a record's id. `address` is a regular expression whose group `id` matches that id in the article's URL.
    `title` is the name of the title. `html` are the names of values that are HTML. `signs` are no words and are removed
    from titles.
    """

    id: str
    address: str
    title: str
    html: tuple[str, ...]
    records: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowShape:
    """Place of an article that is a row of a list.

    `row` is the tag of the rows. `address` is a regular expression whose group `id` is the id that the article's URL
    and its row share, in any letter case.
    """

    row: str
    address: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Place of an article's parts in one skin of a family. All values but `name` and the lines are CSS selectors.

    `fits` matches on a page that has this layout. Of `title`, `published`, `lead`, `author` and `body` the first
    selector that matches with text wins. `drop` is removed inside lead and body before anything is read; `cut` removes
    its first match and all that follows it inside the body. `captions` marks paragraphs that are captions. `labels` are
    whole lines the portal prints in the body that are not text (section labels), compared folded. `featured` are boxes of
    the article's leading picture outside the body: its picture and caption.

    `boxes` are dropped like `drop`. `before`, `among` and `after` are shapes (`pipelines.line_shape`) of lines that the
    portal repeats before the text, anywhere in it and after it (docs/residue.md). Lines removed by them stand in
    `Article.removed`.

    With `json` the article comes from an interface, and the selectors name the elements of
    `pipelines.readers.json_api.record_page`. With `rows` it is a row of a list. With neither `title` nor `body` no source names
    the skin's elements: a page that fits is read as a whole, as where no layout fits, and that counts as no misfit.
    """

    name: str
    fits: str
    title: tuple[str, ...]
    published: tuple[str, ...]
    body: tuple[str, ...]
    lead: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    featured: tuple[str, ...] = ()
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

    @property
    def is_unnamed(self) -> bool:
        """Return whether it names no place of any part."""
        return not (self.title or self.body)


@dataclass(frozen=True, slots=True)
class StatedMetadata:
    """Statements of a page's metadata about parts that the reading lacks.

    `clock` is a time of day (`14:05`), `author` a name. Each is empty where the part was read or nothing is stated.
    """

    clock: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An extracted article.

    `published_raw` is the published line as the page shows it. `layout` is the layout's name, or `none` when
    trafilatura read the whole page. `restored` counts blocks that trafilatura lost and the stage put back.
    `stated` serves the night's verdict and is not stored.
    """

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
    stated: StatedMetadata = field(default=StatedMetadata(), compare=False)

    @property
    def lead(self) -> str | None:
        """Text of the lead, if the page has one; a blank joins several lead blocks."""
        parts = [block.text for block in self.blocks if block.kind is BlockKind.LEAD]
        return " ".join(parts) if parts else None

    def text(self) -> str:
        """Return the archived file's text.

        Title, published line, lead and blocks stand in this order with one blank line between them and one final
        newline.
        """
        parts = [self.title, self.published_raw or "", *(block.text for block in self.blocks)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def content(self) -> str:
        """Return title, lead and body with folded spaces, without the published line: the input of `content_sha256`."""
        parts = [self.title, *(block.text for block in self.blocks)]
        return "\n".join(fold_spaces(part) for part in parts if part)

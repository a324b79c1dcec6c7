"""The records of the composed portals: an article as it was written, and what a reader should make of it.

Texts stand here as they are served: mixed precomposed and combining letters, no-break spaces and inline marks included.
`ExpectedArticle` holds what is left when a page was read well: NFC, blanks folded, no marks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

TZ = ZoneInfo("Asia/Ho_Chi_Minh")

_LINK = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")


class Kind(StrEnum):
    """The kind of a block of text; the words are those of `pipelines.article.BlockKind`."""

    LEAD = "lead"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CAPTION = "caption"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    SIGNOFF = "signoff"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a body as written. A caption has its picture in `image`; a picture may have no text; a row has cells.

    `text` may hold `[[file.pdf|link text]]` (an attachment) and `**bold**`.
    """

    kind: Kind
    text: str = ""
    image: str = ""
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """The article's text from night `since` on."""

    since: date
    title: str
    lead: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """An article that is taken down from night `since` on, up to and without night `until` (None: for good).

    Meanwhile no list shows it and its address answers with `status`; 200 is a page that says there is nothing, 302 leads to
    the front page.
    """

    since: date
    until: date | None = None
    status: int = 404

    def holds(self, night: date) -> bool:
        """Return whether the article is away at the end of `night`."""
        return self.since <= night and (self.until is None or night < self.until)


@dataclass(frozen=True, slots=True)
class ReplicaSection:
    """A section of a composed portal: short name, path, Vietnamese title; `code` is the CMS's own id of it.

    With `share` it shows articles of other sections too, as portals do: about one in `share`, and always the oldest.
    """

    name: str
    path: str
    title: str
    code: str = ""
    share: int = 0


@dataclass(frozen=True, slots=True)
class ReplicaArticle:
    """An article of a composed portal. `published` is aware (+07:00); without `clock` the portal shows the day only.

    `key` is the natural key its address carries. `twin` names the section whose list shows the article's second
    address. A `withdrawn` article is still listed, but its page says with status 200 that there is nothing. `label` is
    printed after the last block by the portal (a section's name), and is no text. `byline` is the author's name alone.
    `shared` is a release that another portal prints word for word, `reprint` one that it prints cut and signed otherwise.
    `appears` is the night from whose end on the portal shows a back-dated article; None: the day it gives itself.
    """

    key: str
    slug: str
    section: str
    title: str
    published: datetime
    lead: str = ""
    parts: tuple[Part, ...] = ()
    clock: bool = True
    shape: str = "plain"
    byline: str | None = None
    label: str = ""
    keywords: tuple[str, ...] = ()
    twin: str | None = None
    related: bool = True
    sticky: bool = False
    withdrawn: bool = False
    shared: str | None = None
    reprint: str | None = None
    files: tuple[str, ...] = ()
    revisions: tuple[Revision, ...] = ()
    removals: tuple[Removal, ...] = ()
    appears: date | None = None

    @property
    def shown_from(self) -> date:
        """The night in which the portal first shows it."""
        return self.appears or self.day

    @property
    def day(self) -> date:
        """The day of publication in Việt Nam, as the article gives it."""
        return self.published.astimezone(TZ).date()

    def as_of(self, night: date) -> ReplicaArticle:
        """Return the article as the portal shows it at the end of `night`."""
        shown = self
        for revision in self.revisions:
            if revision.since <= night:
                shown = replace(shown, title=revision.title, lead=revision.lead, parts=revision.parts)
        return shown

    def removal(self, night: date) -> Removal | None:
        """Return the removal that is in force that night, None while the article stands."""
        return next((removal for removal in self.removals if removal.holds(night)), None)

    def links(self) -> tuple[tuple[str, str], ...]:
        """File name and link text of every attachment linked in the body, in the body's order."""
        return tuple(pair for part in self.parts for pair in _LINK.findall(part.text))


@dataclass(frozen=True, slots=True)
class ExpectedBlock:
    """One block that a reader should find, and in this order."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class ExpectedAttachment:
    """A file that belongs to an article; the address carries the replica's suffix."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """The right reading of a page of a composed portal.

    `published` is ISO 8601, a day or a minute with `+07:00`; `moment` is the minute that metadata may have besides;
    `published_raw` is the date line as the page shows it, blanks folded, without a view counter that stands in the same
    element. A lead is the first block.
    """

    key: str
    url: str
    title: str
    published: str
    published_raw: str
    blocks: tuple[ExpectedBlock, ...]
    author: str | None
    attachments: tuple[ExpectedAttachment, ...]
    moment: str = ""

    @property
    def lead(self) -> str | None:
        """The lead's text, if the article has one."""
        return next((block.text for block in self.blocks if block.kind is Kind.LEAD), None)


def plain(text: str) -> str:
    """Return a text as written, as a reader should have it: marks resolved, NFC, zero-width characters gone, blanks folded."""
    text = _STRONG.sub(r"\1", _LINK.sub(r"\2", text))
    text = unicodedata.normalize("NFC", text).replace("\u200b", "")
    return re.sub(r"\s+", " ", text).strip()

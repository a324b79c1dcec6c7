"""Reading an archived capture with today's rules, and telling what that changes against what was kept."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from archive.index.reader import Unreadable
from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome
from archive.model.records import Attachment, Capture, CapturePlace, Document, Image, PageRecord, Reread
from archive.storage.jsonl import ArticleLine
from archive.storage.texts import content_sha256
from pipelines.article import Article, BlockKind, Layout, PublishedFrom
from pipelines.capture import document_of
from pipelines.clean import clean
from pipelines.html.decoding import CUT, TOO_LARGE, UNKNOWN_ENCODING, declared_charset, decode_body
from pipelines.html.published import listed_on
from pipelines.readers.json_api import page_of

__all__ = [
    "Field",
    "FieldChange",
    "Reader",
    "Request",
    "compare",
    "document_again",
    "listed_day",
    "request_of",
    "reread",
    "reread_of",
]

Request = tuple[bytes, str, tuple[Layout, ...], datetime, str | None]
Reader = Callable[[bytes, str, tuple[Layout, ...], datetime, str | None], Article]
"""`pipelines.extract.extract`, or the same in a worker process with a deadline."""


class Field(StrEnum):
    """What of an article can be read otherwise. All but LAYOUT are kept of it; LAYOUT only tells how it was read."""

    TITLE = "title"
    PUBLISHED = "published"
    AUTHOR = "author"
    LEAD = "lead"
    BODY = "body"
    CAPTIONS = "captions"
    ATTACHMENTS = "attachments"
    IMAGES = "images"
    LAYOUT = "layout"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field as it was kept and as today's rules read it; of a text only the paragraphs that differ, one a line."""

    field: Field
    old: str
    new: str


def request_of(capture: Capture, url: str, layouts: tuple[Layout, ...], fetched_at: datetime, limit: int) -> Request:
    """What the extraction is asked: the decoded body (at most `limit` bytes) and how to read it.

    `url` and `fetched_at` are those of the version's line, as the crawl had them. Raises Unreadable when the body does
    not decode whole.
    """
    headers = [(name.lower(), value) for name, value in capture.headers]
    encoding = ",".join(value for name, value in headers if name == "content-encoding")
    body = decode_body(capture.body, encoding, limit)
    wrong = [flag for flag in body.flags if flag in (CUT, TOO_LARGE, UNKNOWN_ENCODING)]
    if wrong:
        raise Unreadable(f"{capture.url}: the captured body cannot be decoded ({', '.join(wrong)})")
    types = [value for name, value in headers if name == "content-type"]
    declared = declared_charset(types[-1]) if types else None
    sent = page_of(body.data, url, layouts, declared)
    return (
        (body.data, url, layouts, fetched_at, declared) if sent is None else (sent, url, layouts, fetched_at, "utf-8")
    )


def reread(
    capture: Capture,
    url: str,
    layouts: tuple[Layout, ...],
    fetched_at: datetime,
    limit: int,
    read: Reader,
    listed: date | None = None,
) -> Article:
    """The article of a capture as today's rules extract and clean it; arguments as in `request_of`, `listed` as there was
    no date but the list's."""
    return listed_on(clean(read(*request_of(capture, url, layouts, fetched_at, limit))), listed)


def listed_day(line: ArticleLine) -> date | None:
    """The day of a version that only its list had told; what was read of its page says nothing of it."""
    told = line.published if line.published_from == PublishedFrom.FEED.value else None
    return date.fromisoformat(told[:10]) if told else None


def reread_of(version: str, article: Article) -> Reread:
    """What the judgement needs to know of a second reading."""
    return Reread(version, content_sha256(article.content()), _iso(article))


def document_again(line: ArticleLine, place: CapturePlace, article: Article, night: RunWriter) -> Document:
    """The new reading as the archive keeps it: address, section and moment of the old capture, which it refers to."""
    page = PageRecord(
        line.url, Outcome.ARTICLE, line.fetched_at, key=line.key, section=line.section, warc=place.ref
    )  # never written: nothing was fetched
    document = document_of(article, page, line.portal, night)
    return replace(document, warc=None, read_from=place, reread=reread_of(line.id, article))


def compare(line: ArticleLine, paragraphs: Sequence[str], article: Article) -> tuple[FieldChange, ...]:
    """What today's reading changes. `paragraphs` are those of the text that was kept, the title first.

    The files do not tell leads and captions from other paragraphs, so what went is told by what stands in its place, or
    by the captions of the line's images.
    """
    content = content_sha256(article.content())
    plain = [
        FieldChange(Field.TITLE, line.title, article.title),
        FieldChange(Field.PUBLISHED, *_published(line, article)),
        FieldChange(Field.AUTHOR, line.author or "", article.author or ""),
        FieldChange(Field.ATTACHMENTS, _files(line.attachments), _files(article.attachments)),
        FieldChange(Field.IMAGES, _pictures(line.images), _pictures(article.images)),
        FieldChange(Field.LAYOUT, line.layout, article.layout),
        FieldChange(Field.CONTENT, line.content_sha256, content),
    ]
    changes = [change for change in plain if change.old != change.new]
    if line.file or content != line.content_sha256:
        changes += _texts(line, paragraphs[1:], article)
    return tuple(sorted(changes, key=lambda change: list(Field).index(change.field)))


def _iso(article: Article) -> str | None:
    return article.published.isoformat() if article.published else None


def _published(line: ArticleLine, article: Article) -> tuple[str, str]:
    source = article.published_from.value if article.published else None
    old = (line.published, line.published_from, line.published_raw)
    new = (_iso(article), source, article.published_raw)
    return " ".join(filter(None, old)), " ".join(filter(None, new))


def _files(attachments: Sequence[Attachment]) -> str:
    return "\n".join(f"{file.name} {file.url} {file.type}" for file in attachments)


def _pictures(images: Sequence[Image]) -> str:
    return "\n".join(f"{image.url} {image.caption}".rstrip() for image in images)


_FIELDS = {BlockKind.LEAD: Field.LEAD, BlockKind.CAPTION: Field.CAPTIONS}


def _texts(line: ArticleLine, old: Sequence[str], article: Article) -> list[FieldChange]:
    captions = {image.caption for image in line.images if image.caption}
    kinds = [_FIELDS.get(block.kind, Field.BODY) for block in article.blocks]
    new = [block.text for block in article.blocks]
    gone: dict[Field, list[str]] = {field: [] for field in (Field.LEAD, Field.BODY, Field.CAPTIONS)}
    come: dict[Field, list[str]] = {field: [] for field in gone}
    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        stands = set(kinds[j:j_end])
        instead = stands.pop() if len(stands) == 1 else None
        for paragraph in old[i:i_end]:
            own = Field.CAPTIONS if paragraph in captions else Field.BODY
            gone[instead or own].append(paragraph)
        for position in range(j, j_end):
            come[kinds[position]].append(new[position])
    touched = [field for field in gone if gone[field] or come[field]]  # a paragraph that moved went and came
    return [FieldChange(field, "\n".join(gone[field]), "\n".join(come[field])) for field in touched]

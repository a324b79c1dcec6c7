"""Read an archived capture with today's rules and compare the result with the stored version."""

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

ExtractionArguments = tuple[bytes, str, tuple[Layout, ...], datetime, str | None]
Reader = Callable[[bytes, str, tuple[Layout, ...], datetime, str | None], Article]
"""`pipelines.extract.extract`, or the same in a worker process with a deadline."""


class Field(StrEnum):
    """Part of an article that a second reading may change. LAYOUT names only how it was read; the others are stored."""

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
    """One field as stored and as today's rules read it; of a text only the paragraphs that differ, one a line."""

    field: Field
    old: str
    new: str


def extraction_arguments(
    capture: Capture, url: str, layouts: tuple[Layout, ...], fetched_at: datetime, limit: int
) -> ExtractionArguments:
    """Return the arguments of the extraction: the decoded body (at most `limit` bytes) and how to read it.

    `url` and `fetched_at` are those of the version's line, as the crawl had them.

    Raises:
        Unreadable: the body does not decode whole.
    """
    body = body_of(capture, limit)
    types = [value for name, value in capture.headers if name.lower() == "content-type"]
    declared = declared_charset(types[-1]) if types else None
    sent = page_of(body, url, layouts, declared)
    return (body, url, layouts, fetched_at, declared) if sent is None else (sent, url, layouts, fetched_at, "utf-8")


def body_of(capture: Capture, limit: int) -> bytes:
    """Return the decoded body of a capture, at most `limit` bytes. Raises Unreadable when it does not decode whole."""
    encoding = ",".join(value for name, value in capture.headers if name.lower() == "content-encoding")
    body = decode_body(capture.body, encoding, limit)
    wrong = [flag for flag in body.flags if flag in (CUT, TOO_LARGE, UNKNOWN_ENCODING)]
    if wrong:
        raise Unreadable(f"{capture.url}: the captured body cannot be decoded ({', '.join(wrong)})")
    return body.data


def reread(
    capture: Capture,
    url: str,
    layouts: tuple[Layout, ...],
    fetched_at: datetime,
    limit: int,
    read: Reader,
    listed: date | None = None,
) -> Article:
    """Extract and clean the article of a capture with today's rules.

    Arguments as in `extraction_arguments`. `listed` is the day that only the list gave, if the version has it.
    """
    return listed_on(clean(read(*extraction_arguments(capture, url, layouts, fetched_at, limit))), listed)


def listed_day(line: ArticleLine) -> date | None:
    """Return the day of a version that only its list gave; None where the page has a date."""
    published = line.published if line.published_from == PublishedFrom.FEED.value else None
    return date.fromisoformat(published[:10]) if published else None


def reread_record(version: str, article: Article) -> Reread:
    """Return the facts of a second reading that the judgement needs."""
    return Reread(version, content_sha256(article.content()), _iso(article))


def reread_document(line: ArticleLine, place: CapturePlace, article: Article, writer: RunWriter) -> Document:
    """Build the document of a new reading: URL, section and moment of the old capture, which it refers to."""
    page = PageRecord(
        line.url, Outcome.ARTICLE, line.fetched_at, key=line.key, section=line.section, warc=place.ref
    )  # never written: nothing was fetched
    document = document_of(article, page, line.portal, writer.via)
    return replace(document, warc=None, read_from=place, reread=reread_record(line.id, article))


def compare(line: ArticleLine, paragraphs: Sequence[str], article: Article) -> tuple[FieldChange, ...]:
    """Compare the stored version with today's reading. `paragraphs` are those of the stored text, the title first.

    The files do not mark leads and captions. A removed paragraph counts as the kind of what replaced it, or as a
    caption when an image of the line has it.
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
    removed: dict[Field, list[str]] = {field: [] for field in (Field.LEAD, Field.BODY, Field.CAPTIONS)}
    added: dict[Field, list[str]] = {field: [] for field in removed}
    for tag, i, i_end, j, j_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        stands = set(kinds[j:j_end])
        instead = stands.pop() if len(stands) == 1 else None
        for paragraph in old[i:i_end]:
            own = Field.CAPTIONS if paragraph in captions else Field.BODY
            removed[instead or own].append(paragraph)
        for position in range(j, j_end):
            added[kinds[position]].append(new[position])
    touched = [field for field in removed if removed[field] or added[field]]  # a paragraph that moved went and came
    return [FieldChange(field, "\n".join(removed[field]), "\n".join(added[field])) for field in touched]

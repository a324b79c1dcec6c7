"""The lines of `articles.jsonl` and `pages.jsonl`: canonical JSON, one event or one response a line.

Keys are sorted, UTF-8 is not escaped, fields without a value are left out of `pages.jsonl` and null in `articles.jsonl`.
A line ends with one newline; its bytes without the newline are a leaf of the night's Merkle tree.

`warc` names the response that was read by file, offset, length and SHA-256, in the line's own run. A `reread` made from
the archive alone fetched nothing, so no response of its run stands behind it: its `warc` is null and `read_from` names the
capture that was read again, wherever it stands: `{night, run, file, offset, length, sha256}`, the file being
`YYYY/MM/DD/<run>/<file>`. Its `fetched_at`, `url` and `section` are those of that capture. A `reread` found by a crawl has
the `warc` of the crawl's own response and no `read_from`. Every line with a text has one of the two.

`changes` and `similarity` stand on the lines of `revision`, `redated` and `reread` and compare the version with the one
that `revision_of` names: the sorted classes of `archive.diff.classify.Change`, and the share of words that stayed, 0 to 1 with
four decimals. Both follow from the two text files; `similarity` is null (or missing, in older lines) and `changes` empty
where the older file could not be read, and on every other event.

`near` stands on lines of an article that store a text of its own (`near_duplicate`, `revision`, `reread`): at most five
versions of other articles whose texts are near-duplicates of it (archive/similarity/minhash.py), each with its similarity, the most alike
first, equal ones by id. Only texts are named that stood before: those of earlier nights, and of the same night those that come
first by published line, portal and key. A first text with such a link is `near_duplicate` instead of `new`; it is stored whole
all the same. Exact copies stand in `duplicate_of`, never in `near`. Which article of a cluster is canonical is computed
(archive/index/queries/clusters.py), never stored.

`late` among the `flags` of an article's first line says that complete walks of the section, three or more days after the day
that the article gives as its own, had not shown it: it was put online later than it says (archive/index/queries/lookbacks.py).

`documents` are the numbers of official documents that the text names (vietnam/documents.py), as it has them; `cited` says of some
of them what stands beside the number: `{raw, day, by}`, the day of the document and who issued it. Older lines lack it.

`lookback` on a line of `pages.jsonl` marks a request of a look-back: `{began, since, end}` as in `LookBackMark`. `request`
says how an answer was asked for where that was no plain GET: `{url, method, headers, body, json, of_visit}` as in
`ListRequest`; a form of this visit only (a view state) or over 16 KiB stands in the WARC's request record alone.

An `attachment` line is a file that an article names. `attachment_of` is the id of that article's version and null on every
other line; `key` is the article's key, `/~` and 8 hex digits of the file's address (archive/index/queries/attachments.py); `title` is the
file's name as the link gives it; `layout` is what its first bytes say it is (`pdf`, `docx`, `zip` …) and `extractor` the
library that opened it. `file` is its text. Without one, `duplicate_of` names the attachment whose stored text is the same,
or `flags` say why there is none: `scanned_pdf` (pictures of pages), `no_text` (neither letters nor pictures), `encrypted`,
`damaged`, `not_opened` (a type that is kept and not read), `read_timeout`, `read_limit` (too large once unpacked): then
`content_sha256` and the version's 16 digits are those of the served body instead of the text. `partly_scanned` stands
beside a text: some pages are pictures; `partly_damaged`: some could not be read. `revision_of` is the attachment's own
earlier version. An attachment that was set aside is `quarantined` with its `attachment_of`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import cast

from archive.model.enums import Event, Outcome, WalkEnd
from archive.model.records import (
    Attachment,
    CapturePlace,
    CaptureRef,
    Document,
    Image,
    ListEntry,
    ListRequest,
    LookBackMark,
    NearDuplicate,
    PageRecord,
)
from vietnam.documents import CitationContext

__all__ = [
    "ArticleLine",
    "canonical",
    "decode_article",
    "decode_page",
    "decode_request",
    "encode_article",
    "encode_page",
    "request_plain",
]

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One line of `articles.jsonl`. `seq` is its number in the file, from 0, and the number in the text's file name.

    `file` is the text's name in the run's folder (`quarantine/…` from the archive's root for a quarantined one), None
    where the event stores no text; `sha256` and `bytes` describe that file. `read_from` is the capture of an earlier run
    that was read again. `attachment_of` is the id of the article's version that an attachment belongs to.
    """

    event: Event
    id: str
    seq: int
    portal: str
    section: str
    url: str
    key: str
    title: str
    published: str | None
    published_raw: str | None
    published_from: str | None
    author: str | None
    fetched_at: datetime
    via: str
    file: str | None
    sha256: str | None
    content_sha256: str
    bytes: int | None
    warc: CaptureRef | None
    layout: str
    extractor: str
    revision_of: str | None = None
    duplicate_of: str | None = None
    near: tuple[NearDuplicate, ...] = ()
    changes: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    images: tuple[Image, ...] = ()
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    read_from: CapturePlace | None = None
    similarity: float | None = None
    attachment_of: str | None = None
    cited: tuple[CitationContext, ...] = ()


def canonical(value: object) -> bytes:
    """JSON in one form only: sorted keys, no blanks, UTF-8 as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _plain(record: object) -> object:
    if isinstance(record, (datetime, date)):
        return record.isoformat()
    if isinstance(record, tuple):
        return [_plain(item) for item in record]
    if isinstance(
        record,
        (
            CaptureRef,
            CapturePlace,
            ListEntry,
            ListRequest,
            LookBackMark,
            NearDuplicate,
            Attachment,
            Image,
            CitationContext,
        ),
    ):
        return {entry.name: _plain(getattr(record, entry.name)) for entry in fields(record)}
    return record


def encode_article(line: ArticleLine) -> bytes:
    """One line of `articles.jsonl` with its newline."""
    return canonical({entry.name: _plain(getattr(line, entry.name)) for entry in fields(line)}) + b"\n"


def encode_page(page: PageRecord) -> bytes:
    """One line of `pages.jsonl` with its newline; fields without a value are left out."""
    plain = {entry.name: _plain(getattr(page, entry.name)) for entry in fields(page)}
    return canonical({name: value for name, value in plain.items() if value not in (None, [])}) + b"\n"


def _ref(raw: object) -> CaptureRef | None:
    if raw is None:
        return None
    value = cast(Json, raw)
    return CaptureRef(
        str(value["file"]), int(cast(int, value["offset"])), int(cast(int, value["length"])), str(value["sha256"])
    )


def _place(raw: object) -> CapturePlace | None:
    ref = _ref(raw)
    if ref is None:
        return None
    value = cast(Json, raw)
    night = date.fromisoformat(str(value["night"]))
    return CapturePlace(night, str(value["run"]), ref.file, ref.offset, ref.length, ref.sha256)


def _strings(raw: object) -> tuple[str, ...]:
    return tuple(str(item) for item in cast(list[object], raw or []))


def decode_article(line: bytes) -> ArticleLine:
    """Read one line of `articles.jsonl`. Raises ValueError when it is not one."""
    try:
        raw = cast(Json, json.loads(line))
        known = {entry.name for entry in fields(ArticleLine)}
        values = {name: value for name, value in raw.items() if name in known}
        values["event"] = Event(cast(str, raw["event"]))
        values["fetched_at"] = datetime.fromisoformat(cast(str, raw["fetched_at"]))
        values["warc"] = _ref(raw["warc"])
        values["read_from"] = _place(raw.get("read_from"))
        near = cast(list[Json], raw["near"])
        values["near"] = tuple(NearDuplicate(str(item["id"]), float(cast(float, item["similarity"]))) for item in near)
        for name in ("changes", "documents", "flags", "reasons"):
            values[name] = _strings(raw.get(name))
        cited = cast("list[dict[str, str | None]]", raw.get("cited") or [])
        values["cited"] = tuple(CitationContext(str(item["raw"]), _day(item["day"]), item["by"]) for item in cited)
        attachments = cast(list[dict[str, str]], raw["attachments"])
        values["attachments"] = tuple(Attachment(item["name"], item["url"], item["type"]) for item in attachments)
        values["images"] = tuple(
            Image(item["url"], item["caption"]) for item in cast(list[dict[str, str]], raw["images"])
        )
        return ArticleLine(**values)  # type: ignore[arg-type]  # each field was converted above
    except (KeyError, TypeError) as error:
        raise ValueError(f"not an event: {error}") from error


def _day(raw: object) -> date | None:
    return date.fromisoformat(cast(str, raw)) if raw else None


def decode_page(line: bytes) -> PageRecord:
    """Read one line of `pages.jsonl`. Raises ValueError when it is not one."""
    try:
        raw = cast(Json, json.loads(line))
        listed = cast(list[Json], raw.get("listed", []))
        return PageRecord(
            url=cast(str, raw["url"]),
            outcome=Outcome(cast(str, raw["outcome"])),
            fetched_at=datetime.fromisoformat(cast(str, raw["fetched_at"])),
            status=cast("int | None", raw.get("status")),
            key=cast("str | None", raw.get("key")),
            section=cast("str | None", raw.get("section")),
            etag=cast("str | None", raw.get("etag")),
            last_modified=cast("str | None", raw.get("last_modified")),
            body_sha256=cast("str | None", raw.get("body_sha256")),
            warc=_ref(raw.get("warc")),
            listed=tuple(
                ListEntry(cast(str, item["key"]), cast(str, item["url"]), cast(str, item["title"]), _day(item["day"]))
                for item in listed
            ),
            page_number=cast("int | None", raw.get("page_number")),
            walk_end=WalkEnd(cast(str, raw["walk_end"])) if raw.get("walk_end") else None,
            next_look=_day(raw.get("next_look")),
            detail=cast("str | None", raw.get("detail")),
            attachment_of=cast("str | None", raw.get("attachment_of")),
            lookback=_mark(raw.get("lookback")),
            asked_at=datetime.fromisoformat(cast(str, raw["asked_at"])) if raw.get("asked_at") else None,
            size=cast("int | None", raw.get("size")),
            unanswered=cast("int | None", raw.get("unanswered")),
            crawl_delay=cast("float | None", raw.get("crawl_delay")),
            request=decode_request(raw.get("request")),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a page: {error}") from error


def request_plain(request: ListRequest) -> object:
    """A request as JSON values."""
    return _plain(request)


def decode_request(raw: object) -> ListRequest | None:
    """Read it again, None for none. Raises KeyError or TypeError when it is not one."""
    if raw is None:
        return None
    value = cast(Json, raw)
    headers = tuple((str(name), str(text)) for name, text in cast(list[list[object]], value["headers"]))
    return ListRequest(
        url=str(value["url"]),
        method=str(value["method"]),
        headers=headers,
        body=str(value["body"]),
        json=bool(value["json"]),
        of_visit=bool(value["of_visit"]),
    )


def _mark(raw: object) -> LookBackMark | None:
    if raw is None:
        return None
    value = cast(Json, raw)
    end = WalkEnd(cast(str, value["end"])) if value.get("end") else None
    return LookBackMark(date.fromisoformat(str(value["began"])), _day(value.get("since")), end)


def article_line(document: Document, event: Event, seq: int, version: str, content: str) -> ArticleLine:
    """The line of a document without its file: the caller adds where the text stands."""
    return ArticleLine(
        event=event,
        id=version,
        seq=seq,
        portal=document.portal,
        section=document.section,
        url=document.url,
        key=document.key,
        title=document.title,
        published=document.published,
        published_raw=document.published_raw,
        published_from=document.published_from,
        author=document.author,
        fetched_at=document.fetched_at,
        via=document.via.value,
        file=None,
        sha256=None,
        content_sha256=content,
        bytes=None,
        warc=document.warc,
        layout=document.layout,
        extractor=document.extractor,
        documents=document.documents,
        attachments=document.attachments,
        images=document.images,
        flags=document.flags,
        read_from=document.read_from,
        attachment_of=document.attachment_of,
        cited=document.cited,
    )

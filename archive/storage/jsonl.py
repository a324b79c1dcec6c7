"""Read and write the lines of `articles.jsonl` and `pages.jsonl`: canonical JSON, one event or one response a line.

Keys are sorted, UTF-8 is not escaped, fields without a value are left out of `pages.jsonl` and null in `articles.jsonl`.
A line ends with one newline; its bytes without the newline are a leaf of the night's Merkle tree.

`warc` names the response that was read by file, offset, length and SHA-256, in the line's own run. A `reread` made from
the archive alone fetched nothing, so its run has no response for it: its `warc` is null and `read_from` names the
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

`late` among the `flags` of an article's first line means that complete walks of the section, three or more days after the day
that the article gives as its own, had not shown it: it was put online late (archive/index/queries/lookbacks.py).

`documents` are the numbers of official documents that the text names (vietnam/documents.py), as it has them; `cited` has what
stands beside some of them: `{raw, day, by}`, the day of the document and its issuer. Older lines lack it.

`lookback` on a line of `pages.jsonl` marks a request of a look-back: `{began, since, end}` as in `LookbackMark`. `request`
is the request where it was no plain GET: `{url, method, headers, body, json, of_visit}` as in
`ListRequest`; a form of this visit only (a view state) or over 16 KiB is in the WARC's request record alone.

An `attachment` line is a file that an article names. `attachment_of` is the id of that article's version and null on every
other line; `key` is the article's key, `/~` and 8 hex digits of the file's address (archive/index/queries/attachments.py); `title` is the
file's name as the link gives it; `layout` is its type by its first bytes (`pdf`, `docx`, `zip` …) and `extractor` the
library that opened it. `file` is its text. Without one, `duplicate_of` names the attachment whose stored text is the same,
or `flags` say why there is none: `scanned_pdf` (pictures of pages), `no_text` (neither letters nor pictures), `encrypted`,
`damaged`, `not_opened` (a type that is kept and not read), `read_timeout`, `read_limit` (too large once unpacked): then
`content_sha256` and the version's 16 digits are those of the served body instead of the text. `partly_scanned` stands
beside a text: some pages are pictures; `partly_damaged`: some could not be read. `revision_of` is the attachment's own
earlier version. A quarantined attachment is `quarantined` with its `attachment_of`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Literal, TypeVar, cast

import msgspec

from archive.messages.reason import Reason
from archive.model.enums import Event
from archive.model.records import (
    Attachment,
    CapturePlace,
    CaptureRef,
    Document,
    Image,
    ListRequest,
    NearDuplicate,
    PageRecord,
)
from archive.model.run_metrics import Count, Instant
from vietnam.documents import CitationContext


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """One line of `articles.jsonl`. `seq` is its number in the file, from 0, and the number in the text's file name.

    `file` is the text's name in the run's folder (`quarantine/…` from the archive's root for a quarantined one), None
    where the event stores no text; `sha256` and `bytes` describe that file. `read_from` is the capture of an earlier run
    that was read again. `attachment_of` is the id of the article's version that an attachment belongs to.
    """

    event: Event
    id: str
    seq: Count
    portal: str
    section: str
    url: str
    key: str
    title: str
    published: str | None
    published_raw: str | None
    published_from: str | None
    author: str | None
    fetched_at: Instant
    via: Literal["live", "replica"]
    file: str | None
    sha256: str | None
    content_sha256: str
    bytes: Count | None
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
    reasons: tuple[Reason, ...] = ()
    read_from: CapturePlace | None = None
    similarity: float | None = None
    attachment_of: str | None = None
    cited: tuple[CitationContext, ...] = ()


def decoder(kind: type[_Record]) -> msgspec.json.Decoder[_Record]:
    """Return a decoder of JSON that reads reasons as well."""
    return msgspec.json.Decoder(kind, dec_hook=_read_custom)


def _read_custom(kind: type, raw: object) -> object:
    if kind is Reason:
        return Reason.parse(raw)
    raise TypeError(f"no reading for {kind.__name__}")


def _write_custom(value: object) -> object:
    if isinstance(value, Reason):
        return value.plain()
    raise TypeError(f"no JSON form for {type(value).__name__}")


_MOMENTS = ("fetched_at", "asked_at", "started_at", "finished_at", "when")
_ARTICLE = decoder(ArticleLine)
_PAGE = decoder(PageRecord)
_REQUEST = decoder(ListRequest)
_Record = TypeVar("_Record")


def iso(value: object) -> str:
    """Return a day or moment as ISO 8601. Raises TypeError for any other value: `default` of `json.dumps`."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def canonical(value: object) -> bytes:
    """Return the only JSON form of a value: sorted keys, no blanks, UTF-8 as it is, days and moments in ISO 8601."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=iso).encode("utf-8")


def json_values(record: object) -> dict[str, object]:
    """Return the fields of a record as JSON values; days and moments stay as they are, for `iso` to write."""
    # msgspec would write a moment in UTC with `Z`; the archive's form is `+00:00`.
    return cast(
        "dict[str, object]", msgspec.to_builtins(record, builtin_types=(date, datetime), enc_hook=_write_custom)
    )


def decode(form: msgspec.json.Decoder[_Record], data: bytes | str, kind: str) -> _Record:
    """Read a record; unknown keys are left out. Raises ValueError that names the kind and the field."""
    try:
        # As text: of bytes, msgspec does not look at the letters of a name that it leaves out.
        found = form.decode(data if isinstance(data, str) else data.decode("utf-8"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ValueError(Reason.of("not_record", kind=kind, error=str(error))) from error
    for name in _MOMENTS:
        moment: datetime | None = getattr(found, name, None)
        if moment is not None and moment.year in (MINYEAR, MAXYEAR):  # in another zone it has no date
            raise ValueError(Reason.of("not_record", kind=kind, error=f"no date of the calendar - at `$.{name}`"))
    return found


def encode_article(line: ArticleLine) -> bytes:
    """Return one line of `articles.jsonl` with its newline."""
    return canonical(json_values(line)) + b"\n"


def encode_page(page: PageRecord) -> bytes:
    """Return one line of `pages.jsonl` with its newline; fields without a value are left out."""
    values = {name: value for name, value in json_values(page).items() if value not in (None, ())}
    for entry in cast("Sequence[dict[str, object]]", values.get("listed", ())):
        if entry["record"] is None:
            del entry["record"]
    return canonical(values) + b"\n"


def encode_request(request: ListRequest) -> str:
    """Return the JSON form of a request."""
    return canonical(json_values(request)).decode()


def decode_article(line: bytes) -> ArticleLine:
    """Read one line of `articles.jsonl`. Raises ValueError when it is not one."""
    return decode(_ARTICLE, line, "an event")


def decode_page(line: bytes) -> PageRecord:
    """Read one line of `pages.jsonl`. Raises ValueError when it is not one."""
    return decode(_PAGE, line, "a page")


def decode_request(text: str) -> ListRequest:
    """Read what `encode_request` returned. Raises ValueError when it is not a request."""
    return decode(_REQUEST, text, "a request")


def article_line(document: Document, event: Event, seq: int, version: str, content: str) -> ArticleLine:
    """Make the line of a document without its file: the caller adds the place of the text."""
    values = {name: getattr(document, name) for name in _OF_DOCUMENT}
    values |= {"event": event, "id": version, "seq": seq, "via": document.via.value, "content_sha256": content}
    return ArticleLine(**values, file=None, sha256=None, bytes=None)


_OF_DOCUMENT = {field.name for field in fields(ArticleLine)} & {field.name for field in fields(Document)}

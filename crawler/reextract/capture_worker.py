"""Be the process that reads archived captures for an audit: the WARC record, its decoding, the page or file in it.

Whoever wrote into the archive may have written the capture, so that none of it is touched outside this process.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

import msgspec

from archive.errors import DamagedFile
from archive.model.enums import ArchiveKind
from archive.model.records import Capture
from archive.storage.jsonl import decoder
from archive.storage.warc import WarcRecord, parse_member
from pipelines.article import Article, Layout
from pipelines.extract import extract
from pipelines.files.text import AttachmentReading, read_attachment
from pipelines.reread import body_of, reread
from pipelines.sandbox.child_process import Answer, encode, serve
from pipelines.sandbox.page_question import layouts_of
from pipelines.sandbox.reader_process import ReaderProcess

DEADLINE = 10.0  # seconds of processor time, the crawl's for a file
MEMORY = 1536 * 1024 * 1024  # bytes of address space, the crawl's for a page


@dataclass(frozen=True, slots=True)
class CaptureQuestion:
    """Say how a capture was read. The body has its record, `record` bytes, then of a revisit the one with the body.

    `listed` is the day that only the list gave, `limit` the most bytes of a decoded body; `file`: it is no page.
    """

    url: str
    fetched_at: datetime
    via: ArchiveKind
    listed: date | None
    file: bool
    limit: int
    record: int


@dataclass(frozen=True, slots=True)
class CaptureAnswer:
    """The article or file of a capture; of a revisit that came alone, its address and the SHA-256 of the body (hex)."""

    article: Article | None = None
    file: AttachmentReading | None = None
    revisit: tuple[str, str] | None = None


QUESTION = msgspec.json.Decoder(CaptureQuestion)
ANSWER = decoder(CaptureAnswer)


def capture_worker() -> ReaderProcess:
    """Return a process that reads captures, to be started with the first one."""
    return ReaderProcess("crawler.reextract.capture_worker", DEADLINE, MEMORY)


def read_capture(question: CaptureQuestion, layouts: tuple[Layout, ...], data: bytes) -> CaptureAnswer:
    """Read a capture. Raises whatever a hostile one makes a library raise."""
    record = _record(data[: question.record], question)
    capture = record.capture
    if (earlier := record.revisit_of) is not None:
        if len(data) == question.record:
            return CaptureAnswer(revisit=(capture.url, earlier.body_sha256))
        body = _record(data[question.record :], question).capture.body
        if sha256(body).hexdigest() != earlier.body_sha256:
            raise DamagedFile("the earlier record has another body")
        capture = replace(capture, body=body)
    return _read(question, layouts, capture)


def _record(data: bytes, question: CaptureQuestion) -> WarcRecord:
    record = parse_member(data, question.via)
    if record is None:
        raise DamagedFile("there is no WARC record")
    return record


def _read(question: CaptureQuestion, layouts: tuple[Layout, ...], capture: Capture) -> CaptureAnswer:
    if question.file:
        return CaptureAnswer(file=read_attachment(body_of(capture, question.limit)))
    given = (question.url, layouts, question.fetched_at, question.limit)
    return CaptureAnswer(article=reread(capture, *given, extract, question.listed))


def _load() -> Answer:
    import pipelines.files.docx
    import pipelines.files.pdf  # noqa: F401  before the first capture's clock runs

    def read(question: bytes, context: bytes, body: bytes) -> Iterator[bytes]:
        yield encode(read_capture(QUESTION.decode(question), layouts_of(context), body))

    return read


if __name__ == "__main__":
    serve(sys.argv[1:], _load)  # started by ReaderProcess with MEMORY PARENT

"""Read the text of a PDF or DOCX attachment in a child process with its own limits, or name why there is none.

Every other kind of file is stored as served and not opened. A damaged, encrypted or hostile file is a flag, never an
error.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from archive.messages.reason import Reason
from archive.storage.jsonl import decoder
from pipelines.files.file_type import kind_of
from pipelines.sandbox.child_process import Answer, encode, serve
from pipelines.sandbox.reader_process import ReaderDied, ReaderProcess, ReadFailed, ReadRequest, ReadTimeout
from vietnam.documents import document_numbers
from vietnam.letters import is_legacy_font, is_mojibake

DEADLINE = 10.0  # seconds of processor time for one file
MEMORY = 1024 * 1024 * 1024  # bytes of address space
_LONGEST = 4_000_000  # characters: a text that no document of the size limit has, but a bomb


@dataclass(frozen=True, slots=True)
class AttachmentReading:
    """Result of reading a file.

    `kind` is recognised by the bytes. `text` is empty where there is none to store; `flags` name the reason
    (`archive.storage.jsonl` lists them). `documents` are the numbers of documents it cites. `reasons` speak against
    storing the text.
    """

    kind: str
    text: str = ""
    flags: tuple[str, ...] = ()
    extractor: str = ""
    documents: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


_READING = decoder(AttachmentReading)


def read_attachment(body: bytes) -> AttachmentReading:
    """Read a file in this process: for the child, and for tests. Raises MemoryError alone."""
    from pipelines.files.docx import office_kind

    kind = kind_of(body) or "unknown"
    if kind == "zip":
        kind = office_kind(body)
    if kind == "pdf":
        return _read_pdf(body)
    if kind == "docx":
        return _read_docx(body)
    flag = kind if kind in ("encrypted", "damaged") else "not_opened"
    return AttachmentReading(
        kind if flag == "not_opened" else "office" if kind == "encrypted" else "zip", flags=(flag,)
    )


def _read_pdf(body: bytes) -> AttachmentReading:
    from pipelines.files.pdf import EXTRACTOR, read_pdf

    read = read_pdf(body)
    reasons = _quarantine_reasons(read.text)
    # A font that does not name its letters gives private or control signs for them.
    if read.unmapped * 20 > len(read.text) and not reasons:
        reasons = (Reason.of("unmapped_letters", count=read.unmapped),)
    return _reading("pdf", read.text, read.flags, EXTRACTOR, reasons)


def _read_docx(body: bytes) -> AttachmentReading:
    from pipelines.files.docx import EXTRACTOR, read_docx

    text, flags = read_docx(body)
    return _reading("docx", text, flags, EXTRACTOR, _quarantine_reasons(text))


def _reading(
    kind: str, text: str, flags: tuple[str, ...], extractor: str, reasons: tuple[Reason, ...]
) -> AttachmentReading:
    if len(text) > _LONGEST:
        return AttachmentReading(kind, flags=("read_limit",), extractor=extractor)
    return AttachmentReading(kind, text, flags, extractor, document_numbers(text), reasons if text else ())


def _quarantine_reasons(text: str) -> tuple[Reason, ...]:
    """Return the reasons to quarantine a text, those used for articles."""
    if is_legacy_font(text):
        return (Reason.of("legacy_font"),)
    return (Reason.of("mojibake"),) if is_mojibake(text) else ()


class AttachmentWorker(ReaderProcess):
    """Run `read_attachment` in a child process. A killed child becomes a flag; nothing is raised."""

    def __init__(self, deadline: float = DEADLINE, memory: int = MEMORY) -> None:
        super().__init__("pipelines.files.text", deadline, memory)

    def read(self, body: bytes, what: str) -> AttachmentReading:
        """Read one file; `what` names it in errors."""
        try:
            return _READING.decode(self.call(ReadRequest(b"", body, what))[0])
        except (ReadTimeout, ReadFailed) as error:
            return _unread(body, error)

    async def read_async(self, body: bytes, what: str) -> AttachmentReading:
        """Read one file from a coroutine, without blocking the event loop."""
        try:
            return _READING.decode(await self.ask(ReadRequest(b"", body, what))[0])
        except (ReadTimeout, ReadFailed) as error:
            return _unread(body, error)


def _unread(body: bytes, error: ReadTimeout | ReadFailed) -> AttachmentReading:
    if not isinstance(error, ReadTimeout | ReaderDied):
        raise error  # an error of ours, not the file's
    flag = "read_timeout" if isinstance(error, ReadTimeout) else "read_limit"
    return AttachmentReading(kind_of(body) or "unknown", flags=(flag,))


def _load() -> Answer:
    import pipelines.files.docx
    import pipelines.files.pdf  # noqa: F401  before the first file's clock runs

    def read(question: bytes, context: bytes, body: bytes) -> Iterator[bytes]:
        yield encode(read_attachment(body))

    return read


if __name__ == "__main__":
    serve(sys.argv[1:], _load)  # started by AttachmentWorker with MEMORY PARENT

"""Read each attachment in a child process, record it with its article and store its text on its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scrapy.exceptions import DropItem

from archive.errors import ArchiveError
from archive.index.queries.attachments import PendingAttachment
from archive.ingest.run_writer import RunWriter
from archive.model.enums import Outcome
from archive.model.records import Document, PageRecord
from pipelines.files.text import AttachmentReading, AttachmentWorker
from pipelines.sandbox.reader_process import ReadFailed
from pipelines.stages import PipelineStage
from vietnam.documents import cited_documents

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


@dataclass(frozen=True, slots=True)
class FetchedAttachment:
    """A fetched and captured file: its pages.jsonl line, its decoded body, and the article that names it."""

    page: PageRecord
    body: bytes
    file: PendingAttachment


def attachment_document(fetched: FetchedAttachment, reading: AttachmentReading, writer: RunWriter) -> Document:
    """Build the archive's document of an attachment.

    Raises:
        ValueError: its page has no capture.
    """
    page, file = fetched.page, fetched.file
    if page.warc is None:
        raise ValueError(f"{page.url} was not captured")
    return Document(
        portal=writer.portal,
        section=file.section,
        url=page.url,
        key=file.key,
        title=file.name,
        text=reading.text,
        content=reading.text,
        fetched_at=page.fetched_at,
        via=writer.via,
        warc=page.warc,
        layout=reading.kind,
        extractor=reading.extractor,
        documents=reading.documents,
        cited=cited_documents(reading.text),
        flags=reading.flags,
        attachment_of=file.version,
    )


class AttachmentStage(PipelineStage):
    """Take attachments out of the stream of articles, which passes unchanged. The first of the stages."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._worker = AttachmentWorker()

    async def process_item(self, item: object) -> object:
        """Read and store a file. Scrapy counts it as dropped: nothing is left for the later stages."""
        if not isinstance(item, FetchedAttachment):
            return item
        try:
            reading = await self._worker.read_async(item.body, item.page.url)
            self._keep(item, reading)
        except ArchiveError as error:
            self.recorder.fail(error)
        except ReadFailed as error:
            raise self.drop(item.page, Outcome.ERROR, str(error)) from None
        except Exception as error:  # an unforeseen file costs only itself
            raise self.drop_for_bug(item.page, error) from error
        raise DropItem("an attachment ends here")

    def _keep(self, item: FetchedAttachment, reading: AttachmentReading) -> None:
        document = attachment_document(item, reading, self.recorder.writer)
        for name in (reading.kind, *reading.flags, *(["quarantined"] if reading.reasons else [])):
            self.recorder.count(f"attachment {name}")
        self.recorder.write(item.page, document, reading.reasons)

    async def close_spider(self) -> None:
        """End the worker."""
        self._worker.close()

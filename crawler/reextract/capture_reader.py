"""Read archived captures for `python -m archive verify --reread` by the rules of this checkout's portals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from multiprocessing.util import Finalize

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from archive.audit.rereading import CaptureText, EarlierRecords
from archive.index.reader import Unreadable
from archive.model.enums import ArchiveKind, Outcome
from archive.model.records import CaptureRef, PageRecord
from archive.storage.jsonl import ArticleLine, canonical, json_values
from archive.storage.texts import text_bytes
from crawler.portal import PortalSpider
from crawler.reextract.capture_worker import ANSWER, CaptureAnswer, CaptureQuestion, capture_worker
from pipelines.article import Article, Layout
from pipelines.capture import document_of
from pipelines.files.text import AttachmentReading
from pipelines.reread import listed_day
from pipelines.rules_version import rules_version
from pipelines.sandbox.child_process import encode
from pipelines.sandbox.page_question import layouts_context
from pipelines.sandbox.reader_process import ReaderProcess, ReadFailed, ReadRequest, ReadTimeout
from vietnam.documents import cited_documents

_OF_PAGE = (
    "title",
    "published",
    "published_raw",
    "published_from",
    "author",
    "documents",
    "cited",
    "attachments",
    "images",
    "layout",
)
_NOWHERE = CaptureRef("", 0, 0, "")


CaptureCall = Callable[[ReadRequest], list[bytes]]
"""Answer a question of a capture. Raises ReadTimeout or ReadFailed."""


@cache
def _worker() -> ReaderProcess:
    """Return the reading process of this worker, which ends with it."""
    worker = capture_worker()
    Finalize(None, worker.close, exitpriority=1)  # a worker runs no atexit
    return worker


def call_worker(request: ReadRequest) -> list[bytes]:
    """Ask the reading process of this worker."""
    return _worker().call(request)


@dataclass(frozen=True, slots=True)
class PortalCaptures:
    """Read captures by the portals of these modules, the project's without any.

    `call` asks `crawler.reextract.capture_worker`: in the process that each worker has of its own.
    """

    modules: tuple[str, ...] = ()
    call: CaptureCall = call_worker

    def rules(self, portal: str) -> str | None:
        """Return the version of the rules for a portal's pages; None for a portal that is not declared."""
        layouts = _layouts(self.modules, portal)
        return None if layouts is None else rules_version(layouts).hex()

    def read(self, line: ArticleLine, via: ArchiveKind, record: bytes, earlier: EarlierRecords) -> CaptureText:
        """Read a WARC record in the process. Raises Unreadable."""
        layouts = _layouts(self.modules, line.portal) or ()
        file = line.attachment_of is not None
        limit = _settings().getint("DOWNLOAD_MAXSIZE")
        question = CaptureQuestion(line.url, line.fetched_at, via, listed_day(line), file, limit, len(record))
        answer = self._ask(question, record, layouts)
        if answer.revisit is not None:
            answer = self._of_revisit(question, record, layouts, earlier(*answer.revisit))
        if answer.file is not None:
            return _of_file(answer.file)
        if answer.article is None:
            raise Unreadable("no capture with its body can be read")
        return _of_article(answer.article, line, via)

    def _of_revisit(
        self, question: CaptureQuestion, record: bytes, layouts: tuple[Layout, ...], records: Iterable[bytes]
    ) -> CaptureAnswer:
        """Read a revisit with the first earlier record that has its body; the answer is empty without one."""
        for other in records:
            with suppress(Unreadable):  # another one may be whole
                return self._ask(question, record + other, layouts)
        return CaptureAnswer()

    def _ask(self, question: CaptureQuestion, data: bytes, layouts: tuple[Layout, ...]) -> CaptureAnswer:
        request = ReadRequest(encode(question), data, question.url, context=layouts_context(layouts))
        try:
            return ANSWER.decode(self.call(request)[0])
        except (ReadTimeout, ReadFailed) as error:
            raise Unreadable(str(error)) from None


def _of_article(article: Article, line: ArticleLine, via: ArchiveKind) -> CaptureText:
    page = PageRecord(
        line.url, Outcome.ARTICLE, line.fetched_at, key=line.key, section=line.section, warc=_NOWHERE
    )  # never written: nothing was fetched
    document = document_of(article, page, line.portal, via)
    values = json.loads(canonical(json_values(document)))
    fields = {name: values[name] for name in _OF_PAGE}
    return CaptureText(sha256(text_bytes(document.text)).hexdigest(), document.extractor, fields)


def _of_file(reading: AttachmentReading) -> CaptureText:
    values = {"cited": cited_documents(reading.text), "documents": reading.documents, "layout": reading.kind}
    fields = json.loads(canonical(json_values(values)))
    return CaptureText(sha256(text_bytes(reading.text)).hexdigest(), reading.extractor, fields)


@cache
def _settings() -> Settings:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


@cache
def _loader(modules: tuple[str, ...]) -> SpiderLoader:
    settings = _settings().copy()
    if modules:
        settings.set("SPIDER_MODULES", list(modules))
    return SpiderLoader.from_settings(settings)


@cache
def _layouts(modules: tuple[str, ...], portal: str) -> tuple[Layout, ...] | None:
    loader = _loader(modules)
    spider = loader.load(portal) if portal in loader.list() else None
    return spider.read_with() if spider is not None and issubclass(spider, PortalSpider) else None

"""A small archive whose texts were read from its captures by a portal's own rules, and what reads these again here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.ingest.run_writer import RunWriter
from archive.model.enums import ArchiveKind, FinishReason, Outcome
from archive.model.records import RULES, Capture, PageRecord
from crawler.reextract.capture_reader import PortalCaptures
from crawler.reextract.capture_worker import QUESTION, read_capture
from crawler.spiders.da_nang import DaNang
from pipelines.capture import document_of
from pipelines.clean import clean
from pipelines.extract import extract
from pipelines.rules_version import rules_version
from pipelines.sandbox.child_process import encode
from pipelines.sandbox.page_question import layouts_of
from pipelines.sandbox.reader_process import ReadFailed, ReadRequest
from testing.archives import FIRST, at, good, judge, make, walk

_PARAGRAPHS = (
    "Cầu Bến Đá bắc qua sông Cu Đê được thông xe sáng ngày 10/3 sau hai năm thi công, sớm hơn kế hoạch ba tháng.",
    "Cầu dài 412 m, rộng 16 m, có bốn làn xe; tổng mức đầu tư 268 tỷ đồng từ ngân sách thành phố.",
    "Từ nay người dân hai bờ không còn phải đi vòng 14 km qua cầu cũ, nhất là trong mùa mưa lũ.",
)
TITLES = ("Thông xe cầu Bến Đá", "Thành phố đặt tên cầu mới", "Cấm xe tải qua cầu cũ")


def _call(request: ReadRequest) -> list[bytes]:
    try:
        return [encode(read_capture(QUESTION.decode(request.question), layouts_of(request.context), request.body))]
    except Exception as error:  # what the process would answer with a line of words
        raise ReadFailed(f"{type(error).__name__}: {error}") from None


IN_PROCESS = PortalCaptures(call=_call)
"""The reader of `verify --reread`, without a process of its own."""


def captured_archive(root: Path, key: Ed25519PrivateKey | None) -> None:
    """Make a live archive of three nights of one portal, a page each, sealed with the key."""
    layouts = DaNang.read_with()
    software = {"Luu Tru": "0", RULES: rules_version(layouts).hex()}
    with make(root, ArchiveKind.LIVE) as archive:
        for number, title in enumerate(TITLES):
            night = FIRST + timedelta(days=number)
            crawl = archive.start("da_nang", night, at(night), judge)
            walk(crawl, (), at(night))
            _keep(crawl, f"tin-{number}", title)
            crawl.close(
                at(night) + timedelta(seconds=2),
                complete=True,
                finish_reason=FinishReason.FINISHED,
                judge_night=good,
                extraction={},
                software=software,
            )
            archive.seal(night, {}, key)


def _keep(crawl: RunWriter, name: str, title: str) -> None:
    moment = at(crawl.night) + timedelta(seconds=1)
    url = f"https://danang.gov.vn/{name}.html"
    text = "".join(f"<p>{title}: {paragraph}</p>" for paragraph in _PARAGRAPHS)
    page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article></body></html>"
    body = page.encode()
    ref = crawl.capture(Capture(url, 200, (("Content-Type", "text/html; charset=utf-8"),), body, moment, crawl.via))
    record = PageRecord(url, Outcome.ARTICLE, moment, 200, key=name, section="tin", warc=ref)
    article = clean(extract(body, url, DaNang.read_with(), moment, "utf-8"))
    crawl.write(record, document_of(article, record, crawl.portal, crawl.via))

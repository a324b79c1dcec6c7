"""A small archive made by the real store: two portals, three nights, a revision and a text that both published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from archive.ingest.run_writer import RunWriter
from archive.ingest.summary import RunSummary
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.judgement import Judgement, Version
from archive.model.records import Attachment, Capture, Document, ListEntry, PageRecord, Reading, Run
from archive.store import Archive
from vietnam.date_forms import TZ
from vietnam.documents import cited_documents, document_numbers

FIRST = date(2025, 3, 3)
ARCHIVE_ID = UUID("6f1d6a52-5a8e-4c39-9a53-0c7f2b1f0a11")


@dataclass(frozen=True, slots=True)
class ComposedArticle:
    """One composed article: its key, title and paragraphs, and the file names it links to."""

    key: str
    title: str
    paragraphs: tuple[str, ...]
    published: str | None = "2025-03-03T08:00:00+07:00"
    files: tuple[str, ...] = ()


RELEASE = ComposedArticle("thong-cao", "Thông cáo về cầu Bến Đá", ("Cầu Bến Đá thông xe ngày 10/3.", "Văn phòng"))
SHORT = ComposedArticle("thong-bao", "Thông báo lịch tiếp dân", ("Sáng thứ Hai, tại trụ sở.",), files=("lich.pdf",))
EDITED = ComposedArticle("thong-bao", "Thông báo lịch tiếp dân", ("Sáng thứ Ba, tại trụ sở.",))

NIGHTS: tuple[dict[str, tuple[ComposedArticle, ...]], ...] = (
    {"da_nang": (RELEASE, SHORT), "quang_tri": (RELEASE,)},
    {"da_nang": (EDITED,), "quang_tri": ()},
    {"da_nang": (), "quang_tri": (ComposedArticle("mua-lon", "Mưa lớn ở vùng núi", ("Mưa từ 50 mm.",)),)},
)


def judge(document: Document, content: str, latest: Version | None, same: Version | None) -> Judgement:
    """Return the plainest judgement: enough to write every kind of line the store knows."""
    if latest is not None and latest.content_sha256 == content:
        return Judgement(None)
    if latest is not None:
        return Judgement(Event.REVISION, revision_of=latest.id)
    return Judgement(Event.DUPLICATE, duplicate_of=same.id) if same else Judgement(Event.NEW)


def good(tally: RunSummary) -> tuple[Verdict, tuple[Reason, ...]]:
    """Every composed night is good."""
    return Verdict.GOOD, (Reason.sentence("composed"),)


def at(night: date) -> datetime:
    """Return the moment at which a composed night starts."""
    return datetime.combine(night, time(23, 59, 59), TZ)


def make(root: Path, kind: ArchiveKind = ArchiveKind.REPLICA) -> Archive:
    """Make a new archive."""
    return Archive.create(root, kind, ARCHIVE_ID, at(FIRST))


def keep(
    night: RunWriter,
    item: ComposedArticle,
    moment: datetime,
    reasons: tuple[str, ...] = (),
    reading: Reading | None = None,
) -> None:
    """Capture a page of an article and queue its text."""
    url = f"https://{night.portal.replace('_', '')}.gov.vn.replica.test/{quote(item.key)}"
    body = f"<h1>{item.title}</h1>{moment}".encode()
    headers = (("Content-Type", "text/html"), ("ETag", '"1"'))
    ref = night.capture(Capture(url, 200, headers, body, moment, night.via))
    text = "\n\n".join([item.title, "08:00 03/03/2025", *item.paragraphs]) + "\n"
    document = Document(
        portal=night.portal,
        section="tin",
        url=url,
        key=item.key,
        title=item.title,
        text=text,
        content="\n".join([item.title, *item.paragraphs]),
        fetched_at=moment,
        via=night.via,
        warc=ref,
        published=item.published,
        published_raw="08:00 03/03/2025",
        attachments=tuple(Attachment(name, f"{url}/{name}", "pdf") for name in item.files),
        documents=document_numbers(text),
        cited=cited_documents(text),
        reading=reading,
    )
    page = PageRecord(url, Outcome.ARTICLE, moment, 200, key=item.key, section="tin", warc=ref)
    if reasons:
        night.write(page, document, tuple(map(Reason.sentence, reasons)))
    else:
        night.write(page, document)


def walk(night: RunWriter, items: Sequence[ComposedArticle], moment: datetime) -> None:
    """Queue the page of a list that shows these articles and ends the walk."""
    url = f"https://{night.portal}.gov.vn.replica.test/tin"
    ref = night.capture(Capture(url, 200, (), f"list {moment}".encode(), moment, night.via))
    listed = tuple(ListEntry(item.key, f"{url}/{item.key}", item.title) for item in items)
    page = PageRecord(url, Outcome.LISTING, moment, 200, section="tin", warc=ref, listed=listed, page_number=1)
    night.write(replace(page, walk_end=WalkEnd.LAST_PAGE))


def finish(night: RunWriter, moment: datetime) -> Run:
    """Close a run as complete."""
    return night.close(
        moment,
        complete=True,
        finish_reason=FinishReason.FINISHED,
        judge_night=good,
        extraction={},
        software={"Luu Tru": "0"},
    )


def run_night(archive: Archive, number: int, portals: Sequence[str] | None = None) -> None:
    """Run and close one of the composed nights, portal after portal in the order given."""
    night = FIRST + timedelta(days=number)
    for portal in portals or sorted(NIGHTS[number]):
        crawl = archive.start(portal, night, at(night), judge)
        walk(crawl, NIGHTS[number][portal], at(night))
        for item in NIGHTS[number][portal]:
            keep(crawl, item, at(night) + timedelta(seconds=1))
        finish(crawl, at(night) + timedelta(seconds=2))


def sealed(root: Path) -> Archive:
    """Make the archive of all composed nights, each sealed."""
    archive = make(root)
    for number in range(len(NIGHTS)):
        run_night(archive, number)
        archive.seal(
            FIRST + timedelta(days=number),
            {"ninh_thuan": Reason.sentence("the host did not answer")} if number == 1 else {},
        )
    return archive


def tree(root: Path) -> dict[str, bytes]:
    """Every file of an archive but its database and locks, by path."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and path.suffix not in (".db", ".lock")
    }

"""A composed night for the real archive: documents of every kind that the store writes, committed in groups.

Two nights lie before it, so that there is something to revise, to date anew, to repeat and to miss. Everything is invented,
and the same every time it is composed: two runs of it differ only by what was done to them in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from archive.index.queries.attachments import attachment_key
from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Outcome, WalkEnd
from archive.model.records import Attachment, Capture, Document, ListEntry, PageRecord
from archive.store import Archive
from pipelines.dedup import judge
from testing.archives import finish
from vietnam.date_forms import TZ

COUNT, GROUP = 53, 25  # of plain articles beside the eight special ones; of documents in a group, as the store has it
PORTAL, OTHER = "ben_da", "song_lam"
NIGHT = date(2025, 3, 5)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_ID = UUID("0c2b1f5e-53c4-4b6c-9f10-77d2a0a3c501")
_FILE = "https://ben-da.vn.replica.test/tep/lich.pdf"

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Article:
    """One article as it is composed: the word that makes its text its own, and what is to become of it."""

    key: str
    word: str
    day: str = "2025-03-04"
    doubtful: bool = False
    vanished: bool = False
    file: bool = False
    like: str = ""


_WORDS = "lúa sông cầu lớp thôn trường chợ đình rừng bến mưa nắng giống tôm muối đò vườn lưới máy đường".split()


def _paragraphs(seed: str) -> list[str]:
    """Six paragraphs of words that follow from the seed: texts of two seeds have next to nothing in common."""
    digest = sha256(seed.encode()).digest() * 3
    lines = [digest[start : start + 12] for start in range(0, 72, 12)]
    return [f"{' '.join(_WORDS[byte % len(_WORDS)] for byte in line)} {seed} {at}." for at, line in enumerate(lines)]


_FIRST = (
    _Article("sua", "cũ", "2025-03-02"),
    _Article("doi-ngay", "ngày", "2025-03-02"),
    _Article("nhu-cu", "như cũ", "2025-03-02"),
    _Article("go-bai", "gỡ", "2025-03-02"),
)
_SECOND = (_Article("go-bai", "gỡ", vanished=True),)


def _tonight(count: int) -> Iterator[_Article]:
    yield _Article("sua", "mới", "2025-03-02")  # a revision
    yield _Article("doi-ngay", "ngày", "2025-03-04")  # dated anew
    yield _Article("nhu-cu", "như cũ", "2025-03-02")  # brings no news
    yield _Article("go-bai", "gỡ", vanished=True)  # gone
    yield _Article("dang-lai", "chung")  # a copy of the other portal's
    yield _Article("ngo-vuc", "ngờ", doubtful=True)
    yield _Article("kem-tep", "tệp", file=True)
    for number in range(count):
        yield _Article(
            f"tin-{number:02d}", f"số {number}", like="số 0" if number == 1 else ""
        )  # the second: nearly the first


def _at(night: date, seconds: float = 0) -> datetime:
    return datetime.combine(night, time(1, 30), TZ) + timedelta(seconds=seconds)


def base(root: Path) -> None:
    """Write a replica archive with two sealed nights before the one that is going to be broken."""
    with Archive.create(root, ArchiveKind.REPLICA, _ID, _at(date(2025, 3, 3))) as archive:
        for day, portals in ((3, {PORTAL: _FIRST, OTHER: (_Article("goc", "chung"),)}), (4, {PORTAL: _SECOND})):
            night = date(2025, 3, day)
            for portal, article in portals.items():
                crawl = archive.start(portal, night, _at(night), judge)
                _list(crawl, article)
                for item in article:
                    _store(crawl, item)
                finish(crawl, _at(night, 9))
            archive.seal(night, {}, KEY)


def write_night(root: Path, say: Report, count: int = COUNT, group: int = GROUP) -> None:
    """Begin or resume the night, keep what is not kept yet, close it and seal it; `say` what was acknowledged.

    `count` is the number of plain articles beside the special ones, `group` the number of documents in one commit.

    As the scheduler does, a run that has its record is not run again.
    """
    with Archive.open(root, ArchiveKind.REPLICA) as archive:
        archive.finish_closing()
        if not any(run.portal == PORTAL and run.complete for run in archive.runs(NIGHT)):
            night = archive.start(PORTAL, NIGHT, _at(NIGHT), judge)
            try:
                _write(night, say, count, group)
            except BaseException:
                night.abandon()
                raise
        say("closed")
        say(f"sealed {archive.seal(NIGHT, {}, KEY).head}")


def close_only(root: Path, say: Report, count: int, group: int) -> None:
    """Keep and close the night, and leave it unsealed."""
    with Archive.open(root, ArchiveKind.REPLICA) as archive:
        _write(archive.start(PORTAL, NIGHT, _at(NIGHT), judge), say, count, group)


def recover_only(root: Path, say: Report) -> None:
    """Open the interrupted night, which sets it right, and let it go again."""
    with Archive.open(root, ArchiveKind.REPLICA) as archive:
        night = archive.start(PORTAL, NIGHT, _at(NIGHT), judge)
        try:
            night.suspend()
        except BaseException:
            night.abandon()
            raise


def seal_only(root: Path, say: Report) -> None:
    """Seal the closed night."""
    with Archive.open(root, ArchiveKind.REPLICA) as archive:
        say(f"sealed {archive.seal(NIGHT, {}, KEY).head}")


def _write(night: RunWriter, say: Report, count: int, group: int) -> None:
    asked = {page.key for page in night.pages}
    waiting: list[str] = []
    articles = list(_tonight(count))
    if not any(page.page_number for page in night.pages):
        _list(night, articles)
    for article in articles:
        if article.key in asked and (article.vanished or article.key == "nhu-cu" or _has_line(night, article.key)):
            continue
        waiting.append(article.key)
        _store(night, article)
        if len(waiting) >= group:
            night.commit()
            say("kept " + " ".join(waiting))
            waiting.clear()
    night.commit()
    say("kept " + " ".join(waiting))
    finish(night, _at(night.night, 9))


def _has_line(night: RunWriter, key: str) -> bool:
    return any(line.key == key for line in night.articles)


def _list(night: RunWriter, articles: Sequence[_Article]) -> None:
    url = f"https://{night.portal.replace('_', '-')}.vn.replica.test/tin"
    body = "".join(f"<li>{article.key}</li>" for article in articles).encode()
    ref = night.capture(Capture(url, 200, (), body, _at(night.night), ArchiveKind.REPLICA))
    listed = tuple(ListEntry(article.key, f"{url}/{article.key}", article.word) for article in articles)
    page = PageRecord(url, Outcome.LISTING, _at(night.night), 200, None, "tin", warc=ref, listed=listed, page_number=1)
    night.write(replace(page, walk_end=WalkEnd.LAST_PAGE))


def _store(night: RunWriter, article: _Article) -> None:
    url = f"https://{night.portal.replace('_', '-')}.vn.replica.test/tin/{article.key}"
    moment = _at(night.night, 1)
    body = b"" if article.vanished else f"<h1>Xa {article.key}</h1><p>{article.word}</p>{night.night}".encode()
    status = 404 if article.vanished else 200
    ref = night.capture(Capture(url, status, (("Content-Type", "text/html"),), body, moment, ArchiveKind.REPLICA))
    if article.vanished:
        night.write(PageRecord(url, Outcome.GONE, moment, 404, article.key, "tin", warc=ref), gone_after=1)
        return
    page = PageRecord(url, Outcome.ARTICLE, moment, 200, article.key, "tin", warc=ref)
    document = _document(night, article, url, moment, page)
    night.write(page, document, (Reason.sentence("composed as doubtful"),) if article.doubtful else ())
    if article.file:
        _attach(night, article, moment)


def _document(night: RunWriter, article: _Article, url: str, moment: datetime, page: PageRecord) -> Document:
    title = f"Bến Đá mở lớp {article.word}"
    paragraphs = _paragraphs(article.like or article.word)
    if article.like:
        paragraphs[-1] = f"Lớp {article.word} khai giảng sau."
    shown = f"08:00 {article.day}"
    return Document(
        portal=night.portal,
        section="tin",
        url=url,
        key=article.key,
        title=title,
        text="\n\n".join([title, shown, *paragraphs]) + "\n",
        content="\n".join([title, *paragraphs]),
        fetched_at=moment,
        via=ArchiveKind.REPLICA,
        warc=page.warc,
        published=f"{article.day}T08:00:00+07:00",
        published_raw=shown,
        attachments=(Attachment("lich.pdf", _FILE, "pdf"),) if article.file else (),
    )


def _attach(night: RunWriter, article: _Article, moment: datetime) -> None:
    ref = night.capture(Capture(_FILE, 200, (), b"%PDF-1.4 composed", moment, ArchiveKind.REPLICA))
    key, title = attachment_key(article.key, _FILE), "lich.pdf"
    of = f"{night.portal}/{article.key}@0123456789abcdef"
    page = PageRecord(_FILE, Outcome.ATTACHMENT, moment, 200, key, "tin", warc=ref, attachment_of=of)
    text = f"{title}\n\nLịch học của thôn.\n"
    document = Document(
        *(night.portal, "tin", _FILE, key, title, text, f"{title}\nLịch học của thôn."),
        *(moment, ArchiveKind.REPLICA, ref),
        attachment_of=of,
    )
    night.write(page, document)

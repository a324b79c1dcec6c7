"""An archive that gives every question of the index something to answer: versions, twins, files, removals, owed entries.

Keys and titles are Vietnamese, so that an order which is not that of the bytes shows, and one title has a NUL in it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.decommission import Decommission, DecommissionSign
from archive.model.enums import ArchiveKind, FinishReason, Outcome, Verdict, WalkEnd
from archive.model.records import Capture, Document, ListEntry, LookbackMark, Modification, PageRecord, Reading
from archive.store import Archive
from testing.archives import FIRST, NIGHTS, ComposedArticle, at, finish, judge, keep, make, run_night, walk
from vietnam.documents import CitationContext

WORDS = (
    "ăn",
    "An",
    "an",
    "Áo",
    "ấm",
    "đá",
    "Da",
    "Đà",
    "da",
    "zalo",
    "Zalo",
    "_x",
    "-x",
    "ơn",
    "on",
    "ưu",
    "uu",
    "a%b",
    "a_b",
)
LAST = FIRST + timedelta(days=20)
_SAID = tuple(f"Đoạn {number}: " + " ".join(f"chữ{number * 20 + word}" for word in range(20)) for number in range(6))
LONG = ComposedArticle("dài", "Tin dài", _SAID)
_PORTAL = "bac_giang"
_FEED = Modification("https://bacgiang.gov.vn/feed", "2025-03-01")
_READING = Reading(at(FIRST), b"rules", b"whole", b"region", at(LAST), {"layout bai": 1}, "no </html>", _FEED)


def composed(root: Path) -> Archive:
    """Six nights, the last one closed and not sealed."""
    archive = make(root)
    for number in range(len(NIGHTS)):
        run_night(archive, number)
        archive.seal(
            FIRST + timedelta(days=number),
            {"ninh_thuan": Reason.sentence("the host did not answer")} if number == 1 else {},
        )
    _words_night(archive)
    for day in (18, 19):
        _removal_night(archive, day)
        _ending_night(archive, day)
        archive.seal(FIRST + timedelta(days=day), {})
    _last_night(archive)
    return archive


def _words_night(archive: Archive) -> None:
    """Vietnamese keys and titles, in no order; some of what the list shows is owed afterwards."""
    night = FIRST + timedelta(days=4)
    crawl = archive.start(_PORTAL, night, at(night), judge)
    articles = [ComposedArticle(word, f"{word} {word}", (f"Về {word}.",), files=("b.pdf", "a.docx")) for word in WORDS]
    walk(
        crawl,
        [*articles, ComposedArticle("con-nợ", "Còn\0nợ", ()), ComposedArticle("Còn-nợ", "Cũng còn nợ", ())],
        at(night),
    )
    for item in articles:
        keep(crawl, item, at(night), reading=_READING)
    same = PageRecord(
        f"https://bacgiang.gov.vn/{WORDS[0]}", Outcome.ARTICLE, at(night), 200, key=WORDS[0], section="tin"
    )
    crawl.commit()
    crawl.write(same, again=replace(_READING, read_at=at(night), modified=None))
    keep(crawl, LONG, at(night))
    keep(crawl, ComposedArticle("nghi-ngờ", "Chữ lạ", ("?",)), at(night), ("legacy font text (TCVN3)",))
    for word in WORDS[:4]:
        _attachment(crawl, word)
    finish(crawl, at(night))
    archive.seal(night, {})


def _attachment(crawl: RunWriter, article: str) -> None:
    """Record the file that every article names under its own address, word for word the same."""
    moment = at(crawl.night)
    url = f"https://bacgiang.gov.vn.replica.test/{quote(article)}/b.pdf"
    with crawl._index.reading() as queries:
        owed = {item.url: item for item in queries.attachments.pending(_PORTAL, FIRST, 10)}
    if url not in owed:
        crawl.commit()
        with crawl._index.reading() as queries:
            owed = {item.url: item for item in queries.attachments.pending(_PORTAL, FIRST, 10)}
    wanted = owed[url]
    ref = crawl.capture(Capture(url, 200, (), b"%PDF lich", moment, ArchiveKind.REPLICA))
    page = PageRecord(url, Outcome.ATTACHMENT, moment, 200, key=wanted.key, section="tin", warc=ref, etag='"f"')
    document = Document(
        portal=_PORTAL, section="tin", url=url, key=wanted.key, title="b.pdf", text="Lịch\n", content="Lịch",
        fetched_at=moment, via=ArchiveKind.REPLICA, warc=ref, published=None, published_raw=None, attachment_of=wanted.version,
        documents=("12/QĐ-UBND", "9a/2025/NQ-HĐND"), cited=(CitationContext("12/QĐ-UBND", FIRST, "UBND tỉnh"),),
    )  # fmt: skip
    crawl.write(replace(page, attachment_of=wanted.version), document)


def _removal_night(archive: Archive, day: int) -> None:
    """One article is gone, another waits, a third is due to be looked at."""
    night = FIRST + timedelta(days=day)
    crawl = archive.start(_PORTAL, night, at(night), judge)
    walk(crawl, [], at(night))
    for number, (word, outcome) in enumerate(
        [("an", Outcome.GONE), ("Áo", Outcome.SOFT_404), ("da", Outcome.NOT_MODIFIED)]
    ):
        url = f"https://bacgiang.gov.vn.replica.test/{quote(word)}"
        ref = crawl.capture(Capture(url, 404, (), f"{word} {day}".encode(), at(night), ArchiveKind.REPLICA))
        look = night + timedelta(days=number)
        page = PageRecord(url, outcome, at(night), 404, key=word, section="tin", warc=ref, next_look=look, etag='"e"')
        crawl.write(page, gone_after=1) if outcome is not Outcome.NOT_MODIFIED else crawl.write(page)
    if day == 19:
        _move(crawl)
    finish(crawl, at(night))


def _move(crawl: RunWriter) -> None:
    """Let one article stand under another address and key, and another be posted twice."""
    moment = at(crawl.night)
    for key, new_key in (("ơn", "ơn-mới"), ("on", None)):
        body = f"{key} {moment}".encode()
        url = f"https://bacgiang.gov.vn.replica.test/{quote(new_key or key)}-2"
        ref = crawl.capture(Capture(url, 200, (), body, moment, ArchiveKind.REPLICA))
        document = Document(
            portal=_PORTAL, section="tin", url=url, key=key if new_key else f"{key}-2", title=f"{key} {key}",
            text=f"{key} {key}\n\n08:00 03/03/2025\n\nVề {key}.\n", content=f"{key} {key}\nVề {key}.", fetched_at=moment,
            via=ArchiveKind.REPLICA, warc=ref, published="2025-03-03T08:00:00+07:00", published_raw="08:00 03/03/2025",
        )  # fmt: skip
        page = PageRecord(url, Outcome.ARTICLE, moment, 200, key=document.key, section="tin", warc=ref)
        crawl.write(page, document, new_key=new_key)


def _ending_night(archive: Archive, day: int) -> None:
    """Another portal is gone, and answers the night after."""
    night = FIRST + timedelta(days=day)
    crawl = archive.start("can_tho", night, at(night), judge)
    crawl.write(
        PageRecord(
            "https://cantho.gov.vn.replica.test/tin", Outcome.UNREACHABLE, at(night), section="tin", page_number=1
        )
    )
    away = Decommission(DecommissionSign.NO_NAME, night, 14, dissolved=True, recorded=night) if day == 18 else None
    verdict = Verdict.GONE if away else Verdict.QUIET
    crawl.close(
        at(night), complete=True, finish_reason=FinishReason.FINISHED, judge_night=lambda tally: (verdict, (Reason.sentence("composed"),)),
        extraction={}, software={}, province="haugiang", away=away,
    )  # fmt: skip


def _last_night(archive: Archive) -> None:
    """Let what was removed stand again, as something else."""
    crawl = archive.start(_PORTAL, LAST, at(LAST), judge)
    walk(crawl, [], at(LAST))
    keep(crawl, ComposedArticle("an", "an an", ("Về an, lần nữa.",)), at(LAST))
    keep(crawl, ComposedArticle("dài-2", "Tin dài", (*_SAID[:5], "Đoạn cuối.")), at(LAST))
    url = "https://bacgiang.gov.vn.replica.test/tin"
    listed = (ListEntry("mới", f"{url}/mới", "Mới", LAST),)
    crawl.write(PageRecord(url, Outcome.LISTING, at(LAST), 200, section="tin", listed=listed, page_number=2))
    for number, since in ((3, None), (4, None), (3, FIRST)):
        mark = LookbackMark(LAST, since, WalkEnd.LAST_PAGE if number == 4 else None)
        listed = (ListEntry(f"sâu-{number}", f"{url}/sâu-{number}", "Sâu", record=f"{number:024x}"),)
        page = PageRecord(url, Outcome.LISTING, at(LAST), 200, section="tin", listed=listed, page_number=number)
        crawl.write(replace(page, lookback=mark))
    finish(crawl, at(LAST))

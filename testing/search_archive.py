"""An archive for searching, its words in a database: three portals of two provinces, revisions, copies, files, odd letters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from archive.index.connect import VARIABLE
from archive.ingest.run_writer import RunWriter
from archive.model.enums import ArchiveKind, Event, FinishReason, Outcome
from archive.model.judgement import Judgement, Version
from archive.model.records import Capture, Document, PageRecord
from archive.search.engine import SearchIndex
from archive.search.indexer import FillOptions, catch_up
from archive.search.query import parse
from archive.search.results import HitPage, search
from archive.store import Archive
from testing.archives import FIRST, ComposedArticle, at, good, keep, make
from testing.archives import judge as plainly

Q = "quang_tri/"


@dataclass(frozen=True, slots=True)
class SearchArchive:
    """An archive whose words are in one of the databases."""

    root: Path
    address: str
    archive: Archive
    words: SearchIndex


def open_search_archive(root: Path, address: str) -> SearchArchive:
    """Catch up with what is sealed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, address)
        archive = Archive.open(root)
        words = SearchIndex.of(archive)
        problems: list[str] = []
        catch_up(archive, words, FillOptions(lambda path, why: problems.append(f"{path}: {why}")))
        assert problems == []
        return SearchArchive(root, address, archive, words)


@contextmanager
def filled(root: Path, address: str = "") -> Iterator[SearchArchive]:
    """Yield the composed archive, made in this folder and found in the database at this address, SQLite without one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, address)
        composed(root).close()
    found = open_search_archive(root, address)
    yield found
    found.words.close()
    found.archive.close()


def search_for(of: SearchArchive, line: str, **options: object) -> HitPage:
    exact, older = bool(options.pop("exact", False)), bool(options.pop("all_versions", False))
    return search(of.archive, of.words, parse(line, exact=exact, all_versions=older), **options)  # type: ignore[arg-type]


def keys(answer: HitPage) -> list[str]:
    return [f"{hit.found.portal}/{hit.found.key}" for hit in answer.hits]


PROVINCES = {"quang_tri": "quangtri", "quang_binh": "quangbinh", "so_tu_phap_quang_tri": "quangtri", "bao_chung": None}


_DECREE = ComposedArticle(
    "nghi-quyet",
    "Triển khai Nghị quyết số 36-NQ/TW về kinh tế biển",
    ("Ủy ban nhân dân tỉnh họp bàn kế hoạch.", "Hội nghị do ông Lê Văn Tám chủ trì."),
    "2025-03-03T08:00:00+07:00",
)


_BRIDGE = ComposedArticle(
    "cau",
    "Khởi công cầu Bến Đá",
    ("Cầu dài 1.250 m, nối hai bờ sông Hiếu.", "Dự kiến xong ngày 03/03/2026."),
    "2025-03-02",
)


_BRIDGE_LATER = replace(_BRIDGE, paragraphs=("Cầu dài 1.350 m, nối hai bờ sông Hiếu.", "Dự kiến xong quý II."))


_TONES = ComposedArticle(
    "hoa", "Hoà giải ở cơ sở", ("Tổ hòa giải thôn Đông hoạt động tốt.", "Ma, mà, má, mả, mã, mạ."), None
)


_TWIN = ComposedArticle(
    "chung", "Thông cáo chung của hai tỉnh", ("Hai tỉnh thống nhất mở tuyến xe buýt.",), "2025-03-04T07:00:00+07:00"
)


_TWIN_LATER = replace(_TWIN, key="chung-lai", published="2025-03-05T09:30:00+07:00")


_ODD = ComposedArticle(
    "la", "Chữ lạ: 漢字, Ｑ３６, a̋ và İ", ("_gạch_dưới_ & dấu 'nháy' \"kép\" (ngoặc) NEAR OR AND NOT",), "2025-03-04"
)


_SPLIT = ComposedArticle("ngat", "Hai đoạn", ("Chữ cuối đoạn này là hội", "nghị bắt đầu đoạn sau."), "2025-02-28")


LONG = ComposedArticle(
    "dai",
    "Văn bản dài",
    (" ".join(["điều"] * 700 + [f"khoản k{n}" for n in range(2000)] + ["cuối cùng"]),),
    "2025-01-15",
)


NIGHTS: tuple[dict[str, tuple[ComposedArticle, ...]], ...] = (
    {"quang_tri": (_DECREE, _BRIDGE), "quang_binh": (_TONES, _SPLIT), "bao_chung": (_ODD,)},
    {"quang_tri": (_BRIDGE_LATER, _TWIN), "quang_binh": (_TWIN_LATER,), "so_tu_phap_quang_tri": (LONG,)},
    {
        "quang_binh": (
            ComposedArticle("moi", "Bế mạc hội nghị", ("Hội nghị bế mạc; ủy ban tổng kết 36 năm.",), "2025-03-05"),
        )
    },
)


def judge(document: Document, content: str, latest: Version | None, same: Version | None) -> Judgement:
    """Judge a file to be an attachment, whatever else is like it."""
    return Judgement(Event.ATTACHMENT) if document.attachment_of else plainly(document, content, latest, same)


def run(archive: Archive, number: int, portals: tuple[str, ...] | None = None) -> None:
    """Run and close one of the nights, which the caller seals."""
    night = FIRST + timedelta(days=number)
    for portal in portals or tuple(NIGHTS[number]):
        crawl = archive.start(portal, night, at(night), judge)
        for article in NIGHTS[number][portal]:
            keep(crawl, article, at(night) + timedelta(seconds=1))
        if (number, portal) == (0, "quang_tri"):
            _file(crawl)
        crawl.close(
            at(night) + timedelta(seconds=2), complete=True, finish_reason=FinishReason.FINISHED, judge_night=good, extraction={},
            software={"Luu Tru": "0"}, province=PROVINCES[portal],
        )  # fmt: skip


def _file(crawl: RunWriter) -> None:
    """Record a file of the article about the bridge, whose lines are not joined."""
    crawl.commit()
    with crawl._index.reading() as queries:
        version = queries.events.latest_version("quang_tri", "cau")
    assert version is not None
    url = f"https://quangtri.gov.vn.replica.test/{quote('cau')}/kem.pdf"
    ref = crawl.capture(Capture(url, 200, (), b"%PDF", at(crawl.night), ArchiveKind.REPLICA))
    page = PageRecord(url, Outcome.ATTACHMENT, at(crawl.night), 200, key="cau/~00000001", section="tin", warc=ref)
    text = "QUYẾT ĐỊNH\nsố 15/2025/NQ-HĐND\n\nPhê duyệt dự án cầu\nBến Đá\n"
    document = Document(
        portal="quang_tri", section="tin", url=url, key="cau/~00000001", title="kem.pdf", text=text, content=text,
        fetched_at=at(crawl.night), via=ArchiveKind.REPLICA, warc=ref, attachment_of=version.id,
    )  # fmt: skip
    crawl.write(replace(page, attachment_of=version.id), document)


def composed(root: Path) -> Archive:
    """Three nights, each sealed."""
    archive = make(root)
    for number in range(len(NIGHTS)):
        run(archive, number)
        archive.seal(FIRST + timedelta(days=number), {})
    return archive

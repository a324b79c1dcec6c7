"""Attachments from the crawl to the audit: when they are asked for, how they are recorded, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.__main__ import main
from archive.audit.findings import Code
from archive.audit.rereading import CaptureReader
from archive.audit.verify import VerifyOptions, verify
from archive.index.index import Index
from archive.index.queries.attachments import PendingAttachment
from archive.index.schema import TABLES
from archive.ingest.run_writer import RunWriter
from archive.messages.reason import Reason
from archive.model.enums import ArchiveKind, Event, Outcome
from archive.model.records import Capture, Document, PageRecord
from archive.storage.jsonl import ArticleLine, encode_article
from archive.store import Archive
from pipelines.dedup import judge
from replicas.articles import articles
from replicas.files import docx_bytes, pdf_bytes, replica_file, scan_bytes
from replicas.serve import ReplicaServer
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make
from testing.ba_song_pages import html, listing
from testing.captured_archive import IN_PROCESS
from testing.crawl import NIGHT, crawl, new_archive, the_night
from testing.http_server import HttpServer, Reply, response
from testing.run_lines import ReadLines

NOTICE = ComposedArticle("thong-bao", "Thông báo tuyển sinh", ("Kèm theo kế hoạch.",), files=("ke-hoach.pdf",))
EDITED = ComposedArticle("thong-bao", "Thông báo tuyển sinh", ("Kèm theo kế hoạch đã sửa.",), files=("ke-hoach.pdf",))


def owed(night: RunWriter, per_article: int = 10) -> list[PendingAttachment]:
    return night.lookups.pending_attachments(night.night - timedelta(days=30), per_article)


def attach(
    night: RunWriter,
    text: str,
    outcome: Outcome = Outcome.ATTACHMENT,
    flags: tuple[str, ...] = (),
    body: bytes = b"",
) -> None:
    """Fetch the one file that is owed, and keep this text of it."""
    night.commit()
    file = owed(night)[0]
    moment = at(night.night)
    body = body or text.encode() or scan_bytes()
    ref = night.capture(Capture(file.url, 200, (), body, moment, ArchiveKind.REPLICA))
    page = PageRecord(file.url, outcome, moment, 200, key=file.key, section="tin", warc=ref, attachment_of=file.version)
    if outcome is not Outcome.ATTACHMENT:
        night.write(page)
        return
    fields = (night.portal, "tin", file.url, file.key, file.name, text, text, moment, ArchiveKind.REPLICA, ref)
    night.write(page, Document(*fields, layout="pdf", flags=flags, attachment_of=file.version))


def begin(archive: Archive, days: int, article: ComposedArticle | None = None, portal: str = "da_nang") -> RunWriter:
    night = archive.start(portal, FIRST + timedelta(days=days), at(FIRST + timedelta(days=days)), judge)
    if article is not None:
        keep(night, article, at(night.night))
    return night


def lines(archive: Archive, days: int, run: str = "da_nang") -> list[ArticleLine]:
    return ReadLines(archive.paths.night(FIRST + timedelta(days=days)) / run).articles


def test_a_file_is_owed_until_it_was_answered_and_again_when_its_article_changed(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = begin(archive, 0, NOTICE)
    night.commit()
    assert [(file.name, file.version) for file in owed(night)] == [("ke-hoach.pdf", night.articles[0].id)]
    assert owed(night, per_article=0) == []
    attach(night, "Kế hoạch số 5.")
    night.commit()
    assert owed(night) == []
    finish(night, at(FIRST))
    night = begin(archive, 1, NOTICE)
    assert owed(night) == []
    finish(night, at(FIRST))
    night = begin(archive, 2, EDITED)
    attach(night, "Kế hoạch số 5, đọc khác.", body="Kế hoạch số 5.".encode())
    finish(night, at(FIRST))
    assert [line.event for line in lines(archive, 2)] == [Event.REVISION], "what only our reading changed is no event"
    night = begin(archive, 3, NOTICE)
    attach(night, "Kế hoạch số 5 (sửa).")
    finish(night, at(FIRST))
    first, last = lines(archive, 0)[-1], lines(archive, 3)[-1]
    assert (last.event, last.revision_of, last.title) == (Event.ATTACHMENT, first.id, "ke-hoach.pdf")
    assert last.attachment_of == lines(archive, 3)[0].id
    archive.seal(FIRST, {})
    assert verify(archive.identity, archive.paths).findings == []


@pytest.mark.parametrize("outcome", [Outcome.GONE, Outcome.TOO_LARGE, Outcome.SOFT_404, Outcome.GUARD_DENIED])
def test_a_file_answered_for_good_is_not_asked_again(tmp_path: Path, outcome: Outcome) -> None:
    archive = make(tmp_path / "a")
    night = begin(archive, 0, NOTICE)
    attach(night, "x", outcome)
    finish(night, at(FIRST))
    night = begin(archive, 1)
    assert owed(night) == []
    finish(night, at(FIRST))


def test_a_file_that_could_not_be_had_stays_owed_for_thirty_nights(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = begin(archive, 0, NOTICE)
    attach(night, "x", Outcome.SERVER_ERROR)
    finish(night, at(FIRST))
    for days, names in ((1, ["ke-hoach.pdf"]), (30, ["ke-hoach.pdf"]), (31, [])):
        night = begin(archive, days)
        assert [file.name for file in owed(night)] == names
        finish(night, at(FIRST))


@pytest.mark.parametrize("damage", ["nothing", "event line lost", "text lost"])
def test_an_interrupted_night_owes_what_has_no_event(tmp_path: Path, damage: str) -> None:
    archive = make(tmp_path / "a")
    night = begin(archive, 0, NOTICE)
    attach(night, "Kế hoạch số 5.")
    night.suspend()
    path = night.folder / "articles.jsonl"
    if damage == "event line lost":  # a crash between the two files of a commit
        path.write_bytes(path.read_bytes().split(b"\n")[0] + b"\n")
    elif damage == "text lost":
        next(night.folder.glob("001_*.txt")).write_bytes(b"")
    night = begin(archive, 0)
    assert [file.name for file in owed(night)] == ([] if damage == "nothing" else ["ke-hoach.pdf"])
    if damage != "nothing":
        attach(night, "Kế hoạch số 5.")
    finish(night, at(FIRST))
    archive.seal(FIRST, {})
    assert [line.event for line in lines(archive, 0)] == [Event.NEW, Event.ATTACHMENT]
    assert verify(archive.identity, archive.paths).findings == []


@pytest.mark.parametrize("nights", [1, 2], ids=["the same night", "the next night"])
def test_the_same_text_under_two_articles_is_stored_once(tmp_path: Path, nights: int) -> None:
    archive = make(tmp_path / "a")
    places = [("da_nang", 0), ("quang_tri", nights - 1)]
    for portal, days in places:
        night = begin(archive, days, NOTICE, portal)
        attach(night, "Kế hoạch số 5.")
        finish(night, at(FIRST))
    archive.seal(FIRST, {})
    one, other = (next(x for x in lines(archive, d, p) if x.event is Event.ATTACHMENT) for p, d in places)
    assert (one.file is not None, other.file, other.duplicate_of) == (True, None, one.id)
    assert other.attachment_of is not None
    assert other.attachment_of.startswith("quang_tri/thong-bao@")
    assert verify(archive.identity, archive.paths).findings == []


def test_a_file_without_text_is_known_by_its_body(tmp_path: Path) -> None:
    archive = make(tmp_path / "a")
    night = begin(archive, 0, NOTICE)
    attach(night, "", flags=("scanned_pdf",))
    finish(night, at(FIRST))
    folder = archive.paths.night(FIRST) / "da_nang"
    found = ReadLines(folder)
    line = found.articles[-1]
    assert (line.file, line.sha256, line.flags) == (None, None, ("scanned_pdf",))
    assert line.content_sha256 == found.pages[-1].body_sha256
    assert line.id.endswith(f"@{line.content_sha256[:16]}")
    assert verify(archive.identity, archive.paths).findings == []
    forged = encode_article(line).replace(line.content_sha256.encode(), b"0" * 64)
    (folder / "articles.jsonl").write_bytes(encode_article(found.articles[0]) + forged)
    assert Code.CONTENT_MISMATCH in [finding.code for finding in verify(archive.identity, archive.paths).findings]


# whole nights by the command


def page(words: str, *files: str) -> bytes:
    text = "".join(f"<p>{words} Thôn {number} họp dân lúc 19 giờ để bàn việc làm đường.</p>" for number in range(4))
    links = "".join(f"<p><a href='{file}'>Văn bản {number}</a></p>" for number, file in enumerate(files))
    head = f"<h1>{words} của xã An Bình</h1><div class='ngay'>04/03/2025 08:00</div>"
    return html(f"<article>{head}<div class='noi-dung'>{text}{links}</div></article>")


SAID = ("Số: 7/TB-UBND", "Ủy ban nhân dân xã An Bình thông báo lịch họp dân các thôn trong tháng ba năm nay.")
LEGACY = "Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp tù do h¹nh phóc ñy ban nh©n d©n tØnh quyÕt ®Þnh"


def pages() -> dict[str, Reply]:
    kind = "application/octet-stream"
    return {
        "/robots.txt": response(b"User-agent: *\nDisallow: /kin/\n", kind="text/plain"),
        "/tin-tuc": response(listing(["b", "a"])),
        "/tin/a.html": response(
            page("Lịch họp", "/f/1.pdf", "/f/2.docx", "/f/scan.pdf", "/f/late.pdf", "/f/none.pdf", "/f/old.docx")
        ),
        "/tin/b.html": response(
            page(
                "Việc làng", "/g/1.pdf", "/kin/x.pdf", "https://drive.google.com/file/d/abcdefghijk/view", "/f/big.pdf"
            )
        ),
        "/f/1.pdf": response(pdf_bytes(SAID), kind="application/pdf", ETag='"1"'),
        "/f/2.docx": response(docx_bytes(SAID[:1]), kind=kind),
        "/f/scan.pdf": response(scan_bytes(), kind=kind),
        "/f/late.pdf": lambda before: (
            response(b"", "502 Bad Gateway") if before < 3 else response(pdf_bytes(("Đến muộn.",)))
        ),
        "/f/old.docx": response(docx_bytes((LEGACY,)), kind=kind),
        "/f/big.pdf": response(b"%PDF-1.4" + bytes(9 << 20), kind=kind),
        "/g/1.pdf": response(pdf_bytes(SAID), kind="application/pdf"),
    }


def rows(root: Path) -> Mapping[str, list[tuple[object, ...]]]:
    index = Index(root / "index.db", read_only=True)
    with index.reading() as queries:
        found = {table.name: list(queries.rows(table)) for table in TABLES}
    index.close()
    return found


def assert_follows(archive: Archive, captures: CaptureReader) -> None:
    """Every text, of pages and of files, is what its capture gives when it is read again."""
    audit = verify(archive.identity, archive.paths, how=VerifyOptions(reader=captures))
    note = next(note for note in audit.notes if note.code == "reread_texts")
    read = dict(note.params)
    assert (audit.findings, read["n"] == read["same"], audit.texts) == ([], True, read["n"])


def test_nights_of_a_portal_with_every_kind_of_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = new_archive(tmp_path / "archive")
    with HttpServer(pages()) as server:
        done = crawl("--archive", str(root), "--night", str(NIGHT), port=server.port)
        assert (done.code, done.err) == (0, "")
        asked = dict(server.asked)
        run, answers, kept = the_night(root)
        assert max(i for i, x in enumerate(answers) if x.outcome is Outcome.ARTICLE) < min(
            i for i, x in enumerate(answers) if x.attachment_of
        )
        of = {line.url.rpartition(".test")[2]: line for line in kept if line.attachment_of}
        assert run.events == {"attachment": 4, "new": 2, "quarantined": 1}
        assert of["/f/1.pdf"].documents == ("7/TB-UBND",)
        assert (of["/f/1.pdf"].file, of["/f/1.pdf"].duplicate_of) == (None, of["/g/1.pdf"].id)
        assert (of["/f/scan.pdf"].file, of["/f/scan.pdf"].flags) == (None, ("scanned_pdf",))
        assert of["/f/old.docx"].reasons == (Reason.of("legacy_font"),)
        text = root / "2025/03/05/ba_song" / str(of["/g/1.pdf"].file)
        assert text.read_text(encoding="utf-8").split() == " ".join(SAID).split()
        others = {x.url.rpartition("/")[2]: x.outcome for x in answers if x.attachment_of and x.url[-8:] not in of}
        assert others["none.pdf"] is Outcome.GONE
        assert others["late.pdf"] is Outcome.SERVER_ERROR
        assert others["x.pdf"] is Outcome.ROBOTS_DENIED
        assert others["view"] is Outcome.GUARD_DENIED
        assert others["big.pdf"] is Outcome.TOO_LARGE
        assert "/kin/x.pdf" not in asked

        second = str(NIGHT + timedelta(days=1))
        server.pages["/tin/a.html"] = response(page("Lịch họp mới", "/f/1.pdf", "/f/scan.pdf"))
        assert crawl("--archive", str(root), "--night", second, port=server.port).code == 0
        fetched = {path for path, count in server.asked.items() if count > asked.get(path, 0) and path[:2] != "/t"}
        assert fetched == {"/robots.txt", "/f/1.pdf", "/f/scan.pdf", "/f/late.pdf"}
        assert any('If-None-Match: "1"' in head for head in server.heads)
        _, _, kept = the_night(root, night=NIGHT + timedelta(days=1))
        assert [(line.event, line.title) for line in kept[1:]] == [(Event.ATTACHMENT, "Văn bản 3")]
    with Archive.open(root) as archive:
        for night in archive.unsealed_nights():
            archive.seal(night, {})
        assert_follows(archive, replace(IN_PROCESS, modules=("testing.portals.first",)))
    before = rows(root)
    assert main(["rebuild", "--archive", str(root)]) == 0
    assert rows(root) == before
    capsys.readouterr()
    assert main(["show", "ba_song/a", "--archive", str(root)]) == 0
    shown = capsys.readouterr().out
    assert "attachment: Văn bản 0 → " in shown
    assert "attachment: Văn bản 1, scanned pdf\n" in shown
    assert "attachment: Văn bản 4, gone\n" in shown


def test_the_composed_portal_keeps_its_files_and_fetches_none_again(tmp_path: Path) -> None:
    root, first = new_archive(tmp_path / "archive"), date(2025, 3, 3)
    with ReplicaServer() as server:
        for days in range(2):
            night = str(first + timedelta(days=days))
            options = ("--archive", str(root), "--night", night, "-s", "SPIDER_MODULES=crawler.spiders")
            done = crawl(*options, portal="da_nang", port=server.port)
            assert (done.code, done.err) == (0, "")
    _, answers, kept = the_night(root, "da_nang", first)
    article = next(article for article in articles("da_nang") if "bien-ban-ban-giao-tau.pdf" in article.files)
    outcomes = {page.url.split("/")[-2]: page.outcome for page in answers if page.attachment_of}
    assert outcomes == {
        "bien-ban-ban-giao-tau.pdf": Outcome.ATTACHMENT,
        "phu-luc-trang-thiet-bi.docx": Outcome.ATTACHMENT,
        "so-do-mat-bang-tau.pdf": Outcome.TOO_LARGE,
        "thu-cam-on.pdf": Outcome.GONE,
        "phieu-kiem-tra.pdf": Outcome.SOFT_404,
    }
    table = next(line for line in kept if line.title == "phu-luc-trang-thiet-bi.docx")
    text = (root / "2025/03/03/da_nang" / str(table.file)).read_text(encoding="utf-8")
    assert text.strip().split("\n\n") == list(replica_file(table.title, article).paragraphs)
    again = {
        page.url.split("/")[-2]
        for page in the_night(root, "da_nang", first + timedelta(days=1))[1]
        if page.attachment_of
    }
    assert again == {"huong-dan-mua-sam-tap-trung.pdf"}
    with Archive.open(root) as archive:
        assert_follows(archive, IN_PROCESS)

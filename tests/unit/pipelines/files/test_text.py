"""Read the text of attachments: each kind, each doubt named, each bomb stopped; and tell files from pages."""

from __future__ import annotations

import io
import os
import signal
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docx
import pypdf
import pytest
from docx.oxml import parse_xml

from archive.index.queries.attachments import attachment_key
from archive.messages.reason import Reason
from archive.model.enums import Outcome
from crawler.requests import Expect
from crawler.responses.outcome import ResponseFacts
from crawler.spider.attachments import judge_attachment
from pipelines.files.file_type import kind_of
from pipelines.files.pdf import join_lines
from pipelines.files.text import AttachmentWorker, read_attachment
from pipelines.html.page_shape import read_shape
from pipelines.sandbox.reader_process import ReadFailed
from replicas.articles import PORTALS, articles
from replicas.files import (
    FileKind,
    ReplicaFile,
    assemble_pdf,
    docx_bytes,
    file_bytes,
    pdf_bytes,
    replica_file,
    scan_bytes,
)

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LEGACY = "Céng hoµ x· héi chñ nghÜa ViÖt Nam §éc lËp tù do h¹nh phóc ñy ban nh©n d©n tØnh quyÕt ®Þnh"
NUMBERED = ("Số: 12/2025/QĐ-UBND", "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05 tháng 3 năm 2020 của Chính phủ;")
FILES = [
    pytest.param(replica_file(name, article), id=f"{portal}-{name}")
    for portal in PORTALS
    for article in articles(portal)
    for name in (*(name for name, _ in article.links()), *article.files)
]


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return written.getvalue()


def word(*paragraphs: str) -> bytes:
    """Return a Word file whose body is this XML."""
    document = docx.Document()
    for xml in paragraphs:
        document.element.body.insert(-1, parse_xml(xml))
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def locked(password: str) -> bytes:
    """Return an encrypted PDF; without a password everyone may read it."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes(NUMBERED)))
    writer.encrypt(password, "chủ", algorithm="AES-256")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def drawn(content: bytes) -> bytes:
    """Return a PDF of one page with this content, packed."""
    packed = zlib.compress(content, 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 {font} >> >> >>"
    pages = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    return assemble_pdf(["<< /Type /Catalog /Pages 2 0 R >>", pages, page, head + packed + b"\nendstream"])


@pytest.fixture(scope="module")
def worker() -> Iterator[AttachmentWorker]:
    with AttachmentWorker() as started:
        yield started


@pytest.mark.parametrize("file", FILES)
def test_every_composed_file_is_read_word_for_word(file: ReplicaFile) -> None:
    reading = read_attachment(file_bytes(file))
    assert reading.text.split() == " ".join(file.paragraphs).split()
    assert bool(reading.text) == file.readable
    assert reading.reasons == ()
    if file.kind is FileKind.DOCX:
        assert reading.text.split("\n\n") == list(file.paragraphs)


def test_the_same_composed_file_has_the_same_bytes() -> None:
    file = ReplicaFile("a.docx", FileKind.DOCX, NUMBERED)
    assert docx_bytes(file.paragraphs) == docx_bytes(file.paragraphs)
    assert scan_bytes() == scan_bytes()


FLAGS = {
    "scan": (scan_bytes(), "pdf", "scanned_pdf"),
    "blank page": (drawn(b""), "pdf", "no_text"),
    "cut PDF": (pdf_bytes(NUMBERED)[:300], "pdf", "damaged"),
    "only a header": (b"%PDF-1.7\n", "pdf", "damaged"),
    "PDF of noise": (b"%PDF-1.4\n" + bytes(range(256)) * 40, "pdf", "damaged"),
    "locked PDF": (locked("bí mật"), "pdf", "encrypted"),
    "locked Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "office", "encrypted"),
    "empty Word file": (word(), "docx", "no_text"),
    "cut Word file": (word()[:9000], "zip", "damaged"),
    "Word file without parts": (zipped({"word/document.xml": b"<w/>"}), "docx", "damaged"),
    "template": (zipped({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types>"}), "docx", "damaged"),
    "old Word file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "doc", "not_opened"),
    "old table": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"), "xls", "not_opened"),
    "table": (zipped({"xl/workbook.xml": b""}), "xlsx", "not_opened"),
    "zip": (zipped({"../../etc/passwd": b"x", "a.pdf": b"%PDF-"}), "zip", "not_opened"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "rar", "not_opened"),
    "rtf": (b"{\\rtf1 x}", "rtf", "not_opened"),
    "page saved by Word": (b'<html xmlns:o="urn:schemas-microsoft-com:office:office">', "html", "not_opened"),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "flag"), FLAGS.values(), ids=FLAGS)
def test_what_has_no_text_says_why(worker: AttachmentWorker, body: bytes, kind: str, flag: str) -> None:
    reading = worker.read(body, "x")
    assert (reading.kind, reading.text, reading.flags) == (kind, "", (flag,))


def test_a_file_that_anyone_may_open_is_read(worker: AttachmentWorker) -> None:
    reading = worker.read(locked(""), "x")
    assert reading.text.split() == " ".join(NUMBERED).split()
    assert reading.documents == ("12/2025/QĐ-UBND", "30/2020/NĐ-CP")
    assert reading.flags == ()


def test_pages_that_are_pictures_among_others_are_reported(worker: AttachmentWorker) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_bytes(NUMBERED)))
    writer.append(io.BytesIO(scan_bytes()))
    written = io.BytesIO()
    writer.write(written)
    reading = worker.read(written.getvalue(), "x")
    assert reading.flags == ("partly_scanned",)
    assert reading.text.startswith("Số: 12/2025/QĐ-UBND")


@pytest.mark.parametrize("made", [pdf_bytes, docx_bytes], ids=["pdf", "docx"])
def test_text_of_an_old_font_is_no_text_to_keep(made: object) -> None:
    assert callable(made)
    assert read_attachment(made((LEGACY,))).reasons == (Reason.of("legacy_font"),)


def test_letters_that_no_font_names_are_no_text_to_keep() -> None:
    reading = read_attachment(pdf_bytes(("\ue001\ue002\ue003 \ue004 là",)))
    assert reading.reasons == (Reason.of("unmapped_letters", count=4),)


def test_decomposed_letters_are_stored_composed() -> None:
    assert read_attachment(docx_bytes(("Hội đồng",))).text == "Hội đồng"


WORD = {
    "insertion and deletion": (
        f"<w:p {W}><w:r><w:t>Mức </w:t></w:r><w:del><w:r><w:delText>30</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>35</w:t></w:r></w:ins></w:p>",
        "Mức 35",
    ),
    "control": (f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Trong khung</w:t></w:r></w:p></w:sdtContent></w:sdt>", "Trong khung"),
    "tab and break": (f"<w:p {W}><w:r><w:t>KT.</w:t><w:tab/><w:t>A</w:t><w:br/><w:t>B</w:t></w:r></w:p>", "KT. A\nB"),
    "table in a cell": (
        f"<w:tbl {W}><w:tr><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc><w:tc><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t>"
        "</w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:tc></w:tr></w:tbl>",
        "1 | a | b",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("xml", "text"), WORD.values(), ids=WORD)
def test_what_a_word_file_shows_is_its_text(xml: str, text: str) -> None:
    assert read_attachment(word(xml)).text == text


LONG = "Ủy ban nhân dân xã phối hợp với các đoàn thể tổ chức tuyên truyền, vận động người dân"
LINES = {
    "continued": ([LONG, "tham gia đầy đủ."], f"{LONG} tham gia đầy đủ."),
    "a name may begin a line or a paragraph": ([LONG, "Lộc An tham gia."], f"{LONG}\nLộc An tham gia."),
    "a list mark begins one": ([LONG, "a) đất ở;", "b) đất khác."], f"{LONG}\n\na) đất ở;\n\nb) đất khác."),
    "a full line may end inside a paragraph": ([LONG + ".", "Riêng xã X."], f"{LONG}.\nRiêng xã X."),
    "a short line with its end mark ends it": ([LONG, "hết.", "Sau đó"], f"{LONG} hết.\n\nSau đó"),
    "hyphens stay": ([LONG + " đầu-", "tư"], f"{LONG} đầu-\ntư"),
    "short lines are kept": (["Số: 1", "ngày 2"], "Số: 1\nngày 2"),
}


def test_an_entity_of_a_word_file_stays_as_it_is_written_and_is_flagged() -> None:
    with zipfile.ZipFile(io.BytesIO(word(f"<w:p {W}><w:r><w:t>Xã ENTITY họp</w:t></w:r></w:p>"))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    document = parts["word/document.xml"].replace(b"ENTITY", b"&ten;")
    parts["word/document.xml"] = document.replace(b"?>", b'?><!DOCTYPE a [<!ENTITY ten "Tan Phu">]>', 1)
    read = read_attachment(zipped(parts))
    assert (read.text, read.flags) == ("Xã &ten; họp", ("partly_damaged",))


@pytest.mark.parametrize(("lines", "text"), LINES.values(), ids=LINES)
def test_lines_are_joined_only_where_it_is_certain(lines: list[str], text: str) -> None:
    assert join_lines([lines]) == text


@dataclass(frozen=True, slots=True)
class Bomb:
    body: bytes
    flags: tuple[str, ...]


def word_bomb() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b" " * (200 << 20)})


BOMBS = {
    "word file of 200 MiB": lambda: Bomb(word_bomb(), ("read_limit",)),
    "word file of 3000 parts": lambda: Bomb(
        zipped({"word/document.xml": b"", **{f"p{n}": b"" for n in range(3000)}}), ("read_limit",)
    ),
    "page of 200 MiB": lambda: Bomb(drawn(b" " * (200 << 20)), ("read_limit",)),
    "page of 2 million operators": lambda: Bomb(
        drawn(b"BT /F1 9 Tf " + b"(ab) Tj T* " * 250_000 + b"ET"), ("read_limit",)
    ),
}


@pytest.mark.parametrize("made", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_recorded_in_time_and_the_next_file_is_read(worker: AttachmentWorker, made: object) -> None:
    assert callable(made)
    bomb: Bomb = made()
    started = time.monotonic()
    reading = worker.read(bomb.body, "bomb")
    assert time.monotonic() - started < 30
    assert reading.flags == bomb.flags
    assert reading.text == ""
    assert worker.read(docx_bytes(("Còn đọc được.",)), "x").text == "Còn đọc được."


def test_a_file_that_takes_too_long_is_a_timeout() -> None:
    with AttachmentWorker(deadline=0.3) as worker:
        worker.read(b"", "warm")
        reading = worker.read(drawn(b"BT /F1 9 Tf " + b"(ab) Tj T* " * 200_000 + b"ET"), "slow")
        assert reading.flags == ("read_timeout",)
        assert reading.kind == "pdf"


def test_a_file_that_takes_too_much_memory_is_a_limit() -> None:
    with AttachmentWorker(memory=220 << 20) as worker:
        many = f"<w:p {W}>" + "<w:r><w:t>chữ</w:t></w:r>" * 700_000 + "</w:p>"
        reading = worker.read(word(many), "wide")
        assert reading.flags == ("read_limit",)
        assert worker.read(docx_bytes(("Còn đọc được.",)), "x").text


def test_the_child_that_dies_between_files_is_started_again(worker: AttachmentWorker) -> None:
    worker.read(b"", "x")
    assert worker._child is not None
    os.kill(worker._child.process.pid, signal.SIGKILL)
    worker._child.process.wait()
    assert worker.read(docx_bytes(("Lại đọc.",)), "x").text == "Lại đọc."


def test_a_child_that_cannot_start_is_our_error_and_no_flag(tmp_path: Path) -> None:
    with AttachmentWorker(memory=1 << 20) as worker, pytest.raises(ReadFailed, match="does not start"):
        worker.read(b"%PDF-", "x")


OWN = frozenset({"x.replica.test"})
NOT_FILES = {
    "nine bytes": (b"Wrong URL", "text/html", "pdf", Outcome.SOFT_404),
    "a page": (b"<!DOCTYPE html><html><body><h1>Xin loi</h1></body></html>", "text/html", "docx", Outcome.SOFT_404),
    "a page for a link without type": (b"<html><body>x</body></html>", "text/html", "", Outcome.SOFT_404),
    "an upgrade": (
        "<html><title>Bảo trì</title><body>Hệ thống đang bảo trì</body></html>".encode(), "text/html", "pdf",
        Outcome.MAINTENANCE,
    ),
    "an application": (b"<html><body><div id='app'></div></body></html>", "text/html", "pdf", Outcome.APP_SHELL),
    "a login page": (
        b"<html><body><form><input name='u'><input type='password'></form></body></html>", "text/html", "pdf", Outcome.LOGIN,
    ),
    "a login page that is called a document": (
        b"<html><body><form><input type='password'></form></body></html>", "application/pdf", "pdf", Outcome.SOFT_404,
    ),
    "a film": (b"\0\0\0\x18ftypmp42", "video/mp4", "", Outcome.UNSUPPORTED_TYPE),
    "a list": (b"a;b\n1;2\n", "text/csv", "", Outcome.UNSUPPORTED_TYPE),
    "a document": (b"%PDF-1.4", "text/html", "pdf", Outcome.ATTACHMENT),
    "a document with a mark before it": (b"\xef\xbb\xbf%PDF-1.4", "application/pdf", "pdf", Outcome.ATTACHMENT),
    "nothing": (b"", "application/pdf", "pdf", Outcome.EMPTY),
}  # fmt: skip


@pytest.mark.parametrize(("body", "kind", "type_", "outcome"), NOT_FILES.values(), ids=NOT_FILES)
def test_status_200_makes_no_file(body: bytes, kind: str, type_: str, outcome: Outcome) -> None:
    is_text = kind_of(body) is None and b"\0" not in body
    url = "https://x.replica.test/files/a.pdf"
    seen = ResponseFacts(
        200, {"content-type": kind}, body, is_text, url, url, Expect.ATTACHMENT, "https://x.replica.test", OWN,
        shape=read_shape(body.decode()) if is_text else None,
    )  # fmt: skip
    assert judge_attachment(seen, type_)[0] is outcome


KEYS = {
    "cache number": ("https://x.vn/d/a.pdf?t=1741302556197", "https://x.vn/d/a.pdf?t=1741302559999", True),
    "with www": ("https://x.vn/a.pdf", "https://www.x.vn/a.pdf", True),
    "scheme": ("http://x.vn/a.pdf", "https://x.vn/a.pdf", True),
    "number of the file": ("https://x.vn/a?download=1&id=0", "https://x.vn/a?download=1&id=1", False),
    "letters": ("https://x.vn/A.pdf", "https://x.vn/a.pdf", False),
}


@pytest.mark.parametrize(("one", "other", "same"), KEYS.values(), ids=KEYS)
def test_a_files_key(one: str, other: str, same: bool) -> None:
    assert (attachment_key("tin", one) == attachment_key("tin", other)) is same


@pytest.mark.parametrize(
    "url", ["https://[x", "https://x.vn/\ud800.pdf", "../../etc/passwd", "https://x.vn/" + "a" * 9000]
)
def test_a_hostile_address_gives_a_safe_key(url: str) -> None:
    key = attachment_key("tin", url)
    assert len(key) == len("tin/~00000000")
    assert key.isascii()

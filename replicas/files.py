"""The files behind attachment links, made from `content/attachments.toml`, the same bytes every time.

A PDF here has one byte a letter and a ToUnicode table, as those that office programs write; a scanned one has a picture and
nothing else. No font stands in it: its text can be read by programs and is not meant for a reader's eyes.
"""

from __future__ import annotations

import io
import textwrap
import tomllib
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import groupby

from replicas.reading import CONTENT
from replicas.records import ReplicaArticle, plain

_COLUMNS = 92  # characters of a line
_LINES = 46  # lines of a page
_MOMENT = datetime(2025, 3, 3, 8)
_LARGE = 9 * 1024 * 1024


class FileKind(StrEnum):
    """The kind of file behind a link."""

    PDF = "pdf"
    SCAN = "scan"
    DOCX = "docx"
    XLSX = "xlsx"
    LARGE = "large"
    MISSING = "missing"
    WRONG_URL = "wrong_url"


@dataclass(frozen=True, slots=True)
class ReplicaFile:
    """A composed file and what a good reading of it says: paragraphs, a table row as ` | ` between its cells."""

    name: str
    kind: FileKind
    paragraphs: tuple[str, ...] = ()

    @property
    def readable(self) -> bool:
        """Return whether it has a text to be archived."""
        return self.kind in (FileKind.PDF, FileKind.DOCX)


def replica_file(name: str, article: ReplicaArticle) -> ReplicaFile:
    """Return the file of this name, as `content/attachments.toml` says, else a PDF made from the article that links to it."""
    if name in _files():
        return _files()[name]
    texts = [article.title, article.lead, *(part.text for part in article.parts if part.text)]
    told = tuple(plain(text) for text in texts if text)
    return ReplicaFile(name, FileKind.PDF, (f"TÀI LIỆU KÈM THEO: {name}", *told))


@cache
def _files() -> dict[str, ReplicaFile]:
    tables = tomllib.loads((CONTENT / "attachments.toml").read_text("utf-8"))["file"]
    files = {}
    for table in tables:
        lines = [line.strip(" ") for line in str(table.get("body", "")).splitlines() if line.strip(" ")]
        texts = (line.strip("| ") if line.startswith("|") else line for line in lines)
        files[table["name"]] = ReplicaFile(table["name"], FileKind(table["kind"]), tuple(texts))
    return files


@cache
def file_bytes(file: ReplicaFile) -> bytes:
    """Return the body that is served; a missing file has none."""
    match file.kind:
        case FileKind.PDF:
            return pdf_bytes(file.paragraphs)
        case FileKind.SCAN:
            return scan_bytes()
        case FileKind.DOCX:
            return docx_bytes(file.paragraphs)
        case FileKind.XLSX:
            return _zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
        case FileKind.LARGE:
            return b"%PDF-1.4\n" + b"%" * _LARGE
        case FileKind.WRONG_URL:
            return b"Wrong URL"
    return b""


def pdf_bytes(paragraphs: Sequence[str]) -> bytes:
    """Return a PDF whose lines are wrapped as on paper. Raises ValueError for more than 223 different letters."""
    lines = [line for text in paragraphs for line in textwrap.wrap(text, _COLUMNS, break_on_hyphens=False)]
    letters = sorted({letter for line in lines for letter in line} - {" "})
    if len(letters) > 223:
        raise ValueError(f"{len(letters)} different letters do not fit one byte each")
    codes = {" ": 32} | {letter: number for number, letter in enumerate(letters, 33)}
    pages = [lines[start : start + _LINES] for start in range(0, len(lines), _LINES)] or [[]]
    objects: list[str | bytes] = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(f'{5 + 2 * n} 0 R' for n in range(len(pages)))}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /TrueType /BaseFont /Composed /FirstChar 32 /LastChar 255"
        f" /Widths [{' '.join(['500'] * 224)}] /ToUnicode 4 0 R >>",
        _stream(_to_unicode(codes)),
    ]
    for number, page in enumerate(pages):
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {6 + 2 * number} 0 R >>"
        )
        shown = "".join(f"<{bytes(codes[letter] for letter in line).hex()}> Tj T*\n" for line in page)
        objects.append(_stream(f"BT /F1 11 Tf 16 TL 45 790 Td\n{shown}ET"))
    return assemble_pdf(objects)


def scan_bytes() -> bytes:
    """Return a PDF of two pages that are pictures, as a scanner makes them."""
    picture = bytes((row * 7 + column) % 251 for row in range(120) for column in range(85))
    image = (
        f"<< /Type /XObject /Subtype /Image /Width 85 /Height 120 /ColorSpace /DeviceGray /BitsPerComponent 8"
        f" /Filter /ASCIIHexDecode /Length {2 * len(picture) + 1} >>\nstream\n{picture.hex()}>\nendstream"
    )
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /Im0 3 0 R >> >>"
        " /Contents 4 0 R >>"
    )
    pages = "<< /Type /Pages /Kids [5 0 R 6 0 R] /Count 2 >>"
    catalog = "<< /Type /Catalog /Pages 2 0 R >>"
    return assemble_pdf([catalog, pages, image, _stream("q 595 0 0 842 0 0 cm /Im0 Do Q"), page, page])


def _to_unicode(codes: dict[str, int]) -> str:
    """Return the table from codes to letters (ISO 32000-1, 9.10.3), a hundred of them at a time."""
    pairs = [f"<{code:02x}> <{letter.encode('utf-16-be').hex()}>" for letter, code in codes.items()]
    tables = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    told = "\n".join(f"{len(table)} beginbfchar\n" + "\n".join(table) + "\nendbfchar" for table in tables)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Composed def /CMapType 2 def\n"
        f"1 begincodespacerange\n<00> <ff>\nendcodespacerange\n{told}\nendcmap end end"
    )


def _stream(text: str) -> str:
    return f"<< /Length {len(text)} >>\nstream\n{text}\nendstream"


def assemble_pdf(objects: Sequence[str | bytes]) -> bytes:
    """Return a PDF of these numbered objects, the first of which is the catalog."""
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(body))
        data = text.encode("ascii") if isinstance(text, str) else text
        body += f"{number} 0 obj\n".encode("ascii") + data + b"\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    tail = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n"
    )
    return body + f"{tail}%%EOF\n".encode("ascii")


def docx_bytes(paragraphs: Sequence[str]) -> bytes:
    """Return a Word file; runs of paragraphs with ` | ` become tables."""
    import docx  # a quarter of a replica's start, and few pages name such a file

    document = docx.Document()
    for is_row, run in groupby(paragraphs, key=lambda text: " | " in text):
        if not is_row:
            for text in run:
                document.add_paragraph(text)
            continue
        rows = [text.split(" | ") for text in run]
        table = document.add_table(len(rows), max(map(len, rows)))
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=False):
                cell.text = text
    document.core_properties.created = document.core_properties.modified = _MOMENT
    written = io.BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as package:
        return _zipped({name: package.read(name) for name in package.namelist()})


def _zipped(parts: dict[str, bytes]) -> bytes:
    """Return a zip file whose entries carry no clock."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, data in parts.items():
            package.writestr(zipfile.ZipInfo(name, _MOMENT.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()

"""Read the text of a Word file (DOCX): the body's paragraphs and tables in their order, a table row by row.

Inserted text is text, deleted text is not. An entity stands in the text as it is written, and a flag says so. Headers,
footers, notes and numbers that Word counts itself are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from io import BytesIO
from zipfile import BadZipFile, ZipFile

import docx
from lxml.etree import Entity, ErrorTypes, XMLSyntaxError, _Element

from vietnam.letters import clean_letters, fold_spaces

EXTRACTOR = f"python-docx {version('python-docx')}"
# The unpacked size is asked before anything is unpacked: a small archive may hold gigabytes.
_UNPACKED = 64 * 1024 * 1024  # bytes of all parts
_PARTS = 2000
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Deleted, moved away, shown a second time for old programs, or no text of the page.
_UNSEEN = frozenset(
    {
        f"{_W}del",
        f"{_W}moveFrom",
        f"{_W}pPr",
        f"{_W}rPr",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
    }
)
_SIGNS = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def office_kind(body: bytes) -> str:
    """Return the kind of a zip file: `docx`, `xlsx`, `pptx`, `odt`, `ods` or `zip`.

    A zip file whose directory cannot be read is `damaged`.
    """
    try:
        with ZipFile(BytesIO(body)) as package:
            names = package.namelist()
    except (BadZipFile, OSError, ValueError, EOFError, NotImplementedError):
        return "damaged"
    for start, kind in (("word/document", "docx"), ("xl/workbook", "xlsx"), ("ppt/presentation", "pptx")):
        if any(name.startswith(start) for name in names):
            return kind
    if names[:1] == ["mimetype"]:
        head = body[:200]
        return "odt" if b"opendocument.text" in head else "ods" if b"opendocument.spreadsheet" in head else "zip"
    return "zip"


def read_docx(body: bytes) -> tuple[str, tuple[str, ...]]:
    """Return text and flags (`archive.storage.jsonl`) of a Word file; nothing outside the file is read.

    Raises:
        MemoryError: the only error; a damaged file is a flag.
    """
    try:
        with ZipFile(BytesIO(body)) as package:
            parts = package.infolist()
        if any(part.flag_bits & 1 for part in parts):
            return "", ("encrypted",)
        if len(parts) > _PARTS or sum(part.file_size for part in parts) > _UNPACKED:
            return "", ("read_limit",)
        document = docx.Document(BytesIO(body)).element.body
        text = "\n\n".join(_blocks(document))
    except MemoryError:
        raise
    except XMLSyntaxError as error:
        if error.code == ErrorTypes.ERR_NO_MEMORY:  # type: ignore[attr-defined]  # lxml's SyntaxErrors have it
            raise MemoryError from None
        return "", ("read_limit",) if "huge" in str(error).lower() else ("damaged",)
    except Exception:  # whatever a damaged file makes the library raise, the file is damaged
        return "", ("damaged",)
    # Office Open XML has no entities of its own (ECMA-376, part 2, 8.2.5), and theirs may be bombs: none is resolved.
    unresolved = next(document.iter(Entity), None) is not None
    return text, ("partly_damaged",) if unresolved and text else () if text else ("no_text",)


def _blocks(container: _Element) -> Iterator[str]:
    """Yield paragraphs and table rows in order, including those in content controls and insertions."""
    for child in container:
        if child.tag == f"{_W}p":
            text = _paragraph(child)
            if text:
                yield text
        elif child.tag == f"{_W}tbl":
            yield from _rows(child)
        elif child.tag not in _UNSEEN and isinstance(child.tag, str):
            yield from _blocks(child)


def _rows(table: _Element) -> Iterator[str]:
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue  # a table in a cell is read with its cell
        cells = [cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row]
        texts = [fold_spaces(" ".join(_blocks(cell))) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            yield fold_spaces(" | ".join(texts)).removeprefix("| ")


def _paragraph(paragraph: _Element) -> str:
    """Return the lines of a paragraph as typed; a text box stands where it is anchored."""
    lines = clean_letters("".join(_text_parts(paragraph))).split("\n")
    return "\n".join(line for line in map(fold_spaces, lines) if line)


def _text_parts(element: _Element) -> Iterator[str]:
    for child in element:
        if child.tag in _UNSEEN or not isinstance(child.tag, str):
            continue
        if child.tag == f"{_W}t":
            yield "".join(map(str, child.itertext())) if len(child) else child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        else:
            yield from _text_parts(child)
            if child.tag == f"{_W}p":  # of a text box
                yield "\n"

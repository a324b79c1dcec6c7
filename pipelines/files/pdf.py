"""Read the text of a PDF: its pages in order, lines joined only where they certainly belong to one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import pypdf
from pypdf.errors import FileNotDecryptedError, LimitReachedError

from vietnam.letters import clean_letters, fold_spaces

EXTRACTOR = f"pypdf {pypdf.__version__}"
_UNPACKED = 32 * 1024 * 1024  # bytes of one unpacked stream
_OPERATORS = (
    600_000  # of one page: a page of text has some thousands, a map annex may have more than can be read in time
)
_PICTURE_PAGE = 40  # letters: a page with a picture and fewer is that picture with a stamp or a page number
# What readers and signing programs print of a signature on a scan: labels with their values, in either language.
_STAMP_LABEL = (
    r"(?:ký bởi|người ký|được ký bởi|chữ ký số(?: của)?|cơ quan|tổ chức|đơn vị|chức vụ|chức danh|thời gian ký|ngày ký|giờ ký"
    r"|email|e-mail|digitally signed by|signed by|signature|signing time|date|reason|location|dn)"
)
_STAMP = re.compile(
    rf"(?<!\w){_STAMP_LABEL}\s*[:=].*?(?=(?<!\w){_STAMP_LABEL}\s*[:=]|\n|$)|signature (?:not )?(?:verified|valid)|chữ ký (?:hợp lệ|số)",
    re.IGNORECASE,
)
_FORMS = 200  # drawings looked into for pictures
_TAIL = 2048  # bytes in which the end mark stands

_ENDS = re.compile(r"[.!?;:…][\"”’)\]]*$")
# A line that begins a paragraph of its own: a list mark, a numbered point, an article of a decree.
_BEGINS = re.compile(
    r"(?:[-–—+•*●▪]\s|\d{1,3}(?:\.\d{1,3})*[.)]\s|[a-zđ]{1,2}[.)]\s|(?:Điều|Chương|Mục|Khoản|Phần)\s+[\dIVXLC]+\b"
    r"|Căn cứ\s|Xét\s|Nơi nhận\s*:)"
)
_LONG = 40  # characters: shorter documents say nothing about the width of their lines
_FULL = 0.8  # of the usual width


@dataclass(frozen=True, slots=True)
class PdfText:
    """Text of a PDF, empty where there is none, and flags of `archive.storage.jsonl`.

    `unmapped` counts signs that the fonts do not name.
    """

    text: str
    flags: tuple[str, ...] = ()
    unmapped: int = 0


def read_pdf(body: bytes) -> PdfText:
    """Read a PDF of any quality. No picture is decoded and no program is run.

    Raises:
        MemoryError: the only error; a damaged file is a flag.
    """
    with pypdf.apply_configuration(
        maximum_declared_stream_length=_UNPACKED,
        array_based_stream_maximum_output_length=_UNPACKED,
        zlib_maximum_output_length=_UNPACKED,
        lzw_maximum_output_length=_UNPACKED,
        run_length_maximum_output_length=_UNPACKED,
        stream_parsing_work_maximum_count=_OPERATORS,
        jbig2dec_binary=None,
        disable_legacy_handling=True,
    ):
        try:
            return _read(pypdf.PdfReader(BytesIO(body)), body)
        except FileNotDecryptedError:
            return PdfText("", ("encrypted",))
        except LimitReachedError:
            return PdfText("", ("read_limit",))
        except MemoryError:
            raise
        except Exception:  # whatever a damaged file makes the library raise, the file is damaged
            return PdfText("", ("damaged",))


def _read(reader: pypdf.PdfReader, body: bytes) -> PdfText:
    pages, pictures, lost, limits = [], 0, 0, 0
    for page in reader.pages:
        try:
            shown = page.extract_text()
        except (FileNotDecryptedError, MemoryError):
            raise
        except Exception as error:  # one page that cannot be read does not take the others
            lost += 1
            limits += isinstance(error, LimitReachedError)
            continue
        picture = sum(map(str.isalpha, _STAMP.sub("", clean_letters(shown)))) < _PICTURE_PAGE and _has_picture(page)
        pictures += picture
        pages.append(shown)
    cut = b"%%EOF" not in body[-_TAIL:]
    # Also when a stamp left a few letters: they are the same on every scan and would make different documents copies
    # of one another.
    if pages and pictures == len(pages) and not lost:
        return PdfText("", ("scanned_pdf",))
    raw = "".join(pages)
    text = join_lines([clean_letters(page).splitlines() for page in pages])
    if limits and not text:
        return PdfText("", ("read_limit",))
    if not text:
        return PdfText("", ("damaged",) if lost or cut or not pages else ("no_text",))
    flags = ("partly_scanned",) * bool(pictures) + ("partly_damaged",) * bool(lost or cut)
    return PdfText(text, flags, sum(1 for sign in raw if _is_unmapped(sign)))


def _is_unmapped(sign: str) -> bool:
    return sign == "\ufffd" or "\ue000" <= sign <= "\uf8ff" or (sign < " " and sign not in "\t\n\r\f")


def _has_picture(page: pypdf.PageObject) -> bool:
    """Return whether a page draws a picture, itself or in a form it draws; no picture is decoded."""
    todo: list[object] = [page.get("/Resources")]
    for _ in range(_FORMS):
        if not todo:
            return False
        for drawn in _drawn(todo.pop()):
            if drawn.get("/Subtype") == "/Image":
                return True
            todo.append(drawn.get("/Resources"))
    return True


def _drawn(resources: object) -> Iterator[pypdf.generic.DictionaryObject]:
    found = resources.get_object() if isinstance(resources, pypdf.generic.PdfObject) else None
    drawn = found.get("/XObject") if isinstance(found, pypdf.generic.DictionaryObject) else None
    objects = drawn.get_object() if isinstance(drawn, pypdf.generic.PdfObject) else None
    for value in objects.values() if isinstance(objects, pypdf.generic.DictionaryObject) else ():
        item = value.get_object()
        if isinstance(item, pypdf.generic.DictionaryObject):
            yield item


def join_lines(pages: list[list[str]]) -> str:
    """Join lines to paragraphs with a blank line between them.

    Two lines are joined by a blank where one certainly continues the other: a full line without an end mark, then a
    small letter. They are parted where a paragraph certainly ends, else kept as lines.
    """
    lengths = sorted(len(line) for page in pages for line in page if line.strip())
    usual = lengths[len(lengths) * 9 // 10] if lengths else 0
    text, last, gap = "", "", False
    for page in pages:
        for raw in page:
            line = fold_spaces(raw)
            if not line:
                gap = True
                continue
            text += _between(last, line, usual, gap) + line if text else line
            last, gap = line, False
        gap = True
    return text


def _between(last: str, line: str, usual: int, gap: bool) -> str:
    full = usual >= _LONG and len(last) >= _FULL * usual
    begins, ends = bool(_BEGINS.match(line)), bool(_ENDS.search(last))
    if full and not ends and not begins and line[0].islower() and not last.endswith("-"):
        return " "
    if gap or begins or (ends and not full):
        return "\n\n"
    return "\n"

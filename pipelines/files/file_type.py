"""Recognise a file by its first bytes.

Names and declared types are often wrong, and a portal may serve a page in a file's place.
"""

from __future__ import annotations

# A file is what its bytes are, not what its name or its server calls it.
_MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"{\\rtf", "rtf"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n", "png"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_PDF_WITHIN = 1024  # bytes before the header that readers accept (ISO 32000-1, annex H, note 13)
_OLE = ((b"WordDocument", "doc"), (b"Workbook", "xls"), (b"PowerPoint Document", "ppt"))
_WORD_HTML = b"urn:schemas-microsoft-com:office:"


def kind_of(body: bytes) -> str | None:
    """Return `pdf`, `zip` (office files too), `doc`, `xls`, `ole`, `rar`, `rtf`, `jpeg` …; None for no file.

    `html` is a page that Word saved under a document's name, not any page. Cheap, whatever the body.
    """
    for magic, kind in _MAGIC:
        if body.startswith(magic):
            return _ole_kind(body) if kind == "ole" else kind
    start = body[:_PDF_WITHIN]
    if b"%PDF-" in start and not start.lstrip().startswith(b"<"):
        return "pdf"
    return "html" if _WORD_HTML in body[:4096] else None


def _ole_kind(body: bytes) -> str:
    """Return the kind of an OLE container by the names in its directory."""
    if b"EncryptedPackage".decode().encode("utf-16-le") in body:
        return "encrypted"
    return next((kind for name, kind in _OLE if name.decode().encode("utf-16-le") in body), "ole")

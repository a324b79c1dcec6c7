"""Write a head as a QR code, so that one that was printed is read again without typing."""

from __future__ import annotations

from io import BytesIO, StringIO
from pathlib import Path

import segno

from archive.errors import UsageError
from archive.sealing.head import Head
from archive.storage.fsync import disk_errors, write_durably

_KINDS = (".svg", ".png")
_MODULE = 4  # pixels of a PNG's dot
_MARGIN = 4  # dots around the code, as ISO/IEC 18004 wants


def code_text(head: Head) -> str:
    """Return the words in the code: the printed form without its title, in ASCII, each line without padding."""
    return "\n".join(" ".join(line.split()) for line in head.lines()[1:])


def code_on_terminal(head: Head) -> str:
    """Return the code in half blocks, dark on light where the terminal is dark on light."""
    out = StringIO()
    _code(head).terminal(out=out, border=_MARGIN, compact=True)
    return out.getvalue()


def write_code(head: Head, path: Path) -> None:
    """Write the code as SVG or PNG, by the name of the file. Raises UsageError for another name."""
    if path.suffix not in _KINDS:
        raise UsageError(f"{path} is neither a .svg nor a .png file")
    out = BytesIO()
    _code(head).save(out, kind=path.suffix[1:], scale=_MODULE, border=_MARGIN)
    with disk_errors(f"cannot write {path}"):
        write_durably(path, out.getvalue())


def _code(head: Head) -> segno.QRCode:
    return segno.make_qr(code_text(head), error="m")

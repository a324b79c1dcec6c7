"""Make the bytes, names and hashes of text files.

A text is UTF-8, NFC, without trailing spaces, with one final newline; title, published line, lead, paragraphs with a blank
line between them, sign-off last. Its name is the number of its line in `articles.jsonl` and the first 16 hex digits of
the file's SHA-256: `000_2a1da29baf66937e.txt`. No part of a name comes from the page.
"""

from __future__ import annotations

import re
from hashlib import sha256

from vietnam.letters import nfc

NAME = re.compile(r"(\d{3,})_([0-9a-f]{16})\.txt")


def text_bytes(text: str) -> bytes:
    """Return the bytes of a text file: NFC, no trailing spaces, one final newline. Words do not change."""
    lines = [line.rstrip() for line in nfc(text).split("\n")]
    return ("\n".join(lines).strip("\n") + "\n").encode("utf-8")


def content_sha256(content: str) -> str:
    """Return the SHA-256 of title, lead and body in NFC, every run of white space folded to one blank.

    Texts with the same one say the same.
    """
    folded = re.sub(r"\s+", " ", nfc(content)).strip()
    return sha256(folded.encode("utf-8")).hexdigest()


def text_paragraphs(text: str, published_raw: str | None) -> list[str]:
    """Return the paragraphs of a text without its published line, the title first."""
    parts = text.split("\n\n")
    if published_raw and len(parts) > 1 and _folded(parts[1]) == _folded(published_raw):
        del parts[1]
    return parts


def text_content(text: str, published_raw: str | None) -> str:
    """Return a text without its published line, from which an auditor derives `content_sha256`."""
    return "\n".join(text_paragraphs(text, published_raw))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", nfc(text)).strip()


def file_name(seq: int, digest: str) -> str:
    """Return a text's name, `000_2a1da29baf66937e.txt`, from its line's number and the file's SHA-256 in hex."""
    # A line without a text takes a number too, so every gap between two files is explained by the line with the
    # missing number.
    return f"{seq:03d}_{digest[:16]}.txt"


def version_id(portal: str, key: str, digest: str) -> str:
    """Return the id of one version of one article, `portal/key@2a1da29baf66937e`."""
    return f"{portal}/{key}@{digest[:16]}"

"""Name the rules by which pages are read: what was read by other rules has to be read again."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from hashlib import blake2b
from pathlib import Path

from lxml.etree import LIBXML_VERSION

from pipelines.article import Layout
from pipelines.readers.trafilatura import EXTRACTOR

SIZE = 16  # bytes
_ROOT = Path(__file__).resolve().parents[1]
_SOURCES = ("pipelines", "vietnam", "crawler/responses")


def rules_version(layouts: Sequence[Layout]) -> bytes:
    """Return the digest of these layouts, of the program's modules that read and judge pages, and of their libraries."""
    plain = json.dumps([asdict(layout) for layout in layouts])
    return blake2b(_program() + plain.encode(), digest_size=SIZE).digest()


@cache
def _program() -> bytes:
    found = blake2b(f"{sys.version} {LIBXML_VERSION} {EXTRACTOR}".encode(), digest_size=SIZE)
    for path in sorted(path for name in _SOURCES for path in (_ROOT / name).rglob("*.py")):
        source = path.read_bytes()
        found.update(f"\0{path.relative_to(_ROOT)}\0{len(source)}\0".encode() + source)
    return found.digest()

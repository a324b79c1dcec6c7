"""Read the lines of one closed or open run."""

from __future__ import annotations

from pathlib import Path

from archive.storage.jsonl import decode_article, decode_page
from archive.storage.run_record import read_lines


class ReadLines:
    """The lines of one run's two files."""

    def __init__(self, folder: Path) -> None:
        self.articles = [decode_article(line) for line in read_lines(folder / "articles.jsonl")]
        self.pages = [decode_page(line) for line in read_lines(folder / "pages.jsonl")]

"""List the sealed lines whose texts search finds, and the row of each among the places.

The indexer (`archive.search.indexer`) writes these rows and the audit (`archive.audit.search`) counts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from archive.index.column_types import place
from archive.model.enums import VERSIONS, Event
from archive.storage.jsonl import ArticleLine, decode_article
from archive.storage.manifest import Seal, runs_of
from archive.storage.paths import Paths
from archive.storage.run_record import read_lines, read_run
from archive.storage.stored_file import read_stored
from archive.storage.texts import text_paragraphs

Problem = Callable[[Path, str], None]


@dataclass(frozen=True, slots=True)
class SealedLine:
    """A line whose text is searched, and the run that it stands in."""

    folder: Path
    province: str | None
    line: ArticleLine


def sealed_lines(paths: Paths, night: date, seal: Seal, problem: Problem) -> Iterator[SealedLine]:
    """Yield every version and attachment of the runs that a seal covers; unreadable lines go to `problem`."""
    for run in runs_of(paths, seal):
        yield from run_lines(paths.night(night) / run, problem)


def run_lines(folder: Path, problem: Problem) -> Iterator[SealedLine]:
    """Yield every version and attachment of one run."""
    try:
        province, lines = read_run(folder).province, read_lines(folder / "articles.jsonl")
    except (OSError, ValueError) as error:
        problem(folder, str(error))
        return
    seen: set[int] = set()
    for number, raw in enumerate(lines):
        try:
            line = decode_article(raw)
            if line.seq in seen:
                raise ValueError(f"its number {line.seq} stands on an earlier line")
        except ValueError as error:
            problem(folder / "articles.jsonl", f"line {number}: {error}")
            continue
        seen.add(line.seq)
        if line.event in (*VERSIONS, Event.ATTACHMENT):
            yield SealedLine(folder, province, line)


def read_paragraphs(path: Path, line: ArticleLine, problem: Problem) -> list[str] | None:
    """Return the paragraphs of a line's text without its published line; None for a missing or altered file."""
    try:
        data = read_stored(path)
    except OSError as error:
        problem(path, f"{error.strerror}: it cannot be found by its words")
        return None
    if sha256(data).hexdigest() != line.sha256:
        problem(path, f"it is not the text of line {line.seq}: it cannot be found by its words")
        return None
    return text_paragraphs(data.decode("utf-8", "replace"), line.published_raw)


def place_row(night: date, one: SealedLine, document: int) -> dict[str, object]:
    """Return the row of a line among the places; `newest` is set later."""
    line = one.line
    return {
        "document": document,
        "portal": line.portal,
        "at": place(night, one.folder.name, line.seq),
        "article": f"{line.portal}/{line.key}",
        "newest": 0,
        "province": one.province,
        "event": line.event.value,
        "said": line.published or night.isoformat(),
        "published": line.published[:10] if line.published else None,
        "night": night.isoformat(),
    }

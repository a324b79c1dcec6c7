"""Read the texts of sealed lines and make the rows of their words: the part of filling that workers do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from archive.search.backend import GAP, ContentWords, WordRows
from archive.search.documents import Problem, SealedLine, read_paragraphs, sealed_lines
from archive.storage.manifest import seals_on_disk
from archive.storage.paths import Paths
from archive.storage.tombstones import Tombstones
from vietnam.words import folded_words

_LONGEST_TITLE = 250
_LINES = 25  # lines for one worker at a time

SealKey = tuple[str, int, str]
"""Night, number and head of a seal."""


@dataclass(frozen=True, slots=True)
class SealPart:
    """Some lines of a seal, in their order; every seal has one part at least.

    `wrong` are what stood before or among them and is no line, `files` the number of files that they count for.
    """

    seal: SealKey
    lines: tuple[SealedLine, ...]
    wrong: tuple[tuple[Path, str], ...]
    files: int


TextWords = WordRows | str | None
"""The rows of a text's words, or why it is unreadable; None for a line without a text of its own."""


def seal_parts(paths: Paths, seals: Iterable[SealKey], withheld: Tombstones) -> Iterator[SealPart]:
    """Yield the lines of each seal but the withheld ones. Raises ArchiveUnusable for a damaged manifest."""
    for key in seals:
        night = date.fromisoformat(key[0])
        seal = next((seal for seal in seals_on_disk(paths, night) if seal.number == key[1]), None)
        wrong: list[tuple[Path, str]] = []
        lines: list[SealedLine] = []
        files = len(seal.files) if seal else 0
        for one in sealed_lines(paths, night, seal, _into(wrong)) if seal else ():
            if (night, one.folder.name, one.line.seq) in withheld.lines:
                continue
            lines.append(one)
            if len(lines) == _LINES:
                yield SealPart(key, tuple(lines), tuple(wrong), len(lines))
                files -= len(lines)
                lines.clear()
                wrong.clear()
        yield SealPart(key, tuple(lines), tuple(wrong), max(0, files))


def _into(wrong: list[tuple[Path, str]]) -> Problem:
    return lambda path, why: wrong.append((path, why))


def read_words(rows: Callable[[ContentWords], WordRows], part: SealPart) -> list[TextWords]:
    """Read the text of each line; `rows` makes the rows of a content's words."""
    return [_read(rows, one) for one in part.lines]


def _read(rows: Callable[[ContentWords], WordRows], one: SealedLine) -> TextWords:
    if one.line.file is None:
        return None
    wrong: list[str] = []
    paragraphs = read_paragraphs(one.folder / one.line.file, one.line, lambda path, why: wrong.append(why))
    return wrong[0] if paragraphs is None else rows(content_words(paragraphs))


def content_words(paragraphs: Sequence[str]) -> ContentWords:
    """Return the words of a text without its published line; its first paragraph is the title."""
    exact: list[str] = []
    plain: list[str] = []
    titled = 0
    for paragraph in paragraphs:
        if plain:
            exact.append(GAP)
            plain.append(GAP)
        forms = folded_words(paragraph)
        exact += [form[0] for form in forms]
        plain += [form[1] for form in forms]
        titled = titled or min(len(plain), _LONGEST_TITLE)
    return ContentWords(tuple(plain[:titled]), tuple(plain), tuple(exact[:titled]), tuple(exact))

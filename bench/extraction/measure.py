"""Block by block: what of an article came out as its own block, word for word, and what came out beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bench.extraction.corpus import Sample
from bench.extraction.readers import ReaderResult
from pipelines.article import BlockKind
from replicas.records import Kind
from vietnam.letters import clean_letters, fold_spaces

PARTS = ("title", "published", "lead", "body", "caption", "table row", "sign-off", "author", "files")
"""The measures that are shares.

`title` and `published` are the fields' accuracy; `body` is paragraphs, headings, items.
"""

_PART_OF = {
    Kind.LEAD: "lead",
    Kind.HEADING: "body",
    Kind.PARAGRAPH: "body",
    Kind.LIST_ITEM: "body",
    Kind.CAPTION: "caption",
    Kind.TABLE_ROW: "table row",
    Kind.SIGNOFF: "sign-off",
}
_BULLET = re.compile(r"^[-–•*·◦]\s+")


@dataclass(frozen=True, slots=True)
class Share:
    """Count a part of a whole."""

    kept: int = 0
    total: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.kept + other.kept, self.total + other.total)

    @property
    def percent(self) -> float | None:
        """In per cent, rounded down to a tenth so that 100 means all; None of nothing."""
        return self.kept * 1000 // self.total / 10 if self.total else None


@dataclass(slots=True)
class Score:
    """The measure of any number of pages.

    `residue` counts lines that are no part of the article; `moved` counts pages whose blocks stand in another order,
    `named` blocks of ours whose kind is right; `notes` say what was lost and left.
    """

    pages: int = 0
    residue: int = 0
    moved: int = 0
    parts: dict[str, Share] = field(default_factory=dict)
    named: Share = Share()
    notes: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Count another measure in."""
        self.pages += other.pages
        self.residue += other.residue
        self.moved += other.moved
        self.named += other.named
        self.notes += other.notes
        for part, share in other.parts.items():
            self.count(part, share)

    def count(self, part: str, share: Share) -> None:
        """Count a part in."""
        self.parts[part] = self.parts.get(part, Share()) + share

    def check(self, part: str, good: bool, note: str) -> None:
        """Count one case of a part; a bad one is noted."""
        self.count(part, Share(int(good), 1))
        if not good:
            self.notes.append(note)

    @property
    def blocks(self) -> Share:
        """All blocks of the text, whatever their kind."""
        return sum((self.parts.get(part, Share()) for part in set(_PART_OF.values())), Share())

    @staticmethod
    def of(scores: Iterable[Score]) -> Score:
        """One measure of many."""
        whole = Score()
        for score in scores:
            whole.add(score)
        return whole


def measure(sample: Sample, read: ReaderResult) -> Score:
    """Compare one page as it was read with the article.

    A library's bullets and cell marks are forgiven; ours are compared as they are.
    """
    wanted = sample.expected
    exact = read.article is not None
    lines = [_shown(line, exact) for line in read.lines]
    blocks = [_shown(block.text, exact) for block in wanted.blocks]
    score = Score(pages=1)
    left = Counter(lines)
    for block, text in zip(wanted.blocks, blocks, strict=True):
        kept = left[text] > 0
        left[text] -= kept
        score.check(_PART_OF[block.kind], kept, f"{sample.portal}/{sample.name}: lost {block.kind}: {block.text}")
    around = [_shown(wanted.title, exact), _shown(wanted.published_raw, exact)]
    for text in around:
        left[text] -= left[text] > 0
    known = [*around, *blocks, *(_shown(file.name, exact) for file in wanted.attachments)]
    for text, count in left.items():
        if count > 0 and (exact or not _is_known(text, known)):
            score.residue += count
            score.notes.append(f"{sample.portal}/{sample.name}: left: {text}")
    score.moved = int(_is_moved(lines, blocks))
    _fields(score, sample, read)
    return score


def _shown(text: str, exact: bool) -> str:
    text = fold_spaces(clean_letters(text))
    if exact:
        return text
    return fold_spaces(_BULLET.sub("", text).replace("|", " "))


def _is_known(text: str, known: Sequence[str]) -> bool:
    """Return whether a line holds nothing but the article's own words: a piece of a block, or several blocks in one line."""
    if not text or any(text in each for each in known):
        return True
    for each in sorted(known, key=len, reverse=True):
        text = text.replace(each, " ") if each else text
    return not re.search(r"\w", text)


def _is_moved(lines: Sequence[str], blocks: Sequence[str]) -> bool:
    places = [lines.index(block) for block in dict.fromkeys(blocks) if block in lines]
    return places != sorted(places)


def _fields(score: Score, sample: Sample, read: ReaderResult) -> None:
    """Title and date of the reading; a library's date has no time, so only its day is asked for."""
    wanted = sample.expected
    where = f"{sample.portal}/{sample.name}"
    if read.title is not None or read.article:
        good = fold_spaces(clean_letters(read.title or "")) == wanted.title
        score.check("title", good, f"{where}: title {read.title!r} instead of {wanted.title!r}")
    if read.article is None:
        if read.published is not None:
            day = date.fromisoformat(wanted.published[:10]).isoformat()
            score.count("published", Share(int(read.published[:10] == day), 1))
        return
    line_kept = read.article.published_raw == wanted.published_raw
    # A machine time may say the minute of a day that the page shows.
    minute = (read.published or "")[:16]
    good = (read.published == wanted.published or minute == wanted.moment[:16] != "") and line_kept
    found = f"{read.published} {read.article.published_raw!r}"
    score.check("published", good, f"{where}: published {found} instead of {wanted.published} {wanted.published_raw!r}")
    _own_fields(score, sample, read)


def _own_fields(score: Score, sample: Sample, read: ReaderResult) -> None:
    """Compare what only our reader gives: author, files and the kind of each block."""
    article, wanted = read.article, sample.expected
    if article is None:
        return
    where = f"{sample.portal}/{sample.name}"
    if wanted.author is not None:
        note = f"{where}: author {article.author!r} instead of {wanted.author!r}"
        score.check("author", article.author == wanted.author, note)
    found = {file.url for file in article.attachments}
    for file in wanted.attachments:
        score.check("files", file.url in found, f"{where}: file {file.url} not among {sorted(found)}")
    if extra := found - {file.url for file in wanted.attachments}:
        score.residue += len(extra)
        score.notes.append(f"{where}: no files of the article: {sorted(extra)}")
    kinds = {block.text: block.kind for block in article.blocks}
    for block in wanted.blocks:
        if block.text in kinds and block.kind in (Kind.LEAD, Kind.CAPTION, Kind.SIGNOFF, Kind.TABLE_ROW):
            good = kinds[block.text] == BlockKind(block.kind.value)
            score.named += Share(int(good), 1)
            if not good:
                score.notes.append(f"{where}: {kinds[block.text]} instead of {block.kind}: {block.text}")

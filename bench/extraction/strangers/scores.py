"""Read drawn pages without a layout, and say of every grammar's choice how its pages were read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from rich.box import SIMPLE_HEAD
from rich.table import Table

from bench.extraction.floors import Cell, Figures, figures
from bench.extraction.measure import Score, Share, measure
from bench.extraction.readers import Reader, ReaderResult
from bench.extraction.strangers.pages import SOURCE, Stranger
from vietnam.letters import clean_letters, fold_spaces

Choice = tuple[str, str]
"""A grammar and what was taken of it."""

_SHOWN = ("title", "published", "author", "files")
DRAWS, FIRST = 1000, 100
"""The pages that the floors are about, and those of them that a quick check reads."""
_STEP = 5
"""Floors of single choices stand on few pages: they are kept in steps of so many per cent."""


@dataclass(slots=True)
class Tally:
    """The measure of some drawn pages: `right` are those without any fault, `clean` those without a line of residue."""

    score: Score = field(default_factory=Score)
    right: Share = field(default_factory=Share)
    clean: Share = field(default_factory=Share)

    def add(self, page: Score) -> None:
        """Count a page in."""
        self.score.add(page)
        lost = any(share.kept < share.total for share in page.parts.values())
        self.right += Share(int(not (lost or page.residue or page.moved)), 1)
        self.clean += Share(int(not page.residue), 1)


@dataclass(slots=True)
class StrangerScores:
    """The measure of all pages, of the first of them (what a quick check reads), and of each choice's."""

    whole: Tally = field(default_factory=Tally)
    first: Tally = field(default_factory=Tally)
    choices: dict[Choice, Tally] = field(default_factory=dict)

    def add(self, page: Stranger, score: Score) -> None:
        """Count a page for all it was drawn from."""
        if self.whole.score.pages < FIRST:
            self.first.add(score)
        self.whole.add(score)
        for choice in page.choices.items():
            self.choices.setdefault(choice, Tally()).add(score)

    def cells(self) -> dict[Cell, Figures]:
        """Return what has floors: all figures of the whole and of the first; of each choice its share of pages read right.

        When no more than the first were read, these alone.
        """
        found: dict[Cell, Figures] = {(SOURCE, f"first {FIRST}"): _all_figures(self.first)}
        if self.whole.score.pages <= FIRST:
            return found
        found[SOURCE, f"all {DRAWS}"] = _all_figures(self.whole)
        for (feature, name), tally in sorted(self.choices.items()):
            found[SOURCE, f"{feature}: {name}"] = {"right": (tally.right.percent or 0) // _STEP * _STEP}
        return found


def _all_figures(tally: Tally) -> Figures:
    """Return shares only: a page more that is read at all may well add a line."""
    shares = {name: value for name, value in figures(tally.score).items() if name not in ("residue", "moved", "named")}
    return {**shares, "clean": tally.clean.percent or 0, "right": tally.right.percent or 0}


def read_strangers(pages: Iterable[Stranger], read: Reader) -> StrangerScores:
    """Read every page and count it."""
    found = StrangerScores()
    for page in pages:
        found.add(page, page_score(page, read(page.sample)))
    return found


def page_score(page: Stranger, read: ReaderResult) -> Score:
    """Measure one page; of a moment its minute counts, and lines that a reader may keep are left out of account."""
    lines = [line for block in read.lines for line in block.split("\n")]
    kept = tuple(line for line in lines if _folded(line) not in page.beside)
    expected = page.sample.expected
    article = read.article
    if article is not None and article.published_raw is not None:
        # The line as read is compared as a moment: how much of it is the date's line is the reader's to say.
        expected = replace(expected, published_raw=article.published_raw)
    if article is not None:
        article = replace(article, published_raw=expected.published_raw)
    moment = (read.published or "")[:16] or None
    read = replace(read, lines=kept, published=moment, article=article)
    return measure(replace(page.sample, expected=expected), read)


def _folded(text: str) -> str:
    return fold_spaces(clean_letters(text))


def table(found: StrangerScores, worst: bool = False) -> Table:
    """Return one row per choice, the worst of each grammar first; with `worst` no other."""
    title = (
        f"{found.whole.score.pages} drawn pages of strangers, without layout, % (a choice's pages differ in all else)"
    )
    shown = Table(title=title, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("drawn from", "choice", "pages", "right", *_SHOWN, "blocks", "clean", "residue"):
        shown.add_column(name, justify="left" if name in ("drawn from", "choice") else "right", no_wrap=True)
    for feature in dict.fromkeys(feature for feature, _ in found.choices):
        rows = [(name, tally) for (each, name), tally in found.choices.items() if each == feature]
        rows.sort(key=lambda row: row[1].right.percent or 0)
        for name, tally in rows[:1] if worst else rows:
            shown.add_row(feature, name, *_row(tally))
        if not worst:
            shown.add_section()
    shown.add_row("all", "", *_row(found.whole), style="bold")
    return shown


def _row(tally: Tally) -> list[str]:
    parts = tally.score.parts
    shares = [parts[part].percent if part in parts else None for part in _SHOWN]
    shares = [tally.right.percent, *shares, tally.score.blocks.percent, tally.clean.percent]
    return [
        str(tally.score.pages),
        *("" if share is None else f"{share:g}" for share in shares),
        str(tally.score.residue),
    ]

"""Count over the new texts of one night what the reading may have got wrong in all of them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from pipelines.article import Article, BlockKind
from pipelines.boilerplate.recurring_lines import exclusion_reason

LEAST = 5  # texts: fewer say the same by chance or by subject
_MOST = 200  # texts of a night that are compared: a first walk brings thousands, and these suffice
_SHARE = 0.5  # of the texts: above it, a line is the page's
_LETTERS = re.compile(r"[^\W\d_]{2}")
_UNCOUNTED = (BlockKind.SIGNOFF, BlockKind.TABLE_ROW)  # authors and the heads of tables recur by nature


@dataclass(frozen=True, slots=True)
class NewTextFacts:
    """Figures of a night's new texts.

    `line` stands in `holding` of the `texts` compared, and is empty where no line stands in most of them. `clocks` counts
    the texts without a time of day whose pages state one in their metadata, `authors` those without an author; each is 0
    when a text of the night has the part, or when the metadata cannot be about the articles (equal in all of them).
    """

    texts: int = 0
    line: str = ""
    holding: int = 0
    clocks: int = 0
    authors: int = 0


class NewTexts:
    """Collect the new texts of one night."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._lines: Counter[str] = Counter()
        self._clocks: Counter[str] = Counter()
        self._authors: Counter[str] = Counter()
        self._timed = self._signed = False

    def add(self, article: Article) -> None:
        """Take a new text; a text that came before under another address does not count."""
        text = hash(article.blocks)
        if len(self._seen) == _MOST or not article.blocks or text in self._seen:
            return
        self._seen.add(text)
        self._lines.update({block.text for block in article.blocks if block.kind not in _UNCOUNTED})
        self._timed |= article.published is not None and article.published.clock is not None
        self._signed |= article.author is not None
        self._clocks[article.stated.clock] += 1
        self._authors[article.stated.author] += 1

    def facts(self) -> NewTextFacts:
        """Return the figures; all zero while there are too few texts."""
        texts = len(self._seen)
        if texts < LEAST:
            return NewTextFacts(texts)
        line, holding = self._common_line(texts)
        clocks = 0 if self._timed else _stated(self._clocks)
        authors = 0 if self._signed else _stated(self._authors)
        return NewTextFacts(texts, line, holding, clocks, authors)

    def _common_line(self, texts: int) -> tuple[str, int]:
        for line, holding in self._lines.most_common():
            if holding <= _SHARE * texts:
                break
            if _LETTERS.search(line) and exclusion_reason(line) is None:
                return line, holding
        return "", 0


def _stated(values: Counter[str]) -> int:
    """Return the number of texts with a stated value; 0 for few, or for one value: the site's name, midnight in UTC."""
    stated = {value: count for value, count in values.items() if value}
    return sum(stated.values()) if len(stated) > 1 and sum(stated.values()) >= LEAST else 0

"""Find the lines that recur across a portal's articles, and count what the boxes of its pages hold."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.article import BlockKind
from pipelines.boilerplate.positions import BlockPosition, Path
from pipelines.line_shape import shape_of
from vietnam.formulas import formula_kind, is_formula
from vietnam.signoff import read_signoff

LEAST = 4  # articles: fewer say the same by chance or by subject
DAYS = 2  # one day's news repeats itself
SHARE = 0.02  # of the articles of a section, or of all

_PROSE = 80  # characters: running text
_LONGEST = 300  # characters of a line that is looked at
_SIGNOFF = 120  # characters of the longest sign-off
_RECURRING_SHARE = 0.6  # of the lines of a box: recurring ones and links
_SIGNED = 0.3  # of the lines of a place: it is where authors stand
_ALWAYS = 0.9  # of the articles with a line
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "td", "figcaption", "blockquote"})
_WRITER = re.compile(r"author|tac-?gia|byline|writer|signature|ky-?ten|nguon|source|caption|chu-?thich", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]{2}")


@dataclass(frozen=True, slots=True)
class ComparedArticle:
    """An article to compare: id, day of publication (else of the fetch), section and blocks."""

    id: str
    day: date
    section: str
    blocks: tuple[BlockPosition, ...]


@dataclass(frozen=True, slots=True)
class LinePosition:
    """One line in one article: the article's index, the line's index, and the line."""

    article: int
    at: int
    block: BlockPosition


def exclusion_reason(line: str) -> str | None:
    """Return the sort of text that makes a line never the portal's own; None when it may be the portal's."""
    if is_formula(line):
        return "a formula that belongs to texts"
    return "a sign-off" if _signs(line) else None


def _signs(line: str) -> bool:
    # A document's signature is the document's: no author of the portal stands in it.
    return len(line) <= _SIGNOFF and read_signoff([line]) is not None and formula_kind(line) != "signature"


def recurring(articles: Sequence[ComparedArticle]) -> dict[str, tuple[str, ...]]:
    """Map each shape that could become a candidate to the ids of its articles, newest first."""
    lines = LineIndex(articles)
    return {
        shape: tuple(lines.articles[one.article].id for one in reversed(places))
        for shape, places in lines.recurring.items()
        if lines.commonest(shape)
    }


class LineIndex:
    """All lines of a portal's articles by shape, one per article, with the shapes that recur.

    `text` marks each line of each article that is the article's own: it does not recur, or recurs by nature. `signed`
    marks each line that could be a sign-off. A line with the form of a name (`Góc Bạn Đọc`) is the portal's where no
    author signs: always in the same box with a name, amid the text or behind the sign-off.
    """

    def __init__(self, articles: Sequence[ComparedArticle]) -> None:
        self.articles = sorted(articles, key=lambda article: (article.day, article.id))
        self._sections = Counter(article.section for article in self.articles)
        shapes = [[_shape(block) for block in article.blocks] for article in self.articles]
        places: dict[str, list[LinePosition]] = defaultdict(list)
        for number, article in enumerate(self.articles):
            for at, shape in enumerate(shapes[number]):
                if shape and not (places[shape] and places[shape][-1].article == number):
                    places[shape].append(LinePosition(number, at, article.blocks[at]))
        self.recurring = {shape: found for shape, found in sorted(places.items()) if self._recurs(found)}
        self._printed: frozenset[str] = frozenset()
        own = {shape for shape in self.recurring if self.commonest(shape) is None}
        self.text = [[shape not in self.recurring or shape in own for shape in line] for line in shapes]
        self.signed = [[_signs(block.text) for block in article.blocks] for article in self.articles]
        self._printed = frozenset(shape for shape in own if self._no_author_there(self.recurring[shape]))
        for number, line in enumerate(shapes):
            for at, shape in enumerate(line):
                if shape in self._printed:
                    self.text[number][at] = self.signed[number][at] = False

    def _recurs(self, places: Sequence[LinePosition]) -> bool:
        days = {self.articles[one.article].day for one in places}
        enough = any(count >= SHARE * total for _, count, total in self.scopes(places))
        return len(places) >= LEAST and len(days) >= DAYS and enough

    def scopes(self, places: Sequence[LinePosition]) -> Iterator[tuple[str, int, int]]:
        """Yield scope name, articles with the line and all articles: the portal first (no name), then each section."""
        yield "", len(places), len(self.articles)
        for section, count in sorted(Counter(self.articles[one.article].section for one in places).items()):
            yield section, count, self._sections[section]

    def behind(self, one: LinePosition) -> bool:
        """Return whether the last line of text above is a sign-off."""
        above = [at for at in range(one.at) if self.text[one.article][at]]
        return bool(above) and self.signed[one.article][above[-1]]

    def amid(self, one: LinePosition) -> bool:
        """Return whether text stands above, the lead apart, and below, sign-offs apart."""
        blocks, text, signed = self.articles[one.article].blocks, self.text[one.article], self.signed[one.article]
        above = any(text[at] for at in range(one.at) if blocks[at].kind is not BlockKind.LEAD)
        return above and any(text[at] and not signed[at] for at in range(one.at + 1, len(text)))

    def _no_author_there(self, places: Sequence[LinePosition]) -> bool:
        read = [one for one in places if one.block.path is not None]
        boxes = Counter(_container(one.block.path or ()) for one in read)
        box, count = max(sorted(boxes.items()), key=lambda item: item[1], default=((), 0))
        if not box or count < _ALWAYS * len(read) or any(is_formula(one.block.text) for one in places):
            return False
        return sum(self.amid(one) or self.behind(one) for one in read) >= _ALWAYS * len(read)

    def commonest(self, shape: str) -> str | None:
        """Return the commonest wording; None when a wording is a formula's, or a sign-off's where authors may sign."""
        wordings = Counter(one.block.text for one in self.recurring[shape])
        if shape not in self._printed and any(exclusion_reason(wording) for wording in wordings):
            return None
        return min(wordings, key=lambda wording: (-wordings[wording], wording))


def _container(path: Path) -> Path:
    """Return the nearest named box that is more than a paragraph: paragraphs have the classes of editors."""
    for length in range(len(path), 0, -1):
        tag, name, _ = re.split(r"([.#]|$)", path[length - 1], maxsplit=1)
        if name and tag not in _PARAGRAPHS and not _WRITER.search(path[length - 1]):
            return path[:length]
    return ()


def _shape(block: BlockPosition) -> str:
    """Return the shape of a line that could be a widget's, else an empty text."""
    if len(block.text) > _LONGEST or not _LETTERS.search(block.text):
        return ""
    return shape_of(block.text)


class BoxContents:
    """Contents of the boxes of a portal's pages, over all articles whose blocks have a path."""

    def __init__(self, lines: LineIndex) -> None:
        self._holding: Counter[Path] = Counter()  # articles that have the box
        self._prose: Counter[Path] = Counter()  # … with running text in it
        self._held: Counter[Path] = Counter()  # lines in the box
        self._own: Counter[Path] = Counter()  # … that recur or are links
        self._signed: Counter[Path] = Counter()  # … that sign
        for number, article in enumerate(lines.articles):
            here: set[Path] = set()
            prose: set[Path] = set()
            for at, block in enumerate(article.blocks):
                for box in _boxes(block.path or ()):
                    here.add(box)
                    self._held[box] += 1
                    text = lines.text[number][at]
                    signed = block.kind is BlockKind.SIGNOFF or lines.signed[number][at]
                    self._signed[box] += signed
                    self._own[box] += not block.file and not signed and (not text or block.linked)
                    if text and not block.linked and len(block.text) >= _PROSE:
                        prose.add(box)
            self._holding.update(here)
            self._prose.update(prose)

    def around(self, path: Path) -> Path:
        """Find the widest box around a path that holds no running text in any article and little but repeated lines."""
        return next((box for box in _boxes(path) if not self._prose[box] and self._pure(box)), ())

    def _pure(self, box: Path) -> bool:
        signs = self._signed[box] > _SIGNED * self._held[box]
        return self._own[box] >= _RECURRING_SHARE * self._held[box] and not signs and not _WRITER.search(box[-1])


def _boxes(path: Path) -> Iterator[Path]:
    """Yield the boxes around a path, the widest first."""
    for length in range(1, len(path) + 1):
        yield path[:length]

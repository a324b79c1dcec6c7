"""Find lines that a portal repeats across its articles, judged by their place as well as by their words.

A line is a candidate when it recurs (in at least `LEAST` articles of at least two days, and in `SHARE` of its section's
or of all) and `THRESHOLD` points speak for the portal as its writer. Formulas of texts, sign-offs and captions of
different pictures are never candidates. Points (`docs/residue.md` says why):

    4  it stands in a box with a name (class or id) that holds no running text in any article, only such lines
    3  the same for a box without a name
    3  it follows the sign-off in several articles
    3  it stands in most articles of the portal, whatever their section
    2  the same words are a link elsewhere on the page: the name of a section
    1  it stands in most articles of its section; its numbers change; it stands in three sections or more; it is a link
   -2  it stands where sign-offs stand and could be one, or is written as a heading among the text
   -4  it is a row of a table without a name

The same articles in another order give the same candidates. This module reads no file and fetches nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipelines.article import BlockKind
from pipelines.boilerplate.positions import Path
from pipelines.boilerplate.recurring_lines import BoxContents, ComparedArticle, LineIndex, LinePosition

THRESHOLD = 3
MOST = 0.6  # of the articles of a section, or of all: what a portal prints everywhere
ENOUGH = 10  # articles, before "most of them" says anything
BEHIND = 3  # articles in which a line follows the sign-off, and …
BEHIND_SHARE = 0.3  # … their share of those that have the line: a line of text may be taken for a sign-off now and then

_SIGNOFF_WORDS = 12
_EXAMPLES = 5


class LineRole(StrEnum):
    """Place of a line in its texts; the values are the fields of `Layout`."""

    BEFORE = "before"
    AMONG = "among"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class BoilerplateCandidate:
    """A line that the portal seems to print itself.

    `line` is its commonest wording, `shape` that with numbers as `#`. `box` is the path of the box that holds nothing
    else, empty when the line stands among the text. It stands in `count` of the `total` articles of its `scope` (a
    section's name, empty for all). `examples` are ids, newest first; `because` are the points in words.
    """

    line: str
    shape: str
    where: LineRole
    box: Path
    count: int
    total: int
    scope: str
    first: date
    last: date
    examples: tuple[str, ...]
    points: int
    because: tuple[str, ...]


def find_candidates(articles: Sequence[ComparedArticle]) -> tuple[BoilerplateCandidate, ...]:
    """Find the candidates of one portal, the surest and commonest first."""
    lines = LineIndex(articles)
    boxes = BoxContents(lines)
    judged = (_judge(lines, boxes, shape) for shape in lines.recurring)
    found = [candidate for candidate in judged if candidate is not None and candidate.points >= THRESHOLD]
    return tuple(sorted(found, key=lambda candidate: (-candidate.points, -candidate.count, candidate.shape)))


def _judge(lines: LineIndex, boxes: BoxContents, shape: str) -> BoilerplateCandidate | None:
    """Weigh one recurring line; None for what is never a candidate."""
    positions, line = lines.recurring[shape], lines.commonest(shape)
    if line is None or _is_caption(positions):
        return None
    places = Counter(boxes.around(one.block.path) for one in positions if one.block.path is not None)
    box = min(places, key=lambda place: (-places[place], place), default=())
    where = _where(lines, positions)
    behind = sum(lines.behind(one) for one in positions)
    weighed = [
        _of_box(box),
        _of_neighbours(line, positions, where, box, behind),
        *_of_spread(lines, positions),
        *_of_words(positions),
    ]
    because = [(points, words) for points, words in weighed if points]
    scope, count, total = max(
        lines.scopes(positions), key=lambda each: (round(each[1] / each[2], 2), each[0] == "", each[0])
    )
    days = [lines.articles[one.article].day for one in positions]
    examples = tuple(lines.articles[one.article].id for one in reversed(positions))[:_EXAMPLES]
    return BoilerplateCandidate(
        line, shape, where, box, count, total, scope, min(days), max(days), examples,
        points=sum(points for points, _ in because),
        because=tuple(words for _, words in because),
    )  # fmt: skip


def _is_caption(positions: Sequence[LinePosition]) -> bool:
    """Return whether a line is mostly the caption of pictures that differ: a banner's picture is always the same."""
    captions = [one.block for one in positions if one.block.kind is BlockKind.CAPTION]
    pictures = {block.picture for block in captions}
    return 2 * len(captions) > len(positions) and (len(pictures) > 1 or pictures == {""})


def _where(lines: LineIndex, positions: Sequence[LinePosition]) -> LineRole:
    """Return the place of most occurrences, a lead apart; a line with text on neither side counts as after it."""
    found: Counter[LineRole] = Counter()
    read = [one for one in positions if one.block.path is not None]
    for one in read or positions:
        text, signed = lines.text[one.article], lines.signed[one.article]
        if lines.amid(one):
            found[LineRole.AMONG] += 1
        elif any(text[at] and not signed[at] for at in range(one.at + 1, len(text))):
            found[LineRole.BEFORE] += 1
        else:
            found[LineRole.AFTER] += 1
    return max(sorted(found), key=lambda where: found[where])


def _of_box(box: Path) -> tuple[int, str]:
    if not box:
        return 0, ""
    shown = " > ".join(box)
    return (4, f"alone in its box {shown}") if _named(box) else (3, f"alone in a box without a name ({shown})")


def _named(box: Path) -> bool:
    # The boxes around it hold text: their names say nothing of this one.
    return bool(box) and not {".", "#"}.isdisjoint(box[-1])


def _of_neighbours(
    line: str, positions: Sequence[LinePosition], where: LineRole, box: Path, behind: int
) -> tuple[int, str]:
    if behind >= BEHIND and behind >= BEHIND_SHARE * len(positions):
        return 3, f"follows the sign-off in {behind} articles"
    if _named(box):
        return 0, ""
    kinds = Counter(one.block.kind for one in positions)
    if kinds[BlockKind.TABLE_ROW] > len(positions) / 2:
        return -4, "a row of a table"
    heading = kinds[BlockKind.HEADING] > len(positions) / 2 or line.endswith(":")
    if heading and where is not LineRole.AFTER:
        return -2, "written as a heading"
    return (-2, "could be a sign-off") if where is LineRole.AFTER and _could_sign(line) else (0, "")


def _could_sign(line: str) -> bool:
    """Return whether a line could be a pen name or an office: short, and names write more than one capital."""
    words = line.split()
    capitals = sum(1 for word in words if word[0].isupper())
    return len(words) <= _SIGNOFF_WORDS and not line.endswith((".", "!", "?")) and (capitals > 1 or len(words) < 3)


def _of_spread(lines: LineIndex, positions: Sequence[LinePosition]) -> list[tuple[int, str]]:
    whole, *sections = lines.scopes(positions)
    found = [(1, f"in {len(sections)} sections")] if len(sections) >= 3 else []
    if whole[2] >= ENOUGH and whole[1] >= MOST * whole[2]:
        return [*found, (3, f"in {whole[1] / whole[2]:.0%} of all articles")]
    most = [scope for scope in sections if scope[2] >= ENOUGH and scope[1] >= MOST * scope[2]]
    return [*found, *((1, f"in {count / total:.0%} of {section}") for section, count, total in most[:1])]


def _of_words(positions: Sequence[LinePosition]) -> list[tuple[int, str]]:
    found = []
    if sum(one.block.entry for one in positions) > len(positions) / 2:
        found.append((2, "a link elsewhere on the page says the same"))
    if sum(one.block.linked for one in positions) > len(positions) / 2:
        found.append((1, "a link"))
    if len({one.block.text for one in positions}) >= 3:
        found.append((1, "its numbers change"))
    return found

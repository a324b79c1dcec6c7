"""Find widget lines that leak into text: counters, buttons, rating boxes, empty lists, footers.

A rule names the kind of such a line, not the page it came from, and holds for a whole line or element only: a sentence
that begins with the same words stays. Case, spaces, Unicode form, tone style, numbers and the punctuation around a
label make no difference. The forms themselves are in `residue.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from vietnam.letters import clean_letters, fold, fold_spaces
from vietnam.residue_forms import (
    FORMS,
    IN_COMPANY,
    LOUD,
    PROPER,
    SECTION_LABELS,
    ResidueForm,
    Strength,
    any_form,
    any_token,
    in_groups,
)

_LONGEST = 300
_CACHED = 1000  # characters of a line whose reading is kept
# What stands above a line of at least this many characters may be its heading.
_PROSE = 80

_SIGNS = re.compile(r"[|•·:»«<>›‹▪▫■□●○◦►▶◄◀▲▼→←↑↓☆★✩✪✮♥✓✔✕✖✗×/\\,;\s\ue000-\uf8ff]+")
_STARS = re.compile(r"[★☆✩✪✮⭐\s]+")
# Between buttons in one line; a full stop would end a sentence.
_BETWEEN = re.compile(r"[\s|•·:,/()\[\]!–—>»«<*\-\ue000-\uf8ff]*")
# Kinds of which one button alone may carry a number or a word: `Chia sẻ 12`.
_COUNTED = frozenset(
    ("share", "comment", "view counter", "visitor counter", "font size", "rating", "language", "navigation")
)
_LABELS = frozenset(fold(label) for label in SECTION_LABELS)


def _bare(line: str) -> str:
    """Return a line without the signs around its words, with a `©` before and a `+` or `-` behind them."""
    start, end = 0, len(line)
    while start < end and not (line[start].isalnum() or line[start] in "_©"):
        start += 1
    while end > start and not (line[end - 1].isalnum() or line[end - 1] in "_+-"):
        end -= 1
    return line[start:end]


def _after_signs(line: str, at: int) -> int:
    found = _BETWEEN.match(line, at)
    return found.end() if found else at


def _longest(line: str, at: int, forms: tuple[ResidueForm, ...]) -> tuple[int, ResidueForm] | None:
    if not any_token().match(line, at):
        return None
    near = (form for pattern, some in in_groups(forms) if pattern.match(line, at) for form in some)
    ends = [(found.end(), form) for form in near if (found := form.pattern.match(line, at)) and found.end() > at]
    return max(ends, key=lambda end: (end[0], end[1].strength), default=None)


def _row(line: str) -> tuple[str, Strength] | None:
    """Return kind and strength of a line of buttons, counters and their companions only."""
    at = _after_signs(line, 0)
    tokens: list[ResidueForm] = []
    while at < len(line):
        found = _longest(line, at, IN_COMPANY)
        if found is None:
            return None
        at = _after_signs(line, found[0])
        tokens.append(found[1])
    best = max(tokens, key=lambda form: form.strength, default=None)
    beside = sum(1 for form in tokens if form.strength < Strength.EDGE)
    if best is None or (beside and best.strength < Strength.SURE):
        return None
    if beside and len(tokens) - beside == 1 and best.kind not in _COUNTED:
        return None  # `In 2025` is no button
    return best.kind, best.strength


def _signs(line: str) -> str | None:
    """Return the kind of a line without any word: empty bars and bullets, arrows, stars."""
    if _STARS.fullmatch(line):
        return "rating"
    if not _SIGNS.fullmatch(line):
        return None
    return "pager" if re.search(r"[<>«»›‹]", line) else "share"


def _read(line: str) -> tuple[str, Strength] | None:
    """Return kind and strength of a whole line, None for text."""
    return _read_once(line) if len(line) <= _CACHED else _read_anew(line)


def _read_anew(line: str) -> tuple[str, Strength] | None:
    shown = fold_spaces(clean_letters(line))
    return _read_short(shown) if 0 < len(shown) <= _LONGEST else None


# A text is cleaned until nothing goes, and every page of a portal repeats its menu and its widgets, each of which matches
# hundreds of forms.
_read_once = lru_cache(maxsize=8192)(_read_anew)


def _read_short(shown: str) -> tuple[str, Strength] | None:
    if kind := _signs(shown):
        return kind, Strength.SURE
    folded = fold(shown)
    bare = _bare(folded)
    written = {bare, folded, folded.rstrip(" .:…!?")}
    found: list[ResidueForm] = []
    if any(any_form().fullmatch(form_of_line) for form_of_line in written):
        near = (form for pattern, some in in_groups(FORMS) if any(map(pattern.fullmatch, written)) for form in some)
        found = [form for form in near if any(map(form.pattern.fullmatch, written))]
    found += [form for form in (LOUD if shown.isupper() else PROPER) if form.pattern.fullmatch(shown)]
    if found:
        best = max(found, key=lambda form: form.strength)
        if best.strength > Strength.NEAR:
            return best.kind, best.strength
    if row := _row(folded.rstrip(".… ")):
        return row
    words = bare.split()
    half = len(words) // 2
    if half and words[:half] == words[half:]:
        return _read(" ".join(words[:half]))  # a panel's title and its link text
    return (found[0].kind, Strength.NEAR) if found else None


def _is_label(line: str, labels: frozenset[str]) -> bool:
    return _bare(fold(clean_letters(line))) in labels


def residue_kind(line: str) -> str | None:
    """Return the widget that a whole line belongs to (`visitor counter`, `share` …); None when it could be text."""
    if _is_label(line, _LABELS):
        return "navigation"
    found = _read(line)
    return found[0] if found and found[1] > Strength.NEAR else None


def is_residue(line: str) -> bool:
    """Return whether a whole line is a widget's, judged by itself; `strip_residue` also looks at its place."""
    return residue_kind(line) is not None


def find_residue(lines: Sequence[str], labels: Iterable[str] = ()) -> frozenset[int]:
    """Return the indices of a text's widget lines; blank lines count for nothing.

    A line that only a widget prints goes everywhere. A line that could be a heading (`Đánh giá`, `Hôm nay`) goes next
    to such lines and after the last text, and stays between paragraphs. A line that is a widget's only in company (a
    lone number, a form field's name, an address) goes inside a run of widget lines. Section labels (`labels` of the
    portal, and those known) go only as last lines.
    """
    known = _LABELS | {_bare(fold(label)) for label in labels}
    at = [i for i, line in enumerate(lines) if line.strip()]
    read = [_read(lines[i]) for i in at]
    for i in range(len(at) - 1, 0, -1):
        if _is_label(lines[at[i]], known):
            read[i] = ("navigation", Strength.EDGE)
        elif read[i] is None:
            break
    removed: set[int] = set()
    first = 0
    while first < len(at):
        last = first
        while last < len(at) and read[last] is not None:
            last += 1
        removed.update(
            at[first + i] for i in _widgets_of([r for r in read[first:last] if r], first > 0, last == len(at))
        )
        first = last + 1
    return frozenset(removed)


def strip_residue(lines: Sequence[str], labels: Iterable[str] = ()) -> tuple[list[str], list[str]]:
    """Return the remaining lines, blank ones in place, and those that `find_residue` names, both in order."""
    removed = find_residue(lines, labels)
    return [line for i, line in enumerate(lines) if i not in removed], [lines[i] for i in sorted(removed)]


def _widgets_of(run: Sequence[tuple[str, Strength]], after_text: bool, at_end: bool) -> list[int]:
    """Return the widget lines of a run between two lines of text: the sure ones and those that belong to them."""
    proofs = [i for i, (_, strength) in enumerate(run) if strength is Strength.SURE]
    if at_end and after_text:
        proofs += [i for i, (_, strength) in enumerate(run) if strength is Strength.EDGE]
    if not proofs:
        return []
    first, last = min(proofs), max(proofs)
    while first and (run[first - 1][1] is Strength.EDGE or _belongs(run[: first + 1]) or _alike(run, first)):
        first -= 1
    while last + 1 < len(run) and (run[last + 1][1] is Strength.EDGE or run[last + 1][0] == run[last][0] or at_end):
        last += 1
    return list(range(first, last + 1))


def _alike(run: Sequence[tuple[str, Strength]], at: int) -> bool:
    """Return whether the line before is a lone button of the same widget, as `A` before `A+`; a lone number is none."""
    kind, strength = run[at - 1]
    return kind == run[at][0] == "font size" and strength is Strength.NEAR


def _belongs(run: Sequence[tuple[str, Strength]]) -> bool:
    """Return whether the last line but one is the value under a label: `93` between `Hôm nay:` and `Đã truy cập:`."""
    return len(run) > 2 and run[-3][1] is Strength.EDGE and run[-2][0] in (run[-3][0], run[-1][0])

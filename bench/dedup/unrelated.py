"""Make texts that are another article in much the same words: no near-duplicates.

Figures are moved as a formula's next issue moves them: one old value becomes one new value wherever it stands.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from bench.dedup.copies import Transformation, cut_to
from bench.dedup.sources import Source, words
from replicas.prose.composer import read_stock

_DATE = r"(?P<d>0?[1-9]|[12]\d|3[01])(?P<p>[-/.])(?P<m>0?[1-9]|1[0-2])(?:(?P=p)(?P<y>20\d\d))?(?![\d/.,-]\d)"
_YEAR = r"(?P<year>20\d\d)"
_PLAIN = r"(?P<n>\d+(?:[.,]\d+)*)"
_FIGURE = re.compile(rf"(?<![\w.,/-])(?:{_DATE}|{_YEAR}(?!\d)|{_PLAIN})")
_NAME = re.compile(r"(?<=[^.!?:…\n“\"] )[A-ZĐÀ-Ỵ][\wà-ỹ]*(?: [A-ZĐÀ-Ỵ][\wà-ỹ]*)+")
_OTHER_NAMES: list[str] = read_stock("reprints")["other_names"]


def _figures(text: str) -> int:
    return len({found[0] for found in _FIGURE.finditer(text)})


def _next_issue(rng: random.Random, text: str, share: float, years: int = 0) -> str:
    """Return the text with `share` of its values moved: dates by a week (or by years), other figures by up to two fifths."""
    days = rng.choice((7, 14, 21))
    values = sorted({found[0] for found in _FIGURE.finditer(text)})
    chosen = set(rng.sample(values, max(2, round(share * len(values))))) if len(values) > 1 else set(values)
    new: dict[str, str] = {}

    def moved(found: re.Match[str]) -> str:
        old = found[0]
        if old in chosen and old not in new:
            new[old] = _moved(rng, found, days, years)
        return new.get(old, old)

    return _FIGURE.sub(moved, text)


def _moved(rng: random.Random, found: re.Match[str], days: int, years: int) -> str:
    if found["year"]:
        return str(int(found["year"]) + (years or rng.choice((1, 2))))
    if found["d"] and years and found["y"]:
        return f"{found['d']}{found['p']}{found['m']}{found['p']}{int(found['y']) + years}"
    if found["d"] and not years:
        day, month = int(found["d"]) + days, int(found["m"])
        day, month = (day, month) if day <= 28 else (day - 28 or 1, month % 12 + 1)
        year = f"{found['p']}{found['y']}" if found["y"] else ""
        return f"{day:02d}{found['p']}{month:02d}{year}"
    return _another_number(rng, found[0])


def _another_number(rng: random.Random, old: str) -> str:
    """Return a figure of the same form with another value."""
    while True:
        new = "".join(
            rng.choice("123456789" if place == 0 else "0123456789") if c.isdigit() else c for place, c in enumerate(old)
        )
        if new != old and (new[0] == old[0] or rng.random() < 0.5 or len(old) < 3):
            return new


def _issue(share: float, least: int, years: int = 0) -> Transformation:
    """Return the next issue of a text with at least so many figures."""
    return lambda rng, source, near: (
        _next_issue(rng, source.text, share, years) if _figures(source.text) >= least else None
    )


def _figures_and_names(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Return the same formula for other people in other places: another ward's meeting, another school's prize."""
    names = sorted({found[0] for found in _NAME.finditer(source.text)})
    if len(names) < 3 or _figures(source.text) < 3:
        return None
    new = {name: rng.choice(_OTHER_NAMES) for name in names}
    return _next_issue(rng, _NAME.sub(lambda found: new[found[0]], source.text), 1.0)


_SERIAL = re.compile(
    rf"(?<!\w)(?P<w>ngày|tháng|tuần|quý|kỳ|đợt|số|năm)\s+(?:{_DATE}|{_YEAR}(?!\d)|{_PLAIN})", re.IGNORECASE
)


def _next_notice(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Return the notice of another day: nothing but the first date or running number that it names is another."""
    found = _SERIAL.search(source.text)
    if found is None:
        return None
    old = found[0].split()[-1]
    new = _moved(rng, found, 7, 0)
    return re.sub(rf"(?<![\w.,/-]){re.escape(old)}(?![\w/-]|[.,]\d)", new, source.text)


def _other_place(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Return the same notice of another office or place: one name is another wherever it stands."""
    names = [found[0] for found in _NAME.finditer(source.text)]
    if not names:
        return None
    name = max(names, key=lambda each: (names.count(each), each))
    return source.text.replace(name, rng.choice(_OTHER_NAMES))


def _quotes(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Another author's article on it: a third of this one's words stands among twice as many of the author's own."""
    other = near[0]
    if len(source.body) < 4 or words(other.body) < words(source.body) / 2:
        return None
    quoted = cut_to(rng, rng.sample(source.body, len(source.body)), 0.3, tail=True)
    own = cut_to(rng, other.lines, min(1.0, 2 * words(quoted) / words(other.lines)), tail=True)
    if words(quoted) > 0.4 * min(words(source.lines), words(quoted) + words(own)):
        return None
    return "\n".join([own[0], *rng.sample([*own[1:], *quoted], len(own) - 1 + len(quoted))])


def _half_and_half(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """As many words of another article as of this one: two reports that share a press release's second half."""
    other = near[0]
    if len(source.body) < 4:
        return None
    shared = cut_to(rng, list(reversed(source.body)), 0.45, tail=True)
    own = cut_to(rng, other.lines, min(1.0, words(source.lines) * 0.55 / words(other.lines)), tail=True)
    half = min(words(source.lines), words(own) + words(shared)) / 2
    return "\n".join([*own, *reversed(shared)]) if words(shared) <= half else None


def _round_up(rng: random.Random, source: Source, near: Sequence[Source]) -> str | None:
    """Return the week's news: title and lead of six articles."""
    if words([source.title, source.lead]) > words(source.lines) / 2:
        return None
    told = rng.sample([source, *near[:5]], min(6, 1 + len(near[:5])))
    return "\n".join(
        ["Điểm lại tin tức nổi bật trong tuần", *(line for each in told for line in (each.title, each.lead) if line)]
    )


OTHERS: dict[str, Transformation] = {
    "all figures other": _issue(1.0, 3),
    "half the figures other": _issue(0.5, 6),
    "a year later": _issue(1.0, 3, years=1),
    "other figures and names": _figures_and_names,
    "a third quoted": _quotes,
    "half shared": _half_and_half,
    "round-up": _round_up,
}
"""The classes of other articles by name."""

OTHER_NOTICES: dict[str, Transformation] = {
    "short: the next notice": _next_notice,
    "short: all figures other": _issue(1.0, 1),
    "short: another place": _other_place,
}
"""The same for texts of a title and a paragraph."""

"""Cut the piece of a text that shows why it was found, with the matches marked: pure, and free of any markup.

A snippet is a run of segments; the printer decides how a marked one looks. Words are marked as they stand in the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.search.query import Query, Term
from vietnam.words import Word, folded_words, words

_WORDS = 36
"""Words of a snippet."""
_BEFORE = 6
_MOST_MATCHES = 200  # of one paragraph: a hostile text repeats a word without end
_MOST_LETTERS = 400_000  # of a text: what stands below is found and not shown
_DIFFERENT = 1000  # what a further term counts, beside the same one again
_LEADING = "… "
_TRAILING = " …"


_Match = tuple[int, int, int]  # the term's number, the first word, and the one after the last


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text, and whether it matches the query."""

    text: str
    marked: bool = False


def marks(text: str, query: Query) -> tuple[Segment, ...]:
    """Mark the matches in a whole short text, a title."""
    found = _matches(folded_words(text), query.wanted, query.exact)
    return tuple(_segments(text, 0, len(text), _spans(list(words(text)), found)))


def snippet(paragraphs: Sequence[str], query: Query) -> tuple[Segment, ...]:
    """Return the one stretch of these paragraphs that has most matches; their beginning when none has any.

    White space is one blank in it, and an ellipsis stands where the text goes on. Negative and `title:` terms are not
    marked.
    """
    terms = [term for term in query.wanted if not term.in_title]
    best: tuple[int, int, str, list[_Match]] | None = None
    letters = 0
    for paragraph in (paragraph.strip() for paragraph in paragraphs):
        forms_read = folded_words(paragraph[: _MOST_LETTERS - letters])
        found = _matches(forms_read, terms, query.exact)
        if forms_read and (best is None or found):
            start, score = _window(len(forms_read), found)
            if best is None or score > best[0]:
                best = (score, start, paragraph, found)
        letters += len(paragraph)
        if letters >= _MOST_LETTERS or (best is not None and best[0] >= _DIFFERENT * max(len(terms), 1)):
            break
    return _cut(*best[1:]) if best is not None else ()


def _cut(start: int, paragraph: str, found: Sequence[_Match]) -> tuple[Segment, ...]:
    """Return the stretch of a paragraph from this word on."""
    read = list(words(paragraph[:_MOST_LETTERS]))
    end = min(len(read), start + _WORDS)
    left = 0 if start == 0 else read[start].start
    right = len(paragraph) if end == len(read) else read[end - 1].end
    more = [Segment(_LEADING)] if left else []
    rest = [Segment(_TRAILING)] if right < len(paragraph) else []
    return tuple(more + list(_segments(paragraph, left, right, _spans(read, found))) + rest)


def _matches(read: Sequence[tuple[str, str]], terms: Sequence[Term], exact: bool) -> list[_Match]:
    forms_read = [forms[0 if exact else 1] for forms in read]
    places = defaultdict(list)
    for at, word in enumerate(forms_read):
        places[word].append(at)
    found: list[_Match] = []
    for number, term in enumerate(terms):
        forms = term.forms(exact)
        begins = range(len(forms_read)) if term.prefix and len(forms) == 1 else places.get(forms[0], ())
        found += [(number, at, at + len(forms)) for at in begins if _stands(forms_read, at, forms, term)]
    return sorted(found, key=lambda match: match[1:])[:_MOST_MATCHES]


def _stands(forms_read: Sequence[str], at: int, forms: Sequence[str], term: Term) -> bool:
    last = at + len(forms) - 1
    if last >= len(forms_read):
        return False
    if not (forms_read[last].startswith(forms[-1]) if term.prefix else forms_read[last] == forms[-1]):
        return False
    return all(forms_read[at + i] == forms[i] for i in range(len(forms) - 1))


def _window(length: int, found: Sequence[_Match]) -> tuple[int, int]:
    """Return the first word of the best stretch and its score: different terms first, then matches."""
    best = (0, 0)
    for _, first, _ in found:
        start = max(0, min(first - _BEFORE, length - _WORDS))
        inside = [number for number, at, end in found if at >= start and end <= start + _WORDS]
        score = _DIFFERENT * len(set(inside)) + min(len(inside), _DIFFERENT - 1)
        if score > best[1]:
            best = (start, score)
    return best


def _spans(read: Sequence[Word], found: Sequence[_Match]) -> list[tuple[int, int]]:
    """Return the characters that matches take, overlapping ones as one."""
    spans: list[tuple[int, int]] = []
    for _, first, end in found:
        start, stop = read[first].start, read[end - 1].end
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], stop))
        else:
            spans.append((start, stop))
    return spans


def _segments(text: str, left: int, right: int, spans: Sequence[tuple[int, int]]) -> Iterator[Segment]:
    at = left
    for start, stop in spans:
        start, stop = max(start, left), min(stop, right)
        if start >= stop:
            continue
        if at < start:
            yield Segment(_folded(text[at:start]))
        yield Segment(_folded(text[start:stop]), marked=True)
        at = stop
    if at < right:
        yield Segment(_folded(text[at:right]))


def _folded(text: str) -> str:
    """Replace each run of white space by one blank, also at the ends, where words are joined on."""
    inner = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if inner and text[-1:].isspace() else ''}" or inner

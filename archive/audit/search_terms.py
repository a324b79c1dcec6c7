"""Whether a search finds each text: a word of its title, which stands in all columns, is asked for in all of them.

A text without a row, or whose words went, would be passed over in silence. The title is the line's; where its word does not
find the text, that of the text file itself is asked for. Texts with the same word are asked for at once, and FTS5 and
PostgreSQL look only at the rows of these: it costs little, and does not compare every word of a text.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select

from archive.search.documents import SealedLine, read_paragraphs
from archive.search.engine import SearchIndex
from archive.search.schema import CONTENTS
from vietnam.words import words

__all__ = ["SearchContent", "unfound"]

_AT_ONCE = 500
_FIRST = 3
_Forms = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SearchContent:
    """A content that search lists: its number there, and the line whose text it is."""

    document: int
    one: SealedLine


def unfound(search: SearchIndex, contents: Iterable[SearchContent]) -> list[SearchContent]:
    """Those of these contents that a word of theirs does not find; one whose text cannot be read now is left out."""
    with search.reading() as connection:
        doubtful = _missing(search, connection, [(kept, _words([kept.one.line.title])) for kept in contents])
        told = [(kept, _words(_paragraphs(kept.one))) for kept in doubtful]
        missing = _missing(search, connection, [(kept, words) for kept, words in told if words])
        return [kept for kept in missing if _still_listed(connection, kept)]


def _paragraphs(one: SealedLine) -> list[str]:
    path = one.folder / str(one.line.file)
    return read_paragraphs(path, one.line, lambda path, why: None) or []


def _words(paragraphs: Iterable[str]) -> list[_Forms]:
    """The first words of the title: of the first paragraph that has any."""
    found = ([(word.exact, word.plain) for word in islice(words(text), _FIRST)] for text in paragraphs)
    return next(filter(None, found), [])


def _missing(
    search: SearchIndex, connection: Connection, asked: Sequence[tuple[SearchContent, list[_Forms]]]
) -> list[SearchContent]:
    """Those that their word does not find, and those that have none."""
    common = Counter(word for _, first in asked for word in first)
    groups: dict[_Forms, dict[int, SearchContent]] = defaultdict(dict)
    missing = []
    for kept, first in asked:
        if first:  # of its first words the one that most others have, so that few questions are asked
            groups[max(first, key=lambda word: common[word])][kept.document] = kept
        else:
            missing.append(kept)
    for word, group in groups.items():
        for some in _some(list(group)):
            there = set(connection.execute(search.store.having(*word, some)).scalars())
            missing += [group[number] for number in some if number not in there]
    return missing


def _some(each: Sequence[int]) -> Iterable[Sequence[int]]:
    return (each[start : start + _AT_ONCE] for start in range(0, len(each), _AT_ONCE))


def _still_listed(connection: Connection, kept: SearchContent) -> bool:
    """Somebody may have made everything anew in the meantime."""
    listed = select(CONTENTS.c.content_sha256).where(CONTENTS.c.document == kept.document)
    return connection.execute(listed).scalar() == kept.one.line.content_sha256

"""How a page tells recorded sentences: in its own language where their form is known, with the record's words at hand.

The record's words are one key or touch away: a native disclosure needs no script, stays out of a printed page, and is found
by a browser's own search. What no form fits stands as it was recorded, marked as English.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from archive.web.sentences import Part, Sentences, Source
from archive.web.shown import archived

__all__ = ["Telling"]

_ENGLISH = Markup('<span lang="en">{}</span>')


class Telling:
    """The sentences of one language's pages."""

    def __init__(self, sentences: Sentences, language: str) -> None:
        self._sentences, self._language = sentences, language

    def ours(self, sentence: str) -> Markup:
        """A sentence of this program that no record holds."""
        return self._told(sentence, self._sentences.told(sentence))

    def recorded(self, sentences: Sequence[str]) -> Markup:
        """What a record says: a sentence or several. In Vietnamese they unfold to the record's own words."""
        found = [(sentence, self._sentences.told(sentence)) for sentence in sentences]
        whole = archived("; ".join(sentences))
        if self._language == "en" or not sentences:
            return whole
        if all(parts is None for _, parts in found):
            return _ENGLISH.format(whole)
        told = Markup("; ").join(self._told(sentence, parts) for sentence, parts in found)
        return Markup('<details class="told"><summary>{}</summary><p lang="en">{}</p></details>').format(told, whole)

    def _told(self, sentence: str, parts: tuple[Part, ...] | None) -> Markup:
        if parts is None:
            return archived(sentence) if self._language == "en" else _ENGLISH.format(archived(sentence))
        return Markup("").join(map(_marked, parts))


def _marked(part: Part) -> Markup:
    if part.source is Source.OURS:
        return Markup("{}").format(part.text)
    return _ENGLISH.format(archived(part.text)) if part.source is Source.RECORDED else archived(part.text)

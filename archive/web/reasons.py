"""Reasons as markup of a page: our words plain, others' words isolated, English marked where the page is in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

from archive.messages.catalogue import MessageCatalogue
from archive.messages.reason import Part, Reason, Source, parts
from archive.web.formatting import archived

_ENGLISH = Markup('<span lang="en">{}</span>')


class ReasonMarkup:
    """The reasons of one language's pages."""

    def __init__(self, words: MessageCatalogue) -> None:
        self._words = words

    def one(self, reason: Reason) -> Markup:
        """Return one reason."""
        return Markup("").join(map(self._part, parts(reason, self._words)))

    def all(self, reasons: Iterable[Reason]) -> Markup:
        """Return reasons on one line."""
        return Markup("; ").join(map(self.one, reasons))

    def robots(self, detail: str) -> Markup:
        """Return what a record's host visit says of robots.txt; what follows the first clause stays as recorded."""
        known, semicolon, rest = detail.partition("; ")
        if f"detail.{detail}" in self._words.texts or not semicolon:
            known, semicolon, rest = detail, "", ""
        translated = self._words.texts.get(f"detail.{known}")
        if translated is None:
            return self._part(Part(detail, Source.ENGLISH))
        return escape(translated + semicolon) + (self._part(Part(rest, Source.ENGLISH)) if rest else "")

    def _part(self, part: Part) -> Markup:
        if part.source is Source.OURS:
            return escape(part.text)
        if part.source is Source.ENGLISH and self._words.language != "en":
            return _ENGLISH.format(archived(part.text))
        return archived(part.text)

"""The articles that the labelled pairs are made of: recorded ones of a CSV, or the composed portals' own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from bench.months.recorded_articles import month_articles, paragraphs, read_rows
from replicas.articles import PORTALS, articles
from replicas.records import Kind, plain
from vietnam.letters import fold


@dataclass(frozen=True, slots=True)
class Source:
    """An article as its parts.

    `series` names the report whose issues follow one formula, empty for any other article.
    """

    key: str
    day: date
    title: str
    lead: str
    body: tuple[str, ...]
    signoff: str = ""
    series: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The parts that say something, in the order of a text file."""
        return tuple(line for line in (self.title, self.lead, *self.body, self.signoff) if line)

    @property
    def text(self) -> str:
        """The text as `Document.content` has it."""
        return "\n".join(self.lines)

    @property
    def held_back(self) -> bool:
        """Return whether the article is of the half that no parameter was chosen on: by its key, not by its place in a file."""
        return held_back(self.key)


def held_back(key: str) -> bool:
    """Return whether what a key names is of the half that no parameter was chosen on."""
    return sha256(key.encode()).digest()[0] % 2 == 1


def words(lines: Sequence[str]) -> int:
    """Count the words of the lines."""
    return sum(len(line.split()) for line in lines)


def recorded_sources(path: Path) -> tuple[Source, ...]:
    """Return the articles of the CSV, each once; rows with one slug are one article under several addresses."""
    return tuple(
        Source(article.slug, article.day, article.title, article.lead, paragraphs(article.body))
        for article in month_articles(read_rows(path))
    )


def composed_sources() -> tuple[Source, ...]:
    """Return the composed portals' articles, each text once, those of 40 words and more: what the repository has itself."""
    found: dict[str, Source] = {}
    for portal in PORTALS:
        for article in articles(portal):
            parts = [part for part in article.parts if part.text]
            signed = [plain(part.text) for part in parts if part.kind is Kind.SIGNOFF]
            source = Source(
                key=f"{portal}/{article.key}",
                day=article.published.date(),
                title=plain(article.title),
                lead=plain(article.lead),
                body=tuple(plain(part.text) for part in parts if part.kind is not Kind.SIGNOFF),
                signoff=" ".join(signed),
            )
            if words(source.lines) >= 40:
                found.setdefault(fold(source.title), source)
    return tuple(found.values())

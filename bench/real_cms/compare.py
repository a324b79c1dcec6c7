"""Compare an archive of three nights with what the CMS held: every difference is a finding, and a right crawl has none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from archive.model.enums import FIRST_TEXTS, Event, Verdict
from archive.storage.jsonl import ArticleLine

_CHANGES = (Event.REVISION, Event.REDATED, Event.REREAD)
_TEXTS = (*FIRST_TEXTS, Event.DUPLICATE, *_CHANGES)


@dataclass(frozen=True, slots=True)
class Expected:
    """One article as the CMS held it at one night.

    `url` is the CMS's own address, None while no reader may open it. `sections` are the categories whose lists show it.
    `blocks` are the texts of lead, paragraphs, captions, items and rows in the page's order; `optional` may stand in the
    text and need not.
    """

    number: int
    url: str | None
    title: str
    published: datetime
    author: str | None
    sections: tuple[str, ...]
    blocks: tuple[str, ...]
    optional: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredLine:
    """One line of `articles.jsonl` with the text that it stores, "" where it stores none."""

    line: ArticleLine
    text: str


@dataclass(frozen=True, slots=True)
class NightRecord:
    """One night of a portal: its verdict, the verdict's reasons, its lines, the category that each section walks."""

    verdict: Verdict
    reasons: tuple[str, ...]
    lines: tuple[StoredLine, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: a word of `KINDS` and what it is about."""

    kind: str
    detail: str


KINDS = {
    "lost": "articles that a reader could open and the archive does not hold",
    "stranger": "stored texts that are no article",
    "twice": "articles stored under two keys",
    "section": "articles stored under a section whose list does not show them",
    "title": "wrong titles",
    "minute": "wrong or missing times of publication",
    "author": "wrong or missing authors",
    "text": "texts with blocks missing",
    "residue": "texts with lines that are no text",
    "file": "attachments not named",
    "gone": "`gone` for an article that the CMS shows",
    "kept": "removed articles not noticed by the last night",
    "edit": "edits not stored by the last night",
    "revision": "a new version without an edit",
    "alarm": "nights judged other than good or quiet",
    "score": "a probe's score of 100 beside any finding",
}


@dataclass(slots=True)
class Comparison:
    """Hold the findings of one spider, and how many of the articles of all nights were stored."""

    findings: list[Finding] = field(default_factory=list)
    stored: int = 0
    articles: int = 0

    def add(self, kind: str, detail: str) -> None:
        """Record a difference; `kind` is a word of KINDS."""
        if kind not in KINDS:
            raise ValueError(f"{kind} is no kind of finding")
        self.findings.append(Finding(kind, detail))

    def counts(self) -> dict[str, int]:
        """Return how many findings there are of each kind, in the order of KINDS."""
        found = Counter(one.kind for one in self.findings)
        return {kind: found[kind] for kind in KINDS if found[kind]}


def compare(
    states: Sequence[Sequence[Expected]],
    nights: Sequence[NightRecord],
    sections: Mapping[str, str | None],
    score: int | None = None,
) -> Comparison:
    """Compare the CMS at each night with the nights of the archive.

    Args:
        states: The articles at each night, in the order of the nights.
        nights: What the archive holds of each.
        sections: The category that each of the spider's sections walks; None for a list of all articles. A section that
            is missing here walks a list that is no article's.
        score: The probe's score, where a probe wrote the spider.
    """
    found = Comparison()
    known = _Known(states)
    stored: dict[int, list[tuple[int, StoredLine]]] = {}
    for night, record in enumerate(nights):
        if record.verdict not in (Verdict.GOOD, Verdict.QUIET):
            found.add("alarm", f"{record.verdict}: {'; '.join(record.reasons)}")
        for one in record.lines:
            number = known.number_of(one)
            if number is not None:
                stored.setdefault(number, []).append((night, one))
            elif one.line.event in _TEXTS:
                found.add("stranger", f"{one.line.url} {one.line.title[:50]}")
    for number in sorted(known.numbers):
        _compare_article(
            found, [known.at(night, number) for night in range(len(states))], stored.get(number, []), sections
        )
    if score == 100 and found.findings:
        found.add("score", "the probe gave 100")
    return found


class _Known:
    """The composed articles by address and by title."""

    def __init__(self, states: Sequence[Sequence[Expected]]) -> None:
        self._states = [{one.number: one for one in state} for state in states]
        self.numbers = {number for state in self._states for number in state}
        every = [one for state in states for one in state]
        self._by_url = {address(one.url): one.number for one in every if one.url}
        self._by_title = {folded(one.title): one.number for one in every if one.url}

    def at(self, night: int, number: int) -> Expected | None:
        return self._states[night].get(number)

    def number_of(self, one: StoredLine) -> int | None:
        if one.line.attachment_of is not None:
            return None if one.line.event is Event.ATTACHMENT else -1
        by_url = self._by_url.get(address(one.line.url))
        return by_url if by_url is not None else self._by_title.get(folded(one.line.title))


def _compare_article(
    found: Comparison,
    states: list[Expected | None],
    lines: list[tuple[int, StoredLine]],
    sections: Mapping[str, str | None],
) -> None:
    shown = [night for night, state in enumerate(states) if state is not None and state.url]
    if not shown:
        found.findings += [Finding("stranger", one.line.url) for _, one in lines if one.line.event in _TEXTS]
        return
    found.articles += 1
    first_state = next(state for state in states if state is not None and state.url)
    texts = [(night, one) for night, one in lines if one.line.event in _TEXTS]
    if not texts or texts[0][0] > shown[0]:
        found.add("lost", _why_lost(first_state, lines))
    if not texts:
        return
    found.stored += 1
    if twice := _second_articles(lines):
        found.add("twice", f"{first_state.title[:50]}: {', '.join(twice)}")
    _compare_first(found, states[texts[0][0]] or first_state, texts[0][1], sections)
    _compare_changes(found, states, texts)
    _compare_removal(found, states, lines)


def _second_articles(lines: list[tuple[int, StoredLine]]) -> list[str]:
    """Return the addresses of further articles under other keys, apart from a copy whose address the first one moved to."""
    events = [one.line for _, one in lines]
    first = next(line for line in events if line.event in _TEXTS)
    moved = {address(line.url) for line in events if line.key == first.key and line.event is Event.MOVED_ADDRESS}
    return [
        line.url
        for line in events
        if line.key != first.key
        and line.event in _TEXTS
        and not (line.event is Event.DUPLICATE and address(line.url) in moved)
    ]


def _why_lost(state: Expected, lines: Iterable[tuple[int, StoredLine]]) -> str:
    reasons = [f"{one.line.event} {'; '.join(map(str, one.line.reasons))}" for _, one in lines]
    return f"{state.title[:60]} {urlsplit(state.url or '').path} {reasons[0] if reasons else 'no line'}"


def _compare_first(found: Comparison, state: Expected, one: StoredLine, sections: Mapping[str, str | None]) -> None:
    line = one.line
    if line.section not in sections:
        found.add("section", f"{state.title[:50]}: {line.section} is no list of articles")
    elif (category := sections[line.section]) is not None and category not in state.sections:
        found.add("section", f"{state.title[:50]}: {line.section} for {', '.join(state.sections)}")
    if (line.published or "")[:16] != state.published.isoformat()[:16]:
        found.add(
            "minute",
            f"{state.title[:50]}: {line.published} for {state.published:%Y-%m-%dT%H:%M} ({line.published_raw})",
        )
    if (line.author or None) != state.author:
        found.add("author", f"{state.title[:50]}: {line.author} for {state.author}")
    named = {unquote(urlsplit(attachment.url).path).rpartition("/")[2] for attachment in line.attachments}
    named |= {attachment.name.split()[-1] for attachment in line.attachments if attachment.name.strip()}
    if missing := [name for name in state.files if name not in named]:
        found.add("file", f"{state.title[:50]}: {', '.join(missing)}")
    if line.event is not Event.DUPLICATE:
        _compare_text(found, state, one)


def _compare_text(found: Comparison, state: Expected, one: StoredLine) -> None:
    blocks = [folded(block) for block in one.text.split("\n") if block.strip()]
    if not blocks or blocks[0] != folded(state.title):
        found.add("title", f"{blocks[0] if blocks else ''} for {state.title}")
    rest = blocks[1:]
    if rest and one.line.published_raw and rest[0] == folded(one.line.published_raw):
        del rest[0]
    whole = "\n".join(rest)
    lost = [block for block in state.blocks if folded(block) not in whole]
    if lost:
        found.add("text", f"{state.title[:50]}: {lost[0][:60]!r}")
    allowed = {folded(block) for block in (*state.blocks, *state.optional, state.author or "")}
    more = [block for block in rest if block not in allowed]
    if more:
        found.add("residue", f"{state.title[:50]}: {more[0][:60]!r}")


def _compare_changes(found: Comparison, states: list[Expected | None], texts: list[tuple[int, StoredLine]]) -> None:
    edited = {
        night
        for night, (before, after) in enumerate(pairwise(states), 1)
        if before is not None and after is not None and (before.title, before.blocks) != (after.title, after.blocks)
    }
    changed = {night for night, one in texts if one.line.event in _CHANGES and night > texts[0][0]}
    title = next(state.title for state in states if state is not None)
    for night in sorted(changed - edited):
        what = next(one.line for at, one in texts if at == night and one.line.event in _CHANGES)
        found.add("revision", f"{title[:50]}: {what.event} in night {night + 1} ({', '.join(what.changes)})")
    if any(not any(at >= night for at in changed) for night in edited):
        found.add("edit", title[:60])
    last = texts[-1]
    state = states[last[0]]
    if edited & changed and state is not None and last[1].text:
        _compare_text(found, state, last[1])


def _compare_removal(found: Comparison, states: list[Expected | None], lines: list[tuple[int, StoredLine]]) -> None:
    title = next(state.title for state in states if state is not None)
    gone = [night for night, one in lines if one.line.event is Event.GONE]
    for night in gone:
        if states[night] is not None:
            found.add("gone", f"{title[:50]} in night {night + 1}")
    if states[-1] is None and not gone:
        found.add("kept", title[:60])


def address(url: str) -> str:
    """Return an address without scheme, suffix of its host, fragment and last slash."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{(parts.hostname or '').removesuffix('.replica.test')}{unquote(parts.path).rstrip('/')}{query}"


def folded(text: str) -> str:
    """Return a text in NFC with every run of blanks as one."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()

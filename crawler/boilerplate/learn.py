"""Learn from the archive the lines that a portal repeats: its recent texts, their captures, and rules tried on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import blake2b
from pathlib import Path

from archive.index.reader import Unreadable
from archive.index.rows import EventRow
from archive.messages.reason import Reason
from archive.store import Archive
from crawler.boilerplate.rules import DROP, BoilerplateRule, with_rules
from crawler.sandbox.block_places import LocateBlocks
from pipelines.article import Layout
from pipelines.boilerplate.candidates import BoilerplateCandidate, find_candidates
from pipelines.boilerplate.positions import BlockPosition, locate_blocks, selectors_of
from pipelines.boilerplate.recurring_lines import LEAST, ComparedArticle, recurring
from pipelines.line_shape import shape_of
from pipelines.reread import ExtractionArguments, extraction_arguments
from pipelines.rules_version import rules_version

RECENT = 200  # articles: what a portal printed a year ago is another skin's
LOOKED_AT = 24  # pages that the end of a night reads again, when there is a line to look at
_BYTES = 2_000_000  # of a page that is read again here
_EACH = 4  # pages for one line


@dataclass(frozen=True, slots=True)
class LearningResult:
    """Lines learned of a portal: candidates, compared articles, and the pages that were read again."""

    portal: str
    candidates: tuple[BoilerplateCandidate, ...]
    articles: tuple[EventRow, ...]
    first: date | None
    last: date | None
    pages: tuple[ExtractionArguments, ...]


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """A rule tried on pages: their count, the removed lines of candidate and box, and lines removed by mistake."""

    rule: BoilerplateRule
    pages: int
    lines: int
    others: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """True when it removes the candidate and nothing else."""
        return self.lines > 0 and not self.others


def newest_articles(archive: Archive, portal: str) -> list[EventRow]:
    """Return the events of the articles that are compared, oldest first."""
    with archive.index.reading() as queries:
        latest = queries.events.latest_of_portal(portal, limit=RECENT)
    return [event for event in latest if event.file is not None]


def learning_input(articles: Sequence[EventRow], layouts: tuple[Layout, ...]) -> str:
    """Return the digest of what `learn` finds its candidates from: these articles, the rules, and the program."""
    found = blake2b(rules_version(layouts) + _own_source(), digest_size=16)
    for event in articles:
        found.update(f"{event.id} {event.file} {event.sha256} {event.section} {event.published}\n".encode())
    return found.hexdigest()


@cache
def _own_source() -> bytes:
    return Path(__file__).read_bytes()


def learn(
    archive: Archive,
    portal: str,
    layouts: tuple[Layout, ...],
    pages: int | None = None,
    locate: LocateBlocks = locate_blocks,
) -> LearningResult:
    """Learn the lines that the portal's newest articles repeat, by today's rules.

    All their captures are read again, or at most `pages` of them, those of recurring lines first. A line that today's
    rules remove from the pages that were read counts as settled in the others.
    """
    found = {event.id: event for event in newest_articles(archive, portal)}
    archived = {event.id: text for event in found.values() if (text := _archived(archive, event)) is not None}
    lines = recurring(tuple(archived.values()))
    days = [text.day for text in archived.values()]
    requests: dict[str, ExtractionArguments] = {}
    if lines:
        for name in _worth_reading(lines, list(archived), pages):
            if (request := _request(archive, found[name], layouts)) is not None:
                requests[name] = request
    located = {name: locate(*request) for name, request in requests.items()}
    read = {name: replace(archived[name], blocks=blocks) for name, blocks in located.items() if blocks is not None}
    articles = [read.get(name) or text for name, text in _without_settled(archived, read).items()]
    return LearningResult(
        portal,
        find_candidates(articles) if lines else (),
        tuple(found[name] for name in archived),
        min(days, default=None),
        max(days, default=None),
        tuple(requests.values()),
    )


def _archived(archive: Archive, event: EventRow) -> ComparedArticle | None:
    try:
        paragraphs = archive.captures.content(event)
        fetched = archive.captures.line(event).fetched_at.date()
    except Unreadable:
        return None  # `verify` reports it; the readable articles are enough here
    day = date.fromisoformat(event.published[:10]) if event.published else fetched
    return ComparedArticle(event.id, day, event.section, tuple(BlockPosition(line) for line in paragraphs[1:] if line))


def _request(archive: Archive, event: EventRow, layouts: tuple[Layout, ...]) -> ExtractionArguments | None:
    captures = archive.captures
    try:
        line = captures.line(event)
        capture = captures.served(captures.place(event), event.portal, archive.identity.kind)
        return extraction_arguments(capture, line.url, layouts, line.fetched_at, _BYTES)
    except Unreadable:
        return None


def _worth_reading(lines: dict[str, tuple[str, ...]], archived: Sequence[str], pages: int | None) -> list[str]:
    """Return the articles whose captures to read: all, or a few of each recurring line, then the newest."""
    if pages is None:
        return list(archived)
    commonest = sorted(lines.items(), key=lambda item: (-len(item[1]), item[0]))
    some = [name for _, names in commonest for name in names[:_EACH]]
    return list(dict.fromkeys([*some, *reversed(archived)]))[:pages]


def _without_settled(
    archived: dict[str, ComparedArticle], read: dict[str, ComparedArticle]
) -> dict[str, ComparedArticle]:
    """Remove the lines that today's rules removed from every page in which they stood."""
    remaining: set[str] = set()
    had: set[str] = set()
    for name, article in read.items():
        had |= {shape_of(block.text) for block in archived[name].blocks}
        remaining |= {shape_of(block.text) for block in article.blocks}
    settled = had - remaining
    if not settled:
        return archived
    return {
        name: replace(text, blocks=tuple(block for block in text.blocks if shape_of(block.text) not in settled))
        for name, text in archived.items()
    }


def rule_for(candidate: BoilerplateCandidate, pages: Sequence[ExtractionArguments]) -> RuleTrial:
    """Return the first rule that removes the candidate and nothing else: its box by selector, else its line.

    When none does, the trial of the last one is returned.
    """
    tried = None
    for selector in selectors_of(candidate.box):
        tried = try_rule(BoilerplateRule(DROP, selector), candidate, pages)
        if tried.clean:
            return tried
    line = try_rule(BoilerplateRule(candidate.where.value, candidate.shape), candidate, pages)
    return line if line.clean or tried is None or not tried.lines else tried


def try_rule(rule: BoilerplateRule, candidate: BoilerplateCandidate, pages: Sequence[ExtractionArguments]) -> RuleTrial:
    """Try a rule on pages: the candidate's line may go, and with its box links and the lines the box repeats."""
    read = [locate_blocks(*page) for page in pages]
    often = Counter(shape for blocks in read for shape in {shape_of(block.text) for block in blocks})
    lines, others = 0, []
    for (body, url, layouts, now, declared), before in zip(pages, read, strict=True):
        after = Counter(block.text for block in locate_blocks(body, url, with_rules(layouts, (rule,)), now, declared))
        for block in before:
            shape = shape_of(block.text)
            boxed = candidate.box and block.path and block.path[: len(candidate.box)] == candidate.box
            if after[block.text]:
                after[block.text] -= 1
            elif shape == candidate.shape or (boxed and (block.linked or often[shape] >= LEAST)):
                lines += 1
            else:
                others.append(block.text)
        others += after.elements()  # another container was taken instead: no purpose of a rule
    return RuleTrial(rule, len(pages), lines, tuple(others))


def candidates_note(count: int, portal: str) -> Reason | None:
    """Return the reason for a portal's night with so many candidates; None when there is none."""
    return Reason.of("residue", n=count, portal=portal) if count else None

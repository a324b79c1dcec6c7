"""Hold the archive against what was planted: every plant found on its night under its name, and nothing invented.

Two recorded articles that say the same, or nearly so, are no invention: they are held against each other by a measure of its own, the
share of the shorter text's words that the other one has too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from archive.model.enums import LATE, Event
from archive.storage.jsonl import ArticleLine
from archive.storage.paths import Paths
from bench.months.edits import text_of
from bench.months.plants import OTHER, PORTAL, Plan, Plant
from bench.months.recorded_articles import folded
from bench.runner import runs_of
from replicas.sites.composed import ComposedSite
from testing.run_lines import ReadLines

_Texts = Mapping[tuple[str, str], str]
"""The texts of the sites: portal, key → what it says."""
_ALIKE = 0.6


_FIRST = (Event.NEW, Event.NEAR_DUPLICATE)


_CLAIMS = (Event.REVISION, Event.REDATED, Event.REREAD, Event.GONE, Event.RETURNED, Event.MOVED)


@dataclass(slots=True)
class PlantResult:
    """Count one kind of plants, or one kind of events without a plant."""

    planted: int = 0
    found: int = 0
    missed: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Event:
    night: date
    line: ArticleLine

    @property
    def key(self) -> tuple[str, str]:
        return self.line.portal, self.line.key


def judge_plants(paths: Paths, plan: Plan, sites: Mapping[str, ComposedSite]) -> dict[str, PlantResult]:
    """By kind: how many were planted and found, and what was invented."""
    recorded = [each for portal in (PORTAL, OTHER) for each in _events(paths, portal)]
    kinds: dict[str, PlantResult] = {}
    expected: set[tuple[str, str, Event]] = set()
    for plant in plan.plants:
        kind = kinds.setdefault(plant.kind, PlantResult())
        kind.planted += 1
        wrong = _missed(plant, [each for each in recorded if each.key == (plant.portal, plant.key)], paths)
        if wrong is None:
            kind.found += 1
        else:
            kind.missed.append(f"{plant.portal}/{plant.key}: {wrong}")
        if plant.event is not None:
            expected.add((plant.portal, plant.key, plant.event))
    late = {(plant.portal, plant.key) for plant in plan.plants if plant.kind == "back-dated"}
    texts = {(portal, one.key): folded(text_of(one)) for portal, site in sites.items() for one in site.articles}
    for each in recorded:
        claim = _invented(each, expected, late, texts)
        if claim is not None:
            kinds.setdefault(claim, PlantResult()).invented.append(
                f"{each.night} {each.line.event.value} {each.line.id}"
            )
    return kinds


def _events(paths: Paths, portal: str) -> Iterator[_Event]:
    for night, folder in runs_of(paths, portal):
        for line in ReadLines(folder).articles:
            if line.attachment_of is None:
                yield _Event(night, line)


def _missed(plant: Plant, recorded: Sequence[_Event], paths: Paths) -> str | None:
    """Return what is wrong with the events of a plant; None when nothing is."""
    if plant.event is None:
        claims = [each for each in recorded if each.line.event in _CLAIMS]
        return None if not claims else f"{claims[0].line.event.value} on {claims[0].night}"
    if plant.kind == "two addresses":
        return _twice(plant, recorded, paths)
    events = _FIRST if plant.event is Event.NEW else (plant.event,)
    found = [each for each in recorded if each.line.event in events]
    if plant.event is Event.DUPLICATE and not found:
        return _other_way(plant, recorded, paths)
    if len(found) != 1:
        return f"{len(found)} events {plant.event.value}"
    night, line = found[0].night, found[0].line
    if night != plant.due:
        return f"told on {night} instead of {plant.due}"
    if plant.classes and line.changes != plant.classes:
        return f"changes {', '.join(line.changes)} instead of {', '.join(plant.classes)}"
    return _named(plant, line)


def _named(plant: Plant, line: ArticleLine) -> str | None:
    """Return what the line should name and does not; None when it names all."""
    if plant.kind == "back-dated" and LATE not in line.flags:
        return "not called late"
    if plant.event is Event.DUPLICATE and not (line.duplicate_of or "").startswith(f"{plant.other}@"):
        return f"duplicate of {line.duplicate_of}"
    if plant.event is Event.NEAR_DUPLICATE and not any(near.id.startswith(f"{plant.other}@") for near in line.near):
        return "near to others"
    return None


def _other_way(plant: Plant, recorded: Sequence[_Event], paths: Paths) -> str | None:
    """Of two texts of one night the canonical one is kept: the copy may be the text, and the article its duplicate."""
    portal, _, key = plant.other.partition("/")
    first = [each for each in _events(paths, portal) if each.line.key == key and each.line.event is Event.DUPLICATE]
    if len(first) == 1 and first[0].night == plant.due and recorded and recorded[0].line.event in _FIRST:
        if (first[0].line.duplicate_of or "").startswith(f"{plant.portal}/{plant.key}@"):
            return None
    return f"told {', '.join(each.line.event.value for each in recorded) or 'nothing'}"


def _twice(plant: Plant, recorded: Sequence[_Event], paths: Paths) -> str | None:
    """One article, one text, and both places recorded."""
    if [each.line.event in _FIRST for each in recorded] != [True]:
        return f"told {', '.join(each.line.event.value for each in recorded) or 'nothing'}"
    lists = (page for _, folder in runs_of(paths, plant.portal) for page in ReadLines(folder).pages)
    places = {entry.url for page in lists for entry in page.listed if entry.key == plant.key}
    return None if len(places) == 2 else f"recorded at {len(places)} addresses"


def _invented(
    recorded: _Event, expected: set[tuple[str, str, Event]], late: set[tuple[str, str]], texts: _Texts
) -> str | None:
    """Return the kind of event that was invented; None when it happened, or came by itself."""
    line = recorded.line
    if line.event in _CLAIMS:
        return None if (*recorded.key, line.event) in expected else line.event.value
    if recorded.key not in texts:
        return "stranger"
    if LATE in line.flags and recorded.key not in late:
        return LATE
    text = texts[recorded.key]
    if line.event is Event.DUPLICATE and _text(texts, line.duplicate_of) != text:
        return line.event.value
    return "near" if any(_shared(_text(texts, near.id), text) < _ALIKE for near in line.near) else None


def _text(texts: _Texts, version: str | None) -> str:
    portal, _, key = (version or "").partition("@")[0].partition("/")
    return texts.get((portal, key), "")


def _shared(one: str, other: str) -> float:
    """Return the share of the shorter text's words that the other one has too."""
    first, second = Counter(one.casefold().split()), Counter(other.casefold().split())
    return (first & second).total() / max(1, min(first.total(), second.total()))

"""Plan what is planted into a month: edits of every class, removals, re-posts, twins, near twins, back-dated articles, outages.

Everything is chosen from the articles themselves and the nights that are run, without chance: the same CSV and the same
nights bring the same plants. Each plant names the night and the event that must record it; what falls due after the last
night is not planted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TypeVar

from archive.model.enums import Event
from bench.months.edits import EDITS, Edit, near_twin
from bench.months.recorded_articles import PAGE_SIZE
from crawler.config.run_options import next_lookback
from crawler.spider.stop_rule import next_recheck, next_recheck_of_vanished
from crawler.spiders.da_nang import DaNang as DaNangSpider
from replicas.prose.village_news import past_article
from replicas.records import TZ, Kind, Removal, ReplicaArticle, Revision
from replicas.sites.liferay import DaNang

_T = TypeVar("_T")
PORTAL, OTHER = "da_nang", "bac_giang"
_EARLY = 14  # plants are made of what appears in so many first nights
_PARTS = 4
_PAGES_ABOVE = 3
_TOPICS = ("Tin tức - Sự kiện", "Chính quyền")


@dataclass(frozen=True, slots=True)
class Plant:
    """One planted thing: where, the night and the event that must record it (None: no event may).

    With the classes of its change, and the article that it repeats (`portal/key`). `due` is None where any night from
    `since` on may record it.
    """

    kind: str
    portal: str
    key: str
    since: date
    due: date | None
    event: Event | None
    classes: tuple[str, ...] = ()
    other: str = ""


@dataclass(slots=True)
class Plan:
    """Hold what the sites serve and the plants to look for.

    `extra` are articles that the CSV does not have, with their topics; `elsewhere` those of the other portal; `short` the
    kinds for which the articles or the nights did not suffice.
    """

    nights: Nights
    changed: dict[str, ReplicaArticle] = field(default_factory=dict)
    listed_twice: set[str] = field(default_factory=set)
    extra: list[tuple[ReplicaArticle, str]] = field(default_factory=list)
    elsewhere: list[ReplicaArticle] = field(default_factory=list)
    plants: list[Plant] = field(default_factory=list)
    short: list[str] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        """The slugs of the first portal that say other things than the CSV, or stand where it does not say."""
        # Of two texts of one night either may be the one that is kept.
        same_night = {one.other.partition("/")[2] for one in self.plants if one.other and one.since == one.due}
        return {*self.changed, *self.listed_twice, *(article.slug for article, _ in self.extra), *same_night}


class _NotEnough(Exception):
    """The articles or the nights do not suffice for a plant."""


def _needed(found: _T | None) -> _T:
    if found is None:
        raise _NotEnough
    return found


@dataclass(slots=True)
class _Planter:
    made: Plan
    pool: list[ReplicaArticle]

    def take(self, fits: Callable[[ReplicaArticle], bool] = lambda one: True) -> ReplicaArticle:
        """Return an article that nothing was planted into, the earliest that fits."""
        found = _needed(next((one for one in self.pool if fits(one)), None))
        self.pool.remove(found)
        return found

    def edit(self, kind: str, edit: Edit) -> None:
        one = self.take(lambda article: edit.make(article) is not None)
        stored, edited = _needed(self.made.nights.at(one.day)), _needed(edit.make(one))
        since = stored + timedelta(days=3)
        due = _needed(self.made.nights.recheck(stored, since))
        event = None if edit.classes is None else Event.REVISION
        self.made.plants.append(Plant(f"edit: {kind}", PORTAL, one.slug, since, due, event, edit.classes or ()))
        changed = Revision(since, edited.title, edited.lead, edited.parts)
        self.made.changed[one.slug] = replace(one, revisions=(changed,))

    def removal(self, kind: str, status: int, away: int | None = None) -> None:
        """Taken down the day after it was kept; `away`: back after so many days."""
        one = self.take()
        stored = _needed(self.made.nights.at(one.day))
        since = stored + timedelta(days=1)
        vanished = _needed(self.made.nights.recheck(stored, since))
        removed = _needed(self.made.nights.removed(vanished))
        plants = [Plant(f"removed: {kind}", PORTAL, one.slug, since, removed, Event.GONE)]
        until = since + timedelta(days=away) if away else None
        if until is not None:
            back = _needed(self.made.nights.recheck_of_vanished(vanished, removed, until))
            plants.append(Plant("returned", PORTAL, one.slug, until, back, Event.RETURNED))
        self.made.plants += plants
        self.made.changed[one.slug] = replace(one, removals=(Removal(since, until, status),))

    def short_absence(self, kind: str) -> None:
        """Away for a few days: that removes nothing."""
        one = self.take()
        since = _needed(self.made.nights.at(one.day)) + timedelta(days=1)
        self.made.plants.append(Plant(kind, PORTAL, one.slug, since, None, None))
        self.made.changed[one.slug] = replace(one, removals=(Removal(since, since + timedelta(days=4)),))

    def again(self, kind: str, days: int, event: Event, *, cut: bool = False, portal: str = PORTAL) -> None:
        """Publish the text once more under another key, so many days later: word for word, or cut and signed otherwise."""
        one = self.take(lambda article: sum(part.kind is Kind.PARAGRAPH for part in article.parts) >= 2 * _PARTS)
        # Only the first portal is ever down.
        up = self.made.nights if portal == PORTAL else Nights(self.made.nights.run)
        due = _needed(up.at(one.day + timedelta(days=days)))
        text = near_twin(one, cut=cut) if event is Event.NEAR_DUPLICATE else one
        slug = f"{one.slug[:60]}-{'dang-lai' if event is Event.DUPLICATE else 'trich'}"
        published = one.published + timedelta(days=days, minutes=7)
        made = replace(text, key=slug, slug=slug, published=published)
        if portal == PORTAL:
            self.made.extra.append((made, _TOPICS[days % 2]))
        else:
            self.made.elsewhere.append(replace(made, section="tin_trong_tinh"))
        self.made.plants.append(Plant(kind, portal, slug, one.day, due, event, other=f"{PORTAL}/{one.slug}"))

    def back_dated(self, kind: str, number: int, articles: Sequence[ReplicaArticle]) -> None:
        """Put online with a date of weeks before the first night: the nightly walk ends pages above it."""
        published = datetime.combine(self.made.nights.run[0] - timedelta(days=12 + 5 * number), time(9, 30), TZ)
        above = sorted(one.day for one in articles if one.published > published)
        deep = _needed(next(iter(above[_PAGES_ABOVE * PAGE_SIZE :]), None))
        appears = _needed(self.made.nights.at(max(deep, self.made.nights.run[0]) + timedelta(days=2)))
        due = _needed(next((night for night in self.made.nights.lookbacks if night >= appears), None))
        made = replace(past_article(DaNang, 900 + number, published), appears=appears)
        self.made.extra.append((made, _TOPICS[0]))
        self.made.plants.append(Plant(kind, PORTAL, made.key, appears, due, Event.NEW))

    def two_addresses(self, kind: str) -> None:
        """One article below both `/web` and `/vi/web`, in two lists."""
        one = self.take()
        due = _needed(self.made.nights.at(one.day))
        self.made.listed_twice.add(one.slug)
        self.made.plants.append(Plant(kind, PORTAL, one.slug, one.day, due, Event.NEW))


def plan(articles: Sequence[ReplicaArticle], nights: Nights) -> Plan:
    """Return what is planted into these articles and nights."""
    first = nights.run[0]
    fit = [one for one in articles if first <= one.day <= first + timedelta(days=_EARLY) and one.day in nights.run]
    fit = [one for one in fit if sum(part.kind is Kind.PARAGRAPH for part in one.parts) >= _PARTS and one.lead]
    made = Plan(nights)
    planter = _Planter(made, sorted(fit, key=lambda one: one.published))
    copied, near = (partial(planter.again, event=event) for event in (Event.DUPLICATE, Event.NEAR_DUPLICATE))
    kinds: list[tuple[str, Callable[[str], None]]] = [
        *((kind, partial(planter.edit, edit=edit)) for kind, edit in EDITS.items()),
        ("404", partial(planter.removal, status=404)),
        ("410", partial(planter.removal, status=410)),
        ("soft 404", partial(planter.removal, status=200)),
        ("front page", partial(planter.removal, status=302)),
        ("comes back", partial(planter.removal, status=404, away=25)),
        ("short absence", planter.short_absence),
        ("re-post: another section", partial(copied, days=3)),
        ("re-post: the same night", partial(copied, days=0)),
        ("re-post: another portal", partial(copied, days=2, portal=OTHER)),
        ("re-post: another portal, the same night", partial(copied, days=0, portal=OTHER)),
        ("near twin: cut", partial(near, days=2, cut=True)),
        ("near twin: signed otherwise", partial(near, days=1)),
        ("near twin: another portal", partial(near, days=1, cut=True, portal=OTHER)),
        ("two addresses", planter.two_addresses),
        *(("back-dated", partial(planter.back_dated, number=number, articles=articles)) for number in range(2)),
    ]
    for kind, plant in kinds:
        try:
            plant(kind)
        except _NotEnough:
            made.short.append(kind)
    return made


LOOKBACK_DAYS = 14
"""Days from one look-back to the next in a planted month, so that one falls into it whatever the portal's night is."""


@dataclass(frozen=True, slots=True)
class Nights:
    """The nights that are run. On `refused` ones the portal answers 503, on `empty` ones it finds nothing (404)."""

    run: tuple[date, ...]
    refused: frozenset[date] = frozenset()
    empty: frozenset[date] = frozenset()

    def at(self, day: date) -> date | None:
        """Return the first night from this day on in which the portal answers."""
        down = self.refused | self.empty
        return next((night for night in self.run if night >= day and night not in down), None)

    @property
    def lookbacks(self) -> tuple[date, ...]:
        """The nights in which a look-back begins."""
        found: list[date] = []
        first = self.at(self.run[0])
        while first is not None:
            due = next_lookback(DaNangSpider.name, LOOKBACK_DAYS, first, found[-1] if found else None)
            night = self.at(due)
            if night is None:
                break
            found.append(night)
        return tuple(found)

    def recheck(self, stored: date, since: date) -> date | None:
        """Return the first recheck from `since` on of an article that was stored in the night `kept`."""
        return self._first_recheck(stored, lambda night: next_recheck(stored, night, DaNangSpider.recheck_days), since)

    def removed(self, vanished: date) -> date | None:
        """Return the recheck that calls an article gone, which vanished in the night `vanished`."""
        return self.recheck_of_vanished(vanished, vanished, vanished + timedelta(days=DaNangSpider.gone_after))

    def recheck_of_vanished(self, vanished: date, after: date, least: date) -> date | None:
        """Return the first recheck behind `after`, and from `least` on, of an article that vanished in a night."""
        return self._first_recheck(
            after, lambda night: next_recheck_of_vanished(vanished, night, DaNangSpider.gone_after), least
        )

    def _first_recheck(self, after: date, following: Callable[[date], date | None], least: date) -> date | None:
        night: date | None = after
        while night is not None:
            due = following(night)
            night = self.at(due) if due else None
            if night is not None and night >= least:
                return night
        return None

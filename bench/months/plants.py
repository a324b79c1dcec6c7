"""Plan what is planted into a month: edits of every class, removals, re-posts, twins, near twins, back-dated articles, outages.

Everything is chosen from the articles themselves and the nights that are run, without chance: the same CSV and the same
nights bring the same plants. Each plant names the night and the event that must record it; what falls due after the last
night is not planted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from archive.model.enums import Event
from bench.months.edits import EDITS, Edit, near_twin
from bench.months.recorded_articles import PAGE_SIZE
from crawler.config.run_options import next_lookback
from crawler.spider.stop_rule import next_recheck, next_recheck_of_vanished
from crawler.spiders.da_nang import DaNang as DaNangSpider
from replicas.prose.village_news import past_article
from replicas.records import TZ, Kind, Removal, ReplicaArticle, Revision
from replicas.sites.liferay import DaNang

PORTAL, OTHER = "da_nang", "bac_giang"
_EARLY = 14  # plants are made of what appears in so many first nights
_PARTS = 4
_PAGES_ABOVE = 3
_TOPICS = ("Tin tức - Sự kiện", "Chính quyền")


@dataclass(frozen=True, slots=True)
class Plant:
    """One planted thing: where, the night and the event that must record it (None: no event may), the classes of
    its change, and the article that it repeats (`portal/key`). `due` is None where any night from `since` on may record it."""

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
    """Hold what the sites serve and the plants to look for. `extra` are articles that the CSV does not have, with their topics;
    `elsewhere` those of the other portal; `short` the kinds for which the articles or the nights did not suffice."""

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


@dataclass(slots=True)
class _Planter:
    made: Plan
    pool: list[ReplicaArticle]

    @property
    def nights(self) -> Nights:
        return self.made.nights

    def take(self, fits: Callable[[ReplicaArticle], bool] = lambda one: True) -> ReplicaArticle | None:
        """An article that nothing was planted into, the earliest that fits."""
        found = next((one for one in self.pool if fits(one)), None)
        if found is not None:
            self.pool.remove(found)
        return found

    def plant(self, plant: Plant | None, kind: str) -> bool:
        """Note a plant; without one, that it could not be made."""
        if plant is None:
            self.made.short.append(kind)
            return False
        self.made.plants.append(plant)
        return True

    # one kind each

    def edit(self, kind: str, edit: Edit) -> None:
        one = self.take(lambda article: edit.make(article) is not None)
        stored = self.nights.at(one.day) if one else None
        edited = edit.make(one) if one else None
        since = stored + timedelta(days=3) if stored else None
        due = self.nights.recheck(stored, since) if stored and since else None
        if one is None or since is None or edited is None or due is None:
            self.plant(None, kind)
            return
        event = None if edit.classes is None else Event.REVISION
        self.plant(Plant(f"edit: {kind}", PORTAL, one.slug, since, due, event, edit.classes or ()), kind)
        changed = Revision(since, edited.title, edited.lead, edited.parts)
        self.made.changed[one.slug] = replace(one, revisions=(changed,))

    def removal(self, kind: str, status: int, away: int | None = None) -> None:
        """Taken down the day after it was kept; `away`: back after so many days."""
        one = self.take()
        stored = self.nights.at(one.day) if one else None
        if one is None or stored is None:
            self.plant(None, kind)
            return
        since = stored + timedelta(days=1)
        vanished = self.nights.recheck(stored, since)
        removed = self.nights.removed(vanished) if vanished else None
        until = since + timedelta(days=away) if away else None
        back = self.nights.returned(vanished, removed, until) if until and vanished and removed else None
        if removed is None or (until is not None and back is None):
            self.plant(None, kind)
            return
        self.plant(Plant(f"removed: {kind}", PORTAL, one.slug, since, removed, Event.GONE), kind)
        if until is not None:
            self.plant(Plant("returned", PORTAL, one.slug, until, back, Event.RETURNED), kind)
        self.made.changed[one.slug] = replace(one, removals=(Removal(since, until, status),))

    def short_absence(self) -> None:
        """Away for a few days: that removes nothing."""
        one = self.take()
        stored = self.nights.at(one.day) if one else None
        if one is None or stored is None:
            self.plant(None, "short absence")
            return
        since = stored + timedelta(days=1)
        away = Removal(since, since + timedelta(days=4))
        self.plant(Plant("short absence", PORTAL, one.slug, since, None, None), "short absence")
        self.made.changed[one.slug] = replace(one, removals=(away,))

    def again(self, kind: str, days: int, event: Event, *, cut: bool = False, portal: str = PORTAL) -> None:
        """The text once more under another key, so many days later: word for word, or cut and signed otherwise."""
        one = self.take(lambda article: sum(part.kind is Kind.PARAGRAPH for part in article.parts) >= 2 * _PARTS)
        days_on = one.day + timedelta(days=days) if one else None
        up = self.nights if portal == PORTAL else Nights(self.nights.run)  # only the first portal is ever down
        due = up.at(days_on) if days_on else None
        if one is None or due is None:
            self.plant(None, kind)
            return
        text = near_twin(one, cut=cut) if event is Event.NEAR_DUPLICATE else one
        slug = f"{one.slug[:60]}-{'dang-lai' if event is Event.DUPLICATE else 'trich'}"
        published = one.published + timedelta(days=days, minutes=7)
        made = replace(text, key=slug, slug=slug, published=published)
        if portal == PORTAL:
            self.made.extra.append((made, _TOPICS[days % 2]))
        else:
            self.made.elsewhere.append(replace(made, section="tin_trong_tinh"))
        self.plant(Plant(kind, portal, slug, one.day, due, event, other=f"{PORTAL}/{one.slug}"), kind)

    def back_dated(self, number: int, articles: Sequence[ReplicaArticle]) -> None:
        """Put online with a date of weeks before the first night: the nightly walk ends pages above it."""
        published = datetime.combine(self.nights.run[0] - timedelta(days=12 + 5 * number), time(9, 30), TZ)
        above = sorted(one.day for one in articles if one.published > published)
        deep = above[_PAGES_ABOVE * PAGE_SIZE] if len(above) > _PAGES_ABOVE * PAGE_SIZE else None
        appears = self.nights.at(max(deep, self.nights.run[0]) + timedelta(days=2)) if deep else None
        due = next((night for night in self.nights.lookbacks if appears and night >= appears), None)
        if appears is None or due is None:
            self.plant(None, "back-dated")
            return
        made = replace(past_article(DaNang, 900 + number, published), appears=appears)
        self.made.extra.append((made, _TOPICS[0]))
        self.plant(Plant("back-dated", PORTAL, made.key, appears, due, Event.NEW), "back-dated")

    def two_addresses(self) -> None:
        """One article below both `/web` and `/vi/web`, in two lists."""
        one = self.take()
        if one is None or (due := self.nights.at(one.day)) is None:
            self.plant(None, "two addresses")
            return
        self.made.listed_twice.add(one.slug)
        self.plant(Plant("two addresses", PORTAL, one.slug, one.day, due, Event.NEW), "two addresses")


def plan(articles: Sequence[ReplicaArticle], nights: Nights) -> Plan:
    """Return what is planted into these articles and nights."""
    first = nights.run[0]
    fit = [one for one in articles if first <= one.day <= first + timedelta(days=_EARLY) and one.day in nights.run]
    fit = [one for one in fit if sum(part.kind is Kind.PARAGRAPH for part in one.parts) >= _PARTS and one.lead]
    made = Plan(nights)
    planter = _Planter(made, sorted(fit, key=lambda one: one.published))
    for kind, edit in EDITS.items():
        planter.edit(kind, edit)
    for kind, status in (("404", 404), ("410", 410), ("soft 404", 200), ("front page", 302)):
        planter.removal(kind, status)
    planter.removal("comes back", 404, away=25)
    planter.short_absence()
    planter.again("re-post: another section", 3, Event.DUPLICATE)
    planter.again("re-post: the same night", 0, Event.DUPLICATE)
    planter.again("re-post: another portal", 2, Event.DUPLICATE, portal=OTHER)
    planter.again("re-post: another portal, the same night", 0, Event.DUPLICATE, portal=OTHER)
    planter.again("near twin: cut", 2, Event.NEAR_DUPLICATE, cut=True)
    planter.again("near twin: signed otherwise", 1, Event.NEAR_DUPLICATE)
    planter.again("near twin: another portal", 1, Event.NEAR_DUPLICATE, cut=True, portal=OTHER)
    planter.two_addresses()
    for number in range(2):
        planter.back_dated(number, articles)
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
        """The first night from this day on in which the portal answers."""
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
        night: date | None = stored
        while night is not None:
            due = next_recheck(stored, night, DaNangSpider.recheck_days)
            night = self.at(due) if due else None
            if night is not None and night >= since:
                return night
        return None

    def removed(self, vanished: date) -> date | None:
        """Return the recheck that calls an article gone, which vanished in the night `vanished`."""
        return self._recheck_of_vanished(vanished, vanished, vanished + timedelta(days=DaNangSpider.gone_after))

    def returned(self, vanished: date, gone: date, until: date) -> date | None:
        """Return the recheck that finds it back where it stands again from `until` on."""
        return self._recheck_of_vanished(vanished, gone, until)

    def _recheck_of_vanished(self, vanished: date, after: date, least: date) -> date | None:
        night: date | None = after
        while night is not None:
            night = self.at(next_recheck_of_vanished(vanished, night, DaNangSpider.gone_after))
            if night is not None and night >= least:
                return night
        return None

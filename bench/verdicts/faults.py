"""Plant faults in simulated portals: from its first night on, each changes what a night counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from archive.model.enums import Outcome, WalkEnd
from archive.model.records import SectionWalk
from bench.verdicts.portals import Fault, SimulatedNight, SimulatedPortal
from pipelines.sandbox.crosscheck_stats import Misfit


@dataclass(frozen=True, slots=True)
class PlantedFault:
    """A fault: the change, the code or words of a reason that names it, and the change of the news themselves.

    `shown` returns whether a night could show it at all; `nights` is how long it is waited for; `at_once`: it has to be
    seen in the first night that shows it.
    """

    change: Fault
    words: tuple[str, ...]
    shown: Callable[[SimulatedNight], bool] = lambda night: True
    scale: Callable[[str, int, str], float] = lambda *_: 1.0
    nights: int = 30
    at_once: bool = True


def _has_texts(night: SimulatedNight) -> bool:
    return bool(night.lengths)


def _asked_any(night: SimulatedNight) -> bool:
    return any(night.asked.values())


def _lists(night: SimulatedNight, walk: SectionWalk, only: str | None = None) -> None:
    night.walks.update({name: walk for name in night.walks if only in (None, name)})


def _nothing_read(night: SimulatedNight) -> None:
    night.asked, night.lengths, night.misfits = {}, [], ()
    night.misses = night.identical = night.repeated = night.near = night.set_aside = night.undated = 0


def _outage(portal: SimulatedPortal, night: SimulatedNight) -> None:
    _lists(night, SectionWalk(1, 0, 0, WalkEnd.FAILED))
    _nothing_read(night)
    night.unanswered = True


def _no_links(portal: SimulatedPortal, night: SimulatedNight) -> None:
    _lists(night, SectionWalk(1, 0, 0, WalkEnd.EMPTY))
    _nothing_read(night)


def _some_links(portal: SimulatedPortal, night: SimulatedNight) -> None:
    """Let the selector fit a box of old entries only."""
    night.walks = {
        name: SectionWalk(1, max(1, walk.listed // walk.pages * 2 // 5), 0, WalkEnd.KNOWN)
        for name, walk in night.walks.items()
    }
    _nothing_read(night)


def _one_section(portal: SimulatedPortal, night: SimulatedNight) -> None:
    _lists(night, SectionWalk(1, 0, 0, WalkEnd.EMPTY), chosen(portal))


def _new_articles(portal: SimulatedPortal, night: SimulatedNight) -> None:
    night.misses = night.read


def _body_lost(portal: SimulatedPortal, night: SimulatedNight) -> None:
    """Let the layout fit and lose most of the body; a tenth of the pages is read twice, which shows it."""
    night.lengths = [length * 0.25 for length in night.lengths]
    if night.sampled:
        night.misfits = (Misfit("own", night.sampled, night.sampled, 75),)


def _body_lost_unsampled(portal: SimulatedPortal, night: SimulatedNight) -> None:
    """Do the same where the second reading shows nothing, as when the page itself became short."""
    night.lengths = [length * 0.4 for length in night.lengths]


def _challenge(portal: SimulatedPortal, night: SimulatedNight) -> None:
    _lists(night, SectionWalk(1, 0, 0, WalkEnd.FAILED))
    _nothing_read(night)
    night.failed = dict.fromkeys(list(night.walks)[:1], Outcome.CHALLENGE)


def _every_article(outcome: Outcome) -> Fault:
    def change(portal: SimulatedPortal, night: SimulatedNight) -> None:
        wanted = sum(night.asked.values())
        _nothing_read(night)
        night.asked = {outcome: wanted}

    return change


def _one_page(portal: SimulatedPortal, night: SimulatedNight) -> None:
    """Every article's address answers with one page that looks like an article."""
    wanted = sum(night.asked.values())
    fresh = len(night.lengths)
    _nothing_read(night)
    night.asked = {Outcome.ARTICLE: wanted}
    night.lengths = [800.0] * (1 if fresh else 0)
    night.identical = wanted if wanted > 1 else 0


def _old(portal: SimulatedPortal, night: SimulatedNight) -> None:
    night.lag = 300


def _undated(portal: SimulatedPortal, night: SimulatedNight) -> None:
    night.undated = len(night.lengths)


def _paging(portal: SimulatedPortal, night: SimulatedNight) -> None:
    night.walks = {
        name: replace(walk, pages=2, listed=walk.listed // walk.pages, end=WalkEnd.FIRST_AGAIN,
                      fresh=min(walk.fresh, walk.listed // walk.pages)) if walk.pages > 1 else walk
        for name, walk in night.walks.items()
    }  # fmt: skip


def _nothing(portal: SimulatedPortal, night: SimulatedNight) -> None:
    """Return whether the fault is in the news themselves."""


def chosen(portal: SimulatedPortal) -> str:
    """Return the section that a fault of one section falls on: the second of those with most news, else the only one."""
    ranked = sorted(portal.sections, key=lambda section: -section.share)
    return ranked[min(1, len(ranked) - 1)].name


FAULTS: Mapping[str, PlantedFault] = {
    "total outage": PlantedFault(_outage, ("none of",)),
    "lists redesigned: no links": PlantedFault(_no_links, ("listed 0 articles",)),
    "lists redesigned: a few old links": PlantedFault(_some_links, ("entries were listed where",)),
    "one section redesigned": PlantedFault(_one_section, ("listed 0 articles",)),
    "articles redesigned: no layout fits": PlantedFault(_new_articles, ("fit no layout", "fits no layout"), lambda night: night.read > 0),
    "articles redesigned: body lost": PlantedFault(
        _body_lost, ("layout own misses", "bytes each"), _has_texts, nights=90, at_once=False,
    ),
    "texts shorter, 40 %": PlantedFault(_body_lost_unsampled, ("bytes each",), _has_texts, nights=90, at_once=False),
    "challenge": PlantedFault(_challenge, ("cookie challenge",)),
    "every article a soft 404": PlantedFault(_every_article(Outcome.SOFT_404), ("none could be read",), _asked_any),
    "one page for every article": PlantedFault(
        _one_page, ("text of another", "bytes each"), lambda night: night.read > 1, at_once=False
    ),
    "login wall before articles": PlantedFault(_every_article(Outcome.LOGIN), ("none could be read",), _asked_any),
    "lists stand still": PlantedFault(_nothing, ("nothing new",), scale=lambda *_: 0.0, nights=90, at_once=False),
    "one section dead": PlantedFault(
        _nothing, ("nothing new", "new entries"), scale=lambda which, lasted, name: float(name != which),
        nights=120, at_once=False,
    ),
    "slow decay, half a month": PlantedFault(
        _nothing, ("new entries", "nothing new"), scale=lambda which, lasted, name: 0.5 ** (lasted / 30),
        nights=150, at_once=False,
    ),
    "new articles are old": PlantedFault(_old, ("days old",), _has_texts, nights=90, at_once=False),
    "dates lost": PlantedFault(_undated, ("publication date",), _has_texts, nights=90, at_once=False),
    "paging repeats page 1": PlantedFault(
        _paging,
        ("page 2 repeats", "page 2 is page 1"),
        lambda night: any(walk.end is WalkEnd.FIRST_AGAIN for walk in night.walks.values()),
    ),
}  # fmt: skip
"""Every fault by its name."""

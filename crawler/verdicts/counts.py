"""Hold the counts of one run of a portal, and the findings of the judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from archive.messages.reason import Reason
from archive.model.enums import Outcome, Verdict
from archive.model.records import SectionWalk
from archive.model.run_metrics import Measures
from crawler.listings.witness import WitnessComparison
from pipelines.boilerplate.new_texts import NewTextFacts
from pipelines.sandbox.crosscheck_stats import Misfit

TRANSIENT = frozenset({Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.TRUNCATED, Outcome.MAINTENANCE})
"""Outcomes of a bad moment: what was asked for stays owed and is asked for again next time."""


@dataclass(frozen=True, slots=True)
class NightCounts:
    """Counts of one run of a portal.

    `day` is the last day whose news the night shows (`crawler.verdicts.history.covered_day`). `outcomes` counts every
    line; `of_articles` counts, for each article that was asked for, what its last line said. `new` counts articles that
    brought something to keep, `listed` the entries that the sections showed; of `laid` pages read, `misses` fit no layout;
    `quarantined` articles were set aside, `misfits` are the layouts that lose text on sampled pages.
    `withdrawn` are articles kept before that vanished tonight; `failed` names the outcome of the list page at which a
    section's walk failed; `stopped` says why a crawl did not end by itself. `emptied` are the
    sections whose list says that it is empty. `new_texts` and `witnesses` compare tonight's texts and lists with each other
    and with what the portal states elsewhere.
    """

    day: date
    outcomes: Mapping[Outcome, int]
    of_articles: Mapping[Outcome, int]
    sections: Mapping[str, SectionWalk]
    listed: int
    new: int
    quarantined: int = 0
    misses: int = 0
    laid: int = 0
    withdrawn: int = 0
    misfits: tuple[Misfit, ...] = ()
    failed: Mapping[str, Outcome] = field(default_factory=dict)
    measures: Measures = field(default_factory=Measures)
    stopped: Reason | None = None
    new_texts: NewTextFacts = field(default_factory=NewTextFacts)
    witnesses: tuple[WitnessComparison, ...] = ()
    emptied: frozenset[str] = frozenset()

    @property
    def wanted(self) -> int:
        """The number of articles asked for."""
        return sum(self.of_articles.values())

    @property
    def articles(self) -> int:
        """The number of articles read, doubtful ones included."""
        return self.of_articles.get(Outcome.ARTICLE, 0)

    def count(self, *outcomes: Outcome) -> int:
        """Return the number of these outcomes among the articles asked for."""
        return sum(self.of_articles.get(outcome, 0) for outcome in outcomes)

    def share(self, *outcomes: Outcome) -> float:
        """Return the share of these outcomes among the articles asked for."""
        return self.count(*outcomes) / max(self.wanted, 1)


@dataclass(frozen=True, slots=True)
class VerdictFinding:
    """One finding: the verdict it asks for (None: worth reporting, no bad night), its reason and its weight.

    The reason says what, how many, what was usual and what to do. Of one verdict, the heaviest finding comes first.
    `subject` tells findings of one kind apart, so that what still stands can be reported less often than what is new.
    """

    verdict: Verdict | None
    reason: Reason
    weight: float = 0.0
    subject: str = ""

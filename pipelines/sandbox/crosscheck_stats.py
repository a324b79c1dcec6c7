"""Count the cross-checks of a night's sample and find the layouts that no longer fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

_EVERY = 10  # of so many articles one is sampled
_DISAGREES = 0.3  # share of the whole page's prose that a layout may lack
_LEAST = 160  # letters of prose below which a page says nothing against a layout
_LACKS, _SOME = 0.05, 30  # share and letters that make a small loss
_SEVERAL, _NEARLY_ALL = 4, 0.8  # sampled pages from which small losses count, and the share of them that has one


@dataclass(frozen=True, slots=True)
class Crosscheck:
    """One page read twice, in letters of prose.

    `text` is the layout's and `confirmed` the part of it that trafilatura found too. `whole` is trafilatura's and
    `missed` the part of it that the layout lacks; `first` is the first missed sentence, `missing` the letters of all.
    """

    layout: str
    text: int
    confirmed: int
    whole: int
    missed: int
    first: str = ""
    missing: tuple[str, ...] = ()

    @property
    def lacks(self) -> bool:
        """True when the layout lacks something of the size of a lead; a single page proves nothing."""
        return self.missed >= _SOME and self.missed >= _LACKS * self.whole

    @property
    def disagrees(self) -> bool:
        """True when the layout lacks so much that it is wrong on this page."""
        return self.missed >= _LEAST and self.missed >= _DISAGREES * self.whole


@dataclass(frozen=True, slots=True)
class Misfit:
    """A layout that lost text: on `lacking` of `pages` sampled ones, there `percent` of the whole page's prose."""

    layout: str
    pages: int
    lacking: int
    percent: int


def without_frame(checks: Sequence[Crosscheck]) -> list[Crosscheck]:
    """Return the checks of a night without the sentences that several pages lack: they are frame, and no article's."""
    pages = Counter(sentence for check in checks for sentence in set(check.missing))
    found = []
    for check in checks:
        own = tuple(sentence for sentence in check.missing if pages[sentence] == 1)
        frame = sum(map(len, check.missing)) - sum(map(len, own))
        found.append(replace(check, whole=check.whole - frame, missed=check.missed - frame, missing=own))
    return found


def nightly_draw(key: str, night: date) -> int:
    """Return the number by which an article belongs to a night's samples.

    Samples of one in n take the multiples of n: one in twenty is half of one in ten, and every night has others.
    """
    return int.from_bytes(sha256(f"{night} {key}".encode()).digest()[:4], "big")


def is_sampled(key: str, night: date) -> bool:
    """Return whether an article's page is cross-checked in a night: one in ten."""
    return nightly_draw(key, night) % _EVERY == 0


def crosscheck_counts(check: Crosscheck) -> dict[str, int]:
    """Return the extraction counts that one check adds to the run's record; `misfits` reads them back."""
    own = f"crosscheck {check.layout}"
    counts = {"crosscheck pages": 1, f"{own} pages": 1}
    if check.lacks:
        counts |= {f"{own} lacking": 1, f"{own} whole": check.whole, f"{own} missed": check.missed}
    if check.disagrees:
        counts |= {"crosscheck disagree": 1, f"{own} disagree": 1}
    return counts


def misfits(counts: Mapping[str, int]) -> tuple[Misfit, ...]:
    """Return the layouts that are wrong on a third of their sampled pages, or lack a little on nearly all of them.

    The worst comes first.
    """
    found = []
    for name, lacking in counts.items():
        own = name.removesuffix(" lacking")
        if own == name or not own.startswith("crosscheck "):
            continue
        pages, wrong = counts.get(f"{own} pages", 0), counts.get(f"{own} disagree", 0)
        if 3 * wrong >= pages or (pages >= _SEVERAL and lacking >= _NEARLY_ALL * pages):
            percent = round(100 * counts.get(f"{own} missed", 0) / max(counts.get(f"{own} whole", 0), 1))
            found.append(Misfit(own.removeprefix("crosscheck "), pages, lacking, percent))
    return tuple(sorted(found, key=lambda misfit: (-misfit.percent, misfit.layout)))

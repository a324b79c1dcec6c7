"""Compare two sequences as difflib does, up to a number of steps that does not depend on the machine.

difflib looks for the longest common run, then again on both sides of it. Where few elements repeat often, each look is
over nearly all pairs of equal elements, and there are as many looks as runs: the work is cubic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import Literal

MOST_STEPS = 4_000_000
"""The steps of comparing two texts, a second or two."""


Operation = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]
"""One of difflib's operations: what becomes of a range of the old sequence, and of the new one."""


class TooCostly(Exception):
    """A comparison takes more steps than it may."""


@dataclass(slots=True)
class StepBudget:
    """Count down the steps that the comparisons of two texts may still take."""

    left: int = MOST_STEPS


class BoundedMatcher(SequenceMatcher[str]):
    """A `difflib.SequenceMatcher` without its guess of junk that spends the steps of a budget.

    Its methods raise TooCostly where none are left; the budget is spent then.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str], budget: StepBudget) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._budget = budget
        # A look visits each element of the old sequence, and every equal one of the new.
        equal = Counter(new)
        self._steps = [0, *accumulate(1 + equal[each] for each in old)]

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """Return the longest common run of a range, as difflib does. Raises TooCostly."""
        self._budget.left -= self._steps[-1 if ahi is None else ahi] - self._steps[alo]
        if self._budget.left < 0:
            raise TooCostly
        return super().find_longest_match(alo, ahi, blo, bhi)

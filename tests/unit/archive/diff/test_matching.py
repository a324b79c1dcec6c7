"""Compare as difflib does, and give up alike on every machine where that has no bounded cost."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.diff.alignment import pairs
from archive.diff.classify import Change, changes
from archive.diff.matching import MOST_STEPS, BoundedMatcher, StepBudget, TooCostly
from archive.diff.words import diff_paragraphs

WORDS = st.lists(st.sampled_from("abc"), max_size=30)


@given(WORDS, WORDS)
def test_within_its_budget_it_is_difflib(old: list[str], new: list[str]) -> None:
    plain = difflib.SequenceMatcher(None, old, new, autojunk=False)
    bounded = BoundedMatcher(old, new, StepBudget())
    assert bounded.get_opcodes() == plain.get_opcodes()
    assert bounded.ratio() == plain.ratio()


def test_a_spent_budget_ends_every_further_comparison() -> None:
    budget = StepBudget(100)
    with pytest.raises(TooCostly):
        BoundedMatcher(["a"] * 50, ["a"] * 50, budget).get_opcodes()
    with pytest.raises(TooCostly):
        BoundedMatcher(["a"], ["b"], budget).get_opcodes()


@pytest.mark.parametrize("unit", ["xã-", "xã, ", "(xã "])
def test_a_text_of_few_words_costs_no_more_than_the_budget(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[StepBudget] = []
    begin = StepBudget.__init__

    def counted(self: StepBudget, left: int = MOST_STEPS // 20) -> None:
        begin(self, left)
        spent.append(self)

    monkeypatch.setattr(StepBudget, "__init__", counted)
    old = unit * 300
    assert changes(old, old[::2]).classes
    assert len(diff_paragraphs(old.split("\n"), old[::2].split("\n"))) >= 1
    assert len(spent) <= 4
    assert min(budget.left for budget in spent) < 0


def test_paragraphs_that_cannot_be_matched_keep_their_common_beginning_and_end() -> None:
    same = ["Xã họp."] * 3000
    found = pairs(["Đầu bài", *same, "a", *same[:500], "Hết"], ["Đầu bài", *same, "b", *same[:400], "Hết"])
    assert found[0].old == found[0].new == ("Đầu bài",)
    assert found[-1].old == found[-1].new == ("Hết",)
    assert sum(len(pair.old) for pair in found) == 3503
    assert sum(len(pair.new) for pair in found) == 3403


def test_a_change_in_a_costly_text_is_still_a_change() -> None:
    old = "Tiêu đề\n" + "xã, " * 3000
    assert Change.WORDING in changes(old, old + "huyện").classes

"""A night over the same articles and rules takes an earlier night's count of repeated lines; any other looks again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from crawler.boilerplate import learn
from crawler.run import portal_run
from pipelines.article import Layout

LAYOUT = Layout("a", fits="div", title=("h1",), published=("time",), body=("div",))
ARTICLE: Any = SimpleNamespace(id="a/1", file="a.txt", sha256="00", section="tin", published="2026-03-02")


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the portals that are looked into; each has three candidates."""
    portals: list[str] = []

    def look(archive: object, portal: str, layouts: object, pages: int, locate: object) -> SimpleNamespace:
        portals.append(portal)
        return SimpleNamespace(candidates=("x", "y", "z"))

    monkeypatch.setattr(portal_run, "learn", look)
    monkeypatch.setattr(portal_run, "newest_articles", lambda archive, portal: [ARTICLE])
    return portals


def count(*runs: Any) -> tuple[int, str]:
    writer: Any = SimpleNamespace(portal="a", commit=lambda: None)
    spider: Any = SimpleNamespace(read_with=lambda: (LAYOUT,))
    archive: Any = None
    return portal_run._residue(archive, writer, spider, runs)


def run(looked_into: str, suspects: int) -> SimpleNamespace:
    return SimpleNamespace(
        software={"residue": looked_into}, extraction={"residue suspects": suspects} if suspects else {}
    )


def test_the_count_of_the_same_articles_and_rules_is_taken_over(looked: list[str]) -> None:
    first, looked_into = count()
    assert (first, looked) == (3, ["a"])
    assert count(run("another", 9), run(looked_into, 2)) == (2, looked_into)
    assert count(run(looked_into, 0)) == (0, looked_into)
    assert looked == ["a"]


def test_other_articles_or_rules_are_looked_into_again(looked: list[str]) -> None:
    _, looked_into = count()
    assert count(run("another", 2)) == (3, looked_into)
    assert len(looked) == 2
    named: Any = SimpleNamespace(**{**vars(ARTICLE), "id": "a/2"})
    other = Layout("a", fits="div", title=("h1",), published=("time",), body=("div",), after=("lượt đọc: #",))
    digests = [
        learn.learning_input(*each) for each in (([ARTICLE], (LAYOUT,)), ([named], (LAYOUT,)), ([ARTICLE], (other,)))
    ]
    assert digests[0] == looked_into
    assert len(set(digests)) == 3


def test_a_failure_costs_no_night_and_is_not_taken_over(looked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_run, "newest_articles", lambda archive, portal: 1 / 0)
    assert count() == (0, "")

"""Portals built by hand, which share nothing with the replicas: what the probe makes of each, read to its end in memory."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from bench.probe.__main__ import judge_articles, truth_of
from bench.probe.handmade import DRAWN, KINDS, HandmadePortal, truth_blocks
from bench.probe.machine import FAULTS, MachineSide
from bench.probe.walk import WalkResult, walk_site

SAID = {  # what cannot be had without a script or a changed rule is reported, never passed over
    "dates on the list alone": "a date beside the title: found on 0",
    "page links that only a script knows": "paging:",
}


@cache
def probed(kind: str, seed: int) -> tuple[HandmadePortal, WalkResult]:
    site = HandmadePortal(kind, seed, f"la{seed}.mau.vn")
    return site, walk_site(site, "la")


READ = (  # the others are read by `python -m bench.probe`
    "nested tables without names",
    "definition lists",
    "sections in the footer alone",
    "sections in a drop-down box",
    "a list that grows by a JSON button",
    "a list that grows by a POST form",
    "a button that brings pieces of HTML",
    "articles that are a PDF",
    "an English twin, a base and a wrong canonical",
    "windows-1258",
    "lists with a head of their own",
    "sections built in different ways",
)


def test_every_kind_has_a_name_that_is_known() -> None:
    assert {*READ, *SAID} <= set(KINDS)


@pytest.mark.parametrize("kind", READ)
def test_the_spider_that_was_written_reads_the_portal_unedited(kind: str) -> None:
    site, seen = probed(kind, 4)
    truth = [truth_of(article, truth_blocks(site, article)) for article in site.shown]
    right, wrong = judge_articles(truth, seen.texts)
    assert right >= 0.95 * len(truth), (wrong[:5], seen.undecided)
    assert seen.requests <= 30


@pytest.mark.parametrize("kind", sorted(SAID))
def test_what_is_missing_is_reported(kind: str) -> None:
    _, seen = probed(kind, 5)
    assert any(SAID[kind] in line for line in seen.undecided), seen.undecided
    assert seen.score != 100
    assert seen.mean < 100


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_portal_with_a_fault_that_the_rules_do_not_see_has_no_full_score(fault: str) -> None:
    sides = MachineSide("full", sitemap=True, metadata=True)
    site = HandmadePortal(DRAWN, 3, "la3.mau.vn", replace(sides, fault=fault))
    seen = walk_site(site, "la")
    assert seen.written
    assert seen.score != 100, (seen.undecided, seen.unchecked)


def test_a_sound_portal_is_only_praised_for_what_its_software_confirms() -> None:
    sides = MachineSide("full", sitemap=True, metadata=True)
    seen = walk_site(HandmadePortal(DRAWN, 3, "la3.mau.vn", sides), "la")
    assert (seen.score, seen.undecided, seen.unchecked) == (100, [], [])
    silent = walk_site(HandmadePortal(DRAWN, 3, "la3.mau.vn"), "la")
    assert (silent.score, silent.mean, silent.undecided) == (None, 100, [])
    assert len(silent.unchecked) == 3

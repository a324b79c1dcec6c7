"""A block that every list page repeats is furniture, and a section of which nothing else is left is empty."""

from __future__ import annotations

import pytest

from crawler.listings.furniture import Furniture
from crawler.listings.listing import Entry, Listing


def page(*keys: str) -> Listing:
    return Listing(tuple(Entry(f"https://go-sim.replica.test/{key}.html", key) for key in keys), "/trang-2")


def walk(pages: dict[str, Listing]) -> dict[str, list[str]]:
    furniture = Furniture()
    return {name: [entry.key for entry in furniture.without(name, 1, each).entries] for name, each in pages.items()}


@pytest.mark.parametrize(
    ("pages", "last"),
    [
        # a side column of most read articles; the last section was emptied
        ({"a": page("a1", "x", "y"), "b": page("b1", "x", "y"), "c": page("c1", "y", "x"), "d": page("x", "y")}, []),
        # a banner above the list, in another order each time; the last section has one article
        ({"a": page("x", "a1", "a2"), "b": page("x", "b1"), "c": page("b1", "x"), "d": page("x", "d1")}, ["d1"]),
        # a foot of newest articles, among them the section's own
        ({"a": page("a1", "d1"), "b": page("b1", "d1"), "c": page("c1", "d1"), "d": page("d2", "d1")}, ["d2"]),
    ],
)
def test_what_all_sections_repeat_is_dropped(pages: dict[str, Listing], last: list[str]) -> None:
    assert walk(pages)["d"] == last


def test_three_sections_say_nothing() -> None:
    """A parent's list repeats what its two children show."""
    assert walk({"a": page("b1", "c1"), "b": page("b1", "c1"), "c": page("c1", "b1")})["c"] == ["c1", "b1"]


def test_sections_that_are_all_the_same_stay() -> None:
    assert walk({name: page("x", "y") for name in "abcd"})["d"] == ["x", "y"]


def test_an_empty_section_is_no_witness() -> None:
    assert walk({"a": page("a1", "x"), "b": page(), "c": page("x"), "d": page("d1", "x")})["d"] == ["d1", "x"]


def test_a_later_page_is_cleaned_too_and_still_leads_on() -> None:
    furniture = Furniture()
    for name in "abcd":
        furniture.without(name, 1, page(f"{name}1", "x"))

    later = furniture.without("a", 2, page("a2", "x"))
    assert ([entry.key for entry in later.entries], later.next) == (["a2"], "/trang-2")

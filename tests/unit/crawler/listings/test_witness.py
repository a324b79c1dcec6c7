"""Read what the portal says of its lists elsewhere: the feed that all of them link, and what a witness names."""

from __future__ import annotations

from datetime import date

import pytest

from crawler.listings.listing import Entry
from crawler.listings.witness import Witness, WitnessComparison, compare, linked_feeds, of_days, shared_feed

# Three portals' list pages, two lists each: what links the feeds differs in everything but its meaning.
COMMENTS_BESIDE = [
    '<link rel="alternate" type="application/rss+xml" title="Xã Đồi Chè" href="https://doi-che.replica.test/feed/" />'
    f'<link rel="alternate" type="application/rss+xml" title="{name}" href="https://doi-che.replica.test/{name}/feed/" />'
    '<link rel="alternate" type="application/rss+xml" href="https://doi-che.replica.test/comments/feed/" />'
    '<link rel="alternate" type="application/json" href="https://doi-che.replica.test/wp-json/" />'
    for name in ("y-te", "van-hoa")
]
EVERY_SECTION = ["<link href='/rss/' rel='alternate' type='application/rss+xml'>" + "".join(
    f"<link href='/rss/{name}/' rel='alternate' type='application/rss+xml'>" for name in ("y-te", "van-hoa", "thong-bao")
)] * 2  # fmt: skip
UNQUOTED = [
    "<LINK REL='home alternate' TYPE=application/atom+xml HREF=tin-moi.atom?ngon-ngu=vi&amp;so=50>"
    "<link rel=stylesheet href=tin.css>"
] * 2


@pytest.mark.parametrize(
    ("pages", "feed"),
    [
        pytest.param(COMMENTS_BESIDE, "https://doi-che.replica.test/feed/", id="the comments' feed beside it"),
        pytest.param(EVERY_SECTION, "https://doi-che.replica.test/rss/", id="every list links every section's feed"),
        pytest.param(UNQUOTED, "https://doi-che.replica.test/tin-moi.atom?ngon-ngu=vi&so=50", id="without quotes"),
    ],
)
def test_the_feed_of_the_whole_portal(pages: list[str], feed: str) -> None:
    linked = [linked_feeds("https://doi-che.replica.test/", page) for page in pages]
    assert shared_feed(linked) == feed


@pytest.mark.parametrize(
    "linked",
    [
        pytest.param([], id="no list"),
        pytest.param([(), ()], id="no feed"),
        pytest.param([("/y-te.rss",), ("/van-hoa.rss",)], id="each list links its own"),
        pytest.param([("/feed/",), ()], id="one list links none"),
    ],
)
def test_no_feed_of_the_whole_portal(linked: list[tuple[str, ...]]) -> None:
    assert shared_feed(linked) is None


def test_only_entries_that_the_lists_should_have_shown_are_compared() -> None:
    days = [None, date(2025, 1, 31), date(2025, 2, 1), date(2025, 3, 2), date(2025, 3, 3)]
    entries = [Entry(f"https://doi-che.replica.test/{at}", str(at), day=day) for at, day in enumerate(days)]
    judged = of_days(entries, date(2025, 2, 1), date(2025, 3, 3))
    assert [entry.key for entry in judged] == ["2", "3"]
    feed = Witness("https://doi-che.replica.test/tin.rss")
    assert compare(feed, judged, {"3", "9"}) == WitnessComparison(feed, 2, 1, "https://doi-che.replica.test/3")
    assert compare(feed, judged, set()) == WitnessComparison(feed, 2, 0)

"""A broken address on a page is no error anywhere."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.listings.feeds import read_sitemap
from crawler.spiders.dong_nai import DongNai
from crawler.urls import is_homepage, with_parameter
from pipelines.html.addresses import join_address, split_address
from vietnam.date_forms import TZ

NOW = datetime(2026, 3, 17, tzinfo=TZ)
BROKEN = "http://[::1/tin/a.html"


@pytest.mark.parametrize("address", [BROKEN, "http://[/", "//[x", "http://a]b/"])
def test_a_broken_address_has_no_parts(address: str) -> None:
    assert split_address(address).path == split_address(address).netloc == ""
    assert join_address("https://a.vn/b", address) == "https://a.vn/b"
    assert not is_homepage(address)
    with_parameter(address, "page", "2")


def test_a_whole_address_is_split_and_joined_as_ever() -> None:
    assert split_address("https://a.vn/b?c=d")[:4] == ("https", "a.vn", "/b", "c=d")
    assert join_address("https://a.vn/b/c", "../d") == "https://a.vn/d"


def test_a_sitemap_with_a_broken_address_gives_the_others() -> None:
    body = f"{BROKEN}\nhttps://a.vn/tin/b.html\n".encode()
    listing = read_sitemap("https://a.vn/sitemap.txt", body, lambda url: url.rpartition("/")[2], NOW)
    assert [entry.key for entry in listing.entries] == ["b.html"]


def test_a_nukeviet_address_that_is_none_has_no_key() -> None:
    assert DongNai.entry_key(BROKEN) is None

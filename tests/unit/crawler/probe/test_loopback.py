"""A copy on loopback links itself as its original does: its addresses are taken for the rehearsal's."""

from __future__ import annotations

import pytest

from crawler.probe.spider import with_suffix

HOSTS = frozenset({"xamo.mau.vn", "www.xamo.mau.vn"})


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ('<a href="https://xamo.mau.vn/tin/1.html">', '<a href="https://xamo.mau.vn.replica.test/tin/1.html">'),
        ("<a href='//www.xamo.mau.vn'>", "<a href='//www.xamo.mau.vn.replica.test'>"),
        ('{"link":"http:\\/\\/XaMo.mau.vn\\/tin"}', '{"link":"http:\\/\\/XaMo.mau.vn.replica.test\\/tin"}'),
        ("https://xamo.mau.vn?p=3", "https://xamo.mau.vn.replica.test?p=3"),
    ],
)
def test_addresses_of_the_original_get_the_suffix(written: str, taken: str) -> None:
    assert with_suffix(written.encode(), HOSTS).decode() == taken


@pytest.mark.parametrize(
    "text",
    [
        "https://xamo.mau.vn.replica.test/tin",
        "https://sub.xamo.mau.vn/tin",
        "https://xamo.mau.vnexpress.net/",
        "lienhe@xamo.mau.vn, xem xamo.mau.vn/tin",
        "https://xamo.mau.vn-cu.net/",
    ],
)
def test_other_addresses_and_words_stay(text: str) -> None:
    assert with_suffix(text.encode(), HOSTS).decode() == text

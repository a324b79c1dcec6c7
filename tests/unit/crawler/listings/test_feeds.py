"""Feeds and sitemaps: articles with their days, and a loud no to what cannot be trusted."""

from __future__ import annotations

import gzip
from datetime import date, datetime, time

import pytest

from crawler.listings.feeds import read_feed, read_sitemap
from crawler.listings.listing import Entry, ListingError
from crawler.spiders.bao_chinh_phu import BaoChinhPhu
from vietnam.date_forms import TZ
from vietnam.dates import Moment

NOW = datetime(2026, 3, 6, 23, 59, tzinfo=TZ)
URL = "https://baochinhphu.vn/chinh-sach-va-cuoc-song/chinh-sach-moi.rss"
ADDRESS = "https://baochinhphu.vn/ke-de-102260305092012481.htm"
OTHER = "https://baochinhphu.vn/mo-kho-102260304091448508.htm"


def rss(items: str) -> bytes:
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def item(link: str, title: str = "Kè đê", published: str = "Thu, 05 Mar 2026 15:34:00 +0700") -> str:
    return f"<item><title><![CDATA[  {title} ]]></title><link>{link}</link><pubDate>{published}</pubDate></item>"


def test_rss_entries_in_order_each_once() -> None:
    body = rss(item(ADDRESS) + item(ADDRESS + "?utm_source=rss") + item("/chinh-tri.htm") + item(OTHER, "Mở kho"))
    assert read_feed(URL, body, BaoChinhPhu.article_key, NOW).entries == (
        Entry(ADDRESS, "102260305092012481", "Kè đê", date(2026, 3, 5)),
        Entry(OTHER, "102260304091448508", "Mở kho", date(2026, 3, 5)),
    )


def test_atom_takes_the_alternate_link() -> None:
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title>Kè đê</title>
      <link rel="self" href="{OTHER}"/><link href="{ADDRESS}"/><updated>2026-03-06T01:00:00Z</updated>
      <published>2026-03-05T15:34:00+07:00</published></entry></feed>""".encode()
    listing = read_feed(URL, body, BaoChinhPhu.article_key, NOW)
    changed = Moment(date(2026, 3, 6), time(8, 0))
    assert listing.entries == (Entry(ADDRESS, "102260305092012481", "Kè đê", date(2026, 3, 5), modified=changed),)


def test_a_guid_that_is_an_address_stands_in_for_the_link() -> None:
    body = rss(f"<item><title>Kè đê</title><guid>{ADDRESS}</guid></item><item><guid>news_12</guid></item>")
    assert [entry.url for entry in read_feed(URL, body, BaoChinhPhu.article_key, NOW).entries] == [ADDRESS]


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("Tue, 03 Feb 2026 15:02:10 +0700", date(2026, 2, 3)),  # the month in the place of the minutes
        ("Wed, 04 Mar 2026 20:30:00 UTC", date(2026, 3, 5)),
        ("Sat, 07 Mar 2026 08:00:00 +0700", None),  # after the fetch
        ("0000-00-00", None),
        ("", None),
    ],
)
def test_days_of_a_feed(published: str, day: date | None) -> None:
    (entry,) = read_feed(URL, rss(item(ADDRESS, published=published)), BaoChinhPhu.article_key, NOW).entries
    assert entry.day == day


BOMB = "".join(f'<!ENTITY a{n} "&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};">' for n in range(1, 30))
REJECTED = [
    pytest.param(
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">{BOMB}]><rss><item><title>&a29;</title></item></rss>'.encode(),
        "it brings a document type",
        id="billion laughs",
    ),
    pytest.param(
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><item><title>&x;</title></item></rss>',
        "it brings a document type",
        id="external entity",
    ),
    pytest.param(
        '<!DOCTYPE r [<!ENTITY x "y">]><rss><item><title>&x;</title></item></rss>'.encode("utf-16"),
        "it brings a document type",
        id="utf-16",
    ),
    pytest.param(
        b'<!-- <rss --><!DOCTYPE r SYSTEM "http://127.0.0.1:9/x.dtd"><rss></rss>',
        "it brings a document type",
        id="hidden",
    ),
    pytest.param(b"<rss><item></rss>", "not well-formed XML", id="broken"),
    pytest.param(b"<rss><channel><item><title>a &amp; b</title>", "not well-formed XML", id="cut"),
    pytest.param(b"", "not well-formed XML", id="empty"),
    pytest.param(b"<html><body>Xin doi</body></html>", "the root element is html", id="a page"),
    pytest.param(b"<!DOCTYPE html><html></html>", "it brings a document type", id="a page with doctype"),
    pytest.param(b"<rss>" + b" " * 16 * 1024 * 1024 + b"</rss>", "larger than 16 MiB", id="too large"),
]


@pytest.mark.parametrize(("body", "reason"), REJECTED)
def test_what_is_no_trustworthy_feed_is_rejected(body: bytes, reason: str) -> None:
    with pytest.raises(ListingError, match=f"^feed rejected: .*{reason}") as error:
        read_feed(URL, body, BaoChinhPhu.article_key, NOW)
    assert "\n" not in str(error.value)
    with pytest.raises(ListingError, match=f"^sitemap rejected: .*{reason}"):
        read_sitemap(URL, body, BaoChinhPhu.article_key, NOW)


def test_a_doctype_in_the_text_is_text() -> None:
    body = rss(f"<item><title><![CDATA[<!DOCTYPE html>]]></title><link>{ADDRESS}</link></item>")
    assert len(read_feed(URL, body, BaoChinhPhu.article_key, NOW).entries) == 1


def test_leading_blanks_and_marks_are_forgiven() -> None:
    for before in (b"\n\n  ", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"):
        assert len(read_feed(URL, before + rss(item(ADDRESS)), BaoChinhPhu.article_key, NOW).entries) == 1


SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
URLSET = f"""<urlset xmlns="{SITEMAP}" xmlns:news="{NEWS}"><url><loc>{ADDRESS}</loc><lastmod>2026-03-06</lastmod></url>
 <url><loc> {OTHER} </loc><news:news><news:publication_date>2026-03-04T09:14:00+07:00</news:publication_date>
 <news:title>Mở kho</news:title></news:news></url><url><loc>https://baochinhphu.vn/chinh-tri.htm</loc></url></urlset>"""


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_sitemap_names_articles(packed: bool) -> None:
    body = gzip.compress(URLSET.encode()) if packed else URLSET.encode()
    assert read_sitemap(URL, body, BaoChinhPhu.article_key, NOW).entries == (
        Entry(ADDRESS, "102260305092012481", "", None, modified=Moment(date(2026, 3, 6))),
        Entry(OTHER, "102260304091448508", "Mở kho", date(2026, 3, 4)),
    )


def test_a_sitemap_index_names_further_sitemaps_of_its_host() -> None:
    locs = [
        "https://baochinhphu.vn/sitemap-1.xml",
        "/sitemap-2.xml",
        "https://example.com/sitemap.xml",
        "ftp://baochinhphu.vn/x",
    ]
    index = "".join(f"<sitemap><loc>{loc}</loc></sitemap>" for loc in [*locs, locs[0]])
    listing = read_sitemap(
        URL, f'<sitemapindex xmlns="{SITEMAP}">{index}</sitemapindex>'.encode(), BaoChinhPhu.article_key, NOW
    )
    assert listing.entries == ()
    assert listing.more == ("https://baochinhphu.vn/sitemap-1.xml", "https://baochinhphu.vn/sitemap-2.xml")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (gzip.compress(URLSET.encode())[:-20], "a damaged gzip file"),
        (b"\x1f\x8b broken", "a damaged gzip file"),
        (gzip.compress(b"<urlset>" + b" " * 17 * 1024 * 1024), "larger than 16 MiB"),
    ],
    ids=["cut", "damaged", "bomb"],
)
def test_a_packed_sitemap_is_bounded(body: bytes, reason: str) -> None:
    with pytest.raises(ListingError, match=f"^sitemap rejected: {reason}"):
        read_sitemap(URL, body, BaoChinhPhu.article_key, NOW)


REPAIRED = [
    pytest.param(rss(item(ADDRESS).replace("Kè đê", "Kè\x0b đê")), id="a vertical tab"),
    pytest.param(rss(item(ADDRESS, "Kè đê&#8;&#x1F;")), id="references to control characters"),
    pytest.param(rss(item(ADDRESS) + "<x>Kè&nbsp;đê &agrave; &hellip;</x>"), id="entities of HTML"),
    pytest.param(rss(item(ADDRESS) + "<x>xây & sửa &c; R&D</x>"), id="a raw ampersand"),
    pytest.param(rss(item(ADDRESS) + "<x>nước < 5 m, mưa<10 mm</x>"), id="a raw less-than"),
    pytest.param(rss(item(ADDRESS)).replace(b"utf-8", b"utf-16"), id="says UTF-16"),
    pytest.param(rss(item(ADDRESS)).replace(b"utf-8", b"us-ascii"), id="says ASCII"),
    pytest.param(rss(item(ADDRESS)).replace(b"utf-8", b"tcvn-5712"), id="says TCVN"),
    pytest.param(rss(item(ADDRESS)).replace(b"utf-8", b"windows-1252"), id="says Windows-1252"),
    pytest.param(rss(item(ADDRESS)).replace(b"utf-8", b"x-unknown"), id="says an unknown encoding"),
    pytest.param(rss(item(ADDRESS)) + b"<!-- 0.2 s --><script>x()</script>", id="a script behind"),
    pytest.param(rss(item(ADDRESS)) + b"Notice: cache is full", id="words behind"),
    pytest.param(b"<br />\n<b>Warning</b>: date()<br />" + rss(item(ADDRESS)), id="a warning before"),
    pytest.param(
        rss(f"<media:group><media:title>x</media:title></media:group>{item(ADDRESS)}"), id="an undeclared prefix"
    ),
    pytest.param(rss(item(ADDRESS) + '<a xlink:href="x" dc:date="y">z</a>'), id="undeclared prefixes of attributes"),
    pytest.param(gzip.compress(gzip.compress(rss(item(ADDRESS)))), id="packed twice"),
]


@pytest.mark.parametrize("body", REPAIRED)
def test_a_feed_with_wrong_letters_is_read(body: bytes) -> None:
    assert read_feed(URL, body, BaoChinhPhu.article_key, NOW).entries == (
        Entry(ADDRESS, "102260305092012481", "Kè đê", date(2026, 3, 5)),
    )


def test_an_ampersand_in_an_address_survives_the_repair() -> None:
    address = ADDRESS + "?a=1&b=2"
    for link in (f"<![CDATA[{address}]]>", address, address.replace("&", "&amp;")):
        (entry,) = read_feed(URL, rss(item(link) + "<x>&</x>"), BaoChinhPhu.article_key, NOW).entries
        assert entry.url == address


@pytest.mark.parametrize(
    "published",
    [
        "Thu, 05 Mar 2026 15:34:00 GMT+7",
        "Thu, 05 Mar 2026 15:34:00 UTC +07:00",
        "Thứ Năm, 05/03/2026 15:34 GMT+7",
        "05/03/2026 3:34:00 CH",
        "Ngày 05 tháng 03 năm 2026",
    ],
)
def test_zones_and_vietnamese_dates_of_feeds(published: str) -> None:
    (entry,) = read_feed(URL, rss(item(ADDRESS, published=published)), BaoChinhPhu.article_key, NOW).entries
    assert entry.day == date(2026, 3, 5)


def test_a_text_sitemap_has_one_address_a_line() -> None:
    text = f"{ADDRESS}\r\n\n{OTHER}\nhttps://baochinhphu.vn/chinh-tri.htm\nhttps://khac.example/ke-de-102260305092012482.htm\n"
    for body in (text.encode(), b"\xef\xbb\xbf" + text.encode(), gzip.compress(text.encode())):
        entries = read_sitemap(URL, body, BaoChinhPhu.article_key, NOW).entries
        assert [entry.url for entry in entries] == [ADDRESS, OTHER]
    with pytest.raises(ListingError, match="not well-formed"):
        read_sitemap(URL, (text + "Xin lỗi, có lỗi xảy ra").encode(), BaoChinhPhu.article_key, NOW)

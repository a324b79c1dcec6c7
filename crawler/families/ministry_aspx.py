"""Ministry-type .aspx on SharePoint (the Ministry of Science and Technology's former site, its journal, the Ministry of Construction).

Recognise: `/vn/tin-tuc/<id>/<slug>.aspx`, `/vn/Pages/chitiettin.aspx?IDNews=<id>`, lists `/vn/chuyen-muc/<id>/<name>.aspx`,
feeds `/rss/<section id>/<name>.rss`, pictures `/Images/Tintuc/m<uuid>.jpg`, `div.listnews_item`, `h1.News_Detail_Title`.

Portals: www.most.gov.vn (now at mst.gov.vn, another family), vjst.vn (2025), moc.gov.vn; mt.gov.vn, xaydung.gov.vn.

[seen] in seven readers of these portals, 2021 to 2026, and in addresses:
- lists count `?page=N` from 1; the panel's id ends in `pnListNews`, the page links stand beside it in `.Paging`; the day
  `Thứ sáu, 04/08/2023 09:10` ends in no-break spaces; a court's site on the system pages by postback
- article: `span.News_Time_Post` above the title, ending in `|` (at most.gov.vn in ` GMT+7`), lead `#divArticleDescription1`, body
  `#divArticleDescription2`, the writer in `.Author_Write_TG` inside it, the source in a panel whose id ends in `pnNguontin`
- one article has two addresses with one number, `IDNews`; moc.gov.vn puts the section's number before it, and can answer its
  path with 500 where the query works
- English lists `/en/Category/<id>/<name>.aspx` with `.H3_iTem_ListNews > a`, texts in `.Around_News_Content`
- xaydung.gov.vn: `h2.H2_Favorite2`, `div.list_tin_tieude`, `span.news_datetime` (`(dd/mm/yyyy)`), `div.Around_News_Content`
- the slug is cut at about 100 characters and may end in `-`; the page's clock shows no time of day

[inferred]: that `h2.H2_Favorite2` heads the first entry of a list and an article; that a pager by postback takes `?page=N`; that
files named beside a text stand in `div.Around_News_Content` too.

Widgets: the rating block (`Đánh giá`, `X`, `(Di chuột vào ngôi sao để chọn điểm)`).
"""

from __future__ import annotations

import re
from typing import ClassVar

from archive.model.records import ListRequest
from crawler.article_keys import key_in_path, own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list
from crawler.listings.listing import Following, Listing, Section
from crawler.listings.pagination import has_postback, next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import with_parameter
from pipelines.article import Layout
from pipelines.html.addresses import split_address

_ARTICLE = re.compile(r"(?:/v[ni])?/tin-tuc/(?:(?P<section>\d+)/)?(?P<id>\d+)/[^/]+\.aspx", re.IGNORECASE)
_BY_QUERY = re.compile(r"(?:/v[ni])?/pages/chitiettin\.aspx", re.IGNORECASE)
_LIST = ListShape(
    module="[id$=pnListNews], :has(> div.listnews_item), :has(> .H3_iTem_ListNews), :has(> div.list_tin_tieude)",
    pager=".Paging",
    links=(
        ".listnews_item_title a",
        ".listnews_item a",
        ".H3_iTem_ListNews > a",
        "h2.H2_Favorite2 a, div.list_tin_tieude a",
    ),
    entry="div.listnews_item, div.list_tin_tieude, h2.H2_Favorite2",
    day=".listnews_item_date span, .listnews_item_date, span.news_datetime",
)
_AUTHOR = ("div.Author_Write_TG > p", "div.Author_Write_TG", "[id$=pnNguontin] p")


class MinistryAspxSpider(PortalSpider, family="ministry .aspx"):
    """A portal whose articles are `/vn/tin-tuc/<id>/<slug>.aspx`.

    One that moved to another product derives from both families, this one first: whatever is none of these addresses and
    lists is the other's.
    """

    by_query: ClassVar[bool] = False
    """True where the path of an article is answered with errors and `chitiettin.aspx` with its text."""

    marks: ClassVar[tuple[FamilyMark, ...]] = (
        FamilyMark(MarkKind.ADDRESS, r"/v[ni]/tin-tuc/(?:\d+/)?\d+/[^/]+\.aspx", 4),
        FamilyMark(MarkKind.ADDRESS, r"(?i)/pages/chitiettin\.aspx\?(?:.*&)?IDNews=", 4),
        FamilyMark(MarkKind.SELECTOR, "div.listnews_item", 2),
        FamilyMark(MarkKind.ADDRESS, r"/Images/Tintuc/", 2),
        FamilyMark(MarkKind.ADDRESS, r"/rss/\d+/[^/]+\.rss", 1),
    )

    layouts: ClassVar[tuple[Layout, ...]] = (
        Layout(
            name="article-description",
            fits="#divArticleDescription2",
            title=("h1.News_Detail_Title", ".News_Detail_Title"),
            published=("span.News_Time_Post", ".News_Time_Post"),
            lead=("#divArticleDescription1",),
            body=("#divArticleDescription2",),
            author=_AUTHOR,
            captions=CENTRED_CAPTIONS,
            attachments=("div.Around_News_Content",),
        ),
        Layout(
            name="around-news",
            fits="div.Around_News_Content",
            title=("h1.News_Detail_Title", "h2.H2_Favorite2"),
            published=("span.News_Time_Post", "span.news_datetime"),
            body=("div.Around_News_Content",),
            author=_AUTHOR,
            captions=CENTRED_CAPTIONS,
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the article's number, in the path before the slug or as `IDNews`, whatever section and slug say."""
        number = key_in_path(cls, url, _ARTICLE)
        address = own_address(cls, url)
        if number is None and address is not None and _BY_QUERY.fullmatch(address.path):
            named = address.query.get("idnews", "")
            return address.site + named if re.fullmatch(r"[0-9]+", named) else None
        return number or super().article_key(url)

    @classmethod
    def article_source(cls, key: str, url: str) -> Following:
        """Return the article's address by query where its path does not answer."""
        found = _ARTICLE.fullmatch(split_address(url).path) if cls.by_query else None
        if found is None:
            return super().article_source(key, url)
        section = f"ChuyenmucID={found['section']}&" if found["section"] else ""
        return ListRequest(f"{cls.home}/vn/Pages/chitiettin.aspx?{section}IDNews={found['id']}")

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the panel at the page links; the next page by `?page=N`, also tried where the pager is a postback."""
        found = read_list(url, html, _LIST, cls.entry_key)
        if not found.entries and found.pager is None:
            return super().read_listing(url, html, section, number)
        following = next_by_parameter(found.pager, found.base, number, lambda name: name.lower() == "page")
        if following is None and has_postback(found.pager, number):
            following = with_parameter(url, "page", str(number + 1))
        return Listing(found.entries, following)

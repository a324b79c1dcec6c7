"""VNPT Portal (Ninh Bình, Sơn La, Cần Thơ, Cao Bằng, Hải Phòng, the farmers' union).

Recognise: class names `UIArticleInMenu_Default`, `UIListNews_Default`, `ArticleDetailControl`, `UISocialShare`,
`UICongKhaiNganSach_Default`; the path `/DesktopModule/UIArticleInMenu/`; image ids `ctrl_<n>_<n>_imgImagePath`.

Portals: ninhbinh.gov.vn, sokhcn.ninhbinh.gov.vn, sonla.gov.vn, www.cantho.gov.vn, caobang.gov.vn; class names at haiphong and
hoinongdan.

[seen] in public scrapers, no saved page:
- sections `/<slug>`; articles `/<section>/<slug>-<id>` without ending, at sonla formerly `/4/469/61708/630360/<section>/<slug>`;
  some sub-sites have no id
- `div.UIArticleInMenu_Default ul.ArticleList li.row` with `h2.Title a` and `div.Ngaydang`; `.ArticleHeader a`, `.PostTitle a`
  (cantho); `.Title a`, `.ArticleInMenu a` (sonla); home boxes `.UIListNews_Default .item a`
- page 1 is in the HTML, the others come by POST to `/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle`
  with the category's and the site's number from the page's script, fifteen entries each; the answer is a piece of HTML;
  the page links are `li.page-item[data-page="N"] a.page-link`, only neighbouring numbers, `>>` the last page
- `.ArticleHeader`, `.PostDate`, `.ArticleSummary`, `.ArticleContent`, `div.author`, `a.link-download`, `iframe[src*="file="]`

[inferred]: the order of the article's parts; `Ngày đăng:` before the date; that `img.ImgDetailImage` repeats the lead's
picture; how the script writes the two numbers; `?page=N` (a scraper of cantho used it) and `/page/N` (tried at caobang and
given up): links that say so are followed, the form is posted where none does, and a page that brings nothing new ends
the walk.

Widgets: `div.tool`, `div.UISocialShare`, `.social-share`, `.rating`, `.tags`, `.related-news`; links to the Taiwanese
edition (`dailoan`) stand among sonla's news.
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

from parsel import Selector

from archive.model.records import ListRequest
from crawler.article_keys import own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.forms import form_field, post_form, with_field
from crawler.listings.html_list import ListPage, ListShape, read_list, read_whole
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_parameter
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from pipelines.article import Layout

_ARTICLE = re.compile(r"(?:/[^/.]+)*/[^/.]*-(?P<id>\d{3,})/?")
_OLDER = re.compile(r"/(?P<id>\d+/\d+/\d+/\d+)/[^/.]+/[^/.]+/?")
_NO_PAGES = frozenset({"admin", "login", "search", "so-do-cong", "signin", "desktopmodule", "files"})
_LIST = ListShape(
    module=".UIArticleInMenu_Default, .ArticleInMenu, .UIListNews_Default",
    pager="ul:has(> li.page-item), ul.pagination, div.pagination",
    links=(
        ".Title a, .ArticleHeader a, .PostTitle a",
        ".ArticleList a, .ArticleInMenu a, .item a, h2 a",
        "a",
    ),
    entry="li.row, .item, .ArticleList > li, .ArticleList > div",
    day=".Ngaydang, .PostDate",
)
_LOAD = "/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle"
_MODULE = "ancestor-or-self::*[contains(concat(' ', @class), ' UIArticleInMenu_')]//script"
_CATEGORY = re.compile(r"""\barticle_category_id["']?\s*[:=]\s*["']?(?P<id>\d{1,12})""")
_SITE = re.compile(r"""\bsite_id["']?\s*[:=]\s*["']?(?P<id>\d{1,12})""")
_SIZE = re.compile(r"""\bpage_size["']?\s*[:=]\s*["']?(?P<size>[1-9]\d?)\b""")
_FIELDS = (
    ("keyword", ""),
    ("date_begin", ""),
    ("date_end", ""),
    ("show_no", "False"),
    ("show_post_date", "False"),
    ("num_of_text", "0"),
    ("show_view_count", "False"),
    ("filter_order_in_list", "False"),
    ("is_default", "False"),
    ("new", "False"),
    ("number_of_day", "3"),
    ("no", "-5"),
    ("lang", "vi-VN"),
)
_DROP = ("div.tool", "div.UISocialShare", ".social-share", ".rating", ".tags", ".related-news", "img.ImgDetailImage")


class VNPTSpider(PortalSpider, family="VNPT Portal"):
    """A portal of VNPT."""

    list_interface = f"POST {_LOAD}"

    marks = (
        FamilyMark(MarkKind.SELECTOR, '[class*="UIArticleInMenu_"], [class*="UIListNews_"]', 4),
        FamilyMark(MarkKind.SELECTOR, ".ArticleDetailControl", 4),
        FamilyMark(MarkKind.ADDRESS, r"/DesktopModule/UIArticleInMenu/", 4),
        FamilyMark(MarkKind.SELECTOR, ".UISocialShare, .ModuleContent", 2),
        FamilyMark(MarkKind.SELECTOR, 'img[id^="ctrl_"][id$="_imgImagePath"]', 2),
    )
    layouts = (
        Layout(
            name="article-detail",
            fits=".ArticleDetailControl, .ArticleContent",
            title=(".ArticleDetailControl .ArticleHeader", ".ArticleHeader"),
            published=(".ArticleDetailControl .PostDate", ".PostDate"),
            lead=(".ArticleDetailControl .ArticleSummary", ".ArticleSummary"),
            body=(".ArticleDetailControl .ArticleContent", ".ArticleContent"),
            author=(".ArticleDetailControl .author",),
            captions=("figcaption", *CENTRED_CAPTIONS),
            drop=_DROP,
            attachments=(
                ".ArticleDetailControl a.link-download",
                '.ArticleContent a[href*="/files/"]',
                '.ArticleContent iframe[src*="file="]',
            ),
        ),
    )

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the number after the last `-`, whatever section and slug; four numbers of sonla's older addresses."""
        address = own_address(cls, url)
        if address is None or "dailoan" in address.path.lower():
            return None
        if address.query.get("format") == "pdf" or "pageid" in address.query:
            return None
        if not _NO_PAGES.isdisjoint(address.path.lower().split("/")):
            return None
        match = _OLDER.fullmatch(address.path) or _ARTICLE.fullmatch(address.path)
        if match is None or cls._is_section(address.path):
            return None
        return address.site + match["id"]

    @classmethod
    def _is_section(cls, path: str) -> bool:
        return any(section.path.rstrip("/") == path.rstrip("/") for section in cls.sections)

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the module around the page links; the next page by `?page=N` where a link has it, else by the form."""
        found = read_list(url, html, _LIST, cls.entry_key)
        linked = next_by_parameter(found.pager, found.base, number, lambda name: name == "page")
        return Listing(found.entries, linked or (_form(url, found) if _shows(found.pager, number + 1) else None))

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read a piece of the list that the form brought; ends with an empty piece or where its page links end."""
        found = read_list(url, text, _LIST, cls.entry_key)
        if not found.entries:
            found = read_whole(url, text, _LIST, cls.entry_key)
        if not found.entries or (found.pager is not None and not _shows(found.pager, number + 1)):
            return Listing(found.entries)
        following = int(form_field(asked, "page") or number) + 1
        return Listing(found.entries, with_field(asked, "page", str(following)))


def _shows(pager: Selector | None, number: int) -> bool:
    """Return whether the page links lead to this page or past it."""
    shown = pager.css("li.page-item::attr(data-page)").getall() if pager else []
    return any(value.isdecimal() and int(value) >= number for value in shown)


def _form(url: str, found: ListPage) -> ListRequest | None:
    """Return the form for page 2, by the numbers in the list's own script; None where scripts name different ones."""
    own = found.pager.xpath(_MODULE).getall() if found.pager else []
    scripts = own if any(_CATEGORY.search(script) for script in own) else found.page.css("script").getall()
    text = "\n".join(scripts)
    categories = {match["id"] for match in _CATEGORY.finditer(text)}
    sites = {match["id"] for match in _SITE.finditer(text)}
    if len(categories) != 1 or len(sites) != 1:
        return None
    size = _SIZE.search(text)
    named = (("article_category_id", categories.pop()), ("site_id", sites.pop()))
    counted = (("page", "2"), ("page_size", size["size"] if size else "15"))
    return post_form(urljoin(url, _LOAD), (*named, *counted, *_FIELDS))

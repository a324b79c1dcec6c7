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
- page 1 is in the HTML, the others come by POST to `/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle`;
  the page links are `li.page-item[data-page="N"] a.page-link`, only neighbouring numbers, `>>` the last page
- `.ArticleHeader`, `.PostDate`, `.ArticleSummary`, `.ArticleContent`, `div.author`, `a.link-download`, `iframe[src*="file="]`

[inferred]: the order of the article's parts; `Ngày đăng:` before the date; that `img.ImgDetailImage` repeats the lead's
picture; `?page=N` (a scraper of cantho used it) and `/page/N` (tried at caobang and given up): links that say so are
followed, and a page that brings nothing new ends the walk. The POST itself is not walked yet: where no link
carries a page number, a night reads the fifteen newest articles of a section.

Widgets: `div.tool`, `div.UISocialShare`, `.social-share`, `.rating`, `.tags`, `.related-news`; links to the Taiwanese
edition (`dailoan`) stand among sonla's news.
"""

from __future__ import annotations

import re

from crawler.families import CENTRED_CAPTIONS
from crawler.keys import own_address
from crawler.listing import Listing, Section
from crawler.lists import ListShape, read_list
from crawler.marks import Mark, MarkKind
from crawler.paging import next_by_parameter
from crawler.portal import PortalSpider
from pipelines.article import Layout

__all__ = ["VNPTSpider"]

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
_DROP = ("div.tool", "div.UISocialShare", ".social-share", ".rating", ".tags", ".related-news", "img.ImgDetailImage")


class VNPTSpider(PortalSpider, family="VNPT Portal"):
    """A portal of VNPT."""

    marks = (
        Mark(MarkKind.SELECTOR, '[class*="UIArticleInMenu_"], [class*="UIListNews_"]', 4),
        Mark(MarkKind.SELECTOR, ".ArticleDetailControl", 4),
        Mark(MarkKind.ADDRESS, r"/DesktopModule/UIArticleInMenu/", 4),
        Mark(MarkKind.SELECTOR, ".UISocialShare, .ModuleContent", 2),
        Mark(MarkKind.SELECTOR, 'img[id^="ctrl_"][id$="_imgImagePath"]', 2),
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
        """The number after the last `-`, whatever section and slug; the four numbers of sonla's older addresses."""
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
        """The module around the page links; the next page by `?page=N` where a link carries it."""
        found = read_list(url, html, _LIST, cls.entry_key)
        return Listing(found.entries, next_by_parameter(found.pager, found.base, number, lambda name: name == "page"))

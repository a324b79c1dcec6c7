"""VNPT Portal (Nghệ An, Hải Phòng, Tây Ninh, Cà Mau, Lào Cai, Ninh Bình, Sơn La, Cần Thơ, Cao Bằng, the farmers' union).

Recognise: class names `UIArticleInMenu_Default`, `UIListNews_Default`, `ArticleDetailControl`, `UISocialShare`,
`UICongKhaiNganSach_Default`; the path `/DesktopModule/UIArticleInMenu/`; image ids `ctrl_<n>_<n>_imgImagePath`; files on
`storage-vnportal.vnpt.vn`, below `FileQuanTriTinTuc/`, `quantritintuc<YYYY><M>/`; pictures with the alt text `Anh-tin-bai`.

Portals: nghean.gov.vn, haiphong.gov.vn, ninhbinh.gov.vn, sokhcn.ninhbinh.gov.vn, sonla.gov.vn, www.cantho.gov.vn,
caobang.gov.vn; departments and communes of nghean, haiphong, tayninh, camau and laocai; class names at hoinongdan.

[seen] in public scrapers and in addresses that others cite, no saved page:
- sections `/<slug>` or `/<slug>-<id>` (`/tin-tuc-su-kien-73053`); articles `/<section>/<slug>-<id>` without ending, at sonla
  formerly `/4/469/61708/630360/<section>/<slug>`; some sub-sites have no id
- a slug that was cut ends in a hyphen, so two of them stand before the number: `…-thanh-pho--760833`
- list links carry `?pageindex=0` along
- haiphong in 2023: `/<section>/<Slug-With-Capitals>-<id>.html`, of the system before; its numbers are counted apart
- `div.UIArticleInMenu_Default ul.ArticleList li.row` with `h2.Title a` and `div.Ngaydang`; `.ArticleHeader a`, `.PostTitle a`
  (cantho); `.Title a`, `.ArticleInMenu a` (sonla); home boxes `.UIListNews_Default .item a`
- page 1 is in the HTML, the others come by POST to `/DesktopModule/UIArticleInMenu/ArticleInMenuPagination.aspx/LoadArticle`
  with the category's and the site's number from the page's script, fifteen entries each; the answer is a piece of HTML;
  the page links are `li.page-item[data-page="N"] a.page-link`, only neighbouring numbers, `>>` the last page
- `.ArticleHeader`, `.PostDate`, `.ArticleSummary`, `.ArticleContent`, `div.author`, `a.link-download`, `iframe[src*="file="]`
- bodies of CKEditor 5: `figure.image > img[alt="Anh-tin-bai"]`, the default of every picture and no caption
- files on hosts of their own (`file_hosts`), their names end in one or more .NET ticks of the upload (18 digits, local time)
- documents open by links with `p_steering` that a script fills: they are no articles and are not asked for

[inferred]: the order of the article's parts; `Ngày đăng:` before the date; that `img.ImgDetailImage` repeats the lead's
picture; how the script writes the two numbers; that `pageindex` counts the list's pages, from 0 where a link says 0;
`?page=N` (a scraper of cantho used it) and `/page/N` (tried at caobang and given up): links that say so are followed, the
form is posted where none does, and a page that brings nothing new ends the walk.

Widgets: `div.tool`, `div.UISocialShare`, `.social-share`, `.rating`, `.tags`, `.related-news`; links to the Taiwanese
edition (`dailoan`) stand among sonla's news.
"""

from __future__ import annotations

import re
from dataclasses import replace

from parsel import Selector

from archive.model.records import ListRequest
from crawler.article_keys import is_section_path, own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.alternate_urls import page_path
from crawler.listings.forms import form_field, post_form, with_field
from crawler.listings.html_list import ListPage, ListShape, read_list, read_whole, without_menus
from crawler.listings.listing import Entry, Listing, Section
from crawler.listings.pagination import attribute, next_by_parameter, number_of
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import with_parameter, without_parameter
from pipelines.article import Layout
from pipelines.html.addresses import join_address, split_address

# An article stands below a section. What has a number and stands at the root, or in a language's folder, is a section.
_ARTICLE = re.compile(r"(?!/[a-z]{2}/[^/]+/?$)(?:/[^/.]+)+/[^/.]*-(?P<id>\d{3,})/?")
_OLDER = re.compile(r"/(?P<id>\d+/\d+/\d+/\d+)/[^/.]+/[^/.]+/?")
_OLD_FILE = re.compile(r"(?:/[^/.]+)+/[^/.]*-(?P<id>\d{3,}\.html)")
_NO_PAGES = frozenset(
    {"admin", "login", "search", "so-do-cong", "signin", "desktopmodule", "files", "datafiles", "upload", "wps"}
)
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
_INDEX = "pageindex"
_INDEXED = re.compile(rf"[?&]{_INDEX}=(?P<index>[0-9]{{1,6}})(?=[&#]|$)")
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
        FamilyMark(MarkKind.ADDRESS, r"storage-vnportal\.vnpt\.vn|/FileQuanTriTinTuc/|/quantritintuc\d{5,6}/", 4),
        FamilyMark(MarkKind.SELECTOR, 'img[alt="Anh-tin-bai"]', 4),
        FamilyMark(MarkKind.SELECTOR, ".UISocialShare, .ModuleContent", 2),
        FamilyMark(MarkKind.SELECTOR, 'img[id^="ctrl_"][id$="_imgImagePath"]', 2),
    )
    file_hosts = ("datafiles.{domain}", "cdn.{domain}", "files-vnportal.{domain}", "storage-vnportal.vnpt.vn")
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
        """Return the number after the last `-`, whatever section and slug; four numbers of sonla's older addresses.

        A section has no key, with or without a number. An older `.html` page keeps its ending in its key: that its number
        is the number of the article's new address is shown by nothing.
        """
        address = own_address(cls, url)
        if address is None or "dailoan" in address.path.lower():
            return None
        if address.query.get("format") == "pdf" or "pageid" in address.query:
            return None
        if not _NO_PAGES.isdisjoint(address.path.lower().split("/")):
            return None
        if "p_steering" in address.path or any("p_steering" in name for name in address.query):
            return None
        forms = (form.fullmatch(address.path) for form in (_OLDER, _ARTICLE, _OLD_FILE))
        match = next(filter(None, forms), None)
        if match is None or is_section_path(cls, address.path):
            return None
        return address.site + match["id"]

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the module around the page links, without the sections that menus name.

        The next page is the one that a page link numbers, else that of the form, else the one that the entries' own
        `pageindex` counts.
        """
        found = read_list(url, html, _LIST, cls.entry_key)
        if not found.entries and found.pager is None:
            found = _below(section, read_whole(url, html, _LIST, cls.entry_key))
        entries = tuple(map(_plain, without_menus(found, cls.entry_key).entries))
        following = next_by_parameter(found.pager, found.base, number, lambda name: name == "page")
        shown = _shows(found.pager, number + 1)
        index = _page_index(url, found)
        if following is None and index is not None:
            following = next_by_parameter(found.pager, found.base, index, lambda name: name == _INDEX)
        form = _form(url, found) if following is None and shown else None
        if following is None and form is None and shown and index is not None:
            following = with_parameter(url, _INDEX, str(index + 1))
        return Listing(entries, following or form)

    @classmethod
    def read_answer(cls, asked: ListRequest, url: str, text: str, section: Section, number: int) -> Listing:
        """Read a piece of the list that the form brought; ends with an empty piece or where its page links end."""
        found = read_list(url, text, _LIST, cls.entry_key)
        if not found.entries:
            found = read_whole(url, text, _LIST, cls.entry_key)
        entries = tuple(map(_plain, found.entries))
        if not entries or (found.pager is not None and not _shows(found.pager, number + 1)):
            return Listing(entries)
        following = int(form_field(asked, "page") or number) + 1
        return Listing(entries, with_field(asked, "page", str(following)))


def _below(section: Section, found: ListPage) -> ListPage:
    """Return a page in other markup than the family's: of its links only those below the section's own address."""
    folder = section.path.partition("?")[0].rstrip("/") + "/"
    return replace(
        found, entries=tuple(e for e in found.entries if page_path(split_address(e.url).path).startswith(folder))
    )


def _plain(entry: Entry) -> Entry:
    """Return an entry without the number of the list page in its address."""
    return replace(entry, url=without_parameter(entry.url, _INDEX))


def _page_index(url: str, found: ListPage) -> int | None:
    """Return the `pageindex` of the list page that was read, by which the site counts from 0 or from 1.

    The page's address has it; of a first page its entries, else the difference between a page link's label and number.
    None where nothing on the page has one.
    """
    carried = {_index_in(entry.url) for entry in found.entries} - {None}
    if (index := _index_in(url)) is not None or len(carried) == 1:
        return index if index is not None else carried.pop()
    links = found.pager.css("a[href]") if found.pager else ()
    numbered = [(value, link) for link in links if (value := _index_in(attribute(link, "href"))) is not None]
    for value, link in numbered:
        label = "".join(link.xpath(".//text()").getall()).strip()
        if re.fullmatch(r"[0-9]{1,6}", label):
            return value - int(label) + 1
    return min((value - 1 for value, _ in numbered), default=None)


def _index_in(address: str) -> int | None:
    found = _INDEXED.search(address)
    return int(found["index"]) if found else None


def _shows(pager: Selector | None, number: int) -> bool:
    """Return whether the page links lead to this page or past it."""
    shown = pager.css("li.page-item::attr(data-page)").getall() if pager else []
    return any((index := number_of(value)) is not None and index >= number for value in shown)


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
    return post_form(join_address(url, _LOAD), (*named, *counted, *_FIELDS))

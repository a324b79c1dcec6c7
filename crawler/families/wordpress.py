"""WordPress (the police of Quảng Trị, communes, schools of Ninh Bình since 2026).

Recognise: `/wp-content/`, `/wp-json/`, `<meta name="generator" content="WordPress …">` [inferred]; tagDiv's classes `.td-…` at
congan.quangtri.gov.vn [seen].

Portals: none with a spider of its own. Traces: congan.quangtri.gov.vn, communes with `/category/<slug>/`, schools of Ninh Bình.

[seen] in the product itself, installed and filled (6.1, the classic theme Twenty Twenty-One and the block theme Twenty
Twenty-Three, four permalink structures):
- posts `/<slug>/`, `/YYYY/MM/[DD/]<slug>/`, `/<category>/<slug>/`, `/archives/<id>`, `?p=<id>`; every theme writes
  `body.single-post` and `post_class` with `post-<id>` and `category-<slug>`
- lists `/category/<slug>/`, then `…/page/2/`; with plain addresses `?cat=<id>`, then `&paged=2`
- a classic list ends in `.nav-links`, a block theme's query in `.wp-block-query-pagination`, which links only next and previous
- `time[datetime]` has the minute where the theme prints a day; bylines are `a[rel=author]`, `.wp-block-post-author__name`
- month, author and tag archives, search, attachments and comment pages have addresses of their own and are no posts

[seen] mentions only: `content.rendered` of the posts interface can be empty, and the JSON can be followed by an injected
`<div class="stealth">`; dates of one site `29 Tháng 7, 2025`.

[inferred]: the slug as key wherever an address shows it, since the post's number is not in it; behind a part of the path that is
no declared category it counts together with that part. The class names of tagDiv's themes (`.td-post-content`).

Widgets: `.sharedaddy`, `.td-post-sharing`, `.jp-relatedposts`, `.td_block_related_posts`.
"""

from __future__ import annotations

import re

from parsel import Selector

from crawler.article_keys import is_section_path, own_address
from crawler.families import CENTRED_CAPTIONS
from crawler.listings.html_list import ListShape, read_list
from crawler.listings.listing import Listing, Section
from crawler.listings.pagination import next_by_number
from crawler.portal import FamilyMark, MarkKind, PortalSpider
from crawler.urls import as_key
from pipelines.article import Layout
from pipelines.html.addresses import split_address

_FRONT = r"(?:/index\.php)?(?:/(?:archives|blog))?"
_NUMBERED = re.compile(r"(?:/index\.php)?(?:/archives/|/(?!(?:19|20)\d\d/?$))(?P<id>\d+)/?")
_POST = re.compile(_FRONT + r"(?:/\d{4}/\d{2}(?:/\d{2})?)?(?P<above>(?:/[^/.]+)*)/(?P<slug>[^/.]+?)(?:\.html)?/?")
_NO_POSTS = frozenset(
    "amp category print tag author page feed comments attachment embed trackback search wp-content wp-json wp-admin "
    "wp-login.php wp-includes".split()
)
_NO_NAMES = re.compile(r"\d+|comment-page-\d+")
_PAGE = re.compile(r"(?:/page/|[?&](?:paged|query(?:-\d+)?-page)=)(?P<number>\d{1,6})(?=/?(?:$|[?&]))")
_LIST = ListShape(
    module="main, #main, .td-main-content, .site-main, #content:not(:has(main)):not(:has(#main)):not(:has(.site-main))",
    pager=".wp-block-query-pagination, .nav-links, .page-nav, .pagination, .wp-pagenavi, .navigation, .posts-navigation",
    links=(
        ".wp-block-post-template .wp-block-post-title a, .hentry .entry-title a, .td-module-title a, .entry-title a",
        ".hentry h2 a, .hentry h3 a, .wp-block-post a, article h2 a, article h3 a",
        "h2 a, h3 a",
        ".hentry a, .wp-block-post a",
    ),
    entry=".wp-block-post, article, .hentry, .td_module_wrap, .post, .td-block-span6",
    day="time.published, time.entry-date, time[datetime], .td-post-date time, .entry-date, .posted-on",
)
_DROP = (
    ".sharedaddy",
    ".td-post-sharing",
    ".jp-relatedposts",
    ".td_block_related_posts",
    ".td-a-rec",
    ".stealth",
    ".wp-block-file",
    "#comments",
)


def _layout(name: str, body: str) -> Layout:
    return Layout(
        name=name,
        fits=body,
        title=("h1.entry-title", ".td-post-title h1", "h1.wp-block-post-title", "article h1", ".wp-block-post-title"),
        published=(
            "article time.entry-date.published::attr(datetime)",
            "article time.entry-date::attr(datetime)",
            ".wp-block-post-date time::attr(datetime)",
            ".td-post-title time.entry-date",
            "article time.entry-date",
            "article .posted-on",
            ".wp-block-post-date time",
            "time.entry-date",
        ),
        lead=(f"{body} > p:first-child:has(> strong:only-child)",),
        body=(body,),
        author=(
            ".byline a[rel=author]",
            ".entry-meta a[rel=author], .entry-footer a[rel=author], .posted-by a[rel=author]",
            ".wp-block-post-author__name, .wp-block-post-author-name",
            ".author-name",
            ".byline .author",
        ),
        captions=("figcaption", ".wp-caption-text", *CENTRED_CAPTIONS),
        featured=(".post-thumbnail", ".wp-block-post-featured-image", ".td-post-featured-image"),
        drop=_DROP,
        attachments=(f'{body} a[href*="/wp-content/uploads/"][href$=".pdf"]', f"{body} .wp-block-file a"),
    )


class WordPressSpider(PortalSpider, family="WordPress"):
    """A portal on WordPress in whichever form its posts have their addresses."""

    marks = (
        FamilyMark(MarkKind.SELECTOR, '[class^="td-"], [class*=" td-"]', 2),
        FamilyMark(MarkKind.ADDRESS, r"/wp-content/", 1),
        FamilyMark(MarkKind.ADDRESS, r"/wp-json/", 1),
        FamilyMark(MarkKind.GENERATOR, r"WordPress", 1),
        FamilyMark(MarkKind.SELECTOR, 'link[rel="https://api.w.org/"]', 4),
        FamilyMark(MarkKind.ADDRESS, r"/category/[^/]+/", 2),
    )
    layouts = (_layout("td-post-content", ".td-post-content"), _layout("entry-content", ".entry-content"))

    @classmethod
    def article_key(cls, url: str) -> str | None:
        """Return the slug, whatever date or declared category stands before it; `?p=<id>` and `/archives/<id>` as `p/<id>`.

        Behind another part of the path the slug counts together with that part. None for lists, archives and files.
        """
        address = own_address(cls, url)
        if address is None:
            return None
        numbered = _NUMBERED.fullmatch(address.path)
        number = (
            numbered["id"]
            if numbered
            else address.query.get("p", "")
            if address.path in ("/", "", "/index.php")
            else ""
        )
        if number.isdecimal():
            return f"{address.site}p/{number}"
        post = _POST.fullmatch(address.path)
        if post is None or _NO_NAMES.fullmatch(post["slug"]) or is_section_path(cls, address.path):
            return None
        if not _NO_POSTS.isdisjoint(address.path.lower().split("/")):
            return None
        above = post["above"].rpartition("/")[2]
        declared = {_slug(section) for section in cls.sections}
        return address.site + (post["slug"] if not above or above in declared else f"{above}/{post['slug']}")

    @classmethod
    def read_listing(cls, url: str, html: str, section: Section, number: int) -> Listing:
        """Read the query's own posts; the next page by `/page/N/` or `paged=N` where a link leads past this one."""
        category = f"category-{_slug(section)}"

        def is_own(link: Selector, _there: str) -> bool:
            return any(category in (above.get("class") or "").split() for above in list(link.root.iterancestors())[:6])

        found = read_list(url, html, _LIST, cls.entry_key, is_own)
        return Listing(found.entries, next_by_number(found.pager, found.base, number, _PAGE))


def _slug(section: Section) -> str:
    """Return the slug of the category whose list a section is."""
    return as_key(split_address(section.path).path.rstrip("/").rpartition("/")[2])

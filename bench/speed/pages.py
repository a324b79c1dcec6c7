"""Compose the pages that every contestant reads: articles of 67 KiB with 401 links, and the lists that name them.

The markup is that of the composed danang.gov.vn, so that the portal's own spider reads it. Around it stands what real
portals put around an article: menus of many levels, boxes with links, scripts. The texts are invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from replicas import FIRST_NIGHT
from replicas.prose.provincial_news import compose_article
from replicas.records import TZ, Kind, Part, ReplicaArticle, ReplicaSection
from replicas.sites.composed import Row
from replicas.sites.liferay import DaNang
from replicas.sites.site import Site, SiteRequest, Suffixer

PORTAL = DaNang.portal
LINKS = 401
"""Links of an article's page."""
BYTES = 67 * 1024
"""Size of an article's page; a script fills up what the text leaves."""
ROW_LINK = ".asset-title a"
"""The links of a list's entries, as every naive spider of this portal would select them."""
_EVERY = timedelta(minutes=50)
_TEXTS = 4  # composed texts whose paragraphs make one article: some 3,500 letters
_WORDS = 5  # of a link
_BOX = 12  # links of one menu or box


class SpeedSite(DaNang):
    """danang.gov.vn with drawn articles in a frame of a real page's size."""

    page_size = 20

    def __init__(self, count: int) -> None:
        names = [section.name for section in self.sections]
        newest = datetime.combine(FIRST_NIGHT, time(18), TZ)
        drawn = [_article(number, names[number % len(names)], newest - number * _EVERY) for number in range(count)]
        super().__init__(drawn)

    def rows(self, section: ReplicaSection, night: date) -> list[Row]:
        """Return the rows of a list; the oldest article ends every list, since no list of a portal is empty."""
        listed = [article for article in self.articles[:-1] if article.section == section.name]
        return [
            Row(article, self.article_path(article), self.list_day(article)) for article in (*listed, self.articles[-1])
        ]

    def render(self, template: str, request: SiteRequest, **values: object) -> str:
        """Return the page with menus above the article, boxes below it and a script that makes the page its size."""
        page = super().render(template, request, **values)
        menus, boxes = _frame(max(0, LINKS - page.count("<a ")))
        page = page.replace('<div id="content">', f'{menus}\n<div id="content">', 1)
        page = page.replace(
            '<div class="portlet-boundary counter">', f'{boxes}\n<div class="portlet-boundary counter">', 1
        )
        missing = BYTES - len(Suffixer([self.host]).text(page).encode()) - len(_script(0))
        return page.replace("</head>", f"{_script(max(0, missing))}</head>", 1)


def speed_pages(count: int, visit: int = 1) -> dict[str, tuple[str, bytes]]:
    """Return content type and body of every page by path and query: robots.txt, the lists, the articles.

    Pages of another `visit` differ in clock, counter and tokens and in nothing else.
    """
    site = SpeedSite(count)
    lists = [
        site.list_path(section, number)
        for section in site.sections
        for number in range(1, site.page(section, 1, FIRST_NIGHT)[1] + 1)
    ]
    addresses = ["/robots.txt", *lists, *(site.article_path(article) for article in site.articles)]
    return dict(_answers(site, addresses, visit))


def article_paths(count: int) -> list[str]:
    """Return the path of every article, the newest first."""
    site = SpeedSite(count)
    return [site.article_path(article) for article in site.articles]


def _answers(site: Site, addresses: Sequence[str], visit: int) -> Iterator[tuple[str, tuple[str, bytes]]]:
    suffixer = Suffixer([site.host])
    for address in addresses:
        path, _, query = address.partition("?")
        answer = site.respond(SiteRequest(site.host, path, query, FIRST_NIGHT, visit))
        yield address, (answer.content_type, suffixer.body(answer.body))


def _article(number: int, section: str, published: datetime) -> ReplicaArticle:
    rng = Random(f"speed {number}")
    texts = [compose_article(rng, "Đà Nẵng") for _ in range(_TEXTS)]
    paragraphs = [paragraph for text in texts for paragraph in text.paragraphs]
    slug = f"tin-toc-do-{number + 1}"
    return ReplicaArticle(
        key=slug,
        slug=slug,
        section=section,
        title=f"{texts[0].title}, số {number + 1}",
        published=published,
        lead=texts[0].lead,
        parts=(*(Part(Kind.PARAGRAPH, paragraph) for paragraph in paragraphs), Part(Kind.SIGNOFF, texts[0].author)),
        related=False,
    )


@cache
def _frame(links: int) -> tuple[str, str]:
    rng = Random("frame")
    titles = [" ".join(compose_article(rng, "Đà Nẵng").title.split()[:_WORDS]) for _ in range(links)]
    return _boxes("menu-level", titles[: links // 2]), _boxes("box-news", titles[links // 2 :])


def _boxes(name: str, titles: Sequence[str]) -> str:
    boxes = []
    for number in range(0, len(titles), _BOX):
        rows = "\n".join(
            f' <li class="{name}-item level-{at % 3}"><a href="/chuyen-muc/{name}-{number + at}"><span>{title}</span></a></li>'
            for at, title in enumerate(titles[number : number + _BOX])
        )
        boxes.append(f'<div class="portlet-boundary {name}" id="{name}-{number}"><ul>\n{rows}\n</ul></div>')
    return "\n".join(boxes)


def _script(length: int) -> str:
    return f'<script>var themeStrings = "{("0123456789abcdef" * (length // 16 + 1))[:length]}";</script>\n'

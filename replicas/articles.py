"""The composed portals' articles and what a reader should make of each page: data, independent of the templates."""

from __future__ import annotations

from datetime import date, time
from functools import cache

from replicas.drawn import draw_articles
from replicas.reading import read_articles
from replicas.records import (
    ExpectedArticle,
    ExpectedAttachment,
    ExpectedBlock,
    Kind,
    ReplicaArticle,
    plain,
)
from replicas.sites.catalogue import EVERY, SITES
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest, Suffixer

PORTALS = tuple(SITES)
"""The portals whose articles are written by hand: what the demo, the benches and most tests use."""
EVERY_PORTAL = tuple(EVERY)
"""Those and the small ones with drawn articles: what the replica serves."""
_suffixer = Suffixer(site.host for site in EVERY.values())


@cache
def portal_site(portal: str) -> ComposedSite:
    """Return the composed site of a portal with its own articles.

    KeyError for a name that is none of `EVERY_PORTAL`.
    """
    site = EVERY[portal]
    return site(read_articles(portal, site.key_of) if portal in SITES else draw_articles(site))


def articles(portal: str) -> tuple[ReplicaArticle, ...]:
    """All articles of a portal, those of later nights and the withdrawn one included."""
    return portal_site(portal).articles


def article_url(portal: str, article: ReplicaArticle) -> str:
    """Return the article's own address as the replica serves it, with the suffix."""
    return _suffixer.text(portal_site(portal).url(article))


def render_article(portal: str, article: ReplicaArticle, night: date, counter: int = 1) -> str:
    """Return the article's page at the end of `night`, as the `counter`-th request of a server would bring it.

    A withdrawn article is rendered as it was before; the served site says instead that there is nothing.
    """
    site = portal_site(portal)
    path, _, query = site.article_path(article).partition("?")
    return _suffixer.text(site.render_article(article, SiteRequest(site.host, path, query, night, counter)))


def expected(portal: str, article: ReplicaArticle, night: date) -> ExpectedArticle:
    """Return what a good reading of the article's page at the end of `night` gives."""
    return expected_of(portal_site(portal), article.as_of(night))


def expected_of(site: ComposedSite, shown: ReplicaArticle) -> ExpectedArticle:
    """Return what a good reading of an article's page on any site gives, be the article the site's own or not."""
    lead = [ExpectedBlock(Kind.LEAD, plain(shown.lead))] if shown.lead else []
    body = [ExpectedBlock(part.kind, plain(part.text)) for part in shown.parts if part.text]
    files = [*shown.links(), *((name, name) for name in shown.files)]
    return ExpectedArticle(
        key=shown.key,
        url=_suffixer.text(site.url(shown)),
        title=plain(shown.title),
        published=_published(site, shown),
        published_raw=plain(site.date_line(shown)),
        blocks=(*lead, *body),
        author=shown.byline,
        attachments=tuple(ExpectedAttachment(plain(text), _suffixer.text(site.file_url(name))) for name, text in files),
        moment=shown.published.isoformat(),
    )


def _published(site: ComposedSite, shown: ReplicaArticle) -> str:
    """Return the moment as exactly as the page says it; midnight in metadata stands for a day."""
    if shown.clock or not site.machine_form or shown.published.time() == time():
        return shown.published.isoformat() if shown.clock else shown.day.isoformat()
    return site.machine_form.format(at=shown.published)

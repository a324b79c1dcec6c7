"""The composed portals with nothing that ever changes but what every request changes: clocks, counters, tokens, banners.

No article is edited or taken down. Most portals answer every request with other bytes. Three have still article pages, so
that each way of saying so is measured: with ETag and Last-Modified, with Last-Modified alone, and with neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from replicas.articles import articles
from replicas.composed import ComposedSite
from replicas.portals import SITES
from replicas.records import ReplicaArticle
from replicas.site import SiteRequest

__all__ = ["STILL", "quiet_site", "way_of"]

STILL: Mapping[str, tuple[str, ...]] = {
    "binh_dinh": ("etag", "last_modified"),
    "vjst": ("last_modified",),
    "ninh_thuan": (),
}
"""Portals with still article pages, and the validators they give."""

_WAYS = {
    ("etag", "last_modified"): "still, ETag + Last-Modified",
    ("last_modified",): "still, Last-Modified",
    (): "still",
}


def way_of(portal: str) -> str:
    """How the portal's article pages behave, in words."""
    return _WAYS[STILL[portal]] if portal in STILL else "other bytes every time"


def quiet_site(portal: str) -> ComposedSite:
    """The portal with its articles as they first read. KeyError for a name that is none of the composed portals."""
    first = [replace(article, revisions=(), removals=()) for article in articles(portal)]
    return (_still(SITES[portal], STILL[portal]) if portal in STILL else SITES[portal])(first)


def _still(site: type[ComposedSite], told: tuple[str, ...]) -> type[ComposedSite]:
    class Still(site):  # type: ignore[misc,valid-type]  # the family is chosen by its portal
        still_articles = True
        validators = told

        def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
            page: str = super().render_article(article, replace(request, night=article.day, count=1))
            return page

    return Still

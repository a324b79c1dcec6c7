"""Nights in which no article changes: no event says that one did, and what is still is neither sent nor stored twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archive.model.enums import ArchiveKind, Outcome
from archive.storage.warc import read_record
from bench.runner import run_night
from replicas import FIRST_NIGHT
from replicas.articles import articles
from replicas.records import ReplicaArticle
from replicas.serve import ReplicaServer
from replicas.sites.catalogue import SITES
from replicas.sites.composed import ComposedSite
from replicas.sites.site import SiteRequest
from testing.crawl import new_archive, the_night

VALIDATORS: Mapping[str, tuple[str, ...]] = {"binh_dinh": ("etag", "last_modified"), "ninh_thuan": ()}
NOISY = "quang_tri"


def quiet_site(portal: str) -> ComposedSite:
    """Return a portal with its articles as they first read; those of VALIDATORS have article pages of the same bytes every time."""
    first = [replace(article, revisions=(), removals=()) for article in articles(portal)]
    if portal not in VALIDATORS:
        return SITES[portal](first)

    class StillSite(SITES[portal]):  # type: ignore[misc,valid-type]  # the family is chosen by its portal
        still_articles = True
        validators = VALIDATORS[portal]

        def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
            page: str = super().render_article(article, replace(request, night=article.day, count=1))
            return page

    return StillSite(first)


def test_two_nights_claim_nothing_and_still_pages_cost_next_to_nothing(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    portals = [NOISY, *VALIDATORS]
    nights = [FIRST_NIGHT, FIRST_NIGHT + timedelta(days=1)]
    with ReplicaServer([quiet_site(portal) for portal in portals]) as server:
        for night in nights:
            run_night(night, root, server.port, portals, jobs=2)
    for portal in portals:
        _, _, first = the_night(root, portal, nights[0])
        _, pages, second = the_night(root, portal, nights[1])
        known = {line.key for line in first}
        assert [line.id for line in second if line.key in known] == []
        rechecks = [page for page in pages if page.key in known]
        assert rechecks
        outcomes = {page.outcome for page in rechecks}
        revisits = 0
        for page in rechecks:
            assert page.warc is not None
            record = read_record(
                root / f"{nights[1]:%Y/%m/%d}" / portal / page.warc.file, page.warc, ArchiveKind.REPLICA
            )
            revisits += record is not None and record.revisit_of is not None
        assert revisits == (0 if portal == NOISY else len(rechecks))
        assert outcomes == {Outcome.NOT_MODIFIED if VALIDATORS.get(portal) else Outcome.ARTICLE}

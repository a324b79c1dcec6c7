"""Nights in which no article changes: no event says that one did, and what is still is neither sent nor stored twice."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from archive.index.schema import READINGS
from archive.model.enums import ArchiveKind, Event, Outcome
from archive.model.records import Run
from archive.storage.warc import read_record
from archive.store import Archive
from bench.runner import run_night
from crawler.spider.stop_rule import is_sampled_recheck
from replicas import FIRST_NIGHT
from replicas.articles import articles
from replicas.records import ReplicaArticle
from replicas.serve import ReplicaServer
from replicas.sites.catalogue import SITES
from replicas.sites.composed import ComposedSite
from replicas.sites.liferay import BacGiang
from replicas.sites.sharepoint import Moc
from replicas.sites.site import SiteRequest, SiteResponse
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


class EditedSite(BacGiang):
    """A portal whose pages differ at every request; in the second night one text does too."""

    edited = ""

    def render_article(self, article: ReplicaArticle, request: SiteRequest) -> str:
        page: str = super().render_article(article, request)
        if article.key == self.edited and request.night > FIRST_NIGHT:
            page = page.replace(article.title, f"{article.title}, sửa lại")
        return page


def later_night(root: Path, portal: str) -> tuple[Run, list[tuple[object, ...]], list[tuple[str, str]]]:
    """Return the second night's record, and its lines as far as two crawls of the same pages have them alike."""
    run, pages, articles = the_night(root, portal, FIRST_NIGHT + timedelta(days=1))
    lines = [(page.key, page.url, page.outcome, page.section, page.next_look, page.detail) for page in pages]
    return run, sorted(lines, key=repr), [(line.key, line.event.value) for line in articles]


def without_rechecks(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: number for name, number in counts.items() if not name.startswith(("rechecks ", "crosscheck"))}


def test_a_recheck_that_is_settled_by_a_digest_leaves_the_record_of_one_that_was_read(tmp_path: Path) -> None:
    first = [replace(article, revisions=(), removals=()) for article in articles("bac_giang")]
    site = EditedSite(first)
    site.edited = first[0].key
    still = quiet_site("ninh_thuan")
    root, read = new_archive(tmp_path / "archive"), tmp_path / "read"
    nights = [FIRST_NIGHT, FIRST_NIGHT + timedelta(days=1)]
    portals = ["bac_giang", "ninh_thuan"]
    with ReplicaServer([site, still]) as server:
        run_night(nights[0], root, server.port, portals, jobs=2)
        shutil.copytree(root, read)
        with Archive.open(read, ArchiveKind.REPLICA) as archive, archive.index.writing() as transaction:
            known = transaction.connection.execute(READINGS.delete()).rowcount
        assert known > 8
        for folder in (root, read):
            run_night(nights[1], folder, server.port, portals, jobs=2)
    for portal, how in (("bac_giang", "rechecks with the same region"), ("ninh_thuan", "rechecks with the same bytes")):
        (run, pages, events), (full, *lines) = later_night(root, portal), later_night(read, portal)
        assert [pages, events] == lines
        assert (run.verdict, run.reasons, run.outcomes, run.events) == (
            full.verdict,
            full.reasons,
            full.outcomes,
            full.events,
        )
        assert without_rechecks(run.extraction) == without_rechecks(full.extraction)
        assert run.extraction[how] > 1
        assert not any(name.startswith("rechecks with") for name in full.extraction)
        assert "rechecks differing" not in run.extraction
    counts = (later_night(folder, "bac_giang")[0].extraction for folder in (root, read))
    crosschecks = [{name: count for name, count in each.items() if "crosscheck" in name} for each in counts]
    assert crosschecks[0] == crosschecks[1] != {}
    assert (site.edited, "revision") in later_night(root, "bac_giang")[2]


class StatedSite(Moc):
    """A portal whose feed states when each article was changed."""

    def respond(self, request: SiteRequest) -> SiteResponse:
        answer = super().respond(request)
        stated = b"<updated>2025-02-01T08:00:00+07:00</updated></item>"
        return (
            replace(answer, body=answer.body.replace(b"</item>", stated)) if request.path.endswith(".rss") else answer
        )


def test_what_an_honest_feed_says_is_unchanged_is_not_asked_for(tmp_path: Path) -> None:
    site = StatedSite([replace(article, revisions=(), removals=()) for article in articles("moc")])
    root = new_archive(tmp_path / "archive")
    nights = [FIRST_NIGHT + timedelta(days=days) for days in range(3)]
    with ReplicaServer([site]) as server:
        for night in nights[:2]:
            run_night(night, root, server.port, ["moc"], jobs=1)
        doubted = the_night(root, "moc", nights[1])[0]
        with Archive.open(root, ArchiveKind.REPLICA) as archive, archive.index.writing() as transaction:
            stated = transaction.connection.execute(READINGS.update().values(moved=1)).rowcount
            sources = transaction.readings.sources("moc")
        run_night(nights[2], root, server.port, ["moc"], jobs=1)
    run, pages, _ = the_night(root, "moc", nights[2])
    assert stated >= 3
    assert len(sources) == 1
    assert "rechecks left out" not in doubted.extraction
    first = {line.key for line in the_night(root, "moc", nights[0])[2] if line.event is Event.NEW}
    asked = {page.key for page in pages if page.key in first}
    assert all(is_sampled_recheck(str(key), nights[2]) for key in asked)
    assert run.extraction["rechecks left out"] >= len(first - asked) > 3


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

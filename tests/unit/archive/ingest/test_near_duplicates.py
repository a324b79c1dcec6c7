"""Near-duplicates in the archive: stored whole, linked, clustered; the same whatever the order; made again from the files."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from archive.audit.verify import verify
from archive.errors import ArchiveUnusable
from archive.index.connect import VARIABLE
from archive.index.schema import NEAR_METHOD, SIGNATURES, TABLES
from archive.model.enums import Event
from archive.rebuild import rebuild
from archive.similarity.minhash import PARAMETERS
from archive.storage.jsonl import ArticleLine, decode_article
from archive.storage.run_record import read_lines
from archive.store import Archive
from pipelines.dedup import judge
from testing.archives import FIRST, at, finish, keep, make, tree
from testing.near_duplicates import CLUSTERS, PLAN, release, replay, report
from testing.postgresql import PostgresServer

IN_ORDER = [sorted(relations) for relations in PLAN]
LAST = FIRST + timedelta(days=len(PLAN))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the plan's nights, portal after portal by name."""
    root = tmp_path_factory.mktemp("near") / "a"
    replay(root, PLAN, IN_ORDER).close()
    return root


@pytest.fixture
def root(kept: Path, tmp_path: Path) -> Path:
    shutil.copytree(kept, tmp_path / "a")
    return tmp_path / "a"


def lines(archive: Archive) -> dict[tuple[int, str, str], ArticleLine]:
    """Every line by night number, portal and key."""
    found = {}
    for night in archive.paths.nights():
        for folder in archive.paths.closed_runs(night):
            for raw in read_lines(folder / "articles.jsonl"):
                line = decode_article(raw)
                found[(night - FIRST).days, folder.name, line.key] = line
    return found


def relations(archive: Archive) -> dict[tuple[int, str, str], tuple[str, str | None, list[str]]]:
    """Event, exact twin and near ones, by name, of every line."""
    return {
        place: (line.event.value, _article(line.duplicate_of), sorted(str(_article(link.id)) for link in line.near))
        for place, line in lines(archive).items()
    }


def _article(version: str | None) -> str | None:
    return version.partition("@")[0] if version else None


def rows(archive: Archive) -> dict[str, list[tuple[object, ...]]]:
    with archive.index.reading() as queries:
        return {table.name: list(queries.rows(table)) for table in TABLES}


def test_each_line_says_what_it_is_near_to(kept: Path) -> None:
    first = {
        (0, "bac_giang", "bao-cao-1"): ("new", None, []),
        (0, "bac_giang", "cau-1"): ("near_duplicate", None, ["da_nang/cau-2"]),
        (0, "da_nang", "cau-2"): ("new", None, []),
        (0, "da_nang", "rung-2"): ("duplicate", "ninh_thuan/rung-3", []),
        (0, "ninh_thuan", "cau-3"): ("near_duplicate", None, ["bac_giang/cau-1", "da_nang/cau-2"]),
        (0, "ninh_thuan", "rung-3"): ("new", None, []),
        (0, "quang_tri", "cau-4"): ("near_duplicate", None, ["bac_giang/cau-1", "da_nang/cau-2", "ninh_thuan/cau-3"]),
    }
    later = {
        (1, "bac_giang", "rung-1"): ("near_duplicate", None, ["ninh_thuan/rung-3"]),
        (1, "da_nang", "bao-cao-2"): ("new", None, []),
        (1, "da_nang", "truong-2"): ("new", None, []),
        (1, "ninh_thuan", "truong-3"): ("near_duplicate", None, ["da_nang/truong-2"]),
        (2, "da_nang", "rung-2"): ("revision", None, ["da_nang/truong-2", "ninh_thuan/truong-3"]),
        (2, "quang_tri", "rung-4"): ("duplicate", "ninh_thuan/rung-3", []),
        (2, "quang_tri", "truong-4"): (
            "near_duplicate",
            None,
            ["da_nang/rung-2", "da_nang/truong-2", "ninh_thuan/truong-3"],
        ),
    }
    with Archive.open(kept, read_only=True) as archive:
        assert relations(archive) == first | later


def test_a_near_duplicate_has_a_file_and_a_similarity(kept: Path) -> None:
    with Archive.open(kept, read_only=True) as archive:
        line = lines(archive)[0, "ninh_thuan", "cau-3"]
        text = archive.paths.night(FIRST) / "ninh_thuan" / str(line.file)
        assert text.read_bytes().startswith("Khởi công cầu".encode())
        assert [round(link.similarity, 1) for link in line.near] == [0.7, 0.6]
        assert archive.runs(FIRST)[2].events == {"near_duplicate": 1, "new": 1}
        assert verify(archive.identity, archive.paths).findings == []


def test_clusters_and_their_canonical_articles(kept: Path) -> None:
    with Archive.open(kept, read_only=True) as archive, archive.index.reading() as queries:
        all_at_once = queries.clusters.all()
        assert {cluster[0]: set(cluster) for cluster in all_at_once.values()} == CLUSTERS
        for article, cluster in all_at_once.items():
            assert queries.clusters.of_article(*article) == cluster
        assert queries.clusters.of_article("da_nang", "bao-cao-2") == (("da_nang", "bao-cao-2"),)
        assert ("bac_giang", "bao-cao-1") not in all_at_once


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_portals_does_not_matter(kept: Path, tmp_path: Path, seed: int) -> None:
    shuffled = random.Random(seed)
    orders = [shuffled.sample(sorted(portals), len(portals)) for portals in PLAN]
    with Archive.open(kept, read_only=True) as one, replay(tmp_path / "other", PLAN, orders) as other:
        assert tree(other.paths.root) == tree(one.paths.root)
        assert rows(other) == rows(one)


@pytest.mark.parametrize("done", [["bac_giang"], ["ninh_thuan", "quang_tri"]], ids=" and ".join)
def test_a_crash_between_two_portals_of_a_seal_changes_nothing(kept: Path, tmp_path: Path, done: list[str]) -> None:
    """The lines of some runs were settled, those of others were not, and the index knows of neither."""
    archive = make(tmp_path / "a")
    for portal in IN_ORDER[0]:
        crawl = archive.start(portal, FIRST, at(FIRST), judge)
        for one in PLAN[0][portal]:
            keep(crawl, one, at(FIRST) + timedelta(seconds=1))
        finish(crawl, at(FIRST) + timedelta(seconds=2))
    archive.close()
    shutil.copytree(tmp_path / "a", tmp_path / "whole")
    with Archive.open(tmp_path / "whole") as whole:
        whole.seal(FIRST, {})
        expected = tree(whole.paths.root)
        for portal in done:
            folder = archive.paths.night(FIRST) / portal
            shutil.rmtree(folder)
            shutil.copytree(whole.paths.night(FIRST) / portal, folder)
    with Archive.open(tmp_path / "a") as again:
        again.seal(FIRST, {})
        assert tree(again.paths.root) == expected
        assert verify(again.identity, again.paths).findings == []


def test_a_repeated_run_is_linked_to_what_is_sealed_and_never_the_other_way(root: Path) -> None:
    with Archive.open(root) as archive:
        sealed = tree(archive.paths.root)
        night = archive.start("bac_giang", FIRST, at(FIRST), judge)
        keep(night, release("rung-5", "rừng", sign="Một người khác", published="2025-03-01"), at(LAST))
        finish(night, at(LAST))
        archive.seal(FIRST, {})
        line = lines(archive)[0, "bac_giang.2", "rung-5"]
        assert (line.event, [_article(link.id) for link in line.near]) == (Event.NEAR_DUPLICATE, ["ninh_thuan/rung-3"])
        assert {name: data for name, data in tree(archive.paths.root).items() if name in sealed} == sealed
        assert verify(archive.identity, archive.paths).findings == []


def test_rebuild_makes_signatures_bands_and_links_again(root: Path) -> None:
    with Archive.open(root, read_only=True) as archive:
        before = rows(archive)
        (root / "index.db").unlink()
        assert rebuild(archive.paths) == []
    with Archive.open(root, read_only=True) as archive:
        assert rows(archive) == before


def test_a_resumed_run_has_its_rows_once(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        night = archive.start("da_nang", FIRST, at(FIRST), judge)
        keep(night, release("cau-2", "cầu"), at(FIRST))
        night.suspend()
        night = archive.start("da_nang", FIRST, at(FIRST), judge)
        keep(night, release("rung-2", "rừng"), at(FIRST))
        finish(night, at(FIRST))
        archive.seal(FIRST, {})
        assert verify(archive.identity, archive.paths).findings == []
        with archive.index.reading() as queries:
            assert queries.connection.execute(select(func.count()).select_from(SIGNATURES)).scalar() == 2


def test_a_damaged_text_is_one_finding_and_stops_no_judgement(root: Path) -> None:
    with Archive.open(root) as archive:
        path = archive.paths.night(FIRST) / "ninh_thuan" / str(lines(archive)[0, "ninh_thuan", "rung-3"].file)
        whole = path.read_bytes()
        path.write_bytes(whole.replace("rừng".encode(), "rưng".encode()))
        codes = {finding.code.value for finding in verify(archive.identity, archive.paths).findings}
        assert codes == {"MISMATCH", "TEXT_MISMATCH"}
        night = archive.start("quang_tri", LAST, at(LAST), judge)
        keep(night, release("rung-6", "rừng", sign="Một người khác"), at(LAST))
        finish(night, at(LAST))
        archive.seal(LAST, {})
        near = [_article(link.id) for link in lines(archive)[len(PLAN), "quang_tri", "rung-6"].near]
        assert near == ["bac_giang/rung-1"], "the damaged text was likely and could not be read"
        [problem] = rebuild(archive.paths)
        assert path.name in problem
        path.write_bytes(whole)
        tables = {finding.path for finding in verify(archive.identity, archive.paths).findings}
        assert tables == {"index.db/signatures", "index.db/bands"}
        assert rebuild(archive.paths) == []
        assert verify(archive.identity, archive.paths).findings == []


def test_signatures_of_another_method_are_refused_until_rebuilt(root: Path) -> None:
    with Archive.open(root) as archive:
        with archive.index.writing() as transaction:
            transaction.connection.execute(update(NEAR_METHOD).values(parameters="shingle=7"))
        with pytest.raises(ArchiveUnusable, match=r"\[shingle=7\].*`python -m archive rebuild`") as caught:
            archive.start("da_nang", LAST, at(LAST), judge)
        assert PARAMETERS in str(caught.value)
        assert "\n" not in str(caught.value)
        [finding] = verify(archive.identity, archive.paths).findings
        assert (finding.code.value, "rebuild" in str(finding.detail)) == ("INDEX", True)
        rebuild(archive.paths)
        assert verify(archive.identity, archive.paths).findings == []


def test_what_was_set_aside_and_what_stands_in_files_is_no_near_duplicate(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        night = archive.start("da_nang", FIRST, at(FIRST), judge)
        keep(night, release("cau-2", "cầu"), at(FIRST), reasons=("no body",))
        finish(night, at(FIRST))
        archive.seal(FIRST, {})
        night = archive.start("quang_tri", FIRST + timedelta(days=1), at(FIRST), judge)
        keep(night, release("cau-4", "cầu", sign="Một người khác"), at(FIRST))
        finish(night, at(FIRST))
        assert night.articles.counts == {"new": 1}


def _clusters(archive: Archive) -> dict[tuple[str, str], tuple[tuple[str, str], ...]]:
    with archive.index.reading() as queries:
        return queries.clusters.all()


def test_two_reports_of_one_form_are_two_articles(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        for week in range(3):
            when = FIRST + timedelta(days=week)
            night = archive.start("da_nang", when, at(when), judge)
            keep(night, report(f"bao-cao-{week}", week, when.isoformat()), at(when))
            finish(night, at(when))
            archive.seal(when, {})
        assert {line.event for line in lines(archive).values()} == {Event.NEW}
        assert _clusters(archive) == {}


def test_an_article_is_never_near_its_own_version(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        for number, sign in enumerate(["Văn phòng", "Ban biên tập"]):
            when = FIRST + timedelta(days=number)
            night = archive.start("da_nang", when, at(when), judge)
            keep(night, release("cau-2", "cầu", sign=sign), at(when))
            finish(night, at(when))
            archive.seal(when, {})
        line = lines(archive)[1, "da_nang", "cau-2"]
        assert (line.event, line.near) == (Event.REVISION, ())


def test_postgresql_finds_the_same(
    kept: Path, tmp_path: Path, postgresql: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Archive.open(kept, read_only=True) as archive:
        expected = (tree(kept), rows(archive), relations(archive), _clusters(archive))
    monkeypatch.setenv(VARIABLE, postgresql.database())
    with replay(tmp_path / "other", PLAN, [sorted(portals, reverse=True) for portals in PLAN]) as archive:
        assert (tree(tmp_path / "other"), rows(archive), relations(archive), _clusters(archive)) == expected
        assert verify(archive.identity, archive.paths).findings == []
        assert rebuild(archive.paths) == []
        assert rows(archive) == expected[1]

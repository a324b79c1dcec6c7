"""`scrapy sample PORTAL URL…`: pages and what the spider reads from them, written for a person to review, never by a test run."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from scrapy.settings import Settings

from archive.errors import UsageError
from archive.model.enums import ArchiveKind
from crawler.commands.sample import Command
from crawler.families.dnn_cmsview import DNNCmsviewSpider
from crawler.listings.listing import Section
from crawler.portal import Sure
from crawler.probe.fixtures import Sample, SavedPages, differing, kind_of_page, refuse_interfaces, wanted_pages
from crawler.probe.page import VisitedPage
from crawler.probe.write import mark_reviewed
from crawler.spiders.quang_tri import QuangTri
from replicas import LAST_NIGHT
from replicas.articles import portal_site
from replicas.serve import ReplicaServer
from testing.crawl import environment
from vietnam.date_forms import TZ

ROOT = Path(__file__).resolve().parents[2]
HOME = "https://www.quangtri.gov.vn"
LIST = f"{HOME}/tin-tuc"
ARTICLE = f"{HOME}/tin-tuc/kiem-tra-ho-chua"
NOW = datetime(2025, 3, 12, 23, 59, 59, tzinfo=TZ)
PAGE = ROOT / "replicas" / "pages" / "quang_tri" / "article-1.html"


def sample(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "scrapy", "sample", *arguments],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def kept(folder: Path, body: bytes = PAGE.read_bytes()) -> SavedPages:
    saved = SavedPages(folder / "quang_tri")
    saved.save(QuangTri, Sample(VisitedPage(ARTICLE, ARTICLE, 200, body), "article", NOW), ArchiveKind.REPLICA)
    return saved


def test_pages_are_saved_beside_what_is_read_from_them(tmp_path: Path) -> None:
    with ReplicaServer([portal_site("quang_tri")]) as server:
        done = sample(
            "quang_tri", LIST, ARTICLE, f"{ARTICLE}0", "--pages", str(tmp_path), "--night", LAST_NIGHT.isoformat(),
            REPLICA="1", REPLICA_PORT=str(server.port),
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    folder = tmp_path / "quang_tri"
    assert done.stdout.splitlines() == [
        f"saved: {folder}/list-1.html, 4 entries",
        f"saved: {folder}/article-1.html, 2025-02-12T07:51:00+07:00, 7 blocks, layout unnamed-skin: Kiểm tra công tác an toàn "
        "hồ chứa trước mùa khô tại huyện Vĩnh Thạch",
        f"not saved: {ARTICLE.replace('gov.vn', 'gov.vn.replica.test')}0: gone (status 404)",
        f"compare them with {folder}/expected.json, then run `python -m scrapy probe --reviewed quang_tri`",
    ]
    wanted = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert {name: (each["url"], each["via"], each["reviewed"]) for name, each in wanted.items()} == {
        "list-1.html": (LIST, "replica", False),
        "article-1.html": (ARTICLE, "replica", False),
    }
    assert b"replica.test" not in b"".join(page.read_bytes() for page in folder.iterdir())


@pytest.mark.parametrize(
    ("urls", "message"),
    [
        pytest.param([], "name from 1 to 10 addresses of quang_tri", id="no address"),
        pytest.param([LIST] * 11, "name from 1 to 10 addresses of quang_tri", id="a crawl"),
        pytest.param(["https://danang.gov.vn/a"], "not one of the portal's own", id="another host"),
        pytest.param(["file:///etc/hosts"], "only http and https are fetched", id="a file"),
        pytest.param([f"{HOME}/gioi-thieu"], "neither a section's list nor an article", id="neither"),
        pytest.param([ARTICLE], "is saved and reviewed: fetch it again with --force", id="reviewed"),
    ],
)
def test_what_is_not_saved_is_reported_before_anything_is_asked(urls: list[str], message: str, tmp_path: Path) -> None:
    kept(tmp_path)
    mark_reviewed(tmp_path / "quang_tri")
    with pytest.raises(UsageError, match=re.escape(message)) as error:
        wanted_pages(QuangTri, urls, SavedPages(tmp_path / "quang_tri"), None, force=False)
    assert "\n" not in str(error.value)


def test_what_is_saved_by_force_or_by_its_given_kind(tmp_path: Path) -> None:
    saved = kept(tmp_path)
    mark_reviewed(tmp_path / "quang_tri")
    assert wanted_pages(QuangTri, [LIST, ARTICLE], saved, None, force=True) == {LIST: "list", ARTICLE: "article"}
    assert wanted_pages(QuangTri, [f"{LIST}?cur=2"], saved, "list", force=False) == {f"{LIST}?cur=2": "list"}


def test_an_interface_has_no_page_to_save() -> None:
    class HaNoi(DNNCmsviewSpider):
        name = "ha_noi"
        title = "Mẫu"
        province = None
        home = "https://mau.vn"
        sections = (Section("tin", "/tin", "Tin", asks=(("ModuleId", "7"),)),)
        sure = Sure.INFERRED

    with pytest.raises(UsageError, match="ha_noi takes the list of tin from an interface: name an article"):
        refuse_interfaces(HaNoi, "https://mau.vn/tin", "list")


@pytest.mark.parametrize(
    ("own", "ci", "replica", "message"),
    [
        pytest.param(True, "", "1", "saved pages are for a person to review: no test run writes them", id="a test run"),
        pytest.param(False, "1", "", "CI is set: run it by hand, or rehearse with REPLICA=1", id="CI"),
    ],
)
def test_nothing_is_saved_where_nobody_looks(
    own: bool,
    ci: str,
    replica: str,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", ci)
    command = Command()
    command.settings = Settings({"REPLICA": replica})
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    command.run(["quang_tri", LIST], parser.parse_args([] if own else ["--pages", str(tmp_path)]))
    assert command.exitcode == 2
    printed = capsys.readouterr().err
    assert message in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (LIST, "list"),
        (f"{LIST}/", "list"),
        ("https://quangtri.gov.vn/tin-tuc", "list"),
        (ARTICLE, "article"),
        (f"{LIST}?cur=2", None),
        (f"{HOME}/gioi-thieu", None),
    ],
)
def test_the_spider_says_what_an_address_is(url: str, kind: str | None) -> None:
    if kind is not None:
        assert kind_of_page(QuangTri, url) == kind
        refuse_interfaces(QuangTri, url, kind)
        return
    with pytest.raises(UsageError, match="say which with --list or --article"):
        kind_of_page(QuangTri, url)


def test_a_page_that_is_fetched_again_keeps_its_file_and_waits_for_a_review(tmp_path: Path) -> None:
    saved = kept(tmp_path)
    mark_reviewed(tmp_path / "quang_tri")
    assert SavedPages(tmp_path / "quang_tri").reviewed(ARTICLE)
    other = Sample(VisitedPage(f"{ARTICLE}1", f"{ARTICLE}1", 200, PAGE.read_bytes()), "article", NOW)
    assert saved.save(QuangTri, other, ArchiveKind.LIVE) == "article-2.html"
    again = kept(tmp_path)
    assert sorted(again.expected) == ["article-1.html", "article-2.html"]
    assert not again.reviewed(ARTICLE)


def test_what_is_read_differently_is_named_and_waits_for_a_review(tmp_path: Path) -> None:
    saved = kept(tmp_path)
    folder = tmp_path / "quang_tri"
    mark_reviewed(folder)
    saved = SavedPages(folder)
    assert saved.reread(QuangTri) == {}
    assert saved.reviewed(ARTICLE)
    body = (folder / "article-1.html").read_bytes()
    (folder / "article-1.html").write_bytes(body.replace("hồ chứa trước mùa khô".encode(), "đê điều".encode()))
    assert saved.reread(QuangTri) == {"article-1.html": ["title"]}
    assert not SavedPages(folder).reviewed(ARTICLE)


def test_the_engines_version_is_no_difference() -> None:
    old: dict[str, object] = {
        "key": "1",
        "reviewed": True,
        "article": {"title": "Tin", "extractor": "trafilatura 2.3.1"},
    }
    new: dict[str, object] = {"key": "1", "reviewed": False, "article": {"title": "Tin", "extractor": "trafilatura 9"}}
    assert differing(old, new) == []
    assert differing(old, {**new, "key": "2"}) == ["key"]


def test_an_expectation_that_is_none_is_reported(tmp_path: Path) -> None:
    (tmp_path / "expected.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UsageError, match="is no expectation"):
        SavedPages(tmp_path)


def test_a_page_without_end_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="2,000,001 bytes"):
        kept(tmp_path, b" " * 2_000_001)
    assert not list(tmp_path.iterdir())

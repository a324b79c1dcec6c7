"""`scrapy list -v` and the pages made from the code say of each portal what its file declares."""

from __future__ import annotations

import argparse
import json
import re
from datetime import date
from pathlib import Path

import pytest
from scrapy.settings import Settings

from archive.errors import UsageError
from archive.model.decommission import Decommission, DecommissionSign
from archive.model.enums import ArchiveKind, FinishReason
from archive.store import Archive
from crawler.catalog.docs import COMMAND, DOCS, READMES, main, pages
from crawler.catalog.overview import (
    endpoints,
    families,
    family_of,
    overview,
    portal_named,
    province_in_words,
    spiders,
)
from crawler.catalog.provinces import province_table, provinces_of_today, with_provinces
from crawler.commands.list import Command
from crawler.families.vhv import VHVSpider
from crawler.listings.listing import Section
from crawler.portal import PortalSpider, Sure
from crawler.spiders.bac_giang import BacGiang
from crawler.spiders.can_tho import CanTho
from crawler.spiders.mst import Mst
from crawler.spiders.quang_tri import QuangTri
from crawler.spiders.vinh_phuc import VinhPhuc
from testing.archives import ARCHIVE_ID, FIRST, at, good, judge

ROOT = Path(__file__).resolve().parents[4]


def portals() -> dict[str, type[PortalSpider]]:
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return spiders(settings)


def listed(*arguments: str) -> int:
    command = Command()
    command.settings = Settings()
    command.settings.setmodule("crawler.settings", priority="project")
    parser = argparse.ArgumentParser(conflict_handler="resolve")
    command.add_options(parser)
    options, rest = parser.parse_known_args(arguments)
    command.run(rest, options)
    return command.exitcode


@pytest.mark.parametrize("name", ["families.md", "portals.md"])
def test_the_page_is_what_the_code_says(name: str) -> None:
    kept = (DOCS / name).read_text(encoding="utf-8")
    assert kept == pages(portals())[name], f"docs/reference/{name} differs from the code: run `{COMMAND}`"


@pytest.mark.parametrize("name", READMES)
def test_the_readme_says_of_every_province_what_there_is(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text == with_provinces(text, portals()), f"{name} differs from the code: run `{COMMAND}`"
    block = text.partition("<!-- provinces")[2].partition("<!-- end of provinces")[0]
    assert all(each.name in block for each in provinces_of_today())


def test_every_province_has_a_row_also_without_a_spider() -> None:
    known = {"bac_giang": BacGiang, "quang_tri": QuangTri}
    rows = {row.split("|")[1].partition("<br>")[0].strip(): row for row in province_table(known)[4:]}
    assert len(rows) == 34
    assert "| `quang_tri` | Liferay view-article | inferred" in rows["Quảng Trị"]
    assert "| none |  |  |  | Bắc Giang (`bac_giang`) |" in rows["Bắc Ninh"]
    assert rows["Huế"].split("|")[2].strip() == "none"


def test_what_machines_can_read_is_named() -> None:
    assert endpoints(BacGiang) == ()
    assert endpoints(CanTho)[0].startswith("POST https://www.cantho.gov.vn/DesktopModule/")
    assert "day https://mst.gov.vn/tin-tuc-su-kien/xem-theo-ngay-DD-MM-YYYY.htm" in endpoints(Mst)
    assert endpoints(VinhPhuc) == ("POST https://vinhphuc.gov.vn/APIVP/api/DSTinTuc/QUERYDATA",)


def test_the_command_writes_what_differs_and_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--docs", str(tmp_path), "--check"]) == 1
    assert capsys.readouterr().out == "differs: families.md\ndiffers: portals.md\n"
    assert not list(tmp_path.iterdir())
    assert main(["--docs", str(tmp_path)]) == 0
    assert main(["--docs", str(tmp_path), "--check"]) == 0


def test_a_portal_is_reported_as_its_file_declares_it() -> None:
    summary = overview(BacGiang)
    assert (summary.family, summary.province) == (
        "Liferay asset publisher",
        "Bắc Giang, part of Bắc Ninh since 2025-07-01",
    )
    assert summary.exceptions == ("old ciphers are accepted (level1)",)
    assert overview(QuangTri).known == "inferred: list, paging, layout"
    assert overview(QuangTri).basis.startswith("its addresses are described")
    assert overview(QuangTri).exceptions == ("the certificate is not verified",)


class OldTown(VHVSpider):
    name = "old_town"
    title = "Thị xã Cũ"
    province = "binhdinh"
    home = "https://cu.vn"
    sections = (Section("tin", "/tin", "Tin"),)
    sure = Sure.INFERRED
    moved_to = ("moi.vn",)
    dissolved = date(2025, 7, 1)


def test_the_end_that_a_file_declares_is_reported() -> None:
    assert overview(OldTown).end == "sends on to moi.vn; dissolved on 2025-07-01"
    assert overview(QuangTri).end == ""


@pytest.mark.parametrize(
    ("name", "message"),
    [("quang_try", "unknown portal `quang_try`; did you mean `quang_tri`?"), ("slow_town", "sections still say TODO")],
)
def test_a_portal_is_named_when_it_is_there_and_finished(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        portal_named(name, {"quang_tri": QuangTri, "slow_town": SlowTown})
    assert portal_named("quang_tri", {"quang_tri": QuangTri}) is QuangTri


class SlowTown(VHVSpider):
    name = "slow_town"
    title = "Thị xã Chậm"
    province = None
    home = "https://cham.vn"
    sections = (Section("todo", "/TODO", "TODO"),)
    sure = Sure.RECORDED
    inferred = ("paging",)
    delay = 7
    tls = "unverified"


def test_exceptions_and_what_is_unfinished_are_reported() -> None:
    summary = overview(SlowTown)
    assert summary.exceptions == ("the certificate is not verified", "7 s between requests")
    assert (summary.unfinished, summary.known) == (("sections",), "to be written: sections")
    assert family_of(SlowTown) == "vhv"


@pytest.mark.parametrize(
    ("slug", "words"),
    [(None, ""), ("quangtri", "Quảng Trị"), ("binhdinh", "Bình Định, part of Gia Lai since 2025-07-01")],
)
def test_a_province_is_reported_with_what_became_of_it(slug: str | None, words: str) -> None:
    assert province_in_words(slug) == words


def test_every_family_module_is_found() -> None:
    modules = {path.stem for path in (ROOT / "crawler" / "families").glob("*.py")} - {"__init__"}
    assert set(families()) == modules


def test_the_list_says_what_is_known_and_whether_the_nights_crawl_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "nights.toml"
    settings.write_text("[portals.da_nang]\nenabled = false\n", encoding="utf-8")
    assert listed("-v", "--settings", str(settings)) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert lines["da_nang"].endswith("off: switched off in nights.toml")
    assert re.search(r"  described {2,}old ciphers are accepted \(level1\) {2,}on$", lines["bac_giang"])
    assert lines["quang_tri"].endswith("off: known only by inference: run `python scheduler.py check quang_tri` first")


def test_the_list_says_who_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = Decommission(DecommissionSign.MOVED, FIRST, to="bacninh.gov.vn", recorded=FIRST)
    settings = tmp_path / "nights.toml"
    settings.write_text('archive = "live"\n', encoding="utf-8")
    with Archive.create(tmp_path / "live", ArchiveKind.LIVE, ARCHIVE_ID, at(FIRST)) as archive:
        night = archive.start("bac_giang", FIRST, at(FIRST), judge)
        night.close(
            at(FIRST),
            complete=True,
            finish_reason=FinishReason.FINISHED,
            judge_night=good,
            extraction={},
            software={},
            away=moved,
        )
    listed("--json", "--settings", str(settings))
    rows = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert (
        rows["bac_giang"]["skipped"]["text"]
        == "moved to bacninh.gov.vn on 2025-03-03: off the schedule until a person decides"
    )
    assert rows["da_nang"]["live"] is True


def test_the_list_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = tmp_path / "nights.toml"
    settings.touch()
    assert listed("--json", "--settings", str(settings)) == 0
    rows = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert set(rows) == set(portals())
    assert rows["quang_tri"]["inferred"] == ["list", "paging", "layout"]
    assert rows["quang_tri"]["live"] is False


def test_a_portal_is_no_argument_of_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert listed("-v", "quang_tri") == 2
    assert "takes no portal" in capsys.readouterr().err

"""From planted widgets to a rule by the commands: reported at the night's end, shown, accepted, gone the next night."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from archive.messages.reason import Reason
from archive.model.enums import Verdict
from testing.crawl import new_archive, the_night
from tests.e2e.planted_widgets import BOX, COUNTER, PORTAL, package, planted_server, scrapy, widgets_in

FIRST, NEXT = date(2025, 3, 10), date(2025, 3, 12)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with planted_server() as server:
        yield server.port


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, port: int) -> Path:
    """Make a folder with the spider's package and an archive of one night, whose first walk reached back a month."""
    folder = tmp_path_factory.mktemp("planted")
    package(folder)
    new_archive(folder / "archive")
    done = scrapy(folder, "crawl", port=port, night=FIRST)
    assert (done.code, done.err) == (1, "")
    return folder


@pytest.fixture
def folder(crawled: Path, tmp_path: Path) -> Path:
    """Copy the archive, to write into it."""
    return Path(shutil.copytree(crawled, tmp_path / "planted"))


def test_the_night_names_them_and_is_suspicious_for_the_line_of_all_texts(crawled: Path) -> None:
    run, _, _ = the_night(crawled / "archive", PORTAL, FIRST)

    assert run.verdict is Verdict.SUSPICIOUS
    assert [reason.code for reason in run.reasons if isinstance(reason, Reason)].count("texts_share_line") == 1
    assert Reason.of("residue", n=2, portal="quang_tri") in run.reasons
    assert run.extraction["residue suspects"] == 2
    assert widgets_in(crawled, FIRST)


def test_they_are_shown_with_evidence_rule_and_examples(crawled: Path) -> None:
    done = scrapy(crawled, "suspects")

    assert (done.code, done.err) == (1, "")
    lines = [line.strip() for line in done.out.splitlines()]
    assert lines[0].startswith(
        "residue: 2 suspects on quang_tri (13 articles of 2025-02-12 to 2025-03-10, 13 pages read)"
    )
    assert f"2  {BOX}" in lines
    assert "7 points: alone in its box div.ke-chuyen; in 100% of all articles" in lines
    assert "13 of 13 articles, 2025-02-12 to 2025-03-10, before the text" in lines
    assert 'drop = "div.ke-chuyen" takes 13 lines out of 13 pages, and nothing else' in lines
    assert 'after = "bài này đã có # bà con mở ra đọc" takes 13 lines out of 13 pages, and nothing else' in lines
    assert sum(line.startswith("e.g. quang_tri/") for line in lines) == 6


def test_the_same_as_json(crawled: Path) -> None:
    shown = json.loads(scrapy(crawled, "suspects", "--json").out)

    assert [suspect["rule"] for suspect in shown["suspects"]] == [
        {"after": "bài này đã có # bà con mở ra đọc"},
        {"drop": "div.ke-chuyen"},
    ]
    assert (shown["portal"], shown["articles"]) == (PORTAL, 13)


def test_accepted_they_are_gone_from_the_next_night_on(folder: Path, port: int) -> None:
    first = scrapy(folder, "suspects", "--accept", "2")
    second = scrapy(folder, "suspects", "--accept", COUNTER.format(7))
    rules = (folder / "planted_spiders" / "residue.toml").read_text("utf-8")

    assert (first.code, first.err, second.code, second.err) == (0, "", 0, "")
    assert "accepted for quang_tri: drop = 'div.ke-chuyen' in" in first.out
    assert '[[quang_tri]]\ndrop = "div.ke-chuyen"\nwhy = "13 of 13 articles, 2025-02-12 to 2025-03-10: ' in rules
    assert '[[quang_tri]]\nafter = "bài này đã có # bà con mở ra đọc"\n' in rules

    again = scrapy(folder, "reextract")
    assert f"[-{BOX}-]" in again.out

    assert scrapy(folder, "crawl", port=port, night=NEXT).code == 0
    run, _, lines = the_night(folder / "archive", PORTAL, NEXT)
    assert len([line for line in lines if line.file]) >= 2
    assert widgets_in(folder, NEXT) == []
    assert not any(str(reason).startswith("residue:") for reason in run.reasons)
    after = scrapy(folder, "suspects")
    assert (after.code, after.out.splitlines()[0][:34]) == (0, "residue: no suspects on quang_tri ")


def test_a_rule_can_become_the_familys(folder: Path) -> None:
    """The family's own file stands in the checkout, so the family is one of the package's."""
    spiders = folder / "planted_spiders"
    text = (spiders / f"{PORTAL}.py").read_text("utf-8")
    base = "class OwnSpider(LiferayViewArticleSpider, family='Own view-article'):\n    pass\n\n\nclass QuangTri(OwnSpider):"
    (spiders / f"{PORTAL}.py").write_text(text.replace("class QuangTri(LiferayViewArticleSpider):", base), "utf-8")

    done = scrapy(folder, "suspects", "--accept", "2", "--family")

    assert (done.code, done.err) == (0, "")
    assert '[["Own view-article"]]\ndrop = "div.ke-chuyen"\n' in (spiders / "residue.toml").read_text("utf-8")
    assert scrapy(folder, "suspects").out.startswith("residue: 1 suspect on quang_tri")


REFUSED = {
    "formula": (["--accept", "Nơi nhận:"], "'Nơi nhận:' is a formula that belongs to texts: it is never taken out"),
    "sign-off": (["--accept", "Tác giả: Trần Mai Hoa"], "is a sign-off: it is never taken out of a text"),
    "no-such-number": (["--accept", "9"], "no suspect '9' on quang_tri; there are 2"),
    "no-such-line": (["--accept", "Mưa rào vài nơi"], "no suspect 'Mưa rào vài nơi' on quang_tri"),
    "family-alone": (["--family"], "--family says whose rule it becomes: give it with --accept N"),
}


@pytest.mark.parametrize(("arguments", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_in_one_line(crawled: Path, arguments: list[str], words: str) -> None:
    done = scrapy(crawled, "suspects", *arguments)

    assert (done.code, done.out) == (2, "")
    assert words in done.err
    assert done.err.count("\n") == 1
    assert not (crawled / "planted_spiders" / "residue.toml").exists()


def test_a_wrong_rules_file_stops_the_crawl_before_anything_is_asked(folder: Path, port: int) -> None:
    (folder / "planted_spiders" / "residue.toml").write_text('[[quang_tri]]\ndorp = "div.x"\n', "utf-8")
    done = scrapy(folder, "crawl", port=port, night=NEXT)

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "a table of quang_tri does not know `dorp`; it has one of drop, before, among, after, and `why`" in done.err

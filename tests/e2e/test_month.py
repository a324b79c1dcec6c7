"""The month's bench on a small CSV of our own: twins, a row without a time, a label, mixed letters; three nights."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.storage.paths import Paths
from bench.months.check import judge_month
from bench.months.plants import PORTAL
from bench.months.recorded_articles import (
    LABELS,
    MonthArticle,
    MonthSite,
    folded,
    month_articles,
    paragraphs,
    read_rows,
)
from replicas.sites.site import SiteRequest

ROOT = Path(__file__).resolve().parent.parent.parent
COLUMNS = ("topic", "title", "summary", "url", "keywords", "public_time", "content")
NEWS, PEOPLE, WORK = "Tin tức - Sự kiện", "Công dân", "Doanh nghiệp"
FIRST, LAST = date(2025, 12, 1), date(2025, 12, 3)
BODY = (
    "Buổi sáng ở bến thuyền thôn Cồn Mây, chị Đặng Thị Lài dỡ ba mươi giỏ ngao đầu mùa. "
    "Ông Phùng Văn Khoai cân từng giỏ và ghi vào sổ. "
    "Theo ban quản lý bến, 14 thuyền đã ra khơi từ lúc 4 giờ 30 phút. Nước ròng sớm hơn mọi năm gần một giờ. "
    "“Chúng tôi giữ giá cho người quen”, chị Lài nói. Đến trưa thì bến đã vắng. Lũ trẻ trong thôn nhặt vỏ ngao về lát lối đi."
)
SLUG = "/web/dng/-/"
VI_SLUG = "/vi/web/dng/-/"


@dataclass(frozen=True)
class Made:
    """One row; `body` and `tail` go into `content` behind title and summary."""

    slug: str
    time: str
    title: str
    summary: str = "Tin từ bến thuyền thôn Cồn Mây trong tuần đầu mùa ngao năm nay."
    topic: str = NEWS
    path: str = SLUG
    body: str = BODY
    tail: str = ""
    content: str = ""

    def values(self) -> tuple[str, ...]:
        text = self.content or " ".join(part for part in (self.title, self.summary, self.body, self.tail) if part)
        url = f"https://danang.gov.vn{self.path}{self.slug}"
        return (self.topic, self.title, self.summary, url, "bến thuyền,tin tức - sự kiện", self.time, text)


def numbered(number: int) -> str:
    """Bodies that differ, so that no text is another's duplicate."""
    return f"Số liệu của ngày thứ {number} được ghi ở https://ben.danang.gov.vn/so-{number} . {BODY}"


MADE = (
    Made("le-mo-bien", "02/06/2025 08:00", "Lễ mở biển thôn Cồn Mây", body=numbered(0)),
    Made("ngao-dau-mua", "01/12/2025 06:10", "Ngao đầu mùa về bến", body=numbered(1)),
    Made("ngao-dau-mua-1", "01/12/2025 17:45", "Ngao đầu mùa về bến, bài hai", body=numbered(2), tail=LABELS[0]),
    Made("tap-huan-luoi", "02/12/2025 00:00", "Tập huấn vá lưới cho 20 hộ", body=numbered(3), tail="LÀI ĐẶNG - VĂN KHOAI"),
    Made("cho-ben", "02/12/2025 09:30", "Chợ bến họp sớm", "Xem lịch ở https://danang.gov.vn/lich từ đầu tháng.", PEOPLE,
         VI_SLUG, numbered(4)),
    Made("cho-ben-moi", "02/12/2025 23:59", "Chợ bến mới", body=numbered(5)),
    Made("cho-ben-moi", "02/12/2025 23:59", "Chợ bến mới", body=numbered(5), topic=WORK, path=VI_SLUG),
    Made("video-tuan-qua", "2/12/2025", "Video: tuần qua ở bến", body="", tail=LABELS[1]),
    Made("doi-ten-ben", "03/12/2025 07:07", unicodedata.normalize("NFD", "Đổi tên bến thuyền"), body=numbered(6)),
    Made("hop-thon", "03/12/2025 08:00", "Họp thôn cuối năm", body="", content="Họp thôn cuối năm 2025 " + numbered(7)),
    Made("ben-cu", "03/12/2025 10:20", "Bến cũ", summary="Bến cũ nằm sau rặng dừa, nay không còn thuyền nào về.",
         content="Bến cũ nằm sau rặng dừa, nay không còn thuyền nào về. " + numbered(8)),
    Made("ve-dich", "03/12/2025 21:00", "Thuyền thúng\u200b về đích", body=numbered(9)),
    Made("sang-nam", "04/12/2025 00:01", "Việc của năm sau", body=numbered(10)),
)  # fmt: skip


def write_csv(path: Path, rows: Sequence[Sequence[str]], columns: Sequence[str] = COLUMNS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([columns, *rows])
    return path


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> tuple[MonthArticle, ...]:
    path = write_csv(tmp_path_factory.mktemp("csv") / "rows.csv", [made.values() for made in MADE])
    return month_articles(read_rows(path))


def run_month(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "bench/months/month.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)


def test_three_nights_through_the_real_program(tmp_path: Path, articles: tuple[MonthArticle, ...]) -> None:
    file = write_csv(tmp_path / "rows.csv", [made.values() for made in MADE])
    folder = tmp_path / "archive"
    asked = ("--articles", str(file), "--from", str(FIRST), "--to", str(LAST), "--archive", str(folder))

    done = run_month(*asked)

    assert done.returncode == 0, done.stdout + done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["2025-12-01", "2025-12-02", "2025-12-03"]
    figures = {
        "nights": 3,
        "listed": 11,
        "archived": 11,
        "in_range": 10,
        "before_range": 1,
        "twins": 1,
        "duplicates": 0,
    }
    assert {name: said[name] for name in figures} == figures
    nothing = ("missed", "late", "text_mismatches", "quarantined", "strangers")
    assert {name: said[name] for name in nothing} == {name: [] for name in nothing}
    assert (said["without_clock"], said["invisible"], said["title_apart"]) == (
        [{"key": "video-tuan-qua", "day": "2025-12-02", "archived": "2025-12-02"}],
        ["ve-dich"],
        ["ben-cu"],
    )
    assert (said["revisions"], said["verify"]) == (0, "clean")
    assert said["requests"] == said["served"]

    # The comparison sees what it should see: another text, another night, an article that is not there, a stranger.
    changed = [
        replace(article, body=article.body.replace("ròng", "lớn"))
        if article.slug == "cho-ben"
        else replace(article, published=article.published - timedelta(days=1))
        if article.slug == "hop-thon"
        else article
        for article in articles
        if article.slug != "le-mo-bien"
    ]
    changed.append(replace(articles[1], slug="never-served"))
    judged = judge_month(Paths(folder), PORTAL, changed, FIRST, LAST)
    assert [mismatch.key for mismatch in judged.text_mismatches] == ["cho-ben"]
    assert "ròng" in judged.text_mismatches[0].archived
    assert "lớn" in judged.text_mismatches[0].expected
    assert (judged.late, judged.missed, judged.strangers) == (["hop-thon"], ["never-served"], ["le-mo-bien"])
    assert not judged.good

    again = run_month(*asked)
    assert (again.returncode, again.stdout) == (2, "")
    assert "holds nights already" in again.stderr


def test_what_the_rows_say(articles: tuple[MonthArticle, ...]) -> None:
    by_slug = {article.slug: article for article in articles}
    assert len(by_slug) == 12
    assert [path for _, path in by_slug["cho-ben-moi"].listings] == [SLUG + "cho-ben-moi", VI_SLUG + "cho-ben-moi"]
    assert by_slug["ngao-dau-mua-1"].label == LABELS[0]
    assert by_slug["video-tuan-qua"].body == ""
    assert not by_slug["video-tuan-qua"].clock
    assert by_slug["hop-thon"].lead == ""
    assert by_slug["ben-cu"].apart
    for made in MADE:
        whole = folded(made.values()[-1])
        expected = (
            f"{made.title} {whole}"
            if made.slug == "ben-cu"
            else whole.removesuffix(f" {made.tail}" * (made.tail in LABELS))
        )
        assert by_slug[made.slug].text == folded(expected), made.slug


@pytest.mark.parametrize(
    ("body", "count"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("Một câu.", 1, id="one sentence"),
        pytest.param(BODY, 2, id="a few sentences each"),
        pytest.param(f"{BODY} LÀI ĐẶNG - VĂN KHOAI", 3, id="a byline stands alone"),
        pytest.param("không dấu chấm " * 60 + "hết", 1, id="no end of a sentence"),
        pytest.param(f"{BODY} TP. Hồ Chí Minh là nơi PGS. Khoai từng học.", 2, id="abbreviations end nothing"),
    ],
)
def test_paragraphs_lose_nothing(body: str, count: int) -> None:
    pieces = paragraphs(body)
    assert " ".join(pieces) == body
    assert len(pieces) == count, pieces


def test_lists_show_each_row_from_its_night_on(articles: tuple[MonthArticle, ...]) -> None:
    site = MonthSite(articles)

    def shown(path: str, night: date) -> list[str]:
        page = site.respond(SiteRequest(site.host, path, "", night, 1)).body.decode()
        return re.findall(r'<h3 class="asset-title"><a href="([^"]+)"', page)

    assert shown("/tin-tuc-su-kien", FIRST) == [SLUG + "ngao-dau-mua-1", SLUG + "ngao-dau-mua", SLUG + "le-mo-bien"]
    # A section without news shows the portal's oldest article: an empty list would be an alarm.
    assert shown("/vi/doanh-nghiep", FIRST) == [SLUG + "le-mo-bien"]
    assert shown("/vi/doanh-nghiep", LAST) == [VI_SLUG + "cho-ben-moi", SLUG + "le-mo-bien"]
    assert site.respond(SiteRequest(site.host, SLUG + "cho-ben-moi", "", FIRST, 1)).status == 404
    assert site.respond(SiteRequest(site.host, VI_SLUG + "cho-ben-moi", "", LAST, 1)).status == 200


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param({"--articles": "nowhere.csv"}, 2, "cannot read nowhere.csv", id="no CSV"),
        pytest.param({"--from": "2025-12-04"}, 2, "lies after --to 2025-12-03", id="the range the wrong way round"),
        pytest.param({"--to": "2025-12-32"}, 2, "--to '2025-12-32' is no day", id="no day"),
        pytest.param({"--archive": "{full}"}, 2, "is not empty", id="a folder with other things"),
        pytest.param({"--archive": "{live}"}, 4, "is a live archive", id="an archive of real captures"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, arguments: dict[str, str], code: int, said: str) -> None:
    full, live = tmp_path / "full", tmp_path / "live"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    init = [sys.executable, "-m", "archive", "init", str(live), "--kind", "live"]
    subprocess.run(init, cwd=ROOT, check=True, capture_output=True)
    file = write_csv(tmp_path / "rows.csv", [made.values() for made in MADE])
    given = {"--articles": str(file), "--from": str(FIRST), "--to": str(LAST), "--archive": str(tmp_path / "archive")}
    given |= {name: value.format(full=full, live=live) for name, value in arguments.items()}

    done = run_month(*(word for pair in given.items() for word in pair))

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (code, "", 1)
    assert said in done.stderr
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"time": "hôm qua"}, "line 2: 'hôm qua' is no publication time", id="no time"),
        pytest.param({"time": "31/02/2025 10:00"}, "'31/02/2025 10:00' is no publication time", id="an impossible day"),
        pytest.param({"path": "/tin/"}, "is no article of danang.gov.vn", id="another address"),
        pytest.param({"topic": "Thể thao"}, "the portal has no section 'Thể thao'", id="another section"),
    ],
)
def test_a_row_that_cannot_be_served_is_named(tmp_path: Path, change: dict[str, str], said: str) -> None:
    path = write_csv(tmp_path / "rows.csv", [replace(MADE[0], **change).values()])
    with pytest.raises(UsageError, match=re.escape(said)):
        month_articles(read_rows(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(b"", "has no column topic", id="an empty file"),
        pytest.param(b"topic,title\n1,2\n", "has no column summary", id="other columns"),
        pytest.param(",".join(COLUMNS).encode() + b"\n", "has no articles", id="no rows"),
        pytest.param(",".join(COLUMNS).encode() + b"\na,b\n", "line 2: fewer values", id="a torn row"),
        pytest.param(b"\xff\xfe\x00", "is no CSV in UTF-8", id="not UTF-8"),
    ],
)
def test_a_file_that_is_no_such_csv_is_named(tmp_path: Path, text: bytes, said: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text)
    with pytest.raises(UsageError, match=re.escape(said)):
        read_rows(path)

"""Whole nights: every edit that was planted is found once, classed right, and nothing else is called a revision."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from archive.model.enums import Event
from archive.storage.jsonl import ArticleLine
from replicas import FIRST_NIGHT
from replicas.articles import articles
from testing.ba_song_pages import html
from testing.crawl import NIGHT, ROOT, environment, new_archive, the_night
from testing.reextraction import NEXT, crawl_night
from testing.run_lines import ReadLines

NIGHTS = 3

# What the edits of the composed portals' first nights change, by portal; every class of edit that they have.
PLANTED: Mapping[str, tuple[str, ...]] = {
    "bac_giang": ("number", "title"),
    "da_nang": ("date", "number"),
    "vjst": ("number", "wording"),
}


def planted() -> set[tuple[str, str]]:
    """Portal and key of every article that the composed portals edit after its first appearance in these nights."""
    last = FIRST_NIGHT + timedelta(days=NIGHTS - 1)
    return {
        (portal, article.key)
        for portal in PLANTED
        for article in articles(portal)
        for revision in article.revisions
        if max(article.day, FIRST_NIGHT) < revision.since <= last
    }


def lines(root: Path) -> list[ArticleLine]:
    return [line for path in sorted(root.glob("2025/*/*/*/articles.jsonl")) for line in ReadLines(path.parent).articles]


def test_every_edit_of_the_replicas_is_found_and_classed_right(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    for number in range(NIGHTS):
        night = (FIRST_NIGHT + timedelta(days=number)).isoformat()
        command = [sys.executable, "scheduler.py", "--once", "--night", night, "--archive", str(root), "--jobs", "2"]
        command += [part for portal in PLANTED for part in ("--portal", portal)]
        subprocess.run(command, cwd=ROOT, env=environment(REPLICA="1"), check=True, capture_output=True, timeout=300)
    found = [line for line in lines(root) if line.event in (Event.REVISION, Event.REDATED, Event.REREAD)]
    assert all(line.event is Event.REVISION for line in found)
    assert {(line.portal, line.key) for line in found} == planted()
    assert {line.portal: line.changes for line in found} == PLANTED
    assert all(0.9 < (line.similarity or 0) < 1 for line in found)


TITLE = "Xã An Bình đóng tàu mới"
BODY = (
    "Sáng 3/3, ngư dân xã An Bình đóng mới 12 tàu vỏ thép, dài hai mươi mét, theo Nghị quyết số 36-NQ/TW.",
    "Ông Trần Văn Lúa cho biết tàu mới hoà vào đội đánh bắt xa bờ và bảo quản cá tốt hơn tàu gỗ.",
    "Xã dự kiến mở thêm một bến cá để bà con bán hàng tại chỗ, không phải chở vào thị trấn.",
)
# key → what is replaced in the page, and the classes it must be named by (None: no event at all).
EDITS: Mapping[str, tuple[str, str, tuple[str, ...] | None]] = {
    "so": ("12 tàu", "15 tàu", ("number",)),
    "ngay": ("Sáng 3/3", "Sáng 4/3", ("date",)),
    "so-hieu": ("36-NQ/TW", "36-NQ/TU", ("document_number",)),
    "ten": ("Trần Văn Lúa", "Trần Văn Lụa", ("name",)),
    "tieu-de": (f"<h1>{TITLE}", f"<h1>{TITLE} và lớn", ("title",)),
    "chu": ("tốt hơn", "lâu hơn", ("wording",)),
    "dau": ("hoà vào", "hòa vào", ("wording",)),
    "them": ("<p>Xã dự", "<p>Nhiều hộ nuôi hàu đã ký hợp đồng dài hạn với nhà máy.</p><p>Xã dự", ("paragraph_added",)),
    "bot": (f"<p>{BODY[2]} (Bản tin số 9.)</p>", "", ("paragraph_removed",)),
    "hai": ("12 tàu vỏ thép", "15 tàu sắt", ("number", "wording")),
    "dong-ngay": ("04/03/2025 08:00", "05/03/2025 08:00", ("published",)),
    "trang": ("vỏ thép, dài", "vỏ  thép,\n dài", None),
    "cach": ("xã An Bình đóng mới", "xã An&nbsp;Bình đóng mới", None),
    "doan": ("hai mươi mét, theo", "hai mươi mét,</p><p>theo", None),
    "to-hop": ("Sáng 3/3", "Sa\u0301ng 3/3", None),
    "nguyen": ("", "", None),
}


def page(key: str) -> str:
    """One article of its own: its number stands in each paragraph, so that none repeats another."""
    text = "".join(f"<p>{part} (Bản tin số {list(EDITS).index(key) + 1}.)</p>" for part in BODY)
    return (
        f"<article><h1>{TITLE}</h1><div class='ngay'>04/03/2025 08:00</div><div class='noi-dung'>{text}</div></article>"
    )


def test_each_kind_of_edit_goes_from_the_page_to_the_line(tmp_path: Path) -> None:
    root = new_archive(tmp_path / "archive")
    crawl_night(root, NIGHT, {key: html(page(key)) for key in EDITS})
    later = {}
    for key, (old, new, _) in EDITS.items():
        assert old in page(key)
        later[key] = html(page(key).replace(old, new) if old else page(key))
    crawl_night(root, NEXT, later)
    _, _, found = the_night(root, night=NEXT)
    assert {line.key: line.changes for line in found} == {
        key: classes for key, (_, _, classes) in EDITS.items() if classes
    }
    assert {line.key for line in found if line.event is Event.REDATED} == {"dong-ngay"}
    assert {line.event for line in found} == {Event.REVISION, Event.REDATED}

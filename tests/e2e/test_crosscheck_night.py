"""A night over a redesigned portal: the cross-check of its texts says so."""

from __future__ import annotations

from pathlib import Path

from archive.model.enums import Verdict
from testing.ba_song_pages import html, listing
from testing.crawl import NIGHT, crawl, new_archive, the_night
from testing.http_server import HttpServer, response

PROSE = (
    "Sáng nay, mưa lớn làm ngập ba thôn ven sông, chính quyền xã đã đưa 214 hộ dân đến nơi tránh trú an toàn.",
    "Lực lượng xung kích mang áo phao, thuyền nhỏ và nhu yếu phẩm đến từng nhà có người già, trẻ nhỏ.",
    "Theo trạm thủy văn, mực nước còn lên chậm đến chiều; các trường học trong vùng cho học sinh nghỉ một ngày.",
    "Ủy ban nhân dân xã đề nghị bà con không vớt củi trên sông và không qua ngầm tràn khi nước chảy xiết.",
    "Dự kiến sau khi nước rút, đoàn viên thanh niên sẽ giúp các gia đình dọn bùn, khơi thông cống rãnh.",
)


def redesigned(number: int) -> bytes:
    """Return a page whose layout still fits, and whose body container holds the first sentence only."""
    head = f"<h1>Xã An Bình ứng phó mưa lớn đợt {number}</h1><p class='ngay'>04/03/2025 08:0{number}</p>"
    teaser = f"<div class='noi-dung'><p>{PROSE[0]} Đợt {number}.</p></div>"
    # Sentences that several sampled pages lack would count as frame.
    body = "".join(f"<p>{text[:-1]} trong đợt {'một hai ba'.split()[number - 1]}.</p>" for text in PROSE[1:])
    return response(html(f"<article>{head}{teaser}<div class='than-bai-moi'>{body}</div></article>"))


def test_a_night_over_a_redesigned_portal_says_so(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    served = {f"/tin/{key}.html": redesigned(number) for number, key in enumerate("abc", 1)}
    with HttpServer({"/tin-tuc": response(listing(["a", "b", "c"])), **served}) as server:
        crawl("--archive", str(archive), "--night", NIGHT.isoformat(), port=server.port)
    run, _, _ = the_night(archive)

    assert run.extraction["crosscheck pages"] >= 1
    assert run.extraction["crosscheck disagree"] == run.extraction["crosscheck pages"]
    assert run.verdict is Verdict.SUSPICIOUS
    assert any(
        "layout plain misses " in str(reason) and "the layout no longer fits" in str(reason) for reason in run.reasons
    )

"""Whole-page trafilatura against the layouts: a right layout is left in peace, a wrong one is named with what it loses."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from lxml.html import HtmlElement

from bench.extraction.corpus import Sample, composed, corpus
from bench.extraction.readers import layouts
from crawler.spider.stop_rule import is_sampled_recheck
from pipelines.article import Article, Block, BlockKind, Layout
from pipelines.extract import extract
from pipelines.html.tree import parse
from pipelines.readers.trafilatura import lines_of
from pipelines.sandbox import crosscheck as module
from pipelines.sandbox.crosscheck import crosscheck
from pipelines.sandbox.crosscheck_stats import Crosscheck, Misfit, crosscheck_counts, is_sampled, misfits, without_frame
from pipelines.sandbox.extraction_worker import ExtractionWorker, page_request
from pipelines.sandbox.page_question import CROSSCHECK, READING, PageQuestion
from replicas.sites.catalogue import SITES

PROSE = (
    "Sáng nay, mưa lớn làm ngập ba thôn ven sông, chính quyền xã đã đưa 214 hộ dân đến nơi tránh trú an toàn.",
    "Lực lượng xung kích mang áo phao, thuyền nhỏ và nhu yếu phẩm đến từng nhà có người già, trẻ nhỏ.",
    "Theo trạm thủy văn, mực nước còn lên chậm đến chiều; các trường học trong vùng cho học sinh nghỉ một ngày.",
    "Ủy ban nhân dân xã đề nghị bà con không vớt củi trên sông và không qua ngầm tràn khi nước chảy xiết.",
    "Dự kiến sau khi nước rút, đoàn viên thanh niên sẽ giúp các gia đình dọn bùn, khơi thông cống rãnh.",
)


CAPTION = "Thuyền của lực lượng xung kích đưa người già qua đoạn đường ngập ở thôn Đoài"


@cache
def pages(portal: str) -> tuple[Sample, ...]:
    return tuple(page for page in (*composed(), *corpus(range(1))) if page.portal == portal)


def of_night(portal: str, chosen: tuple[Layout, ...]) -> Counter[str]:
    """Count as a night would that samples every page."""
    counts: Counter[str] = Counter()
    for page in pages(portal):
        article = extract(page.body, page.expected.url, chosen, page.now)
        if article.layout != "none":
            counts.update(crosscheck_counts(crosscheck(parse(page.body, page.expected.url), article)))
    return counts


@pytest.mark.parametrize("portal", SITES)
def test_a_right_layout_is_left_in_peace(portal: str) -> None:
    counts = of_night(portal, layouts(portal))

    assert counts["crosscheck pages"] == len(pages(portal))
    assert counts["crosscheck disagree"] <= 1
    assert misfits(counts) == ()


@pytest.mark.parametrize("portal", SITES)
def test_a_layout_whose_body_is_elsewhere_is_named(portal: str) -> None:
    wrong = tuple(replace(layout, fits="h1", title=("h1",), body=("h1",)) for layout in layouts(portal))
    found = misfits(of_night(portal, wrong))

    assert {misfit.layout for misfit in found} <= {layout.name for layout in wrong}
    assert found[0].percent >= 50


def page_with(body: str) -> str:
    return f"<html><body><div class='wrap'><h1>Mưa lớn ở hạ du</h1>{body}</div></body></html>"


def read_by_layout(page: str, *blocks: str) -> Crosscheck:
    article = Article(
        "https://tinh.replica.test/1", "Mưa lớn ở hạ du", tuple(Block(BlockKind.PARAGRAPH, b) for b in blocks)
    )
    return crosscheck(parse(page.encode(), article.url), replace(article, layout="plain"))


PARAGRAPHS = "".join(f"<p>{text}</p>" for text in PROSE)


def test_everything_read_by_both() -> None:
    check = read_by_layout(page_with(PARAGRAPHS), *PROSE)

    assert (check.missed, check.first) == (0, "")
    assert check.text == check.confirmed > 300
    assert not check.disagrees
    assert not check.lacks


def test_what_the_layout_lacks_is_counted_and_shown() -> None:
    check = read_by_layout(page_with(PARAGRAPHS), *PROSE[:2])

    assert 0.5 < check.missed / check.whole < 0.7
    assert check.first.startswith("Theo trạm thủy văn")
    assert check.disagrees


def test_what_trafilatura_lacks_speaks_against_no_layout() -> None:
    check = read_by_layout(page_with(f"{PARAGRAPHS}<p class='caption'>{CAPTION}</p>"), *PROSE, CAPTION)

    assert check.confirmed < check.text
    assert not check.disagrees


@pytest.mark.parametrize(
    "around",
    [
        "".join(f'<li><a href="/{n}">{text}</a> (03/03/2025)</li>' for n, text in enumerate(PROSE)),
        f"<footer><p>{PROSE[0]} {PROSE[1]}</p></footer>",
        f'<div id="footer"><p>{PROSE[0]} {PROSE[1]} {PROSE[2]}</p></div>',
        "<p>Lượt xem: 1.024</p><p>Tổng số điểm của bài viết là: 0 trong 0 đánh giá</p><p>Chia sẻ lên Facebook</p>",
    ],
    ids=["links to others", "a footer", "a footer by name", "widgets"],
)
def test_what_a_layout_is_there_to_leave_out_does_not_count(around: str) -> None:
    own = "Thông báo này thay cho giấy mời, đề nghị các hộ dân đến dự họp đúng giờ tại nhà văn hóa thôn Đông."
    check = read_by_layout(page_with(f"<p>{own}</p>{around}"), own)

    assert not check.disagrees
    assert not check.lacks


@pytest.mark.parametrize(
    "beside",
    [
        f"<div class='phai'><p>{PROSE[1]}</p><p>{PROSE[2]}</p></div>",
        f"<section><h3>Thông báo</h3><p>{PROSE[3]}</p><p>{PROSE[4]}</p></section>",
        f"<table><tr><td><p>{PROSE[2]}</p><p>{PROSE[3]}</p><p>{PROSE[4]}</p></td></tr></table>",
    ],
)
def test_text_outside_the_column_of_title_and_body_is_no_loss(beside: str) -> None:
    own = f"{PROSE[0]} Cán bộ xã trực suốt đêm ở nhà văn hóa."
    page = page_with(f"<p>{own}</p>").replace("</body>", f"{beside}</body>")
    check = read_by_layout(page, own)

    assert (check.missed, check.lacks) == (0, False)


def test_what_several_pages_lack_is_frame() -> None:
    frame, own = "khung" * 20, "riêng" * 12
    both = seen(whole=1000, missed=160, missing=(frame, own))
    checks = without_frame([both, seen(whole=900, missed=100, missing=(frame,))])

    assert [(check.whole, check.missed, check.missing) for check in checks] == [(900, 60, (own,)), (800, 0, ())]


def test_cells_letters_and_signs_make_no_difference() -> None:
    table = "<table><tr><td>Thôn Đông, thôn Đoài</td><td>214 hộ được di dời</td></tr></table>"
    check = read_by_layout(
        page_with(f"{table}<ul><li>{PROSE[0]}</li></ul>{PARAGRAPHS}"),
        "Thôn Đông, thôn Đoài | 214 hộ được di dời",
        *PROSE,
    )

    assert check.missed == 0


def seen(**changes: object) -> Crosscheck:
    return replace(Crosscheck("vhv-2026", 1000, 900, 1000, 0), **changes)  # type: ignore[arg-type]


WRONG, LITTLE, GOOD = seen(missed=400), seen(missed=80), seen()


NIGHTS = {
    "all good": ((GOOD,) * 5, ()),
    "none sampled": ((), ()),
    "all wrong": ((WRONG,) * 3, (Misfit("vhv-2026", 3, 3, 40),)),
    "one page, wrong": ((WRONG,), (Misfit("vhv-2026", 1, 1, 40),)),
    "one of three wrong": ((WRONG, GOOD, GOOD), (Misfit("vhv-2026", 3, 1, 40),)),
    "one of four wrong": ((WRONG, GOOD, GOOD, GOOD), ()),
    "a little on three of three": ((LITTLE,) * 3, ()),
    "a little on four of five": ((*(LITTLE,) * 4, GOOD), (Misfit("vhv-2026", 5, 4, 8),)),
    "a little on three of five": ((*(LITTLE,) * 3, GOOD, GOOD), ()),
    "a short page": ((seen(whole=100, missed=90),), ()),
}


@pytest.mark.parametrize(("checks", "found"), NIGHTS.values(), ids=list(NIGHTS))
def test_when_a_layout_no_longer_fits(checks: tuple[Crosscheck, ...], found: tuple[Misfit, ...]) -> None:
    counts: Counter[str] = Counter()
    for check in checks:
        counts.update(crosscheck_counts(check))

    assert misfits(counts) == found
    assert counts["crosscheck pages"] == len(checks)


def test_two_layouts_are_distinguished() -> None:
    counts = Counter(crosscheck_counts(WRONG)) + Counter(
        crosscheck_counts(replace(WRONG, layout="disagree", missed=700))
    )

    assert [misfit.layout for misfit in misfits(counts)] == ["disagree", "vhv-2026"]


def test_one_article_in_ten_is_sampled_and_another_one_each_night() -> None:
    keys = [f"{number}" for number in range(5000)]
    night, other = ({key for key in keys if is_sampled(key, date(2026, 11, day))} for day in (22, 23))

    assert 400 <= len(night) <= 600
    assert 400 <= len(other) <= 600
    assert len(night & other) < 100
    assert night == {key for key in keys if is_sampled(key, date(2026, 11, 22))}


def test_the_rechecks_that_are_read_whatever_their_digests_say_are_cross_checked() -> None:
    night, keys = date(2026, 11, 22), [f"{number}" for number in range(5000)]

    assert all(is_sampled(key, night) for key in keys if is_sampled_recheck(key, night))


def test_the_child_says_the_same() -> None:
    page = pages("quang_tri")[0]
    article = extract(page.body, page.expected.url, layouts("quang_tri"), page.now)
    with ExtractionWorker() as worker:
        question = PageQuestion(page.expected.url, page.now, clean=False, crosscheck=True)
        read, checked = worker.call(page_request(question, page.body, layouts("quang_tri")))

        assert READING.decode(read).article == article
        assert CROSSCHECK.decode(checked) == crosscheck(parse(page.body, page.expected.url), article)
        assert worker.read(page.body, page.expected.url, layouts("quang_tri"), page.now) == article


TEASER = "<p>Cổng dịch vụ của xã có giao diện mới từ tháng tư, mời bà con dùng thử và góp ý qua hòm thư của bộ phận một cửa.</p>"
ARTICLE = f"<div class='bai'><h1>Mưa lớn ở hạ du</h1><div class='noi-dung'><p>{PROSE[0]}</p><p>{PROSE[1]}</p></div>EXTRA</div>"


@pytest.mark.parametrize(
    "around",
    [
        "<div class='hang'><div class='cot-8'>ARTICLE</div><div class='cot-4'><div class='khoi'>TEASER</div></div></div>",
        "<table><tr><td>ARTICLE</td><td>TEASER</td></tr></table>",
        "<main><section>ARTICLE</section></main><section id='gioi-thieu'>TEASER</section>",
    ],
)
def test_what_stands_apart_from_title_and_body_is_no_lost_text(around: str) -> None:
    whole = around.replace("ARTICLE", ARTICLE).replace("TEASER", TEASER)
    page = f"<html><body>{whole}</body></html>"
    assert read_by_layout(page.replace("EXTRA", ""), *PROSE[:2]).missed == 0
    more = read_by_layout(
        page.replace("EXTRA", f"<div class='tiep'><p>{PROSE[2]}</p><p>{PROSE[3]}</p></div>"), *PROSE[:2]
    )
    assert more.lacks, "a second part of the same article is"


MORE = tuple(f"Bản tin {part} cho biết {text}" for part in ("sáng", "trưa", "chiều") for text in PROSE)
MENU = "".join(f'<li class="m{n}"><a href="/{n}">Chuyên mục số {n}</a></li>' for n in range(60))
FRAMED = """<html><body><div class="trang"><ul>MENU</ul>
<div class="cot"><h1>Mưa lớn ở hạ du</h1><div class="bai">BODY</div></div><div class="duoi">BELOW</div></div></body></html>"""


def framed(body: str, below: str = "") -> str:
    return FRAMED.replace("MENU", MENU).replace("BODY", body).replace("BELOW", below)


def links_read(monkeypatch: pytest.MonkeyPatch, page: str, *blocks: str) -> tuple[list[int], Crosscheck]:
    """Return how many links each tree has that trafilatura is given, and the check."""
    links: list[int] = []

    def counted(root: HtmlElement, recall: bool = True) -> list[str]:
        links.append(sum(1 for _ in root.iter("a")))
        return lines_of(root, recall)

    monkeypatch.setattr(module, "lines_of", counted)
    return links, read_by_layout(page, *blocks)


def test_of_a_long_text_only_its_part_of_the_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    links, check = links_read(monkeypatch, framed("".join(f"<p>{text}</p>" for text in MORE)), *MORE[:9])

    assert links == [0]
    assert check.disagrees
    assert check.whole > 1000


@pytest.mark.parametrize(
    ("body", "own"),
    [
        (f"<p>{PROSE[0]}</p><p>{PROSE[1]}</p>", PROSE[:1]),
        (f"<p>{MORE[0]}</p><p>{' '.join(MORE[1:])}</p>", MORE[:1]),
        ("".join(f"<p>{text}</p>" for text in MORE), ("Một câu không đứng ở chỗ nào trên trang này cả.",)),
    ],
    ids=["a short text", "one paragraph", "a text that is nowhere"],
)
def test_else_the_whole_page_is(monkeypatch: pytest.MonkeyPatch, body: str, own: tuple[str, ...]) -> None:
    links, check = links_read(monkeypatch, framed(body), *own)

    assert links[-1] == 60
    assert check.lacks


def test_what_the_frame_around_the_part_says_too_is_no_loss() -> None:
    body = "".join(f"<p>{text}</p>" for text in MORE)

    assert read_by_layout(framed(body), *MORE[1:]).missed > 50
    assert read_by_layout(framed(body, f"<footer><p>{MORE[0]}</p></footer>"), *MORE[1:]).missed < 30
    assert read_by_layout(framed(body, f"<p><a href='/x'>{MORE[0]}</a></p>"), *MORE[1:]).missed == 0
    assert read_by_layout(framed(body).replace('class="trang"', 'class="menu"'), *MORE[1:]).missed == 0


@pytest.mark.parametrize(
    "heading",
    [
        "<h1>Mưa lớn ở hạ du</h1>",
        "<h1>Mưa lớn ở ha\u0323 du</h1>",
        "<h1><b>M</b>ưa <i>lớn <u>ở</u></i> hạ du</h1>",
        "<h1><span hidden>Tin: </span>Mưa lớn ở h<b>a</b>\u0323 du</h1>",
        "<div><!-- tin --><img src='a.png'> Mưa lớn ở hạ du</div>",
    ],
)
def test_the_part_is_found_however_its_title_is_marked_up(monkeypatch: pytest.MonkeyPatch, heading: str) -> None:
    page = framed("".join(f"<p>{text}</p>" for text in MORE)).replace("<h1>Mưa lớn ở hạ du</h1>", heading)

    assert links_read(monkeypatch, page, *MORE)[0] == [0]

"""The quality gate: nothing is below its floor, and what breaks a layout or deletes a residue rule falls below one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from archive.errors import UsageError
from bench.extraction.__main__ import main
from bench.extraction.corpus import KINDS, NIGHT, Sample, composed, corpus
from bench.extraction.floors import Cell, Figures, below, figures, raised, read_floors, write_floors
from bench.extraction.measure import Score, measure
from bench.extraction.readers import GENERIC, ReaderResult, layouts, ours
from bench.extraction.real import real_pages, samples
from pipelines.article import Article, Layout
from replicas.records import ExpectedArticle, ExpectedBlock, Kind
from replicas.sites.catalogue import SITES
from testing.recorded import ABSENT, DATA
from vietnam import residue

# The families of which the layouts name elements: the pages of the others are read as a whole.
NAMED = tuple(dict.fromkeys(site.family for site in SITES.values() if site.family != "three_cms"))


@pytest.mark.skipif(not DATA.is_dir(), reason=ABSENT)
def test_real_input_is_measured_where_it_is() -> None:
    scores = real_pages({GENERIC: ours(lambda portal: ())})

    assert (scores[GENERIC].pages, samples().pages) == (6, 5)


# The corpus


@cache
def pages(seeds: range = range(1)) -> tuple[Sample, ...]:
    return tuple(corpus(seeds))


def test_every_kind_of_every_family_is_there_three_times() -> None:
    three = pages(range(3))

    assert Counter((page.portal, page.kind) for page in three) == {(p, k): 3 for p in SITES for k in KINDS}
    assert len(KINDS) >= 8
    assert len({page.body for page in three}) == len(three)


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert [page.body for page in corpus(range(1))] == [page.body for page in pages()]


def test_short_notices_are_short_and_word_paste_is_twenty_deep() -> None:
    for page in pages():
        if page.kind == "short notice":
            assert sum(len(block.text) for block in page.expected.blocks) < 250
        if page.kind == "word paste":
            assert page.body.count(b"<span") + page.body.count(b"<font") >= 20 * 6


def test_composed_portals_have_most_kinds_too() -> None:
    kinds = {page.kind for page in composed((NIGHT,))}

    assert kinds == set(KINDS) - {"video page"}


# The measure


def page_of(*blocks: tuple[Kind, str]) -> Sample:
    wanted = ExpectedArticle("k", "https://tinh.replica.test/1", "Tiêu đề", "2025-03-03", "03/03/2025", (), None, ())
    return Sample("", "tinh", "", "", "1", b"", replace(wanted, blocks=tuple(ExpectedBlock(*b) for b in blocks)))


LEAD, ONE, TWO = (Kind.LEAD, "Lời dẫn của bài."), (Kind.PARAGRAPH, "Đoạn thứ nhất."), (Kind.PARAGRAPH, "Đoạn thứ hai.")


@pytest.mark.parametrize(
    ("lines", "kept", "left", "moved"),
    [
        (("Tiêu đề", "03/03/2025", LEAD[1], ONE[1], TWO[1]), 3, 0, 0),
        ((LEAD[1], ONE[1], ONE[1], TWO[1]), 3, 0, 0),
        ((LEAD[1], f"{ONE[1]} {TWO[1]}"), 1, 0, 0),
        ((LEAD[1], TWO[1], ONE[1], "Lượt xem: 9"), 3, 1, 1),
        ((LEAD[1], "Đoạn thứ", "nhất.", TWO[1]), 2, 0, 0),
        (("- Đoạn thứ nhất.", "| Đoạn thứ hai. |"), 2, 0, 0),
        ((), 0, 0, 0),
    ],
    ids=[
        "all",
        "a block twice",
        "two in one line",
        "moved and a widget",
        "a block in two",
        "a library's signs",
        "none",
    ],
)
def test_blocks_are_counted_one_by_one(lines: tuple[str, ...], kept: int, left: int, moved: int) -> None:
    score = measure(page_of(LEAD, ONE, TWO), ReaderResult(lines, None, None))

    assert (score.blocks.kept, score.blocks.total, score.residue, score.moved) == (kept, 3, left, moved)


def test_ours_is_compared_as_it_is_and_a_block_twice_is_residue() -> None:
    article = Article("https://tinh.replica.test/1", "Tiêu đề", (), published_raw="03/03/2025")
    lines = ("Tiêu đề", "03/03/2025", LEAD[1], LEAD[1], f"- {ONE[1]}")
    score = measure(page_of(LEAD, ONE), ReaderResult(lines, "Tiêu đề", "2025-03-03", article))

    assert (score.blocks.kept, score.residue) == (1, 2)
    assert (score.parts["title"].kept, score.parts["published"].kept) == (1, 1)


def test_a_library_is_asked_for_the_day_only() -> None:
    day = measure(page_of(ONE), ReaderResult((), "Tiêu đề", "2025-03-03"))
    other = measure(page_of(ONE), ReaderResult((), "Tiêu đề - Cổng", "2025-03-04"))

    assert (day.parts["title"].kept, day.parts["published"].kept) == (1, 1)
    assert (other.parts["title"].kept, other.parts["published"].kept) == (0, 0)


def test_a_percentage_is_never_rounded_up_to_all() -> None:
    assert figures(Score.of(measure(page_of(ONE), ReaderResult((ONE[1],) * (i > 0), None, None)) for i in range(3000)))[
        "body"
    ] == pytest.approx(99.9)


# What a gate is for: it fails


@cache
def reading(number: int, chosen: tuple[Layout, ...]) -> ReaderResult:
    """Read a page once by each choice of layouts: what breaks a part leaves the layouts without it as they were."""
    return ours(lambda portal: chosen)(pages()[number])


@cache
def baseline() -> dict[Cell, Figures]:
    return figures_with(layouts)


def figures_with(choose: Callable[[str], tuple[Layout, ...]]) -> dict[Cell, Figures]:
    scores: dict[Cell, Score] = {}
    for number, page in enumerate(pages()):
        scores.setdefault((page.family, page.kind), Score()).add(
            measure(page, reading(number, tuple(choose(page.portal))))
        )
    return {cell: figures(score) for cell, score in scores.items()}


def test_one_seed_alone_is_read_whole() -> None:
    whole = {"pages": 1.0, "residue": 0.0, "moved": 0.0}
    for found in baseline().values():
        assert {name: value for name, value in found.items() if value != 100.0} == whole


@pytest.mark.parametrize(
    ("part", "figure", "least"),
    [
        ("lead", "lead", 7),
        ("published", "published", 7),
        ("body", "body", 7),
        ("drop", "residue", 6),
        ("author", "sign-off", 3),
        ("captions", "named", 1),
        ("attachments", "files", 2),
    ],
)
def test_a_layout_without_one_of_its_parts_falls_below(part: str, figure: str, least: int) -> None:
    def broken(portal: str) -> tuple[Layout, ...]:
        return tuple(replace(layout, **{part: ()}) for layout in layouts(portal))  # type: ignore[arg-type]

    failed = below(baseline(), figures_with(broken))

    families = {sentence.split(" / ")[0] for sentence in failed if f": {figure} " in sentence}
    assert len(families) >= least, failed


def test_a_layout_without_a_title_reads_it_as_any_page_does() -> None:
    def broken(portal: str) -> tuple[Layout, ...]:
        return tuple(replace(layout, title=()) for layout in layouts(portal))

    assert [sentence for sentence in below(baseline(), figures_with(broken)) if ": title " in sentence] == []


def test_layouts_that_fit_no_page_fall_below_in_every_family() -> None:
    def broken(portal: str) -> tuple[Layout, ...]:
        return tuple(replace(layout, fits=".redesigned") for layout in layouts(portal))

    failed = below(baseline(), figures_with(broken))

    assert {sentence.split(" / ")[0] for sentence in failed} == set(NAMED)


RULES = (
    "rating", "visitor counter", "view counter", "font size", "share", "related", "comment", "licence footer", "pager",
    "copyright footer", "contact footer", "print", "save", "email", "audio", "tags",
)  # fmt: skip
FORMS = ("FORMS", "IN_COMPANY", "PROPER", "LOUD")


@cache
def removed_kinds(number: int) -> frozenset[str | None]:
    article = reading(number, layouts(pages()[number].portal)).article
    return frozenset(map(residue.residue_kind, article.removed if article else ()))


@pytest.mark.parametrize("kind", RULES)
def test_a_deleted_residue_rule_leaves_its_lines_in_the_text(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Those first from which the rule removes a line: one page that shows it is enough.
    by_rule = sorted(range(len(pages())), key=lambda number: kind not in removed_kinds(number))
    for name in FORMS:
        kept = tuple(form for form in getattr(residue, name) if form.kind != kind)
        monkeypatch.setattr(residue, name, kept)
    monkeypatch.setattr(residue, "_read_once", residue._read_anew)
    read = ours()

    assert any(measure(pages()[number], read(pages()[number])).residue for number in by_rule)


# The floors


HIGH = {("vhv", "news"): {"pages": 3.0, "lead": 100.0, "residue": 0.0}}
LOW = {("vhv", "news"): {"pages": 3.0, "lead": 96.5, "residue": 2.0}}


def test_what_is_below_is_named_with_cell_floor_and_value() -> None:
    assert below(HIGH, LOW) == [
        "vhv / news: lead 96.5 is below the floor 100",
        "vhv / news: residue 2 is above the ceiling 0",
    ]
    assert below(LOW, HIGH) == []
    assert below(HIGH, {}) == ["vhv / news: not measured, and the floors have it"]
    assert below(HIGH, {("vhv", "news"): {"pages": 3.0, "residue": 0.0}}) == [
        "vhv / news: lead is not measured any more, the floor is 100"
    ]
    assert below(HIGH, {("vhv", "news"): {"pages": 2.0, "lead": 100.0, "residue": 0.0}}) == [
        "vhv / news: pages 2 is below the floor 3"
    ]


def test_floors_rise_by_an_update_and_fall_only_on_request() -> None:
    assert raised(LOW, HIGH) == HIGH
    assert raised({}, LOW) == LOW
    with pytest.raises(UsageError, match=r"would lower 2 floors .*lead 96\.5.*--allow-regression"):
        raised(HIGH, LOW)
    assert raised(HIGH, LOW, allow_regression=True) == LOW


def test_floors_are_written_and_read_back(tmp_path: Path) -> None:
    write_floors(read_floors(), tmp_path / "floors.toml")

    assert read_floors(tmp_path / "floors.toml") == read_floors()
    with pytest.raises(UsageError, match=r"no floors at .*--update"):
        read_floors(tmp_path / "none.toml")


@pytest.mark.parametrize("arguments", [["--check", "--family", "vhv"], ["--update", "--seeds", "1"]])
def test_the_gate_measures_all_or_nothing(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "leave out --family" in capsys.readouterr().err


def test_nothing_is_below_its_floor_but_what_is_planted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    floors = read_floors()
    floors["vhv", "news"] = {**floors["vhv", "news"], "pages": 999}
    del floors["vccorp", "center"]
    write_floors(floors, tmp_path / "floors.toml")

    assert main(["--check", "--floors", str(tmp_path / "floors.toml")]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "quality: vhv / news: pages 7 is below the floor 999",
        "quality: vccorp / center: has no floor yet; --update sets it",
    ]


def test_the_table_is_printed_with_one_json_line_last(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--family", "ministry", "--kind", "short notice", "--seeds", "1"]) == 0
    *_, last = capsys.readouterr().out.strip().splitlines()

    assert last.startswith('{"sources": {"composed portals"')

"""Snippets: the stretch that shows why a text was found, marked where it says so."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.search.query import parse
from archive.search.snippet import Segment, marks, snippet
from vietnam.words import words

FILLER = " ".join(f"chữ{n}" for n in range(60))


def shown(segments: tuple[Segment, ...]) -> str:
    return "".join(f"[{segment.text}]" if segment.marked else segment.text for segment in segments)


@pytest.mark.parametrize(
    ("paragraphs", "line", "exact", "wanted"),
    [
        (["Nghị quyết số 36-NQ/TW về biển."], "nghi quyet 36", False, "[Nghị] [quyết] số [36]-NQ/TW về biển."),
        (["Nghị quyết số 36-NQ/TW về biển."], "36-nq/tw", False, "Nghị quyết số [36-NQ/TW] về biển."),
        (["Hội nghị hoà giải, hòa bình."], "hoà", True, "Hội nghị [hoà] giải, [hòa] bình."),
        (["Ma, mà, má."], "mà", True, "Ma, [mà], má."),
        (["Ma, mà, má."], "mà", False, "[Ma], [mà], [má]."),
        (["Nghỉ lễ", "Nghị định nghiêm"], "nghi* định", False, "[Nghị] [định] [nghiêm]"),
        (["Một đoạn", "hội\n  nghị\tbế mạc"], '"hội nghị"', False, "[hội nghị] bế mạc"),
        (["cuối là hội", "nghị đầu"], '"hội nghị"', False, "cuối là hội"),
        (["Không có gì."], "x title:gì", False, "Không có gì."),
        (["Có gì đó."], "title:gì", False, "Có gì đó."),
        ([], "x", False, ""),
        (["…", "-"], "x", False, ""),
        (["a b a b a"], '"a b a" b', False, "[a b a b a]"),
    ],
)
def test_what_is_marked(paragraphs: list[str], line: str, exact: bool, wanted: str) -> None:
    assert shown(snippet(paragraphs, parse(line, exact=exact))) == wanted


def test_the_stretch_is_cut_out_of_a_long_paragraph() -> None:
    found = shown(snippet(["Mở đầu.", f"{FILLER} cầu Bến Đá {FILLER}"], parse('"bến đá" cầu')))
    assert found.startswith("… chữ54 chữ55")
    assert "chữ59 [cầu] [Bến Đá] chữ0" in found
    assert found.endswith(" …")


def test_a_stretch_with_both_words_goes_before_one_with_one_of_them_often() -> None:
    found = shown(snippet(["cầu cầu cầu cầu", "cầu và đường"], parse("cầu đường")))
    assert found == "[cầu] và [đường]"


def test_titles_are_marked_whole() -> None:
    assert shown(marks("Cầu Bến Đá, cầu mới", parse("title:cầu mới"))) == "[Cầu] Bến Đá, [cầu] [mới]"


def test_hostile_texts_are_answered() -> None:
    for text in ("a " * 100_000, "a b " * 50_000, "a" * 200_000):  # a step for each pair of matches would take hours
        assert snippet([text], parse('a "a b" -c'))


@settings(max_examples=300)
@given(
    paragraphs=st.lists(st.text(alphabet="aàá bB1\n.<>&\u202e漢", max_size=30), max_size=4),
    line=st.lists(st.sampled_from(["a", "à", '"a b"', "b1", "-a", "1", "title:b"]), min_size=1, max_size=3).map(
        " ".join
    ),
    exact=st.booleans(),
)
def test_a_snippet_is_a_piece_of_the_text(paragraphs: list[str], line: str, exact: bool) -> None:
    query = parse("a " + line, exact=exact)
    segments = snippet(paragraphs, query)
    said = "".join(segment.text for segment in segments).removeprefix("… ").removesuffix(" …")
    whole = [" ".join(paragraph.split()) for paragraph in paragraphs]
    assert any(" ".join(said.split()) in one for one in [*whole, ""])
    for segment in segments:
        assert not segment.marked or list(words(segment.text))

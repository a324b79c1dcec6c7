"""Near-duplicates: what a portal does to another's text is found, what only looks like it is not."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.similarity.facts import FactCount, WordKind, compare_facts, other_facts, sentences
from archive.similarity.minhash import (
    LEAST_BANDS,
    PARAMETERS,
    THRESHOLD,
    Signature,
    containment,
    near,
    signature,
    unpack,
)
from bench.dedup.__main__ import labelled, main
from bench.dedup.labelled import Pair, related
from bench.dedup.measure import candidates, judge, score
from bench.dedup.sources import Source, composed_sources, recorded_sources
from testing.recorded import ABSENT, DATA
from vietnam.letters import fold_spaces

ARTICLES = DATA / "danang_articles.csv"


BRIDGE = """Khánh thành cầu dân sinh Khe Lang
Sáng 05/3/2025, UBND xã Khe Lang tổ chức khánh thành cầu dân sinh dài 48 mét, nối hai thôn bị chia cắt mỗi mùa lũ.
Công trình khởi công từ tháng 6 năm ngoái với tổng mức đầu tư 7,5 tỷ đồng, trong đó người dân hiến hơn 320 m2 đất.
Chủ tịch UBND xã Đinh Công Mạch nói: “Cây cầu này là mồ hôi của cả xã, từ nay học sinh không còn phải qua đò”.
Ban quản lý sẽ bàn giao hồ sơ cho xã, lắp thêm biển báo tải trọng và trồng hai hàng cây ở hai đầu cầu trong tháng này.
Lò Thị Bưởi"""


WEATHER = """Bản tin dự báo thời tiết ngày {}
Khu vực ven biển nhiều mây, có mưa vài nơi, gió Đông Bắc cấp {}, nhiệt độ thấp nhất {} độ, cao nhất {} độ.
Khu vực miền núi sáng sớm có sương mù, nhiệt độ thấp nhất {} độ, cao nhất {} độ, độ ẩm trung bình {}%."""


NOTICE = (
    "Thông báo lịch tiếp công dân\nChủ tịch UBND xã Khe Lang tiếp công dân vào ngày {} tại trụ sở Ban Tiếp công dân."
)


HOURS = (
    "Mời bà con nhận kết quả. Bộ phận một cửa trả kết quả cấp giấy chứng nhận cho các hộ có tên trong danh sách,"
    " buổi sáng từ 7 giờ 30 đến 11 giờ, buổi chiều từ 13 giờ 30 đến 16 giờ 30, người đến nhận mang theo căn cước và"
    " biên lai thu phí, liên hệ số 0200 1234 để được hướng dẫn tại trụ sở xã {}; ngày trả kết quả là {}."
)


TEXTS = st.lists(st.sampled_from([*BRIDGE.split(), "12/3", "1.240", "Ba", "hoà", "."]), max_size=40).map(" ".join)


GOLDEN_BANDS = (115386845, 104569776)
GOLDEN_ROWS = "708a23ccd07499eb"


def test_the_signature_is_what_it_was() -> None:
    """Stored signatures were made by these numbers: whoever changes them changes PARAMETERS too."""
    signed = signature(BRIDGE)

    assert PARAMETERS == "rensa-r2 form=2 shingle=4 rows=96 seed=20250303 run=8 bands=32"
    assert (signed.bands[:2], signed.rows[:8].hex()) == (GOLDEN_BANDS, GOLDEN_ROWS)


@pytest.mark.parametrize(
    "other",
    [
        BRIDGE.upper(),
        unicodedata.normalize("NFD", BRIDGE),
        BRIDGE.replace("hoà", "hòa").replace("tòa", "toà"),
        fold_spaces(BRIDGE),
        BRIDGE.replace(" ", "\u00a0 "),
    ],
    ids=["case", "combining marks", "tone style", "spaces", "no-break spaces"],
)
def test_letters_change_nothing(other: str) -> None:
    assert signature(other) == signature(BRIDGE)
    assert near(BRIDGE, other) == 1.0


def test_a_tone_on_the_other_vowel_is_the_same_word() -> None:
    assert signature("Ủy ban xã Hòa Thuận họp") == signature("Uỷ ban xã Hoà Thuận họp")


def test_bands_fit_a_column_and_never_meet_at_another_place() -> None:
    signed = signature(BRIDGE)

    assert len(signed.bands) == len(set(signed.bands)) == 32
    assert all(0 <= band < 2**31 for band in signed.bands)
    assert len(set(signature("hai từ").bands)) == 32, "of one run of words"


def test_a_text_without_words_is_no_candidate_of_anything() -> None:
    assert signature(" … \n") == Signature()
    assert Signature().likeness(Signature()) == Signature().likeness(signature(BRIDGE)) == 0


@given(TEXTS)
def test_a_signature_is_packed_and_unpacked(text: str) -> None:
    signed = signature(text)

    assert unpack(signed.pack()) == signed
    assert len(signed.pack()) == (224 if signed.bands else 0)


def test_the_likeness_is_estimated() -> None:
    words = [f"từ{number}" for number in range(600)]
    for shared in (0, 150, 300, 450, 600):
        one, other = " ".join(words[:600]), " ".join(words[600 - shared :] + [f"chữ{n}" for n in range(600 - shared)])
        jaccard = max(0, shared - 3) / (2 * 597 - max(0, shared - 3))
        assert abs(signature(one).likeness(signature(other)) - jaccard) < 0.15


@given(TEXTS, TEXTS)
def test_near_is_the_same_both_ways(a: str, b: str) -> None:
    found = near(a, b)

    assert found == near(b, a)
    assert found is None or (0 < found <= 1 and round(found, 4) == found)
    assert other_facts(a, b) == other_facts(b, a)


@given(TEXTS)
def test_a_text_is_itself_and_nothing_is_near_to_nothing(text: str) -> None:
    assert near(text, text) == (1.0 if any(c.isalnum() for c in text) else None)
    assert [near(text, ""), near("", text), near(text, " … ")] == [None, None, None]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_judged(a: str, b: str) -> None:
    assert near(a, b) == near(b, a)
    assert near(a, a) in (1.0, None)


def cut(text: str, *lines: int) -> str:
    return "\n".join(line for number, line in enumerate(text.splitlines()) if number not in lines)


COPIES = {
    "cut to half": cut(BRIDGE, 3, 4, 5),
    "re-ordered": "\n".join(BRIDGE.splitlines()[i] for i in (0, 1, 3, 2, 4, 5)),
    "re-signed": cut(BRIDGE, 5) + "\nTheo Báo Cửa Lạch",
    "boilerplate": f"(Cổng TTĐT) - Bản tin sáng\n{BRIDGE}\nBản quyền thuộc Trang thông tin điện tử xã Khe Lang.",
    "one figure corrected": BRIDGE.replace("48", "84"),
    "figures spelled otherwise": BRIDGE.replace("05/3/2025", "5-3-2025").replace("7,5", "7,5"),
    "another title": "Bà con hai thôn có cầu mới\n" + cut(BRIDGE, 0),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES.keys())
def test_a_copy_is_near(copy: str) -> None:
    assert 0.3 <= (near(BRIDGE, copy) or 0) <= 1.0
    assert len(set(signature(BRIDGE).bands) & set(signature(copy).bands)) >= LEAST_BANDS


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (WEATHER.format("06/01/2025", 3, 17, 24, 12, 19, 88), WEATHER.format("07/01/2025", 4, 16, 23, 11, 18, 91)),
        (WEATHER.format("06/01/2025", 3, 17, 24, 12, 19, 88), WEATHER.format("07/01/2025", 3, 17, 23, 11, 19, 88)),
        (NOTICE.format("08/01/2025"), NOTICE.format("15/01/2025")),
        (HOURS.format("Khe Lang", "08/01"), HOURS.format("Khe Lang", "15/01")),
        (HOURS.format("Khe Lang", "08/01"), HOURS.format("Ra Lin", "08/01")),
        (NOTICE.format("08/01/2025"), NOTICE.format("08/01/2025").replace("Khe Lang", "Ra Lin")),
        (BRIDGE, BRIDGE.replace("Khe Lang", "Ra Lin").replace("48", "63").replace("7,5", "2,1").replace("320", "95")),
        (BRIDGE, "Đại hội thể thao\n" + BRIDGE.splitlines()[3] + "\n" + WEATHER),
        (BRIDGE, "\n".join(BRIDGE.splitlines()[:2])),
    ],
    ids=[
        "every figure another",
        "half of the figures",
        "another day",
        "another day of the same hours",
        "another place of the same hours",
        "another place",
        "another bridge",
        "one quotation",
        "a teaser",
    ],
)
def test_another_article_is_not_near(a: str, b: str) -> None:
    assert near(a, b) is None


def test_figures_are_held_against_each_other_where_the_words_are_the_same() -> None:
    one = sentences("Trong tuần 3, giá gạo tẻ thường 15.000 đồng, giá cà phê nhân 98.500 đồng.")
    other = sentences("Trong tuần 4, giá gạo tẻ thường 15000 đồng, giá cà phê nhân 97.000 đồng.")

    assert compare_facts(one, other, WordKind.FIGURE) == FactCount(3, 2, frozenset({"3", "98500"}), serial=True)
    assert compare_facts(one, sentences("Mưa lớn ở 3 xã."), WordKind.FIGURE) == FactCount()


def test_what_only_the_longer_text_tells_is_no_difference() -> None:
    one = "Sáng 05/3, xã Khe Lang trao 45 suất quà cho học sinh nghèo."
    more = sentences(f"{one} Chiều cùng ngày, xã Ra Lin trao 60 suất quà cho học sinh nghèo.")

    assert compare_facts(sentences(one), more, WordKind.FIGURE).values == frozenset()


def test_how_much_is_contained_does_not_count_who_signed() -> None:
    assert containment(BRIDGE, cut(BRIDGE, 5) + "\nTin, ảnh: Mạc Văn Tuất") == 1.0
    assert containment(BRIDGE, "") == 0.0


def test_composed_pairs_are_distinguished() -> None:
    judged = judge(labelled(composed_sources(), 1, None))
    both, held_back = score(judged), score([each for each in judged if each.pair.held_back])

    assert min(both.linked, both.apart) > 1000
    assert min(both.recall, both.precision, held_back.recall, held_back.precision) >= 0.99
    known = [each.candidate for each in judged if each.pair.same]
    assert sum(known) / len(known) >= 0.999


def test_unrelated_articles_are_no_candidates() -> None:
    texts = [source.text for source in composed_sources()]

    assert len(candidates(texts)) <= len(texts) / 10


@pytest.mark.skipif(not ARTICLES.is_file(), reason=ABSENT)
def test_real_articles_are_distinguished() -> None:
    sources = recorded_sources(ARTICLES)[::8]
    judged = judge(labelled(sources, 2, ARTICLES))
    found = score(judged)

    assert len(judged) > 800
    assert min(found.recall, found.precision) >= 0.99


def source(title: str, *body: str) -> Source:
    return Source(title, date(2025, 3, 5), title, "", body)


def test_real_pairs_are_labelled_by_what_knows_nothing_of_shingles() -> None:
    long = " ".join(f"chữ{number}" for number in range(90))
    one = source("Phát biểu tại lễ khánh thành cầu", long)

    assert related(one, source("Toàn văn phát biểu lễ khánh thành", long, "thêm vài lời")) == "re-post"
    assert related(one, source("Phát biểu tại lễ khánh thành cầu", "lời khác")) == "series"
    assert related(one, source("Lễ khánh thành cầu", "lời khác")) == "same event"
    assert related(one, source("Giá gạo tuần này", long)) is None


def test_a_pair_counts_only_where_both_steps_find_it() -> None:
    judged = judge(
        [Pair("copy", BRIDGE, COPIES["cut to half"], True, False), Pair("other", BRIDGE, WEATHER, False, True)]
    )

    assert [each.found() for each in judged] == [True, False]
    assert judged[0].containment >= THRESHOLD
    assert not judged[0].found(1.01)
    assert (score(judged).linked, score(judged).apart) == (1, 1)


def written(path: Path, sources: Sequence[Source]) -> Path:
    """Write a CSV as the recorded articles are stored in."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("topic", "title", "summary", "url", "keywords", "public_time", "content"))
        for number, each in enumerate(sources):
            address = f"https://danang.gov.vn/web/dng/-/bai-{number}"
            content = " ".join((each.title, each.lead, *each.body))
            rows.writerow(("Tin tức - Sự kiện", each.title, each.lead, address, "", f"{each.day:%d/%m/%Y}", content))
    return path


def test_the_command_says_what_it_measured(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    articles = written(tmp_path / "articles.csv", composed_sources()[:16])

    assert main(["--json", "--articles", str(articles)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["overall"]["both"]["recall"] >= 0.99
    assert said["threshold"] == THRESHOLD
    assert main(["--articles", str(articles), "--show"]) == 0
    assert "held back" in capsys.readouterr().out

    assert main(["--articles", str(tmp_path / "none.csv")]) == 2
    assert capsys.readouterr().err.count("\n") == 1

"""Finding: what a query finds, in what order, with what marked; the same in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from archive.errors import UsageError
from archive.index.connect import VARIABLE
from archive.search.engine import Order, SearchIndex
from archive.search.indexer import catch_up, refill
from archive.search.postgresql import parts_of
from archive.search.query import parse
from archive.search.results import search
from archive.search.schema import CONTENTS, FILLED, PLACES
from testing.archives import FIRST, make
from testing.postgresql import PostgresServer
from testing.search_archive import NIGHTS, Q, SearchArchive, filled, keys, run, search_for


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SearchArchive]:
    """Yield the archive in SQLite."""
    with filled(tmp_path_factory.mktemp("search") / "a") as found:
        yield found


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgresServer) -> Iterator[SearchArchive]:
    """Yield the same archive in PostgreSQL."""
    with filled(tmp_path_factory.mktemp("search") / "a", postgresql.database()) as found:
        yield found


FINDS: list[tuple[str, dict[str, object], list[str]]] = [
    ("nghi quyet 36", {}, [Q + "nghi-quyet"]),
    ("NGHỊ QUYẾT 36", {}, [Q + "nghi-quyet"]),
    ("36-NQ/TW", {}, [Q + "nghi-quyet"]),
    ("36 nq tw", {}, [Q + "nghi-quyet"]),
    ("NQ-36", {}, []),
    ("15/2025/NQ-HĐND", {}, [Q + "cau/~00000001"]),
    ("36", {}, [Q + "nghi-quyet", "quang_binh/moi"]),
    ('"hội nghị"', {}, ["quang_binh/moi", Q + "nghi-quyet"]),
    ('"hoi nghi"', {"order": Order.OLDEST}, [Q + "nghi-quyet", "quang_binh/moi"]),
    ("hội nghị", {}, ["quang_binh/moi", Q + "nghi-quyet", "quang_binh/ngat"]),
    ("hội nghị -bế", {}, [Q + "nghi-quyet", "quang_binh/ngat"]),
    ('hội -"hội nghị"', {}, ["quang_binh/ngat"]),
    ("hoà giải", {}, ["quang_binh/hoa"]),
    ("hòa giải", {"exact": True}, ["quang_binh/hoa"]),
    ("hoa giai", {"exact": True}, []),
    ("mả", {"exact": True}, ["quang_binh/hoa"]),
    ('"má mả mã"', {"exact": True}, ["quang_binh/hoa"]),
    ('"má mã mả"', {"exact": True}, []),
    ('"má mã mả"', {}, ["quang_binh/hoa"]),
    ("1.250", {}, []),
    ("1.250", {"all_versions": True}, [Q + "cau"]),
    ("1.350", {}, [Q + "cau"]),
    ("3/3/2026", {"all_versions": True}, [Q + "cau"]),
    ("title:cầu", {}, [Q + "cau"]),
    ("cầu -title:cầu", {}, [Q + "cau/~00000001"]),
    ('"cầu bến đá"', {}, [Q + "cau", Q + "cau/~00000001"]),
    ("event:attachment", {}, [Q + "cau/~00000001"]),
    ("cầu -event:attachment", {}, [Q + "cau"]),
    ("buýt", {}, [Q + "chung"]),
    ("buýt portal:quang_binh", {}, ["quang_binh/chung-lai"]),
    ("buýt published:2025-03-05", {}, ["quang_binh/chung-lai"]),
    ("published:2025-02", {}, ["quang_binh/ngat"]),
    ("published:..2025-02-28", {"order": Order.OLDEST}, ["so_tu_phap_quang_tri/dai", "quang_binh/ngat"]),
    ("crawled:2025-03-05..", {}, ["quang_binh/moi"]),
    ("province:quangbinh", {"order": Order.OLDEST},
     ["quang_binh/ngat", "quang_binh/hoa", "quang_binh/moi", "quang_binh/chung-lai"]),
    ('hội province:"Quảng Trị"', {}, ["quang_binh/moi", Q + "nghi-quyet", "quang_binh/ngat"]),
    ("hội -province:quangbinh", {}, [Q + "nghi-quyet"]),
    ("-province:quangtri", {}, ["bao_chung/la"]),
    ("portal:bao_chung portal:so_tu_phap_quang_tri", {}, ["bao_chung/la", "so_tu_phap_quang_tri/dai"]),
    ("漢字", {}, ["bao_chung/la"]),
    ("gạch_dưới NEAR AND 'nháy'", {}, ["bao_chung/la"]),
    ("nghi*", {}, ["quang_binh/moi", Q + "nghi-quyet", "quang_binh/ngat"]),
    ('"phê duy*"', {}, [Q + "cau/~00000001"]),
    ("điều cuối khoản k1999", {}, ["so_tu_phap_quang_tri/dai"]),
    ('"điều khoản k0"', {}, ["so_tu_phap_quang_tri/dai"]),
    ('"khoản k1999 cuối cùng"', {}, ["so_tu_phap_quang_tri/dai"]),
    ('"khoản k1998 cuối cùng"', {}, []),
    ("khongcodau", {}, []),
]  # fmt: skip


def named(case: tuple[str, dict[str, object], list[str]]) -> str:
    return " ".join([case[0], *(f"{name}={value}" for name, value in case[1].items())])


@pytest.mark.parametrize("case", FINDS, ids=named)
def test_what_is_found(made: SearchArchive, case: tuple[str, dict[str, object], list[str]]) -> None:
    line, options, wanted = case
    answer = search_for(made, line, **dict(options))
    assert keys(answer) == wanted
    assert answer.total == len(wanted)
    assert not answer.notes


def test_both_databases_find_the_same(made: SearchArchive, twin: SearchArchive) -> None:
    for line, options, _ in FINDS:
        assert search_for(made, line, **dict(options)) == search_for(twin, line, **dict(options)), line


_WORDS = sorted(
    {word for night in NIGHTS for articles in night.values() for one in articles for word in one.title.split()}
)
_WORDS += [
    "hội",
    "nghị",
    "hòa",
    "ma",
    "36",
    "36-NQ/TW",
    "điều",
    "khoản",
    "cuối",
    "1.250",
    "nghi*",
    "NEAR(",
    "*",
    "'",
    "x^2",
]
_PARTS = st.one_of(
    st.sampled_from(_WORDS),
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=3).map(lambda words: f'"{" ".join(words)}"'),
    st.sampled_from(["province:quangtri", "portal:quang_tri", "-portal:quang_tri", "event:new", "published:2025-03"]),
    st.sampled_from(["title:hội", "-title:cầu", "-hội", '-"hội nghị"', "-event:new", "-province:quangbinh"]),
    st.text(max_size=8),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    line=st.lists(_PARTS, min_size=1, max_size=5).map(" ".join),
    exact=st.booleans(),
    older=st.booleans(),
    order=st.sampled_from(Order),
    offset=st.integers(0, 3),
)
def test_any_line_is_answered_alike_or_refused(
    made: SearchArchive, twin: SearchArchive, line: str, exact: bool, older: bool, order: Order, offset: int
) -> None:
    query = None
    with suppress(UsageError):
        query = parse(line, exact=exact, all_versions=older)
    if query is not None:
        answers = [search(of.archive, of.words, query, order=order, limit=3, offset=offset) for of in (made, twin)]
        assert answers[0] == answers[1]


def rows(of: SearchArchive) -> list[list[tuple[object, ...]]]:
    with of.words.reading() as connection:
        tables = (FILLED, CONTENTS, PLACES)
        return [[tuple(row) for row in connection.execute(select(t).order_by(*t.primary_key.columns))] for t in tables]


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_filling_night_by_night_is_filling_at_once(
    tmp_path: Path, made: SearchArchive, backend: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = request.getfixturevalue("postgresql").database() if backend == "postgresql" else ""
    monkeypatch.setenv(VARIABLE, address)
    archive = make(tmp_path / "a")
    words = SearchIndex.of(archive)
    assert not words.exists()
    for number in range(len(NIGHTS)):
        run(archive, number)
        assert catch_up(archive, words) == 0
        archive.seal(FIRST + timedelta(days=number), {})
        assert catch_up(archive, words) == 1
    step = SearchArchive(tmp_path / "a", address, archive, words)
    assert rows(step) == rows(made)
    assert refill(archive, words) == len(NIGHTS)
    assert rows(step) == rows(made)
    for line, options, _ in FINDS[::4]:
        assert search_for(step, line, **dict(options)) == search_for(made, line, **dict(options))
    words.close()
    archive.close()


@pytest.mark.parametrize(
    "words",
    [["a"] * 1000, [f"w{n}" for n in range(40_000)], ["¶"] * 600, ["a", "b"] * 20_000, ["漢" * 64] * 3000, []],
    ids=["one word", "many words", "gaps", "two words", "long words", "nothing"],
)
def test_parts_hold_every_place_and_every_phrase(words: list[str]) -> None:
    spans = parts_of(words)
    assert (spans[0][0], spans[-1][1]) == (0, len(words))
    for start, end in spans:
        counts = Counter(words[start:end])
        assert end - start <= 16_000
        assert all(count <= 250 for word, count in counts.items() if word != "¶")
    for (_, end), (start, _) in pairwise(spans):
        assert 63 <= end - start  # the longest phrase less one word

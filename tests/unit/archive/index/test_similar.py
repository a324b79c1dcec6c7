"""Find the likeliest texts of many at once: those that a count over every stored text gives for each alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import event

from archive.index.queries.similar import BAND_ROWS, LIKELY, Fingerprint, document_number, is_candidate
from archive.similarity.minhash import Signature
from testing.archives import FIRST, make
from tests.unit.pipelines.test_reread import LINE

NIGHTS, A_NIGHT = 6, 40
BEFORE = FIRST + timedelta(days=NIGHTS - 1)
RUN = "da_nang"


def signatures(random: Random, count: int) -> list[Signature]:
    """Make signatures that share few bands, some of them with more texts than are looked at."""
    common = [[random.getrandbits(31) for _ in range(4)] for _ in range(6)]
    made = []
    for _ in range(count):
        bands = [random.getrandbits(31) for _ in range(32)]
        for place, family in zip((0, 3, 6), random.sample(common, 3), strict=True):
            bands[place : place + 3] = random.sample(family, 3)
        bands[9] = bands[0]
        made.append(Signature(tuple(bands), bytes(96)))
    return made


def counted(stored: dict[tuple[date, int], Signature], asked: Signature) -> set[str]:
    """Return the names of the likeliest texts, by a look at each."""
    newest: dict[int, list[tuple[int, str]]] = {}
    for band in asked.bands:
        of_band = [
            (document_number(night, RUN, seq), f"{night}-{seq}")
            for (night, seq), signature in stored.items()
            if night < BEFORE and band in signature.bands
        ]
        newest[band] = sorted(of_band)[-BAND_ROWS:]
    shared, weights = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for band in asked.bands:
        for text in newest[band]:
            shared[text] += 1
            weights[text] += BAND_ROWS // len(newest[band])
    likely = sorted(text for text in shared if is_candidate(shared[text], weights[text]))
    return {name for _, name in sorted(likely, key=lambda text: (weights[text], text))[-LIKELY:]}


def test_many_texts_are_looked_up_by_few_questions_as_each_would_be_alone(tmp_path: Path) -> None:
    random = Random(7)
    made = iter(signatures(random, NIGHTS * A_NIGHT))
    stored = {(FIRST + timedelta(days=day), seq): next(made) for day in range(NIGHTS) for seq in range(A_NIGHT)}
    with make(tmp_path / "a") as archive:
        with archive.index.writing() as transaction:
            for night in sorted({night for night, _ in stored}):
                lines = [replace(LINE, seq=seq, key=f"{night}-{seq}", id=f"{night}-{seq}") for seq in range(A_NIGHT)]
                transaction.add_events(night, RUN, lines)
                texts = {seq: Fingerprint(stored[night, seq], 9, None) for seq in range(A_NIGHT)}
                transaction.similar.add(night, RUN, texts)
        asked = [*list(stored.values())[::5], Signature()]
        with archive.index.reading() as queries:
            asked_for: list[tuple[str, Any]] = []

            @event.listens_for(queries.connection, "before_cursor_execute")
            def _note(_c: object, _k: object, statement: str, parameters: object, _x: object, _m: bool) -> None:
                asked_for.append((statement, parameters))

            found = [{text.id for text in texts} for texts in queries.similar.candidates(asked, BEFORE)]
            assert len(asked_for) == 4
            assert queries.similar.candidates([], BEFORE) == []
            assert queries.similar.candidates([Signature()], BEFORE) == [[]]
            statement, parameters = asked_for[0]
            plan = [row[3] for row in queries.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert any("(band=? AND document>? AND document<?)" in step for step in plan), "no more of a band than are wanted"
    assert found == [counted(stored, each) for each in asked]
    assert max(map(len, found)) == LIKELY

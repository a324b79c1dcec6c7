"""Bound the cost of one look-up of near-duplicates, and record what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.audit.verify import verify
from archive.index.queries.similar import BAND_ROWS, StoredText
from archive.index.schema import BANDS
from archive.ingest.near_duplicates import LINKS, READ, fingerprint, linked, links, merged
from archive.model.enums import Event
from archive.model.records import NearDuplicate
from archive.storage.jsonl import decode_article, encode_article
from pipelines.dedup import judge
from testing.archives import FIRST, ComposedArticle, at, finish, keep, make
from testing.near_duplicates import release
from tests.unit.pipelines.test_reread import LINE

LAST = FIRST + timedelta(days=3)


def test_many_of_one_notice_keep_a_look_up_bounded(tmp_path: Path) -> None:
    """A family of one wording, each with another date and office: the newest are compared, and few of them read."""
    with make(tmp_path / "a") as archive:
        night = archive.start("da_nang", FIRST, at(FIRST), judge)
        for number in range(48):
            keep(night, release(f"cau-{number}", "cầu", sign=f"Văn phòng thôn {number}"), at(FIRST))
        finish(night, at(FIRST))
        archive.seal(FIRST, {})
        with archive.index.reading() as queries:
            new = fingerprint("\n\n".join(["Tin", *release("n", "cầu").paragraphs]).encode(), None)
            found = queries.similar.candidates([new.signature], LAST)[0]
            most = queries.connection.execute(select(func.count()).select_from(BANDS).group_by(BANDS.c.band)).scalars()
            assert (max(most), BAND_ROWS <= len(found) < 48) == (48, True), "the newest of a band are looked at"
        read: list[str] = []

        def reading(text: StoredText) -> str | None:
            read.append(text.id)
            return None

        assert links(LINE, new, "", found, reading) == ()
        assert len(read) == READ
        with archive.index.reading() as queries:
            assert [len(cluster) for cluster in set(queries.clusters.all().values())] == [48]


def test_links_are_the_most_alike_and_at_most_five() -> None:
    many = [NearDuplicate(f"p/{number}@0000000000000000", number / 10) for number in range(10)]
    found = merged(many[:7], many[3:])
    assert [link.similarity for link in found] == [0.9, 0.8, 0.7, 0.6, 0.5]
    assert len(found) == LINKS
    assert merged(found, many) == found
    equal = [NearDuplicate("p/b@0000000000000000", 1.0), NearDuplicate("p/a@0000000000000000", 1.0)]
    assert [link.id[2] for link in merged(equal, ())] == ["a", "b"]


@pytest.mark.parametrize(
    ("event", "near", "expected"),
    [
        (Event.NEW, (NearDuplicate("p/a@0000000000000000", 0.9),), Event.NEAR_DUPLICATE),
        (Event.NEW, (), Event.NEW),
        (Event.REVISION, (NearDuplicate("p/a@0000000000000000", 0.9),), Event.REVISION),
    ],
    ids=["a new text with a link", "one without", "a revision"],
)
def test_a_link_makes_a_near_duplicate_of_a_new_text_only(
    event: Event, near: tuple[NearDuplicate, ...], expected: Event
) -> None:
    line = linked(replace(LINE, event=event), near)
    assert (line.event, line.near) == (expected, near)
    assert decode_article(encode_article(line)[:-1]) == line


def test_a_text_without_words_has_no_band(tmp_path: Path) -> None:
    with make(tmp_path / "a") as archive:
        night = archive.start("da_nang", FIRST, at(FIRST), judge)
        keep(night, ComposedArticle("trong", "…", ("—",)), at(FIRST))
        finish(night, at(FIRST))
        archive.seal(FIRST, {})
        with archive.index.reading() as queries:
            assert queries.connection.execute(select(func.count()).select_from(BANDS)).scalar() == 0
        assert verify(archive.identity, archive.paths).findings == []

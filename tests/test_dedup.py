"""The judgement new, unchanged, redated, revision or duplicate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from archive.judgement import Judgement, Version
from archive.records import CaptureRef, Document, Event, Via
from pipelines.dedup import judge
from vietnam.dates import TZ

DOCUMENT = Document(
    portal="ba_song",
    section="tin-tuc",
    url="https://ba-song.replica.test/1",
    key="1",
    title="Họp",
    text="Họp\n",
    content="Họp",
    fetched_at=datetime(2025, 3, 3, 23, 59, 59, tzinfo=TZ),
    via=Via.REPLICA,
    warc=CaptureRef("pages-00001.warc.gz", 0, 1, "00"),
    published="2025-03-03",
)
KEPT = Version(
    "ba_song/1@0011223344556677", "ba_song", "1", "2025-03-02", "ba_song", Event.NEW, "aa", "2025-03-03", "000_00.txt"
)
OTHER = replace(KEPT, id="kien_giang/9@8899aabbccddeeff", portal="kien_giang", key="9")


def test_what_nobody_has_seen_is_new() -> None:
    assert judge(DOCUMENT, "aa", None, None) == Judgement(Event.NEW)


def test_the_same_content_and_time_is_nothing_to_keep() -> None:
    assert judge(DOCUMENT, "aa", KEPT, KEPT) == Judgement(None)


def test_another_published_time_alone_is_redated() -> None:
    moved = replace(DOCUMENT, published="2025-03-04")
    assert judge(moved, "aa", KEPT, KEPT) == Judgement(Event.REDATED, revision_of=KEPT.id)


def test_other_content_under_the_same_key_is_a_revision() -> None:
    assert judge(DOCUMENT, "bb", KEPT, None) == Judgement(Event.REVISION, revision_of=KEPT.id)


def test_a_text_that_returns_to_an_earlier_wording_is_a_revision_and_no_copy_of_itself() -> None:
    latest = replace(KEPT, id="ba_song/1@ffff000000000000", content_sha256="bb")
    assert judge(DOCUMENT, "aa", latest, KEPT) == Judgement(Event.REVISION, revision_of=latest.id)


def test_the_same_content_on_another_portal_is_a_duplicate() -> None:
    assert judge(DOCUMENT, "aa", None, OTHER) == Judgement(Event.DUPLICATE, duplicate_of=OTHER.id)


def test_the_same_content_under_another_key_is_a_duplicate() -> None:
    twin = replace(KEPT, id="ba_song/2@0011223344556677", key="2")
    assert judge(DOCUMENT, "aa", None, twin) == Judgement(Event.DUPLICATE, duplicate_of=twin.id)


def test_a_revision_that_became_a_copy_names_both() -> None:
    expected = Judgement(Event.REVISION, revision_of=KEPT.id, duplicate_of=OTHER.id)
    assert judge(DOCUMENT, "bb", KEPT, replace(OTHER, content_sha256="bb")) == expected


def test_a_duplicate_seen_again_is_nothing_to_keep() -> None:
    recorded = replace(KEPT, event=Event.DUPLICATE, file=None)
    assert judge(DOCUMENT, "aa", recorded, OTHER) == Judgement(None)

"""The judgement new, unchanged, redated, revision or duplicate."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from archive.model.enums import Event, Via
from archive.model.judgement import Judgement, Version
from archive.model.records import CaptureRef, Document, Reread
from pipelines.dedup import judge, judge_reread
from vietnam.date_forms import TZ

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


SAME_DAY = DOCUMENT.published


@pytest.mark.parametrize(
    ("today", "event"),
    [
        (Reread(KEPT.id, "bb", SAME_DAY), Event.REREAD),
        (Reread(KEPT.id, "bb", None), Event.REDATED),
        (Reread(KEPT.id, "cc", SAME_DAY), Event.REVISION),
        (Reread(KEPT.id, "aa", SAME_DAY), Event.REVISION),
        (Reread("ba_song/1@ffff000000000000", "bb", SAME_DAY), Event.REVISION),
        (None, Event.REVISION),
    ],
    ids=["explains all", "explains the text", "explains a part", "explains nothing", "of another version", "unread"],
)
def test_a_change_is_measured_from_what_todays_rules_read_before(today: Reread | None, event: Event) -> None:
    document = replace(DOCUMENT, reread=today)
    assert judge(document, "bb", KEPT, None) == Judgement(event, revision_of=KEPT.id)


def test_a_date_that_the_rules_read_otherwise_was_not_changed_by_the_publisher() -> None:
    document = replace(DOCUMENT, published="2025-03-04", reread=Reread(KEPT.id, "aa", "2025-03-04"))
    assert judge(document, "aa", KEPT, KEPT) == Judgement(Event.REREAD, revision_of=KEPT.id)


def test_a_second_reading_is_kept_for_the_version_that_was_read() -> None:
    document = replace(DOCUMENT, reread=Reread(KEPT.id, "aa", "2025-03-03"))
    assert judge_reread(document, "aa", KEPT, KEPT) == Judgement(Event.REREAD, revision_of=KEPT.id)
    assert judge_reread(document, "bb", KEPT, OTHER).duplicate_of == OTHER.id
    later = replace(KEPT, id="ba_song/1@ffff000000000000")
    assert judge_reread(document, "bb", later, None) == judge_reread(document, "bb", None, None) == Judgement(None)


def test_an_attachment_has_one_kind_of_event_and_names_what_it_follows_and_repeats() -> None:
    file = replace(DOCUMENT, attachment_of="ba_song/9@0011223344556677")
    assert judge(file, "aa", None, None) == Judgement(Event.ATTACHMENT)
    assert judge(file, "aa", None, OTHER) == Judgement(Event.ATTACHMENT, duplicate_of=OTHER.id)
    assert judge(file, "bb", KEPT, OTHER) == Judgement(Event.ATTACHMENT, KEPT.id, OTHER.id)
    assert judge(file, "aa", KEPT, OTHER) == Judgement(None)
    assert judge(replace(file, published="2025-03-04"), "aa", KEPT, None) == Judgement(None)


def test_a_copy_is_of_another_portal_or_another_key() -> None:
    for twin in (replace(KEPT, id="x", portal="kien_giang"), replace(KEPT, id="x", key="2")):
        assert judge(DOCUMENT, "aa", None, twin) == Judgement(Event.DUPLICATE, duplicate_of="x")
    assert judge(DOCUMENT, "aa", None, replace(KEPT, id="x")) == Judgement(Event.NEW)


def test_what_the_rules_explain_keeps_the_name_of_a_copy() -> None:
    document = replace(DOCUMENT, reread=Reread(KEPT.id, "bb", SAME_DAY))
    assert judge(document, "bb", KEPT, OTHER) == Judgement(Event.REREAD, revision_of=KEPT.id, duplicate_of=OTHER.id)
    alone = replace(DOCUMENT, reread=None)
    assert judge_reread(alone, "bb", KEPT, None) == Judgement(None)

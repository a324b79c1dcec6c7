"""Read the stored texts that may be near a new one, and link its line: over texts made by hand, without an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from archive.index.queries.similar import Fingerprint, StoredText
from archive.ingest.near_duplicates import (
    LINKS,
    READ,
    _shared,
    content_of,
    fingerprint,
    holds_text,
    linked,
    links,
    merged,
    read_content,
    read_fingerprint,
    read_fingerprints,
)
from archive.model.enums import Event
from archive.model.records import NearDuplicate
from archive.similarity.minhash import near, signature
from archive.storage.jsonl import ArticleLine

WORDS = (
    "Sáng nay ủy ban nhân dân xã tổ chức khánh thành cây cầu nối hai thôn bị chia cắt mỗi mùa lũ. "
    "Công trình khởi công từ mùa hè với kinh phí do tỉnh cấp và nhân dân hiến đất hiến công. "
    "Từ nay học sinh của hai thôn không còn phải qua đò khi nước lên cao. "
)
LINE = ArticleLine(
    Event.NEW, "a/k@1", 3, "a", "tin", "https://x/k", "k", "Cầu", None, None, None, None, datetime(2025, 3, 3, tzinfo=UTC),
    "live", "000_a.txt", "f" * 64, "c" * 64, 1, None, "x", "y",
)  # fmt: skip


def text_of(number: int, extra: str = "") -> str:
    return WORDS * 2 + extra + f" Lần thứ nhất của thôn {'x' * number}."


def stored(number: int, text: str, *, portal: str = "b", key: str | None = None, content: str = "d") -> StoredText:
    name = key or f"k{number}"
    print_of = Fingerprint(signature(text), len(text), None)
    return StoredText(
        "2025-03-02", portal, number, f"{portal}/{name}@{number}", portal, name, content * 64, "f", "s", print_of
    )


def linked_to(
    line: ArticleLine, texts: Sequence[StoredText], contents: dict[str, str | None]
) -> tuple[list[str], list[str]]:
    """Return the ids that were linked, and those that were read."""
    read: list[str] = []

    def content(text: StoredText) -> str | None:
        read.append(text.id)
        return contents[text.id]

    own = text_of(0)
    found = links(line, Fingerprint(signature(own), len(own), None), own, texts, content)
    assert all(link.similarity == near(own, contents[link.id] or "") for link in found)
    return sorted(link.id for link in found), read


def test_what_stands_in_quarantine_or_belongs_to_an_attachment_holds_no_text() -> None:
    assert holds_text(LINE)
    assert not holds_text(replace(LINE, file=None))
    assert not holds_text(replace(LINE, event=Event.QUARANTINED))
    assert not holds_text(replace(LINE, event=Event.ATTACHMENT, attachment_of="a/k@0"))
    assert holds_text(replace(LINE, event=Event.REVISION))


def test_versions_of_the_same_article_exact_copies_and_named_articles_are_left_out() -> None:
    contents: dict[str, str | None] = {}
    texts = []
    for number, kind in enumerate(("own", "copy", "named", "other", "another"), start=1):
        text = text_of(number)
        portal, key = ("a", "k") if kind == "own" else ("b", None)
        made = stored(number, text, portal=portal, key=key, content="c" if kind == "copy" else "d")
        contents[made.id] = text
        texts.append(made)
    line = replace(LINE, near=(NearDuplicate("b/k3@0", 0.9),), duplicate_of="b/k2@2")
    found, read = linked_to(line, texts, contents)
    assert found == sorted(read) == ["b/k4@4", "b/k5@5"]
    found, _ = linked_to(LINE, texts, contents)
    assert found == ["b/k2@2", "b/k3@3", "b/k4@4", "b/k5@5"]  # no copy unless the line says so
    assert linked_to(replace(LINE, key="other"), texts[:1], contents)[0] == ["a/k@1"]
    assert linked_to(replace(LINE, portal="other"), texts[:1], contents)[0] == ["a/k@1"]


def test_a_text_that_cannot_be_read_or_is_another_one_is_passed_over() -> None:
    texts = [stored(number, text_of(number)) for number in (1, 2, 3)]
    contents: dict[str, str | None] = {"b/k1@1": None, "b/k2@2": "Một bài khác hẳn.", "b/k3@3": text_of(3)}
    found, read = linked_to(LINE, texts, contents)
    assert (found, sorted(read)) == (["b/k3@3"], ["b/k1@1", "b/k2@2", "b/k3@3"])


def test_no_more_than_some_are_read_and_some_linked() -> None:
    texts = [stored(number, text_of(1), key=f"k{number:02}") for number in range(1, 13)]
    same: dict[str, str | None] = {text.id: text_of(1) for text in texts}
    found, read = linked_to(LINE, texts[::-1], same)
    assert found == read == [text.id for text in texts[:LINKS]]
    unlike: dict[str, str | None] = dict.fromkeys(same, "Một bài khác hẳn.")
    found, read = linked_to(LINE, texts, unlike)
    assert (found, read) == ([], [text.id for text in texts[:READ]])


def test_the_likeliest_is_read_first_and_one_of_each_article() -> None:
    short, whole = text_of(1), text_of(1, "Một câu khác đứng ở giữa bài này để cho bài dài hơn một chút. " * 1)
    texts = [
        stored(1, whole),
        stored(2, short),
        stored(3, short, key="k2"),
        stored(4, "Một bài khác hẳn, không có gì chung."),
    ]
    texts[3] = replace(texts[3], fingerprint=replace(texts[3].fingerprint, size=len(short)))
    contents: dict[str, str | None] = {text.id: short for text in texts}
    contents[texts[0].id] = whole
    _, read = linked_to(LINE, texts, contents)
    assert read == [texts[1].id, texts[0].id]
    nothing = replace(texts[1], fingerprint=replace(texts[1].fingerprint, size=0))
    assert linked_to(LINE, [nothing], contents)[1] == []


def test_links_are_merged_by_likeness_and_then_by_id() -> None:
    known = [NearDuplicate("b/x@1", 0.7), NearDuplicate("b/y@1", 0.9)]
    more = [
        NearDuplicate("b/w@1", 0.7),
        NearDuplicate("b/x@1", 0.8),
        *(NearDuplicate(f"c/{n}@1", 0.1) for n in range(4)),
    ]
    found = merged(known, more)
    assert [(link.id, link.similarity) for link in found] == [
        ("b/y@1", 0.9),
        ("b/x@1", 0.8),
        ("b/w@1", 0.7),
        ("c/0@1", 0.1),
        ("c/1@1", 0.1),
    ]
    assert merged(found, []) == merged([], found) == found


def test_a_new_text_with_a_link_is_a_near_duplicate_and_a_revision_stays_one() -> None:
    one = (NearDuplicate("b/x@1", 0.7),)
    assert linked(LINE, one) == replace(LINE, event=Event.NEAR_DUPLICATE, near=one)
    assert linked(LINE, ()) == LINE
    revision = replace(LINE, event=Event.REVISION)
    assert linked(revision, one) == replace(revision, near=one)


@pytest.mark.parametrize("raw", [None, "05/03/2025 14:00"])
def test_a_file_is_read_without_its_published_line_and_only_when_it_is_the_named_one(
    tmp_path: Path, raw: str | None
) -> None:
    data = (f"Cầu\n\n{raw}\n\n" if raw else "Cầu\n\n").encode() + WORDS.encode() + b"\n"
    made = fingerprint(data, raw)
    content = content_of(data, made)
    assert "05/03/2025" not in content
    assert (made.size, made.published_raw, made.signature) == (len(content), raw, signature(content))
    (tmp_path / "000_a.txt").write_bytes(data)
    line = replace(LINE, sha256=sha256(data).hexdigest(), published_raw=raw)
    assert read_fingerprint(tmp_path, line) == made
    assert read_fingerprint(tmp_path, replace(line, sha256="0" * 64)) is None
    lines = [line, replace(line, seq=4, sha256="0" * 64), replace(line, seq=5, file=None), replace(line, seq=6)]
    lines.append(replace(line, seq=7, attachment_of="a/k@0"))
    assert read_fingerprints(tmp_path, lines) == {3: made, 6: made}
    text = replace(stored(1, ""), file="000_a.txt", sha256=line.sha256 or "", fingerprint=made)
    assert read_content(tmp_path, text) == content
    assert read_content(tmp_path, replace(text, sha256="0" * 64)) is None
    assert "\ufffd" in content_of(b"\xff\n", made)
    assert fingerprint(b"\xff\n", None).size > 0


def test_the_share_of_the_shorter_text_is_estimated_from_both_lengths() -> None:
    one = fingerprint(WORDS.encode(), None)
    assert (READ, LINKS) == (8, 5)
    assert [_shared(replace(one, size=size), replace(one, size=100)) for size in (100, 50, 0)] == [1.0, 1.5, 0.0]

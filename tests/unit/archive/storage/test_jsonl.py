"""Lines and records keep their bytes: those of older programs, and any other against a plain walk over the fields."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.__main__ import main
from archive.messages.reason import Reason
from archive.model.records import PageRecord, Run
from archive.storage.jsonl import (
    ArticleLine,
    canonical,
    decode_article,
    decode_page,
    decode_request,
    encode_article,
    encode_page,
    encode_request,
)
from archive.storage.manifest import FileEntry, FileList, Previous, Seal, read_seal
from archive.storage.run_record import read_lines, run_bytes, run_from
from archive.storage.tombstones import LineRef, Tombstone, read_tombstone
from testing.damage_steps import BASES

DATA = Path(__file__).parents[3] / "data"
OLD = DATA / "lines-of-format-1"  # a line of every kind, with and without each part, written by an older program
ARCHIVE = DATA / "archive-of-format-1"
VIET_NAM = timezone(timedelta(hours=7))
DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
LEAVES: dict[object, st.SearchStrategy[object]] = {
    str: st.text(max_size=8),
    int: st.integers(0, 2**53),
    bool: st.booleans(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    date: DAYS,
    datetime: st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.sampled_from([UTC, VIET_NAM])),
    type(None): st.none(),
    Reason: st.one_of(
        st.text(max_size=8).map(Reason.sentence),
        st.builds(lambda title, n: Reason.of("x", title=title, why=Reason.of("y", n=n)), st.text(), st.integers(0, 9)),
    ),
}


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Draw any value of a field's type."""
    if hint in LEAVES:
        return LEAVES[hint]
    if hint is FileList:
        return of(tuple[FileEntry, ...]).map(FileList.of)
    if isinstance(hint, type) and is_dataclass(hint):
        return st.builds(hint, **{name: of(each) for name, each in get_type_hints(hint).items()})
    parts = get_args(hint)
    if get_origin(hint) is Literal:
        return st.sampled_from(parts)
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(*map(of, parts))
    if get_origin(hint) is tuple and parts[-1] is ...:
        return st.lists(of(parts[0]), max_size=2).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*map(of, parts))
    if get_origin(hint) in (dict, Mapping):
        return st.dictionaries(of(parts[0]), of(parts[1]), max_size=2)
    return st.sampled_from(list(hint))  # an enum


def walked(value: object) -> object:
    """Return the JSON values of a record, field by field."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [walked(item) for item in value]
    if isinstance(value, Mapping):
        return {name: walked(item) for name, item in value.items()}
    if isinstance(value, Reason):
        return value.plain()
    if is_dataclass(value):
        return {field.name: walked(getattr(value, field.name)) for field in fields(value)}
    return value


def dumped(values: object, **form: Any) -> bytes:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, **form).encode() + b"\n"


COMPACT: dict[str, Any] = {"separators": (",", ":")}


@settings(max_examples=60)
@given(of(ArticleLine))
def test_an_event_is_all_its_fields(line: ArticleLine) -> None:
    encoded = encode_article(line)
    assert encoded == dumped(walked(line), **COMPACT)
    assert decode_article(encoded) == line
    assert encode_article(decode_article(encoded)) == encoded


@settings(max_examples=60)
@given(of(PageRecord))
def test_a_response_is_its_fields_with_a_value(page: PageRecord) -> None:
    encoded = encode_page(page)
    values = walked(page)
    assert isinstance(values, dict)
    for entry in values["listed"]:
        if entry["record"] is None:
            del entry["record"]
    assert encoded == dumped({name: value for name, value in values.items() if value not in (None, [])}, **COMPACT)
    assert decode_page(encoded) == page
    if page.request is not None:
        assert decode_request(encode_request(page.request)) == page.request


@settings(max_examples=60)
@given(of(Run))
def test_a_run_leaves_out_what_older_records_had_not(run: Run) -> None:
    values = walked(run)
    assert isinstance(values, dict)
    for name in ("measures", "lookback", "hosts", "province", "away", "declared"):
        if values[name] in (None, {}):
            del values[name]
    for section in values["sections"].values():
        for name, absent in (("first", False), ("total", None), ("ever_listed", None)):
            if section[name] is absent:
                del section[name]
    assert run_bytes(run) == dumped(values, indent=1)
    assert run_from(run_bytes(run)) == run


@pytest.mark.parametrize("folder", [OLD, *sorted(path.parent for path in ARCHIVE.rglob("articles.jsonl"))], ids=str)
def test_lines_of_an_older_program_keep_their_bytes(folder: Path) -> None:
    articles, pages = (read_lines(folder / name) for name in ("articles.jsonl", "pages.jsonl"))
    assert [encode_article(decode_article(line)) for line in articles] == [line + b"\n" for line in articles]
    assert [encode_page(decode_page(line)) for line in pages] == [line + b"\n" for line in pages]
    runs = [path.read_bytes() for path in folder.glob("run*.json")]
    assert articles
    assert pages
    assert runs
    assert [run_bytes(run_from(run)) for run in runs] == runs


def test_manifests_of_an_older_program_keep_their_bytes() -> None:
    manifests = [path.read_bytes() for path in ARCHIVE.rglob("manifest-*.json")]
    assert manifests
    assert [read_seal(data).to_bytes() for data in manifests] == manifests


@settings(max_examples=40)
@given(of(Seal))
def test_a_manifest_is_read_as_it_was_written(seal: Seal) -> None:
    assert read_seal(seal.to_bytes()) == seal
    assert seal.to_bytes() == canonical(json.loads(seal.to_bytes())) + b"\n"


SEAL = Seal("a", date(2025, 3, 3), 1, (FileEntry("r/run.json", 1, "0"),), {"hue": Reason.sentence("no answer")}, "f", 2,
            Previous(date(2025, 3, 2), 1, "e"))  # fmt: skip
TOMBSTONE = Tombstone("a", 1, ("hue/k",), "Luật", "UBND", datetime(2025, 3, 3, tzinfo=UTC), (), (), (),
                      (LineRef(date(2025, 3, 3), "hue", 0),))  # fmt: skip
[FIRST_LINE, *_] = read_lines(OLD / "articles.jsonl")
[FIRST_PAGE, *_] = read_lines(OLD / "pages.jsonl")
RECORDS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "an event": (decode_article, FIRST_LINE),
    "a page": (decode_page, FIRST_PAGE),
    "a run record": (run_from, (OLD / "run-2.json").read_bytes()),
    "a manifest": (read_seal, SEAL.to_bytes()),
    "a tombstone": (read_tombstone, TOMBSTONE.to_bytes()),
}


@pytest.mark.parametrize(("kind", "wrong", "named"), [
    ("an event", {"seq": "0"}, r"seq"), ("an event", {"event": "lost"}, r"event"), ("an event", {"warc": {"file": "a"}}, r"warc"),
    ("an event", {"fetched_at": "yesterday"}, r"fetched_at"), ("an event", {"near": [{"id": 1}]}, r"near\[0\]"),
    ("a page", {"outcome": "x"}, r"outcome"), ("a page", {"listed": [{}]}, r"listed\[0\]"), ("a page", {"next_look": "2025-13-01"}, r"next_look"),
    ("a run record", {"night": None}, r"night"), ("a run record", {"sections": {"tin": {"end": "x"}}}, r"sections.*end"),
    ("a run record", {"lookback": {}}, r"began.*lookback"), ("a run record", {"away": {"sign": "x"}}, r"away"),
    ("a manifest", {"files": [{"path": "p", "size": "1", "sha256": ""}]}, r"files"), ("a manifest", {"number": "1"}, r"number"),
    ("a tombstone", {"when": "x"}, r"when"), ("a tombstone", {"lines": [{"run": "r"}]}, r"lines"),
])  # fmt: skip
def test_a_wrong_field_is_named(kind: str, wrong: dict[str, object], named: str) -> None:
    read, good = RECORDS[kind]
    with pytest.raises(ValueError, match=f"^not {kind}: .*{named}"):
        read(canonical(json.loads(good) | wrong))


@pytest.mark.parametrize("kind", RECORDS)
def test_what_is_no_record_is_refused(kind: str) -> None:
    read, good = RECORDS[kind]
    for field in ("event", "outcome", "portal", "archive"):
        lacking = {name: value for name, value in json.loads(good).items() if name != field}
        if len(lacking) < len(json.loads(good)) and (kind, field) != ("a page", "portal"):
            with pytest.raises(ValueError, match=field):
                read(canonical(lacking))
    for data in (b"", b"{", b"[]", b"null", b"\xff", good[:-9], b"[" * 100_000, b'{"x":' + b"[" * 100_000):
        with pytest.raises(ValueError, match=f"^not {kind}: "):
            read(data)


@pytest.mark.parametrize("kind", ["an event", "a page", "a run record"])
def test_a_key_of_a_later_program_is_left_out(kind: str) -> None:
    read, good = RECORDS[kind]
    assert read(canonical(json.loads(good) | {"later": {"a": [1]}})) == read(good)


def test_a_manifest_and_a_tombstone_have_one_form() -> None:
    for kind in ("a manifest", "a tombstone"):
        read, good = RECORDS[kind]
        assert read(good)
        for other in (
            good[:-1],
            good + b"\n",
            good.replace(b":", b": ", 1),
            canonical(json.loads(good) | {"later": 1}) + b"\n",
        ):
            with pytest.raises(ValueError, match=r"^not in canonical form$"):
                read(other)
    with pytest.raises(ValueError, match=r"^not in canonical form$"):
        read_tombstone(replace(TOMBSTONE, when=datetime(2025, 3, 3)).to_bytes().replace(b"00:00:00", b"00:00:00Z"))


@pytest.mark.parametrize("moment", ["2025-03-03T23:59:59", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_moment_that_cannot_be_compared_is_damage(
    moment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    BASES["sealed"](tmp_path / "a")
    lines = next((tmp_path / "a").glob("*/*/*/*/pages.jsonl"))
    lines.write_bytes(re.sub(rb'("fetched_at":")[^"]*', rb"\g<1>" + moment.encode(), lines.read_bytes()))
    assert main(["verify", "--archive", str(tmp_path / "a"), "--jobs", "1"]) == 1
    assert "`$.fetched_at`" in capsys.readouterr().out
    assert main(["rebuild", "--archive", str(tmp_path / "a"), "--jobs", "1"]) in (0, 1)
